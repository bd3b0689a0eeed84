"""Promises at risk are the same ones in the head, in the view of what is due and in the view by owner."""

from __future__ import annotations

from collections import Counter

from ccmon.metrics.next_change import NextChange
from ccmon.model.follow_ups import FollowUp
from ccmon.views.follow_up_tabs import AgentFollowUpsTab
from ccmon.views.follow_ups import FollowUpsPanel
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.floors import known


def risk(item: FollowUp, context: ViewContext) -> Span:
    [column] = [column for column in FollowUpsPanel().columns if column.key == "risk"]
    cell = column.cell(item, context, 7)
    assert isinstance(cell, Span)
    return cell


def test_the_rows_marked_at_risk_are_those_that_head_and_owners_count() -> None:
    context = ViewContext.of(busy_floor(36))
    panel, figures = FollowUpsPanel(), context.snapshot.follow_ups
    marked = [item for item in panel.rows(context) if risk(item, context).style is TextStyle.WATCH]
    assert marked
    assert {context.glyphs.signed(cell.text, cell.style)[0] for cell in (risk(item, context) for item in marked)} == {
        "△"
    }
    assert Counter(item.owner_id for item in marked) == +Counter(
        {owner.agent_id: owner.at_risk or 0 for owner in known(figures.owners)}
    )
    assert {fact.label: fact.value for fact in panel.summary(context).facts}["at risk"] == str(len(marked))


def test_what_is_overdue_is_late_and_no_risk() -> None:
    context = ViewContext.of(busy_floor(36))
    when = NextChange(context.rows_at)
    overdue = [item for item in context.snapshot.follow_ups.items if item.is_overdue(when)]
    assert overdue
    assert {risk(item, context) for item in overdue} == {Span("late", TextStyle.QUIET)}
    for item in overdue:
        assert "late risk" not in {detail.label for detail in FollowUpsPanel().details(item, context)}


def test_under_what_is_due_stand_the_owners_with_late_promises_in_the_order_of_the_view_by_owner() -> None:
    context = ViewContext.of(busy_floor(36))
    lines = ["".join(span.text for span in line) for line in FollowUpsPanel().below(context, 120, 40)[1:]]
    rows = AgentFollowUpsTab().rows(context)
    owners = [each for each in rows if each.overdue or each.at_risk or each.cannot_be_kept]
    assert lines
    assert any(each.overdue and not each.at_risk for each in owners)
    assert [line[2:].split(":")[0] for line in lines] == [
        "No owner" if owner.agent_id is None else owner.name for owner in owners
    ]
