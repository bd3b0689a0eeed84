"""The details of a queue: who waits, the day by quarters of an hour, who gave up."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.formatting import count, percent
from ccmon.metrics.durations import spoken
from ccmon.model.details import DetailPage, PastQuarterOffered, QueueSubject, ReadDetails, WaitingVisit
from ccmon.model.queues import QueueFigures
from ccmon.snapshot.details import ExpectedQuarter, expected_quarters
from ccmon.views import column_factories as column
from ccmon.views.columns import Cell, Column
from ccmon.views.detail_lines import DetailLine, DetailTab, call_of, customer_of, table_or
from ccmon.views.lost_callers import COLUMNS as LOST_COLUMNS
from ccmon.views.sparkline import quota_bar
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext
from ccmon.views.waiting_callers import COLUMNS_OF_A_QUEUE, CallerInQueue


def queue_tabs(subject: QueueSubject) -> list[DetailTab]:
    """The views of a queue, but for what is known from the snapshot in one row."""

    def waiting(read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
        return _waiting(read, subject, context, width)

    def day(read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
        return _day(read, subject, context, width)

    def lost(_read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
        return _lost(subject, context, width)

    return [
        DetailTab("waiting", DetailPage.QUEUE_WAITING, waiting),
        DetailTab("day", DetailPage.QUEUE_USUAL, day),
        DetailTab("lost", None, lost),
    ]


def _waiting(read: ReadDetails, subject: QueueSubject, context: ViewContext, width: int) -> list[DetailLine]:
    visits: Sequence[WaitingVisit] = read.rows
    callers = [
        CallerInQueue(
            visit_id=visit.id,
            queue_id=subject.id,
            queue=subject.name,
            place=place,
            entered_at=visit.entered_at,
            customer=visit.customer,
            phone=visit.phone,
            ringing=visit.ringing,
        )
        for place, visit in enumerate(visits, 1)
    ]
    return table_or(
        "Nobody waits.",
        COLUMNS_OF_A_QUEUE,
        callers,
        width,
        context,
        opens=lambda c: call_of(c.visit_id, c.entered_at, None, context),
        key=lambda c: c.visit_id,
    )


def _day(read: ReadDetails, subject: QueueSubject, context: ViewContext, width: int) -> list[DetailLine]:
    queue = next((each for each in context.unfiltered.queues if each.id == subject.id), None)
    if queue is None:
        return table_or("The queue is not there any more.", (), (), width, context)
    past: Sequence[PastQuarterOffered] = read.rows
    quarters = expected_quarters(queue.quarters, past, context.snapshot.day)
    empty = "Nobody has called today, nor on this weekday of past weeks."
    lines = table_or(empty, quarter_columns(queue, quarters), quarters, width, context)
    begun = sum(each.starts_at <= context.now for each in quarters)
    return [line._replace(is_now=0 < place == begun) for place, line in enumerate(lines)]


def quarter_columns(queue: QueueFigures, quarters: Sequence[ExpectedQuarter]) -> tuple[Column[ExpectedQuarter], ...]:
    """The columns of a day; a bar of the busiest quarter fills its column."""
    busiest = max((max(q.figures.offered if q.figures else 0, q.expected or 0.0) for q in quarters), default=0)

    def bar(row: ExpectedQuarter, context: ViewContext, width: int) -> Cell:
        offered = row.figures.offered if row.figures is not None else 0
        expected = None if row.expected is None or not busiest else row.expected / busiest
        return quota_bar(offered / busiest if busiest else None, expected, width, TextStyle.BUSY, context.glyphs)

    def level(row: ExpectedQuarter, context: ViewContext, _width: int) -> Span:
        share = None if row.figures is None else row.figures.service_level
        target = queue.service_level_target
        below = share is not None and target is not None and share < target
        return Span(percent(share, unknown=context.glyphs.unknown), TextStyle.WATCH if below else TextStyle.TEXT)

    threshold_ms = queue.service_level_threshold_ms
    within = "in threshold" if threshold_ms is None else f"within {spoken(threshold_ms)}"
    return (
        column.clock("quarter", "quarter", "The start of the quarter of an hour.", lambda q, v: q.starts_at, rank=0),
        Column("forecast", "forecast", "Visits to be expected: the average of this weekday in past weeks.", 8,
               lambda q, v, _: Span(count(q.expected, v.glyphs.unknown, 1), TextStyle.QUIET), 1),
        column.count("offered", "offered", "Visits that entered the queue.",
                     lambda q, v: q.figures and q.figures.offered, width=7, rank=0),
        column.count("answered", "answered", "Of them, answered.", lambda q, v: q.figures and q.figures.answered,
                     width=8, rank=1),
        column.count("in_threshold", within, "Of the answered, those within the threshold.",
                     lambda q, v: q.figures and q.figures.answered_in_threshold, rank=1),
        column.count("abandoned", "abandoned", "Callers who hung up, short abandons included.",
                     lambda q, v: q.figures and q.figures.abandoned, width=9, rank=0),
        Column("service_level", "SL", "The service level of the quarter.", 5, level, 0),
        column.drawn("bar", "offered, forecast", "Offered visits, with a tick at the forecast.",
                     bar, width=17, widest=30, rank=4),
    )  # fmt: skip


def _lost(subject: QueueSubject, context: ViewContext, width: int) -> list[DetailLine]:
    """Callers who gave up in this queue."""
    found = context.snapshot.lost_callers
    callers = [] if found is None else [each for each in found.items if each.queue == subject.name]
    empty = "Nobody has given up today." if found is not None else context.snapshot.incomplete or "Not known yet."
    return table_or(
        empty,
        [each for each in LOST_COLUMNS if each.key != "queue"],
        callers,
        width,
        context,
        opens=lambda c: customer_of(c.customer_id, c.phone, c.customer),
        key=lambda c: c.id,
    )
