"""Kinds of columns: each knows how its cells are written, how wide they are, and what they are sorted by.

Imported as `column`, so that a table reads `column.count("waiting", …)`. `value` gives what a row's cell shows, None
where it is unknown; such a row is sorted last. A column is as wide as its head, or as the usual figures of its kind,
unless `width` is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypedDict, TypeVar, Unpack

from msgspec import Struct
from msgspec.structs import replace

from ccmon import formatting
from ccmon.language import gettext, pgettext
from ccmon.spelling import folded
from ccmon.time_units import HOUR_MS
from ccmon.views.columns import Cell, Column
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext

Row = TypeVar("Row")
Style = TextStyle | Callable[[Row, ViewContext], TextStyle]


class ColumnOptions(TypedDict, Generic[Row], total=False):
    """Options that most columns leave at their defaults."""

    width: int
    """The least width in cells."""
    rank: int
    """Columns with a lower rank are shown first where there is no room for all."""
    style: Style[Row]
    """The style of all cells, or of each row's."""
    short: str
    """The head where the column is too narrow for its title."""
    sign_beside: bool
    """Whether a column beside it has the sign that goes with the style of its figures."""


class FigureColumn(Struct, frozen=True):
    """A kind of figure, right-aligned; called, it makes a column of such figures."""

    write: Callable[[float | None, str, int], str]
    """A figure as text, or the given sign if it is unknown; the last argument is the number of decimals."""
    usual: int
    """The width of usual figures of this kind without decimals."""

    def __call__(
        self,
        key: str,
        title: str,
        meaning: str,
        value: Callable[[Row, ViewContext], float | None],
        *,
        decimals: int = 0,
        sort: Callable[[Row, ViewContext], float | None] | None = None,
        **options: Unpack[ColumnOptions[Row]],
    ) -> Column[Row]:
        """A column of such figures. Rows are sorted by them, or by `sort` if something else gives the same order.

        Running times, for instance, sort by the moments they began, which need not be sorted again each second.
        """
        write = self.write

        def text(row: Row, context: ViewContext) -> str:
            return write(value(row, context), context.glyphs.unknown, decimals)

        return _column(key, title, meaning, text, options, usual=self.usual + (decimals > 0), sort=sort or value)


def _time_in_state(length_ms: float | None, unknown: str, _decimals: int) -> str:
    if length_ms is None or length_ms < 10 * HOUR_MS:
        return formatting.duration(length_ms, unknown)
    return formatting.coarse(length_ms)


count = FigureColumn(formatting.count, 4)
"""A number, with thousands apart."""
percentage = FigureColumn(lambda share, unknown, decimals: formatting.percent(share, decimals, unknown), 5)
"""A share from 0 to 1 as a percentage."""
duration = FigureColumn(lambda length_ms, unknown, _: formatting.duration(length_ms, unknown), 6)
"""A length of time in milliseconds as m:ss."""
time_in_state = FigureColumn(_time_in_state, 7)
"""A length of time in milliseconds as m:ss; from ten hours on as whole hours or days, as seconds then say nothing."""
mean = FigureColumn(lambda length_ms, unknown, _: formatting.mean(length_ms, unknown), 5)
"""A mean length of time in milliseconds as m:ss, rounded to whole seconds."""
amount = FigureColumn(lambda cents, unknown, _: formatting.amount(cents, unknown), 9)
"""An amount in cents, in whole units or, where it is small, with two decimals."""


def clock(
    key: str,
    title: str,
    meaning: str,
    value: Callable[[Row, ViewContext], int | None],
    **options: Unpack[ColumnOptions[Row]],
) -> Column[Row]:
    """A moment as the local time."""

    def text(row: Row, context: ViewContext) -> str:
        return formatting.clock(value(row, context), context.zone, unknown=context.glyphs.unknown)

    return _column(key, title, meaning, text, options, usual=5, sort=value)


def text(
    key: str,
    title: str,
    meaning: str,
    value: Callable[[Row, ViewContext], str | None],
    *,
    widest: int = 0,
    missing: bool = False,
    sorts: bool = True,
    by_last_word: bool = False,
    usual: int = 0,
    **options: Unpack[ColumnOptions[Row]],
) -> Column[Row]:
    """A left-aligned text, which gets spare cells up to the width `widest`.

    With `missing`, a text that is None is shown as unknown, not as empty. Sorting ignores the case of letters. `usual`
    and `by_last_word` are as of a `Column`.
    """

    def text(row: Row, context: ViewContext) -> str:
        return value(row, context) or (context.glyphs.unknown if missing else "")

    def sort(row: Row, context: ViewContext) -> str | None:
        return folded(value(row, context) or "") or None

    column = _column(key, title, meaning, text, options, usual=0, sort=sort if sorts else None)
    return replace(column, widest=widest, right=False, ascending=True, by_last_word=by_last_word, usual=usual)


def kind(
    title: str,
    meaning: str,
    value: Callable[[Row], str],
    order: Mapping[str, int],
    **options: Unpack[ColumnOptions[Row]],
) -> Column[Row]:
    """The kind of each row, sorted in the order of the kinds."""
    column = text("kind", title, meaning, lambda row, _context: kind_word(value(row)), **options)
    return replace(column, sort=lambda row, _context: order.get(value(row), len(order)))


def kind_word(kind: str) -> str:
    """A kind in a cell, in the reader's language."""
    if kind == "client":
        return pgettext("kind", "client")
    return pgettext("kind", "queue") if kind == "queue" else gettext(kind)


def sign(
    meaning: str,
    cell: Callable[[Row, ViewContext, int], Span],
    *,
    sort: Callable[[Row, ViewContext], Any] | None = None,
) -> Column[Row]:
    """The sign at the left of a row, which is sorted by how much the row needs a person."""
    return Column("sign", " ", meaning, 1, cell, 0, sort=sort, ascending=True)


def drawn(
    key: str,
    title: str,
    meaning: str,
    cell: Callable[[Row, ViewContext, int], Cell],
    *,
    width: int,
    widest: int,
    rank: int,
    short: str = "",
    axis: Callable[[ViewContext, int], str] | None = None,
) -> Column[Row]:
    """A bar or a curve, `widest` cells wide where there is room."""
    return Column(key, title, meaning, width, cell, rank, widest, right=False, drawn=True, short=short, axis=axis)


def _column(
    key: str,
    title: str,
    meaning: str,
    text: Callable[[Row, ViewContext], str],
    options: ColumnOptions[Row],
    *,
    usual: int,
    sort: Callable[[Row, ViewContext], Any] | None,
) -> Column[Row]:
    """A column of texts, as wide as its (short) head or as `usual` texts are."""
    style = options.get("style", TextStyle.TEXT)

    def cell(row: Row, context: ViewContext, _width: int) -> Span:
        return Span(text(row, context), style if isinstance(style, TextStyle) else style(row, context))

    short = options.get("short", "")
    width = options.get("width") or max(len(short or title), usual)
    return Column(
        key,
        title,
        meaning,
        width,
        cell,
        options.get("rank", 5),
        sort=sort,
        text=text,
        style=style,
        short=short,
        sign_beside=options.get("sign_beside", False),
    )
