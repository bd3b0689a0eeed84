"""Lists of calls, orders, promises and answers in the details of agents and customers."""

from __future__ import annotations

from ccmon.formatting import amount
from ccmon.model.details import ListedAnswer, ListedCall, ListedOrder, ListedPromise
from ccmon.views import column_factories as column
from ccmon.views.columns import Column
from ccmon.views.detail_lines import day_and_clock
from ccmon.views.lost_callers import HOW
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext

ENDS = HOW | {"diverted": "diverted", "blocked": "blocked", "unknown": "end unknown"}
"""How a call that was not answered ended, in words."""
QUESTIONS = {"satisfaction": "satisfied", "recommend": "recommends", "resolved": "resolved"}
"""What a survey asked, in a word."""
LOW_SHARE = 3
"""An answer in the lowest third of its scale is a low score (metrics.md 9)."""


def result_of(call: ListedCall) -> str:
    """What came of a call, in a few words."""
    if call.ended_at is None and call.kind in {"open", "answered"}:
        if call.answered_at is not None:
            return "goes on"
        return "waiting" if call.inbound else "dialling"
    if call.orders:
        return "sold" if call.orders == 1 else f"{call.orders} orders"
    if call.disposition:
        return call.disposition
    if call.kind == "answered":
        return "transferred" if call.ended_by == "transfer" else "answered"
    return ENDS.get(call.kind, call.kind)


def _result_style(call: ListedCall) -> TextStyle:
    if call.orders:
        return TextStyle.GOOD
    return TextStyle.TEXT if call.kind in {"answered", "open"} or not call.inbound else TextStyle.WATCH


def score_span(score: int | None, scale: int | None) -> Span:
    """An answer with the top of its scale, or yes and no; a low one is marked."""
    if score is None or scale is None:
        return Span("")
    if scale == 1:
        return Span("yes") if score else Span("no", TextStyle.WATCH)
    return Span(f"{score} of {scale}", TextStyle.BAD if score * LOW_SHARE <= scale else TextStyle.TEXT)


def _moment(title: str, meaning: str) -> Column[ListedCall]:
    return Column("at", title, meaning, 16, lambda c, v, _: Span(day_and_clock(c.entered_at, v)), 0, right=False)


_RESULT = Column[ListedCall](
    "result", "result", "What came of the call.", 10, lambda c, _v, _: Span(result_of(c), _result_style(c)), 1,
    widest=24, right=False,
)  # fmt: skip
_LENGTHS: tuple[Column[ListedCall], ...] = (
    column.duration("waited", "waited", "How long the caller waited.", lambda c, v: c.wait_ms, rank=2),
    column.duration("talk", "talk", "How long they talked.", lambda c, v: c.talk_ms, rank=2),
    column.duration("hold", "hold", "How long the caller was on hold.", lambda c, v: c.hold_ms or None, rank=7),
    column.duration("wrap_up", "wrap-up", "How long the agent wrapped up.",
                    lambda c, v: c.wrap_up_ms if c.handled else None, rank=2),
)  # fmt: skip
_SCORE = Column[ListedCall]("score", "score", "What the customer answered to how satisfied they are.", 8,
                            lambda c, _v, _: score_span(c.score, c.scale), 6)  # fmt: skip
_REASON: Column[ListedCall] = column.text("reason", "reason", "Why the customer called.", lambda c, v: c.reason,
                                          width=10, rank=5, widest=24)  # fmt: skip
_QUEUE: Column[ListedCall] = column.text("queue", "queue", "The queue, or the campaign of a call that was dialled.",
                                         lambda c, v: c.queue or (None if c.inbound else "outbound"), missing=True,
                                         width=12, rank=1, widest=24)  # fmt: skip

CALLS_OF_AGENT: tuple[Column[ListedCall], ...] = (
    column.clock("at", "at", "When the call came, or was dialled.", lambda c, v: c.entered_at, rank=0),
    _QUEUE,
    *_LENGTHS,
    _RESULT,
    column.text("customer", "customer", "With whom the call was.", lambda c, v: c.customer or c.phone, missing=True,
                width=12, rank=1, widest=24),
    _REASON,
    _SCORE,
)  # fmt: skip
CONTACTS: tuple[Column[ListedCall], ...] = (
    _moment("at", "When the customer called, or was called."),
    _QUEUE,
    column.text("agent", "agent", "Who talked with the customer.", lambda c, v: c.agent, missing=True, width=12,
                rank=1, widest=22),
    _REASON,
    _RESULT,
    *_LENGTHS,
    _SCORE,
)  # fmt: skip


def _amount(order: ListedOrder, context: ViewContext) -> str:
    currency = order.currency or context.snapshot.currency
    return f"{amount(order.amount_cents, exact=True)} {currency or ''}".rstrip()


def _order_state(order: ListedOrder, context: ViewContext, _width: int) -> Span:
    if order.cancelled_at is None:
        return Span("stands")
    return Span(f"cancelled {day_and_clock(order.cancelled_at, context)}", TextStyle.WATCH)


ORDERS: tuple[Column[ListedOrder], ...] = (
    Column("at", "at", "When it was ordered.", 16, lambda o, v, _: Span(day_and_clock(o.sold_at, v)), 0, right=False),
    Column("amount", "amount", "What the order is worth.", 14, lambda o, v, _: Span(_amount(o, v)), 0),
    column.text("campaign", "campaign", "The campaign.", lambda o, v: o.campaign, missing=True, width=12, rank=2,
                widest=26),
    column.text("agent", "agent", "Who sold.", lambda o, v: o.agent, missing=True, width=12, rank=2, widest=24),
    Column("state", "state", "Whether the order stands.", 10, _order_state, 1, widest=26, right=False),
    column.text("reference", "reference", "The site's own number of the order.", lambda o, v: o.reference, width=9,
                rank=6, widest=16),
)  # fmt: skip


def promise_state(promise: ListedPromise, context: ViewContext) -> Span:
    """How a promise ended, or whether it is open."""
    if promise.done_at is None and promise.outcome is None:
        is_due = promise.due_at <= context.rows_at
        return Span("open, due" if is_due else "open", TextStyle.WATCH if is_due else TextStyle.TEXT)
    return Span(promise.outcome or "done", TextStyle.QUIET)


PROMISES: tuple[Column[ListedPromise], ...] = (
    Column("at", "promised", "When it was promised.", 16, lambda p, v, _: Span(day_and_clock(p.created_at, v)), 2,
           right=False),
    Column("due", "due", "When it is due.", 16, lambda p, v, _: Span(day_and_clock(p.due_at, v)), 0, right=False),
    column.text("kind", "kind", "What was promised.", lambda p, v: p.kind, width=9, rank=1, widest=14),
    Column("state", "state", "How it ended, or that it is open.", 10, lambda p, v, _: promise_state(p, v), 1, widest=16,
           right=False),
    column.text("owner", "owner", "Who is to make the call.", lambda p, v: p.owner or "nobody", width=10, rank=2,
                widest=22),
    column.text("note", "note", "What it is about.", lambda p, v: p.note, width=10, rank=3, widest=60),
)  # fmt: skip


ANSWERS_OF_CUSTOMER: tuple[Column[ListedAnswer], ...] = (
    Column("at", "at", "When the answer came.", 16, lambda a, v, _: Span(day_and_clock(a.answered_at, v)), 0,
           right=False),
    column.text("question", "question", "What was asked.", lambda a, v: QUESTIONS.get(a.question, a.question), width=10,
                rank=0),
    Column("score", "score", "The answer, and the top of its scale.", 8,
           lambda a, _v, _: score_span(a.score, a.scale), 0),
    column.text("comment", "comment", "What the customer wrote.", lambda a, v: a.comment, width=12, rank=2, widest=60),
    column.text("queue", "queue", "The queue of the call.", lambda a, v: a.queue, width=12, rank=3, widest=22),
    column.text("agent", "agent", "Who talked with the customer.", lambda a, v: a.agent, width=12, rank=4, widest=22),
)  # fmt: skip
ANSWERS_OF_AGENT: tuple[Column[ListedAnswer], ...] = (
    *ANSWERS_OF_CUSTOMER[:4],
    column.text("customer", "customer", "Who answered.", lambda a, v: a.customer, width=12, rank=3, widest=22),
    ANSWERS_OF_CUSTOMER[4],
)
