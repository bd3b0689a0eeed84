"""The monitor as a Textual program.

The one rule: a poll never touches a widget; it ends in a snapshot, and `tick` alone draws. Everything shown for one
second comes from one snapshot. The process only reads: a terminal that stops reading stops this program and nothing else.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.driver import Driver

from ccmon.monitor.endings import Endings, FloorDriver
from ccmon.monitor.feed import Feed
from ccmon.monitor.keys import KEYS
from ccmon.monitor.marks import ASCII, UNICODE, Marks, needs_ascii
from ccmon.monitor.palette import Palette, is_light
from ccmon.monitor.panels import panels
from ccmon.monitor.panels.base import FloorPanel
from ccmon.monitor.screens.floor import FloorScreen
from ccmon.monitor.view import View
from ccmon.monitor.widgets.bars import Trouble
from ccmon.store.reader import LiveReader

AFTER_S = 0.02
"""Ticks come so much after the full second, so that a timer that fires early does not tick twice."""
PATIENCE_S = 0.15
"""A poll that takes longer is drawn with the next tick."""


class Monitor(App[None], inherit_bindings=False):
    """The live screen of a floor."""

    TITLE = "ccmon"
    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: ansi_default; color: ansi_default; }"
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding(",".join(key.keys), key.action, key.help, id=key.id, show=False, priority=key.id == "quit") for key in KEYS
    ]

    def __init__(self, feed: Feed, marks: Marks, *, light: bool = False, name: str = "") -> None:
        super().__init__(driver_class=FloorDriver)
        self.theme = "ansi-light" if light else "ansi-dark"
        self.feed = feed
        self.database_name = name
        """What the status line calls a site without a name."""
        self.marks = marks
        self.palette = Palette(light)
        self.panels: tuple[FloorPanel[Any], ...] = panels()
        self.floor = FloorScreen(self.palette, marks, self.panels)
        self.period_s = min(1.0, feed.every_s)
        """Seconds between two ticks: clocks run each second, however rarely the database is read."""
        self.frames = 0
        """Frames drawn so far."""
        self._ticking: asyncio.Task[None] | None = None
        self.endings = Endings(self.end)

    def get_default_screen(self) -> FloorScreen:
        """The floor is the only screen that stays."""
        return self.floor

    def on_mount(self) -> None:
        """Start the clock, and listen for what ends the program."""
        if not self.is_headless:
            self.endings.listen()
        self._ticking = asyncio.create_task(self._run())

    def end(self, status: int) -> None:
        """End the program with this exit status, within half a second whatever happens."""
        if not self.is_headless:
            self.endings.guard(status)
        self.exit(return_code=status)

    def action_quit(self) -> None:  # type: ignore[override]
        """Quit."""
        self.end(0)

    async def on_unmount(self) -> None:
        """Stop the clock and let go of the database."""
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        await self.feed.close()

    async def _run(self) -> None:
        while True:
            await self.tick()
            await asyncio.sleep(self.period_s + AFTER_S - time.time() % self.period_s)

    async def tick(self) -> None:
        """Poll if it is time, and draw, unless the terminal has not yet taken the last frame."""
        await self.feed.tick(PATIENCE_S)
        if not self.behind:
            self.draw()

    @property
    def behind(self) -> bool:
        """Whether the terminal has not yet read what was sent."""
        driver: Driver | None = self._driver
        writer = getattr(driver, "_writer_thread", None)
        return writer is not None and not writer._queue.empty()

    def view(self) -> View | None:
        """What is to be drawn now."""
        snapshot = self.feed.snapshot
        if snapshot is None:
            return None
        return View.of(snapshot, self.feed.now(), self.marks)

    def draw(self) -> None:
        """Show the floor as it is known now."""
        view = self.view()
        age_ms = None
        if view is not None and view.floor.data_at is not None:
            age_ms = max(0, view.now - view.floor.data_at)
        stale = self.feed.stale
        self.frames += 1
        with self.batch_update():
            self.floor.show(view, self.watched(view), age_ms, self._trouble(age_ms), stale=stale)

    def watched(self, view: View | None) -> str:
        """What is shown: the site and the filters."""
        if view is None:
            return self.database_name
        site = view.floor.site or self.database_name
        return f"{site} {self.marks.dot} all queues, teams and clients"

    def _trouble(self, age_ms: int | None) -> Trouble | None:
        if self.feed.sentence is not None:
            return Trouble(self.feed.sentence, self.feed.stale)
        return None

    def action_panel(self, number: int) -> None:
        """Bring a panel to the front, or put it back."""
        self.floor.opened = None if self.floor.opened == number else number
        self.floor.active = number
        self.floor.rearrange()


def monitor(
    database: Path,
    *,
    refresh_s: float = 1.0,
    queue: str | None = None,
    team: str | None = None,
    client: str | None = None,
    ascii_only: bool | None = None,
    theme: str = "terminal",
) -> Monitor:
    """The program for a database, not yet running."""
    marks = ASCII if (needs_ascii() if ascii_only is None else ascii_only) else UNICODE
    light = is_light() if theme == "terminal" else theme.endswith("light")
    return Monitor(Feed(LiveReader(database), every_s=refresh_s), marks, light=light, name=database.name)
