"""Runs functions of a `Database` in the thread of an aiosqlite connection: they do not hold up the event loop."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import aiosqlite

from ccmon.database.driver import Database

Result = TypeVar("Result")


class AsyncDatabase(aiosqlite.Connection):
    """A connection to a database, with a thread of its own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connect, iter_chunk_size=64)

    async def run(self, function: Callable[[Database], Result]) -> Result:
        """What the function returns, which is run as a whole between other uses of the connection."""
        result: Result = await self._execute(lambda: function(Database(self._conn)))  # type: ignore[no-untyped-call]
        return result
