"""When a site is open: its opening hours by weekday and its holidays, and the moments of a business day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.metrics.opening_hours import OpenSpan
from ccmon.model.business_day import BusinessDay, day_start

DAYS_AHEAD = 366
"""How many days are searched for the next opening."""


class OpenStretch(Struct, frozen=True, order=True):
    """Time without a break in which the site is open."""

    opens_at: int
    """When it opens; where it was open over the start of the business day, that moment."""
    closes_at: int
    """When it closes; where it stays open over the end of the business day, that moment."""


class OpeningFigures(Struct, frozen=True):
    """When the site is open today, and whether it is now, by the opening hours and holidays that it has set."""

    today: tuple[OpenStretch, ...]
    """The open hours of the business day, in order; none: it is closed all day."""
    open_now: bool
    """Whether the site is open now."""
    next_change_at: int | None
    """When it next closes, or opens; null where it stays open for more than a week, or where a day before the next
    opening has no hours set."""
    opened_at: int | None = None
    """Since when it has been open; None: it is closed."""


def is_closed(opening: OpeningFigures | None) -> bool:
    """Whether a site is known to be closed."""
    return opening is not None and not opening.open_now


def quiet_since(opening: OpeningFigures | None, last_record_at: int) -> int | None:
    """Since when something could have been recorded and was not; None: the site is closed, which is quiet."""
    if opening is None:
        return last_record_at
    return None if opening.opened_at is None else max(last_record_at, opening.opened_at)


class OpeningCalendar(Struct, frozen=True):
    """The opening hours that a site has set. Weekdays of which it says nothing are not known."""

    weekdays: Mapping[int, tuple[OpenSpan, ...]]
    """By weekday (Monday is 0)."""
    holidays: Mapping[date, tuple[OpenSpan, ...]]

    def spans(self, day: date) -> tuple[OpenSpan, ...] | None:
        """The spans that begin on a date; None: not known."""
        return self.holidays.get(day, self.weekdays.get(day.weekday()))

    def open_ms(self, day: date) -> int | None:
        """How long the site is open in the spans that begin on a date, by the clock on the wall; None: not known."""
        spans = self.spans(day)
        return None if spans is None else sum(span.closes_ms - span.opens_ms for span in spans)

    def is_usual(self, day: date) -> bool:
        """Whether a day says what is usual on its weekday: it is no holiday, and the weekday is not a closed one."""
        return day not in self.holidays and self.weekdays.get(day.weekday()) != ()

    def stretches(self, day: BusinessDay, zone: ZoneInfo) -> tuple[OpenStretch, ...] | None:
        """The open time of a business day in order, with what began on the day before and goes on over midnight.

        None where the hours of its date are not known. A time that a change of clocks skips or repeats counts as in
        `day_start`.
        """
        today = date.fromisoformat(day.date)
        if self.spans(today) is None:
            return None
        around = (today + timedelta(days=days) for days in (-1, 0, 1))
        return tuple(
            OpenStretch(max(each.opens_at, day.starts_at), min(each.closes_at, day.ends_at))
            for each in self.open_times(around, zone)
            if each.opens_at < day.ends_at and each.closes_at > day.starts_at
        )

    def open_times(self, days: Iterable[date], zone: ZoneInfo) -> list[OpenStretch]:
        """What begins on some days, in order; spans without a break between them are one stretch."""
        found: list[OpenStretch] = []
        for each in sorted(chain.from_iterable(self.begun_on(day, zone) for day in days)):
            if found and each.opens_at <= found[-1].closes_at:
                found[-1] = OpenStretch(found[-1].opens_at, max(found[-1].closes_at, each.closes_at))
            elif each.opens_at < each.closes_at:
                found.append(each)
        return found

    def next_opening(self, at: int, zone: ZoneInfo) -> int | None:
        """The first opening after a moment; None where it is not known: a day before it has no hours set."""
        today = date_of(at, zone)
        for day in (today + timedelta(days=days) for days in range(DAYS_AHEAD)):
            if self.spans(day) is None:
                return None
            for each in self.begun_on(day, zone):
                if each.opens_at > at:
                    return each.opens_at
        return None

    def begun_on(self, day: date, zone: ZoneInfo) -> tuple[OpenStretch, ...]:
        """The open times that begin on a date."""
        return _begun_on(self.spans(day) or (), day, zone)


NO_HOURS = OpeningCalendar({}, {})
"""Nothing is set."""


@lru_cache(maxsize=512)  # asked for each follow-up, most of which are due on the same few days
def _begun_on(spans: tuple[OpenSpan, ...], day: date, zone: ZoneInfo) -> tuple[OpenStretch, ...]:
    return tuple(
        OpenStretch(day_start(day, zone, span.opens_ms), day_start(day, zone, span.closes_ms)) for span in spans
    )


def date_of(at: int, zone: ZoneInfo) -> date:
    """The date that a calendar on the wall shows at a moment."""
    return datetime.fromtimestamp(at / 1000, zone).date()
