"""Snapshots of the floor for a screen that stays open: each poll reads what has changed since the last."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from ccmon.database.async_driver import DatabaseThread
from ccmon.database.connection import Connection, ReplacedError
from ccmon.database.database_file import open_reader
from ccmon.database.driver import Database
from ccmon.database.floor_reader import read_floor_data
from ccmon.database.live_rows import LiveRows
from ccmon.database.moments import floor_time, is_latest
from ccmon.database.periodic_poller import PeriodicPoller
from ccmon.database.running_followers import with_running
from ccmon.database.sqlite_errors import ChangedWhileReadError, translate_errors
from ccmon.errors import CcmonError
from ccmon.model.alarm_limits import NO_LIMITS
from ccmon.model.site import Clock
from ccmon.model.snapshot import FloorSnapshot
from ccmon.real_time import real_now
from ccmon.snapshot import assemble_cached
from ccmon.snapshot.cached_snapshot import CachedSnapshot
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.input_cache import InputCache


class _Poll(NamedTuple):
    """What a poll has read."""

    at: int | None
    """The moment asked for; None: now."""
    version: int
    """The database's version."""
    clock: Clock | None
    rows: FloorData


MOST_ROWS_READ_IMMEDIATELY = 64
"""With no more rows of the change log, reading immediately is quicker than handing work to a thread and back."""

TRIES = 3
"""How often a poll reads what others, who do not wait for a reading without locks, have written meanwhile."""

FILES_UNSTABLE_S = 5.0
"""How long after a file was replaced each poll reads everything with a new connection. A program that still has the old
files brings what is in them into the database, without the locks of those who have the new ones."""


def _poll(at: int | None, live_rows: LiveRows, own_limits: Mapping[str, int], database: Database) -> tuple[_Poll, int]:
    """The rows of now or of a given moment, and the moment."""
    version = database.version()
    with database.read_transaction():
        clock, real_at = database.row("clock", Clock), real_now()
        if at is None:
            moment = floor_time(clock, real_at)
            rows = live_rows.read(database, moment)
        else:
            moment = at
            rows = read_floor_data(database, at, is_latest=is_latest(database, at), own_limits=own_limits)
    return _Poll(at, version, clock, rows), moment


def _poll_immediately(at: int | None, last: _Poll, live_rows: LiveRows, database: Database) -> tuple[_Poll, int] | None:
    """The last poll's rows if still valid, else with the few changed rows read again; and the moment.

    None if much has changed.
    """
    version = database.version()
    if version == last.version and _is_still_valid(last, live_rows):
        moment = floor_time(last.clock, real_now()) if at is None else at
        if last.rows.day.starts_at <= moment < last.rows.day.ends_at:
            return last, moment
    if at is not None:
        return None
    with database.read_transaction():
        moment = floor_time(last.clock, real_now())
        rows = live_rows.read_few(database, moment, MOST_ROWS_READ_IMMEDIATELY)
    return None if rows is None else (_Poll(None, version, last.clock, rows), moment)


def _is_still_valid(last: _Poll, live_rows: LiveRows) -> bool:
    """Whether the same rows would be read again while the database stays the same.

    Not while a worker's progress is shown: a killed worker leaves the database as it is, and its progress disappears
    when it has not advanced for a while.
    """
    return not last.rows.progress if last.at is not None else live_rows.is_timeless


class LiveReader:
    """Reads the same database again and again without blocking the event loop.

    While nothing has changed, a poll is one pragma. The rows of a few changes are read immediately, too: handing the
    work to another thread and back takes longer. Anything else is read as a whole in the connection's thread. What is
    too costly for a poll (the customers' histories, the surveys of four weeks) is read separately, and is part of the
    snapshots from the next one on. After an error, the next call opens the database again, so a file that was locked,
    replaced or put back is found.
    """

    def __init__(self, path: Path, own_limits: Mapping[str, int] = NO_LIMITS) -> None:
        """Read a database for a person with own limits of alarms (`AlarmLimits.own`)."""
        self._path = path
        self._own_limits = own_limits
        self._database: DatabaseThread | None = None
        self._opened: Connection | None = None
        self._last: _Poll | None = None
        self._live_rows = LiveRows(own_limits)
        self._figures_cache = InputCache()
        self._periodic = PeriodicPoller(path, own_limits)
        self._cached: CachedSnapshot | None = None
        self._files_stable_s = 0.0
        """When nobody brings anything in from files that were replaced, by the monotonic clock."""

    async def snapshot(self, at: int | None = None) -> FloorSnapshot:
        """The floor at a moment, or now.

        Raises:
            CcmonError: the database cannot be read. The next call tries again from the beginning.
        """
        for _ in range(TRIES - 1):
            with suppress(ChangedWhileReadError):
                return await self._snapshot_or_error(at)
        return await self._snapshot_or_error(at)

    async def _snapshot_or_error(self, at: int | None) -> FloorSnapshot:
        try:
            return await self._snapshot(at)
        except BaseException as error:
            await self.close()
            is_expected = isinstance(error, CcmonError | sqlite3.Error) or not isinstance(error, Exception)
            if not is_expected and not self._files_are_stable():
                raise CcmonError(
                    f"{self._path} does not fit together since a file of it was replaced while it was in use; "
                    "keep other programs from it. Trying again until it works."
                ) from error
            with translate_errors(self._path):
                raise

    async def close(self) -> None:
        """Close the database and end its thread."""
        database, self._database, self._opened = self._database, None, None
        self._last = self._cached = None
        self._live_rows, self._figures_cache = LiveRows(self._own_limits), InputCache()
        self._periodic.stop()
        self._periodic = PeriodicPoller(self._path, self._own_limits)
        if database is not None:
            with translate_errors(self._path):
                await database.close()

    async def _snapshot(self, at: int | None) -> FloorSnapshot:
        database = await self._connected()
        last, found = self._last, None
        if last is not None and last.at == at:
            found = database.run_immediately(partial(_poll_immediately, at, last, self._live_rows))
        if found is None:
            found = await database.run(partial(_poll, at, self._live_rows, self._own_limits))
        self._last, moment = poll, _ = found
        periodic = None
        if self._files_are_stable():  # else the next poll would stop what was begun
            periodic = self._periodic.latest(
                at,
                moment,
                poll.version,
                complete=not poll.rows.progress,
                directory=poll.rows.directory,
                take_touched_parts=self._live_rows.take_touched_parts,
                lend=database.lent,
            )
        rows = poll.rows
        if at is None:
            sources = with_running(self._path, rows.sources, moment)
            rows = rows if sources is rows.sources else replace(rows, sources=sources)
        floor = None if self._cached is None else self._cached.snapshot_at(rows, moment, periodic)
        if floor is None:
            self._cached = assemble_cached(rows, moment, periodic=periodic, cache=self._figures_cache)
            floor = self._cached.snapshot
        return floor if poll.clock is None else replace(floor, speed=poll.clock.speed)

    async def wait_for_periodic(self) -> None:
        """Wait until the periodic figures have been read; the next snapshot holds them."""
        await asyncio.to_thread(self._periodic.wait)

    def _files_are_stable(self) -> bool:
        return time.monotonic() >= self._files_stable_s

    async def _connected(self) -> DatabaseThread:
        if self._database is not None and self._opened is not None:
            try:
                self._opened.check()
            except ReplacedError:
                self._files_stable_s = time.monotonic() + FILES_UNSTABLE_S
            if not self._files_are_stable():
                await self.close()
        if self._database is None:

            def connect() -> sqlite3.Connection:
                self._opened = open_reader(self._path, any_thread=True)
                return self._opened

            database = DatabaseThread(connect)
            await database.open()
            self._database = database
        return self._database
