"""The definitions of the totals are those of the schema, and what is made of them is what the database has."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import as_of
from ccmon.database.sql_files import split, sql
from ccmon.database.total_sql import triggers
from ccmon.database.total_sql.definitions import BASE_TABLES, DERIVED_TABLES, GENERATED, TOTALS
from ccmon.snapshot import floor_rows
from ccmon.time_units import DAY_MS
from tests.databases import new_database

FIELDS = {
    "queue_quarters": ("queue_id", "quarter_at", *floor_rows.QueueTotals.__struct_fields__[2:]),
    "wait_histogram": as_of.WaitCount.__struct_fields__,
    "handling_histogram": as_of.HandlingTime.__struct_fields__,
    "agent_days": floor_rows.AgentTotals.__struct_fields__,
    "campaign_days": floor_rows.CampaignTotals.__struct_fields__,
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        yield opened


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM pragma_table_xinfo(?)", (table,))]


def schema(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def test_the_migrations_leave_the_triggers_that_the_definitions_give(connection: sqlite3.Connection) -> None:
    """After a change of a definition: a migration, with what ``python -m ccmon.database.total_sql.triggers`` prints."""
    migrated = schema(connection)
    for statement in split(triggers.triggers()):
        connection.execute(statement)
    assert schema(connection) == migrated


def test_each_column_of_a_total_is_defined_and_no_other(connection: sqlite3.Connection) -> None:
    for table, total in TOTALS.items():
        derived = [name for each in DERIVED_TABLES if each.table == table for name in each.columns]
        assert sorted((*total.keys, *total.columns, *derived)) == sorted(columns(connection, table))
        assert all(tuple(part.keys) == total.keys for part in total.parts)
        assert not total.read_at_polls or FIELDS[table] == total.columns_without_day
    assert {table for table, total in TOTALS.items() if total.read_at_polls} == FIELDS.keys()
    for derived_total in DERIVED_TABLES:
        if derived_total.table not in TOTALS:
            names = sorted((*derived_total.keys, *derived_total.columns))
            assert names == sorted(columns(connection, derived_total.table))


def test_the_base_tables_have_the_columns_that_are_counted(connection: sqlite3.Connection) -> None:
    for counted in BASE_TABLES:
        assert {*counted.columns, counted.begins, counted.ends or "id", *counted.written} <= set(
            columns(connection, counted.table)
        )


def test_the_generated_columns_of_a_call_are_those_of_the_definitions(connection: sqlite3.Connection) -> None:
    """Published migrations hold their own text of them; for earlier moments it is that of the definitions."""
    (made,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'calls'").fetchone()
    text = re.sub(r"\s", "", re.sub(r"--.*", "", made))
    generated = re.findall(r",(\w+?)(?:INTEGER|TEXT)GENERATEDALWAYSAS\(", text)
    for name, expression in GENERATED.items():
        without_blanks = re.sub(r"\s", "", expression)
        assert re.search(rf",{name}(INTEGER|TEXT)GENERATEDALWAYSAS\({re.escape(without_blanks)}\)VIRTUAL", text), name
    assert sorted(generated) == sorted([*GENERATED, "served_at"])


def test_new_calls_are_found_their_days_in_a_range_of_any_length(connection: sqlite3.Connection) -> None:
    first_at = 1_795_392_000_000
    calls = [(f"call {number}", first_at + number * DAY_MS // 100) for number in range(300)]
    connection.executemany("INSERT INTO calls (source, call_id, entered_at) VALUES ('s', ?, ?)", calls)

    def kept(days: int) -> tuple[int, list[tuple[int, int]]]:
        """The steps that SQLite takes, and each call with its day."""
        steps: list[None] = []
        connection.set_progress_handler(lambda: steps.append(None), 1)
        parameters = {"first_at": first_at - DAY_MS, "last_at": first_at + days * DAY_MS, "newest_call": 20}
        connection.execute(sql("keep_new_calls"), parameters)
        connection.set_progress_handler(None, 1)
        found = connection.execute("SELECT entered_at, day_at FROM temp.new_calls").fetchall()
        connection.execute("DROP TABLE temp.new_calls")
        return len(steps), found

    few_steps, found = kept(4)
    many_steps, same = kept(4000)
    assert same == found
    assert [at for at, _ in found] == [at for _, at in calls[20:]]
    assert all(0 <= at - day_at < DAY_MS for at, day_at in found)
    assert many_steps < few_steps + 10 * 4000, "a day of the range is looked at once, and not for each call"
    assert [at for at, _ in kept(1)[1]] == [at for _, at in calls[20:] if at < found[0][1] + 2 * DAY_MS]
