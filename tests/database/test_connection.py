"""A connection whose wal or shm file is gone says so, and no other of its process is opened beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import database_file, sqlite_errors
from ccmon.database.connection import Connection, ReplacedError
from ccmon.errors import CcmonError
from tests.databases import new_database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="UTC")


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
@pytest.mark.parametrize("open_", [database_file.open_reader, database_file.open_writer])
def test_each_file_is_missed(path: Path, suffix: str, open_: Callable[[Path], Connection]) -> None:
    with closing(database_file.open_writer(path)), closing(open_(path)) as connection:
        connection.check()
        gone = path.with_name(path.name + suffix)
        gone.unlink()
        with pytest.raises(ReplacedError) as missed:
            connection.check()
        assert sqlite_errors.explain(path, missed.value) == (
            f"{gone} was removed or replaced while it was in use; keep other programs from it, and try again."
        )


def test_a_link_that_leads_elsewhere_by_now_is_missed(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with closing(database_file.open_writer(link)) as connection:
        path.rename(tmp_path / "moved.db")
        with pytest.raises(ReplacedError):
            connection.check()
        new_database(path, time_zone="UTC")
        with pytest.raises(ReplacedError):
            connection.check()


def test_nothing_is_opened_beside_a_connection_that_has_lost_its_files(path: Path) -> None:
    """SQLite would give it the shm file that is gone with a wal file that is new."""
    first, second = database_file.open_reader(path), database_file.open_writer(path)
    path.with_name("calls.db-wal").unlink()
    for left in (first, second):
        with pytest.raises(CcmonError, match=r"calls.db-wal was removed or replaced"):
            database_file.open_reader(path)
        left.close()
    with closing(database_file.open_reader(path)) as connection:
        connection.check()


@pytest.mark.parametrize("open_", [database_file.open_reader, database_file.open_writer])
def test_nothing_stays_open_whose_files_are_replaced_while_it_is_opened(
    path: Path, open_: Callable[[Path], Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would have the wal file that is new with the shm file that is gone, and know both as its own."""
    connect = sqlite3.connect

    def replaced_just_before(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(sqlite3, "connect", connect)
        for suffix in ("-wal", "-shm"):
            path.with_name("empty").touch()
            path.with_name("empty").rename(path.with_name(path.name + suffix))
        return connect(*args, **options)

    first = database_file.open_writer(path)
    monkeypatch.setattr(sqlite3, "connect", replaced_just_before)
    with pytest.raises(CcmonError, match=r"calls.db-wal was removed or replaced"):
        open_(path)
    first.close()
    with closing(open_(path)) as connection:
        connection.check()


def test_what_was_written_is_in_the_database_before_the_connection_is_closed(path: Path) -> None:
    """And in the database alone: an open transaction is not."""
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO queues (name) VALUES ('in')")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink()
    connection.execute("BEGIN")
    connection.execute("INSERT INTO queues (name) VALUES ('out')")
    connection.close()
    with closing(database_file.open_reader(path)) as again:
        assert again.execute("SELECT name FROM queues").fetchall() == [("in",)]


def test_files_of_a_database_put_in_its_place_are_not_touched(path: Path, tmp_path: Path) -> None:
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO queues (name) VALUES ('old')")
    other = new_database(tmp_path / "other.db", time_zone="UTC")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink()
    other.rename(path)
    with closing(database_file.open_writer(path)) as new:
        new.execute("INSERT INTO queues (name) VALUES ('new')")
        connection.close()
        new.check()
        assert new.execute("SELECT name FROM queues").fetchall() == [("new",)]
        assert new.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
