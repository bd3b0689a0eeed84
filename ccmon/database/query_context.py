"""What all queries about one moment need: the site, the directory, the business days around it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.database.driver import Database, Parameters
from ccmon.database.json_text import dumps
from ccmon.model.business_day import BusinessDay, day_start
from ccmon.model.due_moments import ClosedTime, DueMoments
from ccmon.model.site import Site
from ccmon.time_units import DAY_MS, WEEK_MS

if TYPE_CHECKING:
    from ccmon.snapshot.directory import Directory

QUARTER_MINUTES = 15
WINDOW_DAYS = 28
"""The number of business days over which satisfaction, contacts and money are measured."""
UNRESOLVED_DAYS = 14
CONTACT_DAYS = WINDOW_DAYS + WEEK_MS // DAY_MS
"""Days before today whose contacts are read: those of the last week may follow earlier ones."""
CONTACTS_AT_MOST = 10_000
"""With more contacts than this in five weeks, only those of some customers are looked at."""


class DayContext(Struct, frozen=True):
    """The site, and the business days around a moment."""

    site: Site
    day: BusinessDay
    today: date
    days: tuple[BusinessDay, ...]
    """Business days before today, the latest first."""
    parameters: Parameters
    """The moment and the edges of its business day."""

    @property
    def whole_day(self) -> Parameters:
        """The parameters of a query about the business day."""
        return self.window(self.day.starts_at, self.day.ends_at)

    @property
    def surveyed(self) -> Parameters:
        """The parameters of a query about survey answers of finished days."""
        return self.window(self.since(WINDOW_DAYS - 1), self.day.starts_at)

    @property
    def shifts(self) -> Parameters:
        """The parameters of a query about today's shifts."""
        return {"days": dumps([self.day.starts_at])}

    @property
    def unresolved(self) -> Parameters:
        """The parameters of a query about customers who must not be forgotten."""
        return {**self.parameters, "since": self.since(UNRESOLVED_DAYS)}

    @property
    def first_contact_day(self) -> str:
        """The first date whose contacts are looked at."""
        return (self.today - timedelta(days=CONTACT_DAYS)).isoformat()

    def since(self, days: int) -> int:
        """Start of the business day ``days`` business days before today, or of the first known one."""
        return self.days[min(days, len(self.days)) - 1].starts_at if self.days else self.day.starts_at

    def window(self, since: int, until: int) -> dict[str, object]:
        """The parameters of a query about the time between two moments."""
        return {**self.parameters, "since": since, "until": until}

    def since_day(self, first: date) -> int:
        """Start of the first known business day from a date on."""
        inside = [day for day in self.days if date.fromisoformat(day.date) >= first]
        return inside[-1].starts_at if inside else self.day.starts_at


class QueryContext(DayContext, frozen=True):
    """What all queries about one moment need."""

    directory: Directory

    @property
    def unusual_days(self) -> tuple[str, ...]:
        """Dates of business days before today that are holidays, or closed by the opening hours."""
        calendar = self.directory.calendar
        return tuple(day.date for day in self.days if not calendar.is_usual(date.fromisoformat(day.date)))

    @property
    def due_moments(self) -> DueMoments:
        """When what falls due counts as due."""
        return DueMoments.of_site(self.directory.calendar, self.site)

    @property
    def closed_times(self) -> tuple[ClosedTime, ...]:
        """The closed times of the last `WINDOW_DAYS` business days."""
        return tuple(self.due_moments.closed_times(self.since(WINDOW_DAYS), self.day.starts_at))


def read_day_context(database: Database, at: int, *, site: Site, day: BusinessDay) -> DayContext:
    """The business days around a moment of the given one."""
    edges = {"day_starts_at": day.starts_at, "day_ends_at": day.ends_at}
    days = database.rows("previous_business_days", BusinessDay, {"day_starts_at": day.starts_at})
    return DayContext(site, day, date.fromisoformat(day.date), tuple(days), {"at": at, **edges})


def read_context(database: Database, at: int, *, site: Site, day: BusinessDay, directory: Directory) -> QueryContext:
    """What all queries about a moment of a business day need."""
    context = read_day_context(database, at, site=site, day=day)
    return QueryContext(site, day, context.today, context.days, context.parameters, directory)


def one_customer_in(calls: int) -> int:
    """One in how many customers is looked at, with this many inbound calls handled in the days of contacts."""
    return max(1, -(-calls // CONTACTS_AT_MOST))


class BusinessDates:
    """The business day of a moment, by the clock of the site."""

    def __init__(self, site: Site) -> None:
        self._zone = ZoneInfo(site.time_zone)
        self._starts_ms = site.day_starts_ms
        self._known: dict[int, date] = {}

    def of(self, minute: int) -> date:
        """The date of a minute; days begin at whole quarters of an hour, so each quarter is within one day."""
        quarter = minute // QUARTER_MINUTES
        found = self._known.get(quarter)
        if found is None:
            local = datetime.fromtimestamp(quarter * QUARTER_MINUTES * 60, self._zone).replace(tzinfo=None)
            found = self._known[quarter] = (local - timedelta(milliseconds=self._starts_ms)).date()
        return found

    def start(self, day: date) -> int:
        """The moment at which a business day starts."""
        return day_start(day, self._zone, self._starts_ms)
