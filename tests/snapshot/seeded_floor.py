"""A seeded Monday afternoon after a month of days: shifts, quotas, promises, open calls."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ccmon.database import database_file, floor_reader
from ccmon.database.driver import Database
from ccmon.database.periodic_reader import read_periodic_data
from ccmon.database.reading_cache import ReadingCache
from ccmon.real_time import real_now
from ccmon.simulator.history import seed
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.periodic_data import PeriodicData
from tests.databases import new_database, shared

ZONE = "Europe/Amsterdam"
NOW = round(datetime(2026, 11, 23, 14, 32, 7, 250_000, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


def seeded_database() -> Path:
    """Return the database of that afternoon, which nobody may change."""

    def fill(folder: Path) -> None:
        seed(new_database(folder / "calls.db", time_zone=ZONE, currency="EUR"), days=30, agents=12, seed=2, until=NOW)

    return shared("month of twelve agents", fill) / "calls.db"


def still_floor(path: Path) -> Path:
    """Copy the database of that afternoon to a path, with a clock that stands still; return the path."""
    shutil.copyfile(seeded_database(), path)
    with closing(database_file.open_writer(path)) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now())
        )
    return path


def seeded_rows() -> tuple[FloorData, PeriodicData]:
    """Return the rows of that afternoon: those of a poll, and those that are read now and then."""
    with closing(database_file.open_reader(seeded_database())) as connection:
        database = Database(connection)
        data = floor_reader.read_floor_data(database, NOW, is_latest=True)
        return data, read_periodic_data(
            database, NOW, ReadingCache(), site=data.site, day=data.day, directory=data.directory
        )
