"""What the queries about one moment have in common: the site, the directory, the business days around it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ccmon.database.driver import Database, Parameters
from ccmon.model.business_day import BusinessDay, day_start
from ccmon.model.sales import Period
from ccmon.model.site import Site
from ccmon.snapshot.directory import Directory

QUARTER_MINUTES = 15


class QueryContext(NamedTuple):
    """What the queries about one moment have in common."""

    site: Site
    day: BusinessDay
    directory: Directory
    today: date
    days: tuple[BusinessDay, ...]
    """Business days before today, the latest first."""
    parameters: Parameters
    """The moment and the edges of its business day."""

    def since(self, days: int) -> int:
        """Start of the business day ``days`` business days before today; of the first one known."""
        return self.days[min(days, len(self.days)) - 1].starts_at if self.days else self.day.starts_at

    def window(self, since: int, until: int) -> dict[str, object]:
        """The parameters of a query of what lies between two moments."""
        return {**self.parameters, "since": since, "until": until}

    def since_day(self, first: date) -> int:
        """Start of the first known business day from a date on."""
        inside = [day for day in self.days if date.fromisoformat(day.date) >= first]
        return inside[-1].starts_at if inside else self.day.starts_at


def read_context(database: Database, at: int, *, site: Site, day: BusinessDay, directory: Directory) -> QueryContext:
    """What the queries about a moment of a business day have in common."""
    edges = {"day_starts_at": day.starts_at, "day_ends_at": day.ends_at}
    days = database.rows("previous_business_days", BusinessDay, {"day_starts_at": day.starts_at})
    return QueryContext(site, day, directory, date.fromisoformat(day.date), tuple(days), {"at": at, **edges})


class BusinessDates:
    """The business day of a moment, by the clock of the site."""

    def __init__(self, site: Site) -> None:
        self._zone = ZoneInfo(site.time_zone)
        self._starts_ms = site.day_starts_ms
        self._known: dict[int, date] = {}

    def of(self, minute: int) -> date:
        """The date; days begin at whole quarters of an hour, so that a quarter lies in one."""
        quarter = minute // QUARTER_MINUTES
        found = self._known.get(quarter)
        if found is None:
            local = datetime.fromtimestamp(quarter * QUARTER_MINUTES * 60, self._zone).replace(tzinfo=None)
            found = self._known[quarter] = (local - timedelta(milliseconds=self._starts_ms)).date()
        return found

    def start(self, day: date) -> int:
        """The moment at which a business day starts."""
        return day_start(day, self._zone, self._starts_ms)


def period_edges(period: Period, today: date) -> tuple[date, date]:
    """First and last day of the period that holds a day; a week begins on Monday."""
    if period is Period.DAY:
        return today, today
    if period is Period.WEEK:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    first = today.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
