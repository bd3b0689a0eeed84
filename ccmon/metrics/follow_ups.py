"""Promised calls: whether they were kept, and which certainly cannot be (metrics.md 10.3).

Moments are milliseconds. A day's follow-ups are those promised for it: moving one at the customer's wish makes a new
promise, moving it at the agent's does not, or agents could improve their own figure.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from enum import StrEnum
from math import exp

from msgspec import Struct

from ccmon.metrics.counts import Counts
from ccmon.metrics.next_change import NextChange
from ccmon.number_types import Count, Ratio

CANCELLED = "cancelled"
"""The outcome of a follow-up that the customer called off: it has ended without being done."""
USUAL_OUTCOMES = ("done", "reached", "voicemail", "not reached", CANCELLED)
"""Of these `CANCELLED` alone has a meaning; any other text may be one, in a person's own words."""


class OnTimeCount(Struct, frozen=True):
    """Promises decided by a moment, kept or late, and how many of them were kept."""

    on_time: int
    decided: int

    @property
    def rate(self) -> Ratio | None:
        """On-time completion; None when nothing is decided."""
        return self.on_time / self.decided if self.decided else None


def count_on_time(
    promises: Iterable[tuple[int, int | None]], at: int, grace_ms: int, when: NextChange | None = None
) -> OnTimeCount:
    """Promises decided by a moment: kept, even before their time, or late by now.

    Args:
        promises: for when each call was promised, and when it was made; without cancelled ones.
        at: now.
        grace_ms: how long after the promised moment a call is still on time.
        when: collects when the result changes.
    """
    when = when or NextChange(at)
    on_time = decided = 0
    for promised_at, done_at in promises:
        deadline = promised_at + grace_ms
        done = done_at if done_at is not None and when.reached(done_at) else None
        decided += done is not None or when.reached(deadline + 1)
        on_time += done is not None and done <= deadline
    return OnTimeCount(on_time, decided)


class FollowUpLoad(Struct, frozen=True):
    """One owner's promises against the time that is left: "Eva owes 6, needs 48 min, has 35: 2 cannot be kept"."""

    due_in_shift: Count
    """Open follow-ups due before the end of the owner's shift."""
    needed_ms: int
    """The time that they take."""
    left_ms: int
    """Time from the end of the owner's present occupation to the end of the shift."""
    certainly_late: tuple[Hashable, ...]
    """Those that are late by now or cannot be kept: the follow-ups' keys, in order of their due moments."""


def follow_up_load(
    follow_ups: Iterable[tuple[Hashable, int]],
    *,
    at: int,
    shift_ends_at: int,
    handling_ms: int,
    free_at: int | None = None,
    grace_ms: int = 0,
    when: NextChange | None = None,
) -> FollowUpLoad:
    """What one owner can still keep, call after call, with no other calls in between.

    Args:
        follow_ups: the owner's open follow-ups as (key, due moment).
        at: now.
        shift_ends_at: end of the owner's shift; a shift that is over leaves no time.
        handling_ms: the owner's usual time per follow-up, unanswered attempts included.
        free_at: end of the owner's present occupation (a call, a pause), if known or estimated.
        grace_ms: how far past its due moment a follow-up still counts as on time.
        when: collects when the result changes, except ``left_ms``, which falls from ``free_at`` to the shift's end.

    Returns:
        The load, with as few late ones as possible: from now on they are made in order of due moment, each by its due
        moment plus grace and within the shift. One that cannot be kept is late and takes no time from the others.
    """
    in_shift = sorted((item for item in follow_ups if item[1] <= shift_ends_at), key=lambda item: item[1])
    start = max(at, free_at or at)
    when = when or NextChange(at)
    runs = when.reached(start)
    free = start
    late: list[Hashable] = []
    for key, due_at in in_shift:
        spare_ms = min(due_at + grace_ms, shift_ends_at) - free - handling_ms
        if spare_ms >= 0:
            free += handling_ms
            if runs:
                when.note(at + spare_ms + 1)
        else:
            late.append(key)
    return FollowUpLoad(len(in_shift), len(in_shift) * handling_ms, max(0, shift_ends_at - start), tuple(late))


class LateCause(StrEnum):
    """Why a promise that is not overdue yet is likely to be late, in words for a sentence."""

    NO_TIME = "no time is left for it"
    """Everything else that its owner owes leaves no time for it."""
    PASSED = "the promised moment has passed"
    """An agent has moved it: the moment promised to the customer and its grace have passed."""
    AWAY = "not at work when they are due"
    """Its owner is not scheduled to work when it is due."""
    LOGGED_OUT = "not logged in"
    """Its owner's shift has begun, but they have not come or have left."""
    RECORD = "record"
    """The share of such promises that were late in the past."""


class RecordOf(StrEnum):
    """Whose past promises a record counts."""

    OWNER = "owner"
    TEAM = "team"
    """The owner has made too few such promises."""
    ALL = "all"
    """The team has made too few as well, the owner is in no team, or nobody has taken the promise."""


class LateReason(Struct, frozen=True):
    """Why a promise is likely to be late, and the record that it rests on."""

    why: LateCause
    late: int = 0
    """How many of the promises of the last 28 days were not kept in time."""
    promised: int = 0
    of: RecordOf = RecordOf.OWNER


class TrackRecord(Counts, frozen=True):
    """Past promises: those not kept in time, and all."""

    late: float
    promised: float

    def shrunk_towards(self, usual: float, weight: float) -> float:
        """The share not kept in time, shrunk towards ``usual`` as if ``weight`` more promises were known."""
        return (self.late + usual * weight) / (self.promised + weight)


HOURS_APART = 1.5
"""Hours. A record from this much earlier or later in the day weighs 2.7 times less."""


def around_hour(records: Mapping[int, TrackRecord], hour: float) -> TrackRecord:
    """The record for a time of day: of all hours, weighted by how near each is to it."""
    weights = {each: exp(-abs(each + 0.5 - hour) / HOURS_APART) for each in records}
    return TrackRecord(
        sum(records[each].late * weight for each, weight in weights.items()),
        sum(records[each].promised * weight for each, weight in weights.items()),
    )
