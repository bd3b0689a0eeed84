"""Lines that were drawn before: a row, or its frame, is drawn again only where it looks different."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from ccmon.views.columns import GAP, Column, Fitted, draw_cell, fit_cell
from ccmon.views.kept import NotingView, Reads
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle, blank
from ccmon.views.view import View


class _DrawnRow:
    """A row as it was drawn last, and what was read for it; cells that read the clock are drawn each time."""

    __slots__ = ("_cells", "_line", "_running", "reads", "row")

    def __init__(self, fitted: Fitted[Any], row: object, width: int, view: View) -> None:
        self.row = row
        self.reads = Reads()
        noting = NotingView(view, self.reads)
        self._cells: list[tuple[Span, ...]] = []
        self._running: list[tuple[int, Column[Any], int]] = []
        glyphs, gap = noting.glyphs, (blank(GAP),)
        used = -GAP
        for column, cells in fitted:
            self.reads.clock = False
            self._cells += (fit_cell(column, cells, column.cell(row, noting, cells), glyphs), gap)
            used += cells + GAP
            if self.reads.clock:
                self._running.append((len(self._cells) - 2, column, cells))
        self.reads.clock = False
        self.reads.found_in(view)
        self._cells[-1:] = [(blank(width - used),)]
        self._line = StyledLine(())

    @property
    def runs(self) -> bool:
        """Whether there is a clock in it."""
        return bool(self._running)

    def line(self, view: View, state: LineState) -> StyledLine:
        """The row now: the very same line as long as nothing of it changes."""
        changed = False
        for place, column, cells in self._running:
            cell = draw_cell(column, cells, self.row, view)
            if cell != self._cells[place]:
                self._cells[place] = cell
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

        A table is its columns, its width, and what a row is known by.
        """
        fitted, width, identity = table
        if self._columns is None or self._columns[0] is not fitted or self._columns[1] != width:
            self._columns = fitted, width
            self._drawn = {}
        elif view.edition is self._edition and rows == self._rows:
            return self._lines(view, chosen)
        drawn, shown = {}, []
        for row in rows:
            name = identity(row)
            known = self._drawn.get(name)
            if known is None or not (known.row is row or known.row == row) or not known.reads.hold(view):
                known = _DrawnRow(fitted, row, width, view)
            drawn[name] = known
            shown.append(known)
        self._drawn, self._shown, self._rows, self._edition = drawn, shown, rows, view.edition
        return self._lines(view, chosen)

    @property
    def run(self) -> bool:
        """Whether a row has a clock in it."""
        return any(row.runs for row in self._shown)

    def _lines(self, view: View, chosen: int | None) -> list[StyledLine]:
        return [
            row.line(view, LineState.CURSOR if place == chosen else LineState.PLAIN)
            for place, row in enumerate(self._shown)
        ]


class KeptFrame:
    """Lines with a frame at both sides."""

    def __init__(self) -> None:
        self._look: tuple[str, TextStyle, bool] | None = None
        self._inner: Sequence[StyledLine] = ()
        self._framed: Sequence[StyledLine] = ()

    def draw(self, inner: Sequence[StyledLine], vertical: str, style: TextStyle, *, stale: bool) -> list[StyledLine]:
        """The lines with their frame; where a line is the very same as before, its framed line is, too."""
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
