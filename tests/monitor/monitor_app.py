"""The monitor over a reader with set answers, and its screen as text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import textual.app
import textual.pilot
from msgspec.structs import replace
from textual._context import active_app
from textual.pilot import Pilot

from ccmon.model.snapshot import FloorSnapshot
from ccmon.monitor.app import Monitor
from ccmon.monitor.kept_views import ViewKeeper
from ccmon.monitor.poller import Poller
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.views.glyphs import UNICODE, GlyphSet
from ccmon.views.keys import KEYS, Key
from ccmon.views.screen_view import AS_USUAL, ScreenView

LONGEST_WAIT_S = 60.0
"""How long `until` waits for a program that runs in this process."""
SIZES = [(66, 14), (80, 24), (100, 30), (120, 40), (200, 60)]


async def nothing_left_to_do(*_seconds: float) -> None:
    """Wait until the event loop has nothing that it could run at once, and all that has changed is drawn."""
    loop = asyncio.get_running_loop()
    app = active_app.get()
    for _ in range(3):
        quiet = 0
        while quiet < 3:
            await asyncio.sleep(0)
            quiet = 0 if loop._ready else quiet + 1  # type: ignore[attr-defined]
        # Textual would do both a moment later: a 120th of a second after the last new size, a 60th after a change.
        app._check_resize()
        app.screen._on_timer_update()


# Textual's own pilot waits after each key until the process has been idle for 20 ms, twice.
for _module in (textual.app, textual.pilot):
    patch.object(_module, "wait_for_idle", nothing_left_to_do).start()


class ScriptedReader:
    """Answers each poll with the snapshot it has been given, or fails as it has been told."""

    def __init__(self, floor: FloorSnapshot) -> None:
        self.floor = floor
        self.failure: Exception | None = None
        self.result_keys: asyncio.Event | None = None
        """While it is set and unset, a poll hangs."""
        self.polls = 0
        self.closed = False

    async def snapshot(self, at: int | None) -> FloorSnapshot:
        self.polls += 1
        if self.result_keys is not None:
            await self.result_keys.wait()
        if self.failure is not None:
            raise self.failure
        return self.floor

    async def close(self) -> None:
        self.closed = True

    def later(self, seconds: float) -> None:
        """Let the floor's clock go on."""
        at = self.floor.at + round(seconds * 1000)
        self.floor = replace(self.floor, at=at, data_at=at - 400)


def watching(
    floor: FloorSnapshot,
    *,
    glyphs: GlyphSet = UNICODE,
    light: bool = False,
    filters: Filters = NO_FILTER,
    keys: tuple[Key, ...] = KEYS,
    view: ScreenView = AS_USUAL,
    keeper: ViewKeeper | None = None,
    read_only: bool = False,
) -> tuple[Monitor, ScriptedReader]:
    """A monitor of a floor that ticks only when a test says so, and its reader."""
    reader = ScriptedReader(floor)
    app = Monitor(
        Poller(reader, every_s=0.0, clock=StoppedClock()),
        glyphs,
        light=light,
        database=Path("/srv/ccmon/calls.db"),
        filters=filters,
        keys=keys,
        view=view,
        keeper=keeper,
        read_only=read_only,
        ticking=False,
    )
    return app, reader


class StoppedClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def tick(pilot: Pilot[None]) -> list[str]:
    """One tick; the screen afterwards."""
    app = pilot.app
    assert isinstance(app, Monitor)
    await app.tick()
    await pilot.pause()
    return screen_text(app)


def screen_text(app: Monitor) -> list[str]:
    """The screen as a person sees it, line by line."""
    return ["".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips()]


async def until(pilot: Pilot[None], condition: Callable[[], bool], *, ticking: bool = False) -> None:
    """Let the program work, and tick if need be, until something is so; fail rather than hang."""
    end = asyncio.get_running_loop().time() + LONGEST_WAIT_S
    while not condition():
        assert asyncio.get_running_loop().time() < end, "\n".join(screen_text(pilot.app))  # type: ignore[arg-type]
        await (tick(pilot) if ticking else pilot.pause(0.005))
