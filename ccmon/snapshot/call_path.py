"""The path of a phone call, step by step: where it entered, at whom it rang, who talked, how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from ccmon.metrics.missed_calls import SAME_MOMENT_MS
from ccmon.model.agents import AgentState
from ccmon.model.details import CallStory, CallVisit


class StepKind(StrEnum):
    """What happened."""

    ENTERED = "entered"
    DIALLED = "dialled"
    RANG = "rang"
    MISSED = "missed"
    CONNECTED = "connected"
    HELD = "on hold"
    ENDED = "ended"
    WRAPPED_UP = "wrapped up"


_ORDER = {kind: place for place, kind in enumerate(StepKind)}


class CallStep(Struct, frozen=True):
    """One step of a phone call."""

    at: int
    kind: StepKind
    queue: str | None = None
    agent_id: int | None = None
    agent: str | None = None
    length_ms: int | None = None
    """How long it rang, was on hold or wrapped up; of an answer, the wait before it; of an end, the talk before it."""
    visit: CallVisit | None = None
    """The visit that ended."""


def call_path(story: CallStory) -> Sequence[CallStep]:
    """The steps of a phone call, in order."""
    steps = [*_rings(story), *_holds(story)]
    for visit in story.visits:
        steps += _of_visit(visit)
    return sorted(steps, key=lambda step: (step.at, _ORDER[step.kind]))


def _of_visit(visit: CallVisit) -> Iterator[CallStep]:
    yield CallStep(visit.entered_at, StepKind.ENTERED if visit.inbound else StepKind.DIALLED, visit.queue)
    if visit.answered_at is not None:
        wait_ms = visit.answered_at - visit.entered_at
        yield CallStep(visit.answered_at, StepKind.CONNECTED, visit.queue, visit.agent_id, visit.agent, max(0, wait_ms))
    if visit.ended_at is not None:
        talked_ms = None if visit.answered_at is None else max(0, visit.ended_at - visit.answered_at)
        yield CallStep(visit.ended_at, StepKind.ENDED, visit.queue, visit.agent_id, visit.agent, talked_ms, visit=visit)
        if visit.wrapped_up_at is not None and visit.wrapped_up_at > visit.ended_at:
            length_ms = visit.wrapped_up_at - visit.ended_at
            yield CallStep(
                visit.wrapped_up_at, StepKind.WRAPPED_UP, visit.queue, visit.agent_id, visit.agent, length_ms
            )


def _rings(story: CallStory) -> Iterator[CallStep]:
    """Each telephone that rang; where a source reports states, too, a missed call is told once, as missed."""
    for missed in story.missed:
        began_at = missed.missed_at - missed.ring_ms
        yield CallStep(began_at, StepKind.MISSED, None, missed.agent_id, missed.agent, missed.ring_ms)
    for state in story.states:
        if state.state == AgentState.RINGING and not _is_missed(story, state.agent_id, state.ended_at):
            length_ms = None if state.ended_at is None else state.ended_at - state.started_at
            yield CallStep(state.started_at, StepKind.RANG, None, state.agent_id, state.agent, length_ms)


def _is_missed(story: CallStory, agent_id: int, ended_at: int | None) -> bool:
    """Whether a ringing state is that of a missed call."""
    return ended_at is not None and any(
        missed.agent_id == agent_id and abs(missed.missed_at - ended_at) <= SAME_MOMENT_MS for missed in story.missed
    )


def _holds(story: CallStory) -> Iterator[CallStep]:
    for state in story.states:
        if state.state == AgentState.HOLD:
            length_ms = None if state.ended_at is None else state.ended_at - state.started_at
            yield CallStep(state.started_at, StepKind.HELD, None, state.agent_id, state.agent, length_ms)
