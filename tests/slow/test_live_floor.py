"""The live simulated floor: it emits what the history would, as it falls due, at any hour and after any gap."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest

from ccmon.database import stored_parts_keeper
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError
from ccmon.simulator.centre import standard_centre
from ccmon.simulator.clock import FloorClock, busy_moment, local_date, next_morning
from ccmon.simulator.day_plan import Planner
from ccmon.simulator.history import prepare, seed
from ccmon.simulator.live import LiveFloor
from ccmon.simulator.table_rows import SOURCE
from tests.databases import new_database, rows

ZONE = ZoneInfo("Europe/Amsterdam")
SEED, AGENTS = 3, 20
MINUTE = 60_000


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


NOON = at("2026-11-24T12:00")


@contextmanager
def begun_floor(path: Path, clock: FloorClock, past_days: int = 0, agents: int = AGENTS) -> Iterator[LiveFloor]:
    """A live floor that has begun, in this process."""
    new_database(path, time_zone="Europe/Amsterdam")
    today = local_date(ZONE, clock.floor_at)
    planner = Planner(standard_centre(agents), SEED, ZONE, problem_day=today)
    with Writer(path, source=SOURCE, kind=SOURCE, following=True) as writer:
        prepare(writer, planner, today)
        floor = LiveFloor(writer, planner, clock, past_days)
        floor.begin()
        yield floor


CALLS = """SELECT c.call_id, c.visit, c.direction, q.name, m.name, c.customer_id, c.caller, a.login, c.entered_at,
    c.answered_at, c.ended_at, c.wrapped_up_at, c.hold_ms, c.outcome, c.ended_by, c.disposition, c.right_party
    FROM calls AS c LEFT JOIN queues AS q ON q.id = c.queue_id LEFT JOIN agents AS a ON a.id = c.agent_id
    LEFT JOIN campaigns AS m ON m.id = c.campaign_id ORDER BY c.call_id, c.visit"""
SALES = """SELECT c.call_id, s.sold_at, s.amount_cents, s.cancelled_at
    FROM sales AS s JOIN calls AS c ON c.id = s.call_id ORDER BY 1, 2, 3"""
STATES = "SELECT agent_id, state, reason, started_at, ended_at FROM agent_states ORDER BY agent_id, started_at"
FOLLOW_UPS = "SELECT id, agent_id, customer_id, due_at, promised_at, done_at, outcome FROM follow_ups ORDER BY id"
SURVEYS = "SELECT c.call_id, s.answered_at, s.score FROM surveys AS s JOIN calls AS c ON c.id = s.call_id ORDER BY 1"


def test_what_is_told_as_it_falls_due_is_what_a_history_says(tmp_path: Path) -> None:
    live, seeded = tmp_path / "live.db", tmp_path / "seeded.db"
    with begun_floor(live, FloorClock(real_at=0, floor_at=NOON, speed=1)) as floor:
        for real in range(700, 20 * MINUTE, 3700):
            floor.advance(real)
    new_database(seeded, time_zone="Europe/Amsterdam")
    seed(seeded, days=0, agents=AGENTS, seed=SEED, until=floor.written_until)
    for query in (CALLS, SALES, STATES, FOLLOW_UPS, SURVEYS):
        assert rows(live, query) == rows(seeded, query)


def test_a_database_locked_while_finished_days_are_stored_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> NoReturn:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    monkeypatch.setattr(stored_parts_keeper, "store_finished_days", locked)
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with pytest.raises(CcmonError, match="is locked by another program"):
        seed(path, days=0, agents=AGENTS, seed=SEED, until=NOON)


def test_past_days_filled_in_behind_are_those_of_a_history(tmp_path: Path) -> None:
    live, seeded = tmp_path / "live.db", tmp_path / "seeded.db"
    with begun_floor(live, FloorClock(real_at=0, floor_at=NOON, speed=1), past_days=2) as floor:
        assert rows(live, "SELECT done, total FROM progress") == [(0, 2)]
        real = 0
        while not floor.past.is_done:
            floor.past.work(lambda: floor.written_until)
            real += 9_000
            floor.advance(real)  # calls of today come in between those of past days
        assert rows(live, "SELECT done, total FROM progress") == [(2, 2)]
        written_until = floor.written_until
    assert len(rows(live, f"SELECT 1 FROM calls WHERE entered_at > {NOON}"))
    new_database(seeded, time_zone="Europe/Amsterdam")
    seed(seeded, days=2, agents=AGENTS, seed=SEED, until=written_until)
    assert rows(live, CALLS) == rows(seeded, CALLS)
    assert rows(live, SALES) == rows(seeded, SALES)
    assert rows(live, SURVEYS) == rows(seeded, SURVEYS)
    of_the_days = " WHERE promised_at >= 1795388400000 ORDER BY id"
    assert rows(live, FOLLOW_UPS.replace(" ORDER BY id", of_the_days)) == rows(
        seeded, FOLLOW_UPS.replace(" ORDER BY id", of_the_days)
    )
    at_work = STATES.replace(" ORDER", " WHERE state <> 'logged_out' ORDER")
    assert rows(live, at_work) == rows(seeded, at_work)
    totals = "SELECT * FROM queue_quarters ORDER BY 1, 2"
    assert rows(live, totals) == rows(seeded, totals)
    for table, moment in (("agent_states", "started_at"), ("missed_calls", "missed_at")):
        of_calls = f"SELECT t.agent_id, {moment}, c.call_id FROM {table} AS t JOIN calls AS c ON c.id = t.call_id"
        assert sorted(rows(live, of_calls)) == sorted(rows(seeded, of_calls)) != []


def test_the_monitor_can_know_the_time_and_how_fresh_the_floor_is(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    with begun_floor(path, FloorClock(real_at=1_000, floor_at=NOON, speed=60)) as floor:
        assert rows(path, "SELECT real_at, floor_at, speed FROM clock") == [(1_000, NOON, 60.0)]
        floor.advance(3_000)
        assert rows(path, "SELECT checked_at, following FROM sources") == [(NOON + 120_000, 1)]


def test_a_floor_that_stood_still_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    with begun_floor(path, FloorClock(real_at=0, floor_at=NOON, speed=1)) as floor:
        floor.advance(5_000)
        calls = len(rows(path, CALLS))
        slept_until = 8 * 60 * MINUTE
        floor.advance(slept_until)
        assert len(rows(path, CALLS)) == calls, "no hours are written in one burst"
        assert rows(path, "SELECT real_at, floor_at FROM clock") == [(slept_until, NOON + 5_000)]
        floor.advance(slept_until + 9_000)
        assert floor.written_until == NOON + 14_000
        floor.advance(slept_until - 5 * MINUTE)  # somebody set the clock of the machine back
        floor.advance(slept_until - 5 * MINUTE + 2_000)
        assert floor.written_until == NOON + 16_000


def test_the_night_passes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    friday_evening = at("2026-11-27T19:59")
    with begun_floor(path, FloorClock(real_at=0, floor_at=friday_evening, speed=600)) as floor:
        real = 0
        while floor.written_until < at("2026-11-28T00:00"):
            real += 400
            floor.advance(real)
            assert real < 60_000, "everybody goes home"
        assert floor.written_until == at("2026-11-30T10:00")
        states = Counter(state for (state,) in rows(path, "SELECT state FROM agent_states WHERE ended_at IS NULL"))
        on_a_call = sum(states[state] for state in ("ringing", "dialling", "talking", "hold", "wrap_up"))
        assert on_a_call > 2, states
        assert not floor.past.is_done, "Saturday is filled in behind"
        while not floor.past.is_done:
            floor.past.work(lambda: floor.written_until)
    saturday = at("2026-11-28T00:00"), at("2026-11-29T00:00")
    ((calls,),) = rows(path, f"SELECT count(*) FROM calls WHERE entered_at BETWEEN {saturday[0]} AND {saturday[1]}")
    assert isinstance(calls, int)
    assert calls > 50


@pytest.mark.parametrize(
    ("real", "floor"),
    [
        ("2026-11-24T11:23", "2026-11-24T11:23"),  # a Tuesday morning: as it is
        ("2026-11-24T22:30", "2026-11-24T14:10"),
        ("2026-11-24T06:15", "2026-11-23T14:10"),
        ("2026-11-23T03:00", "2026-11-20T14:10"),  # Monday night: Friday
        ("2026-11-22T12:00", "2026-11-20T14:10"),  # a Sunday
        ("2026-10-25T12:00", "2026-10-23T14:10"),  # the Sunday on which the clocks change
    ],
)
def test_the_floor_is_busy_whenever_somebody_looks(real: str, floor: str) -> None:
    assert busy_moment(ZONE, at(real)) == at(floor)


def test_the_next_morning_is_one_of_a_working_day() -> None:
    assert next_morning(ZONE, at("2026-11-24T20:15")) == at("2026-11-25T10:00")
    assert next_morning(ZONE, at("2026-11-27T20:15")) == at("2026-11-30T10:00")
