"""Moments that cannot be are told by table and id, and do not hide the newest call of a source."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file, doctor
from ccmon.database.impossible_moments import impossible_moments, impossible_rows
from ccmon.database.source_status import source_statuses
from tests.databases import new_database
from tests.floors import moment

NOON = moment("2026-11-23T12:00:00")
DAY = 86_400_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO queues (id, name) VALUES (1, 'sales')")
        yield path, connection


def enter(connection: sqlite3.Connection, *moments: int) -> None:
    for at in moments:
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('crm', ?, 1, ?)", (str(at), at)
        )


def test_the_newest_call_of_a_source_is_not_the_last_one_written(database: tuple[Path, sqlite3.Connection]) -> None:
    path, connection = database
    enter(connection, NOON - 60_000, NOON // 1000)
    assert [each.last_record_at for each in source_statuses(path, connection, NOON)] == [NOON - 60_000]
    enter(connection, NOON * 1000)
    assert [each.last_record_at for each in source_statuses(path, connection, NOON)] == [NOON - 60_000]
    connection.execute("DELETE FROM calls WHERE entered_at <= ?", (NOON,))
    assert [each.last_record_at for each in source_statuses(path, connection, NOON)] == [NOON * 1000]


def test_impossible_moments_are_told_with_their_rows(database: tuple[Path, sqlite3.Connection]) -> None:
    path, connection = database
    plan = NOON + 300 * DAY
    enter(connection, NOON, NOON + DAY, 631_152_000_000)
    connection.execute("INSERT INTO follow_ups (created_at, due_at, promised_at) VALUES (?1, ?2, ?2)", (NOON, plan))
    assert list(impossible_moments(connection, NOON)) == []
    enter(connection, NOON // 1000)
    wrong = [each for each in doctor.examine(path, connection, NOON) if each.subject == "moments"]
    assert [(each.verdict, each.text) for each in wrong] == [(
        "wrong",
        "entered_at of 1 row of calls lies before 1990 or more than a day ahead (id 4): write milliseconds since 1970, "
        "and correct or delete what is there",
    )]  # fmt: skip
    enter(connection, *range(10, 15), NOON + DAY + 1)
    connection.execute("UPDATE follow_ups SET due_at = ?, done_at = ?", (NOON * 1000, 5))
    told = [each.partition("):")[0] for each in impossible_moments(connection, NOON)]
    assert told == [
        "entered_at of 7 rows of calls lie before 1990 or more than a day ahead (id 4, 5, 6, 7, 8 and 2 more",
        "done_at of 1 row of follow_ups lies before 1990 or more than a day ahead (id 1",
        "due_at of 1 row of follow_ups lies before 1990 or more than ten years ahead (id 1",
    ]


CALL = (
    "INSERT INTO calls (source, call_id, entered_at, answered_at, ended_at, wrapped_up_at, hold_ms) "
    "VALUES ('x', 'y', {})"
)
MINUTE = 60_000
EARLIER = NOON - 2 * DAY


@pytest.mark.parametrize(
    ("statement", "good", "bad", "told"),
    [
        (CALL, f"{NOON}, {NOON - MINUTE}, NULL, NULL, NULL", f"{NOON}, {NOON - MINUTE - 1}, NULL, NULL, NULL",
         "answered_at of 1 row of calls lies before entered_at (id 1)"),
        (CALL, f"{NOON}, NULL, {NOON - MINUTE}, NULL, NULL", f"{NOON}, NULL, {NOON - MINUTE - 1}, NULL, NULL",
         "ended_at of 1 row of calls lies before entered_at (id 1)"),
        (CALL, f"{EARLIER}, {NOON}, {NOON - MINUTE}, NULL, NULL", f"{EARLIER}, {NOON}, {NOON - MINUTE - 1}, NULL, NULL",
         "ended_at of 1 row of calls lies before answered_at (id 1)"),
        (CALL, f"{NOON}, {NOON}, {NOON}, {NOON - MINUTE}, NULL", f"{NOON}, {NOON}, {NOON}, {NOON - MINUTE - 1}, NULL",
         "wrapped_up_at of 1 row of calls lies before ended_at (id 1)"),
        (CALL, f"{NOON}, {NOON}, {NOON + 9}, NULL, {MINUTE + 9}", f"{NOON}, {NOON}, {NOON + 9}, NULL, {MINUTE + 10}",
         "hold_ms of 1 row of calls is longer than the call (id 1)"),
        ("INSERT INTO agent_states (agent_id, state, started_at, ended_at) VALUES (1, 'ready', {})",
         f"{NOON}, {NOON - MINUTE}", f"{NOON}, {NOON - MINUTE - 1}",
         "ended_at of 1 row of agent_states lies before started_at (id 1)"),
        ("INSERT INTO queue_members (agent_id, queue_id, started_at, ended_at) VALUES (1, 1, {})",
         f"{NOON}, {NOON - MINUTE}", f"{NOON}, {NOON - MINUTE - 1}",
         "ended_at of 1 row of queue_members lies before started_at (id 1)"),
        ("INSERT INTO queue_pauses (agent_id, queue_id, started_at, ended_at) VALUES (1, 1, {})",
         f"{NOON}, {NOON - MINUTE}", f"{NOON}, {NOON - MINUTE - 1}",
         "ended_at of 1 row of queue_pauses lies before started_at (id 1)"),
        ("INSERT INTO sales (sold_at, amount_cents, cancelled_at) VALUES ({})", f"{NOON}, 0, {NOON}",
         f"{NOON}, 0, {NOON - 1}", "cancelled_at of 1 row of sales lies before sold_at (id 1)"),
        ("INSERT INTO sales (sold_at, amount_cents) VALUES ({})", f"{NOON}, 0", f"{NOON}, -1",
         "amount_cents of 1 row of sales is below 0 (id 1)"),
        ("INSERT INTO follow_ups (promised_at, created_at, due_at) VALUES (1, {})", f"{NOON}, {NOON}",
         f"{NOON}, {NOON - 1}", "due_at of 1 row of follow_ups lies before created_at (id 1)"),
        ("INSERT INTO follow_ups (promised_at, due_at, created_at, done_at) VALUES (1, {})", f"{NOON}, {NOON}, {NOON}",
         f"{NOON}, {NOON}, {NOON - 1}", "done_at of 1 row of follow_ups lies before created_at (id 1)"),
        ("INSERT INTO surveys (answered_at, score, scale) VALUES ({})", f"{NOON}, 0, 5", f"{NOON}, -1, 5",
         "score of 1 row of surveys is below 0 (id 1)"),
        ("INSERT INTO surveys (answered_at, score, scale) VALUES ({})", f"{NOON}, 0, 1", f"{NOON}, 0, 0",
         "scale of 1 row of surveys is below 1 (id 1)"),
        ("INSERT INTO investments (name, goal, starts_on, ends_on, cost_cents) VALUES ('x', 'service', {})",
         "'2026-11-23', '2026-11-23', 0", "'2026-11-23', '2026-11-22', 0",
         "ends_on of 1 row of investments lies before starts_on (id 1)"),
        ("INSERT INTO investments (name, goal, starts_on, cost_cents) VALUES ('x', 'service', {})",
         "'2026-11-23', 0", "'2026-11-23', -1", "cost_cents of 1 row of investments is below 0 (id 1)"),
        ("INSERT INTO investments (name, goal, starts_on, cost_cents) VALUES ('x', 'service', {}, 0)",
         "'2026-11-23'", "'2026-1-23'", "starts_on of 1 row of investments is no day such as 2026-11-23 (id 1)"),
        ("INSERT INTO investments (name, goal, cost_cents, starts_on, ends_on) "
         "VALUES ('x', 'service', 0, '2026-01-01', {})",
         "'2026-11-23'", "'23-11-2026'", "ends_on of 1 row of investments is no day such as 2026-11-23 (id 1)"),
        ("INSERT INTO campaigns (name, starts_on, ends_on) VALUES ('x', {})", "'2026-11-23', '2026-11-23'",
         "'2026-11-23', '2026-11-22'", "ends_on of 1 row of campaigns lies before starts_on (id 1)"),
        ("INSERT INTO campaigns (name, starts_on) VALUES ('x', {})", "'2026-11-23'", "'23.11.2026'",
         "starts_on of 1 row of campaigns is no day such as 2026-11-23 (id 1)"),
        ("INSERT INTO campaigns (name, ends_on) VALUES ('x', {})", "'2026-11-23'", "'2026-11-31'",
         "ends_on of 1 row of campaigns is no day such as 2026-11-23 (id 1)"),
        ("INSERT INTO quotas (scope, period, sales, starts_on) VALUES ('centre', 'month', 9, {})", "'2026-11-01'",
         "'2026-11'", "starts_on of 1 row of quotas is no day such as 2026-11-23 (centre 0 month 2026-11)"),
        ("INSERT INTO sales (call_id, amount_cents, sold_at) VALUES (9, 0, {})", f"{NOON - DAY}", f"{NOON - DAY - 1}",
         "sold_at of 1 row of sales lies more than a day before its call began (id 1)"),
        ("INSERT INTO surveys (call_id, score, scale, answered_at) VALUES (9, 1, 5, {})", f"{NOON - DAY}",
         f"{NOON - DAY - 1}", "answered_at of 1 row of surveys lies more than a day before its call began (id 1)"),
        ("INSERT INTO survey_invitations (call_id, sent_at) VALUES (9, {})", f"{NOON - DAY}", f"{NOON - DAY - 1}",
         "sent_at of 1 row of survey_invitations lies more than a day before its call began (id 1)"),
        ("INSERT INTO follow_ups (call_id, promised_at, due_at, created_at) VALUES (9, 1, 1795600000000, {})",
         f"{NOON - DAY}", f"{NOON - DAY - 1}",
         "created_at of 1 row of follow_ups lies more than a day before its call began (id 1)"),
    ],
)  # fmt: skip
def test_rows_that_contradict_themselves_are_told(
    database: tuple[Path, sqlite3.Connection], statement: str, good: str, bad: str, told: str
) -> None:
    _, connection = database
    connection.execute("INSERT INTO agents (id, login) VALUES (1, 'eva')")
    if "(9, " in statement:
        connection.execute("INSERT INTO calls (id, source, call_id, entered_at) VALUES (9, 's', 'c', ?)", (NOON,))
    connection.execute("SAVEPOINT good")
    connection.execute(statement.format(good))
    assert list(impossible_rows(connection, NOON)) == []
    connection.execute("ROLLBACK TO good")
    connection.execute(statement.format(bad))
    assert list(impossible_rows(connection, NOON)) == [f"{told}: correct or delete what is there"]


def test_the_doctor_tells_many_rows_with_the_first_of_them(database: tuple[Path, sqlite3.Connection]) -> None:
    path, connection = database
    for _ in range(7):
        connection.execute("INSERT INTO sales (sold_at, amount_cents) VALUES (?, -1)", (NOON,))
    wrong = [each for each in doctor.examine(path, connection, NOON) if each.subject == "rows"]
    assert [(each.verdict, each.text) for each in wrong] == [(
        "wrong",
        "amount_cents of 7 rows of sales is below 0 (id 1, 2, 3, 4, 5 and 2 more): correct or delete what is there",
    )]  # fmt: skip


def test_a_row_is_told_once(database: tuple[Path, sqlite3.Connection]) -> None:
    """Seconds for milliseconds, or microseconds: what is wrong is the moment, not the order."""
    path, connection = database
    for entered_at, answered_at in ((NOON, NOON // 1000), (NOON * 1000, NOON)):
        connection.execute(
            "INSERT INTO calls (source, call_id, entered_at, answered_at) VALUES ('x', ?1, ?1, ?2)",
            (entered_at, answered_at),
        )
    told = [each.subject for each in doctor.examine(path, connection, NOON) if each.subject in {"moments", "rows"}]
    assert told == ["moments", "moments"]
