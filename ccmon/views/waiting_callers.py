"""The table of callers who wait: of all queues under the panel, of one queue in its details."""

from __future__ import annotations

from msgspec import Struct

from ccmon.formatting import clock
from ccmon.metrics.wait_times import longer_from
from ccmon.views import column_factories as column
from ccmon.views.columns import Column
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext


class CallerInQueue(Struct, frozen=True):
    """A caller who waits."""

    visit_id: int | None
    """``calls.id`` of the visit to the queue."""
    queue_id: int
    queue: str
    place: int
    """The place in the queue, from 1."""
    entered_at: int
    customer: str | None
    phone: str | None
    ringing: str | None
    """The agents whose telephones ring for the caller; None: none does, or no source says so."""


def _wait_style(caller: CallerInQueue, context: ViewContext) -> TextStyle:
    """Worth watching past the threshold of the queue."""
    queue = next((each for each in context.unfiltered.queues if each.id == caller.queue_id), None)
    threshold_ms = None if queue is None else queue.service_level_threshold_ms
    when = context.when("drawn_until")
    late = threshold_ms is not None and when.reached(longer_from(caller.entered_at, threshold_ms))
    return TextStyle.WATCH if late else TextStyle.TEXT


COLUMNS: tuple[Column[CallerInQueue], ...] = (
    column.duration("waited", "wait", "How long the caller has waited.", lambda c, v: v.waited(c.entered_at),
                    width=9, rank=0, style=_wait_style),
    column.count("place", "#", "The caller's place in the queue.", lambda c, v: c.place, width=3, rank=1,
                 style=TextStyle.QUIET),
    column.text("queue", "queue", "The queue.", lambda c, v: c.queue, width=12, rank=2, widest=40,
                by_last_word=True),
    column.text("customer", "customer", "Who waits.", lambda c, v: c.customer, missing=True, width=12, rank=2,
                widest=40),
    column.text("phone", "number", "The caller's number.", lambda c, v: c.phone, missing=True, width=14, rank=3,
                widest=18, style=TextStyle.QUIET),
    column.text("ringing", "ringing at", "Whose telephone rings for the caller.", lambda c, v: c.ringing, width=14,
                rank=4, widest=60, style=TextStyle.STRONG),
    column.text("since", "since", "Since when the caller waits.",
                lambda c, v: clock(c.entered_at, v.zone, seconds=True), width=8, rank=5, style=TextStyle.QUIET),
)  # fmt: skip
COLUMNS_OF_ALL_QUEUES = tuple(each for each in COLUMNS if each.key != "since")
COLUMNS_OF_A_QUEUE = tuple(each for each in COLUMNS if each.key != "queue")
"""What is shown where they wait in several queues, and where all wait in one."""
