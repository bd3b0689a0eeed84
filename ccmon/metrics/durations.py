"""Lengths of time in words: `coarse` for cells and ages, `spoken` for alarms, `in_two_units` for delays.

Each number has its unit: "4 h 11 min", where 4:11 might be a time of day, or minutes and seconds. A column of figures
has `ccmon.formatting.duration` instead (0:42, 1:05:09), which has seconds in every form.
"""

from __future__ import annotations

from collections.abc import Callable

from ccmon.language import figures, ngettext, pgettext
from ccmon.metrics.percentage import UNKNOWN


def _days(number: int) -> str:
    return ngettext("{n} day", "{n} days", number).format(n=figures(f"{number:,}"))


def _hours(number: int) -> str:
    return f"{figures(f'{number:,}')} {pgettext('unit of time', 'h')}"


def _minutes(number: int) -> str:
    return f"{number} {pgettext('unit of time', 'min')}"


def _seconds(number: int) -> str:
    return f"{number} {pgettext('unit of time', 's')}"


_UNITS: dict[Callable[[int], str], int] = {_days: 86400, _hours: 3600, _minutes: 60, _seconds: 1}
"""What writes a number of each unit, and the unit's seconds."""


def _in_units(seconds: int, first: Callable[[int], str], second: Callable[[int], str]) -> str:
    """A length of time in two neighbouring units, or in the first alone if nothing is left for the second."""
    number, rest = divmod(seconds, _UNITS[first])
    left = rest // _UNITS[second]
    return f"{first(number)} {second(left)}" if left else first(number)


def coarse(length_ms: float | None, unknown: str = UNKNOWN) -> str:
    """A length of time in the units that matter: 40 s, 23 min, 1 h 5 min, 28 h, 3 d."""
    if length_ms is None:
        return unknown
    seconds = max(0, int(length_ms // 1000))
    if seconds < 60:
        return _seconds(seconds)
    if seconds < 3600:
        return _minutes(seconds // 60)
    if seconds < 36000:
        return _in_units(seconds, _hours, _minutes)
    if seconds < 172800:
        return _hours(seconds // 3600)
    return f"{figures(f'{seconds // 86400:,}')} {pgettext('unit of time', 'd')}"


def spoken(length_ms: float) -> str:
    """A length of time as people say it: 48 s, 2 min 51 s, 42 min, 3 h 5 min, 2 days."""
    seconds = int(length_ms // 1000)
    if seconds < 60:
        return _seconds(seconds)
    if seconds < 600:
        return _in_units(seconds, _minutes, _seconds)
    if seconds < 3600:
        return _minutes(seconds // 60)
    if seconds < 48 * 3600:
        return _in_units(seconds, _hours, _minutes)
    return _days(seconds // 86400)


def in_two_units(length_ms: float) -> str:
    """A length of time as days and hours, or hours and minutes: 2 days 11 h, 13 h 30 min, 45 min; to a minute."""
    minutes = int(max(0, length_ms) / 60_000 + 0.5)
    if minutes >= 1440:
        return _in_units(minutes * 60, _days, _hours)
    return _in_units(minutes * 60, _hours, _minutes) if minutes >= 60 else _minutes(minutes)
