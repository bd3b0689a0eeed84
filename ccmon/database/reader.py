"""A snapshot of the floor from the call database. A screen that stays open uses `ccmon.database.live_reader`.

A moment is the latest if nothing in the database is after it: then the totals are those of exactly this moment.
Without ``at``, the moment is now on the floor's clock, and always the latest: what a switch stamps a second ahead of us
belongs to now. For an earlier moment, all that came later is left out, row by row, for the calls of its business day.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from ccmon.database.driver import Database
from ccmon.database.floor_reader import read_floor_data
from ccmon.database.moments import floor_time
from ccmon.database.opening import Opening
from ccmon.database.periodic_reader import read_periodic_data
from ccmon.database.reading_cache import ReadingCache
from ccmon.database.running_followers import with_running
from ccmon.database.single_reading import SingleReading, single_reading
from ccmon.model.alarm_limits import NO_LIMITS
from ccmon.model.site import Clock
from ccmon.model.snapshot import FloorSnapshot
from ccmon.real_time import real_now
from ccmon.snapshot import assemble
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.periodic import periodic_figures
from ccmon.snapshot.periodic_data import PeriodicData


def floor_now(connection: sqlite3.Connection) -> int:
    """Now on the floor's clock, if there is one."""
    return floor_time(Database(connection).row("clock", Clock), real_now())


def snapshot(path: Path, at: int | None = None) -> FloorSnapshot:
    """The floor at a moment, or now.

    It depends only on the database and the moment: for an earlier moment it is what the screen showed then, without
    anything that came later. "What a snapshot of a moment promises" in docs/architecture.md has the exceptions.

    Raises:
        CcmonError: the database cannot be read.
    """
    with Opening(path) as opening, single_reading(opening, None if at is None else lambda *_: at) as reading:
        return read(reading)


def read(reading: SingleReading, own_limits: Mapping[str, int] = NO_LIMITS) -> FloorSnapshot:
    """The floor at the moment of a reading; with a person's own limits of alarms (`AlarmLimits.own`)."""
    rows, found = read_rows(reading, own_limits)
    return assemble(rows, reading.at, periodic=periodic_figures(found))


def read_rows(reading: SingleReading, own_limits: Mapping[str, int] = NO_LIMITS) -> tuple[FloorData, PeriodicData]:
    """The rows from which `read` makes the floor."""
    database, at = reading.database, reading.at
    is_latest = reading.is_latest
    rows = read_floor_data(database, at, is_latest=is_latest, own_limits=own_limits)
    if reading.is_now:
        rows = replace(rows, sources=with_running(reading.path, rows.sources, at))
    cache = ReadingCache(is_reused=False)
    return rows, read_periodic_data(
        database, at, cache, site=rows.site, day=rows.day, directory=rows.directory, is_latest=is_latest
    )
