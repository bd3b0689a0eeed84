"""The change log: it names whatever a write touches, stays short, and is what the migrations make."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.database import totals
from ccmon.database.sql_files import split
from ccmon.database.total_sql import change_log_triggers
from ccmon.database.total_sql.definitions import BASE_TABLES
from tests.database.test_totals import NOON, Operation, _copy, histories, operations, run_statement, template_of
from tests.databases import new_database
from tests.examples import examples

ROWS_OF = {
    "agent_id": (
        "SELECT agent_id, * FROM agent_days",
        "SELECT coalesce(s.agent_id, 0), s.*, c.queue_id, c.campaign_id, c.entered_at"
        " FROM agent_states AS s LEFT JOIN calls AS c ON c.id = s.call_id WHERE s.ended_at IS NULL",
    ),
    "queue_id": (
        "SELECT queue_id, * FROM queue_quarters",
        "SELECT queue_id, * FROM wait_histogram",
        "SELECT queue_id, * FROM handling_histogram WHERE direction = 'inbound'",
        "SELECT queue_id, * FROM calls WHERE ended_at IS NULL",
    ),
    "campaign_id": ("SELECT campaign_id, * FROM campaign_days",),
}
"""What a poll shows of each subject."""
TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'changes%'"


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        yield template_of(new_database(Path(directory) / "template.db", time_zone="Europe/Amsterdam", currency="EUR"))


def shown(connection: sqlite3.Connection) -> dict[tuple[str, int], set[tuple[object, ...]]]:
    """The rows of each subject; a row of zeros is as good as none."""
    found: dict[tuple[str, int], set[tuple[object, ...]]] = {}
    for column, queries in ROWS_OF.items():
        for place, query in enumerate(queries):
            for subject, *row in connection.execute(query):
                if place or any(row[3:]):
                    found.setdefault((column, subject or 0), set()).add((place, *row))
    return found


def test_the_migrations_leave_the_triggers_that_the_definitions_give(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrated = dict(connection.execute(TRIGGERS))
        for name in migrated:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in split(change_log_triggers.triggers()):
            connection.execute(statement)
        for counted in BASE_TABLES:
            connection.execute(change_log_triggers.note_replaced(counted.table))
        assert dict(connection.execute(TRIGGERS)) == migrated


@settings(max_examples=examples(15, 2_000))
@given(steps=histories(), recursive=st.booleans(), foreign_keys=st.booleans())
def test_every_subject_whose_rows_differ_is_in_the_change_log(
    template: Path, steps: list[Operation], recursive: bool, foreign_keys: bool
) -> None:
    with _copy(template) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
        after = shown(connection)
        for step in steps:
            before, (last,) = after, connection.execute("SELECT max(id) FROM changes").fetchone()
            run_statement(connection, step)
            after = shown(connection)
            differing = {subject for subject in {*before, *after} if before.get(subject) != after.get(subject)}
            noted = noted_since(connection, last)
            # A reader compares the site itself, and reads everything where it is another.
            assert noted is None or differing <= noted or "UPDATE site" in step[0]


def noted_since(connection: sqlite3.Connection, last: int) -> set[tuple[str, int]] | None:
    """The subjects that the change log names after a row, and those who work on a call that it names; None: all."""
    noted: set[tuple[str, int]] = set()
    calls = set()
    for subject, call, agent, queue, campaign in connection.execute(
        "SELECT subject, subject_id, agent_id, queue_id, campaign_id FROM changes WHERE id > ?", (last,)
    ):
        if subject in {"everything", "directory"}:
            return None
        noted |= {("agent_id", agent or 0), ("queue_id", queue or 0), ("campaign_id", campaign or 0)}
        if subject.endswith("call"):
            calls.add(call)
            noted.add(("agent_id", 0))  # nobody known may have had it
    working = connection.execute("SELECT agent_id, call_id FROM agent_states WHERE ended_at IS NULL")
    return noted | {("agent_id", agent) for agent, call in working if call in calls}


@settings(max_examples=examples(5))
@given(loaded=st.lists(operations(), min_size=1, max_size=4))
def test_a_bulk_load_is_noted_as_a_whole(template: Path, loaded: list[Operation]) -> None:
    with _copy(template) as connection:
        (last,) = connection.execute("SELECT max(id) FROM changes").fetchone()
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection):
            for step in loaded:
                run_statement(connection, step)
        noted = [subject for (subject,) in connection.execute("SELECT subject FROM changes WHERE id > ?", (last,))]
        assert "everything" in noted
        assert not {"call", "state", "sale"} & set(noted)


def test_the_change_log_stays_short_and_its_numbers_ascend(template: Path) -> None:
    with _copy(template) as connection:
        (last,) = connection.execute("SELECT max(id) FROM changes").fetchone()
        insert = "INSERT INTO missed_calls (agent_id, missed_at, ring_ms) VALUES (1, ?, 5000)"
        connection.execute("BEGIN")
        connection.executemany(insert, [(NOON,)] * (2 * change_log_triggers.LOGGED_AT_LEAST))
        first, newest, rows = connection.execute("SELECT min(id), max(id), count(*) FROM changes").fetchone()
        assert newest == last + 2 * change_log_triggers.LOGGED_AT_LEAST
        assert change_log_triggers.LOGGED_AT_LEAST <= rows <= change_log_triggers.LOGGED_AT_LEAST + 256
        assert first == newest - rows + 1
