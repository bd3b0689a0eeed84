"""Runs functions of a `Database` in the thread of an aiosqlite connection: they do not hold up the event loop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from typing import TypeVar

import aiosqlite

from ccmon.database.driver import Database

Result = TypeVar("Result")

WAITS_MS = 2_000
"""How long a function waits for a lock on the database."""
PRIMARY = 0xFF
"""The part of an error's number that says its kind (sqlite.org/rescode.html)."""


class DatabaseThread(aiosqlite.Connection):
    """A connection to a database, with a thread of its own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """A connection that is not open yet.

        Args:
            connect: opens it; what it returns may be used in any thread.
        """
        super().__init__(connect, iter_chunk_size=64)
        self._in_use = threading.Lock()

    async def open(self) -> None:
        """Open it. Where that fails or is cancelled its thread has ended, as it has after `close`."""
        try:
            await self
        except BaseException:
            # It still hands over what it has opened: to a loop that must not be closed meanwhile.
            await asyncio.to_thread(self._thread.join)
            raise

    async def run(self, function: Callable[[Database], Result]) -> Result:
        """What the function returns, which is run as a whole between other uses of the connection."""
        result: Result = await self._execute(lambda: self._run(function))  # type: ignore[no-untyped-call]
        return result

    def _run(self, function: Callable[[Database], Result]) -> Result:
        with self._in_use:
            self._conn.execute(f"PRAGMA busy_timeout = {WAITS_MS}")
            try:
                return function(Database(self._conn))
            finally:
                self._conn.execute("PRAGMA busy_timeout = 0")

    def run_at_once(self, function: Callable[[Database], Result]) -> Result | None:
        """What the function returns, which is run in the caller's thread, and waits for no lock.

        None where the connection is in use, or somebody has locked the database: `run` waits for either.
        """
        if not self._in_use.acquire(blocking=False):
            return None
        try:
            return function(Database(self._conn))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY != sqlite3.SQLITE_BUSY:
                raise
            return None
        finally:
            self._in_use.release()
