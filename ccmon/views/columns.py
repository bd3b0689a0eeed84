"""Tables as data: a column is a record, a table a list of them, so that showing, hiding and sorting need no branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from ccmon.formatting import ascii_only, fit, plain, width_of
from ccmon.views.glyphs import GlyphSet
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view_context import ViewContext

Row = TypeVar("Row")
Cell = Span | tuple[Span, ...]
"""A single span is fitted to its column; several spans must have its width already."""


class Column(Struct, Generic[Row], frozen=True):
    """One column of a panel."""

    key: str
    title: str
    meaning: str
    """What the figure is, in one sentence: for the help screen."""
    width: int
    """The least width in cells."""
    cell: Callable[[Row, ViewContext, int], Cell]
    """The cell of a row, for a column of the given width."""
    rank: int = 5
    """Columns with a lower rank are shown first where there is no room for all."""
    widest: int = 0
    """Spare cells are given to the column up to this width; 0: never."""
    right: bool = True
    """Right-aligned, as figures are."""
    sort: Callable[[Row, ViewContext], Any] | None = None
    """What rows are sorted by; a row for which it is None goes last."""
    ascending: bool = False
    """Sorted in ascending order, as words are, not from the largest down."""
    drawn: bool = False
    """Whether it is a bar or a curve of figures that another column or the details show."""
    text: Callable[[Row, ViewContext], str] | None = None
    """The text of a cell, where it is made apart from its style: it can then be made again without it."""
    style: TextStyle | Callable[[Row, ViewContext], TextStyle] = TextStyle.TEXT
    """The style that goes with `text`, of all cells or of each row's."""
    short: str = ""
    """The head where the column is too narrow for its title; empty: it never is."""
    usual: int = 0
    """Cells kept free for its texts before less important columns come in; 0: `NAME` of a name. In a table that is not
    narrow a name has those of `NAME` at least."""
    instead_of: tuple[str, ...] = ()
    """Keys of columns that say the same apart: where all of these have room, they are shown and it is not."""
    axis: Callable[[ViewContext, int], str] | None = None
    """What stands under a curve of the given width, below all rows."""
    by_last_word: bool = False
    """Whether the last word of a text tells it from others: without room for all, the words before become initials."""

    sign_beside: bool = False
    """Whether a column beside it has the sign that goes with the style of its figures."""

    optional: bool = False
    """Whether it is left out where no row has anything in it."""

    def says_nothing(self, rows: Sequence[Row], context: ViewContext) -> bool:
        """Whether it is optional and these rows have nothing in it."""
        cells = (self.cell(row, context, self.width) for row in rows[:MEASURED])
        return self.optional and not any(isinstance(cell, tuple) or cell.text for cell in cells)

    def reserved(self, width: int) -> int:
        """Cells that are kept free for its texts in a table of this width."""
        is_name = self.rank <= VITAL and self.widest > 0 and not self.right and not self.drawn
        name = NAME_IN_WIDE_TABLE if width >= WIDE_TABLE else NAME if width >= NARROW_TABLE else self.usual or NAME
        usual = max(self.usual, name) if is_name else self.usual
        return max(self.width, min(self.widest, usual))

    def needed(self, longest: int | None) -> int:
        """Cells that its texts need, up to the width that it may grow to; `longest` is None where that is not known."""
        if not self.widest:
            return self.width if longest is None else longest
        return self.widest if longest is None else min(longest, self.widest)

    def head(self, cells: int) -> str:
        """The title, or its short form where `cells` are too few for it."""
        return self.short if self.short and width_of(self.title) > cells else self.title


Fitted = Sequence[tuple[Column[Row], int]]
GAP = 1
PRINTED_GAP = 2
"""Cells between two columns on the screen, and in a printed text."""
ESSENTIAL = 2
"""Columns up to this rank come before everything."""
VITAL = 1
"""Texts up to this rank get the width that they usually need before other columns are added."""
NAME, NAME_IN_WIDE_TABLE = 18, 20
"""Cells that a name usually needs, and that it gets where there is room for nearly all columns."""
WIDE_TABLE, NARROW_TABLE = 100, 60
ATTENTION = "attention"
"""What rows are sorted by that are sorted by the signs at their left."""
MEASURED = 300
"""How many rows are measured, at most, to find the longest text."""


def shown_text(column: Column[Any], cell: Span, glyphs: GlyphSet) -> str:
    """The text of a cell, a figure that somebody should see with the sign of its style."""
    return glyphs.signed(cell.text, cell.style) if column.right and not column.sign_beside else cell.text


def shown_width(column: Column[Any], cell: Span, glyphs: GlyphSet) -> int:
    """The cells that a text takes in characters of a set."""
    harmless = plain(shown_text(column, cell, glyphs)).rstrip()
    return width_of(ascii_only(harmless) if glyphs.ascii_only else harmless)


def draw_titles(
    fitted: Fitted[Row], width: int, context: ViewContext, sorted_by: str | None, descending: bool, *, gap: int = GAP
) -> tuple[Span, ...]:
    """The line of titles; the column that the rows are sorted by is marked.

    Between two titles that are one cell apart stands a line, or they would read as one phrase: longest│wait│queue.
    """
    glyphs = context.glyphs
    spans: list[Span] = []
    for column, cells in fitted:
        sorted_here = column.key == sorted_by
        title = column.head(cells - sorted_here)
        if sorted_here:
            title = title[: cells - 1] + (glyphs.descending if descending else glyphs.ascending)
        style = TextStyle.STRONG if sorted_here else TextStyle.QUIET
        spans += [Span(glyphs.fit(title, cells, right=column.right), style), blank(gap)]
    for place in range(1, len(spans) - 1, 2):
        if gap == 1 and not spans[place - 1].text.endswith(" ") and not spans[place + 1].text.startswith(" "):
            spans[place] = Span(glyphs.vertical, TextStyle.FRAME)
    return padded(spans[:-1], width)


def draw_row(fitted: Fitted[Row], row: Row, width: int, context: ViewContext, *, gap: int = GAP) -> tuple[Span, ...]:
    """One row of a table."""
    spans: list[Span] = []
    for column, cells in fitted:
        spans += draw_cell(column, cells, row, context)
        spans.append(blank(gap))
    return padded(spans[:-1], width)


def draw_axes(fitted: Fitted[Any], width: int, context: ViewContext) -> tuple[Span, ...]:
    """What stands under curves; nothing where no column has any."""
    if not any(column.axis for column, _ in fitted):
        return ()
    texts = [column.axis(context, cells) if column.axis else " " * cells for column, cells in fitted]
    return padded((Span((" " * GAP).join(texts), TextStyle.QUIET),), width)


def draw_cell(column: Column[Row], cells: int, row: Row, context: ViewContext) -> tuple[Span, ...]:
    """One cell of a row, `cells` wide."""
    return fit_cell(column, cells, column.cell(row, context, cells), context.glyphs)


def fit_cell(column: Column[Row], cells: int, cell: Cell, glyphs: GlyphSet) -> tuple[Span, ...]:
    """The cell that a column made for a row, fitted to `cells`."""
    if isinstance(cell, Span):
        text = by_last_word(cell.text, cells) if column.by_last_word else shown_text(column, cell, glyphs)
        return (Span(fit(text, cells, right=column.right, more=glyphs.more), cell.style),)
    return cell


def by_last_word(text: str, cells: int) -> str:
    """A text with as many of its first words as initials as are needed for it to fit: Aurora Sales as A. Sales."""
    words = text.split()
    for place in range(len(words) - 1):
        if width_of(text) <= cells:
            break
        words[place] = f"{words[place][0]}."
        text = " ".join(words)
    return text


def padded(spans: Sequence[Span], width: int) -> tuple[Span, ...]:
    """Spans filled up with empty cells to `width`."""
    return (*spans, blank(width - sum(width_of(span.text) for span in spans)))


def sorted_rows(
    rows: Sequence[Row], column: Column[Row] | None, descending: bool, context: ViewContext
) -> Sequence[Row]:
    """Rows in the order of a column, unknown ones last in either direction; without a column, as they come."""
    if column is None or column.sort is None:
        return rows
    value_of = column.sort
    keyed = [(value_of(row, context), row) for row in rows]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return [row for _, row in known] + [row for value, row in keyed if value is None]
