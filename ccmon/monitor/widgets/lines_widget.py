"""The base of every widget here: it receives lines, keeps them, and sends only the changed cells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from operator import is_not

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.strip import Strip
from textual.widget import Widget

from ccmon.monitor.rich_styles import RichStyles
from ccmon.views.styled_text import LineState, StyledLine, changed_cells, ends_of


class LinesWidget(Widget, can_focus=False):
    """Shows lines that are exactly as wide as itself."""

    def __init__(self, colours: RichStyles) -> None:
        super().__init__()
        self.colours = colours
        self.lines: Sequence[StyledLine] = ()
        self._measured: dict[int, tuple[StyledLine, Sequence[int]]] = {}
        """By position: a line, and the cell after each of its spans."""

    def show(self, lines: Sequence[StyledLine]) -> None:
        """Show these lines; where there were lines before, only the cells that changed are sent."""
        changed = self.take(lines)
        if changed is None:
            self.refresh()
        elif changed:
            self.refresh(*changed)

    def take(self, lines: Sequence[StyledLine]) -> Sequence[Region] | None:
        """Take these lines; return the stretches that look different, None for the whole widget."""
        before, self.lines = self.lines, lines
        if before is lines:
            return ()
        if len(before) != len(lines):
            return None
        found = []
        for y in compress(range(len(lines)), map(is_not, before, lines)):
            ends = self._ends(y, before[y])
            stretches, same_ends = changed_cells(before[y], lines[y], ends)
            if same_ends:
                self._measured[y] = lines[y], ends
            found += [Region(start, y, end - start, 1) for start, end in stretches]
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

    def cells_of(self) -> Callable[[int, int, int], Sequence[tuple[str, Style | None]]]:
        """The function that gives `cells` of existing lines; it is asked only once whether filters apply."""
        return self.cells if self.get_line_filters() else self._runs

    def cells(self, y: int, start: int, end: int) -> Sequence[tuple[str, Style | None]]:
        """Some cells of a line as sent to the terminal: texts, each with its style."""
        runs = self._runs(y, start, end) if y < len(self.lines) else [(" " * (end - start), None)]
        filters = self.get_line_filters()
        if not filters:
            return runs
        _, background = self.background_colors
        strip = Strip([Segment(text, style) for text, style in runs], end - start)
        for each in filters:
            strip = strip.apply_filter(each, background)
        return [(text, style) for text, style, _ in strip]

    def _ends(self, y: int, line: StyledLine) -> Sequence[int]:
        """The cell after each span of a line, computed once per line."""
        measured = self._measured.get(y)
        if measured is None or measured[0] is not line:
            measured = self._measured[y] = line, ends_of(line)
        return measured[1]

    def _runs(self, y: int, start: int, end: int) -> list[tuple[str, Style | None]]:
        runs: list[tuple[str, Style | None]] = []
        line = self.lines[y]
        style_of, state = self.colours.style, line.state
        ends = self._ends(y, line)
        first = bisect_right(ends, start)
        x = ends[first - 1] if first else 0
        for place in range(first, len(ends)):
            span, after = line.spans[place], ends[place]
            text = span.text
            if x >= end:
                break
            if text:
                style = style_of(span.style, state)
                part = text if start <= x and after <= end else _cut(text, max(0, start - x), min(after, end) - x)
                if runs and runs[-1][1] is style:
                    part = runs.pop()[0] + part
                runs.append((part, style))
            x = after
        return runs

    def _segments(self, line: StyledLine) -> list[Segment]:
        style, state = self.colours.style, line.state
        if state is LineState.STALE:
            return [Segment(line.text, style(line.spans[0].style, state))] if line.spans else []
        return [Segment(span.text, style(span.style, state)) for span in line.spans if span.text]


def _cut(text: str, start: int, end: int) -> str:
    if text.isascii():
        return text[start:end]
    return "".join(each.text for each in Strip([Segment(text)]).crop(start, end))


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
