"""Reads the opening hours and holidays that a site has set."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from ccmon.database.driver import Database
from ccmon.metrics import opening_hours
from ccmon.metrics.opening_hours import WEEKDAYS, OpenSpan
from ccmon.model.opening_hours import OpeningCalendar


def read_opening_calendar(database: Database) -> OpeningCalendar:
    """The opening hours and holidays; what another program has written otherwise is as good as not known."""
    weekdays = _readable(database.pairs("opening_hours"))
    holidays = _readable(database.pairs("hours_of_holidays"))
    return OpeningCalendar(
        {WEEKDAYS.index(weekday): spans for weekday, spans in weekdays.items()},
        {date.fromisoformat(on): spans for on, spans in holidays.items()},
    )


def _readable(texts: Mapping[str, str]) -> dict[str, tuple[OpenSpan, ...]]:
    found = {}
    for day, text in texts.items():
        with suppress(ValueError):
            found[day] = opening_hours.read(text)
    return found
