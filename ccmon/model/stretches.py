"""A stretch of time that a report covers, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.model.business_day import BusinessDay, day_start
from ccmon.model.snapshot import FloorSnapshot


class StretchKind(StrEnum):
    """What a stretch is: a day, week or month, whole or so far; or the time since a moment."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SINCE = "since"


class Stretch(Struct, frozen=True):
    """A stretch of time, looked at from a moment in it or at its end."""

    kind: StretchKind
    starts_at: int
    at: int
    """The moment for which all figures hold: the last millisecond of a stretch that is over."""
    days: tuple[BusinessDay, ...]
    """The business days that it touches up to the moment, in order; at least one."""
    is_over: bool
    """Whether nothing more can come in it."""

    @property
    def first_date(self) -> date:
        """Date of the first business day."""
        return date.fromisoformat(self.days[0].date)

    @property
    def last_date(self) -> date:
        """Date of the last business day."""
        return date.fromisoformat(self.days[-1].date)

    @property
    def as_one_day(self) -> BusinessDay:
        """The stretch as if it were one long business day, under the date of its last one."""
        return BusinessDay(self.days[-1].date, self.starts_at, self.days[-1].ends_at)


class SiteCalendar(Struct, frozen=True):
    """The business days of a site, and the clock on its wall."""

    zone: ZoneInfo
    day_starts_ms: int

    def days(self, first: date, last: date) -> tuple[BusinessDay, ...]:
        """The business days from one date to another."""
        found, day = [], first
        while day <= last:
            following = day + timedelta(days=1)
            starts_at = day_start(day, self.zone, self.day_starts_ms)
            ends_at = day_start(following, self.zone, self.day_starts_ms)
            if ends_at > starts_at:
                found.append(BusinessDay(day.isoformat(), starts_at, ends_at))
            day = following
        return tuple(found)

    def whole(self, kind: StretchKind, first: date, last: date) -> Stretch:
        """A stretch of whole days, all over."""
        days = self.days(first, last)
        return Stretch(kind, days[0].starts_at, days[-1].ends_at - 1, days, is_over=True)

    def so_far(self, kind: StretchKind, first: date, last: date, at: int, starts_at: int | None = None) -> Stretch:
        """A stretch up to a moment of its last day; it begins with its first day, unless another moment is given."""
        days = self.days(first, last)
        return Stretch(kind, days[0].starts_at if starts_at is None else starts_at, at, days, is_over=False)

    def earlier(self, stretch: Stretch, first: date, last: date) -> Stretch:
        """A stretch of earlier dates: whole days as the given one, else from and to the same times by the clock."""
        if stretch.is_over:
            return self.whole(stretch.kind, first, last)
        starts_at = None
        if stretch.kind is StretchKind.SINCE:
            starts_at = self._moved(stretch.starts_at, first - stretch.first_date)
        return self.so_far(stretch.kind, first, last, self._moved(stretch.at, last - stretch.last_date), starts_at)

    def days_before(self, stretch: Stretch, number: int) -> Stretch:
        """The same stretch some days earlier."""
        by = timedelta(days=number)
        return self.earlier(stretch, stretch.first_date - by, stretch.last_date - by)

    def month_before(self, stretch: Stretch) -> Stretch:
        """The month before a month: the whole one, or as many days of it, if it has them."""
        end = stretch.first_date - timedelta(days=1)
        first = end.replace(day=1)
        last = end if stretch.is_over else min(end, first + timedelta(days=stretch.last_date.day - 1))
        return self.earlier(stretch, first, last)

    def _moved(self, at: int, by: timedelta) -> int:
        """The moment of the same time by the clock some days earlier."""
        local = datetime.fromtimestamp(at / 1000, self.zone).replace(tzinfo=None) + by
        return round(local.replace(tzinfo=self.zone).timestamp() * 1000)


LEAST_SHARE_OF_CALLS = 0.25
"""An earlier stretch with a smaller share of the calls is too small to compare with."""


def calls_of(floor: FloorSnapshot) -> int:
    """Calls of a floor's day or stretch: those that came in, and the outbound ones that were handled."""
    handled_inbound = sum(agent.inbound for agent in floor.agents)
    return max(floor.total.offered, handled_inbound) + sum(agent.outbound for agent in floor.agents)


def orders_of(floor: FloorSnapshot) -> int:
    """Orders of a floor's day or stretch that stand."""
    return next((line.sales for line in floor.sales[:1] if line.kind == "centre"), 0)


def is_comparable(floor: FloorSnapshot, earlier: FloorSnapshot) -> bool:
    """Whether a difference says something: there are calls, else orders, and there were not far fewer of them then."""
    of = calls_of if calls_of(floor) or calls_of(earlier) else orders_of
    number = of(floor)
    return number > 0 and of(earlier) >= LEAST_SHARE_OF_CALLS * number


class Recorded(Struct, frozen=True):
    """What a database has any of, at whatever time: of the rest nothing can be known. The row of ``recorded``."""

    calls: int
    """1: some call."""
    orders: int
    """1: some order."""
    buyers: int
    """1: some order that names its customer."""


class StretchFigures(Struct, frozen=True, kw_only=True):
    """What is known of a stretch of time."""

    stretch: Stretch
    floor: FloorSnapshot
    """The floor with everything that is counted over a day counted over the stretch instead; ``satisfaction`` is about
    its calls, and not about 28 days."""
    reasons: Mapping[int | None, int]
    """Answered inbound calls by the reason noted; None: no reason noted."""
    new_customers: int | None
    """Customers of the whole centre whose first order ever that stands is in the stretch; None while not known."""


class ReasonName(Struct, frozen=True):
    """What a contact reason is called."""

    name: str
    product: str | None
    is_problem: bool


class ReportFigures(Struct, frozen=True, kw_only=True):
    """Everything that a report is made from."""

    floor: FloorSnapshot
    """The whole floor at the moment of the report."""
    covered: StretchFigures
    """What the report is about."""
    before: StretchFigures | None
    """The day with calls before, or the week or month before, up to the same time; None where that is not known."""
    week_before: StretchFigures | None
    """For a day, the same weekday a week before, up to the same time; None where that is not known."""
    reason_names: Mapping[int | None, ReasonName]
    """Of each reason; empty where no reasons are kept."""
    data_begins_at: int | None
    """The first moment of the data; None for an empty database."""
    recorded: Recorded
    """What the database has any of."""
    newest_at: int | None
    """The newest moment of the data, also after that of the report; None for an empty database."""
