"""Means and percentiles (metrics.md 1.3, 1.4 and 5)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import ceil


def average(total: int, count: int) -> float | None:
    """``total / count``; None for an empty set (metrics.md 1.3). Sum first, divide once (metrics.md 1.4)."""
    return total / count if count > 0 else None


def nearest_rank(histogram: Mapping[int, int], share: float) -> int | None:
    """The value that ``share`` of a counted set does not exceed: ``x[ceil(share * n)]`` of the sorted values.

    Always a value of the set (metrics.md 5). The keys are the values, with how often each occurs. None for an empty
    set.
    """
    [value] = nearest_ranks(histogram, share)
    return value


def nearest_ranks(histogram: Mapping[int, int], *shares: float) -> Sequence[int | None]:
    """The same for several shares."""
    values = sorted(histogram)
    up_to = list(accumulate(map(histogram.__getitem__, values)))
    if not up_to or not up_to[-1]:
        return [None] * len(shares)
    return [values[bisect_left(up_to, _rank(share, up_to[-1]))] for share in shares]


def _rank(share: float, count: int) -> int:
    return max(1, ceil(share * count - 1e-9))


class CachedRank:
    """The nearest rank of a share of a counted set, updated from the last one while few of its counts change."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._value: int | None = None
        self._below = 0
        """The last result, and how many are below it."""

    def update(
        self, changes: Iterable[tuple[int, int]], histogram: Mapping[int, int], values: Sequence[int], count: int
    ) -> int | None:
        """As `nearest_rank`, after changes.

        Args:
            changes: values, with by how much their counts have changed since the last update.
            histogram: the counts by value; none is 0.
            values: the values in order.
            count: all of them.
        """
        if not count:
            self._value = None
            return None
        rank, last = _rank(self._share, count), self._value
        if last is None:
            up_to = list(accumulate(map(histogram.__getitem__, values)))
            place = bisect_left(up_to, rank)
            below = up_to[place] - histogram[values[place]]
        else:
            place = bisect_left(values, last)
            below = self._below + sum(change for value, change in changes if value < last)
        while below >= rank:
            place -= 1
            below -= histogram[values[place]]
        while below + histogram[values[place]] < rank:
            below += histogram[values[place]]
            place += 1
        self._value, self._below = values[place], below
        return self._value
