"""Lengths of time in the units that matter: one way for whatever writes one in a sentence."""

from __future__ import annotations

from ccmon.metrics.percentage import UNKNOWN


def coarse(length_ms: float | None, unknown: str = UNKNOWN) -> str:
    """A length of time in the units that matter: 40 s, 23 min, 1 h 05, 28 h, 3 d."""
    if length_ms is None:
        return unknown
    seconds = max(0, int(length_ms // 1000))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 36000:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02}"
    return f"{seconds // 3600} h" if seconds < 172800 else f"{seconds // 86400} d"


def spoken(length_ms: float) -> str:
    """A length of time as a person says it: 48 s, 2:51 min, 42 min, 3 h 05, 2 days."""
    seconds = int(length_ms // 1000)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        return f"{seconds // 60}:{seconds % 60:02} min"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02}"
    return f"{seconds // 86400} days"
