"""Figures of which only what has changed is made again are those made of all rows, whatever rows come in turn."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from ccmon.database.row_cache import RowCache
from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentState, Membership
from ccmon.model.alarms import Rule, Severity
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot import assemble, assemble_cached
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import AgentTotals, EarlierCall, OpenCallRow, StateRow, TrackedSubject
from ccmon.snapshot.incremental import EditedValues, IncrementalValues, RowsByKey
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.periodic import PeriodicFigures, periodic_figures
from tests.examples import examples
from tests.snapshot.seeded_floor import NOW, seeded_rows

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000


class Floor(NamedTuple):
    """The rows of a moment."""

    data: FloorData
    periodic: PeriodicFigures
    other_periodic: PeriodicFigures
    """Those of half an hour before, in which what agents cost is another."""

    def __repr__(self) -> str:
        """Short: of a megabyte Hypothesis warns instead of telling what failed."""
        return "Floor(…)"


@pytest.fixture(scope="module")
def floor() -> Floor:
    data, found = seeded_rows()
    other = replace(found, at=NOW - HOUR // 2, hourly_costs={agent: 1500 + agent for agent in found.hourly_costs})
    return Floor(data, periodic_figures(found), periodic_figures(other))


def moments(longest_ms: int) -> st.SearchStrategy[int]:
    """Moments before the seeded one, and a few after it."""
    return st.integers(-2 * SECOND, longest_ms).map(lambda length: NOW - length)


@st.composite
def edited(draw: Callable[[st.SearchStrategy[Any]], Any], data: FloorData) -> FloorData:
    """The floor with rows of a few agents and queues changed, gone or added; the others are the same objects."""
    agents = st.sampled_from(sorted(data.directory.agents))
    queues = st.sampled_from(sorted(data.directory.queues))
    found: dict[str, Any] = {}
    for name in sorted(
        draw(st.sets(st.sampled_from(["states", "agent_days", "members", "tracked", "into_day", "calls"])))
    ):
        agent_id = draw(agents)
        match name:
            case "states":
                state = StateRow(
                    agent_id=agent_id,
                    state=draw(st.sampled_from([state.value for state in AgentState])),
                    reason=draw(st.sampled_from([None, "lunch"])),
                    started_at=draw(st.none() | moments(20 * HOUR)),
                    queue_id=draw(st.none() | queues),
                    entered_at=draw(st.none() | moments(5 * HOUR)),
                )
                found["states"] = _edited(data.states, draw(st.sampled_from([None, state])), agent_id, _agent)
            case "agent_days":
                counts = draw(
                    st.lists(
                        st.integers(0, 9), min_size=len(AgentTotals.__struct_fields__) - 1,
                        max_size=len(AgentTotals.__struct_fields__) - 1,
                    )
                )  # fmt: skip
                row = draw(st.sampled_from([None, AgentTotals(agent_id, *counts)]))
                found["agent_days"] = _edited(data.agent_days, row, agent_id, _agent)
            case "members":
                queue_id = draw(queues)
                paused_since = draw(st.none() | moments(HOUR))
                login = data.directory.agents[agent_id].login
                member = Membership(queue_id, data.directory.queues[queue_id].name, agent_id, login, None, paused_since)
                found["members"] = _edited(
                    data.members, draw(st.sampled_from([None, member])), (queue_id, agent_id), _member
                )
            case "tracked":
                row = draw(st.sampled_from([None, TrackedSubject("agent", agent_id)]))
                found["tracked"] = _edited(data.tracked, row, ("agent", agent_id), _tracked)
            case "into_day":
                starts_at = data.day.starts_at
                call = EarlierCall(agent_id, starts_at - MINUTE, starts_at + MINUTE, starts_at + 2 * MINUTE, 0)
                found["earlier_calls_handled_today"] = draw(st.sampled_from([[], [call]]))
            case "calls":
                open_call = st.builds(
                    OpenCallRow,
                    queue_id=queues,
                    entered_at=moments(5 * HOUR),
                    answered_at=st.none() | moments(MINUTE),
                    caller=st.none(),
                    customer=st.none(),
                    id=st.just(0),
                    customer_id=st.none(),
                )
                calls = draw(st.lists(open_call, max_size=3))
                found["calls"] = [replace(call, id=number) for number, call in enumerate(calls)]
    if draw(st.booleans()):
        found["newest_at"] = draw(st.sampled_from([NOW, NOW - HOUR]))
        found["sources"] = []
    return replace(data, **found)


def _agent(row: StateRow | AgentTotals) -> int:
    return row.agent_id


def _member(row: Membership) -> tuple[int, int]:
    return row.queue_id, row.agent_id


def _tracked(row: TrackedSubject) -> tuple[str, int]:
    return row.what, row.id


def _edited(rows: Any, row: Any, key: Any, key_of: Callable[[Any], Any]) -> list[Any]:
    """The rows in their order with another one in the place of that with a key; None: it is gone."""
    return sorted([each for each in rows if key_of(each) != key] + ([] if row is None else [row]), key=key_of)


def differences(cached: FloorSnapshot, fresh: FloorSnapshot) -> dict[str, tuple[object, object]]:
    """The fields that are not the same."""
    ours, theirs = asdict(cached), asdict(fresh)
    return {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}


@settings(max_examples=examples(20, 5_000))
@given(
    found=st.data(),
    steps=st.lists(
        st.tuples(st.sampled_from(["edit", "stay", "put back"]), st.integers(-2 * MINUTE, 3 * MINUTE)),
        min_size=1,
        max_size=6,
    ),
)
def test_rows_that_come_one_after_another_give_what_each_gives_alone(
    floor: Floor, found: st.DataObject, steps: list[tuple[str, int]]
) -> None:
    rows, at, cache = floor.data, NOW, InputCache()
    for step, later_ms in steps:
        at += later_ms if step != "put back" else 0
        if step != "stay":
            rows = found.draw(edited(floor.data if step == "put back" else rows))
        periodic = found.draw(st.sampled_from([floor.periodic, floor.periodic, floor.other_periodic, None]))
        cached = assemble_cached(rows, at, periodic=periodic, cache=cache)
        assert not differences(cached.snapshot, assemble(rows, at, periodic=periodic))
        later = at + found.draw(st.integers(0, MINUTE))
        shown = cached.snapshot_at(rows, later, periodic)
        if shown is not None:
            assert not differences(shown, assemble(rows, later, periodic=periodic))


def test_of_one_agents_change_only_what_rests_on_it_is_another_record(floor: Floor) -> None:
    rows, cache = floor.data, InputCache()
    before = assemble_cached(rows, NOW, periodic=floor.periodic, cache=cache).snapshot
    first = rows.states[0]
    state = "paused" if first.state != "paused" else "ready"
    states = [replace(first, state=state, started_at=NOW, queue_id=None, entered_at=None), *rows.states[1:]]
    now = assemble_cached(replace(rows, states=states), NOW, periodic=floor.periodic, cache=cache).snapshot
    others = {agent.id: agent for agent in before.agents if agent.id != first.agent_id}
    assert all(agent is others[agent.id] for agent in now.agents if agent.id != first.agent_id)
    assert now.agents != before.agents
    assert now.memberships is before.memberships
    lines = {(line.kind, line.id): line for line in before.sales}
    changed = [line for line in now.sales if line is not lines[line.kind, line.id]]
    assert {line.id for line in changed if line.kind == "agent"} <= {first.agent_id}


@given(rows=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 1)), max_size=200), others=st.data())
def test_rows_that_differ_are_found_by_their_keys(rows: list[tuple[int, int]], others: st.DataObject) -> None:
    by_key = RowsByKey[tuple[int, int]](lambda row: row[0])
    before: dict[int, tuple[int, int]] = {}
    for _ in range(3):
        now = {key: (key, value) for key, value in rows}
        changes = by_key.update(list(now.values()))
        assert by_key.by_key == now
        differ = {key for key in {**before, **now} if before.get(key) != now.get(key)}
        assert changes == {key: (before.get(key), now.get(key)) for key in differ}
        before = now
        rows = others.draw(st.lists(st.sampled_from(rows), max_size=200) if rows else st.just([(1, 1)]))
        rows = [(key, others.draw(st.integers(0, 1)) if key % 50 == 0 else value) for key, value in rows]


@given(
    first=st.dictionaries(st.integers(0, 99), st.integers(0, 1), max_size=99),
    steps=st.lists(st.tuples(st.dictionaries(st.integers(0, 99), st.integers(0, 1) | st.none()), st.booleans())),
)
def test_rows_of_which_some_were_read_again_are_compared_by_what_is_known_of_them(
    first: dict[int, int], steps: list[tuple[dict[int, int | None], bool]]
) -> None:
    row_cache = RowCache[tuple[int, int]](sorted(first.items()), lambda row: row[0])
    by_key, here = RowsByKey[tuple[int, int]](lambda row: -row[0]), dict(first)
    by_key.update(row_cache.rows)
    before = dict(by_key.by_key)
    for edits, is_seen in steps:
        for key, value in edits.items():
            if value is None:
                here.pop(key, None)
            else:
                here[key] = value
        row_cache.update(edits, [(key, value) for key, value in edits.items() if value is not None])
        assert list(row_cache.rows) == sorted(here.items())
        if is_seen:
            changes = by_key.update(row_cache.rows)
            now = {-key: (key, value) for key, value in here.items()}
            assert by_key.by_key == now
            differ = {key for key in {**before, **now} if before.get(key) != now.get(key)}
            assert changes == {key: (before.get(key), now.get(key)) for key in differ}
            before = now


@given(
    moments=st.dictionaries(st.integers(1, 9), st.integers(0, 100), max_size=9),
    polls=st.lists(st.tuples(st.integers(0, 120), st.sets(st.integers(1, 9), max_size=3)), max_size=9),
)
def test_a_cached_value_is_made_again_when_its_moment_comes(
    moments: dict[int, int], polls: list[tuple[int, set[int]]]
) -> None:
    values = IncrementalValues[str](range(9, 0, -1))
    own = dict(moments)
    touched = set(range(1, 10))
    for at, edited_keys in polls:
        when = NextChange(at)

        def make(key: int, when: NextChange) -> str | None:
            moment = own.get(key)
            return None if moment is None else f"{moment} {'over' if when.reached(moment) else 'to come'}"

        values.update(touched, when, make)
        expected = {each: f"{moment} {'over' if moment <= at else 'to come'}" for each, moment in own.items()}
        assert values.by_key == expected
        assert values.all == tuple(expected[each] for each in range(9, 0, -1) if each in expected)
        assert when.next_at == min((moment for moment in own.values() if moment > at), default=NextChange(0).next_at)
        touched = edited_keys
        for key in edited_keys:
            own[key] = (own.get(key, 0) + 17) % 100 if key % 3 else at + 1
            if key % 4 == 0:
                del own[key]


def test_the_rules_about_agents_follow_each_other_in_the_order_of_alarms() -> None:
    about_agents = [Rule.TALK, Rule.WRAP_UP, Rule.PAUSE, Rule.MISSED_CALLS]
    in_order = list(Rule)
    first = in_order.index(about_agents[0])
    assert in_order[first : first + len(about_agents)] == about_agents
    assert {rule.severity for rule in about_agents} == {Severity.WATCH}


@given(st.lists(st.dictionaries(st.integers(0, 9) | st.tuples(st.integers(0, 9)), st.none() | st.integers(0, 3))))
def test_edited_values_are_a_mapping_that_stays_as_it_was(changes: list[dict[Any, int | None]]) -> None:
    known: dict[Any, int] = {}
    values = [(EditedValues(known), dict(known))]
    for change in changes:
        known = {key: now for key, now in (known | change).items() if now is not None}
        values.append((values[-1][0].with_changes(change), known))
    for (before, was), (now, expected) in pairwise(values):
        assert (dict(now), len(now), set(now)) == (expected, len(expected), set(expected))
        assert now == expected
        assert [now.get(key, -1) for key in range(10)] == [expected.get(key, -1) for key in range(10)]
        differing = {key for key in {**was, **expected} if was.get(key) != expected.get(key)}
        assert differing <= set(now.keys_that_differ(before))
        assert differing == set(now.keys_that_differ(dict(was)))
