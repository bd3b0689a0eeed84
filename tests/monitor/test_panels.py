"""Panels drawn without a terminal: every width, every hostile name, filters and order."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from itertools import product
from typing import Any, cast

import pytest
from msgspec import Struct
from msgspec.structs import asdict, replace

from ccmon.formatting import UNKNOWN, width_of
from ccmon.model.agents import AgentState
from ccmon.model.alarms import AgentAlarm, OverdueFollowUpsAlarm, QueueAlarm, Rule, Severity
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.narrow import NO_FILTER, Filters, names, narrow
from ccmon.snapshot.queues import summed
from ccmon.snapshot.staffing import StaffingCount
from ccmon.spelling import folded
from ccmon.time_units import HOUR_MS
from ccmon.views.agents import COLUMNS as AGENT_COLUMNS
from ccmon.views.all_panels import panels
from ccmon.views.chrome import (
    Trouble,
    alarm_line,
    keys_line,
    kpi_strip_lines,
    secondary_line,
    status_line,
    too_small_lines,
)
from ccmon.views.column_widths import fit_columns, longest_texts
from ccmon.views.columns import sorted_rows
from ccmon.views.costs import CostTab, ProfitPanel
from ccmon.views.follow_ups import FollowUpsPanel
from ccmon.views.glyphs import ASCII, UNICODE, GlyphSet
from ccmon.views.keys import KEYS
from ccmon.views.layout import MAIN_PANELS, all_fit, lay_out, share, too_small
from ccmon.views.modal_content import detail_lines, help_lines
from ccmon.views.panel import FloorPanel
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.styled_text import Span, StyledLine, TextStyle
from ccmon.views.view_context import ViewContext
from tests.alarm_lines import list_lines
from tests.busy_floor import busy_floor as floor
from tests.examples import sample
from tests.floors import empty_floor, known

HOSTILE = [
    "\x1b]0;owned\x07\x1b[31mred",
    "[bold red]not markup[/]",
    "x" * 4000,
    "שלום עולם",
    "\u202egnirts desrever\u2066",
    "👩‍👩‍👧‍👦 family 🇳🇱 flag 👍🏽",
    "電話交換手の名前がとても長い場合",
    "Z̷̡̢̛̗̘̙̜̝̞̟̠̀̇̋̌algo",
    "line\nbreak\ttab\r\b\x00\x7f\x85\x9b",
    "",
    "\ud800 lone",
    "\u200b\u200d\ufeff",
]


SIZES = tuple(product((40, 42, 58, 66, 80, 120, 200), (5, 9, 18, 50)))
TABS = [tab for panel in panels() for tab in panel.tabs]


def drawn(panel: FloorPanel[Any], context: ViewContext, width: int, height: int) -> list[StyledLine]:
    return PanelDrawing(panel, PanelState()).draw(context, width, height, active=True, stale=False)


KEPT = {"Europe/Amsterdam", "centre", "client", "team", "agent", "queue", "campaign", "acquisition", "retention"}
"""Words that are no text of anybody."""


def hostile(name: str) -> FloorSnapshot:
    return cast("FloorSnapshot", _called(floor(12), name))


def _called(value: object, name: str) -> object:
    """The same record with every text in it replaced, but for dates and words of the schema."""
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return value if value in KEPT or re.match(r"\d{4}-\d\d", value) else name
    if isinstance(value, tuple):
        return tuple(_called(part, name) for part in value)
    if isinstance(value, Struct):
        return replace(value, **{field: _called(part, name) for field, part in asdict(value).items()})
    return value


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_cut_to_its_column_and_moves_nothing(name: str, glyphs: GlyphSet) -> None:
    context = ViewContext.of(hostile(name), glyphs=glyphs)
    lines: list[tuple[int, StyledLine]] = []
    for turn, panel in enumerate(TABS, HOSTILE.index(name)):
        for width, height in sample(((42, 9), (80, 18), (110, 30), (198, 50)), 4, turn):
            lines += [(width, line) for line in drawn(panel, context, width, height)]
        assert panel.rows(context)
        for row in list(panel.rows(context))[:1]:
            lines += [(60, line) for line in detail_lines(panel.details(row, context), glyphs, 60)]
    lines += [(72, line) for line in list_lines(context, 72)]
    lines += [(80, status_line(context, 80, glyphs, name, 400)), (80, alarm_line(context, 80, glyphs, None))]
    lines += [(80, alarm_line(context, 80, glyphs, Trouble(name, stale=True)))]
    for width, line in lines:
        assert line.text.isprintable()
        assert width_of(line.text) == width
        assert not glyphs.ascii_only or line.text.isascii()


@pytest.mark.parametrize("whole", [floor(40), floor(1), empty_floor()], ids=["busy", "one agent", "empty"])
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_every_panel_fills_every_size_exactly(whole: FloorSnapshot, glyphs: GlyphSet) -> None:
    context = ViewContext.of(whole, glyphs=glyphs)
    for turn, panel in enumerate(TABS):
        for width, height in sample(SIZES, 5, turn):
            lines = drawn(panel, context, width, height)
            assert len(lines) == height
            assert {width_of(line.text) for line in lines} == {width}
        for width in (66, 80, 200):
            for line in kpi_strip_lines(context, panels(), panel.number, width, glyphs, stale=False):
                assert width_of(line.text) == width


@pytest.mark.parametrize(
    ("tab", "width", "shown"),
    [
        (0, 62, " 5 Follow-ups  due  by owner  unresolved  second purchase "),
        (0, 61, " 5 Follow-ups  due  by owner  unresolved  … "),
        (0, 48, " 5 Follow-ups  due  by owner  unresolved  … "),
        (0, 47, " 5 Follow-ups  due  by owner  … "),
        (3, 53, " 5 Follow-ups  due  by owner  second purchase  … "),
        (3, 52, " 5 Follow-ups  due  second purchase  … "),
        (3, 42, " 5 Follow-ups  second purchase "),
        (3, 34, " 5 Follow-ups "),
    ],
)
def test_a_frame_names_as_many_tabs_as_fit_and_always_the_one_that_is_shown(tab: int, width: int, shown: str) -> None:
    drawing = PanelDrawing(panels()[4], PanelState())
    drawing.show_tab(tab)
    top = drawing.draw(ViewContext.of(floor(24)), width, 12, active=True, stale=False)[0].text
    assert top.startswith(f"╭─{shown}─")


def test_the_queue_panel_as_a_person_sees_it() -> None:
    lines = [line.text for line in drawn(panels()[0], ViewContext.of(floor(24)), 72, 12)]
    assert lines[:5] == [
        "╭─ 1 Queue  live  lost ────────────────────────────────────────── ▲ 3 ─╮",
        "│ █ █             longest               ▲2:51   ready       4          │",
        "│ ▀▀█ ▲           SL       △76 %, target 80 %   offered 1,473          │",
        "│   ▀ waiting     staffed △18 of 42, 24 short   lost       66          │",
        "│   longest│wait│queue                 SL  tgt│ready│allot.│req.│lost  │",
    ]
    assert lines[7:9] == [
        "│ ▲   ▲2:18    2 Bloem service      △75 % 80 %    △0      0   △1   14  │",
        "│ ▲   ▲2:51    1 Noordlicht sales   △76 % 80 %     4      8  △18   13  │",
    ]
    assert lines[-1] == "╰──────────────────────────────────────────────────────────────────────╯"


@pytest.mark.parametrize(("later", "shown", "style"), [(999, "0:20", TextStyle.TEXT), (1_000, "0:21", TextStyle.WATCH)])
def test_a_wait_is_past_the_threshold_by_whole_seconds_as_its_call_will_be(
    later: int, shown: str, style: TextStyle
) -> None:
    whole = floor(24)
    since = whole.at - whole.at % 1000 - 20_000
    queue = replace(whole.queues[0], service_level_threshold_ms=20_000, longest_wait_since=since, waiting=1)
    context = ViewContext.of(replace(whole, queues=(queue,), alarms=(), at=since + 20_000 + later))
    details = {detail.label: (detail.value, detail.style) for detail in panels()[0].details(queue, context)}
    assert details["longest wait"] == (shown, style)


def test_a_queue_says_how_many_calls_were_cut_off_or_have_no_wait() -> None:
    context = ViewContext.of(floor(24))
    queue = replace(context.snapshot.queues[0], cut_off=3)
    details = {detail.label: detail.value for detail in panels()[0].details(queue, context)}
    assert details["of the answered, cut off"] == "3"
    assert "of the answered, without a wait" not in details
    queue = replace(queue, answered_without_wait=2)
    details = {detail.label: detail.value for detail in panels()[0].details(queue, context)}
    assert details["of the answered, without a wait"] == "2"


def test_each_invariant_part_of_a_queue_is_in_its_details() -> None:
    context = ViewContext.of(floor(24))
    for queue in context.snapshot.queues:
        details = {detail.label: detail.value for detail in panels()[0].details(queue, context)}
        parts = [int(value.replace(",", "")) for label, value in details.items() if label[:1] in {"=", "+"}]
        assert len(parts) == 7
        assert sum(parts) == int(details["offered"].replace(",", ""))


def test_unknown_is_a_dash_and_never_zero() -> None:
    context = ViewContext.of(empty_floor())
    for panel in TABS:
        for fact in panel.summary(context).facts:
            assert "0 %" not in fact.value
            assert "0:00" not in fact.value


def test_agents_keep_their_places_by_name_and_those_who_are_out_come_last() -> None:
    context = ViewContext.of(floor(60))
    rows = list(panels()[1].rows(context))
    out = [agent.state in {AgentState.LOGGED_OUT, AgentState.UNKNOWN} for agent in rows]
    assert out == sorted(out)
    assert any(out)
    here = [folded(agent.name) for agent in rows if agent.state is not AgentState.LOGGED_OUT]
    assert here == sorted(here)
    marked = Counter(map(context.severity, rows))
    top = drawn(panels()[1], context, 80, 12)[0].text
    assert marked[Severity.WATCH] > 1
    assert f" △ {marked[Severity.WATCH]} ─╮" in top
    assert (f"▲ {marked[Severity.ACT]}" in top) is (marked[Severity.ACT] > 0)


@pytest.mark.parametrize("panel", [panels()[0], panels()[1]])
def test_sorted_by_their_signs_rows_who_need_a_person_come_first(panel: FloorPanel[Any]) -> None:
    context = ViewContext.of(floor(60))
    sign = next(column for column in panel.columns if column.key == "sign")
    rows = list(sorted_rows(panel.rows(context), sign, not sign.ascending, context))
    severities = [context.severity(row) for row in rows]
    assert severities == sorted(severities, reverse=True)
    assert len(set(severities)) > 1
    drawing = PanelDrawing(panel, PanelState(sort_key="sign", descending=False))
    assert " by attention " in drawing.draw(context, 80, 12, active=True, stale=False)[0].text


def test_in_a_printed_text_agents_who_need_a_person_come_before_those_who_do_not() -> None:
    context = ViewContext.of(floor(60))
    rows = list(panels()[1].printed_rows(context))
    severities = [context.severity(agent) for agent in rows]
    assert severities == sorted(severities, reverse=True)
    calm = [agent.state for agent in rows if not context.severity(agent)]
    assert calm.index(AgentState.TALKING) < calm.index(AgentState.READY)


def test_a_pause_without_a_reason_says_so_where_there_is_room_and_is_never_cut() -> None:
    whole = floor()
    agent = replace(whole.agents[0], state=AgentState.PAUSED, reason=None)
    state = next(column for column in AGENT_COLUMNS if column.key == "state")
    for width in range(state.width, state.widest + 1):
        cell = cast(Span, state.cell(agent, ViewContext.of(whole), width))
        assert width_of(cell.text) <= width
        assert cell.text == ("‖ paused, no reason" if width == state.widest else "‖ paused")


def test_the_strip_of_figures_has_room_for_how_many_promises_are_at_risk() -> None:
    whole = floor()
    due, risk = whole.follow_ups.due_today, whole.follow_ups.at_risk
    calm = replace(whole, follow_ups=replace(whole.follow_ups, owners=()))
    for shown, width, text in (
        (whole, 80, f" △{risk} at risk"),
        (whole, 120, f" △{risk} at risk, {due} due"),
        (calm, 80, f" {due} due"),
    ):
        strip = kpi_strip_lines(ViewContext.of(shown), panels()[:5], 1, width, UNICODE, stale=False)
        assert strip[2].text.rstrip().endswith(text)


@pytest.mark.parametrize("panel", TABS, ids=lambda panel: f"{panel.name} {panel.tab}")
def test_every_column_sorts_and_keeps_unknown_rows_last(panel: FloorPanel[Any]) -> None:
    context = ViewContext.of(floor(30))
    for column in panel.columns:
        if column.sort is None:
            continue
        for descending in (True, False):
            rows = sorted_rows(panel.rows(context), column, descending, context)
            values = [column.sort(row, context) for row in rows]
            known = [value for value in values if value is not None]
            assert values[: len(known)] == known == sorted(known, reverse=descending)
            assert len(rows) == len(panel.rows(context))


def test_a_filter_narrows_what_it_reaches_and_says_what_it_does_not() -> None:
    whole = floor(60)
    for queue in whole.queues:
        part = narrow(whole, Filters(queue=queue.name))
        assert part.queues == (queue,)
        assert part.total.offered == queue.offered
        assert part.total.service_level == queue.service_level
        assert part.total.agents_ready == queue.agents_ready
        assert all(queue.name in {agent.queue, *agent.queues} for agent in part.agents)
    parts = [narrow(whole, Filters(client=client)) for client in ("Noordlicht Energie", "Bloem & Blad")]
    assert sum(part.total.offered for part in parts) == whole.total.offered
    assert sum(len(part.agents) for part in parts) == len(whole.agents)
    assert sum(known(part.follow_ups.overdue) for part in parts) == known(whole.follow_ups.overdue)
    assert sum(part.sales[0].sales for part in parts) == whole.sales[0].sales
    assert sum(len(known(part.unresolved_customers)) for part in parts) == len(known(whole.unresolved_customers))
    assert sum(len(known(part.low_scores)) for part in parts) == len(known(whole.low_scores))
    assert sum(len(known(part.follow_ups.owners)) for part in parts) == len(known(whole.follow_ups.owners))
    team = narrow(whole, Filters(team="Bloem C"))
    assert {agent.team for agent in team.agents} == {"Bloem C"}
    assert team.sales[0].kind == "centre"
    lines = drawn(panels()[0], ViewContext.of(whole, filters=Filters(team="Bloem C")), 80, 12)
    assert "all teams" in lines[0].text


def test_the_parts_of_an_agents_time_add_up_to_the_time_logged_in() -> None:
    agents = panels()[1]
    context = ViewContext.of(floor(40))
    for row in agents.rows(context):
        shown = {detail.label: detail.value for detail in agents.details(row, context)}
        parts = ("talk", "hold", "wrap-up", "ready", "paused", "dialling, ringing, other")
        assert abs(sum(_seconds(shown[part]) for part in parts) - _seconds(shown["logged in"])) <= len(parts)


def _seconds(text: str) -> int:
    seconds = 0
    for part in text.split(":"):
        seconds = 60 * seconds + int(part)
    return seconds


def test_a_queue_and_a_team_of_one_name_are_told_apart() -> None:
    whole = floor(24)
    both = [each for each in whole.handling if each.kind in {"queue", "team"}]
    context = ViewContext.of(replace(whole, handling=tuple(replace(each, name="Aurora") for each in both)))
    for width in (54, 78, 118):
        rows = [line.text for line in drawn(panels()[3], context, width, 30) if "Aurora" in line.text]
        assert {"queue", "team"} == {word for row in rows for word in row.split() if word in {"queue", "team"}}


def test_alarms_about_what_is_not_shown_are_left_out() -> None:
    whole = floor(60)
    part = narrow(whole, Filters(client="Bloem & Blad"))
    hidden = {queue.name for queue in whole.queues} - {queue.name for queue in part.queues}
    assert any(alarm.subject in hidden for alarm in whole.alarms)
    assert not any(alarm.subject in hidden for alarm in part.alarms)


@pytest.mark.parametrize("kind", ["queue", "team", "client"])
def test_a_filter_lets_the_alarms_of_others_out_even_where_names_are_shared(kind: str) -> None:
    whole = floor(60)
    # Teams that are called like the queues, as in many a centre.
    teams = dict(
        zip(sorted({agent.team or "" for agent in whole.agents}), (q.name for q in whole.queues), strict=False)
    )
    whole = replace(
        whole,
        agents=tuple(replace(agent, team=teams[agent.team or ""]) for agent in whole.agents),
        sales=tuple(replace(line, name=teams.get(line.name, line.name)) for line in whole.sales),
        data_at=whole.at - 600_000,
    )
    whole = replace(whole, alarms=find_alarms(whole))
    for name in names(whole, kind):
        part = narrow(whole, NO_FILTER.with_one(kind, name))
        agents = {agent.name for agent in part.agents}
        served = {queue for agent in part.agents for queue in agent.queues}
        for alarm in part.alarms:
            if isinstance(alarm, QueueAlarm):
                assert alarm.subject in {queue.name for queue in part.queues}
                assert kind != "team" or alarm.subject in served
            elif isinstance(alarm, AgentAlarm):
                assert alarm.subject in agents
            elif isinstance(alarm, OverdueFollowUpsAlarm):
                assert {owner for owner, _ in alarm.owners} <= agents | {None}
            elif alarm.rule is Rule.LOW_SCORE:
                assert alarm.subject in {score.who for score in known(part.low_scores)}
        assert part.alarms[0].rule == "data_age", "what concerns the whole floor stays"
        assert len(part.alarms) < len(whole.alarms)


def test_what_is_of_more_than_the_filter_says_so_and_what_is_absent_is_a_dash_in_the_strips() -> None:
    whole = floor(60)
    every = panels()
    main, secondary = every[:5], every[5:]
    of_team = ViewContext.of(whole, filters=Filters(team="Bloem C"))
    assert "1 Queue all teams" in kpi_strip_lines(of_team, main, 1, 140, UNICODE, stale=False)[0].text
    names, figures, _ = kpi_strip_lines(of_team, main, 1, 80, UNICODE, stale=False)
    assert "all" not in names.text
    assert figures.text.count(" all") == 1, "the queues"
    of_queue = ViewContext.of(whole, filters=Filters(queue=whole.queues[0].name))
    conversion = kpi_strip_lines(of_queue, main, 1, 140, UNICODE, stale=False)[1].text
    assert f"{UNKNOWN} conversion" in conversion
    for width in (66, 80, 120):
        text = secondary_line(of_queue, secondary, None, width, UNICODE, stale=False).text
        assert text.count(UNKNOWN) == 3, text
        assert width_of(text) == width
    everything = ViewContext.of(whole)
    assert "all" not in "".join(line.text for line in kpi_strip_lines(everything, main, 1, 140, UNICODE, stale=False))


def test_each_row_has_an_identity_of_its_own_and_a_heading() -> None:
    context = ViewContext.of(floor(24))
    for panel in TABS:
        rows = panel.rows(context)
        assert len({panel.identity(row) for row in rows}) == len(rows) > 0
        assert all(panel.heading(row) for row in rows)


def test_help_explains_every_figure_on_the_screen() -> None:
    text = "\n".join(line.text for line in help_lines(panels(), KEYS, UNICODE, 92))
    context = ViewContext.of(floor(24))
    for panel in TABS:
        explained = {label for label, _ in panel.fact_meanings}
        summary = panel.summary(context)
        assert {fact.label for fact in (summary.figure, *summary.facts)} <= explained
        for column in panel.columns:
            assert column.meaning.endswith(".")
            assert column.title in text
    assert all(width_of(line.text) == 92 for line in help_lines(panels(), KEYS, UNICODE, 92))


@pytest.mark.parametrize(("width", "height"), [(100, 30), (120, 40), (200, 60), (101, 31), (300, 100)])
def test_five_panels_cover_the_screen_without_a_gap(width: int, height: int) -> None:
    for alarm, keys in ((1, 1), (3, 1), (1, 3), (8, 3)):
        _check_layout(width, height, alarm, keys)


@pytest.mark.parametrize("width", [66, 87, 99])
def test_on_an_upright_terminal_the_five_panels_stand_one_below_the_other(width: int) -> None:
    _check_layout(width, 64, 1, 1)
    plan = lay_out(width, 64, None, dict.fromkeys(MAIN_PANELS, 20))
    assert {(box.x, box.width) for box in plan.panels.values()} == {(0, width)}
    assert [number for number, _ in sorted(plan.panels.items(), key=lambda each: each[1].y)] == list(MAIN_PANELS)
    assert min(box.height for box in plan.panels.values()) >= 11
    assert len(lay_out(width, 63, None, {1: 20}).panels) == 1


def _check_layout(width: int, height: int, alarm: int, keys: int) -> None:
    plan = lay_out(width, height, None, dict.fromkeys(MAIN_PANELS, 20), alarm_height=alarm, keys_height=keys)
    cells = [
        (x, y)
        for box in (plan.status, plan.alarm, plan.keys, plan.secondary, *plan.panels.values())
        if box is not None
        for x in range(box.x, box.x + box.width)
        for y in range(box.y, box.y + box.height)
    ]
    assert len(cells) == len(set(cells)) == width * height
    assert (plan.alarm.height, plan.keys.height) == (alarm, keys)


def test_room_is_shared_so_that_nobody_has_too_much() -> None:
    assert share(30, [10, 10, 10]) == [10, 10, 10]
    assert share(30, [5, 50, 50]) == [5, 12, 13]
    assert share(30, [5, 5, 5]) == [5, 5, 20]
    assert sum(share(31, [100, 100, 100])) == 31


def test_what_is_too_small_says_how_large_it_should_be() -> None:
    assert too_small(65, 50)
    assert too_small(200, 13)
    assert not too_small(66, 14)
    assert all_fit(100, 30)
    assert not all_fit(99, 63)
    assert all_fit(66, 64)
    assert len(too_small_lines(20, 5, 66, 14)) <= 5


def test_the_line_of_keys_keeps_help_and_quit() -> None:
    for width in (66, 80, 120):
        text = keys_line(width).text
        assert "? help" in text
        assert "q quit" in text
        assert width_of(text) == width


@pytest.mark.parametrize("width", [59, 71, 80])
def test_staffed_of_the_rows_adds_up_to_that_of_the_head(width: int) -> None:
    whole = floor(24)
    context = ViewContext.of(whole)
    text = "\n".join(line.text for line in drawn(panels()[0], context, width, 14))
    total = whole.total
    assert total.agents_gap is not None
    assert f"staffed △{total.agents_on_phones} of {total.agents_needed}, {-total.agents_gap} short" in text
    assert width < 71 or "allot.│req." in text
    assert sum(queue.agents_allotted or 0 for queue in whole.queues) == total.agents_on_phones


def test_the_head_says_that_each_queue_has_enough_and_that_some_agents_are_shared() -> None:
    whole = floor(24)
    queues = tuple(replace(queue, agents_needed=2, agents_on_phones=4, agents_allotted=2) for queue in whole.queues)
    total = summed(queues, "All queues", StaffingCount(0, 2 * len(queues)))
    context = ViewContext.of(replace(whole, queues=queues, total=total))
    text = "\n".join(line.text for line in drawn(panels()[0], context, 190, 14))
    assert f"staffed ✓ {2 * len(queues)}, {2 * len(queues)} required" in " ".join(text.split())
    assert text.count("4 shared") == len(queues)


@pytest.mark.parametrize(("allotted", "short"), [(3, True), (4, False), (5, False), (None, False)])
def test_needed_is_marked_where_fewer_are_allotted_and_not_where_they_are_equal(
    allotted: int | None, short: bool
) -> None:
    whole = floor(24)
    queue = replace(whole.queues[0], agents_needed=4, agents_on_phones=9, agents_allotted=allotted)
    context = ViewContext.of(replace(whole, queues=(queue,), total=summed((queue,), "All queues", StaffingCount(0, 9))))
    panel = panels()[0]
    cells = {column.key: column.cell(queue, context, 8) for column in panel.columns}
    drawn = [cells[key] for key in ("required", "allotted")]
    styles = [cell.style for cell in drawn if isinstance(cell, Span)]
    styles += [fact.style for fact in panel.summary(context).facts if fact.label == "staffed"]
    styles += [detail.style for detail in panel.details(queue, context) if detail.label == "agents required"]
    assert styles == [TextStyle.WATCH if short else TextStyle.TEXT] * 4


def test_a_note_is_seen_without_scrolling_and_made_of_has_what_room_there_is() -> None:
    context = ViewContext.of(floor(24))
    item = next(item for item in context.snapshot.follow_ups.items if item.note)
    lines = [line.text for line in detail_lines(FollowUpsPanel().details(item, context), UNICODE, 74)]
    assert any(line.startswith("Note  ") for line in lines[:5])
    panel = ProfitPanel()
    rows = panel.rows(context)
    widths = {
        column.key: width
        for column, width in fit_columns(panel.columns, 76, longest_texts(panel.columns, rows, context))
    }
    assert widths["name"] <= max(len(row.name) for row in rows) + 2, "no gap beside a text that is cut off"
    assert widths["basis"] >= max(len(row.basis) for row in rows)
    narrow = {column.key for column, _ in fit_columns(panel.columns, 62, longest_texts(panel.columns, rows, context))}
    assert narrow == {column.key for column in panel.columns}, "it is cut rather than left out"


@pytest.mark.parametrize("panel", [ProfitPanel(), CostTab()])
@pytest.mark.parametrize("margin", [None, 0.345])
@pytest.mark.parametrize("without_cost", [0, 12])
def test_what_a_figure_is_made_of_is_read_in_full_on_80_columns(
    panel: ProfitPanel, margin: float | None, without_cost: int
) -> None:
    snapshot = floor(24)
    assert snapshot.resources is not None
    inbound, *outbound = snapshot.resources.work
    work = (replace(inbound, handled=3_872, agents=134), *outbound)
    figures = replace(
        snapshot.resources, work=work, margin=margin, agents_without_cost=without_cost, costed_ms=1_281 * HOUR_MS,
        handled=12_345, orders=1_250, new_customers=1_143, kept_customers=1_104,
        revenue_cents=99_999_900, labour_cents=9_603_300, sales_cost_cents=1_270_200, retention_cost_cents=1_207_100,
    )  # fmt: skip
    context = ViewContext.of(replace(snapshot, resources=figures))
    rows = panel.rows(context)
    fitted = fit_columns(panel.columns, 76, longest_texts(panel.columns, rows, context))
    assert [column.key for column, _ in fitted] == [column.key for column in panel.columns]
    for row in rows:
        for column, width in fitted:
            cell = column.cell(row, context, width)
            assert isinstance(cell, Span)
            assert len(cell.text) <= width, cell.text


def test_a_note_of_several_lines_keeps_them() -> None:
    context = ViewContext.of(floor(24))
    item = replace(context.snapshot.follow_ups.items[0], note="first\nsecond")
    details = FollowUpsPanel().details(item, context)
    place = [each.label for each in details].index("Note")
    assert [each.value for each in details[place : place + 2]] == ["first", "second"]
