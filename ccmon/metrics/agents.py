"""Ratios of agents' time (metrics.md 6.6)."""

from __future__ import annotations

OCCUPANCY_AT_LEAST_MS = 15 * 60 * 1000
"""With less handling and ready time, an occupancy says nothing (metrics.md 6.6)."""


def occupancy(talk_ms: int, hold_ms: int, wrap_up_ms: int, ready_ms: int) -> float | None:
    """Share of handling in handling plus ready time, both without ringing and pauses. None below 15 minutes."""
    handling_ms = talk_ms + hold_ms + wrap_up_ms
    if handling_ms + ready_ms < OCCUPANCY_AT_LEAST_MS:
        return None
    return handling_ms / (handling_ms + ready_ms)
