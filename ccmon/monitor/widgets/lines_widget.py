"""The base of every widget here: it is given lines, keeps them, and has only the changed cells sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.segment import Segment
from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.strip import Strip
from textual.widget import Widget

from ccmon.formatting import width_of
from ccmon.monitor.rich_styles import RichStyles
from ccmon.views.styled_text import LineState, StyledLine, changed_cells


class LinesWidget(Widget, can_focus=False):
    """Shows lines that are exactly as wide as itself."""

    def __init__(self, colours: RichStyles) -> None:
        super().__init__()
        self.colours = colours
        self.lines: Sequence[StyledLine] = ()

    def show(self, lines: Sequence[StyledLine]) -> None:
        """Show these lines; of each that was there before, only the cells that changed are sent."""
        changed = self.take(lines)
        if changed is None:
            self.refresh()
        elif changed:
            self.refresh(*changed)

    def take(self, lines: Sequence[StyledLine]) -> Sequence[Region] | None:
        """Take these lines; return the stretches of them that look different, None for all that there is."""
        before, self.lines = self.lines, lines
        if before is lines:
            return ()
        if len(before) != len(lines):
            return None
        return [
            Region(start, y, end - start, 1)
            for y, (old, new) in enumerate(zip(before, lines, strict=True))
            if old is not new
            for start, end in changed_cells(old, new)
        ]

    def sent(self, regions: Sequence[Region]) -> None:
        """Note that stretches were sent to the terminal; Textual makes their lines again when it needs them next."""
        self._set_dirty(*regions)
        self._repaint_regions.clear()

    @property
    def is_due(self) -> bool:
        """Whether Textual is about to draw it."""
        return self._repaint_required or bool(self._repaint_regions)

    def render_line(self, y: int) -> Strip:
        """The line as the compositor wants it."""
        if y >= len(self.lines):
            return Strip.blank(self.size.width)
        return Strip(self._segments(self.lines[y]), self.size.width).simplify()

    def cells(self, y: int, start: int, end: int) -> Strip:
        """Some cells of a line, as they are sent to the terminal."""
        if y >= len(self.lines):
            strip = Strip.blank(end - start)
        else:
            line = self.lines[y]
            segments: list[Segment] = []
            x = 0
            for text, of_span in line.spans:
                after = x + width_of(text)
                if x >= end:
                    break
                if after > start and text:
                    segment = Segment(text, self.colours.style(of_span, line.state))
                    if x < start or after > end:
                        segment = _cut(segment, max(0, start - x), min(after, end) - x)
                    if segments and segments[-1].style is segment.style:
                        segment = Segment(segments.pop().text + segment.text, segment.style)
                    segments.append(segment)
                x = after
            strip = Strip(segments, end - start)
        filters = self.get_line_filters()
        if filters:
            _, background = self.background_colors
            for each in filters:
                strip = strip.apply_filter(each, background)
        return strip

    def _segments(self, line: StyledLine) -> list[Segment]:
        style, state = self.colours.style, line.state
        if state is LineState.STALE:
            return [Segment(line.text, style(line.spans[0].style, state))] if line.spans else []
        return [Segment(span.text, style(span.style, state)) for span in line.spans if span.text]


def _cut(segment: Segment, start: int, end: int) -> Segment:
    text, style, _ = segment
    if text.isascii():
        return Segment(text[start:end], style)
    return Segment("".join(each.text for each in Strip([segment]).crop(start, end)), style)


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
