"""What finished days say is stored by whoever follows a switch, and read by all as long as it holds."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import asdict

from ccmon.database import database_file, finished_days, reader, stored_parts_keeper
from ccmon.database.connection import transaction
from ccmon.database.sql_files import sql
from ccmon.database.stored_parts_keeper import StoredPartsKeeper, check_stored_parts, store_finished_days
from ccmon.database.total_sql.change_log_triggers import LOGGED_AT_LEAST
from ccmon.real_time import real_now
from ccmon.simulator.history import seed
from ccmon.time_units import DAY_MS
from tests.databases import new_database, shared
from tests.floors import moment
from tests.processes import wait_until

NOW = moment("2026-11-23T14:32:07+01:00")
READ = {
    "totals": "_totals",
    "calls_and_orders": "_of_calls_and_orders",
    "sales": "_sales",
    "kept_customers": "_kept_customers",
    "promises": "_promises",
    "closing_customers": "_closing_customers",
    "planned_time": "_planned",
    "unreached": "_unreached",
    "surveys": "_surveys",
}
"""Each part, and what reads it."""
PARTS = set(READ)
CHECKS = "SELECT part, read_to FROM stored_part_checks"


def seeded(folder: Path) -> None:
    path = new_database(folder / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    seed(path, days=9, agents=8, seed=3, until=NOW)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now()))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A seeded Monday afternoon after nine days, on which the clock stands still."""
    path = tmp_path / "calls.db"
    path.write_bytes((shared("stored parts of nine days", seeded) / "calls.db").read_bytes())
    return path


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(database_file.open_writer(path)) as opened:
        yield opened


@pytest.fixture
def parts_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that are read from their rows."""
    read: list[str] = []
    for part, name in READ.items():

        def noted(*values: object, part: str = part, really: object = getattr(finished_days, name)) -> object:
            read.append(part)
            return really(*values)  # type: ignore[operator]

        monkeypatch.setattr(finished_days, name, noted)
    return read


def holding(connection: sqlite3.Connection) -> set[str]:
    return set(dict(connection.execute(CHECKS)))


def test_a_seeded_history_is_not_read_again(path: Path, connection: sqlite3.Connection, parts_read: list[str]) -> None:
    assert holding(connection) == PARTS
    stored = asdict(reader.snapshot(path, NOW))
    assert not parts_read
    connection.execute("DELETE FROM stored_part_checks")
    assert asdict(reader.snapshot(path, NOW)) == stored
    assert parts_read


def test_an_earlier_moment_is_read_from_the_rows(path: Path, parts_read: list[str]) -> None:
    reader.snapshot(path, NOW - 60_000)
    assert sorted(parts_read) == sorted(PARTS)


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE stored_parts SET fields = x'81a1780a'",
        "UPDATE stored_parts SET fields = x'ff'",
        "UPDATE site SET follow_up_grace_ms = follow_up_grace_ms + 1",
    ],
)
def test_what_cannot_be_read_or_is_of_another_site_is_read_from_the_rows(
    path: Path, connection: sqlite3.Connection, parts_read: list[str], write: str
) -> None:
    connection.execute(write)
    reader.snapshot(path, NOW)
    assert sorted(parts_read) == sorted(PARTS)


def test_parts_hold_when_the_change_log_has_forgotten_what_was_looked_at(
    path: Path, connection: sqlite3.Connection, parts_read: list[str]
) -> None:
    for _ in range(4):
        for _ in range(LOGGED_AT_LEAST // 4):
            connection.execute("INSERT INTO changes (subject, at) VALUES ('state', ?)", (NOW,))
        connection.execute("INSERT INTO changes (subject, at) VALUES ('call_reason', 0)")
        check_stored_parts(connection, NOW)
    connection.execute("DELETE FROM changes WHERE id < (SELECT max(id) FROM changes)")
    reader.snapshot(path, NOW)
    assert set(parts_read) == {"calls_and_orders", "unreached"}
    connection.execute("INSERT INTO changes (subject, at) VALUES ('state', ?)", (NOW,))
    connection.execute("DELETE FROM changes WHERE id < (SELECT max(id) FROM changes)")
    connection.execute("UPDATE stored_part_checks SET read_to = read_to - 1")
    parts_read.clear()
    reader.snapshot(path, NOW)
    assert set(parts_read) == PARTS


def test_a_part_of_a_day_does_not_hold_when_the_clock_is_put_back_to_the_day_before(
    path: Path, connection: sqlite3.Connection, parts_read: list[str]
) -> None:
    day_before = NOW - DAY_MS
    rows = [(day_before,)] * (stored_parts_keeper.BEHIND_AT_MOST + 1)
    connection.executemany("INSERT INTO changes (subject, at) VALUES ('call', ?)", rows)
    check_stored_parts(connection, day_before)
    reader.snapshot(path, NOW)
    assert set(parts_read) == PARTS


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE sales SET cancelled_at = {later} WHERE id = 1",
        "UPDATE calls SET ended_at = {later} WHERE id = (SELECT max(id) FROM calls)",
        "INSERT INTO progress (task, done, total, noted_at) VALUES ('import', 1, 2, {real})",
    ],
)
def test_nothing_is_stored_that_time_alone_would_change(connection: sqlite3.Connection, write: str) -> None:
    connection.execute("DELETE FROM stored_part_checks")
    connection.execute(write.format(later=NOW + 60_000, real=real_now()))
    assert not store_finished_days(connection, NOW)
    assert not holding(connection)


def test_a_follower_stores_what_is_not_stored_and_ends_at_once(
    path: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_parts_keeper, "FIRST_LOOK_S", 0.001)
    connection.execute("DELETE FROM stored_part_checks")
    others = set(threading.enumerate())
    with StoredPartsKeeper(path):
        wait_until(lambda: holding(connection) == PARTS)
    assert set(threading.enumerate()) <= others
    connection.execute(sql("delete_stored_part_check"), {"part": "totals"})
    monkeypatch.setattr(stored_parts_keeper, "FIRST_LOOK_S", 1_000)
    with StoredPartsKeeper(path):
        pass
    assert holding(connection) == PARTS - {"totals"}


def test_a_follower_looks_at_the_change_log_before_it_forgets(
    path: Path, connection: sqlite3.Connection, parts_read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST_LOOK_S", "SOONEST_LOOK_S", "LATEST_LOOK_S"):
        monkeypatch.setattr(stored_parts_keeper, name, 0.02)
    with StoredPartsKeeper(path):
        for _ in range(5):
            with transaction(connection):
                rows = [(NOW,)] * 1_000
                connection.executemany("INSERT INTO changes (subject, at) VALUES ('state', ?)", rows)
            checked_to = {connection.execute("SELECT max(id) FROM changes").fetchone()[0]}
            wait_until(lambda: set(dict(connection.execute(CHECKS)).values()) == checked_to)  # noqa: B023
    connection.execute("DELETE FROM changes WHERE id < (SELECT max(id) FROM changes)")
    reader.snapshot(path, NOW)
    assert not parts_read
