"""What the time of an agent is compared with on the screen, and the sign and the colour of each step."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ccmon.metrics.time_in_state import TimeStep
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.time_units import MINUTE_MS
from ccmon.views.agents import COLUMNS
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.time_in_state import SIGNS, STEP_STYLES, limit_of
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor

SECOND = 1_000
LIMITS = AlarmLimits(
    pause_ms=20 * MINUTE_MS,
    wrap_up_ms=4 * MINUTE_MS,
    talk_ms=15 * MINUTE_MS,
    particular={
        ("pause_ms", "reason", "Lunch"): 35 * MINUTE_MS,
        ("pause_ms", "reason", "Stretch"): 90 * SECOND,
        ("talk_ms", "queue", "Sales"): 8 * MINUTE_MS,
    },
)


def agent(**changes: object) -> AgentFigures:
    """Ten inbound calls of 2:00 talk and 0:30 wrap-up, six outbound ones of 0:40 and 0:10."""
    floor = busy_floor(24)
    figures = replace(
        floor.agents[0], handled=16, inbound=10, outbound=6, queue="Service", is_queue=True, reason=None,
        inbound_talk_ms=1200 * SECOND, handled_talk_ms=1440 * SECOND,
        inbound_wrap_up_ms=300 * SECOND, handled_wrap_up_ms=360 * SECOND, since=floor.at,
    )  # fmt: skip
    return replace(figures, **changes)


OUTBOUND = {"queue": "Winback", "is_queue": False}


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"state": AgentState.PAUSED}, 1200),
        ({"state": AgentState.PAUSED, "reason": "Lunch"}, 2100),
        ({"state": AgentState.TALKING}, 360),
        ({"state": AgentState.TALKING} | OUTBOUND, 120),
        ({"state": AgentState.TALKING, "inbound": 4}, 900),
        ({"state": AgentState.TALKING, "outbound": 4} | OUTBOUND, 900),
        ({"state": AgentState.TALKING, "queue": "Sales", "inbound_talk_ms": 6000 * SECOND}, 480),
        ({"state": AgentState.WRAP_UP}, 120),
        ({"state": AgentState.WRAP_UP} | OUTBOUND, 60),
        ({"state": AgentState.WRAP_UP, "inbound_wrap_up_ms": 1200 * SECOND}, 240),
        ({"state": AgentState.HOLD}, 900),
        ({"state": AgentState.READY}, None),
        ({"state": AgentState.RINGING}, None),
        ({"state": AgentState.UNKNOWN, "since": None}, None),
    ],
)
def test_a_pause_has_a_limit_of_its_own_and_a_call_what_is_usual_in_its_direction(
    changes: dict[str, object], seconds: int | None
) -> None:
    assert limit_of(agent(**changes), LIMITS) == (None if seconds is None else seconds * SECOND)


@pytest.mark.parametrize(
    ("reason", "seconds", "text", "time_style", "state_style"),
    [
        ("Lunch", 26 * 60 + 14, "/ 35", TextStyle.TEXT, TextStyle.TEXT),
        ("Lunch", 26 * 60 + 15, "< 35", TextStyle.WATCH, TextStyle.WATCH),
        ("Lunch", 35 * 60, "< 35", TextStyle.WATCH, TextStyle.WATCH),
        ("Lunch", 35 * 60 + 1, "> 35", TextStyle.BAD, TextStyle.BAD),
        ("Stretch", 30, "/1.5", TextStyle.TEXT, TextStyle.TEXT),
    ],
)
def test_each_step_has_a_sign_and_a_colour(
    reason: str, seconds: int, text: str, time_style: TextStyle, state_style: TextStyle
) -> None:
    floor = busy_floor(24)
    away = agent(state=AgentState.PAUSED, reason=reason, since=floor.at - seconds * SECOND)
    context = ViewContext.of(replace(floor, agents=(away,), alarm_limits=LIMITS, alarms=()))
    cells = {column.key: column.cell(away, context, 13) for column in COLUMNS}
    limit, time, state = cells["limit"], cells["time"], cells["state"]
    assert isinstance(limit, Span)
    assert isinstance(time, Span)
    assert isinstance(state, Span)
    assert limit == Span(text, TextStyle.QUIET if time_style is TextStyle.TEXT else time_style)
    assert time.style is time_style
    assert state.style is state_style


def test_a_calm_call_keeps_the_colour_of_its_state_and_ready_has_no_limit() -> None:
    floor = busy_floor(24)
    context = ViewContext.of(replace(floor, alarm_limits=LIMITS))
    state, limit = (next(column for column in COLUMNS if column.key == key) for key in ("state", "limit"))
    talking = state.cell(agent(state=AgentState.TALKING), context, 13)
    assert isinstance(talking, Span)
    assert talking.style is TextStyle.BUSY
    assert limit.cell(agent(state=AgentState.READY), context, 4) == Span("", TextStyle.QUIET)


def test_steps_are_told_apart_without_colour() -> None:
    assert len(set(SIGNS.values())) == len(TimeStep) == len(SIGNS)
    assert set(STEP_STYLES) == set(TimeStep) - {TimeStep.CALM}
