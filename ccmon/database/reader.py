"""A snapshot of the floor from the call database. A screen that stays reads by `ccmon.database.live_reader`.

A moment is the latest when nothing in the database lies after it: then the totals are those of exactly this moment.
Without ``at`` the moment is now on the floor's clock, and always the latest: what a switch stamps a second ahead of us
belongs to now. For an earlier moment all that came after it is left out, row by row, for the calls of its business day.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ccmon.database.database_file import reading
from ccmon.database.driver import Database
from ccmon.database.floor_reader import floor_time, read_moment, read_site_and_day
from ccmon.database.periodic_reader import read_periodic_data
from ccmon.database.poll_cache import PollCache
from ccmon.model.business_day import BusinessDay
from ccmon.model.site import Clock, Site
from ccmon.model.snapshot import FloorSnapshot
from ccmon.real_time import real_now
from ccmon.snapshot import assemble
from ccmon.snapshot.floor_rows import NewestMoment
from ccmon.snapshot.periodic import periodic_figures
from ccmon.time_units import NEVER


def floor_now(connection: sqlite3.Connection) -> int:
    """Now on the floor's clock, if there is one."""
    return floor_time(Database(connection).row("clock", Clock), real_now())


def snapshot(path: Path, at: int | None = None) -> FloorSnapshot:
    """The floor at a moment, or now.

    It depends on the database and the moment alone: for an earlier moment it is what the screen showed then, with all
    that came later left out. "What a snapshot of a moment promises" in docs/architecture.md has the exceptions.

    Raises:
        CcmonError: the database cannot be read.
    """
    with reading(path) as connection, (database := Database(connection)).reading():
        moment, is_latest, rows = read_moment(database, at, database.row("clock", Clock), real_now())
        found = read_periodic_data(
            database,
            moment,
            PollCache(),
            site=rows.site,
            day=rows.day,
            directory=rows.directory,
            is_latest=is_latest,
        )
    return assemble(rows, moment, periodic=periodic_figures(found))


def site_day_and_latest_moment(path: Path) -> tuple[Site, BusinessDay, int]:
    """The site, the latest moment to ask for (now on the floor, or the newest data if later), and its business day.

    Raises:
        CcmonError: the database cannot be read.
    """
    with reading(path) as connection:
        database = Database(connection)
        newest = database.the_row("newest_moment", NewestMoment, {"until": NEVER})
        latest = max(floor_now(connection), newest.anything_at)
        return *read_site_and_day(database, latest), latest
