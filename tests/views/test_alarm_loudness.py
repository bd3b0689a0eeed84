"""A panel is never louder than the alarm about the same thing, and alarms stand in the order of their loudness."""

from __future__ import annotations

from msgspec.structs import replace

from ccmon.metrics.next_change import NextChange
from ccmon.model.alarms import LowScoreAlarm, OverdueFollowUpsAlarm, ReasonAlarm, Rule, Severity
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import find_alarms
from ccmon.views.all_panels import panels
from ccmon.views.glyphs import UNICODE
from ccmon.views.panel import FloorPanel
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.floors import known


def spans_of(panel: FloorPanel[object], context: ViewContext) -> list[Span]:
    """All that a tab shows: head, rows at their full width, and what stands below."""
    head = panel.summary(context)
    spans = [Span(fact.value, fact.style) for fact in (head.figure, *head.facts)]
    for row in panel.rows(context):
        for column in panel.columns:
            if column.key == "state":  # that of an agent, with signs of its own
                continue
            cell = column.cell(row, context, max(column.width, column.widest))
            spans += [cell] if isinstance(cell, Span) else cell
    return spans + [span for line in panel.below(context, 120, 20) for span in line]


def with_alarms(floor: FloorSnapshot) -> FloorSnapshot:
    return replace(floor, alarms=find_alarms(floor))


def test_what_has_an_alarm_to_watch_is_not_shown_as_to_be_acted_on() -> None:
    """Neither overdue promises nor low scores nor rising problems: the bell does not ring for them."""
    context = ViewContext.of(with_alarms(busy_floor(36)))
    kinds = {OverdueFollowUpsAlarm, LowScoreAlarm, ReasonAlarm}
    severities = {type(alarm): alarm.severity for alarm in context.snapshot.alarms if type(alarm) in kinds}
    assert severities == dict.fromkeys(kinds, Severity.WATCH)
    for panel in panels()[4:6] + panels()[7:8]:
        for tab in panel.tabs:
            spans = spans_of(tab, context)
            assert not [span for span in spans if span.style is TextStyle.BAD], tab.key
            assert not [span for span in spans if UNICODE.act in span.text], tab.key


def test_an_overdue_promise_is_marked_as_the_alarm_about_it() -> None:
    context = ViewContext.of(busy_floor(36))
    due, when = panels()[4], NextChange(context.rows_at)
    [column] = [column for column in due.columns if column.key == "when"]
    signs = set()
    for item in due.rows(context):
        cell = column.cell(item, context, 13)
        assert isinstance(cell, Span)
        signs.add((item.is_overdue(when), cell.text[0], cell.style is TextStyle.WATCH))
    assert signs == {(True, context.sign(Rule.OVERDUE_FOLLOW_UPS.severity).text, True), (False, " ", False)}


def test_overdue_promises_stand_before_all_else_that_is_to_be_watched_about_people() -> None:
    alarms = find_alarms(busy_floor(36))
    rules = [alarm.rule for alarm in alarms if alarm.severity is Severity.WATCH]
    overdue = rules.index(Rule.OVERDUE_FOLLOW_UPS)
    assert {Rule.LOW_SCORE, Rule.RISING_PROBLEM} <= set(rules[overdue + 1 :])
    assert known(busy_floor(36).follow_ups.overdue)
