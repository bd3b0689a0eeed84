"""Panels of customers and value use the room under their rows for where the figures come from."""

from __future__ import annotations

import pytest

from ccmon.formatting import amount
from ccmon.views.all_panels import panels
from ccmon.views.costs import CostTab, ProfitPanel
from ccmon.views.panel import FloorPanel
from ccmon.views.retention import RetentionPanel
from ccmon.views.tables_below import revenue_lines
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor

CONTEXT = ViewContext.of(busy_floor(36))


def texts(tab: FloorPanel[object], width: int, height: int) -> list[str]:
    return ["".join(span.text for span in line) for line in tab.below(CONTEXT, width, height)]


@pytest.mark.parametrize(("width", "height"), [(116, 22), (196, 40)])
@pytest.mark.parametrize(
    ("kind", "title", "name"),
    [
        (ProfitPanel, "Revenue today by client, team and campaign", "Noordlicht A"),
        (CostTab, "Calls and handling time today by queue and team", "Noordlicht service"),
        (RetentionPanel, "Bought again within 90 days, by the month", "2026-07"),
    ],
)
def test_what_the_figures_come_from_stands_below_the_notes(
    kind: type[FloorPanel[object]], title: str, name: str, width: int, height: int
) -> None:
    tab = next(tab for panel in panels() for tab in panel.tabs if type(tab) is kind)
    lines = texts(tab, width, height)
    assert any(line.startswith(title) for line in lines)
    assert any(name in line for line in lines)
    assert len(lines) <= height
    assert {len(line) for line in lines if line.startswith(" ") and line.strip()} <= {width}
    printed = ["".join(span.text for span in line) for line in tab.printed_below(CONTEXT, width, height)]
    assert not any(line.startswith(title) for line in printed), "a printed text has it under its own heading"
    short = texts(tab, width, len(printed))
    assert short == printed, "without room there is no table"


def test_revenue_is_that_of_the_records_the_largest_of_each_kind_first() -> None:
    lines = ["".join(span.text for span in line) for line in revenue_lines(CONTEXT, 116, 30)][3:]
    groups = [each for each in CONTEXT.snapshot.sales if each.kind in {"client", "team", "campaign"}]
    assert len(lines) == len(groups)
    for kind in ("client", "team", "campaign"):
        of_kind = sorted((each for each in groups if each.kind == kind), key=lambda each: -each.revenue_cents)
        shown = [line for line in lines if f" {kind} " in line]
        assert [line.split()[0] for line in shown] == [amount(each.revenue_cents) for each in of_kind]
