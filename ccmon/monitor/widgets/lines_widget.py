"""The base of every widget here: it is given lines, keeps them, and has only the changed cells sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.segment import Segment
from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.strip import Strip
from textual.widget import Widget

from ccmon.monitor.rich_styles import RichStyles
from ccmon.views.styled_text import LineState, StyledLine, changed_end


class LinesWidget(Widget, can_focus=False):
    """Shows lines that are exactly as wide as itself."""

    def __init__(self, colours: RichStyles) -> None:
        super().__init__()
        self.colours = colours
        self.lines: Sequence[StyledLine] = ()

    def show(self, lines: Sequence[StyledLine]) -> None:
        """Show these lines; of each that was there before, only the part up to its last change is sent."""
        before, self.lines = self.lines, lines
        if len(before) != len(lines):
            self.refresh()
            return
        pairs = enumerate(zip(before, lines, strict=True))
        ends = [(y, changed_end(old, new)) for y, (old, new) in pairs if old is not new]
        regions = [Region(0, y, end, 1) for y, end in ends if end]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """The line as the compositor wants it."""
        if y >= len(self.lines):
            return Strip.blank(self.size.width)
        line: StyledLine = self.lines[y]
        style, state = self.colours.style, line.state
        if state is LineState.STALE:
            return Strip([Segment(line.text, style(line.spans[0].style, state))] if line.spans else [], self.size.width)
        segments = [Segment(span.text, style(span.style, state)) for span in line.spans if span.text]
        return Strip(segments, self.size.width).simplify()


class BoxLayout(Layout):
    """Puts each widget of a screen into its box; one without a box is not shown."""

    name = "boxes"

    def __init__(self, boxes: Callable[[Size], Mapping[Widget, tuple[int, int, int, int]]]) -> None:
        self.boxes = boxes
        """The box of each widget on a screen of a size: x, y, width and height."""

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Boxes for the screen's widgets."""
        boxes = self.boxes(size)
        return [
            WidgetPlacement(Region(*boxes[child]), Offset(0, 0), Spacing(), child)
            for child in children
            if child in boxes
        ]
