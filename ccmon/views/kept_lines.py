"""Lines kept from the last drawing: a row, or its frame, is drawn again only if it looks different."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from ccmon.views.columns import GAP, Cell, Fitted, fit_cell
from ccmon.views.kept import NotingView, Reads
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle, blank
from ccmon.views.view import View


class _DrawnRow:
    """A row as it was drawn last, and what was read for it; cells that read the clock are drawn each time."""

    __slots__ = ("_cells", "_glyphs", "_line", "_made", "_running", "reads", "row")

    def __init__(self, fitted: Fitted[Any], row: object, width: int, view: View, last: _DrawnRow | None) -> None:
        """Draw a row; cells unchanged since its `last` drawing, with the same columns, keep their spans."""
        self.row = row
        self.reads = Reads()
        noting = NotingView(view, self.reads)
        glyphs, gap = noting.glyphs, (blank(GAP),)
        self._made: list[Cell] = []
        """The cell that each column made for the row."""
        self._glyphs = glyphs
        self._cells: list[tuple[Span, ...]] = []
        """The cells fitted to their columns, with the gaps between them."""
        self._running: list[int] = []
        """The places of columns that read the clock."""
        used = -GAP
        known: Sequence[Cell] = () if last is None or last._glyphs is not glyphs else last._made
        for place, (column, cells) in enumerate(fitted):
            self.reads.clock = False
            made = column.cell(row, noting, cells)
            if known and last is not None and known[place] == made:
                made, spans = known[place], last._cells[2 * place]
            else:
                spans = fit_cell(column, cells, made, glyphs)
            self._made.append(made)
            self._cells += (spans, gap)
            used += cells + GAP
            if self.reads.clock:
                self._running.append(place)
        self.reads.clock = False
        self.reads.found_in(view)
        self._cells[-1:] = [(blank(width - used),)]
        self._line = StyledLine(())

    @property
    def runs(self) -> bool:
        """Whether there is a clock in it."""
        return bool(self._running)

    def line(self, fitted: Fitted[Any], view: View, state: LineState) -> StyledLine:
        """The row as a line; the very same line object while nothing in it changes."""
        changed = False
        for place in self._running:
            column, cells = fitted[place]
            made = column.cell(self.row, view, cells)
            if made != self._made[place]:
                self._made[place], self._cells[2 * place] = made, fit_cell(column, cells, made, view.glyphs)
                changed = True
        if changed or state is not self._line.state or not self._line.spans:
            self._line = StyledLine(tuple(chain.from_iterable(self._cells)), state)
        return self._line


class KeptRowLines:
    """The rows of a table that are in sight."""

    def __init__(self) -> None:
        self._columns: tuple[Fitted[Any], int] | None = None
        self._drawn: dict[str, _DrawnRow] = {}
        self._shown: Sequence[_DrawnRow] = ()
        self._rows: Sequence[Any] = ()
        self._edition: object = None

    def draw(
        self,
        view: View,
        table: tuple[Fitted[Any], int, Callable[[Any], str]],
        rows: Sequence[Any],
        chosen: int | None,
    ) -> list[StyledLine]:
        """The lines of some rows, `chosen` being the place of the cursor among them.

        `table` is its columns, its width, and a function that gives a row's identity.
        """
        fitted, width, identity = table
        if self._columns is None or self._columns[0] is not fitted or self._columns[1] != width:
            self._columns = fitted, width
            self._drawn = {}
        elif view.edition is self._edition and rows == self._rows:
            return self._lines(fitted, view, chosen)
        drawn, shown = {}, []
        for row in rows:
            name = identity(row)
            known = self._drawn.get(name)
            if known is None or not (known.row is row or known.row == row) or not known.reads.hold(view):
                known = _DrawnRow(fitted, row, width, view, known)
            drawn[name] = known
            shown.append(known)
        self._drawn, self._shown, self._rows, self._edition = drawn, shown, rows, view.edition
        return self._lines(fitted, view, chosen)

    @property
    def run(self) -> bool:
        """Whether a row has a clock in it."""
        return any(row.runs for row in self._shown)

    def _lines(self, fitted: Fitted[Any], view: View, chosen: int | None) -> list[StyledLine]:
        return [
            row.line(fitted, view, LineState.CURSOR if place == chosen else LineState.PLAIN)
            for place, row in enumerate(self._shown)
        ]


class KeptFrame:
    """Lines with a frame at both sides."""

    def __init__(self) -> None:
        self._look: tuple[str, TextStyle, bool] | None = None
        self._inner: Sequence[StyledLine] = ()
        self._framed: Sequence[StyledLine] = ()

    def draw(self, inner: Sequence[StyledLine], vertical: str, style: TextStyle, *, stale: bool) -> list[StyledLine]:
        """The lines with their frame; a line that is the same object as before keeps its framed line, too."""
        look = vertical, style, stale
        if look != self._look:
            self._look, self._inner = look, ()
        side, gap = Span(vertical, style), blank(1)
        known = len(self._inner)
        framed = [
            self._framed[place]
            if place < known and self._inner[place] is line
            else StyledLine((side, gap, *line.spans, gap, side), LineState.STALE if stale else line.state)
            for place, line in enumerate(inner)
        ]
        self._inner, self._framed = inner, framed
        return framed
