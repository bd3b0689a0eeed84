"""Runs functions of a `Database` in the thread of an aiosqlite connection, so that they do not block the event loop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import aiosqlite

from ccmon.database.driver import Database

Result = TypeVar("Result")

WAITS_MS = 2_000
"""How long a function waits for a lock on the database."""
PRIMARY = 0xFF
"""The part of an error code that gives its kind (sqlite.org/rescode.html)."""


class DatabaseThread(aiosqlite.Connection):
    """A connection to a database, with a thread of its own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """A connection that is not open yet.

        Args:
            connect: opens it; the connection returned may be used in any thread.
        """
        super().__init__(self._connect_in_thread, iter_chunk_size=64)
        self._in_use = threading.Lock()
        self._connect_to = connect
        self._opened: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the connection. If that fails or is cancelled, it is closed and its thread has ended, as by `close`."""
        try:
            await self
        except BaseException:
            # The thread still hands over what it has opened to the loop, which must not be closed before.
            await asyncio.to_thread(self._thread.join)
            if self._opened is not None:
                self._opened.close()
            raise

    def _connect_in_thread(self) -> sqlite3.Connection:
        self._opened = self._connect_to()
        return self._opened

    async def run(self, function: Callable[[Database], Result]) -> Result:
        """Run the function without other uses of the connection in between; return its result."""
        result: Result = await self._execute(lambda: self._run(function))  # type: ignore[no-untyped-call]
        return result

    def _run(self, function: Callable[[Database], Result]) -> Result:
        with self.lent() as database:
            return function(database)

    @contextmanager
    def lent(self) -> Iterator[Database]:
        """The database, for whatever thread asks: other uses of the connection wait until it is given back.

        Raises:
            sqlite3.ProgrammingError: it is closed.
        """
        with self._in_use:
            connection = self._connection
            if connection is None:
                raise sqlite3.ProgrammingError("the database is closed")
            connection.execute(f"PRAGMA busy_timeout = {WAITS_MS}")
            try:
                yield Database(connection)
            finally:
                connection.execute("PRAGMA busy_timeout = 0")

    async def close(self) -> None:
        """Close the connection as soon as nobody uses it, and end the thread."""
        connection = self._connection
        if connection is None:
            return

        def close() -> None:
            with self._in_use:
                connection.close()

        try:
            await self._execute(close)  # type: ignore[no-untyped-call]
        finally:
            self._connection = None
            stopped = self.stop()
            if stopped is not None:
                await stopped

    def run_immediately(self, function: Callable[[Database], Result]) -> Result | None:
        """Run the function in the caller's thread without waiting for any lock; return its result.

        None if the connection is in use or the database is locked; `run` waits for either.
        """
        if not self._in_use.acquire(blocking=False):
            return None
        try:
            return function(Database(self._conn))
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & PRIMARY != sqlite3.SQLITE_BUSY:
                raise
            return None
        finally:
            self._in_use.release()
