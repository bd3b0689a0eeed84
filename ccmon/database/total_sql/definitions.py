"""What each total counts, once, and the tables whose rows are counted.

From this are generated the triggers that keep the totals (`triggers`), the recount of ``ccmon doctor``, and the totals
as of an earlier moment (`queries`). All expressions are SQL. call, state, missed_call and sale are a row of calls,
agent_states, missed_calls and sales as it is known: now, or as of an earlier moment, when whatever came later is NULL.
``day`` is the row of business_days that it counts in: that of entered_at, missed_at or sold_at; for a state, which
counts only once it has ended, each day that it touches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ccmon.model.queues import USUAL_SHORT_ABANDON_MS, USUAL_THRESHOLD_MS


class Term(NamedTuple):
    """One aggregate of a column, from which a row can also be subtracted again. A sum of nothing is 0."""

    kind: Literal["count", "sum", "distinct"]
    value: str = ""
    """The expression to sum, or the column to count distinct values of; empty for a count of rows."""
    condition: str = ""
    """Which rows are counted; empty for all."""


class Part(NamedTuple):
    """What one base table adds to a total."""

    base_table: str
    """The table's name, which stands for one of its rows in expressions."""
    keys: Mapping[str, str]
    """By column name, its expression over a row of the table."""
    columns: Mapping[str, tuple[Term, ...]]
    """By column name, the aggregates to add up."""
    where: str = "true"


class Total(NamedTuple):
    """A table of totals."""

    table: str
    parts: tuple[Part, ...]
    read_at_polls: bool = True
    """Whether polls read the rows of their day, so that they are also counted as of an earlier moment."""

    @property
    def name(self) -> str:
        """The name used in the queries generated for it."""
        return self.table

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that identify a row."""
        return tuple(self.parts[0].keys)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that count."""
        return tuple(name for part in self.parts for name in part.columns)

    @property
    def columns_without_day(self) -> tuple[str, ...]:
        """All columns but the day, as in the rows of one day."""
        return (*(name for name in self.keys if name != "day_at"), *self.columns)


class BaseTable(NamedTuple):
    """A table whose rows are counted."""

    name: str
    table: str
    columns: tuple[str, ...]
    """Columns that totals read from a row, apart from its id."""
    begins: str
    """The column with the moment from which a row counts."""
    ends: str = ""
    """The column with the moment until which it counts, in each day that it touches; empty: it counts in one day."""
    written: tuple[str, ...] = ()
    """The columns on which ``columns`` depend, if some of these are generated."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _count(condition: str = "") -> tuple[Term]:
    return (Term("count", condition=condition),)


def _sum(value: str, condition: str = "") -> tuple[Term]:
    return (Term("sum", value, condition),)


def _sold(converts: str) -> dict[str, tuple[Term, ...]]:
    """Orders, and the calls they convert: with a call by a condition, without a call always."""
    return {
        "converted": (Term("distinct", "sale.call_id", converts), Term("count", condition="sale.call_id IS NULL")),
        "sales": _count(),
        "revenue_cents": _sum("sale.amount_cents", "sale.is_in_site_currency"),
    }


BASE_TABLES = (
    BaseTable(
        "call",
        "calls",
        columns=_names(
            "direction queue_id campaign_id agent_id entered_at class wait_ms handled talk_ms hold_ms wrap_up_ms"
            " right_party cut_off"
        ),
        begins="entered_at",
        written=_names(
            "direction queue_id campaign_id agent_id entered_at answered_at ended_at wrapped_up_at wrapping_up hold_ms"
            " outcome right_party"
        ),
    ),
    BaseTable("state", "agent_states", _names("agent_id state started_at ended_at"), "started_at", ends="ended_at"),
    BaseTable("missed_call", "missed_calls", _names("agent_id missed_at ring_ms"), "missed_at"),
    BaseTable(
        "sale",
        "sales",
        columns=_names("call_id agent_id campaign_id customer_id sold_at amount_cents currency cancelled_at"),
        begins="sold_at",
    ),
)

GENERATED = {
    "class": """CASE
    WHEN served_at IS NOT NULL THEN 'answered'
    WHEN outcome = 'unknown' THEN 'unknown'
    WHEN outcome = 'blocked' THEN 'blocked'
    WHEN ended_at IS NULL THEN 'open'
    WHEN outcome = 'abandoned' THEN 'abandoned'
    WHEN outcome = 'timeout' THEN 'timed_out'
    WHEN outcome IN ('no_agents', 'incompatible') THEN 'no_agents'
    WHEN outcome IN ('exit_key', 'withdrawn') THEN 'diverted'
    ELSE 'unknown' END""",
    "wait_ms": "max(0, iif(served_at IS NULL, ended_at, answered_at) / 1000 - entered_at / 1000) * 1000",
    "cut_off": "outcome IS 'unknown' AND answered_at IS NOT NULL",
    "handled": "answered_at IS NOT NULL AND ended_at IS NOT NULL AND NOT cut_off AND wrapping_up IS NOT 1",
    "talk_ms": "iif(cut_off, NULL, max(0, ended_at - answered_at - coalesce(hold_ms, 0)))",
    "wrap_up_ms": "max(0, coalesce(wrapped_up_at, ended_at) - ended_at)",
}
"""Generated columns of the table calls (metrics.md 1.5, 2), here for earlier moments. served_at is the moment from
which it is known that the call was answered: that of the answer, or of the end if it was served without one."""

_TARGET = "(SELECT {} FROM queue_days WHERE queue_id = call.queue_id AND day_at = day.starts_at)"
"""The target at the start of the day (metrics.md 1.9); a queue without its own row has the usual one."""

_CAN_CONVERT = "iif(call.direction = 'inbound', (SELECT purpose FROM queues WHERE id = call.queue_id) = 'sales', {})"
"""Whether an inbound call is of a sales queue; for a dialled call, the condition in the braces (metrics.md 8.2).

An answered call is a sales call if it is of a sales queue, or was dialled and reached the right party. An order makes
its call a converted one if that is of a sales queue, or was dialled.
"""
_CAN_CONVERT_FOR_CAMPAIGN = "(call.direction = 'outbound')"
"""Whether an order makes its call a converted one of its campaign: no inbound call is the campaign's."""
_CALL_OF_SALE = "(SELECT {} IS true FROM calls AS call WHERE call.id = sale.call_id)"

EXPRESSIONS = {
    "call.quarter_at": "call.entered_at - call.entered_at % 900000",
    "call.threshold_ms": f"coalesce({_TARGET.format('service_level_threshold_ms')}, {USUAL_THRESHOLD_MS})",
    "call.short_ms": f"coalesce({_TARGET.format('short_abandon_ms')}, {USUAL_SHORT_ABANDON_MS})",
    "call.handling_s": "(call.talk_ms + coalesce(call.hold_ms, 0) + call.wrap_up_ms) / 1000",
    "call.is_sales_call": _CAN_CONVERT.format("call.right_party = 1"),
    "state.spent_ms": "min(state.ended_at, day.ends_at) - max(state.started_at, day.starts_at)",
    "sale.converts": f"coalesce({_CALL_OF_SALE.format(_CAN_CONVERT.format('true'))}, true)",
    "sale.converts_in_campaign": f"coalesce({_CALL_OF_SALE.format(_CAN_CONVERT_FOR_CAMPAIGN)}, true)",
    "sale.is_in_site_currency": "sale.currency IS NULL OR sale.currency = (SELECT currency FROM site WHERE id = 1)",
}
"""What the totals need from a row but no table holds."""

_INBOUND = "call.handled AND call.direction = 'inbound'"
_OUTBOUND = "call.handled AND call.direction = 'outbound'"

_QUEUE_QUARTERS = Part(
    "call",
    keys={"queue_id": "call.queue_id", "quarter_at": "call.quarter_at"},
    columns={
        "offered": _count(),
        "answered": _count("call.class = 'answered'"),
        "answered_in_threshold": _count("call.class = 'answered' AND call.wait_ms <= call.threshold_ms"),
        "abandoned": _count("call.class = 'abandoned'"),
        "short_abandoned": _count("call.class = 'abandoned' AND call.wait_ms <= call.short_ms"),
        "timed_out": _count("call.class = 'timed_out'"),
        "no_agents": _count("call.class = 'no_agents'"),
        "diverted": _count("call.class = 'diverted'"),
        "unknown": _count("call.class = 'unknown'"),
        "answered_wait_ms": _sum("call.wait_ms", "call.class = 'answered'"),
        "abandoned_wait_ms": _sum("call.wait_ms", "call.class = 'abandoned' AND call.wait_ms > call.short_ms"),
        "handled": _count("call.handled"),
        "talk_ms": _sum("call.talk_ms", "call.handled"),
        "hold_ms": _sum("call.hold_ms", "call.handled"),
        "wrap_up_ms": _sum("call.wrap_up_ms", "call.handled"),
        "cut_off": _count("call.cut_off"),
        "answered_without_wait": _count("call.class = 'answered' AND call.wait_ms IS NULL"),
    },
    where="call.direction = 'inbound' AND call.queue_id IS NOT NULL AND call.class <> 'blocked'",
)
_WAITS = Part(
    "call",
    keys={"queue_id": "call.queue_id", "day_at": "day.starts_at", "wait_s": "call.wait_ms / 1000"},
    columns={"visits": _count()},
    where="call.direction = 'inbound' AND call.queue_id IS NOT NULL AND call.wait_ms IS NOT NULL"
    " AND call.class IN ('answered', 'abandoned', 'timed_out', 'no_agents', 'diverted')",
)
_HANDLING_TIMES = Part(
    "call",
    keys={
        "day_at": "day.starts_at",
        "direction": "call.direction",
        "queue_id": "coalesce(call.queue_id, 0)",
        "handling_s": "call.handling_s - iif(call.handling_s < 600, 0, call.handling_s % 10)",
    },
    columns={"calls": _count()},
    where="call.handled",
)
_AGENTS_CALLS = Part(
    "call",
    keys={"day_at": "day.starts_at", "agent_id": "coalesce(call.agent_id, 0)"},
    columns={
        "inbound": _count(_INBOUND),
        "outbound": _count(_OUTBOUND),
        "inbound_talk_ms": _sum("call.talk_ms", _INBOUND),
        "inbound_hold_ms": _sum("call.hold_ms", _INBOUND),
        "inbound_wrap_up_ms": _sum("call.wrap_up_ms", _INBOUND),
        "outbound_talk_ms": _sum("call.talk_ms", _OUTBOUND),
        "outbound_hold_ms": _sum("call.hold_ms", _OUTBOUND),
        "outbound_wrap_up_ms": _sum("call.wrap_up_ms", _OUTBOUND),
        "sales_calls": _count("call.is_sales_call"),
    },
    where="call.class = 'answered'",
)
_AGENTS_MISSED_CALLS = Part(
    "missed_call",
    keys={"day_at": "day.starts_at", "agent_id": "missed_call.agent_id"},
    columns={"missed": _count()},
    where="missed_call.ring_ms >= 1000",
)
# A day that an agent spent logged out has a row, too: it is among the days over which a usual day is averaged.
_AGENTS_STATES = Part(
    "state",
    keys={"day_at": "day.starts_at", "agent_id": "state.agent_id"},
    columns={
        "ready_ms": _sum("state.spent_ms", "state.state = 'ready'"),
        "paused_ms": _sum("state.spent_ms", "state.state = 'paused'"),
        "talking_ms": _sum("state.spent_ms", "state.state IN ('talking', 'hold')"),
        "other_ms": _sum("state.spent_ms", "state.state IN ('ringing', 'dialling', 'wrap_up', 'unavailable')"),
        "hold_ms": _sum("state.spent_ms", "state.state = 'hold'"),
        "wrap_up_ms": _sum("state.spent_ms", "state.state = 'wrap_up'"),
    },
)
_AGENTS_SALES = Part(
    "sale",
    keys={"day_at": "day.starts_at", "agent_id": "coalesce(sale.agent_id, 0)"},
    columns=_sold("sale.converts"),
    where="sale.cancelled_at IS NULL",
)
_CAMPAIGNS_CALLS = Part(
    "call",
    keys={"day_at": "day.starts_at", "campaign_id": "call.campaign_id"},
    columns={
        "attempts": _count(),
        "contacts": _count("call.class = 'answered'"),
        "sales_calls": _count("call.class = 'answered' AND call.right_party = 1"),
    },
    where="call.direction = 'outbound' AND call.campaign_id IS NOT NULL",
)
_CAMPAIGNS_SALES = Part(
    "sale",
    keys={"day_at": "day.starts_at", "campaign_id": "sale.campaign_id"},
    columns=_sold("sale.converts_in_campaign"),
    where="sale.cancelled_at IS NULL AND sale.campaign_id IS NOT NULL",
)
# metrics.md 10.1: several orders of a customer on one business day are one purchase.
_PURCHASES = Part(
    "sale",
    keys={"customer_id": "sale.customer_id", "day_at": "day.starts_at"},
    columns={"orders": _count()},
    where="sale.cancelled_at IS NULL AND sale.customer_id IS NOT NULL",
)

TOTALS = {
    total.table: total
    for total in (
        Total("queue_quarters", (_QUEUE_QUARTERS,)),
        Total("wait_histogram", (_WAITS,)),
        Total("handling_histogram", (_HANDLING_TIMES,)),
        Total("agent_days", (_AGENTS_CALLS, _AGENTS_MISSED_CALLS, _AGENTS_STATES, _AGENTS_SALES)),
        Total("campaign_days", (_CAMPAIGNS_CALLS, _CAMPAIGNS_SALES)),
        Total("purchase_days", (_PURCHASES,), read_at_polls=False),
    )
}


class DerivedTable(NamedTuple):
    """A table, or columns of one, that triggers of its own keep and that the query ``differences_<name>`` checks.

    Counts of customers' purchases, derived from ``purchase_days``; or the answers and invitations that count, as rows.
    """

    name: str
    """The name used in the queries."""
    table: str
    keys: tuple[str, ...]
    """Columns that identify a row."""
    columns: tuple[str, ...]
    """Columns that are checked."""


DERIVED_TABLES = (
    DerivedTable("previous_purchases", "purchase_days", _names("customer_id day_at"), ("previous_at",)),
    DerivedTable(
        "customer_purchases",
        "customer_purchases",
        ("customer_id",),
        _names("purchases first_at second_at last_at third_last_at once_loyal"),
    ),
    DerivedTable(
        "buyer_days",
        "buyer_days",
        ("day_at",),
        _names("first_buyers repeated last_buyers one_time once_loyal third_last_buyers"),
    ),
    DerivedTable("purchase_gaps", "purchase_gaps", ("gap_days",), _names("gaps first_gaps")),
)
"""In the order in which they are counted, each from those before it."""

COUNTED_ANSWERS = DerivedTable(
    "counted_answers",
    "counted_answers",
    ("survey_id", "question"),
    _names("since_at answered_at queue_id agent_id scale score"),
)
COUNTED_INVITATIONS = DerivedTable(
    "counted_invitations",
    "counted_invitations",
    ("invitation_id",),
    _names("since_at sent_at queue_id agent_id answered"),
)
"""What is kept for each answer and each invitation that counts (`answers`)."""
