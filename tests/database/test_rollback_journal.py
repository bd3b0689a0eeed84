"""A transaction without a wal file: seen by others only when it is whole, and undone if its process is killed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import totals
from ccmon.database.connection import Connection, transaction
from ccmon.database.database_file import open_for_reading, open_reader, open_writer
from ccmon.database.rollback_journal import rollback_journal
from ccmon.simulator import history
from ccmon.time_units import DAY_MS
from tests.databases import new_database, rows

UNTIL = 1_795_000_000_000
INSERT = "INSERT INTO customers (reference, name) VALUES (?, ?)"
MANY = [(str(number), "x" * 100) for number in range(2000)]
KILLED_WHILE_SEEDING = f"""
import os, sys
from pathlib import Path
from ccmon.simulator import history

days = []
write_day = history._write_day

def kill_on_the_third(writer, *arguments):
    if len(days) == 2:
        writer.connection.execute("PRAGMA cache_size = 10")  # pages go into the database
        writer.connection.execute("UPDATE agent_states SET reason = 'x'")
        os._exit(9)
    days.append(write_day(writer, *arguments))

history._write_day = kill_on_the_third
history.seed(Path(sys.argv[1]), days=4, agents=8, seed=1, until={UNTIL})
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


def _mode(connection: Connection) -> str:
    ((mode,),) = connection.execute("PRAGMA journal_mode")
    return str(mode)


def test_no_wal_file_is_written_meanwhile(path: Path) -> None:
    with closing(open_writer(path)) as connection:
        with rollback_journal(connection, path), transaction(connection):
            assert _mode(connection) == "delete"
            assert not path.with_name("calls.db-wal").exists()
            connection.executemany(INSERT, MANY)
            assert rows(path, "SELECT count(*) FROM customers") == [(0,)], "others see what was there before"
        assert _mode(connection) == "wal"
        connection.check()
        with transaction(connection):
            connection.execute(INSERT, ("one more", "x"))
        assert path.with_name("calls.db-wal").stat().st_size
    assert rows(path, "SELECT count(*) FROM customers") == [(2001,)]


def test_a_database_that_somebody_has_open_keeps_its_wal_file(path: Path) -> None:
    with closing(open_reader(path)) as reader, closing(open_writer(path)) as connection:
        with rollback_journal(connection, path), transaction(connection):
            assert _mode(connection) == "wal"
            connection.executemany(INSERT, MANY)
        reader.check()
        assert reader.execute("SELECT count(*) FROM customers").fetchone() == (2000,)


def test_who_comes_meanwhile_goes_on_reading_afterwards(path: Path) -> None:
    with closing(open_writer(path)) as connection:
        with rollback_journal(connection, path):
            reader = open_reader(path)
            with transaction(connection):
                connection.executemany(INSERT, MANY)
        assert _mode(connection) == "wal"
        with closing(reader):
            reader.check()
            assert reader.execute("SELECT count(*) FROM customers").fetchone() == (2000,)


def test_a_reader_in_the_middle_of_something_does_not_hold_it_up(path: Path) -> None:
    with closing(open_writer(path)) as connection:
        connection.execute("PRAGMA busy_timeout = 0")
        with rollback_journal(connection, path):
            with transaction(connection):
                connection.executemany(INSERT, MANY)
            reader = open_reader(path)
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM customers").fetchone()
        assert _mode(connection) == "delete"
        reader.close()
    with closing(open_writer(path)) as connection:
        assert _mode(connection) == "wal"


def test_an_error_leaves_nothing_behind(path: Path) -> None:
    with closing(open_writer(path)) as connection:
        with pytest.raises(ZeroDivisionError), rollback_journal(connection, path), transaction(connection):
            connection.executemany(INSERT, MANY)
            raise ZeroDivisionError
        assert _mode(connection) == "wal"
    assert rows(path, "SELECT count(*) FROM customers") == [(0,)]


def test_what_a_killed_seed_has_written_is_undone_by_the_next_reader(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_SEEDING, path], check=False)
    assert killed.returncode == 9
    assert path.with_name("calls.db-journal").stat().st_size
    with open_for_reading(path) as connection:
        assert connection.execute("SELECT count(*) FROM calls").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert not path.with_name("calls.db-journal").exists()


def test_a_killed_seed_can_be_made_again(path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED_WHILE_SEEDING, path], check=False)
    assert history.seed(path, days=1, agents=8, seed=1, until=UNTIL - 3 * DAY_MS) > 0
    with open_for_reading(path) as connection:
        assert totals.check(connection) == []
        assert _mode(connection) == "wal"
