"""Shares of counts."""

from __future__ import annotations


def share(part: int, whole: int) -> float | None:
    """``part / whole``; None for an empty set, and where the parts outnumber the whole."""
    return part / whole if whole > 0 and part <= whole else None


def share_of_enough(part: int, whole: int, *, at_least: int) -> float | None:
    """``part / whole``, or None where ``whole`` is below ``at_least`` (metrics.md 9.4)."""
    return part / whole if whole >= max(1, at_least) else None
