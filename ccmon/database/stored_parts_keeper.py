"""Keeps the stored data of finished days up to date (`ccmon.database.stored_parts`) while a switch is followed."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from ccmon.database import floor_reader, moments
from ccmon.database.change_log import ChangeLogEdges
from ccmon.database.connection import transaction
from ccmon.database.database_file import open_for_writing
from ccmon.database.driver import Database
from ccmon.database.finished_days import read_finished_days
from ccmon.database.query_context import read_context
from ccmon.database.reading_cache import ReadingCache
from ccmon.database.sql_files import sql
from ccmon.database.stored_parts import StoredPart, StoredParts, encode, is_of_day, touched_since
from ccmon.errors import CcmonError
from ccmon.freed_memory import give_back_freed_memory
from ccmon.model.business_day import BusinessDay
from ccmon.model.site import Clock
from ccmon.model.sources import Progress
from ccmon.real_time import real_now
from ccmon.time_units import HOUR_MS

FIRST_LOOK_S = SOONEST_LOOK_S = 5.0
LATEST_LOOK_S = 60.0
"""The longest time between looks at the change log. A look takes 5 ms, mostly to open the database: a connection kept
open would hold on to files that are gone."""
ROWS_BETWEEN_LOOKS = 1024
"""Rows of the change log between looks. A reader takes up to twice as many at once; with more, it reads everything."""
READS_EVERY_S = 300.0
"""How often parts touched by writes of today are read again."""
BEHIND_AT_MOST = 512
"""How many rows of the change log the checks of parts may lag behind before they are advanced."""
CACHE_KIB = 256
"""Small: the connection is closed after each look, so a large cache would be filled for a single reading."""
ENDS_WITHIN_S = 1.0


class StoredPartsKeeper:
    """Keeps the parts of one database while the context lasts, in a thread of its own: no record waits for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._stopped = threading.Event()
        self._connection: sqlite3.Connection | None = None
        self._seen: tuple[int, float] | None = None
        """The last row of the change log at the last look, and when that was."""
        self._hour: int | None = None
        self._next_reading_s = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        connection = self._connection
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.interrupt()
        self._thread.join(ENDS_WITHIN_S)

    def _run(self) -> None:
        wait_s = FIRST_LOOK_S
        while not self._stopped.wait(wait_s):
            wait_s = SOONEST_LOOK_S
            # The follower reports what is wrong with the database; the next look tries again.
            with suppress(CcmonError), open_for_writing(self._path) as self._connection:
                wait_s = self._look(self._connection)
            self._connection = None

    def _look(self, connection: sqlite3.Connection) -> float:
        """Check and store parts; return seconds until the next look, by how fast the change log grows."""
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        database = Database(connection)
        at = moments.floor_time(database.row("clock", Clock), real_now())
        last, now_s = check_stored_parts(connection, at), time.monotonic()
        if at // HOUR_MS != self._hour or now_s >= self._next_reading_s:
            if store_finished_days(connection, at):
                self._hour, self._next_reading_s = at // HOUR_MS, now_s + READS_EVERY_S
            give_back_freed_memory()
        seen, self._seen = self._seen, (last, now_s)
        if seen is None:
            return SOONEST_LOOK_S
        rows, took_s = last - seen[0], now_s - seen[1]
        return max(SOONEST_LOOK_S, min(took_s * ROWS_BETWEEN_LOOKS / max(1, rows), LATEST_LOOK_S))


def check_stored_parts(connection: sqlite3.Connection, at: int) -> int:
    """Note up to which row of the change log parts are valid, before it drops rows; return its last row.

    Args:
        connection: one that writes, outside a transaction.
        at: the moment now.
    """
    database = Database(connection)
    with database.read_transaction():
        _, day = moments.read_site_and_day(database, at)
        checked = database.pairs("stored_part_checks")
        last: int = database.one_row("change_log_edges", ChangeLogEdges).last
    if any(read_to + BEHIND_AT_MOST < last for read_to in checked.values()):
        with transaction(connection):
            _advance_valid_parts(connection, day)
    return last


def store_finished_days(connection: sqlite3.Connection, at: int) -> bool:
    """Store the data of finished days as far as missing; return whether all is stored.

    Nothing is stored while rows of the past are still coming in, or if anything is after the moment.

    Args:
        connection: one that writes, outside a transaction.
        at: the moment now, or that of the latest rows.
    """
    database = Database(connection)
    with database.read_transaction():
        if not _may_be_stored(database, at):
            return False
        site, day = moments.read_site_and_day(database, at)
        read_to = database.one_row("change_log_edges", ChangeLogEdges).last
        directory = floor_reader.read_directory(database, day.date)
        context = read_context(database, at, site=site, day=day, directory=directory)
        stored = StoredParts(database, context, at)
        read_finished_days(database, context, at, ReadingCache(), stored)
    if stored.newly_read:
        rows = [
            {"part": part, "made_of": read.made_of, "fields": encode(read.fields), "read_to": read_to}
            for part, read in stored.newly_read.items()
        ]
        with transaction(connection):
            connection.executemany(sql("store_part"), rows)
            connection.executemany(sql("set_stored_part_check"), rows)
            _advance_valid_parts(connection, day)
    return True


def _may_be_stored(database: Database, at: int) -> bool:
    """Whether the mere passing of time does not change the data of finished days."""
    later = database.value("has_later_cancellations", {"at": at})
    return not later and not database.rows("progress", Progress) and moments.is_latest(database, at)


def _advance_valid_parts(connection: sqlite3.Connection, day: BusinessDay) -> None:
    """Advance valid parts, and delete the others.

    A part stored on another day covers different past days; the change log is not searched for these.
    """
    database = Database(connection)
    stored = database.rows("stored_parts", StoredPart)
    touched = touched_since({part.read_to for part in stored}, database, day)
    last = database.one_row("change_log_edges", ChangeLogEdges).last
    for part in stored:
        holds = part.part not in touched[part.read_to] and is_of_day(part, day)
        statement = sql("set_stored_part_check" if holds else "delete_stored_part_check")
        connection.execute(statement, {"part": part.part, "read_to": last})
