"""Tables as data: a column is a record, a table a list of them, so that showing, hiding and sorting need no branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

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
"""Texts up to this rank get the width to be read in full before other columns are added."""
PRINTED_WIDEST = 26
"""A name in a printed text may be this wide, if there is room."""
LAST = 50
"""Added to the rank of bars in a printed text, so that they come last."""
MEASURED = 300
"""How many rows are measured, at most, to find the longest text."""


def fit_columns(
    columns: Sequence[Column[Row]],
    width: int,
    rows: Sequence[Row] = (),
    context: ViewContext | None = None,
    *,
    gap: int = GAP,
) -> Fitted[Row]:
    """The columns that have room in `width` cells, in their order, with the width each gets.

    First the essential columns, then what the most important texts need to be read in full, then all others by rank.
    Cells that are left go to short heads, until they are whole, then to what grows.
    """
    widths: dict[int, int] = {}
    spare = width + gap

    def let_in(ranks: Sequence[int]) -> None:
        nonlocal spare
        for index in sorted(range(len(columns)), key=lambda index: columns[index].rank):
            if columns[index].rank in ranks and columns[index].width + gap <= spare:
                widths[index] = columns[index].width
                spare -= columns[index].width + gap

    let_in(range(ESSENTIAL + 1))
    for index, cells in widths.items():
        more = min(_fitted_width(columns[index], rows, context) - cells, spare)
        widths[index] = cells + more
        spare -= more
    let_in(range(ESSENTIAL + 1, 100))
    for index in sorted(widths, key=lambda index: columns[index].rank):
        more = width_of(columns[index].title) - widths[index] if columns[index].short else 0
        if 0 < more <= spare:
            widths[index] += more
            spare -= more
    while spare > 0 and (growing := [index for index in widths if widths[index] < columns[index].widest]):
        for index in growing[:spare]:
            widths[index] += 1
            spare -= 1
    return [(columns[index], widths[index]) for index in sorted(widths)]


def _fitted_width(column: Column[Row], rows: Sequence[Row], context: ViewContext | None) -> int:
    """The width of a column; one of the most important texts gets that of its longest text, within its bounds."""
    if context is None or column.rank > VITAL or not column.widest:
        return column.width
    cells = (column.cell(row, context, column.widest) for row in rows[:MEASURED])
    longest = max((len(cell.text) for cell in cells if isinstance(cell, Span)), default=0)
    return max(column.width, min(longest, column.widest))


def fit_printed(columns: Sequence[Column[Row]], width: int, rows: Sequence[Row], context: ViewContext) -> Fitted[Row]:
    """The columns of a printed text: as wide as their longest cell, without empty ones, and bars if room is left."""
    measured = []
    for column in columns:
        if column.drawn:
            cells = max(column.width, width_of(column.short or column.title))
            measured.append(replace(column, rank=column.rank + LAST, width=cells, widest=0))
            continue
        texts = (column.cell(row, context, column.widest or column.width) for row in rows)
        longest = max((_printed_width(text.text, context) for text in texts if isinstance(text, Span)), default=0)
        if longest:
            needed = max(longest, width_of(column.short or column.title))
            if column.widest:
                needed = min(needed, max(column.widest, PRINTED_WIDEST))
            shrinks = column.widest and column.rank > VITAL
            measured.append(replace(column, width=min(needed, column.width) if shrinks else needed, widest=needed))
    return fit_columns(measured, width, gap=PRINTED_GAP)


def _printed_width(text: str, context: ViewContext) -> int:
    harmless = plain(text).rstrip()
    return width_of(ascii_only(harmless) if context.glyphs.ascii_only else harmless)


def draw_titles(
    fitted: Fitted[Row], width: int, context: ViewContext, sorted_by: str | None, descending: bool, *, gap: int = GAP
) -> tuple[Span, ...]:
    """The line of titles; the column that the rows are sorted by is marked."""
    glyphs = context.glyphs
    spans: list[Span] = []
    for column, cells in fitted:
        sorted_here = column.key == sorted_by
        title = column.head(cells - sorted_here)
        if sorted_here:
            title = title[: cells - 1] + (glyphs.descending if descending else glyphs.ascending)
        style = TextStyle.STRONG if sorted_here else TextStyle.QUIET
        spans += [Span(glyphs.fit(title, cells, right=column.right), style), blank(gap)]
    return padded(spans[:-1], width)


def draw_row(fitted: Fitted[Row], row: Row, width: int, context: ViewContext, *, gap: int = GAP) -> tuple[Span, ...]:
    """One row of a table."""
    spans: list[Span] = []
    for column, cells in fitted:
        spans += draw_cell(column, cells, row, context)
        spans.append(blank(gap))
    return padded(spans[:-1], width)


def draw_cell(column: Column[Row], cells: int, row: Row, context: ViewContext) -> tuple[Span, ...]:
    """One cell of a row, `cells` wide."""
    return fit_cell(column, cells, column.cell(row, context, cells), context.glyphs)


def fit_cell(column: Column[Row], cells: int, cell: Cell, glyphs: GlyphSet) -> tuple[Span, ...]:
    """The cell that a column made for a row, fitted to `cells`."""
    if isinstance(cell, Span):
        return (Span(fit(cell.text, cells, right=column.right, more=glyphs.more), cell.style),)
    return cell


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
