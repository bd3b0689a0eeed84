"""The mouse, which is taken over SSH only on request: what a click and the wheel do."""

from __future__ import annotations

from textual import events

from ccmon.monitor.screens.modal import Modal
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
