"""The mouse on the floor: a click does what the key of the thing under it does."""

from __future__ import annotations

from typing import Any, Protocol

from textual.app import App
from textual.geometry import Size

from ccmon.monitor.widgets.lines_widget import LinesWidget
from ccmon.monitor.widgets.panel_widget import PanelWidget
from ccmon.views.chrome import alarm_counts
from ccmon.views.keys import Key
from ccmon.views.panel import FloorPanel
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.pointing import filter_at, key_at, part_at, span_at, text_at
from ccmon.views.styled_text import Span
from ccmon.views.view_context import ViewContext

ALARMS = "alarm('alarms')"
INNER = 2
"""Cells of a panel's frame before its text."""


class PointedScreen(Protocol):
    """What is needed of the screen of panels."""

    status: LinesWidget
    alarm: LinesWidget
    kpi_strip: LinesWidget
    secondary_line: LinesWidget
    keys_below: LinesWidget
    main: list[FloorPanel[Any]]
    secondary_panels: list[FloorPanel[Any]]
    panel_widgets: dict[int, PanelWidget]
    keys: tuple[Key, ...]
    message: Span | None
    active: int

    @property
    def context(self) -> ViewContext | None:
        """What is drawn."""

    @property
    def size(self) -> Size:
        """The terminal's."""

    @property
    def app(self) -> App[object]:
        """The program."""

    def call_later(self, callback: Any, *arguments: Any) -> bool:
        """Call something after what is at hand."""

    def activate(self, number: int) -> None:
        """Make a panel active."""

    def choose(self, number: int, identity: str) -> None:
        """Choose a row of a panel."""

    def show_tab(self, number: int, place: int) -> None:
        """Show a view of a panel."""

    def sort_by(self, key: str | None) -> None:
        """Sort the active panel by a column."""

    def action_panel(self, number: int) -> None:
        """Bring a panel to the front, or put it back."""

    def action_reverse(self) -> None:
        """Reverse the order of the active panel."""

    def action_back(self) -> None:
        """Step back once."""


class FloorPointer:
    """Finds what was clicked, and does what its key does."""

    def __init__(self, screen: PointedScreen) -> None:
        self._screen = screen

    def listen(self) -> None:
        """Take the clicks on the lines around the panels."""
        screen = self._screen
        screen.status.clicked = self.status
        screen.alarm.clicked = self.alarm
        screen.kpi_strip.clicked = lambda x, _: self._open(x, [panel.number for panel in screen.main])
        screen.secondary_line.clicked = lambda x, _: self._open(x, [each.number for each in screen.secondary_panels])
        screen.keys_below.clicked = self.keys

    def _run(self, action: str) -> None:
        self._screen.call_later(self._screen.app.run_action, action)

    def _open(self, x: int, numbers: list[int]) -> None:
        self._screen.action_panel(numbers[part_at(x, self._screen.size.width, len(numbers))])

    def status(self, x: int, _y: int) -> None:
        """A filter is changed, and the numbers of alarms lead to them."""
        context, line = self._screen.context, self._screen.status.lines[0]
        if context is None:
            return
        kind = filter_at(line, x, context.filters)
        if kind is not None:
            self._run(f"filter('{kind}')")
        elif text_at(line, x, [span.text for span in alarm_counts(context)]) is not None:
            self._run(ALARMS)

    def alarm(self, x: int, y: int) -> None:
        """The worst alarm leads to who can help, or to its row; the number of the others to all of them."""
        line = self._screen.alarm.lines[y]
        last = len(line.spans) - 1
        place = span_at(line, x)
        self._run("alarm('worst')" if place is not None and place < last else ALARMS)

    def keys(self, x: int, _y: int) -> None:
        """A key does what it does; a message goes."""
        if self._screen.message is not None:
            self._screen.action_back()
            return
        key = key_at(self._screen.keys_below.lines[0], x, self._screen.keys)
        if key is not None:
            self._run(key.action)

    def panel(self, drawing: PanelDrawing, x: int, y: int) -> None:
        """The name opens the panel, a view of it is shown, a head sorts or reverses, a row is chosen or opened."""
        screen, number = self._screen, drawing.panel.number
        if y == 0:
            self._frame(drawing, x)
            return
        column = drawing.column_at(x - INNER) if y == drawing.first_row - 1 else None
        if column is not None and column.sort is not None:
            screen.activate(number)
            if drawing.state.sort_key == column.key:
                screen.action_reverse()
            else:
                screen.sort_by(column.key)
            return
        row = y - drawing.first_row
        if not 0 <= row < drawing.visible or drawing.state.top + row >= len(drawing.rows):
            screen.activate(number)
            return
        identity = drawing.panel.identity(drawing.rows[drawing.state.top + row])
        again = screen.active == number and drawing.state.cursor == identity
        screen.choose(number, identity)
        if again:
            self._run("details")

    def _frame(self, drawing: PanelDrawing, x: int) -> None:
        screen, panel = self._screen, drawing.panel
        name = f" {panel.number} {panel.name} "
        tabs = {f" {tab.tab} ": place for place, tab in enumerate(drawing.tabs) if tab.tab}
        found = text_at(screen.panel_widgets[panel.number].lines[0], x, [name, *tabs])
        if found is None:
            screen.activate(panel.number)
        elif found == name:
            screen.action_panel(panel.number)
        else:
            screen.show_tab(panel.number, tabs[found])
