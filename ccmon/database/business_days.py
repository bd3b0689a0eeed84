"""Business days with their edges in Unix milliseconds, UTC, for the table ``business_days``.

A business day runs from the site's reset time on one local date to the reset time on the next (metrics.md 1.7): 23, 24
or 25 hours where clocks change by an hour. SQLite knows no time zones, so the days are filled in ahead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from ccmon.database.site import named_zone, read_site
from ccmon.model.business_day import BusinessDay, day_start
from ccmon.time_units import DAY_MS


class Years(NamedTuple):
    """From a year to another."""

    first: int
    last: int


ALL_YEARS = Years(1990, 2060)
"""Those whose business days a database has."""
_WEEK = 7


def business_days(time_zone: str, day_starts_ms: int, first: date, last: date) -> Iterator[BusinessDay]:
    """Each business day from ``first`` to ``last``.

    A wall-clock time that a change of clocks skips counts as the moment of the change or as long after it; one that
    comes twice, as the first. A date that a zone left out (Apia, 30 December 2011) has no business day.
    """
    rules = named_zone(time_zone)
    starts_at = day_start(first, rules, day_starts_ms)
    day = first
    while day <= last:
        stretch = min(_WEEK, (last - day).days + 1)
        next_week = day + timedelta(days=stretch)
        week_ends_at = day_start(next_week, rules, day_starts_ms)
        if week_ends_at - starts_at == stretch * DAY_MS:  # clocks do not change twice within a week
            first_number = day.toordinal()
            for number in range(stretch):
                ends_at = starts_at + DAY_MS
                yield BusinessDay(date.fromordinal(first_number + number).isoformat(), starts_at, ends_at)
                starts_at = ends_at
            day = next_week
            continue
        while day < next_week:
            following = day + timedelta(days=1)
            ends_at = day_start(following, rules, day_starts_ms)
            if ends_at > starts_at:
                yield BusinessDay(day.isoformat(), starts_at, ends_at)
            day, starts_at = following, ends_at


def fill(connection: sqlite3.Connection, years: Years = ALL_YEARS) -> None:
    """Fill in the business days of some years by the site's time zone, inside the caller's transaction.

    Those that are there must be such days, and stay.
    """
    from ccmon.database.bulk_insert import insert_rows  # noqa: PLC0415 (whoever reads inserts nothing)

    days = [(day.starts_at, day.ends_at, day.date) for day in expected(connection, years)]
    insert_rows(connection, "insert_business_day", days)


def expected(connection: sqlite3.Connection, years: Years = ALL_YEARS) -> tuple[BusinessDay, ...]:
    """The business days that the site's time zone and reset time ask for."""
    site = read_site(connection)
    return _days_of_years(site.time_zone, site.day_starts_ms, years)


@lru_cache(maxsize=2)  # setup makes a database, and examines it
def _days_of_years(time_zone: str, day_starts_ms: int, years: Years) -> tuple[BusinessDay, ...]:
    return tuple(business_days(time_zone, day_starts_ms, date(years.first, 1, 1), date(years.last, 12, 31)))
