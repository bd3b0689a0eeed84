"""Calls whose end no source has reported (metrics.md 1.5)."""

from __future__ import annotations


def orphaned_at(entered_at: int, max_open_ms: int) -> int:
    """The moment from which a call that entered then, and whose end nobody reported, counts as orphaned."""
    return entered_at + max_open_ms


def is_orphaned(entered_at: int, at: int, max_open_ms: int) -> bool:
    """Whether a call whose end nobody reported counts as orphaned at a moment: from `orphaned_at` on, inclusive."""
    return orphaned_at(entered_at, max_open_ms) <= at
