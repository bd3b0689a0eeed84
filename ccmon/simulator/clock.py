"""The clock of the demo floor, which shows a busy working hour whenever somebody looks.

Floor time runs from a moment at its speed. The database's table ``clock`` holds both, for all readers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ccmon.simulator.shifts import moment

BUSY_FROM, BUSY_UNTIL = 10 * 60, 16 * 60 + 15
"""Local minutes between which the floor is well staffed and busy."""
SHOWN_AT = 14 * 60 + 10
"""Local minute at which a floor begins if it cannot begin at the real hour."""


class FloorClock(NamedTuple):
    """Floor time is ``floor_at + (real time - real_at) * speed``."""

    real_at: int
    floor_at: int
    speed: float

    def now(self, real: int) -> int:
        """The floor's moment at a real moment."""
        return self.floor_at + round((real - self.real_at) * self.speed)


def local_date(zone: ZoneInfo, at: int) -> date:
    """The date on the calendar of a zone."""
    return datetime.fromtimestamp(at / 1000, zone).date()


def busy_moment(zone: ZoneInfo, real: int) -> int:
    """The real moment if it is in a busy hour of a working day, else the last such hour before it."""
    local = datetime.fromtimestamp(real / 1000, zone)
    minute = local.hour * 60 + local.minute
    day = local.date()
    if day.weekday() < 5 and BUSY_FROM <= minute < BUSY_UNTIL:
        return real
    if day.weekday() >= 5 or minute < BUSY_FROM:
        day = _working_day(day - timedelta(days=1), -1)
    return moment(zone, day, SHOWN_AT)


def next_morning(zone: ZoneInfo, floor_at: int) -> int:
    """The next busy morning after a moment, where the floor goes on once everybody has gone home."""
    return moment(zone, _working_day(local_date(zone, floor_at) + timedelta(days=1), 1), BUSY_FROM)


def _working_day(day: date, step: int) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=step)
    return day
