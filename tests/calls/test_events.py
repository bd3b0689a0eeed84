"""One event, one case: what the floor makes of it, also where ccmon was restarted between any two of them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from ccmon.calls import resume
from ccmon.calls.records import FloorChanges, MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.calls.state_machine import CallStateMachine
from ccmon.events import FloorEvent
from tests.calls.cases import AGENTS, CALLS, DESKS
from tests.calls.changes_as_text import floor_after, lines

GROUPS: dict[type, str] = {
    Visit: "visits",
    StateInterval: "states",
    MembershipInterval: "memberships",
    PauseInterval: "pauses",
}

NO_COLUMN = re.compile(r" (rings .*|held since \S+)")

EVERY_CASE = CALLS | AGENTS | DESKS


@pytest.mark.parametrize("name", EVERY_CASE)
def test_events(name: str) -> None:
    told, expected = EVERY_CASE[name]
    floor = floor_after(*told)
    ignored = [f"{floor.ignored} ignored"] if floor.ignored else []
    steps = [f"{floor.recorder.clock_steps} clock steps"] if floor.recorder.clock_steps else []
    assert lines(floor.recorder.changes) + ignored + steps == expected


@pytest.mark.parametrize("name", EVERY_CASE)
def test_a_restart_between_any_two_events_changes_nothing(name: str) -> None:
    told, expected = EVERY_CASE[name]
    wanted = [line for line in expected if not line.endswith((" ignored", " clock steps"))]
    for cut in range(len(told) + 1):
        assert sorted(restarted_at(told, cut)) == sorted(wanted), f"after event {cut}"


def restarted_at(told: list[FloorEvent], cut: int, *reasons: str) -> list[str]:
    """The rows after all events, when ccmon started anew after ``cut`` of them and knew what the database holds."""
    before = floor_after(*told[:cut], wrap_up_reasons=reasons)
    written, after = before.take_changes(), resumed(before, reasons)
    assert after.now == before.now
    rows = kept_rows(written, after)
    known = [(row, line) for group in records(rows) for row, line in zip(group, said(group), strict=True)]
    after.apply(told[cut:])
    changes = after.recorder.changes
    changed = [row for group in records(changes) for row in group]
    assert len(changed) == len(set(map(id, changed))), "a record is told once, however often it changes"
    for row, line in known:
        assert (row in changed) or said([row]) == [line], f"not told of, after event {cut}: {line}"
    return lines(merged(rows, changes))


def records(changes: FloorChanges) -> list[list[Any]]:
    """The records that change after they were written."""
    return [changes.visits, changes.states, changes.memberships, changes.pauses]


def said(group: list[Any]) -> list[str]:
    """A line a record, without what no column holds."""
    return [NO_COLUMN.sub("", line) for row in group for line in lines(FloorChanges(**{GROUPS[type(row)]: [row]}))]


def resumed(before: CallStateMachine, reasons: Iterable[str] = ()) -> CallStateMachine:
    """Another floor that takes up what a database would hold of this one, and what is carried beside it as text."""
    carried = json.loads(json.dumps(resume.carried_state(before)))
    floor = CallStateMachine(wrap_up_reasons=reasons)
    rows = copy.deepcopy(before)
    for name in rows.agent_tracker._queues.values():
        floor.agent_tracker.register_queue(name)
    for alias, agent in rows.agent_tracker.agents.items():
        floor.agent_tracker.agent_from_database(agent.login)
        if alias != agent.login:
            resume.load_alias(floor, alias, agent.login)
    for visit in [visit for visits in rows.calls.values() for visit in visits]:
        visit.ringing = visit.held_since = None
        resume.load_visit(floor, visit)
    agents = dict.fromkeys(rows.agent_tracker.agents.values())
    for agent in agents:
        if agent.state is not None:
            resume.load_agent_state(floor, agent.state)
        for membership in agent.memberships.values():
            resume.load_membership(floor, membership)
    pauses = [pause for agent in agents for pause in agent.pauses.values()]
    for pause in sorted(pauses, key=lambda pause: pause.started_at):
        resume.load_pause(floor, pause)
    floor.agent_tracker.dynamic.update(rows.agent_tracker.dynamic)
    resume.load_carried_state(floor, carried)
    return floor


def test_what_is_written_and_changes_afterwards_is_told_again_once() -> None:
    for told, _ in EVERY_CASE.values():
        for cut in range(len(told) + 1):
            floor = floor_after(*told[:cut])
            written = [row for group in records(floor.take_changes()) for row in group]
            for row in written:
                row.changed = False
            known = {id(row): said([row]) for row in written}
            floor.apply(told[cut:])
            again = [row for group in records(floor.take_changes()) for row in group]
            assert len(again) == len(set(map(id, again)))
            assert all(row in again for row in written if said([row]) != known[id(row)])


def kept_rows(written: FloorChanges, after: CallStateMachine) -> FloorChanges:
    """What was written, but for the rows that the new floor holds itself: those it changes further."""
    rows = FloorChanges(missed=written.missed, aliases=written.aliases)
    agents = dict.fromkeys(after.agent_tracker.agents.values())
    visits = {(visit.call_id, visit.number): visit for known in after.calls.values() for visit in known}
    rows.visits = [visits.get((visit.call_id, visit.number), visit) for visit in written.visits]
    rows.states = [state for state in written.states if state.ended_at is not None]
    rows.states += [agent.state for agent in agents if agent.state is not None]
    rows.memberships = [membership for membership in written.memberships if membership.ended_at is not None]
    rows.memberships += [membership for agent in agents for membership in agent.memberships.values()]
    rows.pauses = [pause for pause in written.pauses if pause.ended_at is not None]
    rows.pauses += [pause for agent in agents for pause in agent.pauses.values()]
    return rows


def merged(rows: FloorChanges, changes: FloorChanges) -> FloorChanges:
    """Rows, and those of the changes that are none of them yet."""
    return FloorChanges(
        visits=list(dict.fromkeys([*rows.visits, *changes.visits])),
        states=list(dict.fromkeys([*rows.states, *changes.states])),
        memberships=list(dict.fromkeys([*rows.memberships, *changes.memberships])),
        pauses=list(dict.fromkeys([*rows.pauses, *changes.pauses])),
        missed=[*rows.missed, *changes.missed],
        aliases=[*rows.aliases, *changes.aliases],
    )
