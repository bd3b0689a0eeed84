"""When what falls due counts as due, by the opening hours of the site (metrics.md 1.12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.model.business_day import day_start
from ccmon.model.opening_hours import DAYS_AHEAD, OpeningCalendar, date_of
from ccmon.model.site import Site

LATEST_AT = 32_503_680_000_000
"""The year 3000: what falls due later, or before 1970, is a slip, and stays as it is."""


class ClosedTime(Struct, frozen=True, array_like=True):
    """What falls due in this time counts as due at an opening."""

    begins_at: int
    ends_at: int
    """The first moment after it."""
    opens_at: int


class DueMoments(Struct, frozen=True):
    """What falls due while the site is closed counts as due at its next opening.

    Where that is not known, the moment stays. The closing moment is still within the hours, and the last millisecond
    of a business day on which the site opens stands for that day: what is promised for a day is promised by its end.
    """

    calendar: OpeningCalendar
    zone: ZoneInfo
    day_starts_ms: int

    @classmethod
    def of_site(cls, calendar: OpeningCalendar, site: Site) -> Self:
        """Those of a site."""
        return cls(calendar, ZoneInfo(site.time_zone), site.day_starts_ms)

    def counts_as(self, at: int) -> int:
        """The moment at which something that falls due at a moment counts as due: the same, or a later one."""
        if not (self.calendar.weekdays or self.calendar.holidays) or not 0 <= at < LATEST_AT:
            return at
        found = self._within_hours(at)
        return at if found != at and self._ends_open_day(at) else found

    def since(self, since: int) -> int:
        """The first moment that may count as due at a moment or later: the earliest of the closed time before it."""
        opens_at = self._within_hours(since - 1)
        if opens_at < since:
            return since
        day = date_of(since - 1, self.zone)
        first = date_of(opens_at, self.zone) - timedelta(days=DAYS_AHEAD - 1)  # from which that opening is found
        while day >= first:
            starts_at = day_start(day, self.zone, 0)
            if self.calendar.spans(day) is None:
                return day_start(day + timedelta(days=1), self.zone, 0)
            until_then = self.calendar.open_times((day - timedelta(days=1), day), self.zone)
            closed = [each.closes_at for each in until_then if starts_at <= each.closes_at < since]
            if closed:
                return max(closed) + 1
            day -= timedelta(days=1)
        return day_start(first, self.zone, 0)

    def closed_times(self, since: int, until: int) -> Iterator[ClosedTime]:
        """The closed times that end between two moments, and the one that the second is in, in order."""
        day, last = date_of(since, self.zone), date_of(until, self.zone) + timedelta(days=DAYS_AHEAD)
        opens_at = since
        while opens_at < until and day <= last:
            for each in self.calendar.begun_on(day, self.zone):
                opens_at = each.opens_at
                if opens_at >= since:
                    yield from self._before_opening(opens_at)
            day += timedelta(days=1)

    def _before_opening(self, opens_at: int) -> Iterator[ClosedTime]:
        """The closed time before an opening, without the ends of days that stand for a day."""
        begins_at = self.since(opens_at)
        if begins_at == opens_at:
            return
        day = self._business_date(begins_at)
        while (ends_at := day_start(day + timedelta(days=1), self.zone, self.day_starts_ms) - 1) < opens_at:
            if self._ends_open_day(ends_at):
                yield ClosedTime(begins_at, ends_at, opens_at)
                begins_at = ends_at + 1
            day += timedelta(days=1)
        yield ClosedTime(begins_at, opens_at, opens_at)

    def _within_hours(self, at: int) -> int:
        today = date_of(at, self.zone)
        for day in (today - timedelta(days=1), today):
            if any(each.opens_at <= at <= each.closes_at for each in self.calendar.begun_on(day, self.zone)):
                return at
        opening = self.calendar.next_opening(at, self.zone)
        return at if opening is None else opening

    def _ends_open_day(self, at: int) -> bool:
        """Whether a moment is the last one of a business day on which the site opens."""
        day = self._business_date(at)
        ends_at = day_start(day + timedelta(days=1), self.zone, self.day_starts_ms) - 1
        return at == ends_at and bool(self.calendar.spans(day))

    def _business_date(self, at: int) -> date:
        wall_clock = datetime.fromtimestamp(at / 1000, self.zone).replace(tzinfo=None)
        return (wall_clock - timedelta(milliseconds=self.day_starts_ms)).date()
