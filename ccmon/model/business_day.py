"""The business day over which figures are counted."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.metrics.pace import SAME_WEEKDAYS


class BusinessDay(Struct, frozen=True):
    """``[starts_at, ends_at)`` of one local date; 23, 24 or 25 hours long (metrics.md 1.7)."""

    date: str
    """ISO date in the site's time zone."""
    starts_at: int
    ends_at: int


def same_weekdays(day: BusinessDay, earlier: Iterable[BusinessDay]) -> list[BusinessDay]:
    """The last `SAME_WEEKDAYS` days with a day's weekday among earlier ones, which come latest first."""
    weekday = date.fromisoformat(day.date).weekday()
    same = (each for each in earlier if date.fromisoformat(each.date).weekday() == weekday)
    return list(islice(same, SAME_WEEKDAYS))


def day_start(day: date, zone: ZoneInfo, reset_ms: int) -> int:
    """The moment at which the business day of a date starts: when local clocks show the reset time.

    Raises:
        OverflowError: it lies outside the calendar.
    """
    wall_clock = datetime.combine(day, time(), zone) + timedelta(milliseconds=reset_ms)
    return round(wall_clock.timestamp() * 1000)
