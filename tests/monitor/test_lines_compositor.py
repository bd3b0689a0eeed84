"""A terminal that gets the changed cells alone shows what one shows that gets the whole screen."""

from __future__ import annotations

from random import Random
from typing import Any
from unittest.mock import patch

import pyte
import pytest
from msgspec.structs import replace
from textual._compositor import CompositorUpdate
from textual.pilot import Pilot

from ccmon.model.agents import AgentState
from ccmon.monitor.app import Monitor
from ccmon.monitor.widgets.lines_compositor import CellsUpdate
from ccmon.snapshot.alarms import find_alarms
from tests.busy_floor import busy_floor
from tests.examples import examples
from tests.monitor.monitor_app import ScriptedReader, watching

KEYS = (
    "1", "2", "3", "5", "escape", "s", "S", "v", "down", "up", "pagedown", "home", "tab", "enter", "a", "question_mark",
    "slash", "x", "f",
)  # fmt: skip
NAMES = ("漢字 かな", "Zoë de Boer", "Ann", "\N{FAMILY}\N{ZERO WIDTH JOINER}x", "Q" * 40)


class Shown:
    """What a terminal shows that gets every update."""

    def __init__(self, app: Monitor) -> None:
        self.app = app
        self.screen = pyte.Screen(1, 1)
        self.stream = pyte.Stream(self.screen)
        self.kinds: list[type] = []

    def take(self, _screen: object, update: Any) -> None:
        if not isinstance(update, CompositorUpdate):
            return
        self.kinds.append(type(update))
        size = self.app.size
        if (self.screen.columns, self.screen.lines) != tuple(size):
            self.screen = pyte.Screen(*size)
            self.stream = pyte.Stream(self.screen)
        self.stream.feed(update.render_segments(self.app.console).replace("\n", "\r\n"))

    def whole(self) -> list[Any]:
        """What one shows that gets the whole screen now."""
        app = self.app
        screen = pyte.Screen(*app.size)
        background = app._background_screens
        assert not app.screen._compositor._dirty_regions, "all has been sent"
        update = app.screen._compositor.render_update(full=True, screen_stack=background)
        assert isinstance(update, CompositorUpdate)
        pyte.Stream(screen).feed(update.render_segments(app.console).replace("\n", "\r\n"))
        return cells(screen)


def cells(screen: pyte.Screen) -> list[Any]:
    return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]


def change(rng: Random, reader: ScriptedReader) -> None:
    floor = reader.floor
    agents = list(floor.agents)
    for _ in range(rng.randrange(3)):
        place = rng.randrange(len(agents))
        agents[place] = replace(
            agents[place], state=rng.choice(list(AgentState)), since=floor.at, handled=rng.randrange(2000),
            name=rng.choice((*NAMES, agents[place].name)),
        )  # fmt: skip
    floor = replace(floor, agents=tuple(agents), total=replace(floor.total, waiting=rng.randrange(120)))
    reader.floor = replace(floor, alarms=find_alarms(floor)) if rng.random() < 0.3 else floor
    reader.later(rng.choice((1, 1, 1, 61)))
    reader.failure = OSError("gone") if rng.random() < 0.15 else None


@pytest.mark.parametrize(
    ("size", "no_color", "light"),
    [((66, 14), True, True), ((80, 24), False, False), ((120, 40), False, True), ((160, 52), True, False)],
)
async def test_the_terminal_shows_the_screen(
    size: tuple[int, int], no_color: bool, light: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    rng = Random(f"{size} {no_color} {light}")
    app, reader = watching(busy_floor(30), light=light)
    shown = Shown(app)
    with patch.object(Monitor, "_display", lambda _app, screen, update: shown.take(screen, update)):
        async with app.run_test(size=size) as pilot:
            for _ in range(examples(7, 600)):
                await step(rng, pilot, app, reader)
                whole = shown.whole()
                assert cells(shown.screen) == whole
    assert CellsUpdate in shown.kinds


async def step(rng: Random, pilot: Pilot[None], app: Monitor, reader: ScriptedReader) -> None:
    change(rng, reader)
    await app.tick()
    if rng.random() < 0.5:
        await pilot.press(rng.choice(KEYS))
    if rng.random() < 0.05:
        await pilot.resize_terminal(*rng.choice([(80, 24), (100, 30), (140, 44)]))
    await pilot.pause()
