"""Callers who wait are in sight whichever tab of the queues is shown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ccmon.model.alarms import Severity
from ccmon.snapshot.alarms import find_alarms
from ccmon.views.all_panels import panels
from ccmon.views.lost_callers import LostCallersTab
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.queues import QueuesPanel
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor


@pytest.mark.parametrize(("width", "height"), [(59, 7), (59, 11), (71, 12), (80, 17), (120, 30), (200, 40)])
@pytest.mark.parametrize("tab", [0, 1])
def test_each_tab_says_how_many_wait_and_how_long(tab: int, width: int, height: int) -> None:
    context = ViewContext.of(busy_floor(24))
    assert context.snapshot.total.waiting == 4
    drawing = PanelDrawing(panels()[0], PanelState())
    drawing.show_tab(tab)
    lines = drawing.draw(context, width, height, active=True, stale=False)
    head = " ".join(" ".join(line.text for line in lines[1:4]).split())
    assert "waiting" in head
    assert "longest ▲2:51" in head


def test_they_are_as_loud_beside_lost_callers_as_beside_queues() -> None:
    floor = busy_floor(24)
    context = ViewContext.of(replace(floor, alarms=find_alarms(floor)))
    assert context.snapshot.alarms[0].severity is Severity.ACT
    live, lost = QueuesPanel().summary(context), LostCallersTab().summary(context)
    assert live.figure.style is TextStyle.BAD
    assert [lost.facts[0], lost.facts[1]] == [live.figure, live.facts[0]]


def test_also_before_lost_callers_are_read() -> None:
    context = ViewContext.of(replace(busy_floor(24), lost_callers=None))
    assert [fact.label for fact in LostCallersTab().summary(context).facts] == ["waiting", "longest"]
