"""Calls whose end no source has reported (metrics.md 1.5)."""

from __future__ import annotations


def over_at(entered_at: int, max_open_ms: int) -> int:
    """The moment from which a call that entered then, and whose end nobody reported, counts as orphaned."""
    return entered_at + max_open_ms


def is_over(entered_at: int, at: int, max_open_ms: int) -> bool:
    """Whether a call whose end nobody reported counts as orphaned at a moment: from `over_at` on, inclusive."""
    return over_at(entered_at, max_open_ms) <= at
