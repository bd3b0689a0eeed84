"""Waits (metrics.md 1.1)."""

from __future__ import annotations


def wait_ms(entered_at: int, left_at: int) -> int:
    """The wait of a caller from entering to leaving (or to now, if still waiting), in milliseconds.

    The whole second of leaving minus the whole second of entering (metrics.md 1.1), never below 0: a log is no more
    precise, and all sources must agree. The column ``calls.wait_ms`` follows the same rule.
    """
    return max(0, left_at // 1000 - entered_at // 1000) * 1000


def longer_from(entered_at: int, length_ms: int) -> int:
    """The first moment at which a wait (`wait_ms`) exceeds a length of time."""
    return ((entered_at // 1000 * 1000 + length_ms) // 1000 + 1) * 1000
