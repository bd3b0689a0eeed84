"""The kinds of business tables and their columns: what a header may name, what a cell means, what must be there.

The names of the columns are the interface; `Column.field` is the value's name in `ccmon.database.tables`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccmon.sources.table import cells
from ccmon.sources.table.cells import Parser


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind."""

    name: str
    parse: Parser
    meaning: str
    required: bool = False
    """True: each row must have it."""
    as_field: str | None = None
    decides: bool = False
    """True: a row that says what cannot be here is not taken in without it, for it would say the opposite."""

    @property
    def field(self) -> str:
        """The value's name for the database."""
        return self.as_field or self.name


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of table."""

    name: str
    meaning: str
    key: str
    """What a row is known by when the table is imported again."""
    columns: tuple[Column, ...]


HAPPENED, HAPPENED_BY = cells.happened(cells.moment), cells.happened(cells.by_end_of_day)
PLANNED, PLANNED_BY = cells.planned(cells.moment), cells.planned(cells.by_end_of_day)
SALE, SALE_CENTS = cells.of_a_sale(cells.money), cells.of_a_sale(cells.cents)
PURPOSES = cells.choice("sales", "service", "retention")

CALL = (
    Column("call", cells.text, "call id of the source; the visit that was answered last is meant"),
    Column("source", cells.text, "the call's source, where two sources have the same call id"),
)
AGENT = Column("agent", cells.text, "login or another name of the agent; else the agent of the call")
CUSTOMER = Column("customer", cells.text, "the customer's reference; else the customer of the call")

KINDS = {
    kind.name: kind
    for kind in (
        Kind("clients", "companies that the centre works for", "name", (
            Column("name", cells.text, "name", required=True),
        )),
        Kind("teams", "teams of agents", "name", (
            Column("name", cells.text, "name", required=True),
            Column("client", cells.text, "the client they work for"),
        )),
        Kind("queues", "queues and their targets", "name", (
            Column("name", cells.text, "name as the switch knows it", required=True),
            Column("client", cells.text, "the client it belongs to"),
            Column("purpose", PURPOSES, "sales, service or retention"),
            Column("service_level_threshold", cells.duration, "answered within this time is in time",
                   as_field="service_level_threshold_ms"),
            Column("service_level_target", cells.ratio, "share to be answered in time, such as 0.8"),
            Column("short_abandon", cells.duration, "who hangs up within this time does not count",
                   as_field="short_abandon_ms"),
            Column("handling_target", cells.duration, "handling time aimed at", as_field="handling_target_ms"),
        )),
        Kind("campaigns", "campaigns", "name", (
            Column("name", cells.text, "name", required=True),
            Column("client", cells.text, "the client it belongs to"),
            Column("purpose", PURPOSES, "sales, service or retention"),
            Column("starts_on", cells.planned_day, "first day"),
            Column("ends_on", cells.planned_day, "last day"),
        )),
        Kind("agents", "agents", "login", (
            Column("login", cells.text, "login as the switch knows it", required=True),
            Column("name", cells.text, "name shown"),
            Column("team", cells.text, "the agent's team"),
            Column("hourly_cost", cells.cost, "what an hour costs, all included", as_field="hourly_cost_cents"),
            Column("active", cells.yes_no, "no: has left"),
        )),
        Kind("customers", "customers", "reference, else phone", (
            Column("reference", cells.text, "your own customer number"),
            Column("name", cells.text, "name"),
            Column("phone", cells.phone, "telephone number"),
        )),
        Kind("sales", "sales", "reference", (
            Column("reference", cells.text, "your own order number", required=True),
            Column("sold_at", HAPPENED, "moment or day of the sale", required=True),
            Column("amount", SALE, "amount such as 49.90, not below 0", as_field="amount_cents"),
            Column("amount_cents", SALE_CENTS, "amount in minor units, instead of amount"),
            Column("currency", cells.currency, "the site's, else the row is refused"),
            *CALL, AGENT,
            Column("campaign", cells.text, "campaign; else that of the call"),
            CUSTOMER,
            Column("cancelled_at", HAPPENED_BY, "when it was taken back", decides=True),
        )),
        Kind("surveys", "answers of customers", "reference, else call and question", (
            Column("reference", cells.text, "your own number of the answer"),
            *CALL, AGENT, CUSTOMER,
            Column("question", cells.choice("satisfaction", "recommend", "resolved"),
                   "satisfaction (the default), recommend (0 to 10) or resolved (0 or 1)"),
            Column("answered_at", HAPPENED, "moment of the answer", required=True),
            Column("score", cells.count, "the answer", required=True),
            Column("scale", cells.count, "top of the scale", required=True),
            Column("comment", cells.text, "what the customer said"),
        )),
        Kind("survey-invitations", "invitations to answer, for the response rate", "reference", (
            Column("reference", cells.text, "your own number of the invitation", required=True),
            Column("sent_at", HAPPENED, "moment", required=True),
            *CALL, AGENT, CUSTOMER,
            Column("delivered", cells.yes_no, "no: bounced, or the customer had opted out"),
        )),
        Kind("quotas", "quotas", "scope, name, period and starts_on", (
            Column("scope", cells.choice("centre", "client", "team", "agent", "campaign"), "whose quota it is",
                   required=True),
            Column("name", cells.text, "name of the client, team or campaign, login of the agent"),
            Column("period", cells.choice("day", "week", "month"), "day, week or month", required=True),
            Column("starts_on", cells.planned_day, "holds from this day until a later row of the same", required=True),
            Column("sales", cells.count, "sales of the period"),
            Column("revenue", cells.cost, "revenue of the period", as_field="revenue_cents"),
            Column("conversion", cells.ratio, "conversion such as 0.15"),
        )),
        Kind("follow-ups", "calls promised to customers", "reference", (
            Column("reference", cells.text, "your own number of the follow-up", required=True),
            CUSTOMER,
            Column("agent", cells.text, "login or another name of the agent who owes it; else the agent of the call"),
            *CALL,
            Column("kind", cells.text, "such as call back"),
            Column("created_at", HAPPENED, "when it was promised"),
            Column("due_at", PLANNED_BY, "when it is due; a day alone: by its end", required=True),
            Column("promised_at", PLANNED_BY, "the first due moment; else the first due_at seen"),
            Column("done_at", HAPPENED_BY, "when it was done", decides=True),
            Column("outcome", cells.text, "how it ended; cancelled: the customer called it off"),
            Column("note", cells.text, "note"),
        )),
        Kind("contact-reasons", "reasons why customers call", "name", (
            Column("name", cells.text, "name", required=True),
            Column("product", cells.text, "the product it is about"),
            Column("is_problem", cells.yes_no, "yes: something has gone wrong"),
        )),
        Kind("call-reasons", "the reasons of calls", "call and reason", (
            Column("call", cells.text, "call id of the source", required=True),
            CALL[1],
            Column("reason", cells.text, "name of the contact reason", required=True),
            Column("is_primary", cells.yes_no, "no: a second reason of the call"),
        )),
        Kind("shifts", "what agents are planned to do", "agent and starts_at", (
            Column("agent", cells.text, "login or another name of the agent", required=True),
            Column("starts_at", PLANNED, "start", required=True),
            Column("ends_at", PLANNED, "end", required=True),
            Column("activity", cells.text, "work (the default), break, training, or your own word"),
        )),
        Kind("investments", "what else the same money buys", "name", (
            Column("name", cells.text, "name", required=True),
            Column("goal", cells.choice("acquisition", "retention", "service"), "acquisition, retention or service",
                   required=True),
            Column("starts_on", cells.planned_day, "first day", required=True),
            Column("ends_on", cells.planned_day, "last day"),
            Column("cost", cells.cost, "what it cost", required=True, as_field="cost_cents"),
            Column("revenue", cells.cost, "revenue it brought", as_field="revenue_cents"),
            Column("customers_won", cells.count, "new customers it brought"),
            Column("customers_kept", cells.count, "customers it kept"),
        )),
    )
}  # fmt: skip
"""Each kind by its name, in an order in which each finds what it names."""
