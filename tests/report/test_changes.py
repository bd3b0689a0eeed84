"""A line for each change: what happens is one, what runs with time is none."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ccmon.database import database_file
from ccmon.database.reader import snapshot
from ccmon.model.agents import AgentState
from ccmon.model.alarms import Rule
from ccmon.model.snapshot import FloorSnapshot
from ccmon.real_time import real_now
from ccmon.report.changes import RUNNING, ChangeDetector
from ccmon.report.json import OBJECTS, OLD_KEYS, keys, renamed_keys
from ccmon.report.json_writer import as_text
from ccmon.snapshot.chunked_rows import ChunkedRows
from tests.busy_floor import busy_floor
from tests.floors import floor
from tests.snapshot.seeded_floor import NOW, seeded_database

SECOND, MINUTE = 1000, 60_000


def later(whole: FloorSnapshot, ms: int) -> FloorSnapshot:
    """The same floor at a later moment, with nothing new."""
    return replace(whole, at=whole.at + ms)


def detector(whole: FloorSnapshot, *only: str) -> ChangeDetector:
    """One that has seen a floor."""
    found = ChangeDetector(only or None)
    assert found.has_changed(whole)
    assert not found.has_changed(whole)
    return found


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> dict[int, FloorSnapshot]:
    """A seeded floor on which nothing happens, after so many seconds, each read anew."""
    path = tmp_path_factory.mktemp("still") / "calls.db"
    shutil.copyfile(seeded_database(), path)
    found = {}
    for seconds in (0, 1, 2, 7, 19, 59, 120):
        with closing(database_file.open_writer(path)) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)",
                (NOW + seconds * SECOND, real_now()),
            )
        found[seconds] = snapshot(path)
    return found


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of an object that holds no others, with where it is."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves(part, f"{path}[{place}]")
    else:
        yield path, value


def differing(before: FloorSnapshot, now: FloorSnapshot) -> set[str]:
    """The names of the keys whose values differ, lists of alerts left out."""
    one, other = (dict(leaves(json.loads(as_text(each)))) for each in (before, now))
    paths = {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}
    return {re.split(r"[.\[]", path.rstrip("]"))[-1] for path in paths if not path.startswith(".alerts")}


def test_seconds_that_pass_are_no_change_though_most_figures_differ(moments: dict[int, FloorSnapshot]) -> None:
    found = detector(moments[0])
    for seconds in (1, 2, 7):
        assert not found.has_changed(moments[seconds])
        assert {"at", "seconds_in_state", "logged_in_s", "worked_s"} <= differing(moments[0], moments[seconds])


def test_what_differs_without_a_change_runs_with_time(moments: dict[int, FloorSnapshot]) -> None:
    """By recount: every leaf of the two objects is compared."""
    running = {name for names in RUNNING.values() for name in names.split()}
    running |= {old for record in OLD_KEYS for old, new in renamed_keys(record).items() if new in running}
    found, before, unchanged = detector(moments[0]), moments[0], 0
    for now in list(moments.values())[1:]:
        if not found.has_changed(now):
            unchanged += 1
            assert differing(before, now) <= running
        before = now
    assert unchanged >= 3


def test_what_runs_with_time_is_a_key() -> None:
    for record, names in RUNNING.items():
        assert set(names.split()) <= {key.name for key in keys(record)}, record
        assert any(kind in OBJECTS for kind in record.__mro__)


def test_an_agents_new_state_is_a_change_of_the_agents_alone() -> None:
    whole = floor(24)
    agents, queues, all_of_it = detector(whole, "agents"), detector(whole, "queues", "total"), detector(whole)
    first, *rest = whole.agents
    state = AgentState.PAUSED if first.state is not AgentState.PAUSED else AgentState.READY
    now = replace(later(whole, SECOND), agents=(replace(first, state=state, since=whole.at), *rest))
    assert agents.has_changed(now)
    assert not queues.has_changed(now)
    assert all_of_it.has_changed(now)
    assert not agents.has_changed(later(now, SECOND))
    assert agents.has_changed(later(whole, 2 * SECOND)), "back to the former state"


def test_of_agents_what_is_not_written_and_copies_are_no_change() -> None:
    whole = floor(24)
    found = detector(whole, "agents")
    assert not found.has_changed(replace(whole, agents=tuple(replace(agent) for agent in whole.agents)))
    assert not found.has_changed(replace(whole, agents=ChunkedRows.of(whole.agents)))
    others = tuple(replace(agent, queues=("another",)) for agent in whole.agents)
    assert not found.has_changed(replace(whole, agents=others))
    assert found.has_changed(replace(whole, agents=ChunkedRows.of(whole.agents[1:])))
    assert found.has_changed(whole)
    last = replace(whole.agents[-1], missed=whole.agents[-1].missed + 1)
    assert found.has_changed(replace(whole, agents=ChunkedRows.of((*whole.agents[:-1], last))))


def test_a_caller_who_waits_past_the_threshold_is_a_change_once() -> None:
    whole = floor(24)
    queue = replace(whole.queues[0], threshold_passed_at=(whole.at + 2 * SECOND,), open=1, open_since=whole.at)
    whole = replace(whole, queues=(queue, *whole.queues[1:]))
    found = detector(whole, "queues")
    assert [found.has_changed(later(whole, ms)) for ms in (1999, 2000, 3000)] == [False, True, False]


def test_what_is_not_written_is_no_change() -> None:
    whole = floor(24)
    found = detector(whole, "queues")
    assert not found.has_changed(replace(whole, queues=(replace(whole.queues[0], quarters=()), *whole.queues[1:])))


def test_an_alert_that_lasts_is_no_change_and_one_that_comes_or_goes_is() -> None:
    whole = busy_floor(24)
    assert len(whole.alarms) > 2
    found = detector(whole, "alerts")
    assert not found.has_changed(later(whole, MINUTE))
    assert not found.has_changed(replace(whole, alarms=tuple(reversed(whole.alarms)))), "another order"
    assert found.has_changed(replace(whole, alarms=whole.alarms[1:]))
    counted = next(alarm for alarm in whole.alarms if alarm.rule is Rule.OVERDUE_FOLLOW_UPS)
    others = tuple(alarm for alarm in whole.alarms if alarm is not counted)
    assert found.has_changed(whole)
    assert found.has_changed(replace(whole, alarms=(replace(counted, value=0.123), *others)))


def test_the_age_of_data_is_no_change() -> None:
    whole = floor(24)
    assert whole.data_at is not None
    assert not detector(whole).has_changed(replace(whole, data_at=whole.data_at + 300, periodic_at=whole.at))


def test_owners_and_sales_in_another_order_are_no_change() -> None:
    whole = busy_floor(24)
    assert whole.follow_ups.owners
    found = detector(whole, "sales", "follow_ups")
    owners = tuple(reversed(whole.follow_ups.owners))
    now = replace(whole, sales=tuple(reversed(whole.sales)), follow_ups=replace(whole.follow_ups, owners=owners))
    assert not found.has_changed(now)
    assert found.has_changed(replace(whole, sales=whole.sales[1:]))


def test_a_database_that_nobody_writes_is_read_alike(moments: dict[int, FloorSnapshot], tmp_path: Path) -> None:
    assert not detector(moments[1]).has_changed(moments[0])
