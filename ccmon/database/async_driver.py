"""Runs functions of a `Database` in the thread of an aiosqlite connection: they do not hold up the event loop."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import TypeVar

import aiosqlite

from ccmon.database.driver import Database

Result = TypeVar("Result")

WAITS_MS = 2_000
"""How long a function waits for a lock on the database."""


class AsyncDatabase(aiosqlite.Connection):
    """A connection to a database, with a thread of its own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """A connection that is not open yet.

        Args:
            connect: opens it; what it returns may be used in any thread.
        """
        super().__init__(connect, iter_chunk_size=64)
        self._in_use = threading.Lock()

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

    def version_now(self) -> int | None:
        """The version of the database (`Database.version`), asked in the caller's thread, which is not held up.

        None where the connection is in use, somebody has locked the database, or it cannot be read: `run` tells.
        """
        if not self._in_use.acquire(blocking=False):
            return None
        try:
            return Database(self._conn).version()
        except sqlite3.Error:
            return None
        finally:
            self._in_use.release()
