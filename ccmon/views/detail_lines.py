"""What views of a row's details are made of: lines, some of which open something, and tables of such lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from ccmon.formatting import local_time, wrapped
from ccmon.metrics.first_contact import who_called
from ccmon.model.details import CallSubject, CustomerSubject, DetailPage, DetailSubject, ListedCall, ReadDetails
from ccmon.views.column_widths import fit_columns, text_lengths
from ccmon.views.columns import Column, draw_row, draw_titles
from ccmon.views.styled_text import Span, TextStyle, blank
from ccmon.views.view_context import ViewContext

Row = TypeVar("Row")


class DetailLine(NamedTuple):
    """A line of a view."""

    spans: tuple[Span, ...]
    opens: DetailSubject | None = None
    """What Enter shows the details of; None: the line cannot be chosen."""
    key: str = ""
    """What identifies a line that can be chosen, from reading to reading."""
    under: tuple[Span, ...] = ()
    """The heads of the table to which the line belongs; empty: it belongs to none."""
    row: object = None
    """The row of the table that the line shows."""
    is_now: bool = False
    """Whether a list that cannot be chosen from begins to be shown around this line."""


class DetailTab(NamedTuple):
    """A view of a row's details."""

    name: str
    page: DetailPage | None
    """What is read for it; None: it is made of the snapshot."""
    draw: Callable[[ReadDetails, ViewContext, int], list[DetailLine]]
    """Makes the lines for a width in cells; a view without a page is given no rows."""


def text_lines(text: str, width: int, context: ViewContext, style: TextStyle = TextStyle.TEXT) -> list[DetailLine]:
    """A text in as many lines as it takes."""
    return [DetailLine((Span(context.glyphs.fit(piece, width), style),)) for piece in wrapped(text, width)]


def heading(text: str, width: int, context: ViewContext) -> list[DetailLine]:
    """A heading, with an empty line above it."""
    return [DetailLine((blank(width),)), DetailLine((Span(context.glyphs.fit(text, width), TextStyle.TITLE),))]


def table(
    columns: Sequence[Column[Row]],
    rows: Sequence[Row],
    width: int,
    context: ViewContext,
    *,
    opens: Callable[[Row], DetailSubject | None] = lambda _row: None,
    key: Callable[[Row], object] = id,
) -> list[DetailLine]:
    """A line of heads, and a line for each row."""
    lengths = text_lengths(columns, rows, context)
    longest = {key: max(found) for key, found in lengths.items()}
    fitted = fit_columns(columns, width, longest, lengths=lengths)
    heads = draw_titles(fitted, width, context, None, descending=False)
    lines = [DetailLine(draw_row(fitted, row, width, context), opens(row), str(key(row)), heads, row) for row in rows]
    return [DetailLine(heads), *lines]


def table_or(
    empty: str,
    columns: Sequence[Column[Row]],
    rows: Sequence[Row],
    width: int,
    context: ViewContext,
    **choosing: Any,
) -> list[DetailLine]:
    """A table, or a sentence where there are no rows."""
    if not rows:
        return text_lines(empty, width, context, TextStyle.QUIET)
    return table(columns, rows, width, context, **choosing)


def day_and_clock(at: int | None, context: ViewContext) -> str:
    """The local day and time of a moment, as wide for any day of a year: Mon 23 Nov 09:05."""
    if at is None:
        return context.glyphs.unknown
    moment = local_time(at, context.zone)
    return (
        f"{moment:%a %d %b %H:%M}"
        if moment.year == local_time(context.now, context.zone).year
        else f"{moment:%d %b %Y %H:%M}"
    )


def call_of(call_id: int | None, at: int, queue: str | None, context: ViewContext) -> CallSubject | None:
    """The call of an id, named by its moment and queue."""
    if call_id is None:
        return None
    return CallSubject(call_id, f"call {local_time(at, context.zone):%H:%M} {queue or ''}".rstrip())


def listed_call_of(call: ListedCall, context: ViewContext) -> CallSubject | None:
    """A listed call, to be opened."""
    return call_of(call.id, call.entered_at, call.queue, context)


def customer_of(customer_id: int | None, phone: str | None, name: str | None) -> CustomerSubject | None:
    """A customer, to be opened; None where neither the customer nor the number is known."""
    if who_called(customer_id, phone) is None:
        return None
    return CustomerSubject(customer_id, phone, name or phone or "a customer")
