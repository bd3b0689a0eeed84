"""The opening hours of a week as people write them: "mon-fri 09:00-12:30, 13:30-18:00; sat 10:00-14:00".

Weekdays that are not named are closed; "sat-sun unset" says that nothing is known of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from ccmon import time_of_day
from ccmon.metrics import opening_hours
from ccmon.metrics.likely_hours import likely
from ccmon.metrics.opening_hours import CLOSED, WEEKDAYS, OpenSpan
from ccmon.time_units import DAY_MS

WEEK_EXAMPLE = "mon-fri 09:00-17:30; sat 10:00-14:00"
UNKNOWN = "unset"

_SHORT = 3
"""How many letters of a weekday's name are written, and how many are enough."""
_DAY = rf"(?:{'|'.join(name[:_SHORT] for name in WEEKDAYS)})[a-z]*"
_RANGE = rf"{_DAY}(?:\s*-\s*{_DAY})?"
_DAYS = re.compile(rf"{_RANGE}(?:\s*(?:,|and)\s*{_RANGE})*")
_BETWEEN = " \t\n,;:"

Week = Mapping[int, tuple[OpenSpan, ...]]
"""Spans by weekday (Monday is 0). A weekday that is missing is not known, one without spans is closed."""


def read(text: str) -> Week:
    """The opening hours of a week; hours without a weekday are those of each day.

    Raises:
        ValueError: the text cannot be understood; `sentence_about` makes a sentence of it.
    """
    text = opening_hours.with_hyphens(text.strip().lower()).replace("weekdays", "mon-fri").replace("weekend", "sat-sun")
    groups = list(_DAYS.finditer(text))
    if not groups:
        return dict.fromkeys(range(len(WEEKDAYS)), _hours(text))
    if before := text[: groups[0].start()].strip(_BETWEEN):
        raise ValueError(f"{before!r} names no weekday")
    week: dict[int, tuple[OpenSpan, ...] | None] = {}
    for place, group in enumerate(groups):
        ends = groups[place + 1].start() if place + 1 < len(groups) else len(text)
        hours = text[group.end() : ends].strip(_BETWEEN)
        if not hours:
            raise ValueError(f"{group[0]!r} is followed by no hours")
        spans = None if hours == UNKNOWN else _hours(hours)
        for weekday in _weekdays(group[0]):
            if weekday in week:
                raise ValueError(f"{WEEKDAYS[weekday]} has two opening hours")
            week[weekday] = spans
    known = {weekday: week.get(weekday, ()) for weekday in range(len(WEEKDAYS))}
    return {weekday: spans for weekday, spans in known.items() if spans is not None}


def overlap(week: Week) -> tuple[int, str] | None:
    """The first weekday whose hours go on while those of the next day have begun, and why, in a sentence; or None."""
    for day, spans in sorted(week.items()):
        following = (day + 1) % len(WEEKDAYS)
        closes_ms = spans[-1].closes_ms - DAY_MS if spans else 0
        begun = next((span for span in week.get(following, ()) if span.opens_ms < closes_ms), None)
        if begun is not None:
            return day, (
                f"{WEEKDAYS[day].title()} is open until {time_of_day.written(closes_ms)} of "
                f"{WEEKDAYS[following].title()}, which opens at {time_of_day.written(begun.opens_ms)}: these overlap."
            )
    return None


def sentence_about(error: ValueError, choices: str = "") -> str:
    """Why `read` did not understand a text, and what to write instead: the hours of a week, or one of the choices."""
    if str(error).endswith("?"):
        return str(error)
    return f"{error}; write the hours of a week such as {WEEK_EXAMPLE}{choices}."


def written(week: Week) -> str:
    """The opening hours of a week as a text, which `read` reads again; empty where nothing is known."""
    if not week:
        return ""
    parts = [f"{_named(days)} {hours}" for hours, days in _alike(week) if hours != CLOSED]
    return "; ".join(parts or [f"{_named(list(range(len(WEEKDAYS))))} {CLOSED}"])


def unusual(week: Week) -> list[str]:
    """Of hours that may be a slip, what they mean, each a sentence with its weekdays."""
    days: dict[str, list[int]] = {}
    for day, spans in week.items():
        for meaning in opening_hours.unusual(spans):
            days.setdefault(meaning, []).append(day)
    return [f"Open {meaning}: {', '.join(WEEKDAYS[day] for day in named)}." for meaning, named in days.items()]


def _alike(week: Week) -> Iterator[tuple[str, list[int]]]:
    """The hours of a week in words, each with the weekdays that follow one another and have them."""
    words = [opening_hours.written(week[day]) if day in week else UNKNOWN for day in range(len(WEEKDAYS))]
    for hours, days in groupby(range(len(WEEKDAYS)), words.__getitem__):
        yield hours, list(days)


def _named(days: list[int]) -> str:
    first, last = (WEEKDAYS[day][:_SHORT] for day in (days[0], days[-1]))
    return first if first == last else f"{first}-{last}"


def _hours(text: str) -> tuple[OpenSpan, ...]:
    try:
        return opening_hours.read(text)
    except ValueError as error:
        near = likely(text)
        raise ValueError(f"{text!r} {error}{f'; did you mean {near}?' if near else ''}") from None


def _weekdays(text: str) -> Iterator[int]:
    """The weekdays that a list such as "mon-wed, fri" names; a range may go over the end of the week."""
    for part in re.split(r",|\band\b", text):
        first, _, last = (name.strip() for name in part.partition("-"))
        begins, ends = _weekday(first), _weekday(last or first)
        yield from (day % len(WEEKDAYS) for day in range(begins, ends + 1 + len(WEEKDAYS) * (ends < begins)))


def _weekday(name: str) -> int:
    for number, weekday in enumerate(WEEKDAYS):
        if weekday.startswith(name):
            return number
    raise ValueError(f"{name!r} is no weekday")
