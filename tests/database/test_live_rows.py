"""Rows cached from poll to poll are those that are read from nothing, whatever was written and however time went on."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from ccmon.database import floor_reader, totals
from ccmon.database.driver import Database
from ccmon.database.live_rows import LiveRows
from ccmon.snapshot import assemble
from ccmon.snapshot.floor_data import FloorData
from tests.database.test_totals import (
    HOUR,
    MINUTE,
    NOON,
    OTHER_STATEMENTS,
    Operation,
    _copy,
    _insert,
    _update,
    operations,
    run_statement,
    template_of,
)
from tests.databases import new_database
from tests.examples import examples

moments = st.integers(NOON - 26 * HOUR, NOON + 20 * HOUR)
maybe_moment = st.one_of(st.none(), moments)
two = st.integers(1, 2)


def _rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"id": st.one_of(st.none(), st.integers(1, 3)), **columns})


MORE_ROWS: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "queue_members": _rows(queue_id=two, agent_id=two, started_at=moments, ended_at=maybe_moment),
    "queue_pauses": _rows(queue_id=two, agent_id=two, reason=st.sampled_from([None, "lunch"]), started_at=moments,
                          ended_at=maybe_moment),
    "follow_ups": _rows(customer_id=st.one_of(st.none(), two), call_id=st.one_of(st.none(), two),
                        agent_id=st.one_of(st.none(), two), created_at=moments, due_at=moments, promised_at=moments,
                        done_at=maybe_moment, outcome=st.sampled_from([None, None, "done", "cancelled"])),
    "customers": _rows(reference=st.sampled_from([None, "C1", "C2"]), name=st.sampled_from(["Ann", "Bob"]),
                       phone=st.sampled_from([None, "0612"])),
    "shifts": _rows(agent_id=two, starts_at=moments, ends_at=st.just(NOON + 30 * HOUR)),
    "alarm_acts": _rows(acted_at=st.just(NOON), rule=st.sampled_from(["longest_wait", "nobody_on_phones"]),
                        subject=st.sampled_from(["q1", "q2"]), act=st.just("have"), who=st.just("eva")),
    "surveys": _rows(answered_at=moments, score=st.just(1), scale=st.just(5)),
}  # fmt: skip
DIRECTORY: list[Operation] = [
    ("UPDATE agents SET name = 'Zed' WHERE id = 1", {}),
    ("UPDATE agents SET name = 'Yan' WHERE id = 1", {}),
    ("UPDATE agents SET active = 1 - active", {}),
    ("UPDATE queues SET name = 'Q1' WHERE id = 1", {}),
    ("UPDATE queues SET service_level_target = 0.5 WHERE id = 1", {}),
    ("UPDATE queue_days SET service_level_target = 0.9", {}),
    ("INSERT INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)"
     " SELECT 2, starts_at, 1, 0.1, 1 FROM business_days", {}),
    ("INSERT INTO agents (login) VALUES ('new')", {}),
    ("INSERT INTO clients (id, name) VALUES (1, 'Acme')", {}),
    ("UPDATE campaigns SET client_id = 1", {}),
    ("UPDATE site SET max_open_ms = 1000", {}),
    ("INSERT INTO pause_reasons (reason, limit_ms) VALUES ('lunch', 1)", {}),
    ("UPDATE pause_reasons SET limit_ms = 2", {}),
    ("INSERT OR IGNORE INTO alarm_limits (id) VALUES (1)", {}),
    ("UPDATE alarm_limits SET wrap_up_ms = wrap_up_ms + 1, longest_wait_ms = 3", {}),
    ("UPDATE queues SET longest_wait_limit_ms = 5, talk_limit_ms = 6 WHERE id = 1", {}),
    ("UPDATE teams SET pause_limit_ms = 7, missed_calls_limit = 1", {}),
    ("INSERT OR REPLACE INTO opening_hours (weekday, hours) VALUES ('monday', '09:00-17:30')", {}),
    ("DELETE FROM opening_hours", {}),
    ("INSERT OR REPLACE INTO holidays (day, name) VALUES ('2026-11-23', 'Feast')", {}),
    ("DELETE FROM holidays", {}),
    ("INSERT OR REPLACE INTO opening_hours (weekday, hours) SELECT value, '09:00-12:00' FROM json_each("
     """'["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]')""", {}),
    ("UPDATE opening_hours SET hours = 'closed' WHERE weekday <> 'monday'", {}),
    ("INSERT OR REPLACE INTO holidays (day, name, hours) SELECT date('2026-11-23', value), 'Feast', '13:00-14:00'"
     """ FROM json_each('["-14 days", "-7 days", "-1 days"]')""", {}),
    ("INSERT INTO quotas (scope, period, starts_on, sales) VALUES ('centre', 'day', '2020-01-01', 5)", {}),
    ("INSERT INTO sources (name, kind, last_record_at) VALUES ('s', 'ami', 1)", {}),
    (f"UPDATE sources SET checked_at = {NOON}, last_record_at = {NOON}", {}),
    ("UPDATE calls SET customer_id = 1, caller = '4711', caller_name = 'Zoe' WHERE id = 1", {}),
    ("UPDATE calls SET queue_id = 2 WHERE id = 1", {}),
    ("UPDATE calls SET ended_at = NULL, outcome = NULL", {}),
    ("UPDATE agent_states SET ended_at = NULL, call_id = id", {}),
    ("INSERT INTO progress (task, done, total, noted_at) VALUES ('x', 1, 2, 9000000000000)", {}),
    ("DELETE FROM progress", {}),
    ("DELETE FROM changes WHERE id < (SELECT max(id) FROM changes)", {}),
    ("INSERT INTO calls (source, call_id, queue_id, entered_at, ended_at) SELECT 'late', max(id), 1,"
     f" {NOON - 7 * 24 * HOUR}, {NOON - 7 * 24 * HOUR + 5000} FROM calls", {}),
    ("DELETE FROM calls WHERE source = 'late'", {}),
    (f"UPDATE calls SET entered_at = {NOON - 26 * HOUR} WHERE id = 1", {}),
]  # fmt: skip


@st.composite
def other_rows(draw: st.DrawFn) -> Operation:
    table = draw(st.sampled_from(list(MORE_ROWS)))
    row = draw(MORE_ROWS[table])
    match draw(st.sampled_from(["INSERT", "INSERT OR REPLACE", "UPDATE", "UPDATE OR REPLACE", "DELETE"])):
        case "DELETE":
            return f"DELETE FROM {table} WHERE id = :id", {"id": row["id"]}
        case "UPDATE" | "UPDATE OR REPLACE" as verb:
            return _update(table, row, draw(st.integers(1, 3)), verb)
        case verb:
            return _insert(table, verb, row)


statements = st.one_of(
    operations(), operations(), other_rows(), other_rows(), st.sampled_from([*OTHER_STATEMENTS, *DIRECTORY])
)
steps = st.lists(
    st.tuples(
        st.lists(statements, max_size=4),
        st.sampled_from([0, 0, 1000, MINUTE, HOUR, 9 * HOUR]),
        st.sampled_from([False, False, False, True]),
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        yield template_of(new_database(Path(directory) / "template.db", time_zone="Europe/Amsterdam", currency="EUR"))


def plain(value: object) -> object:
    """Records that compare by identity, by what is in them."""
    if isinstance(value, Struct) and not value.__struct_config__.eq:
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    return value


def fields(data: FloorData) -> Mapping[str, object]:
    """What rows say; how far back the waits of alarms are known depends on when they were first read."""
    history = data.alarm_history
    return {name: plain(getattr(data, name)) for name in FloorData.__struct_fields__} | {
        "alarm_history": (history.missed, history.acts)
    }


def are_same_objects(before: FloorData, after: FloorData) -> None:
    """Whatever is equal is the same object: lists and mappings as a whole, and each row and value in them."""
    if after.directory is not before.directory:
        return
    for name in FloorData.__struct_fields__:
        old, new = getattr(before, name), getattr(after, name)
        assert (old is new) == (plain(old) == plain(new)), name
        if isinstance(old, Mapping):
            assert all(old[key] is new[key] for key in old.keys() & new.keys() if old[key] == new[key]), name
    for name in ("states", "agent_days", "campaign_days", "calls", "members", "tracked"):
        old, new = getattr(before, name), getattr(after, name)
        known = {id(row) for row in old}
        assert all(id(row) in known for row in new if row in old), name


@settings(max_examples=examples(12, 3_000))
@given(steps=steps, foreign_keys=st.booleans(), recursive=st.booleans())
def test_cached_rows_are_those_read_from_nothing(
    template: Path, steps: list[tuple[list[Operation], int, bool]], foreign_keys: bool, recursive: bool
) -> None:
    with _copy(template) as connection:
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        database, live, at = Database(connection), LiveRows(), NOON + HOUR
        before = live.read(database, at)
        for written, passed, in_bulk in steps:
            run(connection, written, in_bulk=in_bulk)
            at += passed
            after = live.read(database, at)
            fresh = floor_reader.read_floor_data(database, at, is_latest=True)
            assert fields(after) == fields(fresh)
            assert assemble(after, at).alarms == assemble(fresh, at).alarms
            are_same_objects(before, after)
            before = after


def run(connection: sqlite3.Connection, written: list[Operation], *, in_bulk: bool) -> None:
    if not in_bulk:
        for operation in written:
            run_statement(connection, operation)
        return
    connection.execute("BEGIN IMMEDIATE")
    with totals.bulk_load(connection):
        for operation in written:
            run_statement(connection, operation)
    connection.execute("COMMIT")


def test_a_state_shows_its_call_as_it_is_whoever_has_the_call(template: Path) -> None:
    with _copy(template) as connection:
        connection.execute(
            "INSERT INTO agent_states (agent_id, state, started_at, call_id) VALUES (2, 'talking', ?, 1)", (NOON,)
        )
        connection.execute("UPDATE calls SET agent_id = NULL, queue_id = 1 WHERE id = 1")
        database, live = Database(connection), LiveRows()
        before = live.read(database, NOON + HOUR)
        connection.execute("UPDATE calls SET queue_id = 2 WHERE id = 1")
        after = live.read(database, NOON + HOUR)
        are_same_objects(before, after)
        assert [(row.agent_id, row.queue_id) for row in after.states] == [(2, 2)]


def test_what_no_row_of_the_change_log_names_is_seen(template: Path) -> None:
    """What a source reports and long work have no rows in it."""
    at = NOON + 20 * HOUR
    long_work = "INSERT INTO progress (task, done, total, noted_at) VALUES ('past', ?, 9, unixepoch() * 1000)"
    with _copy(template) as connection:
        connection.execute("INSERT INTO sources (name, kind, last_record_at) VALUES ('pbx', 'ami', ?)", (at - 3,))
        database, live = Database(connection), LiveRows()
        assert live.read(database, at).newest_at == at - 3
        connection.execute("UPDATE sources SET last_record_at = ?", (at - 2,))
        assert live.read(database, at).newest_at == at - 2
        connection.execute("UPDATE sources SET last_record_at = ?", (at - 9,))
        assert live.read(database, at).newest_at == at - 9
        connection.execute(long_work, (1,))
        assert [each.done for each in live.read(database, at).progress] == [1]
        connection.execute("UPDATE progress SET done = 2")
        assert [each.done for each in live.read(database, at).progress] == [2]
        connection.execute("DELETE FROM progress")
        assert live.read(database, at).progress == []


def test_memberships_have_the_names_of_the_directory_and_none_of_their_own(template: Path) -> None:
    insert = "INSERT INTO queue_members (queue_id, agent_id, started_at) VALUES (?, ?, ?)"
    with _copy(template) as connection:
        connection.execute("DELETE FROM queue_members")
        connection.execute("UPDATE agents SET login = 'Anneke' WHERE id = 1")
        connection.execute("UPDATE queues SET name = 'Support' WHERE id = 2")
        connection.execute(insert, (2, 1, NOON))
        database, live = Database(connection), LiveRows()
        first = live.read(database, NOON + HOUR)
        connection.execute(insert, (1, 1, NOON + 1))
        second = live.read(database, NOON + HOUR)
        assert [(row.queue_id, row.agent_id) for row in second.members] == [(1, 1), (2, 1)]
        assert second.directory is first.directory
        for row in (*first.members, *second.members):
            assert row.queue is first.directory.queues[row.queue_id].name
            assert row.agent is first.directory.agents[row.agent_id].login


class _Failing(Database):
    """Raises at one of its queries, as where somebody locks the database."""

    def __init__(self, connection: sqlite3.Connection, queries: int) -> None:
        super().__init__(connection)
        self._left = queries

    def each(self, *asked: Any) -> Iterator[Any]:
        self._left -= 1
        if self._left < 0:
            raise sqlite3.OperationalError("database is locked")
        return super().each(*asked)


def test_what_a_reading_that_failed_had_to_read_is_read_by_the_next(template: Path) -> None:
    queries, failed = 0, True
    while failed:
        with _copy(template) as connection:
            database, live = Database(connection), LiveRows()
            live.read(database, NOON + HOUR)
            connection.execute("UPDATE calls SET queue_id = 3 - queue_id, agent_id = 3 - agent_id, campaign_id = 1")
            connection.execute("UPDATE follow_ups SET due_at = due_at - 1")
            try:
                live.read_few(_Failing(connection, queries), NOON + HOUR, 1000)
                failed = False
            except sqlite3.OperationalError:
                queries += 1
            assert fields(live.read(database, NOON + HOUR)) == fields(LiveRows().read(database, NOON + HOUR)), queries
    assert queries > 10
