"""No text of a table is cut while its row has blanks that could hold it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.formatting import width_of
from ccmon.model.snapshot import FloorSnapshot
from ccmon.views.all_panels import panels
from ccmon.views.column_widths import MOST
from ccmon.views.columns import Fitted, fit_cell, shown_text, shown_width
from ccmon.views.glyphs import ASCII, UNICODE, GlyphSet
from ccmon.views.panel import FloorPanel
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState
from ccmon.views.styled_text import Span
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.goldens.moments import floor_of
from tests.monitor.monitor_app import SIZES, screen_text, tick, watching

TABS = [tab for panel in panels() for tab in panel.tabs]
FLOORS = ("few", "many", "long names", "sample_data", "by_hand")


@cache
def floor_named(name: str) -> FloorSnapshot:
    if name == "few":
        return busy_floor(3)
    if name == "many":
        return busy_floor(60)
    if name == "long names":
        return with_long_names(busy_floor(24))
    return floor_of(name)


def with_long_names(floor: FloorSnapshot) -> FloorSnapshot:
    """The floor with some names longer than any column is made for."""
    agents = [
        replace(agent, name=f"{agent.name} of Hohenstein and the Mountains Beyond {place}") if place % 5 == 0 else agent
        for place, agent in enumerate(floor.agents)
    ]
    queues = [replace(queue, name=f"{queue.name} of all the world Ærøskøbing") for queue in floor.queues]
    return replace(floor, agents=tuple(agents), queues=tuple(queues))


def idle_cells(fitted: Fitted[Any], rows: Sequence[Any], width: int, context: ViewContext) -> tuple[list[str], int]:
    """The columns with a text that is cut, and cells that no row has anything in."""
    cut = []
    idle = width - sum(cells for _, cells in fitted) - (len(fitted) - 1)
    for column, cells in fitted:
        if column.drawn:
            idle += max(0, cells - column.width)
            continue
        longest = width_of(column.short or column.title)
        for row in rows:
            cell = column.cell(row, context, cells)
            if not isinstance(cell, Span):
                longest = cells
                continue
            longest = max(longest, shown_width(column, cell, context.glyphs))
            [shown] = fit_cell(column, cells, cell, context.glyphs)
            is_whole = (
                shown.text.strip() == context.glyphs.fit(shown_text(column, cell, context.glyphs), cells + MOST).strip()
            )
            if not is_whole and cells < MOST:
                cut.append(f"{column.key}: {shown.text}")
        idle += max(0, cells - longest)
    return cut, idle


@given(
    place=st.integers(0, len(TABS) - 1),
    name=st.sampled_from(FLOORS),
    width=st.integers(36, 230),
    glyphs=st.sampled_from([UNICODE, ASCII]),
)
def test_nothing_is_empty_beside_a_text_that_is_cut(place: int, name: str, width: int, glyphs: GlyphSet) -> None:
    tab, context = TABS[place], ViewContext.of(floor_named(name), glyphs=glyphs)
    check(tab, context, width)


def check(tab: FloorPanel[Any], context: ViewContext, width: int) -> None:
    rows = tab.rows(context)
    drawing = PanelDrawing(tab, PanelState())
    drawing.draw(context, width + 4, len(rows) + 10, active=True, stale=False)
    fitted = drawing._fitting.fitted
    cut, idle = idle_cells(fitted, tab.measured(rows), width, context)
    assert not cut or not idle, (tab.name, tab.tab, width, cut[:3], idle, [(c.key, n) for c, n in fitted])


@pytest.mark.parametrize("name", FLOORS)
def test_at_every_usual_size_either(name: str) -> None:
    context = ViewContext.of(floor_named(name))
    for tab in TABS:
        for width in (56, 62, 67, 76, 83, 96, 102, 116, 196):
            check(tab, context, width)


def test_a_figure_that_grows_within_the_minute_is_not_cut() -> None:
    floor = with_long_names(busy_floor(24))
    panel = TABS[[tab.name for tab in TABS].index("Agents")]
    drawing = PanelDrawing(panel, PanelState())
    short = [replace(agent, since=floor.at - 59_000, handled=1) for agent in floor.agents]
    minute = floor.at - floor.at % 60_000

    def drawn(floor: FloorSnapshot) -> str:
        context = ViewContext.of(floor, minute)
        return "\n".join(line.text for line in drawing.draw(context, 71, 40, active=True, stale=False))

    assert "1:02:03" not in drawn(replace(floor, at=minute, agents=tuple(short)))
    width = next(cells for column, cells in drawing._fitting.fitted if column.key == "time")
    assert width < len("1:02:03"), "names have its cells"
    longer = [replace(short[0], since=minute - 3_723_000), *short[1:]]
    assert "1:02:03" in drawn(replace(floor, at=minute, agents=tuple(longer)))


def test_a_name_out_of_sight_gets_its_cells_when_it_comes_into_sight() -> None:
    """Only rows in sight are measured again."""
    floor = busy_floor(24)
    panel = TABS[[tab.name for tab in TABS].index("Agents")]
    drawing = PanelDrawing(panel, PanelState(sort_key="agent", descending=False))

    def name_cells(floor: FloorSnapshot) -> int:
        drawing.draw(ViewContext.of(floor), 116, 14, active=True, stale=False)
        return next(cells for column, cells in drawing._fitting.fitted if column.key == "agent")

    usual = name_cells(floor)
    last = drawing.rows[-1].id
    longer = "Zzyzx " + "Wolfe " * 4
    renamed = [replace(agent, name=longer) if agent.id == last else agent for agent in floor.agents]
    floor = replace(floor, agents=tuple(renamed))
    assert name_cells(floor) == usual
    drawing.state.top = len(floor.agents)
    assert name_cells(floor) > usual


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_message_in_place_of_rows_takes_as_many_lines_as_it_needs(size: tuple[int, int]) -> None:
    app, _ = watching(replace(busy_floor(3), sales=()))
    async with app.run_test(size=size) as pilot:
        await tick(pilot)
        await pilot.press("3")
        assert "No team or agent has sold or has a quota today." in "\n".join(screen_text(app))
        await pilot.press("3")
        words = " ".join("".join(screen_text(app)).replace("│", " ").split())
        assert "quota tod…" not in words
