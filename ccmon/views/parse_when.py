"""Moments as a person types or chooses them. Pure: the time is an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

_CLOCK = re.compile(r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})")
_LENGTH = re.compile(r"\+?(?P<number>\d{1,3}) ?(?P<unit>m|min|minutes?|h|hours?|d|days?)")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MORNING = time(9, 0)
"""A day without a time of day means its morning."""
QUARTER = timedelta(minutes=15)


def suggestions(now: datetime) -> Iterator[datetime]:
    """The moments to which a call is usually moved: later today, tomorrow, the next working days."""
    first = _quarter_after(now + timedelta(minutes=10))
    for later in (0, 15, 45, 105, 165):
        at = first + timedelta(minutes=later)
        if at.date() == now.date():
            yield at
    days = 0
    for ahead in range(1, 8):
        day = now.date() + timedelta(days=ahead)
        if day.weekday() < 5 and days < 3:
            days += 1
            yield _at(day, MORNING, now)
            if days == 1:
                yield _at(day, time(14, 0), now)


def parse_when(text: str, now: datetime) -> datetime | None:
    """What is meant by `15:30`, `tomorrow 9:00`, `fri 14:15`, `2 h` or `2026-11-25 10:00`; None: not understood.

    A time of day that has passed means tomorrow's.
    """
    words = text.casefold().split()
    later = after_a_while(text, now)
    if later is not None:
        return later
    if not words or len(words) > 2:
        return None
    clock = _clock(words[-1])
    day = named_day(words[0], now.date()) if len(words) == 2 or clock is None else None
    if (len(words) == 2 and (day is None or clock is None)) or (day is None and clock is None):
        return None
    if day is not None:
        return _at(day, clock or MORNING, now)
    at = _at(now.date(), clock or MORNING, now)
    return at if at > now else _at(now.date() + timedelta(days=1), clock or MORNING, now)


def after_a_while(text: str, now: datetime) -> datetime | None:
    """The moment that comes `2 h`, `in 45 min` or `+3d` later; None: the text is no such length of time."""
    length = _LENGTH.fullmatch(" ".join(text.casefold().split()).removeprefix("in "))
    if length is None:
        return None
    unit = {"m": "minutes", "h": "hours", "d": "days"}[length["unit"][0]]
    later = timedelta(**{unit: int(length["number"])})
    # Two hours stay two hours when the clocks change; a day later is the same time of day.
    at = now + later if unit == "days" else (now.astimezone(UTC) + later).astimezone(now.tzinfo)
    return _whole_minute(at)


def _clock(word: str) -> time | None:
    found = _CLOCK.fullmatch(word)
    try:
        return time(int(found["hour"]), int(found["minute"])) if found else None
    except ValueError:
        return None


def named_day(word: str, today: date, *, past: bool = False) -> date | None:
    """The day that is meant by `today`, `tomorrow`, `friday` or `2026-11-25`; None: not understood.

    Args:
        word: in small letters.
        today: the present day.
        past: whether a day that is over is meant: then `yesterday` is one, and a weekday is the last one before today;
            else the next one after it.
    """
    if word in {"today", "yesterday" if past else "tomorrow"}:
        return today + timedelta(days=0 if word == "today" else -1 if past else 1)
    if len(word) >= 3 and any(name.startswith(word) for name in _WEEKDAYS):
        number = next(place for place, name in enumerate(_WEEKDAYS) if name.startswith(word))
        if past:
            return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
        return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _at(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, now.tzinfo)


def _whole_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _quarter_after(at: datetime) -> datetime:
    hour = at.replace(minute=0, second=0, microsecond=0)
    return hour + -(-(at - hour) // QUARTER) * QUARTER
