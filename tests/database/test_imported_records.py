"""Of each part the first records are kept, to the last second; where the rest is not, that is known."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import creation, database_file, imported_records
from ccmon.database.driver import Database
from ccmon.database.imported_records import LaterRecords, RecordKeeper
from ccmon.database.source_records import SourceRecord
from ccmon.events import SwitchRestarted
from tests.databases import new_database, with_schema_of


def records(*moments: int) -> list[SourceRecord]:
    return [SourceRecord((SwitchRestarted(at),), content=f"record of {at}") for at in moments]


@pytest.fixture
def connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    monkeypatch.setattr(imported_records, "RECORDS_OF_PART", 3)
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    with closing(database_file.open_writer(path)) as opened:
        opened.execute("INSERT INTO sources (name, kind) VALUES ('log', 'queue-log'), ('another', 'queue-log')")
        RecordKeeper(opened, "another").write()
        yield opened


def later(connection: sqlite3.Connection, since: int = 0) -> tuple[list[str], int | None]:
    found = LaterRecords(Database(connection), "log", since)
    return [line for _, lines in found for line in lines], found.kept_until


def test_nothing_is_kept_of_nothing(connection: sqlite3.Connection) -> None:
    assert later(connection) == ([], None)


@pytest.mark.parametrize("batches", [[[5, 6, 6, 6, 7, 8]], [[5], [6, 6], [6], [7], [8]], [[5, 6, 6], [6, 7, 8]]])
def test_a_part_is_kept_to_the_last_second(connection: sqlite3.Connection, batches: list[list[int]]) -> None:
    """However it came, and whoever goes on with it."""
    keeper = RecordKeeper(connection, "log")
    keeper.begin_part("part")
    for batch in batches:
        keeper.keep(records(*batch))
        keeper.write()
        assert later(connection)[1] in {None, 6}
    assert later(connection) == ([f"record of {at}" for at in (5, 6, 6, 6)], 6)
    again = RecordKeeper(connection, "log")
    again.resume_part(5)
    again.keep(records(9))
    again.write()
    assert later(connection) == ([f"record of {at}" for at in (5, 6, 6, 6)], 6)


def test_another_keeper_goes_on_with_a_part(connection: sqlite3.Connection) -> None:
    for first, batch in enumerate(([5, 6], [6, 7], [8, 9])):
        keeper = RecordKeeper(connection, "log")
        if first == 0:
            keeper.begin_part("part")
        else:
            keeper.resume_part(5)
        keeper.keep(records(*batch))
        keeper.write()
    assert later(connection) == ([f"record of {at}" for at in (5, 6, 6)], 6)


def test_parts_come_in_the_order_of_time_and_each_is_kept_for_itself(connection: sqlite3.Connection) -> None:
    keeper = RecordKeeper(connection, "log")
    for part in ([20, 21], [10, 11], [22, 23]):
        keeper.begin_part(tuple(part))
        keeper.keep(records(*part))
    keeper.begin_part((20, 21))
    keeper.keep(records(24, 25))
    keeper.write()
    assert later(connection, 15) == ([f"record of {at}" for at in (20, 21, 22, 23)], 23), "no more than are kept of one"
    assert later(connection) == ([f"record of {at}" for at in (10, 11, 20, 21)], 21)
    assert later(connection, 24) == (["record of 24"], 24)


def test_of_what_was_imported_by_an_older_ccmon_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    migrations = database_file.migrations()
    older = tuple(
        (number, script)
        for number, script in migrations
        if number < next(number for number, script in migrations if "CREATE TABLE imported_records" in script)
    )
    with pytest.MonkeyPatch.context() as before:
        with_schema_of(older, before)
        creation.create(path, time_zone="UTC")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO sources (id, name, kind) VALUES (7, 'log', 'queue-log')")
        connection.execute("INSERT INTO imported_ranges (source_id, first_at, last_at, edges) VALUES (7, 50, 60, '{}')")
        connection.commit()
    database_file.upgrade(path)
    with closing(database_file.open_reader(path)) as connection:
        assert later(connection) == ([], 49)
