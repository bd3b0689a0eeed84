"""The changes that a state machine makes of events, as lines of text for comparison. Moments are whole seconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ccmon.calls.records import FloorChanges, MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.calls.state_machine import CallStateMachine
from ccmon.events import FloorEvent


def s(seconds: float) -> int:
    """Milliseconds."""
    return int(seconds * 1000)


def floor_after(*told: FloorEvent, **options: Any) -> CallStateMachine:
    floor = CallStateMachine(**options)
    floor.apply(told)
    return floor


def lines(changes: FloorChanges) -> list[str]:
    """One line a record: visits, states by agent, memberships, pauses, missed calls, aliases."""
    return [
        *map(_visit, changes.visits),
        *map(_state, sorted(changes.states, key=lambda state: state.agent)),
        *map(_membership, changes.memberships),
        *map(_pause, changes.pauses),
        *(
            f"missed {missed.agent} {missed.queue} {_at(missed.missed_at)} rang {_at(missed.ring_ms)}"
            + (f" {_name(missed.visit)}" if missed.visit else "")
            for missed in changes.missed
        ),
        *(f"alias {alias} = {agent}" for alias, agent in changes.aliases),
    ]


def _at(moment: int | None) -> str:
    return "" if moment is None else f"{moment / 1000:.12g}"


def _name(visit: Visit) -> str:
    return f"{visit.call_id}/{visit.number}"


def _span(row: StateInterval | MembershipInterval | PauseInterval) -> str:
    return f"{_at(row.started_at)}-{_at(row.ended_at)}"


def _words(words: Iterable[object]) -> str:
    return " ".join(str(word) for word in words if word)


def _visit(visit: Visit) -> str:
    return _words(
        [
            "out" if visit.direction == "outbound" else "in",
            _name(visit),
            visit.queue or visit.campaign,
            f"{_at(visit.entered_at)}-{_at(visit.ended_at)}",
            visit.answered_at is not None and f"answered {_at(visit.answered_at)}",
            visit.agent,
            visit.outcome and f"= {visit.outcome}",
            visit.ended_by and f"by {visit.ended_by}",
            visit.hold_ms is not None and f"hold {_at(visit.hold_ms)}",
            visit.held_since is not None and f"held since {_at(visit.held_since)}",
            {None: "", 0: "", 1: "wrapping up"}[visit.wrapping_up],
            visit.wrapped_up_at is not None and f"wrapped up {_at(visit.wrapped_up_at)}",
            visit.ringing and f"rings {' '.join(visit.ringing)}",
            visit.disposition and f"({visit.disposition})",
            visit.right_party is not None and f"right party {visit.right_party}",
            (visit.caller or visit.caller_name) and f"from {visit.caller} {visit.caller_name}",
        ]
    )


def _state(state: StateInterval) -> str:
    return _words([state.agent, state.state, state.reason, _span(state), state.visit and _name(state.visit)])


def _membership(row: MembershipInterval) -> str:
    return _words(["member", row.agent, row.queue, _span(row), row.static and "static"])


def _pause(row: PauseInterval) -> str:
    return _words(["pause", row.agent, row.queue, row.reason, _span(row)])
