"""Loads the state machine as an earlier run left it, from rows and from what rows do not hold.

Rows hold nearly everything (open visits, states, memberships, pauses). The rest, such as whose telephone rings for whom
during a call, is `carried_state`, kept as JSON beside the source's position. Together they make a state from which the
run resumes exactly as if it had never stopped.
"""

from __future__ import annotations

from typing import Any

from ccmon.calls.agent import TrackedAgent
from ccmon.calls.records import MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.calls.state_machine import CallStateMachine
from ccmon.metrics.open_calls import orphaned_at
from ccmon.time_units import MINUTE_MS

_LATE_PAUSE_MS = MINUTE_MS
"""How long the last call is remembered after its end: a pause that is its wrap-up may be reported late."""


def load_alias(state_machine: CallStateMachine, alias: str, agent: str) -> None:
    """Load ``alias`` as another name of ``agent``."""
    state_machine.agent_tracker.agents[alias] = state_machine.agent_tracker.agent_from_database(agent)


def load_visit(state_machine: CallStateMachine, visit: Visit) -> None:
    """Load a visit that is open or ended recently; a call's visits must come in the order of their numbers."""
    visit.changed = False
    state_machine.calls.setdefault(visit.call_id, []).append(visit)
    if visit.ended_at is None:
        state_machine.expires_at = min(
            state_machine.expires_at, orphaned_at(visit.entered_at, state_machine.max_open_ms)
        )
    if visit.agent is None:
        return
    agent = state_machine.agent_tracker.agent_from_database(visit.agent)
    if visit.ended_at is None:
        if visit.answered_at is not None:
            agent.calls.append(visit)
        else:
            agent.dialling = visit
    elif visit.wrapping_up:
        agent.wrapping = visit


def load_agent_state(state_machine: CallStateMachine, state: StateInterval) -> None:
    """Load an agent's present state."""
    state.changed = False
    agent = state_machine.agent_tracker.agent_from_database(state.agent)
    agent.state = state
    agent.logged_in = False


def load_membership(state_machine: CallStateMachine, membership: MembershipInterval) -> None:
    """Load an open membership."""
    membership.changed = False
    agent = state_machine.agent_tracker.agent_from_database(membership.agent)
    agent.memberships[membership.queue] = membership


def load_pause(state_machine: CallStateMachine, pause: PauseInterval) -> None:
    """Load an open pause; pauses must come in the order in which they began."""
    pause.changed = False
    agent = state_machine.agent_tracker.agent_from_database(pause.agent)
    if pause.queue in agent.memberships:
        agent.pauses[pause.queue] = pause


def _name(visit: Visit) -> list[str | int]:
    return [visit.call_id, visit.number]


def carried_state(state_machine: CallStateMachine) -> dict[str, Any]:
    """What the rows do not hold, ready for JSON."""
    held = [
        [*_name(visit), visit.held_since]
        for visits in state_machine.calls.values()
        for visit in visits
        if visit.held_since
    ]
    agents: dict[str, Any] = {}
    for agent in dict.fromkeys(state_machine.agent_tracker.agents.values()):
        notes = _agent_notes(agent, state_machine.now, bool(state_machine.agent_tracker.wrap_up_reasons))
        if notes:
            agents[agent.login] = notes
    desks = [[*desk, agent] for desk, agent in state_machine.agent_tracker.desks.items()]
    return {"now": state_machine.now, "held": held, "agents": agents, "desks": desks}


def _agent_notes(agent: TrackedAgent, now: int, has_wrap_up_reasons: bool) -> dict[str, Any]:
    notes: dict[str, Any] = {}
    if agent.on_other_call:
        notes["busy"] = True
    if agent.unavailable:
        notes["unavailable"] = True
    if agent.logged_in:
        notes["logged_in"] = True
    elif agent.logged_in is None and agent.state is not None and not agent.memberships:
        notes["logged_in"] = None
    if agent.state is None and agent.state_ended_at:
        notes["state_ended_at"] = agent.state_ended_at
    if agent.works and not all(membership.static for membership in agent.memberships.values()):
        notes["works"] = True
    if agent.paused_without_queue:
        notes["paused"] = agent.paused_without_queue_reason
    if agent.ringing:
        notes["ringing"] = [_name(visit) for visit in agent.ringing]
    if len(agent.calls) > 1:
        notes["calls"] = [_name(visit) for visit in agent.calls]
    last = agent.last_visit
    if has_wrap_up_reasons and last is not None and (last.ended_at or 0) >= now - _LATE_PAUSE_MS:
        notes["last_visit"] = _name(last)
    return notes


def load_carried_state(state_machine: CallStateMachine, carried_state: dict[str, Any]) -> None:
    """The counterpart of `carried_state`; call it after all rows have been loaded."""
    visits = {(visit.call_id, visit.number): visit for known in state_machine.calls.values() for visit in known}
    state_machine.now = carried_state.get("now", 0)
    for call_id, number, since in carried_state.get("held", ()):
        if (call_id, number) in visits:
            visits[call_id, number].held_since = since
    state_machine.agent_tracker.desks.update(
        {(desk, queue): agent for desk, queue, agent in carried_state.get("desks", ())}
    )
    for login, notes in carried_state.get("agents", {}).items():
        agent = state_machine.agent_tracker.agent_from_database(login)
        agent.on_other_call = notes.get("busy", False)
        agent.unavailable = notes.get("unavailable", False)
        agent.logged_in = notes.get("logged_in", agent.logged_in)
        agent.state_ended_at = notes.get("state_ended_at", 0)
        agent.works = notes.get("works", False)
        if "paused" in notes:
            agent.paused_without_queue, agent.paused_without_queue_reason = True, notes["paused"]
        for visit in _found(visits, notes.get("ringing", ())):
            agent.ringing.append(visit)
            visit.ringing = [*(visit.ringing or ()), login]
        if "calls" in notes:
            agent.calls = _found(visits, notes["calls"])
        if "last_visit" in notes:
            agent.last_visit = visits.get(tuple(notes["last_visit"]))


def _found(visits: dict[tuple[str, int], Visit], names: list[list[Any]]) -> list[Visit]:
    """The visits that are still open: an older part of the log may have brought an end since."""
    found = [visits[call_id, number] for call_id, number in names if (call_id, number) in visits]
    return [visit for visit in found if visit.ended_at is None]
