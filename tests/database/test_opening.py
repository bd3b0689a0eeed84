"""A database that is opened in a thread is there when it is asked for, or says why it is not."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import pytest

from ccmon.database import opening, reader
from ccmon.database.connection import Connection
from ccmon.database.opening import Opening
from ccmon.errors import CcmonError
from tests.accounts import with_no_special_rights
from tests.databases import new_database
from tests.processes import join


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


def test_both_connections_can_be_used_by_any_thread_until_the_end(database: Path) -> None:
    with Opening(database) as opened:
        both = opened.connections()
        assert both == opened.connections()
        found: list[object] = []
        for connection in both:
            asking = threading.Thread(
                target=lambda each=connection: found.extend(each.execute("SELECT 1 FROM site")), daemon=True
            )
            asking.start()
            join(asking)
            assert connection.execute("SELECT 1 FROM site").fetchall() == [(1,)]
        assert found == [(1,), (1,)]
    for connection in both:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")


def test_both_see_the_database_as_of_one_moment(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes between the beginnings of the two transactions."""
    begun: list[int] = []
    version = opening._version

    def write_meanwhile(connection: Connection) -> int:
        found = version(connection)
        begun.append(found)
        if len(begun) in {2, 4}:  # of the other connection, which has begun then
            with closing(sqlite3.connect(database)) as writer, writer:
                writer.execute("INSERT INTO clients (name) VALUES (?)", (f"client {len(begun)}",))
        return found

    monkeypatch.setattr(opening, "_version", write_meanwhile)
    counted = "SELECT count(*) FROM clients"
    with Opening(database) as opened:
        assert [each.execute(counted).fetchall() for each in opened.connections()] == [[(2,)], [(2,)]]
        with closing(sqlite3.connect(database)) as writer, writer:
            writer.execute("INSERT INTO clients (name) VALUES ('later')")
        assert [each.execute(counted).fetchall() for each in opened.connections()] == [[(2,)], [(2,)]]
    assert len(begun) == 7


def test_whoever_may_not_write_reads_what_nobody_has_open() -> None:
    """The files beside the database are there, as where a site's writer is killed, but nobody holds them."""
    with tempfile.TemporaryDirectory() as folder:
        path = new_database(Path(folder) / "calls.db", time_zone="Europe/Amsterdam")
        script = "import os, sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM site'); os._exit(0)"
        subprocess.run([sys.executable, "-c", script, path], check=True)
        for file in Path(folder).iterdir():
            file.chmod(0o444)
        Path(folder).chmod(0o555)
        with with_no_special_rights(), Opening(path) as opened:
            first, second = opened.connections()
            assert first is second
            assert first.execute("SELECT count(*) FROM site").fetchall() == [(1,)]
            assert first.in_transaction
            assert reader.snapshot(path).time_zone == "Europe/Amsterdam"
        Path(folder).chmod(0o755)


def test_nothing_can_be_written(database: Path) -> None:
    with Opening(database) as opened:
        for connection in opened.connections():
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                connection.execute("DELETE FROM site")


def test_whoever_asks_is_told_what_is_wrong(database: Path, tmp_path: Path) -> None:
    with Opening(tmp_path / "none.db"):
        pass  # nobody asks
    with Opening(tmp_path / "none.db") as opened:
        for _ in range(2):
            with pytest.raises(CcmonError, match="There is no database"):
                opened.connections()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 1")
    with pytest.raises(CcmonError, match="has schema 1"), Opening(database) as opened:
        opened.connections()


def test_an_error_of_sqlite_is_explained(database: Path) -> None:
    with pytest.raises(CcmonError, match=r"calls\.db: SQLite says: no such table: none"), Opening(database) as opened:
        opened.connections()[0].execute("SELECT * FROM none")


def test_without_a_thread_it_is_opened_at_once(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "start_new_thread", Mock(side_effect=RuntimeError("can't start new thread")))
    with Opening(database) as opened:
        assert opened.connections()[1].execute("SELECT count(*) FROM site").fetchall() == [(1,)]


def test_nobody_waits_for_ever_after_an_error_that_nobody_expects(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite that gets no memory is no sqlite3.Error: the context's end must not wait for a thread that has ended."""
    asked = Mock(side_effect=MemoryError)
    monkeypatch.setattr(opening, "read_schema", asked)
    ended: list[object] = []

    def read() -> None:
        with Opening(database) as opened:
            ended.append(opened.connections()[1].execute("SELECT count(*) FROM site").fetchall())

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    join(reading)
    assert asked.call_count == 1
    assert ended == [[(1,)]]
