"""Lengths of time in words: `coarse` for cells and ages, `spoken` for alarms, `in_two_units` for delays.

Each number has its unit: "4 h 11 min", where 4:11 might be a time of day, or minutes and seconds. A column of figures
has `ccmon.formatting.duration` instead (0:42, 1:05:09), which has seconds in every form.
"""

from __future__ import annotations

from ccmon.metrics.percentage import UNKNOWN

_UNITS = {"day": 86400, "h": 3600, "min": 60, "s": 1}
"""Seconds of each unit."""


def _in_units(seconds: int, first: str, second: str) -> str:
    """A length of time in two neighbouring units, or in the first alone if nothing is left for the second."""
    number, rest = divmod(seconds, _UNITS[first])
    left = rest // _UNITS[second]
    word = f"{first}{'' if number == 1 else 's'}" if first == "day" else first
    return f"{number:,} {word} {left} {second}" if left else f"{number:,} {word}"


def coarse(length_ms: float | None, unknown: str = UNKNOWN) -> str:
    """A length of time in the units that matter: 40 s, 23 min, 1 h 5 min, 28 h, 3 d."""
    if length_ms is None:
        return unknown
    seconds = max(0, int(length_ms // 1000))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 36000:
        return _in_units(seconds, "h", "min")
    return f"{seconds // 3600} h" if seconds < 172800 else f"{seconds // 86400:,} d"


def spoken(length_ms: float) -> str:
    """A length of time as people say it: 48 s, 2 min 51 s, 42 min, 3 h 5 min, 2 days."""
    seconds = int(length_ms // 1000)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        return _in_units(seconds, "min", "s")
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return _in_units(seconds, "h", "min")
    return f"{seconds // 86400:,} days"


def in_two_units(length_ms: float) -> str:
    """A length of time as days and hours, or hours and minutes: 2 days 11 h, 13 h 30 min, 45 min; to a minute."""
    minutes = int(max(0, length_ms) / 60_000 + 0.5)
    if minutes >= 1440:
        return _in_units(minutes * 60, "day", "h")
    return _in_units(minutes * 60, "h", "min") if minutes >= 60 else f"{minutes} min"
