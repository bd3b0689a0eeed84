"""The widget of one panel: it draws the panel's lines and handles mouse clicks and the wheel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import events

from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.widgets.lines_widget import LinesWidget
from ccmon.views.panel import FloorPanel
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.panel_state import PanelState


class PanelWidget(LinesWidget):
    """A panel's place on the screen."""

    def __init__(
        self,
        colours: RichStyles,
        panel: FloorPanel[Any],
        point: Callable[[PanelDrawing, int, int], None],
        redraw: Callable[[], None],
    ) -> None:
        """``point`` is called with the cell clicked, ``redraw`` when the wheel has moved the rows."""
        super().__init__(colours)
        self.drawing = PanelDrawing(panel, PanelState())
        self.clicked = lambda x, y: point(self.drawing, x, y)
        self._redraw = redraw

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        event.stop()
        self._scroll(-3)

    def _scroll(self, rows: int) -> None:
        state = self.drawing.state
        state.cursor, state.top = None, state.top + rows
        self._redraw()
