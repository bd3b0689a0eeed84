"""Waits (metrics.md 1.1)."""

from __future__ import annotations


def wait_ms(entered_at: int, left_at: int) -> int:
    """The wait of a caller who entered and left, or waits still, at two moments in milliseconds.

    The whole second of leaving less the whole second of entering (metrics.md 1.1), never below 0: a log has no more,
    and every source must give the same. The column ``calls.wait_ms`` is made by the same rule.
    """
    return max(0, left_at // 1000 - entered_at // 1000) * 1000


def longer_from(entered_at: int, length_ms: int) -> int:
    """The first moment at which a wait (`wait_ms`) is longer than a length of time."""
    return ((entered_at // 1000 * 1000 + length_ms) // 1000 + 1) * 1000
