"""Business days with their edges in Unix milliseconds, UTC, for the table ``business_days``.

A business day runs from the site's reset time on one local date to the reset time on the next (metrics.md 1.7): 23, 24
or 25 hours where clocks change by an hour. SQLite knows no time zones, so the days are filled in ahead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from ccmon.database.driver import Database
from ccmon.errors import CcmonError
from ccmon.model.business_day import BusinessDay, day_start
from ccmon.model.site import Site
from ccmon.time_units import DAY_MS


class Years(NamedTuple):
    """From a year to another."""

    first: int
    last: int


ALL_YEARS = Years(1990, 2060)
"""Those whose business days a database has."""
_WEEK = 7


def read_site(connection: sqlite3.Connection) -> Site:
    """The one row that says what the site is."""
    return Database(connection).one_row("site", Site)


def site_zone(connection: sqlite3.Connection) -> ZoneInfo:
    """The site's time zone."""
    return zone(read_site(connection).time_zone)


def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Raises:
        CcmonError: there is none; the sentence names one that is written alike.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a directory's name an OSError
        import difflib  # noqa: PLC0415 (few write a wrong name)

        known = {each.lower(): each for each in available_timezones()}
        word = name.strip().replace(" ", "_").lower()
        by_city = {each.rpartition("/")[2]: whole for each, whole in sorted(known.items())}
        near = [known[match] for match in difflib.get_close_matches(word, known, n=1, cutoff=0.7)]
        near += [by_city[match] for match in difflib.get_close_matches(word.rpartition("/")[2], by_city, n=1)]
        hint = f"did you mean {near[0]}?" if near else "give an IANA name such as Europe/Amsterdam."
        raise CcmonError(f"There is no time zone {name!r}; {hint}") from None


def business_days(time_zone: str, day_starts_ms: int, first: date, last: date) -> Iterator[BusinessDay]:
    """Each business day from ``first`` to ``last``.

    A wall-clock time that a change of clocks skips counts as the moment of the change or as long after it; one that
    comes twice, as the first. A date that a zone left out (Apia, 30 December 2011) has no business day.
    """
    rules = zone(time_zone)
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


def expected(connection: sqlite3.Connection, years: Years = ALL_YEARS) -> Iterator[BusinessDay]:
    """The business days that the site's time zone and reset time ask for."""
    site = read_site(connection)
    return business_days(site.time_zone, site.day_starts_ms, date(years.first, 1, 1), date(years.last, 12, 31))
