"""The site's settings and the clock of its floor, from the database."""

from __future__ import annotations

from msgspec import Struct


class Site(Struct, frozen=True):
    """The site's settings."""

    name: str | None
    time_zone: str
    day_starts_ms: int
    currency: str | None
    follow_up_grace_ms: int
    max_open_ms: int


class SiteMove(Struct, frozen=True, gc=False):
    """That the site was moved to another database. A row of ``site_move``."""

    database: str
    """The path of the one in force since."""
    at: int
    """When it came into force."""


class Clock(Struct, frozen=True, gc=False):
    """The clock of a simulated floor: how floor time follows real time."""

    real_at: int
    floor_at: int
    speed: float
