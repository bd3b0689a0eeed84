"""Lengths of time in words: `coarse` for cells and ages, `spoken` for alarms, `in_two_units` for delays.

`ccmon.formatting.duration` writes them like a clock (0:42).
"""

from __future__ import annotations

from ccmon.metrics.percentage import UNKNOWN


def coarse(length_ms: float | None, unknown: str = UNKNOWN) -> str:
    """A length of time in the units that matter: 40 s, 23 min, 1:05 h, 28 h, 3 d."""
    if length_ms is None:
        return unknown
    seconds = max(0, int(length_ms // 1000))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 36000:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02} h"
    return f"{seconds // 3600} h" if seconds < 172800 else f"{seconds // 86400:,} d"


def spoken(length_ms: float) -> str:
    """A length of time as people say it: 48 s, 2:51 min, 42 min, 3:05 h, 2 days."""
    seconds = int(length_ms // 1000)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        return f"{seconds // 60}:{seconds % 60:02} min"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02} h"
    return f"{seconds // 86400:,} days"


def in_two_units(length_ms: float) -> str:
    """A length of time as days and hours, or hours and minutes: 2 days 11 h, 13 h 30 min, 45 min; to a minute."""
    minutes = int(max(0, length_ms) / 60_000 + 0.5)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days:,} {'day' if days == 1 else 'days'} {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
