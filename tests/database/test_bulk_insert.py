"""Rows that are checked together are refused as they would be one by one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import database_file
from ccmon.database.bulk_insert import bulk_load, deferred_checks, insert_rows, insert_staged, own_rows
from ccmon.database.connection import savepoint, transaction
from ccmon.database.sql_files import sql
from tests.databases import new_database

CALL = "INSERT INTO calls (source, call_id, entered_at, {0}) VALUES ('s', ?, 0, {1})"
STATE = "INSERT INTO agent_states (agent_id, started_at, ended_at, {0}) VALUES (1, ?, 9, {1})"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "calls.db"
    new_database(path, time_zone="Etc/GMT")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO agents (id, login) VALUES (1, 'Ann')")
        yield connection


@pytest.mark.parametrize("table", ["calls", "agent_states"])
def test_every_check_of_the_table_is_made(connection: sqlite3.Connection, table: str) -> None:
    (schema,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    checks = re.findall(r"CHECK \((\w+ (?:>= 0|IN \([^)]*\)))\)", schema)
    assert len(checks) == schema.count("CHECK (") > 0
    query = " ".join(sql(f"unchecked_{table}").split())
    assert all(" ".join(check.split()) in query for check in checks)
    assert query.count(" IN (") + query.count(" >= 0") == len(checks)


@pytest.mark.parametrize("rows", [1, 1000])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("direction", "'across'"),
        ("wrapping_up", "2"),
        ("hold_ms", "-1"),
        ("outcome", "'lost'"),
        ("ended_by", "'nobody'"),
        ("right_party", "-1"),
        ("state", "'asleep'"),
    ],
)
def test_a_row_that_breaks_a_check_is_refused(
    connection: sqlite3.Connection, rows: int, column: str, value: str
) -> None:
    table, statement = ("agent_states", STATE) if column == "state" else ("calls", CALL)
    good = {"direction": "'inbound'", "state": "'ready'"}.get(column, "NULL")
    with (
        pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"),
        deferred_checks(connection, table, rows),
    ):
        connection.execute("BEGIN")
        connection.executemany(statement.format(column, good), [(str(number),) for number in range(rows)])
        connection.execute(statement.format(column, value), ("77777",))
    connection.execute("ROLLBACK")
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        connection.execute(statement.format(column, value), ("1",))


@pytest.mark.parametrize("table", ["calls", "agent_states"])
def test_checks_are_made_again_afterwards(connection: sqlite3.Connection, table: str) -> None:
    statement, column, value = (CALL, "hold_ms", "5") if table == "calls" else (STATE, "state", "'ready'")
    with deferred_checks(connection, table, 1000):
        connection.executemany(statement.format(column, value), [(str(number),) for number in range(1000)])
    assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (1000,)
    assert connection.execute("PRAGMA ignore_check_constraints").fetchone() == (0,)


def test_a_row_of_many_inserts_is_checked_however_few_there_are_at_a_time(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    with bulk_load(connection, 1000):
        with deferred_checks(connection, "calls", 1):
            connection.execute(CALL.format("hold_ms", 5), ("1",))
        with (
            pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"),
            deferred_checks(connection, "calls", 1),
        ):
            connection.execute(CALL.format("hold_ms", -1), ("2",))
        with (
            pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"),
            deferred_checks(connection, "calls", 0, oldest=1),
        ):
            connection.execute("UPDATE calls SET hold_ms = -1 WHERE call_id = '1'")
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        connection.execute(CALL.format("hold_ms", -1), ("3",))


def test_checks_are_made_as_ever_once_many_inserts_are_ended(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    with bulk_load(connection, 1000) as end:
        end()
        with (
            pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"),
            deferred_checks(connection, "calls", 1),
        ):
            connection.execute(CALL.format("hold_ms", -1), ("1",))
    assert connection.execute("PRAGMA ignore_check_constraints").fetchone() == (0,)


def test_where_few_rows_are_inserted_statements_stay_prepared(connection: sqlite3.Connection) -> None:
    executed: list[str] = []
    connection.execute("BEGIN")
    connection.set_trace_callback(executed.append)
    with bulk_load(connection, 0) as end:
        end()
    assert not executed


def test_rows_of_our_own_making_are_not_checked(connection: sqlite3.Connection) -> None:
    with own_rows(connection):
        connection.execute("BEGIN")
        with bulk_load(connection, 1000), deferred_checks(connection, "calls", 1000):
            connection.execute(CALL.format("hold_ms, agent_id", "-1, 77"), ("1",))
        connection.execute("COMMIT")
    assert len(connection.execute("PRAGMA foreign_key_check").fetchall()) == 1
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY constraint failed"):
        connection.execute(CALL.format("agent_id", 77), ("2",))
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        connection.execute(CALL.format("hold_ms", -1), ("3",))


def test_keys_are_checked_again_though_own_rows_could_not_be_written(connection: sqlite3.Connection) -> None:
    with pytest.raises(ZeroDivisionError), own_rows(connection), transaction(connection):
        raise ZeroDivisionError
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def _staged(connection: sqlite3.Connection, query: str, rows: Sequence[Sequence[Any]]) -> int:
    return insert_staged(connection, query, list(zip(*rows, strict=True)))


Insert = Callable[[sqlite3.Connection, str, Sequence[Sequence[Any]]], int]
each_way = pytest.mark.parametrize("insert", [insert_rows, _staged])


@each_way
@pytest.mark.parametrize("amount", [0, 1, 49, 50, 51, 173, 500, 549, 1550])
def test_many_rows_are_inserted_as_one_by_one(connection: sqlite3.Connection, insert: Insert, amount: int) -> None:
    rows = [(None if number % 3 else number, 1, 1, number, number * 10) for number in range(amount)]
    connection.execute("INSERT INTO queues (id, name) VALUES (1, 'sales')")
    connection.execute("PRAGMA foreign_keys = OFF")
    assert insert(connection, "insert_missed_call", rows) == amount
    columns = "call_id, queue_id, agent_id, missed_at, ring_ms"
    assert connection.execute(f"SELECT {columns} FROM missed_calls ORDER BY id").fetchall() == rows


@each_way
@pytest.mark.parametrize("amount", [120, 620])
def test_columns_that_are_alike_in_all_rows_are_inserted_as_others_are(
    connection: sqlite3.Connection, insert: Insert, amount: int
) -> None:
    rows = [(None, 1, 1 + (number == 20), 5, number) for number in range(amount)]
    connection.execute("PRAGMA foreign_keys = OFF")
    assert insert(connection, "insert_missed_call", rows) == amount
    columns = "call_id, queue_id, agent_id, missed_at, ring_ms"
    assert connection.execute(f"SELECT {columns} FROM missed_calls ORDER BY id").fetchall() == rows


@each_way
def test_rows_that_are_alike_in_all_columns_are_inserted(connection: sqlite3.Connection, insert: Insert) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")
    assert insert(connection, "insert_missed_call", [(None, 1, 1, 5, 7)] * 620) == 620
    assert connection.execute("SELECT count(*) FROM missed_calls WHERE ring_ms = 7").fetchone() == (620,)


@each_way
@pytest.mark.parametrize("amount", [120, 620])
def test_rows_that_are_there_already_are_not_counted(
    connection: sqlite3.Connection, insert: Insert, amount: int
) -> None:
    def row(number: int) -> list[object]:
        return ["s", f"call {number}", 1, "inbound", *[None] * 6, number, *[None] * 8]

    assert insert(connection, "insert_table_call", [row(number) for number in range(0, amount, 2)]) == amount // 2
    assert insert(connection, "insert_table_call", [row(number) for number in range(amount)]) == amount // 2
    found = connection.execute(
        "SELECT call_id, agent_id, typeof(customer_id), entered_at FROM calls ORDER BY entered_at"
    )
    assert found.fetchall() == [(f"call {number}", None, "null", number) for number in range(amount)]


def test_a_statement_that_fails_leaves_none_of_its_rows(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"), savepoint(connection):
        _staged(
            connection, "insert_missed_call", [(None, None, 1, number, number) for number in range(999)] + [(None,) * 5]
        )
    assert connection.execute("SELECT count(*) FROM missed_calls").fetchone() == (0,)
    rows = [(None, None, 1, number, number) for number in range(999)]
    assert _staged(connection, "insert_missed_call", rows) == 999


@each_way
@pytest.mark.parametrize(
    "query", ["insert_call", "insert_state", "insert_member", "insert_pause", "insert_missed_call", "insert_table_call"]
)
def test_a_query_for_many_rows_is_one_that_sqlite_understands(
    connection: sqlite3.Connection, insert: Insert, query: str
) -> None:
    assert insert(connection, query, []) == 0
    with pytest.raises(sqlite3.Error, match=r"Incorrect number of bindings|no such column: value_2"):
        insert(connection, query, [(number,) for number in range(550)])


def _indexes(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}


def test_indexes_are_put_off_where_most_rows_are_new(connection: sqlite3.Connection) -> None:
    before = _indexes(connection)
    connection.execute(CALL.format("hold_ms", 5), ("1",))
    connection.execute("BEGIN")
    with bulk_load(connection, 1):
        assert _indexes(connection) == before
    with bulk_load(connection, 2):
        assert before - _indexes(connection) == {
            "calls_by_agent",
            "calls_by_customer",
            "calls_outbound",
            "calls_reached",
            "calls_kept",
            "agent_states_by_agent",
            "agent_states_by_start",
            "queue_pauses_by_queue",
        }
    assert _indexes(connection) == before
    with bulk_load(connection, 2) as end:
        end()
        assert _indexes(connection) == before
    assert _indexes(connection) == before


def test_more_indexes_are_put_off_for_rows_of_our_own_making(connection: sqlite3.Connection) -> None:
    before = _indexes(connection)
    with own_rows(connection):
        connection.execute("BEGIN")
        with bulk_load(connection, 1):
            put_off = before - _indexes(connection)
            assert {"calls_by_agent", "customers_by_phone", "sales_by_customer", "surveys_by_call"} < put_off
        connection.execute("COMMIT")
    assert _indexes(connection) == before


def test_a_rollback_brings_indexes_back(connection: sqlite3.Connection) -> None:
    before = _indexes(connection)
    connection.execute("BEGIN")
    with pytest.raises(ZeroDivisionError), bulk_load(connection, 1):
        raise ZeroDivisionError
    connection.execute("ROLLBACK")
    assert _indexes(connection) == before
