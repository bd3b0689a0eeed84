"""A Textual program whose screens are made of lines: sends what has changed, and knows whether it has been taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.driver import Driver
from textual.screen import Screen

from ccmon.monitor.terminal_driver import TerminalDriver
from ccmon.monitor.widgets.lines_compositor import CellsUpdate
from ccmon.views.keys import Key, moving_keys

DONE_S, FAILED_S = 12.0, 60.0
"""How long the result of an act is shown; Escape hides it."""


def bindings(keys: Sequence[Key]) -> BindingsMap:
    """The keys in the form that Textual expects."""
    return BindingsMap(
        # Ctrl-C quits even while something is being typed; q is then a letter.
        Binding(
            name, key.action, key.help, id=key.id, show=False, priority=key.id == "quit" and name.startswith("ctrl+")
        )
        for key in keys
        for name in key.keys
    )


class LinesApp(App[None], inherit_bindings=False):
    """A program with keys of ours and a driver of ours."""

    def __init__(self, keys: Sequence[Key]) -> None:
        # Set here, not only by the theme: NO_COLOR then uses attributes instead of 24-bit greys.
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self._bindings = bindings(keys)
        self.moving_keys = moving_keys(keys)
        """Keys that move in dialogs: by each of them, the usual one that moves like it."""
        self._unasked = False
        """Whether the terminal must still be asked if it has taken the last frame."""

    def ask_terminal(self) -> None:
        """With what is sent next, ask the terminal to report when it has taken it."""
        self._unasked = True

    def send(self, data: str) -> None:
        """Write to the terminal beside the frames: what changes no cell."""
        driver: Driver | None = self._driver
        if isinstance(driver, TerminalDriver):
            driver.write(data)

    @property
    def behind(self) -> bool:
        """Whether the terminal has not yet taken all that was sent."""
        driver: Driver | None = self._driver
        return isinstance(driver, TerminalDriver) and driver.is_behind

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver: Driver | None = self._driver
        if not isinstance(driver, TerminalDriver):
            super()._display(screen, renderable)
        elif isinstance(renderable, CellsUpdate) and self._running and not self._closed and not self._batch_count:
            # As Textual does it, in one go.
            x, y = screen.outer_size.clamp_offset(self.cursor_position)
            text = f"{renderable.text}\x1b[{y + 1};{x + 1}H"
            if self._sync_available:
                text = f"{SYNC_START}{text}{SYNC_END}"
            driver.write(text + driver.question() if self._unasked else text)
            self._unasked = False
        else:
            with driver.one_frame():
                super()._display(screen, renderable)

    def post_display_hook(self) -> None:
        """After sending a frame, ask the terminal to report when it has taken it."""
        driver: Driver | None = self._driver
        if self._unasked and isinstance(driver, TerminalDriver):
            self._unasked = False
            driver.write(driver.question())
