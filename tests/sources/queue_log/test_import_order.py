"""A recorded log taken in by parts, in any order, where no records are kept: what is as in one go, and what cannot be.

With records kept all is (`test_any_order`). Without, calls are, with all that belongs to them. Who was logged in or
paused is not wholly: the end of a pause, or a place at a desk, whose beginning nobody had told of leaves no row, so
that a beginning that comes later does not find it. Nor is a talk whose end is in no part yet, which the agent's next
state ends; nor wrap-up by a pause's reason, where the parts meet between a call's end and the pause.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import permutations, product
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import database_file, later_states, totals
from ccmon.sources.queue_log import files, import_files
from tests.databases import open_copy
from tests.examples import sample
from tests.sources.queue_log.database_contents import contents_by
from tests.sources.queue_log.test_import import BASE, between_seconds, nobody_named, take
from tests.sources.queue_log.test_recording import log

pytestmark = pytest.mark.usefixtures("_all_touched")
ORDERS = [order for order in permutations(range(3)) if order != (0, 1, 2)]
LOG_IN_OR_PAUSE = {"ready", "paused", "logged_out"}


Rows = dict[str, list[tuple[Any, ...]]]


@contextmanager
def by_parts(
    empty: Path, lines: list[bytes], cuts: tuple[int, int], order: tuple[int, ...]
) -> Iterator[sqlite3.Connection]:
    """A database with the three parts of a log, taken in in an order."""
    parts = [lines[: cuts[0]], lines[cuts[0] : cuts[1]], lines[cuts[1] :]]
    with open_copy(empty) as (path, connection):
        part = path.with_name("part")
        for number in order:
            part.write_bytes(b"".join(parts[number]))
            take(path, part)
        yield connection


@functools.cache
def in_one_go(empty: Path, log: bytes) -> Rows:
    """The contents of a database that a log went into whole."""
    with open_copy(empty) as (path, connection):
        whole = path.with_name("queue_log")
        whole.write_bytes(log)
        take(path, whole)
        return contents_by(connection)


def of_calls(states: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [row for row in states if row[3] is not None]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_a_recorded_log_in_parts_has_the_calls_and_the_talks_of_one_go(
    empty_database: Path, order: tuple[int, ...]
) -> None:
    expected = in_one_go(empty_database, log())
    lines = log().splitlines(keepends=True)
    for near in sample(((200, 400), (290, 580), (580, 870), (870, 1160), (60, 1100)), 3, ORDERS.index(order)):
        begin, end = between_seconds(lines, near[0]), between_seconds(lines, near[1])
        with by_parts(empty_database, lines, (begin, end), order) as connection:
            assert totals.check(connection) == [], near
            found = contents_by(connection)
        for table in ("calls", "sources", "rejected_lines", "agents", "queues"):
            assert found[table] == expected[table], (table, near)
        assert nobody_named(found["missed_calls"]) == nobody_named(expected["missed_calls"]), near
        assert of_calls(found["agent_states"]) == of_calls(expected["agent_states"]), near
        differ = set(found["agent_states"]) ^ set(expected["agent_states"])
        assert {row[1] for row in differ} <= LOG_IN_OR_PAUSE, near


def contents_and_schema(connection: sqlite3.Connection) -> tuple[Rows, list[tuple[str, str]]]:
    assert totals.check(connection) == []
    return contents_by(connection), connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


@pytest.mark.parametrize("order", [(0, 1, 2), *ORDERS], ids=str)
def test_a_bulk_load_that_puts_off_indexes_writes_the_same(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch, order: tuple[int, ...]
) -> None:
    lines = log().splitlines(keepends=True)
    cuts = between_seconds(lines, 290), between_seconds(lines, 580)
    with by_parts(empty_database, lines, cuts, order) as connection:
        by_few = contents_and_schema(connection)
    monkeypatch.setattr(files, "_LARGE", -1)
    monkeypatch.setattr(import_files, "_BYTES_OF_A_ROW", 0.001)
    with by_parts(empty_database, lines, cuts, order) as connection:
        assert contents_and_schema(connection) == by_few


CARRIED = [
    "0|CLI|q|Ann|ADDMEMBER|",
    "1|CLI|q|Bob|ADDMEMBER|",
    "10|1.1|q|NONE|ENTERQUEUE||0612|1",
    "20|1.1|q|Ann|CONNECT|10|x|3",
    "25|NONE|q|Bob|PAUSE|tea",
    # The part that comes last: the call's end.
    "30|1.1|q|Ann|COMPLETECALLER|10|10|1",
    "35|1.2|q|NONE|ENTERQUEUE||0613|1",
    "36|1.2|q|Ann|CONNECT|1|x|1",
    # What came before it.
    "45|1.2|q|Ann|COMPLETEAGENT|1|9|1",
    "50|1.3|q|NONE|ENTERQUEUE||0614|1",
    "55|1.3|q|Ann|CONNECT|5|x|3",
    "60|1.3|q|Ann|COMPLETEAGENT|5|5|1",
    "70|NONE|q|Ann|PAUSE|lunch",
    "80|NONE|q|Ann|UNPAUSE|",
    "90|1.4|q|NONE|ENTERQUEUE||0615|1",
    "95|1.4|q|Ann|CONNECT|5|x|3",
    "99|1.4|q|Ann|COMPLETEAGENT|5|4|1",
    "110|CLI|q|Ann|REMOVEMEMBER|",
    "120|1.5|q|NONE|ENTERQUEUE||0616|1",
]


@pytest.mark.parametrize(
    ("cuts", "order"),
    sample(list(product([(5, 6), (5, 7), (5, 8), (4, 8), (5, 9), (5, 12), (5, 14)], ORDERS)), 2),
    ids=str,
)
def test_nobody_talks_on_after_a_call_whose_end_comes_late(
    empty_database: Path, cuts: tuple[int, int], order: tuple[int, ...]
) -> None:
    lines = [f"{BASE + int(line.partition('|')[0])}|{line.partition('|')[2]}\n".encode() for line in CARRIED]
    with by_parts(empty_database, lines, cuts, order) as connection:
        found = contents_by(connection)
    assert found["agent_states"] == in_one_go(empty_database, b"".join(lines))["agent_states"]


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("cuts", [(4, 9), (5, 9), (8, 9)])
def test_what_followed_a_call_that_was_given_up_goes_when_its_end_is_told(
    empty_database: Path, cuts: tuple[int, int], order: tuple[int, ...]
) -> None:
    """The last part is of five hours later: until the end is told, the call is over after four."""
    early = [*CARRIED[:8], "40|1.2|q|Ann|COMPLETEAGENT|1|4|1"]
    moments = [(0, line) for line in early] + [(18_000, line) for line in CARRIED[9:]]
    split = [(later, *line.partition("|")[::2]) for later, line in moments]
    lines = [f"{BASE + later + int(second)}|{rest}\n".encode() for later, second, rest in split]
    expected = in_one_go(empty_database, b"".join(lines))
    with by_parts(empty_database, lines, cuts, order) as connection:
        found = contents_by(connection)
    for table in ("calls", "agent_states", "queue_members", "queue_pauses"):
        assert found[table] == expected[table], table


def test_what_an_agent_did_instead_of_a_talk_that_was_over(path: Path) -> None:
    """By memberships, pauses and wrap-ups, with the precedence that all states have."""
    with closing(database_file.open_writer(path)) as connection:
        connection.executescript(
            f"""
            INSERT INTO queues (id, name) VALUES (1, 'q'), (2, 'r');
            INSERT INTO agents (id, login) VALUES (1, 'ann');
            INSERT INTO calls (id, source, call_id, queue_id, agent_id, entered_at, answered_at, ended_at, outcome)
                VALUES (1, 'queue-log', 'over', 1, 1, {BASE}, {BASE}, {BASE + 50}, 'answered');
            INSERT INTO calls (id, source, call_id, queue_id, agent_id, entered_at, answered_at, ended_at, outcome,
                wrapped_up_at) VALUES (2, 'queue-log', 'other', 1, 1, {BASE}, {BASE + 60}, {BASE + 100}, 'answered',
                {BASE + 120});
            INSERT INTO queue_members (queue_id, agent_id, started_at, ended_at)
                VALUES (1, 1, {BASE}, {BASE + 180}), (2, 1, {BASE + 140}, {BASE + 180});
            INSERT INTO queue_pauses (queue_id, agent_id, reason, started_at, ended_at)
                VALUES (1, 1, 'lunch', {BASE + 110}, {BASE + 160}), (2, 1, 'tea', {BASE + 150}, {BASE + 155});
            INSERT INTO agent_states (id, agent_id, state, call_id, started_at, ended_at)
                VALUES (7, 1, 'talking', 1, {BASE}, {BASE + 50}), (8, 1, 'talking', 2, {BASE + 60}, {BASE + 100}),
                (9, 1, 'talking', 1, {BASE + 100}, {BASE + 200});
            """
        )
        later_states.correct(connection, "queue-log", 1, 1, BASE + 55)
        found = connection.execute(
            f"SELECT state, reason, call_id, started_at - {BASE}, ended_at - {BASE} FROM agent_states ORDER BY 4"
        ).fetchall()
        assert totals.check(connection) == []
    assert found == [
        ("talking", None, 1, 0, 50),
        ("talking", None, 2, 60, 100),
        ("wrap_up", None, 2, 100, 120),
        ("paused", "lunch", None, 120, 140),
        ("ready", None, None, 140, 150),
        ("paused", "tea", None, 150, 155),
        ("ready", None, None, 155, 180),
        ("logged_out", None, None, 180, 200),
    ]
