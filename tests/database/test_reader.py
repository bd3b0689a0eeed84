"""What the reader makes of rows that anybody may write, case by case; and what a poll costs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import pytest

from ccmon.calls.state_machine import CallStateMachine
from ccmon.database import (
    database_file,
    doctor,
    driver,
    floor_reader,
    live_reader,
    moments,
    periodic_poller,
    periodic_reader,
    reader,
    single_reading,
    site_moves,
    sql_files,
)
from ccmon.database.async_driver import DatabaseThread
from ccmon.database.change_log import TouchedParts
from ccmon.database.connection import Connection
from ccmon.database.database_file import open_reader
from ccmon.database.driver import Database
from ccmon.database.live_rows import LiveRows
from ccmon.database.periodic_poller import PeriodicPoller
from ccmon.database.periodic_reader import read_periodic_data
from ccmon.database.reading_cache import ReadingCache
from ccmon.database.sql_files import sql
from ccmon.errors import CcmonError
from ccmon.events import CallEntered
from ccmon.model.agents import AgentState, AgentTimes
from ccmon.model.queues import QueueFigures
from ccmon.model.site import Clock
from ccmon.model.snapshot import FloorSnapshot
from ccmon.real_time import real_now
from ccmon.snapshot import assemble
from ccmon.snapshot.periodic import periodic_figures
from ccmon.snapshot.periodic_data import PeriodicData
from tests.databases import new_database
from tests.floors import moment
from tests.status_json import snapshot_object

ZONE = "Europe/Amsterdam"
NOON = moment("2026-11-23T12:00:00")
MINUTE, HOUR = 60_000, 3_600_000


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    connection = database_file.open_writer(path)
    try:
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()


def times_of(floor: FloorSnapshot) -> AgentTimes:
    """Those of the first agent."""
    return floor.agents[0].times(floor.known_until)


def insert(connection: sqlite3.Connection, table: str, **values: Any) -> int:
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))
    return int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])


def call(connection: sqlite3.Connection, queue_id: int, entered_at: int, **values: Any) -> int:
    number = connection.execute("SELECT count(*) FROM calls").fetchone()[0]
    row = {"source": "test", "call_id": str(number), "queue_id": queue_id, "entered_at": entered_at, **values}
    return insert(connection, "calls", **row)


@pytest.fixture(autouse=True)
def _no_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no screen whose first frame a reading of periodic figures would delay."""
    monkeypatch.setattr(periodic_poller, "FIRST_FRAME_S", 0)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two queues of different thresholds and two agents, and nothing that has happened."""
    path = new_database(tmp_path_factory.mktemp("fresh") / "calls.db", time_zone=ZONE, name="Utrecht", currency="EUR")
    with writing(path) as connection:
        insert(connection, "queues", name="sales", purpose="sales", service_level_threshold_ms=10_000)
        insert(connection, "queues", name="service", purpose="service", service_level_threshold_ms=30_000)
        insert(connection, "teams", name="North")
        insert(connection, "agents", login="1001", name="Anna", team_id=1)
        insert(connection, "agents", login="1002", name="Bram", team_id=1)
    return path


@pytest.fixture
def path(fresh: Path, tmp_path: Path) -> Path:
    """A copy of it to write into."""
    copy = tmp_path / "calls.db"
    shutil.copy(fresh, copy)
    return copy


def queue(snapshot: FloorSnapshot, name: str) -> QueueFigures:
    [found] = [queue for queue in snapshot.queues if queue.name == name]
    return found


def both(path: Path, at: int) -> Iterator[FloorSnapshot]:
    """The moment from the totals and from the rows; the test holds for both."""
    connection = database_file.open_reader(path)
    try:
        for live in (True, False):
            database = Database(connection)
            rows = floor_reader.read_floor_data(database, at, is_latest=live)
            found = read_periodic_data(
                database, at, ReadingCache(), site=rows.site, day=rows.day, directory=rows.directory
            )
            yield assemble(rows, at, periodic=periodic_figures(found))
    finally:
        connection.close()


def test_an_empty_database_knows_nothing(tmp_path: Path) -> None:
    path = new_database(tmp_path / "empty.db", time_zone=ZONE)
    snapshot = reader.snapshot(path, NOON)
    assert (snapshot.queues, snapshot.agents, snapshot.data_at, snapshot.data_age_ms) == ((), (), None, None)
    assert snapshot.total.service_level is None
    assert snapshot.alarms == ()


def test_each_queue_is_held_to_its_own_threshold(path: Path) -> None:
    with writing(path) as connection:
        for queue_id in (1, 2):
            for wait in (10_000, 10_999, 11_000, 30_999, 31_000):
                ended = NOON + wait + MINUTE
                call(connection, queue_id, NOON, answered_at=NOON + wait, ended_at=ended, outcome="answered")
    for snapshot in both(path, NOON + HOUR):
        assert queue(snapshot, "sales").answered_in_threshold == 2
        assert queue(snapshot, "service").answered_in_threshold == 4
        assert snapshot.total.service_level == 6 / 10
        assert snapshot.total.service_level_threshold_ms is None


def test_a_new_threshold_counts_from_the_next_day(path: Path) -> None:
    with writing(path) as connection:
        call(connection, 1, NOON, answered_at=NOON + 15_000, ended_at=NOON + MINUTE, outcome="answered")
        connection.execute("UPDATE queues SET service_level_threshold_ms = 20000 WHERE id = 1")
        call(connection, 1, NOON + 2 * MINUTE, answered_at=NOON + 2 * MINUTE + 15_000)
        tomorrow = NOON + 24 * HOUR
        call(connection, 1, tomorrow, answered_at=tomorrow + 15_000)
    for snapshot in both(path, NOON + HOUR):
        assert queue(snapshot, "sales").answered_in_threshold == 0
        assert queue(snapshot, "sales").service_level_threshold_ms == 10_000
    for snapshot in both(path, tomorrow + HOUR):
        assert queue(snapshot, "sales").answered_in_threshold == 1


def test_a_call_across_midnight_belongs_to_the_day_it_entered(path: Path) -> None:
    midnight = moment("2026-11-24T00:00:00")
    with writing(path) as connection:
        number = call(connection, 1, midnight - MINUTE, answered_at=midnight + MINUTE, agent_id=1)
        state = {"agent_id": 1, "state": "talking", "call_id": number}
        insert(
            connection,
            "agent_states",
            started_at=midnight - 2 * HOUR,
            ended_at=midnight + MINUTE,
            agent_id=1,
            state="ready",
        )
        insert(connection, "agent_states", started_at=midnight + MINUTE, **state)
    for snapshot in both(path, midnight + 3 * MINUTE):
        sales, [anna, _] = queue(snapshot, "sales"), snapshot.agents
        assert (sales.offered, sales.talking, sales.waiting) == (0, 1, 0)
        assert (anna.state, anna.queue, anna.since) == (AgentState.TALKING, "sales", midnight + MINUTE)
        times = times_of(snapshot)
        assert (times.ready_ms, times.talk_ms, times.logged_in_ms) == (MINUTE, 2 * MINUTE, 3 * MINUTE)
    for snapshot in both(path, midnight - 1):
        sales, [anna, _] = queue(snapshot, "sales"), snapshot.agents
        assert sales.offered == 1
    yesterday = reader.snapshot(path, midnight - 1)
    assert (queue(yesterday, "sales").waiting, times_of(yesterday).ready_ms) == (1, 2 * HOUR - 1)


@pytest.mark.parametrize(("date", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_days_on_which_clocks_change(path: Path, date: str, hours: int) -> None:
    starts_at = moment(f"{date}T00:00:00")
    with writing(path) as connection:
        insert(connection, "agent_states", agent_id=1, state="ready", started_at=starts_at)
        for hour in range(hours):
            call(connection, 1, starts_at + hour * HOUR, answered_at=starts_at + hour * HOUR + 1000)
        ends_at = starts_at + hours * HOUR
        insert(connection, "sources", name="pbx", kind="ami", following=1, started_at=starts_at, checked_at=ends_at)
    for snapshot in both(path, starts_at + hours * HOUR - 1):
        assert snapshot.day.date == date
        assert snapshot.day.ends_at - snapshot.day.starts_at == hours * HOUR
        assert queue(snapshot, "sales").offered == hours
        assert len(queue(snapshot, "sales").quarters) == hours
        assert times_of(snapshot).ready_ms == hours * HOUR - 1


def test_an_agent_in_three_queues_counts_once_in_the_total(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "queues", name="retention", purpose="retention")
        for queue_id in (1, 2, 3):
            insert(connection, "queue_members", queue_id=queue_id, agent_id=1, started_at=NOON)
        insert(connection, "queue_pauses", queue_id=2, agent_id=1, reason="training", started_at=NOON)
        insert(connection, "agent_states", agent_id=1, state="ready", started_at=NOON)
    for snapshot in both(path, NOON + 10 * MINUTE):
        assert [queue.agents_ready for queue in snapshot.queues] == [1, 0, 1]
        assert (snapshot.total.agents_ready, snapshot.total.agents_on_phones) == (1, 1)
        assert times_of(snapshot).ready_ms == 10 * MINUTE
        assert snapshot.agents[0].queues == ("sales", "service", "retention")
        assert [(m.queue, m.paused, m.reason) for m in snapshot.memberships if m.paused] == [
            ("service", True, "training")
        ]


def test_a_total_is_short_of_agents_exactly_when_one_of_its_queues_is(path: Path) -> None:
    """Two agents serve both queues: counted in each, there would be enough everywhere and too few in the total."""
    with writing(path) as connection:
        for agent_id in (1, 2):
            insert(connection, "agent_states", agent_id=agent_id, state="ready", started_at=NOON)
            for queue_id in (1, 2):
                insert(connection, "queue_members", queue_id=queue_id, agent_id=agent_id, started_at=NOON)
        for queue_id, calls in ((1, 12), (2, 12)):
            for number in range(calls):
                began = NOON + number * 1000
                call(connection, queue_id, began, answered_at=began + 1000, ended_at=began + 61_000,
                     outcome="answered", agent_id=1)  # fmt: skip
    for snapshot in both(path, NOON + 10 * MINUTE):
        rows, total = snapshot.queues, snapshot.total
        assert [queue.agents_on_phones for queue in rows] == [2, 2]
        needed = [queue.agents_needed or 0 for queue in rows]
        allotted = [queue.agents_allotted or 0 for queue in rows]
        assert sum(allotted) == total.agents_on_phones == 2
        assert needed == [2, 2]
        assert [queue.short_of_agents for queue in rows] == [True, True]
        assert total.short_of_agents
        gaps = [min(0, queue.agents_gap or 0) for queue in rows]
        assert total.agents_gap == sum(gaps) == 2 - sum(needed)


def test_a_call_that_never_ends_poisons_nothing_and_stays_answered_if_it_was(path: Path) -> None:
    with writing(path) as connection:
        call(connection, 1, NOON - 5 * HOUR, answered_at=NOON - 5 * HOUR + 2_000)
        call(connection, 1, NOON - 5 * HOUR)
        call(connection, 1, NOON - 40_000, caller="0301234567", caller_name="Chloé")
    for snapshot in both(path, NOON):
        sales = queue(snapshot, "sales")
        assert (sales.offered, sales.unknown, sales.cut_off) == (3, 1, 1)
        assert (sales.answered, sales.answered_in_threshold, sales.handled, sales.aht_ms) == (1, 1, 0, None)
        assert (sales.waiting, sales.talking, sales.open, sales.waiting_past_threshold(NOON)) == (1, 0, 1, 1)
        assert (sales.service_level, sales.service_level_live(NOON), sales.asa_ms) == (1.0, 0.5, 2_000)
        [waiting] = snapshot.waiting
        assert (waiting.position, waiting.caller, waiting.customer) == (1, "0301234567", "Chloé")
        assert sales.longest_wait_today_ms(NOON) == 40_000


def test_time_alone_changes_no_record_within_a_minute(path: Path) -> None:
    """Records hold moments: how long ago they are is worked out where it is drawn."""
    with writing(path) as connection:
        call(connection, 1, NOON - 40_000)
        call(connection, 1, NOON - 10_000, answered_at=NOON - 5_000, agent_id=1)
        insert(connection, "agent_states", agent_id=1, state="talking", started_at=NOON - 5_000)
        insert(connection, "agent_states", agent_id=2, state="ready", started_at=NOON - HOUR)
    for earlier, later in zip(both(path, NOON), both(path, NOON + 20_000), strict=True):
        for part in ("queues", "total", "waiting", "agents", "memberships", "sales", "handling", "sources"):
            assert getattr(earlier, part) == getattr(later, part), part
        assert (earlier.total.waiting_past_threshold(NOON), earlier.total.longest_wait_ms(NOON)) == (1, 40_000)


@pytest.mark.parametrize(("age_ms", "is_open"), [(4 * HOUR - 1, True), (4 * HOUR, False), (4 * HOUR + 1, False)])
def test_a_call_is_over_at_the_same_millisecond_for_the_figures_and_for_what_follows_a_switch(
    path: Path, age_ms: int, is_open: bool
) -> None:
    entered = NOON - age_ms
    floor = CallStateMachine(max_open_ms=4 * HOUR)
    floor.apply([CallEntered(entered, "c", "sales"), CallEntered(NOON, "d", "sales")])
    assert [visit.ended_at for visit in floor.calls["c"]] == [None if is_open else entered + 4 * HOUR]
    with writing(path) as connection:
        call(connection, 1, entered)
        answered = call(connection, 1, entered, answered_at=entered, agent_id=1)
        insert(connection, "agent_states", agent_id=1, state="talking", started_at=entered, call_id=answered)
    for snapshot in both(path, NOON):
        sales = queue(snapshot, "sales")
        assert (sales.waiting, sales.talking, sales.unknown, sales.cut_off) == (
            (1, 1, 0, 0) if is_open else (0, 0, 1, 1)
        )
        [agent] = [agent for agent in snapshot.agents if agent.id == 1]
        expected = (AgentState.TALKING, entered) if is_open else (AgentState.READY, entered + 4 * HOUR)
        assert (agent.state, agent.since) == expected


def test_what_came_later_is_undone(path: Path) -> None:
    with writing(path) as connection:
        number = call(connection, 1, NOON, answered_at=NOON + MINUTE, ended_at=NOON + 3 * MINUTE, outcome="answered",
                      agent_id=1, wrapped_up_at=NOON + 4 * MINUTE, wrapping_up=0)  # fmt: skip
        insert(connection, "sales", call_id=number, agent_id=1, sold_at=NOON + 2 * MINUTE, amount_cents=9_900,
               cancelled_at=NOON + 10 * MINUTE)  # fmt: skip
    moments = {
        30: (1, 0, 0, 0, 0),
        90: (0, 1, 1, 0, 0),
        150: (0, 1, 1, 0, 1),
        200: (0, 1, 0, 0, 1),
        300: (0, 1, 0, 1, 1),
        601: (0, 1, 0, 1, 0),
    }
    for seconds, expected in moments.items():
        snapshot = reader.snapshot(path, NOON + seconds * 1000)
        sales = queue(snapshot, "sales")
        assert (sales.waiting, sales.answered, sales.talking, sales.handled, snapshot.sales[0].sales) == expected, (
            seconds
        )


def test_sales_beside_the_quota(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "quotas", scope="team", scope_id=1, period="day", starts_on="2026-11-01", sales=9)
        insert(connection, "quotas", scope="team", scope_id=1, period="day", starts_on="2026-11-20", sales=40)
        insert(connection, "quotas", scope="team", scope_id=1, period="day", starts_on="2026-11-24", sales=99)
        for week in range(1, 5):
            then = NOON - week * 7 * 24 * HOUR
            for number in range(20):
                at = then - 30 * MINUTE if number < 9 else then + 30 * MINUTE
                call(connection, 1, at, answered_at=at + 1000, ended_at=at + MINUTE, outcome="answered", agent_id=1)
        for _ in range(16):
            sold_in = call(connection, 1, NOON - HOUR, answered_at=NOON - HOUR, agent_id=1)
            insert(connection, "sales", call_id=sold_in, agent_id=1, sold_at=NOON - MINUTE, amount_cents=100)
    for snapshot in both(path, NOON):
        [team] = [line for line in snapshot.sales if line.kind == "team"]
        assert (team.sales, team.quota_sales, team.quotas[0].basis) == (16, 40, "usual day")
        assert team.expected_by_now == pytest.approx(18.0)
        assert team.pace == pytest.approx(0.889, abs=5e-4)
        assert team.forecast_sales == pytest.approx(16 + 11 * (16 + 60) / (9 + 60) * 16.5 / 97), (
            "nothing was sold on past days; half a sale in one call stands beside the 16 in 96"
        )
        assert snapshot.sales[0].kind == "centre"
        assert snapshot.sales[0].revenue_cents == 1_600


def test_without_enough_weeks_the_clock_decides_and_says_so(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "quotas", scope="centre", period="day", starts_on="2026-11-01", sales=40)
        insert(connection, "shifts", agent_id=1, starts_at=NOON - int(4.5 * HOUR), ends_at=NOON + int(4.5 * HOUR))
    centre = reader.snapshot(path, NOON).sales[0]
    assert (centre.quotas[0].basis, centre.expected_by_now) == ("linear", 20.0)


def test_follow_ups(path: Path) -> None:
    with writing(path) as connection:
        customer = insert(connection, "customers", name="Mila")
        for number, (due, done, outcome) in enumerate(
            [
                (-60, -50, "done"),
                (-90, -20, "done"),
                (-30, None, None),
                (-5, None, None),
                (60, None, None),
                (-40, None, "cancelled"),
            ]
        ):
            due_at = NOON + due * MINUTE
            done_at = None if done is None else NOON + done * MINUTE
            who = {"customer_id": customer, "agent_id": 1, "created_at": NOON - 3 * HOUR, "note": str(number)}
            ends = {"due_at": due_at, "promised_at": due_at, "done_at": done_at, "outcome": outcome}
            insert(connection, "follow_ups", **who, **ends)
    for snapshot in both(path, NOON):
        figures = snapshot.follow_ups
        assert [item.note for item in figures.items] == ["2", "3", "4"]
        assert (figures.due_today, figures.overdue, figures.done_today) == (3, 1, 2)
        assert (figures.on_time, figures.on_time_of) == (1, 3)
        assert (figures.items[0].customer, figures.items[0].owner, figures.items[0].team) == ("Mila", "Anna", "North")


POLL_PARAMETERS = {
    "at": 0,
    "until": 0,
    "day_starts_at": 0,
    "day_ends_at": 0,
    "due_since": 0,
    "may_be_open_since": 0,
    "queue_id": 1,
    "max_open_ms": 0,
    "since": 0,
    "after": 0,
    "first": 0,
    "at_most": 1,
    "agents": "[1]",
    "queues": "[1]",
    "calls": "[1]",
}


@pytest.mark.parametrize("name", sql_files.topics()["floor"])
def test_no_query_of_a_poll_scans_what_grows(fresh: Path, name: str) -> None:
    connection = database_file.open_reader(fresh)
    try:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql(name)}", POLL_PARAMETERS)]
    finally:
        connection.close()
    grown = ("calls", "agent_states", "missed_calls", "sales", "surveys", "follow_ups", "queue_quarters", "agent_days")
    open_only = ("calls_open", "agent_states_open", "queue_members_open", "queue_pauses_open", "follow_ups_open")
    scans = [step for step in plan if step.startswith("SCAN") and not any(index in step for index in open_only)]
    aliases = {"c": "calls", "s": "agent_states", "t": "queue_quarters", "f": "follow_ups", "w": "wait_histogram"}
    assert not [step for step in scans if aliases.get(step.split()[1], step.split()[1]) in grown], plan


@pytest.fixture(scope="module")
def many_agents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that SQLite believes to hold 5,000 agents, who serve two queues each."""
    path = new_database(tmp_path_factory.mktemp("many") / "calls.db", time_zone=ZONE)
    with writing(path) as connection:
        insert(connection, "queues", name="sales")
        insert(connection, "agents", login="1001")
        insert(connection, "queue_members", queue_id=1, agent_id=1, started_at=0)
        insert(connection, "agent_states", agent_id=1, state="ready", started_at=0)
        for table, rows in (("queue_members", "10000 1250 1"), ("agent_states", "480000 96 1")):
            connection.execute(f"ANALYZE {table}")
            connection.execute("UPDATE sqlite_stat1 SET stat = ? WHERE tbl = ?", (rows, table))
    return path


@pytest.mark.parametrize("name", [name for name in sql_files.topics()["floor"] if name.endswith("_of_agents")])
def test_rows_of_few_agents_are_read_without_a_look_at_those_of_all(many_agents: Path, name: str) -> None:
    connection = database_file.open_reader(many_agents)
    try:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql(name)}", POLL_PARAMETERS)]
    finally:
        connection.close()
    assert not [step for step in plan if "BLOOM" in step or "AUTOMATIC" in step], plan


async def test_live_reader_asks_nothing_while_nothing_changes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(query: str) -> str:
        asked.append(query)
        return sql(query)

    monkeypatch.setattr(driver, "sql", noted)
    live = live_reader.LiveReader(path)
    try:
        first = await live.snapshot(None)
        assert asked
        await live.wait_for_periodic()
        asked.clear()
        second = await live.snapshot(None)
        assert asked == []
        assert second.at >= first.at
        with writing(path) as connection:
            call(connection, 1, second.at)
        third = await live.snapshot(None)
        assert asked
        assert queue(third, "sales").waiting == 1
        kept = {*sql_files.topics()["directory"], *sql_files.topics()["business_days"]}
        assert not kept & set(asked)
        assert not {"open_states", "agent_totals", "open_calls", "current_members", "open_follow_ups_due"} & set(asked)
        asked.clear()
        with writing(path) as connection:
            insert(connection, "sources", name="pbx", kind="ami")
        await live.snapshot(None)
        asked.clear()
        with writing(path) as connection:
            connection.execute("UPDATE sources SET checked_at = ?", (real_now(),))
        await live.snapshot(None)
        assert asked == ["change_log_from", "seldom_changed", "sources_and_heartbeats"]
    finally:
        await live.close()


async def test_a_poll_is_one_turn_of_another_thread(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []
    turns: list[object] = []
    run = DatabaseThread.run

    def noted(query: str) -> str:
        threads.append(threading.current_thread().name)
        return sql(query)

    async def counted(database: DatabaseThread, function: Callable[[driver.Database], Any]) -> Any:
        turns.append(function)
        return await run(database, function)

    monkeypatch.setattr(driver, "sql", noted)
    monkeypatch.setattr(DatabaseThread, "run", counted)
    live = live_reader.LiveReader(path)
    try:
        await live.snapshot(None)
        assert len(turns) == 1
        assert threads
        assert threading.current_thread().name not in threads
    finally:
        await live.close()


async def test_live_reader_sees_new_names_and_members(path: Path) -> None:
    live = live_reader.LiveReader(path)
    try:
        await live.snapshot(None)
        with writing(path) as connection:
            insert(connection, "agents", login="1003", name="Daan")
            connection.execute("UPDATE queues SET name = 'sales desk' WHERE id = 1")
            insert(connection, "queue_members", queue_id=1, agent_id=3, started_at=NOON)
        snapshot = await live.snapshot(None)
        assert [agent.name for agent in snapshot.agents] == ["Anna", "Bram", "Daan"]
        assert [(m.queue, m.agent) for m in snapshot.memberships] == [("sales desk", "1003")]
        expected = reader.snapshot(path, snapshot.at)
        assert (snapshot.queues, snapshot.agents) == (expected.queues, expected.agents)
    finally:
        await live.close()


async def test_live_reader_sees_that_the_site_was_moved(path: Path) -> None:
    """At the next poll; an earlier moment does not know of it, and nothing is told any more where it is in force."""
    live = live_reader.LiveReader(path)
    with writing(path) as connection:
        call(connection, 1, real_now() - MINUTE, agent_id=1)
    try:
        before = await live.snapshot(None)
        assert (before.moved, before.data_ends_at) == (None, None)
        site_moves.note_site_move(path, Path("/srv/calls.db"))
        floor = await live.snapshot(None)
        assert floor.moved is not None
        assert floor.moved.database == "/srv/calls.db"
        assert [alarm.rule for alarm in floor.alarms] == ["data_age"]
        assert floor.data_ends_at == floor.data_at
        assert reader.snapshot(path, floor.at).moved == floor.moved
        assert reader.snapshot(path, floor.moved.at - 1).moved is None
        site_moves.put_in_force(path)
        assert (await live.snapshot(None)).moved is None
    finally:
        await live.close()


async def test_a_call_of_the_day_before_counts_once_its_wrap_up_is_over(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    midnight = moment("2026-11-23T00:00:00")
    with writing(path) as connection:
        call(connection, 1, midnight - 2 * MINUTE, agent_id=1, answered_at=midnight - MINUTE, outcome="answered",
             ended_at=midnight + MINUTE, wrapped_up_at=midnight + 2 * MINUTE, wrapping_up=0)  # fmt: skip
    live = live_reader.LiveReader(path)
    try:
        for at, talk_ms in ((midnight + 2 * MINUTE - 1, 0), (midnight + 2 * MINUTE, MINUTE)):
            monkeypatch.setattr(live_reader, "real_now", lambda now=at: now)
            agents = (await live.snapshot(None)).agents
            assert [agent.times_of_calls.talk_ms for agent in agents if agent.login == "1001"] == [talk_ms]
    finally:
        await live.close()


async def test_live_reader_reads_periodic_figures_beside_its_polls(path: Path) -> None:
    live = live_reader.LiveReader(path)
    try:
        first = await live.snapshot(NOON)
        assert first.periodic_at is None
        await live.wait_for_periodic()
        assert await live.snapshot(NOON) == reader.snapshot(path, NOON)
    finally:
        await live.close()


async def test_live_reader_recovers_when_the_file_is_gone_and_comes_back(path: Path) -> None:
    live = live_reader.LiveReader(path)
    try:
        await live.snapshot(None)
        away = shutil.move(path, path.with_suffix(".away"))
        with pytest.raises(CcmonError, match="no database"):
            await live.snapshot(None)
        shutil.move(away, path)
        assert len((await live.snapshot(None)).agents) == 2
    finally:
        await live.close()


async def test_live_reader_follows_a_database_put_in_its_place(path: Path, tmp_path: Path) -> None:
    other = new_database(tmp_path / "other.db", time_zone="Asia/Tokyo")
    live = live_reader.LiveReader(path)
    try:
        assert (await live.snapshot(None)).time_zone == ZONE
        # Nobody may be opening a file just when its wal file is taken away: that is another error, and tried again.
        await live.wait_for_periodic()
        other.replace(path)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        assert (await live.snapshot(None)).time_zone == "Asia/Tokyo"
    finally:
        await live.close()


WRITES_INTO_OLD_FILES = """
import sys
from pathlib import Path
from ccmon.database.database_file import open_writer
connection = open_writer(Path(sys.argv[1]))
connection.execute("INSERT INTO queues (name) VALUES ('returns')")
print("written", flush=True)
sys.stdin.readline()
connection.close()
"""


@contextmanager
def writer_of_another_program(path: Path) -> Iterator[subprocess.Popen[str]]:
    """It has written a queue, and closes the database when it is told so."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITES_INTO_OLD_FILES, path], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == "written\n"
            yield program
        finally:
            program.kill()


async def test_live_reader_sees_what_is_brought_in_from_files_that_were_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes into the database beside the locks and versions of those who have the new files."""
    monkeypatch.setattr(live_reader, "FILES_UNSTABLE_S", HOUR)
    live = live_reader.LiveReader(path)
    try:
        with writer_of_another_program(path) as other:
            assert "returns" in names(await live.snapshot(None))
            await live.wait_for_periodic()
            for suffix in ("-wal", "-shm"):
                path.with_name("empty").touch()
                path.with_name("empty").rename(path.with_name(path.name + suffix))
            assert "returns" not in names(await live.snapshot(None))
            await live.wait_for_periodic()
            other.communicate("close\n")
            assert other.returncode == 0
        assert "returns" in names(await live.snapshot(None))
    finally:
        await live.close()


async def test_periodic_figures_are_not_read_while_each_poll_opens_the_database_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_reader, "FILES_UNSTABLE_S", HOUR)
    live = live_reader.LiveReader(path)
    try:
        await live.snapshot(None)
        await live.wait_for_periodic()
        path.with_name(path.name + "-wal").unlink()
        for _ in range(2):
            assert (await live.snapshot(None)).periodic_at is None
            assert live._periodic._thread is None
        live._files_stable_s = 0.0
        await live.snapshot(None)
        await live.wait_for_periodic()
        assert (await live.snapshot(None)).periodic_at is not None
    finally:
        await live.close()


async def test_rows_that_do_not_fit_together_after_a_replacement_are_read_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unfit(*_: object, **__: object) -> NoReturn:
        raise KeyError(1)

    live = live_reader.LiveReader(path)
    try:
        await live.snapshot(None)
        await live.wait_for_periodic()
        path.with_name(path.name + "-wal").unlink()
        monkeypatch.setattr(live_reader, "assemble_cached", unfit)
        with pytest.raises(CcmonError, match="does not fit together since a file of it was replaced"):
            await live.snapshot(None)
        monkeypatch.undo()
        assert len((await live.snapshot(None)).agents) == 2
        live._files_stable_s = 0.0
        await live.close()
        monkeypatch.setattr(live_reader, "assemble_cached", unfit)
        with pytest.raises(KeyError):
            await live.snapshot(None)
    finally:
        await live.close()


def names(snapshot: FloorSnapshot) -> set[str]:
    return {each.name for each in snapshot.queues}


def test_the_clock_of_a_simulated_floor(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "clock", id=1, real_at=1_000, floor_at=NOON, speed=60.0)
    assert moments.floor_time(Clock(1_000, NOON, 60.0), 2_000) == NOON + MINUTE
    assert moments.floor_time(None, 2_000) == 2_000
    assert reader.snapshot(path, None).at > NOON


def test_a_row_with_a_date_in_the_future_makes_no_data_fresh(path: Path) -> None:
    with writing(path) as connection:
        call(connection, 1, NOON, ended_at=NOON + MINUTE, outcome="abandoned")
        call(connection, 1, NOON + 10 * 365 * 24 * HOUR, ended_at=NOON + 10 * 365 * 24 * HOUR, outcome="abandoned")
    two_days_later = NOON + 48 * HOUR
    assert reader.snapshot(path, two_days_later).data_age_ms == 48 * HOUR
    connection = database_file.open_writer(path)
    try:
        connection.execute("INSERT INTO clock VALUES (1, 0, ?, 0)", (two_days_later,))
        assert reader.snapshot(path).data_age_ms == 48 * HOUR
        said = [finding.text for finding in doctor.examine(path, connection, two_days_later)]
    finally:
        connection.close()
    assert any("some is dated in the future, up to 2036-11-20 12:00" in text for text in said)


@pytest.mark.parametrize(
    ("correction", "shown"),
    [
        ("UPDATE agents SET name = 'Anne' WHERE id = 1", lambda s: s.agents[0].name == "Anne"),
        ("UPDATE queues SET name = 'seles' WHERE id = 1", lambda s: s.queues[0].name == "seles"),
        ("UPDATE teams SET name = 'South' WHERE id = 1", lambda s: s.agents[0].team == "South"),
        ("UPDATE queues SET purpose = 'retention' WHERE id = 1", lambda s: s.queues[0].purpose == "retention"),
    ],
)
async def test_a_name_corrected_in_the_database_is_shown_at_the_next_poll(
    path: Path, correction: str, shown: Callable[[FloorSnapshot], bool]
) -> None:
    live = live_reader.LiveReader(path)
    try:
        assert not shown(await live.snapshot(None))
        with writing(path) as connection:
            connection.execute(correction)
        assert shown(await live.snapshot(None))
    finally:
        await live.close()


def test_time_stands_still_where_the_data_ends(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "sources", name="pbx", kind="ami", following=1, started_at=0, checked_at=NOON)
        insert(connection, "agent_states", agent_id=1, state="ready", started_at=NOON - HOUR)
        call(connection, 1, NOON - 40_000)
    fresh = reader.snapshot(path, NOON + 30_000)
    assert (fresh.known_until, times_of(fresh).ready_ms) == (NOON + 30_000, HOUR + 30_000)
    for late_ms in (30_001, HOUR):
        dead = reader.snapshot(path, NOON + late_ms)
        assert dead.at == NOON + late_ms
        assert dead.known_until == NOON
        assert (times_of(dead).ready_ms, times_of(dead).logged_in_ms) == (HOUR, HOUR)
        assert queue(dead, "sales").longest_wait_today_ms(dead.known_until) == 40_000
        whole = snapshot_object(dead)
        assert whole["agents"][0]["seconds_in_state"] == 3600
        assert whole["total"]["longest_wait_s"] == 40
    silent = reader.snapshot(path, moment("2026-11-24T09:00:00"))
    assert times_of(silent).logged_in_ms == 0, "of the new day nothing is known"
    assert snapshot_object(silent)["agents"][0]["seconds_in_state"] == 3600, "no hour is invented over midnight"


def test_readings_that_would_overlap_leave_the_interpreter_as_it_was(path: Path) -> None:
    usual_s = sys.getswitchinterval()
    first, second = PeriodicPoller(path), PeriodicPoller(path)
    readings = {poller: _HeldReading() for poller in (first, second)}
    for poller, reading in readings.items():
        setattr(poller, "_figures", reading)  # noqa: B010 - mypy lets no method be replaced
        poller.latest(None, NOON, 1)
        # The second one begins only after the first has ended: where it did not wait, it would begin within this time.
        reading.begun.wait(0.2 if poller is second else 10)
    for poller, reading in readings.items():
        reading.may_end.set()
        poller.wait()
    assert readings[second].begun.is_set()
    assert sys.getswitchinterval() == usual_s


def test_a_reading_stopped_while_it_waits_for_another_does_not_begin(path: Path) -> None:
    poller, reading = PeriodicPoller(path), _Raising(CcmonError("nothing to read"))
    poller._last = periodic_poller._LastReading(None, 0, None)  # else it waits for the first frame
    setattr(poller, "_figures", reading)  # noqa: B010
    with periodic_poller._one_reading:
        poller.latest(None, NOON, 1)
        poller.stop()
    poller.wait()
    assert reading.calls == 0


def test_a_reading_stopped_while_it_opens_the_database_reads_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller, reading = PeriodicPoller(path), _Raising(CcmonError("nothing to read"))

    def stopped(path: Path) -> Connection:
        poller.stop()
        return open_reader(path)

    monkeypatch.setattr(periodic_poller, "open_reader", stopped)
    monkeypatch.setattr(periodic_poller, "read_site_and_day", lambda *_: reading(0, TouchedParts(frozenset(), 0)))
    poller.latest(None, NOON, 1)
    poller.wait()
    assert poller._stopped.is_set()
    assert reading.calls == 0


class _HeldReading:
    """A reading that lasts until it is let go."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, moment: int, touched: TouchedParts, *, is_latest: bool) -> NoReturn:
        self.begun.set()
        self.may_end.wait(10)
        raise CcmonError("nothing to read")


async def test_a_further_reading_opens_no_connection_of_its_own_while_little_is_touched(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic_poller, "EVERY_S", 0)
    monkeypatch.setattr(periodic_poller, "SHARE", 1e9)
    monkeypatch.setattr(periodic_poller, "SHORT_S", 1e9)
    for module in (live_reader, single_reading):
        monkeypatch.setattr(module, "real_now", lambda: NOON)
    opened: list[Path] = []

    def counted(path: Path) -> Connection:
        opened.append(path)
        return open_reader(path)

    monkeypatch.setattr(periodic_poller, "open_reader", counted)
    live = live_reader.LiveReader(path)
    yesterday = NOON - 24 * HOUR
    try:
        for number, (at, times) in enumerate([(NOON, 1), (NOON - 1, 1), (NOON - 2, 1), (yesterday, 2), (NOON - 3, 2)]):
            with writing(path) as connection:
                call(connection, 1, at, caller=f"061{number % 3}")
            await live.snapshot(None)
            await live.wait_for_periodic()
            assert len(opened) == times
            assert (await live.snapshot(None)).satisfaction == reader.snapshot(path, None).satisfaction
    finally:
        await live.close()


@pytest.mark.parametrize(
    ("written", "at", "is_lent"),
    [
        ("SELECT 1", None, True),
        ("INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('test', 'new', 1, :at)", None, True),
        ("UPDATE calls SET caller = '0622' WHERE call_id = 'open' AND :at", None, True),
        ("UPDATE calls SET caller = '0622' WHERE call_id = 'settled' AND :at", None, False),
        ("UPDATE agents SET name = 'Zed' WHERE :at", None, False),
        ("SELECT 1", NOON + 1000, False),
    ],
)
def test_polls_do_not_wait_for_a_reading_of_much(
    path: Path, monkeypatch: pytest.MonkeyPatch, written: str, at: int | None, is_lent: bool
) -> None:
    for name, value in {"EVERY_S": 0, "SHARE": 1e9, "SHORT_S": 1e9}.items():
        monkeypatch.setattr(periodic_poller, name, value)
    readings: list[sqlite3.Connection] = []

    def noted(database: Database, *arguments: Any, **named: Any) -> PeriodicData:
        readings.append(database.connection)
        return read_periodic_data(database, *arguments, **named)

    monkeypatch.setattr(periodic_reader, "read_periodic_data", noted)
    with writing(path) as connection:
        call(connection, 1, NOON - HOUR, call_id="settled", ended_at=NOON - HOUR + 1000, outcome="abandoned")
        call(connection, 1, NOON - 1000, call_id="open")
    with closing(open_reader(path, any_thread=True)) as polls:

        @contextmanager
        def lend() -> Iterator[Database]:
            yield Database(polls)

        poller, live = PeriodicPoller(path), LiveRows()
        now = NOON + HOUR // 2
        live.read(Database(polls), now)
        poller.latest(None, now, 1, take_touched_parts=live.take_touched_parts, lend=lend)
        poller.wait()
        # No poll has seen it yet: only the reading itself can.
        with writing(path) as connection:
            connection.execute(written, {"at": NOON - 500} if ":at" in written else {})
        moment = now if at is None else at
        poller.latest(at, moment, 2, take_touched_parts=live.take_touched_parts, lend=lend)
        poller.wait()
        assert poller.latest(at, moment, 2) is not None
        poller.wait()
    assert [each is polls for each in readings[:2]] == [False, is_lent]


def test_monitors_started_together_do_not_go_on_reading_at_the_same_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic_poller, "give_back_freed_memory", lambda: None)
    monkeypatch.setattr(periodic_poller, "time", StoppedTime)
    waits = []
    for process in range(4_711, 4_741):
        monkeypatch.setattr(os, "getpid", lambda: process)  # noqa: B023 - asked for in this round
        poller = PeriodicPoller(path)
        for at in (NOON, NOON + 24 * HOUR):
            poller.latest(None, at, 1)
            poller.wait()
            waits.append(poller._next_s)
    second, third = sorted(waits[::2]), waits[1::2]
    assert second[0] >= 15
    assert second[-1] <= 30
    assert max(later - earlier for earlier, later in pairwise(second)) < 1
    assert set(third) == {30}


class StoppedTime:
    """A clock that stands still."""

    @staticmethod
    def monotonic() -> float:
        return 0.0

    thread_time = monotonic


def test_figures_that_could_not_be_read_are_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic_poller, "EVERY_S", 0)
    monkeypatch.setattr(periodic_poller, "SHARE", 1e9)
    poller = PeriodicPoller(path)
    figures = poller._figures
    locked = _Raising(CcmonError("The database is locked"))
    setattr(poller, "_figures", locked)  # noqa: B010 - mypy lets no method be replaced
    assert poller.latest(None, NOON, 1) is None
    poller.wait()
    setattr(poller, "_figures", figures)  # noqa: B010
    assert poller.latest(None, NOON, 1) is None, "nothing has changed in the database since"
    poller.wait()
    assert poller.latest(None, NOON, 1) is not None


def test_figures_stay_while_they_cannot_be_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock()
    monkeypatch.setattr(periodic_poller, "time", clock)
    poller = PeriodicPoller(path)
    figures, locked = poller._figures, _Raising(CcmonError("The database is locked"))
    poller.latest(None, NOON, 1)
    poller.wait()
    first = poller.latest(None, NOON, 1)
    assert first is not None
    clock.now_s += 60
    setattr(poller, "_figures", locked)  # noqa: B010
    poller.latest(None, NOON, 2)
    poller.wait()
    for complete in (True, False):
        assert poller.latest(None, NOON, 2, complete=complete) is first
        poller.wait()
    assert locked.calls == 1, "it is tried again only after a while"
    clock.now_s += periodic_poller.RETRY_S
    setattr(poller, "_figures", figures)  # noqa: B010
    poller.latest(None, NOON, 2)
    poller.wait()
    second = poller.latest(None, NOON, 2)
    assert second is not None
    assert second is not first
    clock.now_s += 60
    setattr(poller, "_figures", locked)  # noqa: B010
    poller.latest(NOON - 1, NOON - 1, 2)
    poller.wait()
    assert poller.latest(NOON - 1, NOON - 1, 2) is None, "figures of another moment are not shown"


class _Clock:
    """A clock that is put forward."""

    now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    def thread_time(self) -> float:
        return 0.0


def test_a_reading_that_fails_says_so_to_whoever_polls(path: Path) -> None:
    poller = PeriodicPoller(path)
    broken = _Raising(ValueError("broken"))
    setattr(poller, "_figures", broken)  # noqa: B010
    poller.latest(None, NOON, 1)
    poller.wait()
    with pytest.raises(ValueError, match="broken"):
        poller.latest(None, NOON, 1)
    for _ in range(3):
        assert poller.latest(None, NOON, 1) is None
        poller.wait()
    assert broken.calls == 1, "it is tried again only after a while"


class _Raising:
    """A reading that ends with an error."""

    def __init__(self, error: Exception) -> None:
        self.calls, self._error = 0, error

    def __call__(self, moment: int, touched: TouchedParts, *, is_latest: bool = True) -> NoReturn:
        self.calls += 1
        raise self._error
