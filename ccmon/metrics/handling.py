"""Handling time (metrics.md 7)."""

from __future__ import annotations


def average_handling(talk_ms: int, hold_ms: int, wrap_up_ms: int, handled: int) -> float | None:
    """Average handling time in milliseconds: ``(talk + hold + wrap-up) / handled``; None when nothing was handled."""
    return (talk_ms + hold_ms + wrap_up_ms) / handled if handled > 0 else None
