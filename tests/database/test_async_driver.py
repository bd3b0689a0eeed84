"""The version of a database is asked in the caller's thread, and never waits."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from ccmon.database.async_driver import DatabaseThread
from ccmon.database.database_file import open_for_writing, open_reader
from ccmon.database.driver import Database
from tests.databases import new_database
from tests.processes import join


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


async def test_the_version_is_another_after_a_write(path: Path) -> None:
    database = DatabaseThread(partial(open_reader, path, any_thread=True))
    async with database:
        before = database.run_immediately(Database.version)
        assert before is not None
        assert before == database.run_immediately(Database.version) == await database.run(Database.version)
        with open_for_writing(path) as connection:
            connection.execute("INSERT INTO queues (name) VALUES ('sales')")
        assert database.run_immediately(Database.version) not in {None, before}


async def test_the_version_is_not_waited_for_while_the_connection_is_in_use(path: Path) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def busy(_: Database) -> None:
        begun.set()
        may_end.wait()

    database = DatabaseThread(partial(open_reader, path, any_thread=True))
    async with database:
        running = asyncio.create_task(database.run(busy))
        await asyncio.to_thread(begun.wait)
        assert database.run_immediately(Database.version) is None
        may_end.set()
        await running
        assert database.run_immediately(Database.version) is not None


async def test_the_version_is_not_waited_for_while_the_database_is_locked(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        database = DatabaseThread(partial(open_reader, path, any_thread=True))
        async with database:
            await database.run(Database.version)
            [waits_ms] = database._conn.execute("PRAGMA busy_timeout").fetchone()
            assert waits_ms == 0
            other.execute("BEGIN EXCLUSIVE")
            assert database.run_immediately(Database.version) is None
            other.execute("ROLLBACK")
            assert database.run_immediately(Database.version) is not None


async def test_an_opening_that_is_cancelled_leaves_no_thread_and_no_connection(path: Path) -> None:
    """It would hand over what it has opened to an event loop that is closed by then."""
    begun, may_end = threading.Event(), threading.Event()
    opened: list[sqlite3.Connection] = []

    def slow() -> sqlite3.Connection:
        begun.set()
        may_end.wait()
        opened.append(open_reader(path, any_thread=True))
        return opened[0]

    database = DatabaseThread(slow)
    opening = asyncio.create_task(database.open())
    await asyncio.to_thread(begun.wait)
    opening.cancel()
    await asyncio.sleep(0)
    assert not opening.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert not database._thread.is_alive()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


async def test_whoever_has_borrowed_the_database_is_waited_for(path: Path) -> None:
    """A poll runs after it, and so does closing; the version is not waited for."""
    lent, may_end = threading.Event(), threading.Event()
    found: list[int] = []

    def borrow() -> None:
        with database.lent() as borrowed:
            lent.set()
            may_end.wait()
            found.append(borrowed.version())

    database = DatabaseThread(partial(open_reader, path, any_thread=True))
    await database.open()
    thread = threading.Thread(target=borrow, daemon=True)
    thread.start()
    try:
        await asyncio.to_thread(lent.wait)
        polling = asyncio.create_task(database.run(Database.version))
        closing_it = asyncio.create_task(database.close())
        assert database.run_immediately(Database.version) is None
        await asyncio.sleep(0)
        assert not polling.done() and not closing_it.done()
    finally:
        may_end.set()
    assert [await polling] == found
    await closing_it
    join(thread)
    with pytest.raises(sqlite3.ProgrammingError), database.lent():
        pass


async def test_closing_that_is_cancelled_ends_the_thread_all_the_same(path: Path) -> None:
    """Python would wait for it for ever."""
    database = DatabaseThread(partial(open_reader, path, any_thread=True))
    await database.open()
    with database.lent():
        closing_it = asyncio.create_task(database.close())
        await asyncio.sleep(0)
        closing_it.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await closing_it
    await asyncio.to_thread(database._thread.join)
    with pytest.raises(sqlite3.ProgrammingError), database.lent():
        pass
