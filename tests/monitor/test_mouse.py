"""The mouse, which is taken over SSH only on request: what a click and the wheel do."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from textual import events
from textual.pilot import Pilot

from ccmon.monitor.app import Monitor
from ccmon.monitor.screens.modal import Modal, Picker
from ccmon.snapshot.narrow import Filters
from ccmon.views.keys import ALARM_LOG, KEYS, Key, KeyChoice, mapped_keys
from ccmon.views.screen_view import ScreenView
from tests.floors import floor
from tests.monitor.monitor_app import screen_text, tick, until, watching


async def test_a_click_chooses_a_row_and_a_second_one_shows_its_details() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        lines = await tick(pilot)
        agents = next(y for y, line in enumerate(lines) if "2 Agents" in line)
        row = agents + 6
        await pilot.click(offset=(8, row))
        await pilot.pause()
        assert app.floor_screen.active == 2
        chosen = app.floor_screen.drawing.cursor_index()
        assert chosen is not None
        name = app.floor_screen.drawing.rows[chosen].name
        assert name[:10] in screen_text(app)[row]
        await pilot.click(offset=(8, row))
        await until(pilot, lambda: isinstance(app.screen, Modal))
        await tick(pilot)
        assert name in "\n".join(screen_text(app))


async def test_the_wheel_scrolls_the_panel_under_it() -> None:
    app, _ = watching(floor(200))
    async with app.run_test(size=(120, 40)) as pilot:
        before = await tick(pilot)
        place = app.floor_screen.panel_widgets[2]
        place.post_message(events.MouseScrollDown(place, 8, 8, 0, 1, 0, shift=False, meta=False, ctrl=False))
        await until(pilot, lambda: place.drawing.state.top == 3)
        assert screen_text(app) != before


async def click(pilot: Pilot[None], text: str, line: int | None = None) -> None:
    """Click on a text of the screen, on its first cell but one."""
    app = pilot.app
    assert isinstance(app, Monitor)
    lines = screen_text(app)
    y = next(y for y, each in enumerate(lines) if text in each) if line is None else range(len(lines))[line]
    await pilot.click(offset=(lines[y].index(text) + 1, y))
    await pilot.pause()


async def test_the_name_of_a_panel_opens_it_and_puts_it_back() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await click(pilot, "2 Agents")
        assert app.floor_screen.opened == 2
        await click(pilot, "2 Agents", 5)
        assert app.floor_screen.opened is None


@pytest.mark.parametrize(("text", "number"), [("3 Conversion", 3), ("5 Follow-ups", 5), ("1 Queue", 1)])
async def test_a_card_opens_its_panel(text: str, number: int) -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(80, 24)) as pilot:
        await tick(pilot)
        await click(pilot, text, 2)
        assert app.floor_screen.opened == number


@pytest.mark.parametrize(("text", "number"), [("6 Satisf", 6), ("7 ", 7), ("8 Prob", 8), ("9 Value", 9)])
async def test_a_figure_of_the_line_above_the_keys_opens_its_panel(text: str, number: int) -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await click(pilot, text, -2)
        assert app.floor_screen.opened == number


async def test_the_name_of_a_view_shows_it() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(140, 40)) as pilot:
        await tick(pilot)
        await click(pilot, " month ")
        assert app.floor_screen.panel_widgets[3].drawing.panel.tab == "month"
        assert app.floor_screen.active == 3
        await click(pilot, " day ")
        assert app.floor_screen.panel_widgets[3].drawing.panel.tab == "day"


async def test_the_head_of_a_column_sorts_and_reverses() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        lines = await tick(pilot)
        state = app.floor_screen.panel_widgets[2].drawing.state
        heads = app.floor_screen.panel_widgets[2].drawing.first_row - 1
        top = next(y for y, line in enumerate(lines) if "2 Agents" in line)
        for column, cells in app.floor_screen.panel_widgets[2].drawing._fitting.fitted:
            if column.sort is None or not column.title.strip():
                continue
            head = column.head(cells)
            await click(pilot, head, top + heads)
            assert state.sort_key == column.key
            assert state.descending is not column.ascending
            assert app.floor_screen.active == 2
            await click(pilot, head[:-1], top + heads)  # a mark takes the place of the last letter
            assert state.descending is column.ascending


async def test_the_line_of_alarms_and_their_numbers_show_all_of_them() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        for text, line in (("to watch", 0), ("act now", 0), ("a: ", 1)):
            await click(pilot, text, line)
            await until(pilot, lambda: isinstance(app.screen, Modal))
            assert "╭─ Alarms" in "\n".join(screen_text(app))
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.floor_screen)


async def test_a_filter_of_the_top_line_can_be_changed() -> None:
    app, _ = watching(floor(60), filters=Filters(queue="Bloem sales"))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await click(pilot, "queue Bloem sales", 0)
        await until(pilot, lambda: isinstance(app.screen, Picker))
        assert "now Bloem sales" in "\n".join(screen_text(app))
        assert "all teams" not in "\n".join(screen_text(app))
        await click(pilot, "all queues")
        await until(pilot, lambda: app.screen is app.floor_screen)
        assert not app.filters
        await click(pilot, "Utrecht", 0)
        assert app.screen is app.floor_screen


SHOWN = [key for key in KEYS if key.short and not key.acts and key.id != ALARM_LOG]


@pytest.mark.parametrize("key", SHOWN, ids=lambda key: key.id)
async def test_a_key_of_the_line_of_keys_does_what_the_key_does(key: Key) -> None:
    keys = mapped_keys({"help": KeyChoice("F2", ""), "filter": KeyChoice("F3", "")})
    app, _ = watching(floor(60), keys=keys, view=ScreenView(active=3))
    async with app.run_test(size=(200, 60)) as pilot:
        await tick(pilot)
        with patch.object(Monitor, "run_action") as run_action:
            await click(pilot, f" {key.short}", -1)
            await pilot.pause()
        assert [call.args[0] for call in run_action.call_args_list] == [key.action]


async def test_a_click_on_a_message_hides_it() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("w")
        await click(pilot, "No views are kept", -1)
        assert "help" in screen_text(app)[-1]


async def test_dialogs_are_closed_and_their_choices_and_keys_taken() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)

        async def opened(key: str) -> None:
            await pilot.press(key)
            await until(pilot, lambda: app.screen is not app.floor_screen)

        async def is_closed() -> None:
            await until(pilot, lambda: app.screen is app.floor_screen)

        await opened("question_mark")
        await pilot.click(offset=(2, 5))
        await is_closed()
        await opened("question_mark")
        await click(pilot, "Esc closes")
        await is_closed()
        await opened("question_mark")
        await click(pilot, "│ Keys")
        assert app.screen is not app.floor_screen, "a text does nothing"
        await pilot.press("escape")
        await opened("f")
        await click(pilot, "│ Queue")
        assert app.screen is not app.floor_screen, "a heading is no choice"
        await click(pilot, "│   Bloem sales")
        await is_closed()
        assert app.filters == Filters(queue="Bloem sales")
        await pilot.press("x", "5", "down")
        await opened("enter")
        await click(pilot, "d done")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        assert "How did it end?" in "\n".join(screen_text(app))
        await pilot.press("escape")
