"""Promised calls: whether they were kept, and which certainly cannot be (metrics.md 10.3).

Moments are milliseconds. A day's follow-ups are those promised for it: moving one by the customer's wish makes a new
promise, moving it by the agent's does not, or else the figure would be free to polish.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from enum import StrEnum
from math import exp

from msgspec import Struct

from ccmon.metrics.counts import Counts
from ccmon.metrics.due_moments import DueMoments
from ccmon.number_types import Count, Ratio

CANCELLED = "cancelled"
"""The outcome of a follow-up that the customer called off: it ends it without being done."""


class KeptPromises(Struct, frozen=True):
    """Promises whose time has come, and those of them kept."""

    on_time: int
    promised: int

    @property
    def rate(self) -> Ratio | None:
        """On-time completion; None when nothing was promised."""
        return self.on_time / self.promised if self.promised else None


def kept(
    promises: Iterable[tuple[int, int | None]], at: int, grace_ms: int, due: DueMoments | None = None
) -> KeptPromises:
    """Promises that are decided at a moment: kept, or late by now. One kept before its time counts as well.

    Args:
        promises: when each call was promised for, and when it was made; cancelled ones left out.
        at: now.
        grace_ms: how long after the promised moment a call is still on time.
        due: collects when the result changes.
    """
    due = due or DueMoments(at)
    on_time = promised = 0
    for promised_at, done_at in promises:
        deadline = promised_at + grace_ms
        done = done_at if done_at is not None and due.reached(done_at) else None
        promised += done is not None or due.reached(deadline + 1)
        on_time += done is not None and done <= deadline
    return KeptPromises(on_time, promised)


class FollowUpLoad(Struct, frozen=True):
    """One owner's promises against the time that is left: "Eva owns 6, needs 48 min, has 35: 2 cannot be kept"."""

    owned: Count
    """Open follow-ups due before the end of the owner's shift."""
    needed_ms: int
    """What they take."""
    left_ms: int
    """Time from the end of what the owner does now to the end of the shift."""
    late: tuple[Hashable, ...]
    """Those that cannot be kept, or are late by now: the follow-ups' own keys, in order of their due moments."""


def follow_up_load(
    follow_ups: Iterable[tuple[Hashable, int]],
    *,
    at: int,
    shift_ends_at: int,
    handling_ms: int,
    free_at: int | None = None,
    grace_ms: int = 0,
    due: DueMoments | None = None,
) -> FollowUpLoad:
    """What one owner can still keep, call after call, with no other calls between.

    Args:
        follow_ups: the owner's open follow-ups as (key, due moment).
        at: now.
        shift_ends_at: end of the owner's shift; a shift that is over leaves no time.
        handling_ms: the owner's usual time for one, unanswered attempts included.
        free_at: end of what the owner does at present (a call, a pause), if that is known or estimated.
        grace_ms: how far past its due moment a follow-up still counts as on time.
        due: collects when the result changes, but for the time left, which runs from ``free_at`` to the shift's end.

    Returns:
        The load, with the fewest that must be late: made one after another by due moment from now on, each done by
        its due moment plus grace and within the shift. What cannot be kept is late and takes no time from what can.
    """
    owned = sorted((item for item in follow_ups if item[1] <= shift_ends_at), key=lambda item: item[1])
    start = max(at, free_at or at)
    due = due or DueMoments(at)
    runs = due.reached(start)
    free = start
    late: list[Hashable] = []
    for key, due_at in owned:
        spare_ms = min(due_at + grace_ms, shift_ends_at) - free - handling_ms
        if spare_ms >= 0:
            free += handling_ms
            if runs:
                due.note(at + spare_ms + 1)
        else:
            late.append(key)
    return FollowUpLoad(len(owned), len(owned) * handling_ms, max(0, shift_ends_at - start), tuple(late))


class LateWhy(StrEnum):
    """What makes a promise that is not late yet likely to be late, as a person says it."""

    NO_TIME = "no time is left for it"
    """With all that its owner owes there is no time left for it."""
    PASSED = "the moment promised first has passed"
    """It was moved: the moment promised first and its grace are over."""
    AWAY = "not at work when they are due"
    """Its owner is not to work when it is due."""
    LOGGED_OUT = "not logged in"
    """Its owner's shift has begun, and they have not come or have left."""
    RECORD = "record"
    """The share of such promises that were late in the past."""


class RecordOf(StrEnum):
    """Whose promises of the past a record counts."""

    OWNER = "owner"
    TEAM = "team"
    """The owner has made too few such promises."""
    ALL = "all"
    """So has an owner who is in no team, or nobody has taken the promise."""


class LateReason(Struct, frozen=True):
    """Why a promise is likely to be late, and the record that it rests on."""

    why: LateWhy
    late: int = 0
    """Of the promises of the last 28 days, those not kept in time."""
    promised: int = 0
    of: RecordOf = RecordOf.OWNER


class Record(Counts, frozen=True):
    """Promises of the past: those not kept in time, and all."""

    late: float
    promised: float

    def shrunk_towards(self, usual: float, weight: float) -> float:
        """The share not kept in time, shrunk towards what is usual as if ``weight`` more promises were known."""
        return (self.late + usual * weight) / (self.promised + weight)


HOURS_APART = 1.5
"""Hours. A record of this much earlier or later in the day weighs 2.7 times less."""


def around_hour(records: Mapping[int, Record], hour: float) -> Record:
    """A record by hour of the day, weighted by how near each hour is to one time of day."""
    weights = {each: exp(-abs(each + 0.5 - hour) / HOURS_APART) for each in records}
    return Record(
        sum(records[each].late * weight for each, weight in weights.items()),
        sum(records[each].promised * weight for each, weight in weights.items()),
    )
