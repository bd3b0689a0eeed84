"""Means and percentiles of waits (metrics.md 5)."""

from __future__ import annotations


def average(total: int, count: int) -> float | None:
    """``total / count``; None for an empty set (metrics.md 1.3). Sum first, divide once (metrics.md 1.4)."""
    return total / count if count > 0 else None
