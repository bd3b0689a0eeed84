"""Calls whose end no source has reported (metrics.md 1.5)."""

from __future__ import annotations


def over_at(entered_at: int, max_open_ms: int) -> int:
    """The moment at which a call that entered then and that nobody has ended is taken to have ended: it is over."""
    return entered_at + max_open_ms


def is_over(entered_at: int, at: int, max_open_ms: int) -> bool:
    """Whether a call that nobody has ended is taken to have ended at a moment: from `over_at` on, that one included."""
    return over_at(entered_at, max_open_ms) <= at
