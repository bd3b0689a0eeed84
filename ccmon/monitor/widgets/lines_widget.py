"""The base of every widget here: it receives lines, keeps them, and sends only the changed cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from operator import is_not

from rich.color import ColorSystem
from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.strip import Strip
from textual.widget import Widget

from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.widgets.changed_cells import Stretch, changed_cells, ends_of, runs_of
from ccmon.views.styled_text import LineState, Span, StyledLine

LineChange = tuple[int, Sequence[Stretch]]
"""A line's place, and the stretches of its cells that look different."""


class LinesWidget(Widget, can_focus=False):
    """Shows lines that are exactly as wide as itself."""

    def __init__(self, colours: RichStyles) -> None:
        super().__init__()
        self.colours = colours
        self.lines: Sequence[StyledLine] = ()
        self._measured: dict[int, tuple[StyledLine, Sequence[int]]] = {}
        """By position: a line, and the ends of its spans."""
        self.clicked: Callable[[int, int], None] | None = None
        """Called with the cell that is clicked; None: a click goes to the screen."""

    def on_click(self, event: events.Click) -> None:
        """Tell whoever wants to know. Textual calls `on_click` of every class, so no other class here has one."""
        if self.clicked is not None:
            event.stop()
            self.clicked(event.x, event.y)

    def show(self, lines: Sequence[StyledLine]) -> None:
        """Show these lines; where there were lines before, only the cells that changed are sent."""
        self.draw_again(self.take(lines))

    def draw_again(self, changes: Sequence[LineChange] | None) -> None:
        """Make Textual draw some stretches of cells, None for the whole widget."""
        if changes is None:
            self.refresh()
        elif changes:
            self.refresh(*(Region(start, y, end - start, 1) for y, stretches in changes for start, end, _ in stretches))

    def take(self, lines: Sequence[StyledLine]) -> Sequence[LineChange] | None:
        """Take these lines; return the stretches that look different, None for the whole widget."""
        before, self.lines = self.lines, lines
        if before is lines:
            return ()
        if len(before) != len(lines):
            return None
        found: list[LineChange] = []
        for y in compress(range(len(lines)), map(is_not, before, lines)):
            was, line = before[y], lines[y]
            ends = self._ends(y, was)
            stretches, same_ends = changed_cells(was, line, ends)
            if same_ends:
                self._measured[y] = line, ends
            if stretches:
                found.append((y, stretches))
        return found

    def forget_drawn(self) -> None:
        """Make Textual render its lines again when next needed: newer ones were sent to the terminal without it."""
        self._styles_cache.clear()

    @property
    def is_due(self) -> bool:
        """Whether Textual is about to draw it."""
        return self._repaint_required or bool(self._repaint_regions)

    def render_line(self, y: int) -> Strip:
        """The line in the form that the compositor expects."""
        if y >= len(self.lines):
            return Strip.blank(self.size.width)
        return Strip(self._segments(self.lines[y]), self.size.width).simplify()

    def cells(self, y: int, start: int, end: int, colours: ColorSystem) -> str:
        """Some cells of a line as they are sent to the terminal."""
        line = self.lines[y] if y < len(self.lines) else StyledLine((Span(" " * end),))
        style, state = self.colours.style, line.state
        runs = runs_of(line, self._ends(y, line) if y < len(self.lines) else [0, end], start, end)
        strip = Strip([Segment(text, style(role, state)) for text, role in runs], end - start)
        _, background = self.background_colors
        for each in self.get_line_filters():
            strip = strip.apply_filter(each, background)
        return "".join([text if look is None else Strip.render_style(look, text, colours) for text, look, _ in strip])

    def _ends(self, y: int, line: StyledLine) -> Sequence[int]:
        """The cell after each span of a line, computed once per line."""
        measured = self._measured.get(y)
        if measured is None or measured[0] is not line:
            measured = self._measured[y] = line, ends_of(line)
        return measured[1]

    def _segments(self, line: StyledLine) -> list[Segment]:
        style, state = self.colours.style, line.state
        if state is LineState.STALE:
            return [Segment(line.text, style(line.spans[0].style, state))] if line.spans else []
        return [Segment(span.text, style(span.style, state)) for span in line.spans if span.text]


class BoxLayout(Layout):
    """Puts each widget of a screen into its box; a widget without a box is not shown."""

    name = "boxes"

    def __init__(self, boxes: Callable[[Size], Mapping[Widget, tuple[int, int, int, int]]]) -> None:
        self.boxes = boxes
        """By screen size, the box of each widget: x, y, width and height."""

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Place the screen's widgets in their boxes."""
        boxes = self.boxes(size)
        return [
            WidgetPlacement(Region(*boxes[child]), Offset(0, 0), Spacing(), child)
            for child in children
            if child in boxes
        ]
