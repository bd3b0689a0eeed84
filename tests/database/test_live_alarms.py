"""The alarms of a live reader are those of rows read from nothing, also after what is told late or corrected."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.database import database_file, floor_reader
from ccmon.database.driver import Database
from ccmon.database.live_rows import LiveRows
from ccmon.snapshot import assemble, assemble_cached
from ccmon.snapshot.input_cache import InputCache
from tests.database.test_totals import MINUTE, NOON, Operation, _copy, _insert, _update, run_statement
from tests.databases import new_database
from tests.examples import examples

STEP = 20_000
"""Moments are so far apart: few enough that rows meet, and edges of intervals coincide."""
HOUR = 180
"""In steps."""
LIMITS = {"nobody_on_phones_ms": STEP, "longest_wait_ms": 2 * STEP, "short_of_agents_ms": 5 * STEP, "calm_ms": 8 * STEP}

two = st.integers(1, 2)
lengths = st.sampled_from([0, 1, 1, 2, 3, 4, 6, 10, 20, 60])
number = st.integers(1, 6)


@st.composite
def _interval(draw: st.DrawFn, now: int, *, may_go_on: bool = True) -> tuple[int, int | None]:
    """An interval that began lately, in most cases, and mostly is over."""
    start = now - draw(st.sampled_from([0, 0, 1, 2, 3, 5, 8, 13, 21, 30, 50, 90]))
    end = draw(st.none() | lengths if may_go_on else lengths)
    return NOON + start * STEP, None if end is None else NOON + (start + end) * STEP


@st.composite
def _states(draw: st.DrawFn, now: int) -> dict[str, object]:
    started_at, ended_at = draw(_interval(now))
    return {
        "id": draw(st.none() | number),
        "agent_id": draw(two),
        "state": draw(st.sampled_from(["ready", "ready", "talking", "wrap_up", "paused", "paused", "logged_out"])),
        "call_id": draw(st.none() | number),
        "started_at": started_at,
        "ended_at": ended_at,
    }


@st.composite
def _of_queues(draw: st.DrawFn, now: int) -> dict[str, object]:
    started_at, ended_at = draw(_interval(now))
    return {
        "id": draw(st.none() | number),
        "queue_id": draw(st.sampled_from([1, 1, 2])),
        "agent_id": draw(two),
        "started_at": started_at,
        "ended_at": ended_at,
    }


@st.composite
def _calls(draw: st.DrawFn, now: int) -> dict[str, object]:
    entered_at, over_at = draw(_interval(now))
    is_answered = over_at is not None and draw(st.booleans())
    return {
        "id": draw(number),
        "source": "s",
        "call_id": draw(st.sampled_from("abcdef")),
        "queue_id": draw(st.sampled_from([1, 1, 1, 2, None])),
        "entered_at": entered_at,
        "answered_at": over_at if is_answered else None,
        "ended_at": None if is_answered and draw(st.booleans()) else over_at,
        "outcome": None if over_at is None else "answered" if is_answered else "abandoned",
    }


TABLES = {"agent_states": _states, "queue_members": _of_queues, "queue_pauses": _of_queues, "calls": _calls}


@st.composite
def _operations(draw: st.DrawFn, now: int) -> Operation:
    table = draw(st.sampled_from(["agent_states", "agent_states", "queue_members", "queue_pauses", "calls", "calls"]))
    moment = NOON + now * STEP
    match draw(st.sampled_from(["INSERT", "INSERT", "INSERT OR REPLACE", "UPDATE", "DELETE", "next", "next", "next"])):
        case "DELETE":
            return f"DELETE FROM {table} WHERE id = :id", {"id": draw(number)}
        case "next":
            column = draw(st.sampled_from(["ended_at", "ended_at", "started_at"]))
            if table == "calls":
                column = draw(st.sampled_from(["answered_at", "ended_at", "entered_at", "queue_id"]))
            value = draw(two) if column == "queue_id" else moment - STEP * draw(st.sampled_from([0, 0, 0, 1, 5, 20]))
            is_open = " AND ended_at IS NULL" if column in {"ended_at", "answered_at"} else ""
            return f"UPDATE {table} SET {column} = :value WHERE id = :id{is_open}", {"value": value, "id": draw(number)}
        case "UPDATE":
            return _update(table, draw(TABLES[table](now)), draw(number), "UPDATE OR REPLACE")
        case verb:
            return _insert(table, verb, draw(TABLES[table](now)))


@st.composite
def _steps(draw: st.DrawFn) -> list[tuple[int, list[Operation]]]:
    """What is written up to which moment, poll by poll."""
    now, found = 0, []
    for _ in range(draw(st.integers(2, 12))):
        now += draw(st.sampled_from([0, 0, 1, 1, 2, 3, 8, 20]))
        found.append((NOON + now * STEP, draw(st.lists(_operations(now), max_size=3))))
    return found


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """Two agents serve a queue, one of them another one too; there was a call before."""
    with tempfile.TemporaryDirectory() as directory:
        path = new_database(Path(directory) / "template.db", time_zone="Europe/Amsterdam")
        since = NOON - HOUR * STEP
        with closing(database_file.open_writer(path)) as connection:
            connection.execute("INSERT INTO queues (id, name) VALUES (1, 'q1'), (2, 'q2')")
            connection.execute("UPDATE queues SET service_level_threshold_ms = ?", (STEP,))
            connection.execute("INSERT INTO agents (id, login) VALUES (1, 'a1'), (2, 'a2')")
            limits = ", ".join(LIMITS)
            connection.execute(f"INSERT INTO alarm_limits (id, {limits}) VALUES (1, ?, ?, ?, ?)", [*LIMITS.values()])
            for queue, agent in ((1, 1), (1, 2), (2, 1)):
                row: dict[str, object] = {"queue_id": queue, "agent_id": agent, "started_at": since}
                connection.execute(*_insert("queue_members", "INSERT", row))
            for agent in (1, 2):
                row = {"agent_id": agent, "state": "ready", "started_at": since}
                connection.execute(*_insert("agent_states", "INSERT", row))
            near = (NOON - 10 * 24 * 60 * MINUTE, NOON + 10 * 24 * 60 * MINUTE)
            connection.execute("DELETE FROM business_days WHERE starts_at NOT BETWEEN ? AND ?", near)
        yield path


WAIT: Operation = (
    "INSERT INTO calls (id, source, call_id, queue_id, entered_at, ended_at, outcome) "
    "VALUES (1, 's', 'a', 1, :at, :at + 2 * :step, 'abandoned')",
    {"at": NOON, "step": STEP},
)
REPLACED: Operation = (
    "INSERT OR REPLACE INTO agent_states (agent_id, state, started_at) VALUES (2, 'ready', :at)",
    {"at": NOON + 2 * STEP},
)
"""The state that goes on gives way to this one, and is then as if it had never been."""


def _caller(number: int, entered_at: int, answered_at: int | None) -> Operation:
    return (
        "INSERT INTO calls (id, source, call_id, queue_id, entered_at, answered_at, ended_at, outcome)"
        " VALUES (:id, 's', :id, 1, :entered_at, :answered_at, :answered_at, iif(:answered_at, 'answered', NULL))",
        {"id": number, "entered_at": entered_at, "answered_at": answered_at},
    )


TOLD_LATE = _caller(1, NOON - 29 * STEP, None)
"""A caller who waits, and whose alarm began during a wait that was over long before."""


@settings(max_examples=examples(30, 20_000))
@given(steps=_steps(), foreign_keys=st.booleans())
@example(
    steps=[(NOON, [("DELETE FROM agent_states WHERE id = 1", {}), WAIT]), (NOON + 2 * STEP, [REPLACED])],
    foreign_keys=False,
)
@example(
    steps=[
        (NOON, [_caller(3, NOON, None), _caller(2, NOON - 30 * STEP, NOON - 27 * STEP)]),
        (NOON + STEP, [TOLD_LATE]),
    ],
    foreign_keys=False,
)
def test_alarms_are_those_of_rows_read_from_nothing(
    template: Path, steps: list[tuple[int, list[Operation]]], foreign_keys: bool
) -> None:
    with _copy(template) as connection:
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
        database, live, cache = Database(connection), LiveRows(), InputCache()
        live.read(database, NOON)
        for at, written in steps:
            for operation in written:
                run_statement(connection, operation)
            polled = assemble_cached(live.read(database, at), at, periodic=None, cache=cache).snapshot
            fresh = assemble(floor_reader.read_floor_data(database, at, is_latest=True), at)
            assert polled.alarms == fresh.alarms
