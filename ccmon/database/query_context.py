"""What the queries about one moment have in common: the site, the directory, the business days around it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.database.driver import Database, Parameters
from ccmon.model.business_day import BusinessDay, day_start
from ccmon.model.site import Site
from ccmon.time_units import DAY_MS, WEEK_MS

if TYPE_CHECKING:
    from ccmon.snapshot.directory import Directory

QUARTER_MINUTES = 15
WINDOW_DAYS = 28
"""Business days that satisfaction, contacts and money are looked at over."""
UNRESOLVED_DAYS = 14
CONTACT_DAYS = WINDOW_DAYS + WEEK_MS // DAY_MS
"""Days before today whose contacts are looked at: the last week has followers of those before."""
CONTACTS_AT_MOST = 10_000
"""Above this many contacts in five weeks only those of some customers are looked at."""


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
        """The parameters of a query of what lies in the business day."""
        return self.window(self.day.starts_at, self.day.ends_at)

    @property
    def surveyed(self) -> Parameters:
        """The parameters of a query of lately given answers to surveys."""
        return {**self.parameters, "since": self.since(WINDOW_DAYS - 1)}

    @property
    def unresolved(self) -> Parameters:
        """The parameters of a query of customers who must not be given up."""
        return {**self.parameters, "since": self.since(UNRESOLVED_DAYS)}

    @property
    def first_contact_day(self) -> str:
        """The date from which on contacts of finished days are looked at."""
        return (self.today - timedelta(days=CONTACT_DAYS)).isoformat()

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


class QueryContext(DayContext, frozen=True):
    """What the queries about one moment have in common."""

    directory: Directory


def read_day_context(database: Database, at: int, *, site: Site, day: BusinessDay) -> DayContext:
    """The business days around a moment of one of them."""
    edges = {"day_starts_at": day.starts_at, "day_ends_at": day.ends_at}
    days = database.rows("previous_business_days", BusinessDay, {"day_starts_at": day.starts_at})
    return DayContext(site, day, date.fromisoformat(day.date), tuple(days), {"at": at, **edges})


def read_context(database: Database, at: int, *, site: Site, day: BusinessDay, directory: Directory) -> QueryContext:
    """What the queries about a moment of a business day have in common."""
    context = read_day_context(database, at, site=site, day=day)
    return QueryContext(site, day, context.today, context.days, context.parameters, directory)


def one_customer_in(calls: int) -> int:
    """Of how many customers one is looked at, where so many inbound calls were handled in the days of contacts."""
    return max(1, -(-calls // CONTACTS_AT_MOST))


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
