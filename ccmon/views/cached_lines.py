"""Lines cached from the last drawing: a row, or its frame, is drawn again only if it looks different."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, compress
from operator import is_not
from typing import Any

from ccmon.views.cached_value import Dependencies, RecordingContext
from ccmon.views.columns import GAP, Cell, Column, Fitted, fit_cell, shown_width
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle, blank
from ccmon.views.view_context import ViewContext

_GAP = (blank(GAP),)


class _DrawnRow:
    """A row as it was drawn last, and what was read for it; cells that read the clock are drawn each time."""

    __slots__ = ("_cells", "_glyphs", "_made", "clock_cells", "cut", "dependencies", "line", "row")

    def __init__(self, fitted: Fitted[Any], row: Any, width: int, context: ViewContext, last: _DrawnRow | None) -> None:
        """Draw a row; cells unchanged since its `last` drawing, with the same columns, keep their spans."""
        self.row = row
        self.cut: dict[str, int] = {}
        """The lengths of figures that were cut, by the keys of their columns."""
        self.dependencies = dependencies = Dependencies()
        recording = RecordingContext(context, dependencies)
        self._glyphs = glyphs = context.glyphs
        known = last if last is not None and last._glyphs is glyphs else None
        self._made: list[Cell | None] = [None] * len(fitted) if known is None else known._made.copy()
        """The cell that each column made for the row."""
        self._cells: list[tuple[Span, ...]] = [_GAP] * (2 * len(fitted)) if known is None else known._cells.copy()
        """The cells fitted to their columns, with the gaps between them."""
        self.clock_cells: list[tuple[int, Column[Any], int, TextStyle | None]] = []
        """Places, columns and widths of cells that read the clock, and the style where that does not read it."""
        for place, (column, cells) in enumerate(fitted):
            was = self._made[place]
            dependencies.clock = False
            made, style = _made(column, row, cells, recording, was)
            if made is not was and made != was:
                self._put(place, column, cells, made)
                known = None
            if dependencies.clock:
                self.clock_cells.append((place, column, cells, style))
        dependencies.clock = False
        dependencies.mark_current(context)
        if known is not None:
            self.line: StyledLine = known.line
        else:
            self._cells[-1] = (blank(width - sum([cells + GAP for _, cells in fitted]) + GAP),)
            self.line = StyledLine((*chain.from_iterable(self._cells),))

    def _put(self, place: int, column: Column[Any], cells: int, made: Cell) -> None:
        self._made[place], self._cells[2 * place] = made, fit_cell(column, cells, made, self._glyphs)
        # Names keep their place until the next measuring; a figure is never cut.
        if not column.widest and isinstance(made, Span) and len(made.text) >= cells:
            needed = shown_width(column, made, self._glyphs)
            if needed > cells:
                self.cut[column.key] = needed

    def redraw_clocks(self, context: ViewContext) -> None:
        """Draw the cells that read the clock; the line stays the same object where none looks different."""
        changed = False
        for place, column, cells, style in self.clock_cells:
            was = self._made[place]
            if style is None or column.text is None or not isinstance(was, Span):
                made = column.cell(self.row, context, cells)
                if made == was:
                    continue
            else:
                text = column.text(self.row, context)
                if text == was.text:
                    continue
                made = Span(text, style)
            self._put(place, column, cells, made)
            changed = True
        if changed:
            self.line = StyledLine((*chain.from_iterable(self._cells),), self.line.state)


def _made(
    column: Column[Any], row: Any, cells: int, recording: RecordingContext, was: Cell | None
) -> tuple[Cell, TextStyle | None]:
    """A cell (`was`, if it looks the same), and its style if that is made apart and does not read the clock."""
    text_of, style = column.text, column.style
    if text_of is None:
        return column.cell(row, recording, cells), None
    text, fixed_style = text_of(row, recording), None
    if isinstance(style, TextStyle):
        fixed_style = style
    else:
        dependencies = recording.dependencies
        text_reads_clock, dependencies.clock = dependencies.clock, False
        style = style(row, recording)
        if not dependencies.clock:
            fixed_style, dependencies.clock = style, text_reads_clock
    if isinstance(was, Span) and was.style is style and was.text == text:
        return was, fixed_style
    return Span(text, style), fixed_style


class CachedRowLines:
    """The rows of a table that are in sight."""

    def __init__(self) -> None:
        self._columns: tuple[Fitted[Any], int] | None = None
        self._drawn: dict[object, _DrawnRow] = {}
        self._shown: Sequence[_DrawnRow] = ()
        self._rows: Sequence[Any] = ()
        self._edition: object = None
        self._names: set[str] = set()
        """The names of all that was read for the rows."""
        self._hold = Dependencies()
        """What the rows asked to have come by moments: the time for which all answers hold."""

    def draw(
        self,
        context: ViewContext,
        table: tuple[Fitted[Any], int, Callable[[Any], object]],
        rows: Sequence[Any],
        chosen: int | None,
    ) -> list[StyledLine]:
        """The lines of some rows, `chosen` being the place of the cursor among them.

        `table` is its columns, its width, and a function that gives a row's identity.
        """
        fitted, width, identity = table
        if self._columns is None or self._columns[0] is not fitted or self._columns[1] != width:
            self._columns = fitted, width
            self._drawn, self._names = {}, set()
        elif context.edition is self._edition and rows == self._rows and self._are_in_time(context):
            return self._lines(context, chosen)
        is_same = self._edition is context.last_edition and context.changed.isdisjoint(self._names)
        drawn, shown, known_rows = {}, [], self._drawn
        for row in rows:
            name = identity(row)
            known = known_rows.get(name)
            if (
                known is None
                or not (known.row is row or known.row == row)
                or not ((is_same and not known.dependencies.when) or known.dependencies.are_unchanged(context))
            ):
                known = _DrawnRow(fitted, row, width, context, known)
                known.dependencies.add_names_to(self._names)
            drawn[name] = known
            shown.append(known)
        self._drawn, self._shown, self._rows, self._edition = drawn, shown, rows, context.edition
        self._hold = hold = Dependencies()
        for drawn_row in shown:
            hold.add_moments(drawn_row.dependencies.when)
        return self._lines(context, chosen)

    @property
    def cut(self) -> Mapping[str, int]:
        """The lengths of figures that were cut, by the keys of their columns."""
        found: dict[str, int] = {}
        for row in self._shown:
            if row.cut:
                for key, cells in row.cut.items():
                    found[key] = max(cells, found.get(key, 0))
        return found

    @property
    def height(self) -> int:
        """How many rows were drawn last."""
        return len(self._shown)

    def clear(self) -> None:
        """Forget the rows: there are none."""
        self._columns, self._drawn, self._shown, self._rows, self._hold = None, {}, (), (), Dependencies()

    def are_unchanged(self, context: ViewContext) -> bool:
        """Whether the rows would be the same for a context, apart from moments."""
        if not self._are_in_time(context):
            return False
        if context.edition is self._edition:
            return True
        is_same = self._edition is context.last_edition and context.changed.isdisjoint(self._names)
        if is_same or all(row.dependencies.are_unchanged(context) for row in self._shown):
            self._edition = context.edition
            return True
        return False

    def _are_in_time(self, context: ViewContext) -> bool:
        return self._hold.are_in_time(context)

    def redraw_clocks(self, context: ViewContext, lines: list[StyledLine], first: int) -> None:
        """Put the rows with clocks into the lines of a panel that shows them from `first` on."""
        for place, row in enumerate(self._shown, first):
            if row.clock_cells:
                row.redraw_clocks(context)
                lines[place] = row.line

    def _lines(self, context: ViewContext, chosen: int | None) -> list[StyledLine]:
        lines = []
        for place, row in enumerate(self._shown):
            if row.clock_cells:
                row.redraw_clocks(context)
            state = LineState.CURSOR if place == chosen else LineState.PLAIN
            if row.line.state is not state:
                row.line = StyledLine(row.line.spans, state)
            lines.append(row.line)
        return lines


class CachedFrame:
    """Lines with a frame at both sides."""

    def __init__(self) -> None:
        self._look: tuple[str, TextStyle, bool] | None = None
        self._sides: tuple[tuple[Span, ...], tuple[Span, ...]] = (), ()
        self._state: LineState | None = None
        self._inner: Sequence[StyledLine] = ()
        self._framed: list[StyledLine] = []

    def change(self, vertical: str, style: TextStyle, *, stale: bool) -> None:
        """Give the frame another look."""
        look = vertical, style, stale
        if look != self._look:
            self._look, self._inner, self._state = look, (), LineState.STALE if stale else None
            self._sides = (Span(vertical, style), blank(1)), (blank(1), Span(vertical, style))

    def draw(self, inner: Sequence[StyledLine]) -> list[StyledLine]:
        """The lines with their frame; a line that is the same object as before keeps its framed line, too."""
        (left, right), state = self._sides, self._state
        framed: list[StyledLine] = self._framed.copy()
        places: Iterable[int] = compress(range(len(inner)), map(is_not, inner, self._inner))
        if len(inner) != len(self._inner):
            framed, places = list(inner), range(len(inner))
        for place in places:
            line = inner[place]
            framed[place] = StyledLine((*left, *line.spans, *right), state or line.state)
        self._inner, self._framed = inner, framed
        return framed
