"""A picker of thousands of choices makes the lines that are in sight, and what Enter takes is among them."""

from __future__ import annotations

from unittest.mock import patch

from ccmon.monitor.screens.modal import HEAD, Picker
from ccmon.views.layout import CONVERSION
from ccmon.views.styled_text import LineState
from tests.floors import floor
from tests.monitor.monitor_app import screen_text, tick, watching


async def test_only_what_is_in_sight_is_made() -> None:
    app, _ = watching(floor(600))
    async with app.run_test(size=(100, 30)) as pilot:
        await tick(pilot)
        with patch.object(Picker, "_line", autospec=True, side_effect=Picker._line) as made:
            await pilot.press("slash")
            await pilot.pause()
            assert "of 600" in screen_text(app)[-2]
            await pilot.press("end")
            await pilot.pause()
            assert "600 of 600" in screen_text(app)[-2]
            await pilot.press("b", "o", "e", "r")
            await pilot.pause()
        frames = made.call_count / 27
        assert frames <= 20, "some frames of 27 lines for six keys"


async def test_what_enter_takes_is_in_sight_after_the_screen_has_shrunk() -> None:
    app, _ = watching(floor(60))
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("slash", *["down"] * 30)
        await pilot.pause()
        picker = app.screen
        assert isinstance(picker, Picker)
        await pilot.resize_terminal(120, 24)
        await pilot.pause()
        name = picker.choices[30].words.strip()
        assert any(name in line for line in screen_text(app))
        assert LineState.CURSOR in {line.state for line in picker.body.lines}


async def test_what_is_called_so_comes_before_what_only_has_it_in_its_remark() -> None:
    app, _ = watching(floor(24))
    async with app.run_test(size=(100, 30)) as pilot:
        await tick(pilot)
        await pilot.press("colon", *"pace")
        await pilot.pause()
        picker = app.screen
        assert isinstance(picker, Picker)
        found = [line.text for line in picker.lines(96)[HEAD:]]
        assert len(found) > 1
        assert found[-1].startswith("  A page down"), "whose key is PgDn Space"
        assert not any(text.startswith("  A page down") for text in found[:-1])
        await pilot.press("enter")
        await pilot.pause()
        assert app.floor_screen.drawing.panel.number == CONVERSION
