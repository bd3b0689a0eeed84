"""When a site is open: its opening hours by weekday and its holidays, and the moments of a business day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.metrics.opening_hours import OpenSpan
from ccmon.model.business_day import BusinessDay, day_start

Stretch = tuple[int, int]
"""Start and end of time that is open, its end excluded; in Unix milliseconds."""


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

    def stretches(self, day: BusinessDay, zone: ZoneInfo) -> tuple[Stretch, ...] | None:
        """The open time of a business day in order, with what began on the day before and goes on over midnight.

        None where the hours of its date are not known. A time that a change of clocks skips or repeats counts as in
        `day_start`.
        """
        today = date.fromisoformat(day.date)
        if self.spans(today) is None:
            return None
        found: list[Stretch] = []
        for begins_at, ends_at in sorted(self._around(today, zone)):
            opens_at, closes_at = max(begins_at, day.starts_at), min(ends_at, day.ends_at)
            if found and opens_at <= found[-1][1]:
                found[-1] = found[-1][0], max(found[-1][1], closes_at)
            elif opens_at < closes_at:
                found.append((opens_at, closes_at))
        return tuple(found)

    def _around(self, today: date, zone: ZoneInfo) -> Iterator[Stretch]:
        """What begins on a date, the day before or the day after."""
        for day in (today + timedelta(days=days) for days in (-1, 0, 1)):
            for span in self.spans(day) or ():
                yield day_start(day, zone, span.opens_ms), day_start(day, zone, span.closes_ms)
