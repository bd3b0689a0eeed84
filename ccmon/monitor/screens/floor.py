"""The floor: the five panels with the lines round them, arranged by the size of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.screen import Screen
from textual.widget import Widget

from ccmon.monitor.arrange import LEAST_HEIGHT, LEAST_WIDTH, PANELS, Arrangement, Box, all_fit, arrange, too_small
from ccmon.monitor.lines import Line, blank
from ccmon.monitor.marks import Marks
from ccmon.monitor.palette import Palette
from ccmon.monitor.panels.base import FloorPanel
from ccmon.monitor.view import View
from ccmon.monitor.widgets.bars import Trouble, alert_line, keys_line, status_line, strip_lines, too_small_lines
from ccmon.monitor.widgets.drawing import LinesWidget
from ccmon.monitor.widgets.panel import PanelDrawing, PanelState, wanted_height


class PanelWidget(LinesWidget):
    """A panel's place on the screen."""

    def __init__(self, palette: Palette, panel: FloorPanel[Any]) -> None:
        super().__init__(palette)
        self.drawing = PanelDrawing(panel, PanelState())


class FloorLayout(Layout):
    """Puts each widget where the arrangement says; one that has no box is not shown."""

    name = "floor"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Boxes for the floor's widgets."""
        assert isinstance(parent, FloorScreen)
        boxes = parent.boxes(size)
        return [
            WidgetPlacement(Region(*boxes[child]), Offset(0, 0), Spacing(), child) for child in children if child in boxes
        ]


class FloorScreen(Screen[None], inherit_css=False):
    """The floor. It is given a view each tick and shows it."""

    DEFAULT_CSS = """
    FloorScreen { background: ansi_default; color: ansi_default; }
    """

    def __init__(self, palette: Palette, marks: Marks, panels: Sequence[FloorPanel[Any]]) -> None:
        super().__init__()
        self.marks = marks
        self.panels = panels
        self.opened: int | None = None
        """The panel brought to the front by its number."""
        self.active = PANELS[0]
        """The panel that the keys work on."""
        self.status = LinesWidget(palette)
        self.alert = LinesWidget(palette)
        self.strip = LinesWidget(palette)
        self.keys_below = LinesWidget(palette)
        self.notice = LinesWidget(palette)
        self.places = {panel.number: PanelWidget(palette, panel) for panel in panels}
        self._wanted: dict[int, int] = {}
        self._shown: tuple[View | None, str, int | None, Trouble | None, bool] = (None, "", None, None, False)
        self._layout = FloorLayout()

    def compose(self) -> ComposeResult:
        """All widgets, mounted once."""
        yield from (self.status, self.alert, self.strip, *self.places.values(), self.keys_below, self.notice)

    @property
    def layout(self) -> Layout:
        """Its own arrangement, whatever a style sheet says."""
        return self._layout

    @property
    def drawing(self) -> PanelDrawing:
        """The drawing of the panel that the keys work on."""
        return self.places[self.active].drawing

    def _front(self, size: Size) -> int | None:
        return self.opened if all_fit(*size) or self.opened is not None else self.active

    def _arrangement(self, size: Size) -> Arrangement:
        wanted = {number: self._wanted.get(number, wanted_height(0)) for number in self.places}
        return arrange(size.width, size.height, self._front(size), wanted)

    def boxes(self, size: Size) -> dict[Widget, Box]:
        """Where each widget stands in a terminal of this size."""
        if too_small(*size):
            return {self.notice: Box(0, 0, size.width, size.height)}
        plan = self._arrangement(size)
        boxes: dict[Widget, Box] = {self.status: plan.status, self.alert: plan.alert, self.keys_below: plan.keys}
        if plan.strip is not None:
            boxes[self.strip] = plan.strip
        return boxes | {self.places[number]: box for number, box in plan.panels.items()}

    def show(self, view: View | None, watched: str, age_ms: int | None, trouble: Trouble | None, *, stale: bool) -> None:
        """Show a tick."""
        self._shown = view, watched, age_ms, trouble, stale
        if view is not None:
            wanted = {panel.number: wanted_height(len(panel.rows(view))) for panel in self.panels}
            if wanted != self._wanted:
                before = self._arrangement(self.size)
                self._wanted = wanted
                if self._arrangement(self.size) != before:
                    self.refresh(layout=True)
        self.redraw()

    def redraw(self) -> None:
        """Draw what is shown again, for the size as it is now."""
        size, marks = self.size, self.marks
        if too_small(*size):
            self.notice.show(too_small_lines(size.width, size.height, LEAST_WIDTH, LEAST_HEIGHT))
            return
        view, watched, age_ms, trouble, stale = self._shown
        plan = self._arrangement(size)
        front = self._front(size)
        self.status.show([status_line(view, size.width, marks, watched, age_ms)])
        self.alert.show([alert_line(view, size.width, marks, trouble)])
        self.keys_below.show([keys_line(size.width)])
        if plan.strip is not None:
            self.strip.show(strip_lines(view, self.panels, front or self.active, size.width, marks, stale=stale))
        for number, box in plan.panels.items():
            place = self.places[number]
            if view is None:
                place.show([Line((blank(box.width),))] * box.height)
            else:
                active = number == self.active
                place.show(place.drawing.draw(view, box.width, box.height, active=active, stale=stale))

    def on_resize(self) -> None:
        """The size of everything follows."""
        self.redraw()

    def rearrange(self) -> None:
        """Another panel is in front."""
        self.refresh(layout=True)
        self.redraw()
