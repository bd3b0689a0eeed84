"""Rows keep their places while one of them is chosen."""

from __future__ import annotations

from msgspec.structs import replace

from ccmon.views.all_panels import panels
from ccmon.views.held_order import HeldOrder
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.floors import MINUTE


def test_what_comes_stands_below_and_nothing_moves() -> None:
    held = HeldOrder()
    assert held.hold(["b", "c", "a"], ["a", "b", "c"], "name", list) == ["a", "b", "c"]
    assert held.hold(["d", "c", "a"], ["a", "b", "c"], "name", list) == ["a", "c", "d"]
    assert held.hold(["e", "d", "c", "b"], [], "name", list) == ["b", "c", "d", "e"]
    assert held.hold(["e", "b", "c"], ["b", "c", "e"], "time", list) == ["e", "b", "c"], "another order"
    held.release()
    assert held.hold(["b", "c"], ["b", "c"], "time", list) == ["b", "c"]


def test_rows_that_are_as_they_were_stay_the_same_object() -> None:
    held, rows = HeldOrder(), ["a", "b"]
    assert held.hold(rows, rows, "name", list) is rows
    other = ["b", "a"]
    turned = held.hold(other, rows, "name", list)
    assert turned == rows
    assert held.hold(other, rows, "name", list) is turned


def test_sorted_by_time_agents_move_again_once_none_is_chosen() -> None:
    floor = busy_floor(24)
    panel = panels()[1]
    drawing = PanelDrawing(panel, PanelState(sort_key="time"))

    def names(at: int, agents: object = floor.agents) -> list[str]:
        drawing.draw(ViewContext.of(replace(floor, agents=agents), at), 80, 30, active=True, stale=False)
        return [agent.name for agent in drawing.rows]

    before = names(floor.at)
    drawing.state.cursor = panel.identity(drawing.rows[2])
    last = next(place for place, agent in enumerate(floor.agents) if agent.name == before[10])
    agents = tuple(
        replace(agent, since=floor.at - 900 * MINUTE) if place == last else agent
        for place, agent in enumerate(floor.agents)
    )
    assert names(floor.at + 1000, agents) == before
    assert drawing.cursor_index() == 2
    drawing.state.cursor = None
    assert names(floor.at + 1000, agents) == [before[10], *before[:10], *before[11:]]
