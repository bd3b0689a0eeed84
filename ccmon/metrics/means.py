"""Means and percentiles (metrics.md 1.3, 1.4 and 5)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
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
    ranks = (max(1, ceil(share * up_to[-1] - 1e-9)) for share in shares)
    return [values[bisect_left(up_to, rank)] for rank in ranks]
