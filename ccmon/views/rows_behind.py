"""The rows of the database behind a figure as a table: what counts against it first."""

from __future__ import annotations

from ccmon.formatting import clock, count, dated, plural
from ccmon.model.proofs import PageBehind, RowBehind
from ccmon.views import column_factories as column
from ccmon.views.columns import Column
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext

COUNTS = {1: "for", 0: "against", None: "neither"}
STYLES = {1: TextStyle.GOOD, 0: TextStyle.WATCH, None: TextStyle.QUIET}
COLUMNS: tuple[Column[RowBehind], ...] = (
    Column("counts", "counts", "Whether it counts for the figure, against it, or neither.", 7,
           lambda r, v, _: Span(COUNTS[r.counts], STYLES[r.counts]), 0, right=False),
    Column("at", "at", "When it began.", 12, lambda r, v, _: Span(_moment(r, v)), 0),
    column.text("what", "how", "How it ended, or what it is.", lambda r, v: r.what, width=13, rank=1, widest=22),
    column.duration("wait", "wait", "How long the caller waited, or the telephone rang.", lambda r, v: r.wait_ms,
                    width=6, rank=2),
    column.duration("spent", "time", "The handling time, or how long the state lasted within the day.",
                    lambda r, v: r.spent_ms, width=7, rank=2),
    column.text("who", "customer", "The customer's name or number.", lambda r, v: r.who, missing=True, width=14,
                rank=3, widest=24),
    column.text("queue", "queue", "Its queue or campaign.", lambda r, v: r.queue, width=12, rank=4, widest=24,
                style=TextStyle.QUIET),
    column.text("agent", "agent", "Who answered.", lambda r, v: r.agent, width=12, rank=4, widest=24),
)  # fmt: skip


def _moment(row: RowBehind, context: ViewContext) -> str:
    """The time of a row of the business day, to the second; with its date if it is of an earlier one."""
    if row.at < context.snapshot.day.starts_at:
        return dated(row.at, context.zone, context.now)
    return clock(row.at, context.zone, seconds=True)


def rows_summary(page: PageBehind) -> str:
    """How many rows there are, and for what they count."""
    first = next(iter(page.rows), None)
    if first is None:
        return "Nothing is behind it."
    neither = first.in_all - first.in_favour - first.against
    parts = [f"{count(first.in_favour)} for it"]
    parts += [f"{count(first.against)} against it"] if first.against else []
    parts += [f"{count(neither)} neither"] if neither else []
    return f"{plural(first.in_all, '{n} row', '{n} rows')}: {', '.join(parts)}"
