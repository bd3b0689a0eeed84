"""Waits, and their means and percentiles (metrics.md 1.1 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil


def wait_ms(entered_at: int, left_at: int) -> int:
    """The wait of a caller who entered and left, or waits still, at two moments in milliseconds.

    The whole second of leaving less the whole second of entering (metrics.md 1.1), never below 0: a log has no more,
    and every source must give the same. The column ``calls.wait_ms`` is made by the same rule.
    """
    return max(0, left_at // 1000 - entered_at // 1000) * 1000


def longer_from(entered_at: int, length_ms: int) -> int:
    """The first moment at which a wait (`wait_ms`) is longer than a length of time."""
    return ((entered_at // 1000 * 1000 + length_ms) // 1000 + 1) * 1000


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
