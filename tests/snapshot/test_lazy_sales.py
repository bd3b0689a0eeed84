"""Lines of sales that are made when they are read: the same as if all were made, and no more of them than are read."""

from __future__ import annotations

import pickle

from msgspec.structs import replace

from ccmon.model.sales import SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.lazy_sales import LazySales, scopes_of
from ccmon.snapshot.narrow import Filters, narrow
from ccmon.views.all_panels import panels
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.sales import SalesPanel
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.lazy_copies import KnownLines, LazyCopies


def lazy(floor: FloorSnapshot) -> LazySales:
    sales = LazyCopies().of(floor).sales
    assert isinstance(sales, LazySales)
    return sales


def without_quotas(floor: FloorSnapshot) -> FloorSnapshot:
    return replace(
        floor,
        sales=tuple(replace(line, quotas=(), quota_sales=None, expected_by_now=None) for line in floor.sales),
    )


def test_they_are_a_sequence_of_the_lines() -> None:
    floor = busy_floor(30)
    sales, lines = lazy(floor), tuple(floor.sales)
    assert len(sales) == len(lines)
    assert tuple(sales[place] for place in range(-len(lines), len(lines))) == lines + lines
    assert sales[2:5] == lines[2:5]
    assert sales == lines
    assert lines == sales
    assert sales != lines[1:]
    assert pickle.loads(pickle.dumps(sales)) == lines
    assert [(each.kind, each.id) for each in scopes_of(sales)] == [(line.kind, line.id) for line in lines]
    assert [sales.of_agent(agent) for agent in sales.agents] == [line for line in lines if line.kind == "agent"]


def test_a_panel_makes_the_lines_in_sight_alone() -> None:
    floor, height = without_quotas(busy_floor(200)), 20
    sales = lazy(floor)
    maker = sales._maker
    assert isinstance(maker, KnownLines)
    maker.made, maker.edition = 0, object()
    [panel] = [each for each in panels() if isinstance(each, SalesPanel)]
    PanelDrawing(panel, PanelState()).draw(
        ViewContext.of(replace(floor, sales=sales)), 120, height, active=True, stale=False
    )
    assert 0 < maker.made <= height
    assert len(sales.agents) == 200


def test_narrowed_lines_are_those_of_all_lines() -> None:
    floor = busy_floor(30)
    client = next(line.client for line in floor.sales if line.kind == "client" and line.client)
    team = next(line.name for line in floor.sales if line.kind == "team")
    for filters in (Filters(team=team), Filters(client=client)):
        narrowed = narrow(replace(floor, sales=lazy(floor)), filters)
        assert narrowed == narrow(floor, filters)
        assert all(isinstance(line, SalesFigures) for line in narrowed.sales)
