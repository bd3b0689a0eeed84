"""Curves of the day: a queue's quarters of an hour, and those of several queues added up.

Calls only change the latest quarters: all before the first changed one are reused.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, compress, count
from operator import attrgetter, is_not

from msgspec.structs import astuple

from ccmon.metrics.service_level import lost
from ccmon.model.queues import Quarter
from ccmon.snapshot.floor_rows import QueueTotals
from ccmon.time_units import NEVER

_start = attrgetter("starts_at")
_counts = attrgetter(*(name for name in Quarter.__struct_fields__ if name != "lost"))


class QuartersOfQueue:
    """The quarters of one queue, updated from one snapshot to the next."""

    def __init__(self) -> None:
        self._rows: Sequence[QueueTotals] = ()
        self._quarters: tuple[Quarter, ...] = ()

    def update(self, rows: Sequence[QueueTotals]) -> tuple[Quarter, ...]:
        """Take the rows of another moment, in order of time; return all quarters."""
        if rows is not self._rows:
            same = _same_at_the_beginning(self._rows, rows)
            self._rows, self._quarters = rows, (*self._quarters[:same], *map(_quarter, rows[same:]))
        return self._quarters


class MergedQuarters:
    """The quarters of several queues added up, updated from one snapshot to the next."""

    def __init__(self) -> None:
        self._curves: Sequence[Sequence[Quarter]] = ()
        self._sums: tuple[Quarter, ...] = ()
        self._usual: tuple[Sequence[Mapping[int, float]], Mapping[int, float]] = (), {}

    def update_usual(self, usual: Sequence[Mapping[int, float]]) -> Mapping[int, float]:
        """Take what is usually offered to each queue, by the number of the quarter in the day; return the sums."""
        before, sums = self._usual
        if len(before) != len(usual) or any(map(is_not, before, usual)):
            found: defaultdict[int, float] = defaultdict(float)
            for place, number in chain.from_iterable(each.items() for each in usual):
                found[place] += number
            sums = dict(found)
            self._usual = usual, sums
        return sums

    def update(self, curves: Sequence[Sequence[Quarter]]) -> tuple[Quarter, ...]:
        """Take the quarters of each queue, in order of time; return the sums."""
        before, self._curves = self._curves, curves
        since = 0
        if len(before) == len(curves):
            pairs = zip(before, curves, strict=True)
            since = min((_first_other(old, new) for old, new in pairs if old is not new), default=NEVER)
        if since == NEVER:
            return self._sums
        by_start: defaultdict[int, list[Quarter]] = defaultdict(list)
        for curve in curves:
            for quarter in reversed(curve):
                if quarter.starts_at < since:
                    break
                by_start[quarter.starts_at].append(quarter)
        unchanged = self._sums[: bisect_left(self._sums, since, key=_start)]
        self._sums = (*unchanged, *(_sum(starts_at, by_start[starts_at]) for starts_at in sorted(by_start)))
        return self._sums


def _quarter(row: QueueTotals) -> Quarter:
    starts_at, offered, answered, answered_in_threshold, *others = _counts(row)
    abandoned, short_abandoned, released = row.abandoned, row.short_abandoned, row.timed_out + row.no_agents
    not_served = lost(abandoned=abandoned, short_abandoned=short_abandoned, released=released)
    return Quarter(starts_at, offered, answered, answered_in_threshold, not_served, *others)


def _sum(starts_at: int, quarters: list[Quarter]) -> Quarter:
    _, *counts = zip(*[*map(astuple, quarters)], strict=True)
    return Quarter(starts_at, *map(sum, counts))


def _same_at_the_beginning(before: Sequence[object], now: Sequence[object]) -> int:
    """How many objects at the beginning of two sequences are the same."""
    return next(compress(count(), map(is_not, before, now)), min(len(before), len(now)))


def _first_other(before: Sequence[Quarter], now: Sequence[Quarter]) -> int:
    """When the first changed quarter starts; NEVER if all are the same."""
    place = _same_at_the_beginning(before, now)
    return min((quarters[place].starts_at for quarters in (before, now) if place < len(quarters)), default=NEVER)
