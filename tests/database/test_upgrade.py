"""An older database with a day in it becomes what a new one would have been."""

from __future__ import annotations

import functools
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import creation, database_file, new_schema, reader, totals
from tests.database.test_crash import lines, moment_s
from tests.databases import published_migrations, shared, with_schema_of
from tests.examples import sample
from tests.floors import moment

BEFORE = next(number for number, script in database_file.migrations() if "ADD COLUMN served_at" in script) - 1
"""The last schema in which a crash made answered calls unknown."""
BEFORE_CONVERTED = next(number for number, script in database_file.migrations() if "VIEW count_converted" in script) - 1
"""The last schema in which an order on a call of any queue made it a converted one."""
NOON = moment("2026-11-23T12:00:00")
NUMBERS = [number for number, _ in database_file.migrations()]
CALL = (
    "source, call_id, visit, direction, queue_id, agent_id, entered_at, answered_at, ended_at, wrapped_up_at, hold_ms,"
    " outcome"
)
STATE = "agent_id, state, reason, call_id, started_at, ended_at"
KEPT = ("queue_quarters", "wait_histogram", "handling_histogram", "agent_days", "campaign_days")


def write_a_day(connection: sqlite3.Connection) -> None:
    """Calls and states: by the millisecond, cut off, served without a moment of answer, over midnight. Some sold.

    Some were dialled.
    """
    calls: list[tuple[object, ...]] = []
    for number, line in enumerate(lines()[::7]):
        entered = moment_s(line) * 1000 + number * 37 % 1000
        answered = None if number % 5 == 0 else entered + (number * 977) % 30_000
        ended = entered + number * 977 % 12_000 if answered is None else answered + 1_000 + number * 7_919 % 400_000
        outcome = "abandoned" if answered is None else "unknown" if number % 9 == 0 else "answered"
        if number % 11 == 0:
            answered, outcome = None, "answered"
        way = ("outbound", None) if number % 3 == 2 else ("inbound", 1 + number % 2)
        calls.append(("pbx", f"c{number}", 1, *way, 1, entered, answered, ended, ended + 5_000, 700, outcome))
    calls.append(("pbx", "open", 1, "inbound", 1, None, NOON, None, None, None, None, None))
    states = [
        (1, state, None, None, NOON - 13 * 3_600_000 + number * 600_000, NOON - 13 * 3_600_000 + (number + 1) * 600_000)
        for number, state in enumerate(("ready", "talking", "hold", "talking", "wrap_up", "paused", "ringing") * 9)
    ]
    connection.execute(
        "INSERT INTO queues (id, name, purpose, service_level_threshold_ms) VALUES (1, 'a', 'sales', 5000)"
    )
    connection.execute("INSERT INTO queues (id, name) VALUES (2, 'b')")
    connection.execute("INSERT INTO agents (id, login) VALUES (1, 'ann')")
    connection.executemany(f"INSERT INTO calls ({CALL}) VALUES (?{', ?' * 11})", calls)
    connection.executemany(f"INSERT INTO agent_states ({STATE}) VALUES (?, ?, ?, ?, ?, ?)", states)
    connection.execute("INSERT INTO campaigns (id, name) VALUES (1, 'c')")
    connection.execute(
        "INSERT INTO sales (call_id, agent_id, campaign_id, sold_at, amount_cents)"
        " SELECT id, 1, iif(id % 4 < 2, 1, NULL), entered_at, 100 FROM calls WHERE id % 5 < 2"
    )


def upgraded(folder: Path, version: int) -> None:
    """Write the same rows by ccmon of an earlier version and by this one, and bring the first up to date."""
    old, new = folder / "old.db", folder / "new.db"
    with pytest.MonkeyPatch.context() as before:
        earlier = published_migrations(version)
        with_schema_of(earlier, before)
        creation.create(old, time_zone="Europe/Amsterdam")
        with closing(database_file.open_writer(old)) as connection:
            write_a_day(connection)
            assert connection.execute("PRAGMA user_version").fetchone() == (version,)
            unknown = connection.execute("SELECT count(*) FROM calls WHERE class = 'unknown'").fetchone()
            assert (unknown > (20,)) == (version <= BEFORE)
            converted = connection.execute("SELECT sum(converted) FROM agent_days").fetchone()
            sales = connection.execute("SELECT count(*) FROM sales").fetchone()
            assert (converted == sales) == (version <= BEFORE_CONVERTED)
    creation.create(new, time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(new)) as connection:
        write_a_day(connection)
    assert database_file.upgrade(old) == database_file.schema_version()


@pytest.fixture(params=sorted({2, BEFORE, BEFORE_CONVERTED, NUMBERS[-2]}))
def paths(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """Copies of what `upgraded` made once."""
    version = request.param
    made = shared(f"upgraded from {version}", lambda folder: upgraded(folder, version))
    return Path(shutil.copy(made / "old.db", tmp_path)), Path(shutil.copy(made / "new.db", tmp_path))


def test_an_old_database_counts_as_a_new_one_after_the_upgrade(paths: tuple[Path, Path]) -> None:
    kept = []
    for path in paths:
        with closing(sqlite3.connect(path)) as connection:
            found = {
                table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4").fetchall() for table in KEPT
            }
            found["calls"] = connection.execute(
                "SELECT call_id, class, wait_ms, handled, talk_ms FROM calls"
            ).fetchall()
            kept.append(found)
            assert totals.check(connection) == []
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    old, new = kept
    assert old == new
    assert len(old["queue_quarters"]) > 1
    with closing(sqlite3.connect(paths[0])) as connection:
        query = (
            "SELECT coalesce(c.queue_id, 0), count(*) FROM sales AS s JOIN calls AS c ON c.id = s.call_id {} GROUP BY 1"
        )
        for table, where, converting in (
            ("agent_days", "", (0, 1)), ("campaign_days", "WHERE s.campaign_id = 1", (0,)),
        ):  # fmt: skip
            orders = dict(connection.execute(query.format(where)).fetchall())
            assert min(orders[queue_id] for queue_id in (0, 1, 2)) > 10
            expected = sum(orders[queue_id] for queue_id in converting)
            assert connection.execute(f"SELECT sum(converted) FROM {table}").fetchone() == (expected,)
    shown = reader.snapshot(paths[0], NOON + 3_600_000).total
    assert shown == reader.snapshot(paths[1], NOON + 3_600_000).total
    assert min(shown.cut_off, shown.answered_without_wait, shown.short_abandoned) > 5


def test_what_is_written_after_the_upgrade_is_counted(paths: tuple[Path, Path]) -> None:
    """The triggers that an upgrade makes anew are all there."""
    definitions = []
    for path in paths:
        with closing(database_file.open_writer(path)) as connection:
            definitions.append(connection.execute("SELECT name, sql FROM sqlite_master ORDER BY 1").fetchall())
            connection.execute("UPDATE calls SET outcome = 'unknown' WHERE call_id = 'c1'")
            connection.execute("UPDATE calls SET answered_at = NULL, outcome = 'answered' WHERE call_id = 'c2'")
            connection.execute("DELETE FROM calls WHERE call_id = 'c3'")
            connection.execute("UPDATE queue_days SET service_level_threshold_ms = 0, short_abandon_ms = 0")
            connection.execute("UPDATE calls SET queue_id = 3 - queue_id WHERE id % 3 = 0")
            assert totals.check(connection) == []
            connection.execute("UPDATE queues SET purpose = 'service'")
            connection.execute("UPDATE agent_states SET state = 'hold' WHERE state = 'wrap_up'")
            assert totals.check(connection) == []
    assert definitions[0] == definitions[1]


@functools.cache
def schema(migrations: tuple[tuple[int, str], ...]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """What a database holds that began with some migrations, and the triggers of its views in their order."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for number, script in migrations:
            connection.executescript(f"{script}; PRAGMA user_version = {number}")
        connection.execute("INSERT INTO site (id, time_zone, created_at) VALUES (1, 'UTC', 0)")
        database_file.migrate(connection)
        found = connection.execute("SELECT type, tbl_name, name, sql FROM sqlite_master ORDER BY rowid").fetchall()
    of_views = [row for row in found if row[0] == "trigger" and row[1].startswith("count_")]
    return sorted(found, key=str), sorted(of_views, key=lambda row: str(row[1]))


@pytest.mark.parametrize("version", sample(NUMBERS[:-1], 3, len(NUMBERS)))
def test_each_older_version_gets_the_schema_of_a_new_database(version: int) -> None:
    """The same tables, views and triggers, and the triggers of a view in the same order."""
    assert schema(published_migrations(version)) == schema(database_file.migrations())


def test_a_new_database_is_what_all_migrations_make(tmp_path: Path) -> None:
    """If not: as `ccmon.database.new_schema` says, make its text anew."""
    assert creation.NEW_SCHEMA.read_text(encoding="utf-8") == new_schema.text()
    path = tmp_path / "new.db"
    creation.create(path, time_zone="UTC")
    with closing(sqlite3.connect(path)) as made, closing(sqlite3.connect(":memory:", isolation_level=None)) as migrated:
        database_file.migrate(migrated)
        for query in (
            "SELECT type, tbl_name, name, sql FROM sqlite_master ORDER BY rowid",
            "SELECT * FROM changes",
            "PRAGMA user_version",
        ):
            assert made.execute(query).fetchall() == migrated.execute(query).fetchall()
        tables = [name for (name,) in migrated.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        filled = {name for name in tables if migrated.execute(f"SELECT EXISTS (SELECT 1 FROM {name})").fetchone()[0]}
        assert filled == {"changes"}
