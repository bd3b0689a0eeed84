"""A picker of thousands of choices makes the lines that are in sight."""

from __future__ import annotations

from unittest.mock import patch

from ccmon.monitor.screens.modal import Picker
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
