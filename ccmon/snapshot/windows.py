"""Queues over a part of the day: a snapshot in, the same snapshot out with calls counted over less. Pure.

A window starts with a quarter of an hour, so that the sums that are kept by quarter suffice: 15 minutes are at least 15
and less than 30. What is now (who waits, who is ready, how many are needed) stays as it is; so do alarms.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec.structs import replace

from ccmon.language import N_
from ccmon.metrics.wait_times import longer_from
from ccmon.model.queues import QueueFigures, QueueWindow, WaitingCall
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.floor_rows import QUEUE_COUNTS
from ccmon.time_units import MINUTE_MS, QUARTER_MS


class Window(StrEnum):
    """Over which part of the business day calls of queues are counted."""

    TODAY = N_("today")
    LAST_60 = N_("60 min")
    LAST_30 = N_("30 min")
    LAST_15 = N_("15 min")
    SINCE_OPENING = N_("since opening")


ENDS = ("answered", "abandoned", "timed_out", "no_agents", "diverted", "unknown")
"""How a visit ends."""
MINUTES = {Window.LAST_60: 60, Window.LAST_30: 30, Window.LAST_15: 15}


WINDOWS = {"15": Window.LAST_15, "30": Window.LAST_30, "60": Window.LAST_60, "opening": Window.SINCE_OPENING}
"""How a window is asked for in a command."""


def window_start(snapshot: FloorSnapshot, window: Window) -> int | None:
    """When a window starts; None: it is the whole day, or the site is closed or has not said when it opens."""
    until = snapshot.known_until
    if window in MINUTES:
        since = until - MINUTES[window] * MINUTE_MS
    else:
        hours = snapshot.opening_hours
        if window is Window.TODAY or hours is None or hours.opened_at is None:
            return None
        since = hours.opened_at
    return max(since - since % QUARTER_MS, snapshot.day.starts_at)


def next_window(snapshot: FloorSnapshot, window: Window) -> Window:
    """The window after this one, of those that there are."""
    every = [each for each in Window if each is Window.TODAY or window_start(snapshot, each) is not None]
    return every[(every.index(window) + 1) % len(every)] if window in every else Window.TODAY


def windowed(snapshot: FloorSnapshot, window: Window) -> FloorSnapshot:
    """The snapshot with calls of queues counted over a window."""
    since = window_start(snapshot, window)
    if since is None:
        return snapshot
    queues = tuple([_queue(queue, snapshot.waiting, since) for queue in snapshot.queues])
    total = replace(
        snapshot.total,
        longest_finished_wait_ms=None,
        open_since=min((queue.open_since for queue in queues if queue.open_since is not None), default=None),
        threshold_passed_at=tuple([moment for queue in queues for moment in queue.threshold_passed_at]),
        **{name: sum([getattr(queue, name) for queue in queues]) for name in (*QUEUE_COUNTS, "open")},
    )
    return replace(snapshot, queues=queues, total=total, queue_window=QueueWindow(window.value, since))


def _queue(queue: QueueFigures, waiting: Iterable[WaitingCall], since: int) -> QueueFigures:
    """A queue with the counts of the quarters of a window; the longest wait is known of the day alone."""
    within = [quarter for quarter in queue.quarters if quarter.starts_at >= since]
    counts = {name: sum([getattr(quarter, name) for quarter in within]) for name in QUEUE_COUNTS}
    here = [call.entered_at for call in waiting if call.queue_id == queue.id and call.entered_at >= since]
    # What nobody has heard the end of for too long is in no sum yet (metrics.md 1.5).
    counts["unknown"] += max(0, counts["offered"] - sum([counts[end] for end in ENDS]) - len(here))
    threshold_ms = queue.service_level_threshold_ms
    passed_at = () if threshold_ms is None else tuple([longer_from(entered_at, threshold_ms) for entered_at in here])
    return replace(
        queue,
        longest_finished_wait_ms=None,
        open=len(here),
        open_since=min(here, default=None),
        threshold_passed_at=passed_at,
        **counts,
    )
