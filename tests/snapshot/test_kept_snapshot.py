"""A snapshot kept from poll to poll is what is assembled of the same rows from nothing, at every moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from ccmon.database import database_file, floor_queries
from ccmon.database.driver import Database
from ccmon.database.periodic_queries import read_periodic_data
from ccmon.database.poll_cache import PollCache
from ccmon.model.agents import AgentState
from ccmon.model.alarms import Rule
from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.sources import Progress, Source
from ccmon.simulator.history import seed
from ccmon.snapshot import assemble, assembled
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import OpenCallRow, PromiseRow, StateRow
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.periodic import PeriodicFigures, periodic_figures
from tests.databases import new_database, shared
from tests.examples import examples

ZONE = "Europe/Amsterdam"
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
OPEN_AT_MOST = HOUR // 2
NOW = round(datetime(2026, 11, 23, 14, 32, 7, 250_000, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


class Floor(NamedTuple):
    """The rows of a moment."""

    data: FloorData
    periodic: PeriodicFigures


@pytest.fixture(scope="module")
def floor() -> Floor:
    """A seeded Monday afternoon after four weeks: shifts, quotas, promises, open calls."""

    def seeded(folder: Path) -> None:
        seed(new_database(folder / "calls.db", time_zone=ZONE, currency="EUR"), days=30, agents=12, seed=3, until=NOW)

    with closing(database_file.open_reader(shared("month of twelve agents", seeded) / "calls.db")) as connection:
        database = Database(connection)
        data = floor_queries.read_floor_data(database, NOW, is_latest=True)
        found = read_periodic_data(database, NOW, PollCache(), site=data.site, day=data.day, directory=data.directory)
        return Floor(data, periodic_figures(found))


def ago(longest_ms: int, ahead_ms: int = 2 * SECOND) -> st.SearchStrategy[int]:
    """Moments before the seeded one, or a little after it: a switch's clock may be ahead."""
    return st.integers(-ahead_ms, longest_ms).map(lambda length: NOW - length)


def due_soon(*lengths_ms: int) -> st.SearchStrategy[int]:
    """Moments after which one of these lengths of time is over within the next minute."""
    return st.builds(
        lambda length, ahead: NOW - length + ahead, st.sampled_from(lengths_ms), st.integers(-SECOND, MINUTE)
    )


@st.composite
def changed(draw: Callable[[st.SearchStrategy[Any]], Any], data: FloorData) -> FloorData:
    """The floor with other states, open calls, promises and sources, of which much falls due within a minute."""
    agents, queues = sorted(data.directory.agents), sorted(data.directory.queues)
    states = st.builds(
        StateRow,
        agent_id=st.sampled_from(agents),
        state=st.sampled_from([state.value for state in AgentState]),
        reason=st.sampled_from([None, "lunch", "break"]),
        started_at=st.none() | ago(20 * HOUR) | due_soon(0, 3 * MINUTE, 20 * MINUTE),
        queue_id=st.none() | st.sampled_from(queues),
        entered_at=st.none() | ago(40 * MINUTE) | due_soon(OPEN_AT_MOST),
    )
    calls = st.builds(
        OpenCallRow,
        queue_id=st.sampled_from(queues),
        entered_at=ago(20 * HOUR) | due_soon(0, 20 * SECOND, 60 * SECOND, 90 * SECOND, OPEN_AT_MOST),
        answered_at=st.none() | ago(MINUTE),
        caller=st.none(),
        customer=st.none(),
    )
    source = st.builds(
        Source,
        name=st.just("pbx"),
        kind=st.just("queue-log"),
        following=st.integers(0, 1),
        last_record_at=st.none() | ago(HOUR + MINUTE),
        checked_at=st.none() | ago(40 * SECOND),
        records=st.just(7),
        rejected=st.just(0),
        heartbeat=st.integers(0, 1),
    )
    promised = due_soon(0, data.site.follow_up_grace_ms) | ago(5 * HOUR, 5 * HOUR)
    promises = st.builds(
        PromiseRow, promised_at=promised, done_at=st.none() | ago(HOUR, MINUTE), agent_id=st.sampled_from(agents)
    )
    follow_ups = st.builds(
        lambda row, due_at, promised_at: replace(row, due_at=due_at, promised_at=promised_at),
        st.sampled_from(data.follow_ups),
        promised,
        promised,
    )
    return replace(
        data,
        site=replace(data.site, max_open_ms=OPEN_AT_MOST),
        states=draw(st.just(data.states) | st.lists(states, max_size=5, unique_by=lambda row: row.agent_id)),
        calls=draw(st.lists(calls, max_size=3)),
        quarters=draw(st.sampled_from([{}, {}, data.quarters])),
        queue_sums=draw(st.sampled_from([{}, data.queue_sums])),
        follow_ups=draw(st.lists(follow_ups, max_size=2, unique_by=lambda row: row.id)),
        promises=draw(st.lists(promises, max_size=2)),
        sources=draw(st.lists(source, max_size=2)),
        newest_at=draw(st.none() | ago(20 * SECOND) | ago(40 * MINUTE)),
        progress=draw(st.sampled_from([[], [], [], [Progress("filling in", 1, 3)]])),
    )


def differences(kept: FloorSnapshot, fresh: FloorSnapshot) -> dict[str, tuple[object, object]]:
    """The fields that are not the same."""
    ours, theirs = asdict(kept), asdict(fresh)
    return {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}


STEPS = st.lists(
    st.sampled_from(["until", "before until"]) | st.integers(0, 3 * SECOND) | st.integers(0, 5 * MINUTE), max_size=6
)


@settings(max_examples=examples(120))
@given(found=st.data(), steps=STEPS, has_periodic=st.booleans(), begins=st.integers(0, MINUTE // 2))
def test_a_kept_snapshot_is_that_of_its_moment(
    floor: Floor, found: st.DataObject, steps: list[int | str], has_periodic: bool, begins: int
) -> None:
    rows = found.draw(changed(floor.data))
    periodic = floor.periodic if has_periodic else None
    at, cache = NOW + begins, IdentityCache()
    kept = assembled(rows, at, periodic=periodic, cache=cache)
    for step in steps:
        at = at + step if isinstance(step, int) else min(kept.until - (step != "until"), at + 10 * MINUTE)
        shown = kept.at(rows, at, periodic)
        if shown is None:
            kept = assembled(rows, at, periodic=periodic, cache=cache)
            shown = kept.snapshot
        assert not differences(shown, assemble(rows, at, periodic=periodic))


@settings(max_examples=examples(30))
@given(found=st.data(), heard=st.integers(0, 3 * SECOND), later=st.integers(0, 40 * SECOND))
def test_a_sign_of_life_makes_no_figure_anew(floor: Floor, found: st.DataObject, heard: int, later: int) -> None:
    rows = replace(found.draw(changed(floor.data)), progress=[])
    kept = assembled(rows, NOW, periodic=floor.periodic, cache=IdentityCache())
    checked = [replace(source, checked_at=NOW + heard, records=8) for source in rows.sources]
    heard_of = replace(rows, sources=checked, newest_at=NOW + heard)
    shown = kept.at(heard_of, NOW + later, floor.periodic)
    assume(shown is not None)
    assert shown is not None
    assert not differences(shown, assemble(heard_of, NOW + later, periodic=floor.periodic))
    assert shown.agents is kept.snapshot.agents


@settings(max_examples=examples(40))
@given(found=st.data())
def test_other_rows_change_what_they_are_about(floor: Floor, found: st.DataObject) -> None:
    cache, before = IdentityCache(), None
    for step in range(3):
        rows = found.draw(changed(floor.data))
        shown = assembled(rows, NOW + step * SECOND, periodic=floor.periodic, cache=cache).snapshot
        assert not differences(shown, assemble(rows, NOW + step * SECOND, periodic=floor.periodic))
        again = assembled(replace(rows), NOW + step * SECOND, periodic=floor.periodic, cache=cache).snapshot
        assert again.agents is shown.agents
        if before is not None:
            last = {agent.id: agent for agent in before.agents}
            assert all(agent is last[agent.id] for agent in shown.agents if agent == last.get(agent.id))
        before = shown


def test_the_lengths_of_standing_alarms_run_on(floor: Floor) -> None:
    paused = StateRow(agent_id=min(floor.data.directory.agents), state="paused", started_at=NOW - HOUR)
    rows = replace(floor.data, states=[paused], calls=[], quarters={}, sources=[], newest_at=NOW)
    kept = assembled(rows, NOW, periodic=None, cache=IdentityCache())
    shown = kept.at(rows, NOW + 5 * SECOND, None)
    assert shown is not None
    assert not differences(shown, assemble(rows, NOW + 5 * SECOND))
    [pause] = [alarm for alarm in shown.alarms if alarm.rule is Rule.PAUSE]
    assert pause.measured(shown.known_until) == 3605.0


def test_only_other_rows_another_moment_or_old_data_need_another_snapshot(floor: Floor) -> None:
    rows = replace(floor.data, follow_ups=[], sources=[], newest_at=NOW)
    kept = assembled(rows, NOW, periodic=floor.periodic, cache=IdentityCache())
    assert NOW < kept.until <= NOW - NOW % MINUTE + MINUTE
    assert kept.at(rows, kept.until - 1, floor.periodic) is not None
    assert kept.at(replace(rows), NOW, floor.periodic) is not None
    assert kept.at(rows, kept.until, floor.periodic) is None
    assert kept.at(rows, NOW - 1, floor.periodic) is None
    assert kept.at(rows, NOW, None) is None
    assert kept.at(replace(rows, calls=list(rows.calls)), NOW, floor.periodic) is None
    assert kept.at(replace(rows, newest_at=NOW - HOUR), NOW, floor.periodic) is None
