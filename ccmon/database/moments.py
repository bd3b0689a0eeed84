"""Which moment is looked at, and whether it is the latest."""

from __future__ import annotations

from msgspec import Struct

from ccmon.database.driver import Database, Parameters
from ccmon.errors import CcmonError
from ccmon.model.business_day import BusinessDay
from ccmon.model.site import Clock, Site
from ccmon.time_units import DAY_MS, NEVER


class NewestMoment(Struct, frozen=True, gc=False):
    """The newest moments in the database; 0 for nothing. A row of ``newest_moment`` or ``as_of_newest_moment``."""

    anything_at: int
    reported_at: int
    """The newest moment that a switch reported."""


class SeldomChanged(Struct, frozen=True, gc=False):
    """A simulated floor's clock, the site and the business day of a moment, to be compared: one statement, not four.

    A row of ``seldom_changed``.
    """

    real_at: int | None
    floor_at: int | None
    speed: float | None
    name: str | None
    time_zone: str
    day_starts_ms: int
    currency: str | None
    follow_up_grace_ms: int
    max_open_ms: int
    moved_at: int | None
    date: str | None
    starts_at: int | None
    ends_at: int | None
    has_progress: int
    """1: there is long work behind the screen, or was some that was abandoned."""


def read_site_and_day(database: Database, at: int) -> tuple[Site, BusinessDay]:
    """The site and the business day of a moment.

    Raises:
        CcmonError: the database has no site, or no business day for the moment.
    """
    site, day = database.row("site", Site), database.row("business_day", BusinessDay, {"at": at})
    if site is None or day is None:
        raise CcmonError("The database does not say what site it belongs to", command="make a new one with ccmon init.")
    return site, day


def floor_time(clock: Clock | None, real_at: int) -> int:
    """Floor time at a moment of real time; the same without the clock of a simulated floor."""
    return real_at if clock is None else round(clock.floor_at + (real_at - clock.real_at) * clock.speed)


def newest_moment(database: Database) -> NewestMoment:
    """The newest moments in the database that an index finds at once."""
    return database.one_row("newest_moment", NewestMoment, {"until": NEVER})


def newest_at(database: Database) -> int:
    """The newest moment in the database that an index finds at once; 0 if there is none."""
    return newest_moment(database).anything_at


def changes_after(at: int, site: Site) -> Parameters:
    """The parameters of the query for changes after a moment to what began before it."""
    return {"at": at, "since": at - max(site.max_open_ms, DAY_MS)}


def is_latest(database: Database, at: int) -> bool:
    """Whether nothing in the database is after ``at``, so that the totals are those of exactly this moment."""
    if newest_at(database) > at:
        return False
    return not database.value("has_changes_after", changes_after(at, database.one_row("site", Site)))
