"""Queues: the calls of the business day by entry, and who waits and talks now (metrics.md 3 to 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import partial
from itertools import repeat
from operator import attrgetter
from typing import TypeVar

from msgspec import Struct

from ccmon.metrics.due_moments import DueMoments
from ccmon.metrics.open_calls import over_at
from ccmon.metrics.wait_times import longer_from
from ccmon.model.agents import AgentFigures, Membership
from ccmon.model.queues import Quarter, QueueFigures, WaitingCall
from ccmon.snapshot.directory import Directory, Queue
from ccmon.snapshot.floor_data import FloorData, PastDays
from ccmon.snapshot.floor_rows import QUEUE_COUNTS, OpenCallRow, QueueTargets, QueueTotals, queue_counts
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.kept import KeptValues
from ccmon.snapshot.quarters import MergedQuarters, QuartersOfQueue
from ccmon.snapshot.staffing import StaffingByQueue, StaffingCount, agents_needed, allotted

ALL_QUEUES = "All queues"
"""Name of the line of all queues together."""
NO_QUARTERS: Sequence[QueueTotals] = ()
NO_QUEUE_TOTALS = QueueTotals(*[0] * len(QueueTotals.__struct_fields__))
SUMMED = (*QUEUE_COUNTS, "waiting", "talking", "open")
_summed = attrgetter(*SUMMED)

Value = TypeVar("Value")


class OpenCalls:
    """Calls that have not ended, by queue. One open for longer than the site allows is orphaned (metrics.md 1.5)."""

    def __init__(self, data: FloorData, due: DueMoments) -> None:
        self.waiting: defaultdict[int, list[OpenCallRow]] = defaultdict(list)
        self.talking: defaultdict[int, int] = defaultdict(int)
        self.orphaned: defaultdict[int, list[OpenCallRow]] = defaultdict(list)
        """Today's calls only: those of yesterday are in no figure of today."""
        for call in data.calls:
            if due.reached(over_at(call.entered_at, data.site.max_open_ms)):
                if call.entered_at >= data.day.starts_at:
                    self.orphaned[call.queue_id].append(call)
            elif call.answered_at is None:
                self.waiting[call.queue_id].append(call)
            else:
                self.talking[call.queue_id] += 1


class _QueueRows(Struct, frozen=True):
    """What a queue's figures are made of, beside the directory."""

    quarters: Sequence[QueueTotals]
    sums: QueueTotals
    targets: QueueTargets
    longest_wait_s: int | None
    waiting: Sequence[OpenCallRow]
    talking: int
    orphaned: Sequence[OpenCallRow]
    staffing: StaffingCount
    agents_known: bool
    past: PastDays
    is_complete: bool


class QueuesOfTheDay:
    """Each queue of a directory, kept from one snapshot to the next while nothing in it has changed."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._figures = KeptValues[QueueFigures](directory.queues)
        self._allotted = KeptValues[QueueFigures](directory.queues)
        self._quarters: defaultdict[int, QuartersOfQueue] = defaultdict(QuartersOfQueue)

    def update(
        self,
        data: FloorData,
        calls: OpenCalls,
        staffing: StaffingByQueue,
        tracked: Container[object],
        due: DueMoments,
    ) -> tuple[QueueFigures, ...]:
        """Take the rows of another moment; return all queues.

        Args:
            data: the rows.
            calls: those of them that are open.
            staffing: who can take calls.
            tracked: pairs of "queue" and its id, where it is known who serves it.
            due: the moment up to which it is known what goes on; collects when a queue changes.
        """
        rows = {
            queue_id: _QueueRows(
                quarters=data.quarters.get(queue_id, NO_QUARTERS),
                sums=data.queue_totals.get(queue_id, NO_QUEUE_TOTALS),
                targets=data.targets[queue_id],
                longest_wait_s=data.longest_waits.get(queue_id),
                waiting=calls.waiting.get(queue_id, ()),
                talking=calls.talking.get(queue_id, 0),
                orphaned=calls.orphaned.get(queue_id, ()),
                staffing=staffing.by_queue[queue_id],
                agents_known=("queue", queue_id) in tracked,
                past=data.past,
                is_complete=not data.progress,
            )
            for queue_id in self._directory.queues
        }
        self._figures.update_made_of(rows, due, partial(self._figures_of, data, rows))
        queues = {queue.id or 0: queue for queue in allotted(self._figures.all, staffing)}
        self._allotted.update_made_of(queues, DueMoments(due.at), lambda queue_id, _: queues[queue_id])
        return self._allotted.all

    def _figures_of(
        self, data: FloorData, rows: Mapping[int, _QueueRows], queue_id: int, due: DueMoments
    ) -> QueueFigures:
        quarters = self._quarters[queue_id].update(rows[queue_id].quarters)
        return _queue(data, self._directory.queues[queue_id], rows[queue_id], quarters, due=due)


def _queue(
    data: FloorData, queue: Queue, rows: _QueueRows, quarters: tuple[Quarter, ...], *, due: DueMoments
) -> QueueFigures:
    sums, targets, waiting = rows.sums, rows.targets, rows.waiting
    # Nobody has heard of their end: what was answered stays so, and is counted apart (metrics.md 1.5).
    unanswered = sum(call.answered_at is None for call in rows.orphaned)
    counts = dict(zip(QUEUE_COUNTS, queue_counts(sums), strict=True))
    counts["unknown"] += unanswered
    counts["cut_off"] += len(rows.orphaned) - unanswered
    here = [call for call in waiting if call.entered_at >= data.day.starts_at]
    return QueueFigures(
        id=queue.id,
        name=queue.name,
        purpose=queue.purpose,
        client=queue.client,
        service_level_threshold_ms=targets.threshold_ms,
        service_level_target=targets.target,
        handling_target_ms=queue.handling_target_ms,
        waiting=len(waiting),
        longest_wait_since=min((call.entered_at for call in waiting), default=None),
        talking=rows.talking,
        agents_ready=rows.staffing.ready,
        agents_on_phones=rows.staffing.on_phones,
        agents_needed=agents_needed(data, rows.quarters, targets=targets, sums=sums, due=due),
        open=len(here),
        open_since=min((call.entered_at for call in here), default=None),
        misses_from=tuple(longer_from(call.entered_at, targets.threshold_ms) for call in here),
        longest_finished_wait_ms=None if rows.longest_wait_s is None else rows.longest_wait_s * 1000,
        agents_known=rows.agents_known,
        quarters=quarters,
        **counts,
    )


def total_figures(
    queues: Sequence[QueueFigures], members: Sequence[Membership], agents: Sequence[AgentFigures]
) -> QueueFigures:
    """The total over some queues with the agents who serve them."""
    return summed(queues, ALL_QUEUES, StaffingByQueue(members, agents).together)


def summed(
    queues: Sequence[QueueFigures], name: str, staffing: StaffingCount, cache: InputCache | None = None
) -> QueueFigures:
    """The total over some queues: numerators and denominators added up, never percentages (metrics.md 1.4)."""
    curves = tuple(queue.quarters for queue in queues)
    needed = [queue.agents_needed for queue in queues if queue.agents_needed is not None]
    shares = [queue.agents_allotted for queue in queues if queue.agents_allotted is not None]
    short = -sum(queue.agents_gap or 0 for queue in queues if queue.short_of_agents)
    return QueueFigures(
        id=None,
        name=name,
        purpose=_common(queue.purpose for queue in queues),
        client=_common(queue.client for queue in queues),
        service_level_threshold_ms=_common(queue.service_level_threshold_ms for queue in queues),
        service_level_target=_common(queue.service_level_target for queue in queues),
        handling_target_ms=None,
        longest_wait_since=min(
            (q.longest_wait_since for q in queues if q.longest_wait_since is not None), default=None
        ),
        agents_ready=staffing.ready,
        agents_on_phones=staffing.on_phones,
        agents_needed=sum(needed) if needed else None,
        agents_allotted=(sum(needed) - short if short else sum(shares)) if shares else None,
        open_since=min((q.open_since for q in queues if q.open_since is not None), default=None),
        misses_from=tuple(moment for queue in queues for moment in queue.misses_from),
        longest_finished_wait_ms=max(
            (q.longest_finished_wait_ms for q in queues if q.longest_finished_wait_ms is not None), default=None
        ),
        agents_known=not queues or any(queue.agents_known for queue in queues),
        quarters=(cache or InputCache()).get(("merged", name), (), MergedQuarters).update(curves),
        **dict(zip(SUMMED, map(sum, zip(*map(_summed, queues), strict=True)) if queues else repeat(0), strict=False)),
    )


def _common(values: Iterable[Value]) -> Value | None:
    """The value that all share, if they do."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def waiting_calls(data: FloorData, calls: OpenCalls) -> tuple[WaitingCall, ...]:
    """Everybody who waits, by queue and time of entry."""
    names = data.directory.queues
    return tuple(
        WaitingCall(
            queue_id=queue_id,
            queue=names[queue_id].name,
            position=position,
            caller=call.caller,
            customer=call.customer,
            entered_at=call.entered_at,
        )
        for queue_id in sorted(calls.waiting)
        for position, call in enumerate(calls.waiting[queue_id], start=1)
    )
