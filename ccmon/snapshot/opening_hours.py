"""Whether the site is open, by the opening hours and holidays that it has set (metrics.md 1.12)."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ccmon.metrics.next_change import NextChange
from ccmon.model.business_day import BusinessDay, day_start
from ccmon.model.opening_hours import OpeningCalendar, OpeningFigures

DAYS_AROUND = 8
"""How many days before and after today are looked at for when it opened and when it closes."""


class BusinessDayOpening:
    """The opening hours of a business day, for all its moments."""

    def __init__(self, calendar: OpeningCalendar, day: BusinessDay, zone: ZoneInfo) -> None:
        self._calendar, self._zone = calendar, zone
        self._today = calendar.stretches(day, zone)
        if self._today is None:
            return
        today = date.fromisoformat(day.date)
        around = (today + timedelta(days=days) for days in range(-DAYS_AROUND, DAYS_AROUND + 1))
        self._stretches = calendar.open_times(around, zone)
        self._seen_until = day_start(today + timedelta(days=DAYS_AROUND + 1), zone, 0)

    def at(self, when: NextChange) -> OpeningFigures | None:
        """Whether it is open at a moment; None where today's hours are not known.

        Args:
            when: the moment; collects when it opens or closes.
        """
        if self._today is None:
            return None
        now = next((each for each in self._stretches if each.opens_at <= when.at < each.closes_at), None)
        if now is None:
            next_at = self._calendar.next_opening(when.at, self._zone)
        else:
            next_at = now.closes_at if now.closes_at < self._seen_until else None
        if next_at is not None:
            when.note(next_at)
        return OpeningFigures(self._today, now is not None, next_at, None if now is None else now.opens_at)
