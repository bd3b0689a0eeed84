"""What the monitor shows: all panels together, each panel and view alone, the help, the alarms and a row's details."""

from __future__ import annotations

import pytest

from ccmon.monitor.app import Monitor
from ccmon.views.all_panels import panels
from tests.goldens.moments import MOMENTS, agrees, floor_of
from tests.monitor.monitor_app import screen_text, tick, watching

SIZES = [(80, 24), (120, 40)]


def screen(app: Monitor, what: str) -> str:
    return "\n".join([f"=== {what}", *screen_text(app), ""])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", [*MOMENTS, "by_hand"])
async def test_screens(name: str, size: tuple[int, int]) -> None:
    app, _ = watching(floor_of(name))
    async with app.run_test(size=size) as pilot:
        await tick(pilot)
        shown = [screen(app, "all panels")]
        for number, panel in enumerate(panels(), 1):
            await pilot.press(str(number))
            for view in range(1, len(panel.tabs) + 1):
                await pilot.pause()
                shown.append(screen(app, f"panel {number}, view {view}"))
                await pilot.press("v")
            await pilot.press("down", "enter")
            await pilot.pause()
            shown.append(screen(app, f"panel {number}: details of the first row"))
            await pilot.press("escape", "escape", "escape")
        for key, what in (("a", "alerts"), ("question_mark", "help")):
            await pilot.press(key)
            await pilot.pause()
            shown.append(screen(app, what))
            await pilot.press("escape")
    agrees(f"screens/{name}_{size[0]}x{size[1]}.txt", "\n".join(shown))
