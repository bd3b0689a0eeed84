"""Tables as data: a column is a record, a table a list of them, so that showing, hiding and sorting need no branch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
PRINTED_WIDEST = 26
"""A name in a printed text may be this wide, if there is room."""
LAST = 50
"""Added to the rank of bars in a printed text, so that they come last."""
MEASURED = 300
"""How many rows are measured, at most, to find the longest text."""
NO_LENGTHS: Mapping[str, Collection[int]] = {}
MOST = 80
"""No text gets more cells than this, though some be left."""


def fit_columns(
    columns: Sequence[Column[Row]],
    width: int,
    longest: Mapping[str, int] | None = None,
    *,
    gap: int = GAP,
    lengths: Mapping[str, Collection[int]] = NO_LENGTHS,
) -> Fitted[Row]:
    """The columns that have room in `width` cells, in their order, with the width each gets.

    Which columns there are follows from the width alone, so that none comes or goes with a name: first the essential
    ones, then what the most important texts usually need, then all others by rank. Cells that are left, or that other
    texts do not need, go to texts that would be cut: to figures, then names, then the others, those first that lack
    least; then to texts beyond the width that they usually get at most, to short heads until they are whole, and last
    to what is drawn.

    Args:
        columns: all that may be shown.
        width: how many cells there are.
        longest: the width of the longest text by key of a column, as `longest_texts` has them; by default any text
            takes all that it can get. A column of figures whose texts are not known keeps its width.
        gap: cells between two columns.
        lengths: the widths of all texts by key of a column. A column with a text that is cut anyway is then no wider
            than those that are whole, if that makes those of another column whole.
    """
    widths = _let_in(columns, width, gap)
    spare = width + gap - sum(widths.values()) - gap * len(widths)
    by_rank = sorted(widths, key=lambda index: columns[index].rank)
    texts = [index for index in by_rank if not columns[index].drawn]
    known = {} if longest is None else longest
    needed = {index: columns[index].needed(known.get(columns[index].key)) for index in texts}
    for index in texts:  # no figure is cut: names make room for it
        for name in texts if columns[index].right else ():
            more = max(0, needed[index] - widths[index] - spare)
            less = min(more, max(0, widths[name] - columns[name].width)) if not columns[name].right else 0
            widths[name] -= less
            spare += less
    texts.sort(key=lambda index: not columns[index].right)
    wanted = {index: max(needed[index], min(known.get(columns[index].key, 0), MOST)) for index in texts}
    cut = sum(max(0, wanted[index] - widths[index]) for index in texts)
    for index in reversed(texts):
        least = max(needed[index], width_of(columns[index].short or columns[index].title))
        less = max(0, min(widths[index] - least, cut - spare))
        widths[index] -= less
        spare += less
    texts.sort(key=lambda index: columns[index].rank > VITAL and needed[index] - widths[index])
    for index in texts:
        more = max(0, min(needed[index] - widths[index], spare))
        widths[index] += more
        spare -= more
    for index in texts if lengths else ():
        whole = [each for each in lengths.get(columns[index].key, ()) if each <= widths[index]]
        kept = max(columns[index].width, width_of(columns[index].short or columns[index].title), *whole)
        idle = widths[index] - kept if widths[index] < wanted[index] else 0
        for other in texts if idle > 0 else ():
            lacks = wanted[other] - widths[other]
            if other != index and 0 < lacks <= idle:
                widths[other] += lacks
                widths[index] -= lacks
                idle -= lacks
    for index in texts:
        more = max(0, min(wanted[index] - widths[index], spare))
        widths[index] += more
        spare -= more
    for index in by_rank:
        more = width_of(columns[index].title) - widths[index] if columns[index].short else 0
        if 0 < more <= spare:
            widths[index] += more
            spare -= more
    while spare > 0 and (
        growing := [index for index in by_rank if columns[index].drawn and widths[index] < columns[index].widest]
    ):
        for index in growing[:spare]:
            widths[index] += 1
            spare -= 1
    return [(columns[index], widths[index]) for index in sorted(widths)]


def cut_texts(fitted: Fitted[Row], longest: Mapping[str, int]) -> bool:
    """Whether a text of the given lengths would be cut, so that figures beside it should be measured, too."""
    return any(cells < min(longest.get(column.key, 0), MOST) for column, cells in fitted)


def _let_in(columns: Sequence[Column[Any]], width: int, gap: int) -> dict[int, int]:
    """The places of the columns that have room, with their widths before anything grows."""
    together = [column for column in columns if column.instead_of]
    left_out = {column.key for column in together}
    widths = _let_in_but_for(left_out, columns, width, gap)
    for column in together:
        if not {columns[index].key for index in widths}.issuperset(column.instead_of):
            others = {each.key for each in columns if each.key in column.instead_of and each.rank > ESSENTIAL}
            left_out = left_out - {column.key} | others
            widths = _let_in_but_for(left_out, columns, width, gap)
    return widths


def _let_in_but_for(left_out: set[str], columns: Sequence[Column[Any]], width: int, gap: int) -> dict[int, int]:
    widths: dict[int, int] = {}
    spare = width + gap
    by_rank = sorted(range(len(columns)), key=lambda index: columns[index].rank)
    by_rank = [index for index in by_rank if columns[index].key not in left_out]
    for essential in (True, False):
        for index in by_rank:
            column = columns[index]
            if (column.rank <= ESSENTIAL) is essential and column.width + gap <= spare:
                widths[index] = column.width
                spare -= column.width + gap
        for index in by_rank if essential else ():
            if index in widths:
                more = max(0, min(columns[index].reserved(width) - widths[index], spare))
                widths[index] += more
                spare -= more
    return widths


def longest_texts(
    columns: Sequence[Column[Row]], rows: Sequence[Row], context: ViewContext, *, figures: bool = True
) -> dict[str, int]:
    """The width of the longest text of each column by its key; without `figures`, of those columns alone that grow."""
    return {key: max(found) for key, found in text_lengths(columns, rows, context, figures=figures).items()}


def text_lengths(
    columns: Sequence[Column[Row]], rows: Sequence[Row], context: ViewContext, *, figures: bool = True
) -> dict[str, set[int]]:
    """The widths of all texts of each column, as `longest_texts` has the greatest."""
    found = {}
    for column in columns:
        if not column.drawn and (figures or column.widest):
            cells = (column.cell(row, context, column.widest or column.width) for row in rows[:MEASURED])
            widths = {shown_width(column, cell, context.glyphs) for cell in cells if isinstance(cell, Span)}
            if widths:
                found[column.key] = widths
    return found


def fit_printed(columns: Sequence[Column[Row]], width: int, rows: Sequence[Row], context: ViewContext) -> Fitted[Row]:
    """The columns of a printed text: as wide as their longest cell, without empty ones, and bars if room is left."""
    measured = []
    for column in columns:
        if column.drawn:
            cells = max(column.width, width_of(column.short or column.title))
            measured.append(replace(column, rank=column.rank + LAST, width=cells, widest=0))
            continue
        texts = (column.cell(row, context, column.widest or column.width) for row in rows)
        longest = max(
            (shown_width(column, text, context.glyphs) for text in texts if isinstance(text, Span)), default=0
        )
        if longest:
            needed = max(longest, width_of(column.short or column.title))
            if column.widest:
                needed = min(needed, max(column.widest, PRINTED_WIDEST))
            shrinks = column.widest and column.rank > VITAL
            measured.append(replace(column, width=min(needed, column.width) if shrinks else needed, widest=needed))
    there = {column.key for column in measured}
    for place, column in enumerate(measured):
        if column.instead_of:
            measured[place] = replace(column, instead_of=tuple(key for key in column.instead_of if key in there))
    return fit_columns(measured, width, gap=PRINTED_GAP)


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
