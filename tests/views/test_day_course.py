"""The course of the day: curves on one scale of time, and the day by quarters or hours under the queues."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ccmon.formatting import UNKNOWN, width_of
from ccmon.model.agents import AgentState
from ccmon.model.business_day import BusinessDay
from ccmon.model.queues import Quarter, QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.floor_data import PastDay, PastDays
from ccmon.snapshot.floor_rows import PastQuarter
from ccmon.snapshot.narrow import Filters
from ccmon.snapshot.quarters import MergedQuarters
from ccmon.snapshot.queues import usual_offered
from ccmon.time_units import DAY_MS, HOUR_MS, QUARTER_MS
from ccmon.views.all_panels import panels
from ccmon.views.cached_value import CachedValue
from ccmon.views.day_course import (
    day_lines,
    handling_lines,
    height_outside,
    hours,
    offered_curve,
    outside_curve,
    quarter_starts,
)
from ccmon.views.glyphs import ASCII, UNICODE
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor

ZONE = ZoneInfo("Europe/Amsterdam")
START = round(datetime(2026, 11, 23, tzinfo=ZONE).timestamp() * 1000)
NOW = START + 13 * HOUR_MS + 37 * 60_000
PRESENT = START + 13 * HOUR_MS + 2 * QUARTER_MS


def quarter(place: int, offered: int, in_threshold: int, lost: int = 0) -> Quarter:
    """A quarter so many before the present one, whose calls are all over."""
    answered = offered - lost
    return Quarter(
        PRESENT - place * QUARTER_MS, offered, answered, in_threshold, lost, answered_wait_ms=answered * 9_000,
        handled=answered, talk_ms=answered * 60_000, hold_ms=answered * 3_000, wrap_up_ms=answered * 7_000,
    )  # fmt: skip


def at_noon(quarters: Sequence[Quarter], usual: dict[int, float] | None = None) -> FloorSnapshot:
    floor = busy_floor(24)
    total = replace(floor.total, quarters=tuple(quarters), usual_offered=usual or {}, service_level_target=0.8)
    day = BusinessDay("2026-11-23", START, START + DAY_MS)
    return replace(floor, at=NOW, data_at=NOW, day=day, total=total, time_zone="Europe/Amsterdam")


def text(cell: object) -> str:
    return "".join(span.text for span in ((cell,) if isinstance(cell, Span) else cell))  # type: ignore[attr-defined]


def lines_of(lines: Sequence[tuple[Span, ...]]) -> list[str]:
    return [text(line) for line in lines]


def queue(quarters: Sequence[Quarter], target: float | None = 0.8) -> QueueFigures:
    return replace(busy_floor(24).queues[0], quarters=tuple(quarters), service_level_target=target)


def test_a_quarter_without_calls_is_empty_and_stands_under_its_hour() -> None:
    context = ViewContext.of(at_noon([]))
    shown = queue([quarter(5, 6, 6), quarter(2, 3, 1), quarter(0, 12, 12)])
    assert text(offered_curve(shown, context, 8)) == "  ▃  ▂ ▆"
    assert text(outside_curve(shown, context, 8)) == "  ▁  ▅ ▁"
    assert hours(context, 8) == " 12  13 "
    assert hours(context, 7) == "12  13 "
    assert hours(context, 2) == "  ", "half an hour has no room"
    assert list(quarter_starts(context, 3)) == [PRESENT - 2 * QUARTER_MS, PRESENT - QUARTER_MS, PRESENT]


def test_the_scale_of_time_moves_on_with_a_quarter_and_not_before() -> None:
    made: list[int] = []

    def make(recording: ViewContext) -> str:
        made.append(recording.snapshot.day.starts_at)
        return hours(recording, 8)

    cached: CachedValue[str] = CachedValue()
    floor = at_noon([])
    for later, times in ((0, 1), (7 * 60_000, 1), (8 * 60_000, 2)):
        shown = cached.get(ViewContext.of(replace(floor, at=NOW + later, data_at=NOW + later)), None, make)
        assert len(made) == times
    assert shown == "12  13  "


@pytest.mark.parametrize(
    ("level", "height"),
    [(1.0, 1), (0.9, 1), (0.89, 2), (0.8, 2), (0.79, 3), (0.61, 3), (0.6, 4), (0.4, 5), (0.2, 6), (0.0, 6)],
)
def test_the_two_lowest_heights_are_within_the_target(level: float, height: int) -> None:
    assert height_outside(level, 0.8, 6) == height


@pytest.mark.parametrize(("level", "height"), [(1.0, 1), (0.5, 3), (0.0, 6)])
def test_without_a_target_the_heights_are_even(level: float, height: int) -> None:
    assert height_outside(level, None, 6) == height


def test_what_is_outside_the_target_has_another_colour_too() -> None:
    context = ViewContext.of(at_noon([]))
    spans = outside_curve(queue([quarter(1, 10, 8), quarter(0, 10, 7)]), context, 2)
    assert [(span.text, span.style) for span in spans] == [("▂", TextStyle.BUSY), ("▃", TextStyle.WATCH)]  # type: ignore[union-attr]


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_a_curve_has_six_heights_none_of_which_touches_the_row_above(glyphs: object) -> None:
    heights = glyphs.heights  # type: ignore[attr-defined]
    assert len(set(heights)) == 7
    assert not set(heights) & set("▇█")


def test_the_day_stands_by_quarters_where_there_is_room_and_by_hours_where_there_is_not() -> None:
    usual = {52: 10.0, 53: 20.0, 54: 30.0, 48: 4.0}
    floor = at_noon([quarter(6, 4, 3, 1), quarter(2, 20, 20), quarter(1, 10, 5, 5), quarter(0, 7, 7)], usual)
    context = ViewContext.of(floor)
    by_quarter = lines_of(day_lines(context, 90, 30))
    assert by_quarter[1].startswith("The day by quarters of an hour: 34 offered by 13:30, usually 34 (same weekdays)")
    assert [line.split()[:4] for line in by_quarter[3:]] == [
        ["12:00", "4", "4", "1.0"],
        *(["12:" + minute, "0", "0", UNKNOWN] for minute in ("15", "30", "45")),
        ["13:00", "20", "10", "2.0"], ["13:15", "10", "20", "0.5"], ["13:30", "7", "30", UNKNOWN],
    ]  # fmt: skip
    assert {width_of(line) for line in by_quarter} == {90}
    by_hour = lines_of(day_lines(context, 90, 9))
    assert by_hour[1].startswith("The day by hours: ")
    assert [re.sub(" +", " ", line.strip()) for line in by_hour[3:]] == [
        "12:00 4 4 1.0 x 3 1 △75 % 0:09 1:10", f"13:00 37 60 {UNKNOWN} 32 5 86 % 0:09 1:10",
    ]  # fmt: skip
    assert day_lines(context, 90, 5) == ()
    assert len(day_lines(context, 90, 6)) == 5


def test_without_calls_there_is_no_table_and_without_past_days_nothing_is_usual() -> None:
    assert day_lines(ViewContext.of(at_noon([])), 90, 30) == ()
    title, _, first = lines_of(day_lines(ViewContext.of(at_noon([quarter(0, 5, 5)])), 90, 30))[1:]
    assert title.rstrip() == "The day by quarters of an hour"
    assert first.split()[:3] == ["13:30", "5", UNKNOWN]


def test_how_long_calls_took_is_of_queues_and_of_no_team() -> None:
    floor = at_noon([quarter(1, 3, 3), quarter(0, 2, 2)])
    lines = lines_of(handling_lines(ViewContext.of(floor), 60, 20))
    assert [line.split() for line in lines[3:]] == [
        ["13:15", "3", "1:10", "1:00", "0:03", "0:07"], ["13:30", "2", "1:10", "1:00", "0:03", "0:07"],
    ]  # fmt: skip
    team = next(agent.team for agent in floor.agents)
    assert handling_lines(ViewContext.of(floor, filters=Filters(team=team)), 60, 20) == ()


def test_usual_is_the_mean_of_past_days_that_had_calls() -> None:
    def past(weeks: int, rows: dict[int, list[PastQuarter]]) -> PastDay:
        starts_at = START - weeks * 7 * DAY_MS
        return PastDay(BusinessDay(str(weeks), starts_at, starts_at + DAY_MS), rows)

    def row(weeks: int, place: int, offered: int) -> PastQuarter:
        return PastQuarter(1, START - weeks * 7 * DAY_MS + place * QUARTER_MS, offered, 0, 0, 0)

    days = PastDays(
        (past(1, {1: [row(1, 40, 8), row(1, 41, 3)]}), past(2, {1: [row(2, 40, 4)]}), past(3, {2: []}), past(4, {})),
        None,
    )
    assert usual_offered(days, 1) == {40: 4.0, 41: 1.0}
    assert usual_offered(days, 7) == {}


def test_what_is_usual_is_added_up_over_queues_only_when_it_changes() -> None:
    merged = MergedQuarters()
    one, other = {40: 4.0, 41: 1.0}, {41: 2.5}
    both = merged.update_usual([one, other])
    assert both == {40: 4.0, 41: 3.5}
    assert merged.update_usual([one, other]) is both
    assert merged.update_usual([one, dict(other)]) is not both
    assert merged.update_usual([one]) == one
    assert MergedQuarters().update_usual([]) == {}


def test_a_waiting_call_says_at_whose_telephone_it_rings() -> None:
    floor = busy_floor(24)
    first = replace(floor.waiting[0], call_id=7)
    ringing = [
        replace(agent, state=AgentState.RINGING, call_id=call_id, name=name)
        for agent, call_id, name in zip(floor.agents, (7, 7, 9), ("Ada One", "Bea Two", "Cis Three"), strict=False)
    ]
    talking = replace(floor.agents[3], state=AgentState.TALKING, call_id=7, name="Dan Four")
    whole = replace(floor, waiting=(first, *floor.waiting[1:]), agents=(*ringing, talking), total=replace(
        floor.total, quarters=()))  # fmt: skip
    lines = lines_of(panels()[0].below(ViewContext.of(whole), 116, 20))
    assert "ringing at" in lines[1]
    assert [line for line in lines if "Ada One, Bea Two" in line] == [
        line for line in lines if f"{first.position} {first.queue} " in line
    ]
    assert not any("Cis Three" in line or "Dan Four" in line for line in lines)


def test_the_hours_stand_below_the_last_queue_where_there_is_room() -> None:
    floor = busy_floor(24)
    context = ViewContext.of(floor)
    lines = [
        line.text for line in PanelDrawing(panels()[0], PanelState()).draw(context, 120, 34, active=True, stale=False)
    ]
    rows = len(floor.queues)
    axis = lines[5 + rows]
    assert re.fullmatch(r"│ +(\d+ +){3,4}((\d+ +){3,4})?│", axis), axis
    full = PanelDrawing(panels()[0], PanelState()).draw(context, 120, 2 + 3 + 1 + rows, active=True, stale=False)
    assert [line.text for line in full[5:-1]] == lines[5 : 5 + rows], "and no row makes room for them"


def test_the_head_of_agents_says_how_long_the_longest_pause_is() -> None:
    floor = busy_floor(24)
    away = [agent for agent in floor.agents if agent.state is AgentState.PAUSED]
    assert len(away) > 1
    panel = panels()[1]

    def longest(agents: Sequence[object]) -> tuple[str, TextStyle]:
        context = ViewContext.of(replace(floor, agents=tuple(agents)))
        fact = next(fact for fact in panel.summary(context).facts if fact.label == "longest pause")
        return fact.value, fact.style

    changed = list(floor.agents)
    place = changed.index(away[1])
    for minutes, sign, style in ((14, "/", TextStyle.TEXT), (15, "<", TextStyle.WATCH), (21, ">", TextStyle.BAD)):
        others = [replace(agent, since=floor.at - 1_000) if agent in away else agent for agent in changed]
        others[place] = replace(away[1], since=floor.at - minutes * 60_000, reason=None)
        assert longest(others) == (f"{minutes} {sign} 20 min", style)
    others[place] = replace(away[1], state=AgentState.READY)
    assert longest(others)[0] == "0 / 20 min"
    assert longest([agent for agent in others if agent.state is not AgentState.PAUSED])[0] == UNKNOWN
