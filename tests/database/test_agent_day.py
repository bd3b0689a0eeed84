"""An agent's time is cut at the edges of the day, and its parts add up to the time logged in (metrics.md 1.6, 6)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.database import database_file, floor_reader, reader
from ccmon.database.driver import Database
from ccmon.metrics.handling import Handling, handling_since
from ccmon.model.agents import AgentFigures, AgentTimes
from ccmon.snapshot import assemble
from ccmon.sources.queue_log.import_files import import_logs
from tests.databases import new_database
from tests.floors import moment
from tests.status_json import snapshot_object

MINUTE = 60_000
MIDNIGHT = moment("2026-11-24T00:00:00")
PARTS = ("talk_ms", "hold_ms", "wrap_up_ms", "ready_ms", "paused_ms", "other_ms")
TIMES = (*PARTS, "logged_in_ms")
STATES = {
    "talking": "talk_ms",
    "hold": "hold_ms",
    "wrap_up": "wrap_up_ms",
    "ready": "ready_ms",
    "paused": "paused_ms",
    "ringing": "other_ms",
    "dialling": "other_ms",
    "unavailable": "other_ms",
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("fresh") / "calls.db", time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO queues (id, name) VALUES (1, 'sales')")
        connection.execute("INSERT INTO agents (id, login) VALUES (1, 'ann')")
    return path


def insert(connection: sqlite3.Connection, table: str, **row: Any) -> None:
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def states(connection: sqlite3.Connection, *changes: tuple[float, str]) -> None:
    """Each state with the minute after midnight at which it began, up to the next; the last goes on."""
    edges = [MIDNIGHT + round(begins * MINUTE) for begins, _ in changes]
    for (_, state), started_at, ended_at in zip(changes, edges, [*edges[1:], None], strict=False):
        insert(connection, "agent_states", agent_id=1, state=state, started_at=started_at, ended_at=ended_at)


def call(connection: sqlite3.Connection, **row: Any) -> None:
    common = {"source": "s", "call_id": "1", "queue_id": 1, "agent_id": 1, "outcome": "answered"}
    insert(connection, "calls", **common, **row)


def agent_at(connection: sqlite3.Connection, at: int) -> Iterator[tuple[AgentFigures, AgentTimes]]:
    """With the times of the day; by the totals and by the rows."""
    for live in (True, False):
        floor = assemble(floor_reader.read_floor_data(Database(connection), at, is_latest=live), at)
        yield floor.agents[0], floor.agents[0].times(floor.known_until)


@pytest.fixture
def connection(fresh: Path) -> Iterator[sqlite3.Connection]:
    """What is written is taken back."""
    with closing(database_file.open_writer(fresh)) as opened:
        opened.execute("BEGIN")
        yield opened
        opened.execute("ROLLBACK")


def minutes(times: AgentTimes) -> tuple[float, ...]:
    return tuple(getattr(times, name) / MINUTE for name in TIMES)


def test_time_alone_changes_no_record(connection: sqlite3.Connection) -> None:
    states(connection, (-30, "ready"), (2, "paused"))
    earlier, later = (list(agent_at(connection, MIDNIGHT + at * MINUTE)) for at in (5, 25))
    assert earlier
    for (agent, times), (same, further) in zip(earlier, later, strict=True):
        assert agent == same
        assert (times.ready_ms, times.paused_ms, further.paused_ms) == (2 * MINUTE, 3 * MINUTE, 23 * MINUTE)


def test_of_a_call_that_began_before_midnight_the_part_after_it_is_in_the_new_day(
    connection: sqlite3.Connection,
) -> None:
    call(
        connection,
        entered_at=MIDNIGHT - 11 * MINUTE,
        answered_at=MIDNIGHT - 10 * MINUTE,
        ended_at=MIDNIGHT + 10 * MINUTE,
        wrapped_up_at=MIDNIGHT + 12 * MINUTE,
        hold_ms=2 * MINUTE,
    )
    states(
        connection,
        (-30, "ready"),
        (-11, "ringing"),
        (-10, "talking"),
        (2, "hold"),
        (4, "talking"),
        (10, "wrap_up"),
        (12, "paused"),
        (20, "ready"),
    )
    for agent, times in agent_at(connection, MIDNIGHT + 30 * MINUTE):
        assert minutes(times) == (8, 2, 2, 10, 8, 0, 30)
        assert (agent.handled, agent.aht_ms) == (0, None)
        assert times.occupancy == 12 / 22
    for at, expected in ((1, (1, 0, 0, 0, 0, 0, 1)), (3, (2, 1, 0, 0, 0, 0, 3)), (11, (8, 2, 1, 0, 0, 0, 11))):
        _, times = list(agent_at(connection, MIDNIGHT + at * MINUTE))[1]
        assert minutes(times) == expected
    _, times = list(agent_at(connection, MIDNIGHT - 1))[1]
    assert sum(getattr(times, name) for name in PARTS) == times.logged_in_ms == 30 * MINUTE - 1
    assert (times.talk_ms, times.other_ms) == (10 * MINUTE - 1, MINUTE)


def test_the_call_itself_belongs_to_the_evening_whole(connection: sqlite3.Connection) -> None:
    evening = MIDNIGHT - 30 * MINUTE
    call(connection, entered_at=evening, answered_at=evening, ended_at=evening + MINUTE, wrapped_up_at=evening + MINUTE)
    call(
        connection,
        visit=2,
        entered_at=MIDNIGHT - 2 * MINUTE,
        answered_at=MIDNIGHT - MINUTE,
        ended_at=MIDNIGHT + 4 * MINUTE,
    )
    totals = "SELECT day_at, inbound, inbound_talk_ms FROM agent_days WHERE inbound > 0"
    (row,) = connection.execute(totals).fetchall()
    assert row[1:] == (2, 6 * MINUTE)


def test_by_the_queue_log(tmp_path: Path) -> None:
    path, log = tmp_path / "calls.db", tmp_path / "queue_log"
    new_database(path, time_zone="Europe/Amsterdam")
    midnight_s = MIDNIGHT // 1000
    records = (
        (-3600, "NONE", "ann", "ADDMEMBER|"),
        (-610, "1.1", "NONE", "ENTERQUEUE||0301234567|1"),
        (-600, "1.1", "ann", "CONNECT|10|1.2|5"),
        (600, "1.1", "ann", "COMPLETECALLER|10|1200|1"),
        (900, "NONE", "ann", "PAUSE|lunch"),
    )
    log.write_text("".join(f"{midnight_s + at}|{call_id}|sales|{who}|{what}\n" for at, call_id, who, what in records))
    import_logs(path, [str(log)], source="pbx")
    [agent] = snapshot_object(reader.snapshot(path, MIDNIGHT + 1_200_000))["agents"]
    times = ("talk_s", "hold_s", "wrap_up_s", "ready_s", "paused_s", "logged_in_s")
    assert [agent[name] for name in times] == [600, 0, 0, 300, 300, 1200]
    assert (agent["handled"], agent["aht_s"], agent["occupancy"]) == (0, None, 600 / 900)


def test_without_states_the_handled_calls_are_cut_at_midnight(connection: sqlite3.Connection) -> None:
    """As in tables of calls: eight minutes of conversation, half of it after midnight, with half of its hold."""
    call(
        connection,
        entered_at=MIDNIGHT - 5 * MINUTE,
        answered_at=MIDNIGHT - 4 * MINUTE,
        ended_at=MIDNIGHT + 4 * MINUTE,
        wrapped_up_at=MIDNIGHT + 5 * MINUTE,
        hold_ms=80_000,
    )
    call(
        connection,
        visit=2,
        entered_at=MIDNIGHT,
        answered_at=MIDNIGHT + 6 * MINUTE,
        ended_at=MIDNIGHT + 8 * MINUTE,
    )
    for agent, times in agent_at(connection, MIDNIGHT + 9 * MINUTE):
        assert (times.talk_ms, times.hold_ms, times.wrap_up_ms) == (200_000 + 2 * MINUTE, 40_000, MINUTE)
        assert (agent.handled, agent.aht_ms, times.logged_in_ms) == (1, 2 * MINUTE, 0)
        assert (times.other_ms, times.occupancy) == (None, None)
    # Before its wrap-up was over the call was not handled.
    for at, expected in ((5 * MINUTE - 1, (0, 0, 0)), (5 * MINUTE, (200_000, 40_000, MINUTE))):
        _, times = list(agent_at(connection, MIDNIGHT + at))[1]
        assert (times.talk_ms, times.hold_ms, times.wrap_up_ms) == expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (0, (70, 30, 20)),
        (100, (70, 30, 20)),
        (150, (35, 15, 20)),
        (200, (0, 0, 20)),
        (210, (0, 0, 10)),
        (220, (0, 0, 0)),
        (500, (0, 0, 0)),
    ],
)
def test_the_part_of_a_call_after_a_moment(since: int, expected: tuple[int, int, int]) -> None:
    assert handling_since(since, 100, 200, 220, 30) == Handling(*expected)
    assert handling_since(since, 100, 100, 100, 30) == Handling()
    assert Handling(1, 2, 3) + Handling(10, 20, 30) == Handling(11, 22, 33)


@given(
    changes=st.lists(
        st.tuples(st.integers(-90, 90), st.sampled_from([*STATES, "logged_out"])), max_size=12, unique_by=lambda c: c[0]
    ),
    after=st.integers(0, 60),
)
def test_the_parts_are_the_states_cut_at_midnight_and_add_up(
    fresh: Path, changes: list[tuple[int, str]], after: int
) -> None:
    changes.sort()
    now = max([0, *(begins for begins, _ in changes)]) + after
    spent: Counter[str] = Counter()
    for (begins, state), (ends, _) in pairwise([*changes, (now, "")]):
        if state != "logged_out":
            spent[STATES[state]] += max(0, ends - max(begins, 0))
    with closing(database_file.open_writer(fresh)) as connection:
        connection.execute("BEGIN")
        states(connection, *changes)
        # Half an hour after the last record nobody knows what goes on: here is one of now.
        insert(connection, "calls", source="s", call_id="1", queue_id=1, entered_at=MIDNIGHT + now * MINUTE)
        for _, times in agent_at(connection, MIDNIGHT + now * MINUTE):
            assert times.logged_in_ms == sum(spent.values()) * MINUTE
            if times.logged_in_ms:
                assert minutes(times) == (*(spent[name] for name in PARTS), sum(spent.values()))
        connection.execute("ROLLBACK")
