"""Snapshots of the floor from the call database: one look with sqlite3, a watched floor with aiosqlite.

A moment is live when nothing in the database lies after it: then the totals tell of exactly this moment. Without ``at``
the moment is now on the floor's clock, and always live: what a switch stamps a second ahead of us belongs to now. For
an earlier moment all that came after it is undone, row by row, for the calls of its business day.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from msgspec.structs import replace

from ccmon.database import live_queries
from ccmon.database.connection import Connection, ReplacedError
from ccmon.database.database_file import open_reader, sql, translate_errors
from ccmon.database.driver import run
from ccmon.database.periodic_poller import PeriodicPoller
from ccmon.database.periodic_queries import read_periodic
from ccmon.database.poll_cache import PollCache
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot import assemble
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.live_rows import LiveRows
from ccmon.snapshot.periodic import business

if TYPE_CHECKING:
    import aiosqlite

Result = TypeVar("Result")


def real_now() -> int:
    """The real clock."""
    return time.time_ns() // 1_000_000


def floor_now(clock: tuple[int, int, float] | None, real_at: int | None = None) -> int:
    """Now on the floor's clock, by the row ``(real_at, floor_at, speed)`` of the table ``clock``, if there is one."""
    return live_queries.floor_time([clock] if clock else [], real_now() if real_at is None else real_at)


def snapshot(database: Path, at: int | None = None) -> FloorSnapshot:
    """The floor at a moment, or now.

    Raises:
        CcmonError: the database cannot be read.
    """
    connection = open_reader(database)
    try:
        with translate_errors(database):
            connection.execute("BEGIN")
            moment, facts = run(connection, _moment(at, real_now()))
            found = run(connection, read_periodic(moment, facts.site, facts.day, facts.directory, PollCache()))
            return assemble(facts, moment, business=business(found))
    finally:
        connection.close()


def local_clock(database: Path) -> tuple[str, int]:
    """The site's time zone, and the latest moment to ask for: now on the floor, or the newest data if that is later.

    Raises:
        CcmonError: the database cannot be read.
    """
    connection = open_reader(database)
    try:
        with translate_errors(database):
            return run(connection, live_queries.local_clock(real_now()))
    finally:
        connection.close()


def _moment(
    at: int | None, real_at: int, known: PollCache | None = None
) -> Generator[tuple[live_queries.Question, ...], list[live_queries.Answer], tuple[int, LiveRows]]:
    if at is None:
        (clock,) = yield (("clock", {}),)
        moment, live = live_queries.floor_time(clock, real_at), True
    else:
        moment, live = at, (yield from live_queries.is_live(at))
    facts = yield from live_queries.read_facts(moment, live=live, known=known)
    return moment, facts


class LiveReader:
    """Reads the same database again and again without holding up the event loop.

    A poll costs one pragma while nothing has changed. What costs more than a poll may (the customers' histories, the
    surveys of four weeks) is read beside it, and stands on the snapshots from the next one on. After an error the next
    call opens the database anew, so a file that was locked, replaced or put back is found again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: aiosqlite.Connection | None = None
        self._opened: Connection | None = None
        self._version: int | None = None
        self._clock: list[tuple[Any, ...]] = []
        self._facts: LiveRows | None = None
        self._facts_at: int | None = None
        self._known = PollCache()
        self._memo = IdentityCache()
        self._business = PeriodicPoller(path)

    async def snapshot(self, at: int | None = None) -> FloorSnapshot:
        """The floor at a moment, or now.

        Raises:
            CcmonError: the database cannot be read. The next call tries again from the beginning.
        """
        try:
            with translate_errors(self._path):
                return await self._snapshot(at)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of the database; the thread behind it ends."""
        connection, self._connection, self._opened = self._connection, None, None
        self._version = self._facts = self._facts_at = None
        self._known, self._memo = PollCache(), IdentityCache()
        self._business.stop()
        self._business = PeriodicPoller(self._path)
        if connection is not None:
            with translate_errors(self._path):
                await connection.close()

    async def _snapshot(self, at: int | None) -> FloorSnapshot:
        connection = await self._connected()
        [(version,)] = await connection.execute_fetchall("PRAGMA data_version")
        if self._facts is not None and self._is_fresh(self._facts, version) and at == self._facts_at:
            moment = live_queries.floor_time(self._clock, real_now()) if at is None else at
            if self._facts.day.starts_at <= moment < self._facts.day.ends_at:
                return self._assembled(self._facts, moment, at, version)
        await connection.execute_fetchall("BEGIN")
        try:
            [self._clock] = await _answers(connection, (("clock", {}),))
            real_at = real_now()
            self._known.at(real_at)
            moment, facts = await _ask(connection, _moment(at, real_at, self._known))
        finally:
            await connection.execute_fetchall("COMMIT")
        self._version, self._facts, self._facts_at = version, facts, at
        return self._assembled(facts, moment, at, version)

    def _is_fresh(self, facts: LiveRows, version: int) -> bool:
        """Whether the same rows would be found again.

        Work behind the screen that is given up changes nothing, and a name corrected to one of equal length may have
        been read too early: only asking again tells.
        """
        return version == self._version and not facts.progress and not self._known.is_old(real_now())

    def _assembled(self, facts: LiveRows, moment: int, at: int | None, version: int) -> FloorSnapshot:
        known = self._business.latest(at, moment, version, complete=not facts.progress)
        floor = assemble(facts, moment, business=known, cache=self._memo)
        return floor if not self._clock else replace(floor, speed=self._clock[0][2])

    async def read_business(self) -> None:
        """Wait until what is read beside the polls has been read; the next snapshot holds it."""
        import asyncio  # noqa: PLC0415 (one look with sqlite3 must not pay for it)

        await asyncio.to_thread(self._business.wait)

    async def _connected(self) -> aiosqlite.Connection:
        if self._connection is not None and self._opened is not None:
            try:
                self._opened.check()
            except ReplacedError:
                await self.close()
        if self._connection is None:
            import aiosqlite  # noqa: PLC0415 (one look with sqlite3 must not pay for it)

            def connect() -> sqlite3.Connection:
                self._opened = open_reader(self._path)
                return cast("sqlite3.Connection", _OneTurn(self._opened))

            self._connection = await aiosqlite.Connection(connect, iter_chunk_size=64)
        return self._connection


async def _ask(
    connection: aiosqlite.Connection,
    questions: Generator[tuple[live_queries.Question, ...], list[live_queries.Answer], Result],
) -> Result:
    try:
        batch = next(questions)
        while True:
            batch = questions.send(await _answers(connection, batch))
    except StopIteration as stop:
        result: Result = stop.value
        return result


async def _answers(
    connection: aiosqlite.Connection, batch: tuple[live_queries.Question, ...]
) -> list[live_queries.Answer]:
    return cast("list[live_queries.Answer]", await connection.execute_fetchall(BATCH, batch))


BATCH = "batch"
"""In place of a statement: its parameters are a batch of questions."""


class _OneTurn:
    """A connection that answers a batch in one turn of aiosqlite's thread.

    Each turn costs two thread switches, some 0.1 ms, and a poll asks twenty questions.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor | _Answers:
        if statement is BATCH:
            return _Answers([self._connection.execute(sql(name), known).fetchall() for name, known in values])
        return self._connection.execute(statement, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class _Answers:
    """Stands for the cursor of a batch."""

    def __init__(self, answers: list[live_queries.Answer]) -> None:
        self._answers = answers

    def fetchall(self) -> list[live_queries.Answer]:
        return self._answers

    def close(self) -> None:
        """Nothing is left open."""
