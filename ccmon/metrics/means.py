"""Means and percentiles (metrics.md 1.3, 1.4 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil


def average(total: int, count: int) -> float | None:
    """``total / count``; None for an empty set (metrics.md 1.3). Sum first, divide once (metrics.md 1.4)."""
    return total / count if count > 0 else None


def nearest_rank(histogram: Mapping[int, int], share: float) -> int | None:
    """The value below or at which ``share`` of a counted set lies: ``x[ceil(share * n)]`` of the sorted values.

    Always a value of the set (metrics.md 5). The keys are values, the numbers how often each occurs. None for an empty
    set.
    """
    rank = ceil(share * sum(histogram.values()) - 1e-9)
    below = 0
    for value in sorted(histogram):
        below += histogram[value]
        if below >= max(1, rank):
            return value
    return None
