"""What the site is, and the clock of its floor, as the database says it."""

from __future__ import annotations

from msgspec import Struct


class Site(Struct, frozen=True):
    """What the site is."""

    name: str | None
    time_zone: str
    day_starts_ms: int
    currency: str | None
    follow_up_grace_ms: int
    max_open_ms: int


class Clock(Struct, frozen=True, gc=False):
    """The clock of a simulated floor: floor time against real time."""

    real_at: int
    floor_at: int
    speed: float
