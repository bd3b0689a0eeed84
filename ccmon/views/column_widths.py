"""Which columns have room in a table, and how many cells each gets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from ccmon.formatting import width_of
from ccmon.views.columns import ESSENTIAL, GAP, MEASURED, PRINTED_GAP, VITAL, Column, Fitted, Row, shown_width
from ccmon.views.styled_text import Span
from ccmon.views.view_context import ViewContext

PRINTED_WIDEST = 26
"""A name in a printed text may be this wide, if there is room."""
LAST = 50
"""Added to the rank of bars in a printed text, so that they come last."""
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
    fitting = _Widths(columns, _let_in(columns, width, gap), width, gap, {} if longest is None else longest)
    fitting.make_room_for_figures()
    fitting.take_what_no_text_needs()
    fitting.grow(fitting.needed)
    if lengths:
        fitting.give_way(lengths)
    fitting.grow(fitting.wanted)
    fitting.lengthen_heads()
    fitting.grow_curves()
    return [(columns[index], fitting.widths[index]) for index in sorted(fitting.widths)]


class _Widths:
    """The widths of columns by their places, and the cells that are left."""

    def __init__(
        self, columns: Sequence[Column[Any]], widths: dict[int, int], width: int, gap: int, longest: Mapping[str, int]
    ) -> None:
        self.columns, self.widths = columns, widths
        self.spare = width + gap - sum(widths.values()) - gap * len(widths)
        self.by_rank = sorted(widths, key=lambda index: columns[index].rank)
        self.texts = [index for index in self.by_rank if not columns[index].drawn]
        self.needed = {index: columns[index].needed(longest.get(columns[index].key)) for index in self.texts}
        """Cells that the texts of a column need, up to the width that it may grow to."""
        self.wanted = {
            index: max(cells, min(longest.get(columns[index].key, 0), MOST)) for index, cells in self.needed.items()
        }
        """The same beyond that width."""

    def _head(self, index: int) -> int:
        return width_of(self.columns[index].short or self.columns[index].title)

    def _widen(self, index: int, cells: int) -> None:
        self.widths[index] += cells
        self.spare -= cells

    def make_room_for_figures(self) -> None:
        """No figure is cut: names make room for it."""
        columns, widths = self.columns, self.widths
        for figure in (index for index in self.texts if columns[index].right):
            for name in (index for index in self.texts if not columns[index].right):
                lacks = max(0, self.needed[figure] - widths[figure] - self.spare)
                self._widen(name, -min(lacks, max(0, widths[name] - columns[name].width)))

    def take_what_no_text_needs(self) -> None:
        """Take cells from columns that do not need them, as many as others lack; from the least important first."""
        in_order = sorted(self.texts, key=lambda index: not self.columns[index].right)
        lacking = sum(max(0, self.wanted[index] - self.widths[index]) for index in self.texts)
        for index in reversed(in_order):
            least = max(self.needed[index], self._head(index))
            self._widen(index, -max(0, min(self.widths[index] - least, lacking - self.spare)))

    def _by_lack(self) -> list[int]:
        """Columns of texts: figures and names, then those first that lack least."""
        columns, widths = self.columns, self.widths
        in_order = sorted(self.texts, key=lambda index: not columns[index].right)
        return sorted(in_order, key=lambda index: columns[index].rank > VITAL and self.needed[index] - widths[index])

    def grow(self, wanted: Mapping[int, int]) -> None:
        """Give cells that are left to columns with a text that would be cut."""
        for index in self._by_lack():
            self._widen(index, max(0, min(wanted[index] - self.widths[index], self.spare)))

    def give_way(self, lengths: Mapping[str, Collection[int]]) -> None:
        """Let columns with a text that is cut anyway give cells that make those of another whole."""
        widths = self.widths
        for index in self._by_lack():
            column = self.columns[index]
            whole = [each for each in lengths.get(column.key, ()) if each <= widths[index]]
            kept = max(column.width, self._head(index), *whole)
            idle = widths[index] - kept if widths[index] < self.wanted[index] else 0
            for other in self.texts:
                lacks = self.wanted[other] - widths[other]
                if other != index and 0 < lacks <= idle:
                    self._widen(other, lacks)
                    self._widen(index, -lacks)
                    idle -= lacks

    def lengthen_heads(self) -> None:
        """Give cells that are left to short heads, where they make one whole."""
        for index in self.by_rank:
            column = self.columns[index]
            more = width_of(column.title) - self.widths[index] if column.short else 0
            if 0 < more <= self.spare:
                self._widen(index, more)

    def grow_curves(self) -> None:
        """Give cells that are left to what is drawn, to each alike."""
        drawn = [index for index in self.by_rank if self.columns[index].drawn]
        while self.spare > 0 and (growing := [i for i in drawn if self.widths[i] < self.columns[i].widest]):
            for index in growing[: self.spare]:
                self._widen(index, 1)


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
