"""Moments that cannot be are told by table and id, and do not hide the newest call of a source."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file, doctor
from ccmon.database.impossible_moments import impossible_moments
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
