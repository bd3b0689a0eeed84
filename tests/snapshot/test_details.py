"""The day of an agent as a strip, pauses, missed calls, the path of a call: by hand, and beside a recount."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.missed_calls import MissedCause, missed_cause
from ccmon.model.agents import AgentState
from ccmon.model.business_day import BusinessDay
from ccmon.model.details import (
    AgentPastDay,
    AgentStretch,
    CallState,
    CallStory,
    CallVisit,
    PastQuarterOffered,
    TelephoneMissed,
)
from ccmon.model.queues import Quarter
from ccmon.snapshot.call_path import StepKind, call_path
from ccmon.snapshot.details import (
    CELL_MINUTES,
    expected_quarters,
    pause_sums,
    strip,
    times_in_states,
    usual_day,
)

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def stretches(*parts: tuple[AgentState, int, int | None]) -> list[AgentStretch]:
    return [
        AgentStretch(state, None, begin * MINUTE, None if end is None else end * MINUTE) for state, begin, end in parts
    ]


def test_a_strip_begins_with_the_hour_and_shows_where_most_of_a_cell_was_spent() -> None:
    day = stretches(
        (AgentState.LOGGED_OUT, 0, 485),
        (AgentState.READY, 485, 500),
        (AgentState.TALKING, 500, 509),
        (AgentState.PAUSED, 509, None),
    )
    found = strip(day, 520 * MINUTE, 8, 0)
    assert found is not None
    assert found.starts_at == 480 * MINUTE
    assert found.cell_ms == 5 * MINUTE
    ready, talking, paused = AgentState.READY, AgentState.TALKING, AgentState.PAUSED
    assert found.states == [AgentState.LOGGED_OUT, ready, ready, ready, talking, talking, paused, paused]


def test_a_strip_begins_with_the_local_hour() -> None:
    """As in India, five hours and a half ahead."""
    found = strip(stretches((AgentState.READY, 485, 600)), 600 * MINUTE, 200, 30 * MINUTE)
    assert found is not None
    assert found.starts_at == 450 * MINUTE
    assert found.cell_ms == MINUTE


def test_who_was_not_at_work_has_no_strip() -> None:
    assert strip(stretches((AgentState.LOGGED_OUT, 0, None)), DAY, 80, 0) is None
    assert strip([], DAY, 80, 0) is None


STATES = st.sampled_from([state for state in AgentState if state is not AgentState.UNKNOWN])


@st.composite
def days(draw: Any) -> tuple[list[AgentStretch], int]:
    """A day's states without gaps, the last of which may go on; and the moment."""
    at, found = draw(st.integers(0, 8 * HOUR)), []
    for state in draw(st.lists(STATES, min_size=1, max_size=12)):
        length = draw(st.integers(1, 3 * HOUR))
        found.append(AgentStretch(state, draw(st.sampled_from([None, "lunch", "break"])), at, at + length))
        at += length
    if draw(st.booleans()):
        found[-1] = AgentStretch(found[-1].state, found[-1].reason, found[-1].started_at, None)
    return found, at


@given(days(), st.integers(1, 200))
def test_a_cell_of_a_strip_is_the_state_of_most_of_its_milliseconds(day: Any, cells: int) -> None:
    states, until = day
    found = strip(states, until, cells, 0)
    at_work = [each for each in states if each.state != AgentState.LOGGED_OUT]
    if found is None:
        assert not at_work
        return
    assert found.starts_at % HOUR == 0
    assert found.starts_at <= at_work[0].started_at < found.starts_at + HOUR
    assert found.cell_ms // MINUTE in CELL_MINUTES
    assert len(found.states) <= cells
    for place, state in enumerate(found.states):
        begin = found.starts_at + place * found.cell_ms
        spent: Counter[str] = Counter()
        for each in states:
            overlap = min(each.ended_at or until, begin + found.cell_ms) - max(each.started_at, begin)
            if overlap > 0:
                spent[each.state] += overlap
        assert (state is None) == (not spent)
        if state is not None:
            assert spent[state] == max(spent.values())


@given(days(), st.integers(0, 2 * HOUR))
def test_pauses_add_up_to_the_time_paused(day: Any, limit_ms: int) -> None:
    states, until = day
    sums = pause_sums(states, until, lambda _reason: limit_ms)
    times = times_in_states(states, until)
    assert sum(each.total_ms for each in sums) == times.get(AgentState.PAUSED, 0)
    paused = [each for each in states if each.state == AgentState.PAUSED]
    assert sum(each.times for each in sums) == len(paused)
    assert sum(each.over for each in sums) == len([each for each in paused if each.length_ms(until) > limit_ms])
    assert [each.reason for each in sums if each.runs] == [each.reason for each in paused if each.ended_at is None]
    assert sum(times.values()) == until - states[0].started_at


def test_a_pause_of_just_the_limit_is_not_over_it() -> None:
    day = stretches((AgentState.PAUSED, 0, 20), (AgentState.PAUSED, 30, 51))
    [pause] = pause_sums(day, DAY, lambda _reason: 20 * MINUTE)
    assert (pause.times, pause.total_ms, pause.longest_ms, pause.over) == (2, 41 * MINUTE, 21 * MINUTE, 1)


@pytest.mark.parametrize(
    ("ring_ms", "answered_at", "abandoned_at", "cause"),
    [
        (999, None, None, MissedCause.TOO_SHORT),
        (1000, None, None, MissedCause.NO_ANSWER),
        (15_000, 101_500, None, MissedCause.ANSWERED_BY_ANOTHER),
        (15_000, 101_501, None, MissedCause.NO_ANSWER),
        (15_000, 98_499, None, MissedCause.NO_ANSWER),
        (15_000, None, 98_500, MissedCause.CALLER_GAVE_UP),
        (15_000, None, 98_499, MissedCause.NO_ANSWER),
        (15_000, None, 200_000, MissedCause.NO_ANSWER),
    ],
)
def test_why_a_call_was_missed(
    ring_ms: int, answered_at: int | None, abandoned_at: int | None, cause: MissedCause
) -> None:
    assert (
        missed_cause(100_000, ring_ms, answered_at=answered_at, abandoned_at=abandoned_at, is_call_known=True) is cause
    )


def test_a_missed_call_that_nobody_knows_has_no_cause() -> None:
    found = missed_cause(100_000, 5000, answered_at=None, abandoned_at=None, is_call_known=False)
    assert found is MissedCause.UNKNOWN


def past(handled: int, *, talk: int = 0, ready: int = 0, paused: int = 0) -> AgentPastDay:
    return AgentPastDay("2026-11-20", handled, talk * MINUTE, 0, 0, 0, 0, talk * MINUTE, 0, ready * MINUTE, paused)


def test_the_usual_day_is_of_worked_days_and_its_means_are_of_all_calls() -> None:
    usual = usual_day([past(10, talk=100, ready=100), past(30, talk=180, ready=0), past(0)])
    assert usual is not None
    assert (usual.days, usual.handled) == (2, 20)
    assert usual.aht_ms == 7 * MINUTE
    assert usual.occupancy == pytest.approx(280 / 380)
    assert usual_day([past(0)]) is None
    assert past(0, paused=1).is_worked


def test_what_is_expected_is_the_mean_of_the_days_on_which_anybody_called() -> None:
    quarter = Quarter(10 * HOUR + 56 * DAY, 7, 6, 5, 1)
    rows = [
        PastQuarterOffered(0, DAY, 10 * HOUR, 4),
        PastQuarterOffered(7 * DAY, 8 * DAY, 7 * DAY + 10 * HOUR, 8),
        PastQuarterOffered(7 * DAY, 8 * DAY, 7 * DAY + 11 * HOUR, 3),
        PastQuarterOffered(14 * DAY, 15 * DAY, 14 * DAY + 11 * HOUR, 0),
    ]
    found = expected_quarters([quarter], rows, BusinessDay("", 56 * DAY, 57 * DAY))
    assert [(each.starts_at - 56 * DAY, each.figures, each.expected) for each in found] == [
        (10 * HOUR, quarter, 6.0),
        (11 * HOUR, None, 1.5),
    ]
    [alone] = expected_quarters([quarter], [], BusinessDay("", 56 * DAY, 57 * DAY))
    assert alone.expected is None


def visit(**fields: Any) -> CallVisit:
    usual: dict[str, Any] = dict.fromkeys(CallVisit.__struct_fields__)
    return CallVisit(**usual | {"id": 1, "inbound": 1, "queue": "Sales", "kind": "answered", "entered_at": 0} | fields)


def test_the_steps_of_a_transferred_call() -> None:
    first = visit(
        agent_id=1, agent="Ana", answered_at=40_000, ended_at=100_000, wrapped_up_at=130_000, ended_by="transfer"
    )
    second = visit(id=2, queue="Service", entered_at=100_000, ended_at=120_000, kind="abandoned")
    story = CallStory(
        [first, second],
        [
            CallState("ringing", 2, "Ben", 5_000, 20_000),
            CallState("ringing", 1, "Ana", 30_000, 40_000),
            CallState("hold", 1, "Ana", 60_000, 75_000),
        ],
        [TelephoneMissed(2, "Ben", 20_000, 15_000)],
        [],
        [],
        [],
    )
    assert [(step.at, step.kind, step.agent, step.length_ms) for step in call_path(story)] == [
        (0, StepKind.ENTERED, None, None),
        (5_000, StepKind.MISSED, "Ben", 15_000),
        (30_000, StepKind.RANG, "Ana", 10_000),
        (40_000, StepKind.CONNECTED, "Ana", 40_000),
        (60_000, StepKind.HELD, "Ana", 15_000),
        (100_000, StepKind.ENTERED, None, None),
        (100_000, StepKind.ENDED, "Ana", 60_000),
        (120_000, StepKind.ENDED, None, None),
        (130_000, StepKind.WRAPPED_UP, "Ana", 30_000),
    ]


@pytest.mark.parametrize(("ended_at", "kinds"), [(18_500, ["rang"]), (18_499, ["rang", "rang"]), (21_500, ["rang"])])
def test_a_ringing_state_that_ends_with_a_missed_call_is_that_call(ended_at: int, kinds: list[str]) -> None:
    """Sources tell moments to the second: a second and a half apart is the same."""
    story = CallStory(
        [visit()],
        [CallState("ringing", 2, "Ben", 5_000, ended_at), CallState("ringing", 1, "Ana", 5_000, ended_at)],
        [TelephoneMissed(2, "Ben", 20_000, 15_000)],
        [],
        [],
        [],
    )
    steps = [step.kind for step in call_path(story)]
    assert [kind for kind in steps if kind is StepKind.RANG] == kinds
    assert steps.count(StepKind.MISSED) == 1


def test_a_call_without_wrap_up_has_no_such_step() -> None:
    story = CallStory([visit(answered_at=1, ended_at=5, wrapped_up_at=5)], [], [], [], [], [])
    assert [step.kind for step in call_path(story)] == [StepKind.ENTERED, StepKind.CONNECTED, StepKind.ENDED]


def test_the_first_quarter_of_a_day_belongs_to_it_and_the_first_of_the_next_does_not() -> None:
    quarters = [Quarter(at, 1, 1, 1, 0) for at in (56 * DAY, 57 * DAY)]
    found = expected_quarters(quarters, [], BusinessDay("", 56 * DAY, 57 * DAY))
    assert [each.starts_at for each in found] == [56 * DAY]
