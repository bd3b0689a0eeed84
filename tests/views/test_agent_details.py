"""The strip of an agent's day as it is drawn: signs, hours under it, legend."""

from __future__ import annotations

import pytest

from ccmon.formatting import width_of
from ccmon.model.agents import AgentState
from ccmon.model.details import AgentDayRows, AgentStretch
from ccmon.views.agent_details import strip_lines
from ccmon.views.agents import STATES
from ccmon.views.glyphs import ASCII, UNICODE, GlyphSet
from ccmon.views.view_context import ViewContext
from tests.floors import floor, moment

UNTIL = moment("2026-11-23T10:00:00")


def day(*parts: tuple[str, AgentState]) -> AgentDayRows:
    """States from these local times on, the last until it is ten."""
    starts = [moment(f"2026-11-23T{time}:00") for time, _ in parts]
    ends = [*starts[1:], None]
    rows = [AgentStretch(state, None, start, end) for (_, state), start, end in zip(parts, starts, ends, strict=True)]
    return AgentDayRows(rows, [])


MORNING = day(
    ("07:00", AgentState.LOGGED_OUT),
    ("08:08", AgentState.READY),
    ("08:20", AgentState.TALKING),
    ("08:40", AgentState.WRAP_UP),
    ("09:00", AgentState.PAUSED),
)


def texts(rows: AgentDayRows, width: int, glyphs: GlyphSet = UNICODE) -> list[str]:
    lines = strip_lines(rows, UNTIL, width, ViewContext.of(floor(), glyphs=glyphs))
    shown = ["".join(span.text for span in line.spans) for line in lines]
    assert {width_of(text) for text in shown} == {width}
    return [text.rstrip() for text in shown]


def test_a_sign_is_the_state_of_a_few_minutes_and_the_hours_stand_under_their_first_sign() -> None:
    strip, hours, *legend = texts(MORNING, 30)
    assert strip == "··○○○●●●●●◐◐◐◐◐" + "\N{DOUBLE VERTICAL LINE}" * 15
    assert hours == "08             09"
    assert " ".join(" ".join(legend).split()) == (
        "one sign: 4 minutes \N{DOUBLE VERTICAL LINE} paused 1 h ● talking 20 min ◐ wrap-up 20 min ○ ready 12 min"
    )


def test_signs_of_ascii_alone_tell_the_states_apart() -> None:
    strip, hours, *_ = texts(MORNING, 30, ASCII)
    assert strip == "..ooo@@@@@%%%%%" + "#" * 15
    assert hours == "08             09"
    assert len({look.ascii_sign for look in STATES.values()}) == len(STATES)
    assert len({look.sign for look in STATES.values()}) == len(STATES)


@pytest.mark.parametrize(
    ("width", "minutes", "hours"),
    [
        (120, "1 minute", "08" + " " * 58 + "09"),
        (60, "2 minutes", "08" + " " * 28 + "09"),
        (20, "6 minutes", "08        09"),
        (8, "15 minutes", "08  09"),
        (4, "30 minutes", "08"),
    ],
)
def test_a_sign_stands_for_more_minutes_where_there_is_less_room(width: int, minutes: str, hours: str) -> None:
    context = ViewContext.of(floor())
    lines = ["".join(span.text for span in line.spans).rstrip() for line in strip_lines(MORNING, UNTIL, width, context)]
    assert lines[1] == hours
    assert f"one sign: {minutes}" in lines[2]


def test_who_was_away_all_day_or_whom_no_source_tells_about_is_said_so() -> None:
    assert texts(day(("08:00", AgentState.LOGGED_OUT)), 40) == ["Not at work today."]
    [text] = texts(AgentDayRows([], []), 60)
    assert text.startswith("No source has told a state")


def test_the_strip_begins_with_the_hour_in_which_the_agent_came() -> None:
    _, hours, *_ = texts(day(("08:59", AgentState.READY)), 62)
    assert hours.split() == ["08", "09"]
