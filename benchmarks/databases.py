"""Call databases of known size to measure on. What they hold is synthetic and, but for the moment, always the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ccmon.database import creation, database_file
from ccmon.database.connection import transaction
from ccmon.database.sql_files import split, sql
from ccmon.database.totals import bulk_load
from ccmon.real_time import real_now

SCRIPT = Path(__file__).with_name("floor.sql")
MIDDAY_HOUR = 14


def build(path: Path, *, agents: int, history: int, today: int) -> None:
    """Make a call database of a floor at two in the afternoon, whatever the time is where this runs.

    Args:
        path: where; nothing may be there.
        agents: how many, all at work.
        history: calls on the 60 days before today.
        today: calls today.
    """
    creation.create(path, time_zone=afternoon_zone(), name="Benchmark", currency="EUR")
    at = real_now()
    with database_file.open_for_writing(path) as connection:
        with transaction(connection):
            starts_at = day_start(connection, at)
            values = {"agents": agents, "history": history, "today": today, "at": at, "starts_at": starts_at}
            with bulk_load(connection):
                for statement in split(SCRIPT.read_text()):
                    connection.execute(statement, values)
        connection.execute("PRAGMA optimize")


def is_current(path: Path) -> bool:
    """Tell whether a database that was built earlier is of this ccmon, and of a business day that still goes on."""
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != database_file.schema_version():
            return False
        (newest,) = connection.execute("SELECT entered_at FROM calls ORDER BY id DESC LIMIT 1").fetchone()
        return bool(newest >= day_start(connection, real_now()))


def afternoon_zone() -> str:
    """Return a zone in which it is the afternoon now, so that a business day is neither fresh nor over."""
    offset = MIDDAY_HOUR - datetime.now(UTC).hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"  # POSIX counts west of Greenwich


def day_start(connection: sqlite3.Connection, at: int) -> int:
    """Return the start of the business day that holds a moment."""
    ((_, starts_at, _),) = connection.execute(sql("business_day"), {"at": at}).fetchall()
    return int(starts_at)
