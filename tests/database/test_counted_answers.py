"""Which answers to surveys count, and for whom, is what a recount in Python says, whoever writes."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.database import totals
from ccmon.database.database_file import open_writer
from ccmon.database.driver import Database
from ccmon.database.sql_files import split
from ccmon.database.total_sql import answers
from ccmon.snapshot.periodic_rows import AnswerCount, InvitationCount
from tests.database.test_totals import Operation, _insert, _update, run_statement
from tests.databases import new_database, open_copy
from tests.examples import examples
from tests.floors import moment

NOON = moment("2026-11-23T12:00:00")
HOUR = 3_600_000
ids = st.integers(1, 4)
maybe = st.one_of(st.none(), ids)
moments = st.integers(-40, 20).map(lambda hours: NOON + hours * HOUR)


@st.composite
def calls(draw: st.DrawFn) -> dict[str, object]:
    entered = draw(moments)
    answered = draw(st.sampled_from([None, entered, entered, entered + 5_000]))
    length = draw(st.sampled_from([None, 9_999, 10_000, 60_000, 60_000, 20 * HOUR]))
    return {
        "id": draw(maybe),
        "source": draw(st.sampled_from(["s", "s", "s", "t"])),
        "call_id": draw(st.sampled_from("ab")),
        "visit": draw(st.sampled_from([1, 2, 3, None])),
        "queue_id": draw(st.one_of(st.none(), st.integers(1, 2))),
        "agent_id": draw(st.sampled_from([None, 1, 1, 2, 2])),
        "entered_at": entered,
        "answered_at": answered,
        "ended_at": None if length is None else (answered or entered) + length,
        "outcome": draw(st.sampled_from([None, "answered", "abandoned", "unknown"])),
    }


@st.composite
def surveys(draw: st.DrawFn) -> dict[str, object]:
    return {
        "id": draw(maybe),
        "call_id": draw(maybe),
        "agent_id": draw(st.one_of(st.none(), st.none(), st.integers(1, 2))),
        "answered_at": draw(moments),
        "score": draw(st.integers(0, 5)),
        "scale": 5,
        "question": draw(st.sampled_from(["satisfaction", "satisfaction", "recommend"])),
        "reference": draw(st.sampled_from([None, None, "A1", "A2"])),
    }


@st.composite
def invitations(draw: st.DrawFn) -> dict[str, object]:
    return {
        "id": draw(maybe),
        "call_id": draw(maybe),
        "agent_id": draw(st.one_of(st.none(), st.integers(1, 2))),
        "sent_at": draw(moments),
        "delivered": draw(st.sampled_from([0, 1, 1, 1])),
        "reference": draw(st.sampled_from([None, None, "A1", "A2"])),
    }


ROWS = {"calls": calls(), "surveys": surveys(), "survey_invitations": invitations()}


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """One statement as any program may send it."""
    table = draw(st.sampled_from(list(ROWS)))
    row = draw(ROWS[table])
    kind = draw(st.sampled_from(["INSERT", "INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE", "update", "delete"]))
    if kind == "update":
        return _update(table, row, draw(ids), draw(st.sampled_from(["UPDATE", "UPDATE OR REPLACE"])))
    if kind == "delete":
        return f"DELETE FROM {table} WHERE id = :id", {"id": draw(ids)}
    return _insert(table, kind, row)


@st.composite
def corrections(draw: st.DrawFn) -> Operation:
    """One column of one row, or a row taken away."""
    table, column = draw(
        st.sampled_from(
            [
                ("calls", "agent_id"),
                ("calls", "queue_id"),
                ("calls", "call_id"),
                ("calls", "ended_at"),
                ("surveys", "call_id"),
                ("surveys", "answered_at"),
                ("survey_invitations", "call_id"),
                ("survey_invitations", ""),
                ("surveys", ""),
                ("calls", ""),
            ]
        )
    )
    which = draw(ids)
    if not column:
        return f"DELETE FROM {table} WHERE id = :which", {"which": which}
    value = draw(ROWS[table])[column]
    return f"UPDATE {table} SET {column} = :value WHERE id = :which", {"which": which, "value": value}


histories = st.lists(st.one_of(corrections(), operations()), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        path = new_database(Path(directory) / "template.db", time_zone="Europe/Amsterdam", currency="EUR")
        with closing(open_writer(path)) as connection:
            for id_ in (1, 2):
                connection.execute("INSERT INTO agents (id, login) VALUES (?, ?)", (id_, f"a{id_}"))
                connection.execute("INSERT INTO queues (id, name) VALUES (?, ?)", (id_, f"q{id_}"))
            write_calls_of_two_visits(connection)
            near = (NOON - 240 * HOUR, NOON + 240 * HOUR)
            connection.execute("DELETE FROM business_days WHERE starts_at NOT BETWEEN ? AND ?", near)
        yield path


def write_calls_of_two_visits(connection: sqlite3.Connection) -> None:
    """Two phone calls, each with an answer and an invitation to either of its visits: rows for statements to change."""
    call = (
        "INSERT INTO calls (id, source, call_id, visit, queue_id, agent_id, entered_at, answered_at, ended_at, outcome)"
        " VALUES (?, 's', ?, ?, 1, ?, ?, ?, ?, 'answered')"
    )
    for id_, (call_id, visit, agent) in enumerate([("a", 1, 1), ("a", 2, 1), ("b", 1, 1), ("b", 2, 2)], 1):
        entered = NOON + visit * HOUR
        connection.execute(call, (id_, call_id, visit, agent, entered, entered, entered + 60_000))
        sent = (id_, id_, entered + HOUR, f"A{id_}")
        connection.execute("INSERT INTO surveys VALUES (?, ?, NULL, NULL, ?, 3, 5, NULL, ?, 'satisfaction')", sent)
        connection.execute("INSERT INTO survey_invitations (id, call_id, sent_at, reference) VALUES (?, ?, ?, ?)", sent)


@contextmanager
def filled(template: Path, steps: list[Operation]) -> Iterator[sqlite3.Connection]:
    with open_copy(template, foreign_keys=False) as (_, connection):
        for step in steps:
            run_statement(connection, step)
        yield connection


def rows(connection: sqlite3.Connection, table: str) -> dict[int, dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    names = [name for name, *_ in cursor.description]
    return {row["id"]: row for row in (dict(zip(names, values, strict=True)) for values in cursor)}


def recounted(connection: sqlite3.Connection) -> tuple[dict[int, tuple[object, ...]], dict[int, tuple[object, ...]]]:
    """By the number of an answer: since when it counts, queue, who is credited; the same of invitations."""
    calls, answers = rows(connection, "calls"), rows(connection, "surveys")
    visits: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for call in calls.values():
        visits[call["source"], call["call_id"]].append(call)
    of_call: defaultdict[tuple[object, ...], list[tuple[int, int]]] = defaultdict(list)
    for answer in answers.values():
        key = (None, answer["id"]) if answer["call_id"] is None else (answer["call_id"], answer["question"])
        of_call[key].append((answer["answered_at"], answer["id"]))
    found: dict[int, tuple[object, ...]] = {}
    for _, id_ in map(max, of_call.values()):
        answer = answers[id_]
        if answer["call_id"] not in calls:
            found[id_] = answer["answered_at"], None, answer["agent_id"]
            continue
        call = calls[answer["call_id"]]
        agent = call["agent_id"] if answer["agent_id"] is None else answer["agent_id"]
        others = [
            visit
            for visit in visits[call["source"], call["call_id"]]
            if visit["served_at"] is not None and visit["agent_id"] is not None and visit["agent_id"] != agent
        ]
        talked = (
            None not in {call["answered_at"], call["ended_at"]} and call["ended_at"] - call["answered_at"] >= 10_000
        )
        alone = talked and (agent is None or not others)
        since = min(answer["answered_at"], call["entered_at"])
        found[id_] = since, call["queue_id"], agent if alone else None
    invited: dict[int, tuple[object, ...]] = {}
    for id_, invitation in rows(connection, "survey_invitations").items():
        if invitation["delivered"]:
            of = calls.get(invitation["call_id"], {})
            agent = of.get("agent_id") if invitation["agent_id"] is None else invitation["agent_id"]
            has_answer = invitation["call_id"] in {answer["call_id"] for answer in answers.values()} - {None}
            since = min(invitation["sent_at"], of.get("entered_at", invitation["sent_at"]))
            invited[id_] = since, of.get("queue_id"), agent, int(has_answer)
    return found, invited


def stored(connection: sqlite3.Connection) -> tuple[dict[int, tuple[object, ...]], dict[int, tuple[object, ...]]]:
    of_answers = connection.execute("SELECT survey_id, since_at, queue_id, agent_id FROM counted_answers")
    of_invitations = connection.execute(
        "SELECT invitation_id, since_at, queue_id, agent_id, answered FROM counted_invitations"
    )
    return {row[0]: row[1:] for row in of_answers}, {row[0]: row[1:] for row in of_invitations}


@settings(max_examples=examples(40, 7_500))
@given(steps=histories, recursive=st.booleans(), foreign_keys=st.booleans())
def test_answers_equal_a_recount_after_any_statements(
    template: Path, steps: list[Operation], recursive: bool, foreign_keys: bool
) -> None:
    with filled(template, []) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
        for step in steps:
            run_statement(connection, step)
        assert stored(connection) == recounted(connection)
        assert totals.check(connection) == []


NO_ANSWERS: Operation = ("DELETE FROM surveys", {})
NO_INVITATIONS: Operation = ("DELETE FROM survey_invitations", {})


NO_AGENT: Operation = ("UPDATE calls SET agent_id = :value WHERE id = :which", {"which": 1, "value": None})
ANSWERED_EARLIER: Operation = (
    "UPDATE surveys SET answered_at = :value WHERE id = :which",
    {"which": 1, "value": 1795298400000},
)
NO_CALL: Operation = ("DELETE FROM calls WHERE id = :which", {"which": 1})


@settings(max_examples=examples(8, 1_500))
@example(before=[], loaded=[NO_AGENT, ANSWERED_EARLIER, NO_CALL], after=NO_ANSWERS)
@given(before=st.one_of(st.just([NO_ANSWERS, NO_INVITATIONS]), histories), loaded=histories, after=operations())
def test_a_bulk_load_leaves_answers_right_and_their_triggers_in_place(
    template: Path, before: list[Operation], loaded: list[Operation], after: Operation
) -> None:
    with filled(template, before) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection):
            for step in loaded:
                run_statement(connection, step)
        assert stored(connection) == recounted(connection)
        run_statement(connection, after)
        assert stored(connection) == recounted(connection)


@settings(max_examples=examples(10, 1_500))
@given(steps=histories, since=moments, length=st.sampled_from([0, HOUR, 20 * HOUR, 200 * HOUR]))
def test_the_answers_of_the_latest_moment_are_those_of_an_earlier_one(
    template: Path, steps: list[Operation], since: int, length: int
) -> None:
    """Those that are kept, and those that are counted from the rows as of a moment after which nothing lies."""
    with filled(template, steps) as connection:
        database, window = Database(connection), {"since": since, "until": since + length, "at": NOON + 100 * HOUR}
        assert database.rows("survey_answers", AnswerCount, window) == database.rows(
            "survey_answers_at", AnswerCount, window
        )
        assert database.rows("survey_invitations", InvitationCount, window) == database.rows(
            "survey_invitations_at", InvitationCount, window
        )


CALL = "INTO calls (id, source, call_id, visit, agent_id, entered_at, answered_at, ended_at) VALUES"
TIMES = f"{NOON}, {NOON}, {NOON + HOUR}"
SURVEY = "INTO surveys (id, call_id, answered_at, score, scale, reference) VALUES"
INVITATION = "INTO survey_invitations (id, call_id, sent_at, reference) VALUES"
HARD_CASES = {
    "another visit by another agent": f"INSERT {CALL} (9, 's', 'a', 3, 2, {TIMES})",
    "a visit of another phone call": "UPDATE calls SET call_id = 'a', visit = 3 WHERE id = 4",
    "a visit that is another agent's": "UPDATE calls SET agent_id = 2 WHERE id = 1",
    "a call replaced by its id": f"REPLACE {CALL} (4, 't', 'z', 1, 1, {TIMES})",
    "a call replaced by its key": f"REPLACE {CALL} (9, 's', 'b', NULL, 2, {TIMES})",
    "a call gone": "DELETE FROM calls WHERE id = 4",
    "an answer replaced by its reference": f"REPLACE {SURVEY} (9, 2, {NOON}, 1, 5, 'A1')",
    "an answer replaced by its id": f"REPLACE {SURVEY} (1, 2, {NOON}, 1, 5, 'A9')",
    "an answer takes the reference of another": "UPDATE OR REPLACE surveys SET reference = 'A2' WHERE id = 1",
    "a later answer to the same call": f"INSERT {SURVEY} (9, 1, {NOON + 9 * HOUR}, 1, 5, NULL)",
    "a later answer to another call": "UPDATE surveys SET call_id = 1 WHERE id = 2",
    "an answer gone": "DELETE FROM surveys WHERE id = 1",
    "an invitation replaced by its reference": f"REPLACE {INVITATION} (9, 2, {NOON}, 'A1')",
    "an invitation takes the reference of another": (
        "UPDATE OR REPLACE survey_invitations SET reference = 'A2' WHERE id = 1"
    ),
    "an invitation gone": "DELETE FROM survey_invitations WHERE id = 1",
}


@pytest.mark.parametrize("statement", HARD_CASES.values(), ids=HARD_CASES)
@pytest.mark.parametrize("recursive", [False, True])
def test_one_statement_on_two_phone_calls(template: Path, statement: str, recursive: bool) -> None:
    with filled(template, []) as connection:
        before = stored(connection)
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        connection.execute(statement)
        assert stored(connection) == recounted(connection)
        assert stored(connection) != before


def credited(connection: sqlite3.Connection) -> dict[int, object]:
    return {id_: agent for id_, (*_, agent) in stored(connection)[0].items()}


def test_wrong_answers_are_found_and_counted_anew(template: Path) -> None:
    with filled(template, []) as connection:
        assert credited(connection) == {1: 1, 2: 1, 3: None, 4: None}
        connection.execute("DELETE FROM surveys WHERE id = 4")
        connection.execute("DELETE FROM survey_invitations WHERE id = 4")
        connection.execute("DELETE FROM calls WHERE id = 4")
        assert credited(connection) == {1: 1, 2: 1, 3: 1}
        connection.execute("UPDATE counted_answers SET agent_id = 2")
        assert {difference.column for difference in totals.check(connection)} == {"agent_id"}
        connection.execute("BEGIN")
        totals.rebuild(connection)
        assert totals.check(connection) == []
        assert stored(connection) == recounted(connection)


def test_the_migrations_leave_the_triggers_that_the_definitions_give(template: Path) -> None:
    names = (
        "type IN ('trigger', 'view') AND (name LIKE '%answers%' OR tbl_name = 'count_answers_of')"
        " AND name NOT LIKE 'changes%'"
    )
    query = f"SELECT name, sql FROM sqlite_master WHERE {names}"
    with filled(template, []) as connection:
        migrated = dict(connection.execute(query))
        connection.execute("DROP VIEW count_answers_of")
        connection.execute("DROP TABLE replaced_answers")
        for (name,) in connection.execute(
            f"SELECT name FROM sqlite_master WHERE {names} AND type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in split(answers.triggers() + answers.note_replaced("calls")):
            connection.execute(statement)
        assert dict(connection.execute(query)) == migrated
        assert len(migrated) > 15
