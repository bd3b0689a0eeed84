"""The kinds of business tables and their columns: what a header may name, what a cell means, what must be there.

The names of the columns are the interface; `Column.field` is the value's name in `ccmon.database.tables`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccmon.sources.table import cells
from ccmon.sources.table.cells import Parser


@dataclass(frozen=True, slots=True)
class TableColumn:
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
class TableSchema:
    """One kind of table."""

    name: str
    meaning: str
    key: str
    """What a row is known by when the table is imported again."""
    columns: tuple[TableColumn, ...]


HAPPENED, HAPPENED_BY = cells.happened(cells.moment), cells.happened(cells.by_end_of_day)
PLANNED, PLANNED_BY = cells.planned(cells.moment), cells.planned(cells.by_end_of_day)
SALE, SALE_CENTS = cells.of_a_sale(cells.money), cells.of_a_sale(cells.cents)
PURPOSES = cells.choice("sales", "service", "retention")

CALL = (
    TableColumn("call", cells.text, "call id of the source; the visit that was answered last is meant"),
    TableColumn("source", cells.text, "the call's source, where two sources have the same call id"),
)
AGENT = TableColumn("agent", cells.text, "login or another name of the agent; else the agent of the call")
CUSTOMER = TableColumn("customer", cells.text, "the customer's reference; else the customer of the call")

KINDS = {
    kind.name: kind
    for kind in (
        TableSchema("clients", "companies that the centre works for", "name", (
            TableColumn("name", cells.text, "name", required=True),
        )),
        TableSchema("teams", "teams of agents", "name", (
            TableColumn("name", cells.text, "name", required=True),
            TableColumn("client", cells.text, "the client they work for"),
        )),
        TableSchema("queues", "queues and their targets", "name", (
            TableColumn("name", cells.text, "name as the switch knows it", required=True),
            TableColumn("client", cells.text, "the client it belongs to"),
            TableColumn("purpose", PURPOSES, "sales, service or retention"),
            TableColumn("service_level_threshold", cells.duration, "answered within this time is in time",
                   as_field="service_level_threshold_ms"),
            TableColumn("service_level_target", cells.ratio, "share to be answered in time, such as 0.8"),
            TableColumn("short_abandon", cells.duration, "who hangs up within this time does not count",
                   as_field="short_abandon_ms"),
            TableColumn("handling_target", cells.duration, "handling time aimed at", as_field="handling_target_ms"),
        )),
        TableSchema("campaigns", "campaigns", "name", (
            TableColumn("name", cells.text, "name", required=True),
            TableColumn("client", cells.text, "the client it belongs to"),
            TableColumn("purpose", PURPOSES, "sales, service or retention"),
            TableColumn("starts_on", cells.planned_day, "first day"),
            TableColumn("ends_on", cells.planned_day, "last day"),
        )),
        TableSchema("agents", "agents", "login", (
            TableColumn("login", cells.text, "login as the switch knows it", required=True),
            TableColumn("name", cells.text, "name shown"),
            TableColumn("team", cells.text, "the agent's team"),
            TableColumn("hourly_cost", cells.cost, "what an hour costs, all included", as_field="hourly_cost_cents"),
            TableColumn("active", cells.yes_no, "no: has left"),
        )),
        TableSchema("customers", "customers", "reference, else phone", (
            TableColumn("reference", cells.text, "your own customer number"),
            TableColumn("name", cells.text, "name"),
            TableColumn("phone", cells.phone, "telephone number"),
        )),
        TableSchema("sales", "sales", "reference", (
            TableColumn("reference", cells.text, "your own order number", required=True),
            TableColumn("sold_at", HAPPENED, "moment or day of the sale", required=True),
            TableColumn("amount", SALE, "amount such as 49.90, not below 0", as_field="amount_cents"),
            TableColumn("amount_cents", SALE_CENTS, "amount in minor units, instead of amount"),
            TableColumn("currency", cells.currency, "the site's, else the row is refused"),
            *CALL, AGENT,
            TableColumn("campaign", cells.text, "campaign; else that of the call"),
            CUSTOMER,
            TableColumn("cancelled_at", HAPPENED_BY, "when it was taken back", decides=True),
        )),
        TableSchema("surveys", "answers of customers", "reference, else call and question", (
            TableColumn("reference", cells.text, "your own number of the answer"),
            *CALL, AGENT, CUSTOMER,
            TableColumn("question", cells.choice("satisfaction", "recommend", "resolved"),
                   "satisfaction (the default), recommend (0 to 10) or resolved (0 or 1)"),
            TableColumn("answered_at", HAPPENED, "moment of the answer", required=True),
            TableColumn("score", cells.count, "the answer", required=True),
            TableColumn("scale", cells.count, "top of the scale", required=True),
            TableColumn("comment", cells.text, "what the customer said"),
        )),
        TableSchema("survey-invitations", "invitations to answer, for the response rate", "reference", (
            TableColumn("reference", cells.text, "your own number of the invitation", required=True),
            TableColumn("sent_at", HAPPENED, "moment", required=True),
            *CALL, AGENT, CUSTOMER,
            TableColumn("delivered", cells.yes_no, "no: bounced, or the customer had opted out"),
        )),
        TableSchema("quotas", "quotas", "scope, name, period and starts_on", (
            TableColumn("scope", cells.choice("centre", "client", "team", "agent", "campaign"), "whose quota it is",
                   required=True),
            TableColumn("name", cells.text, "name of the client, team or campaign, login of the agent"),
            TableColumn("period", cells.choice("day", "week", "month"), "day, week or month", required=True),
            TableColumn("starts_on", cells.planned_day, "holds from this day until a later row of the same",
                   required=True),
            TableColumn("sales", cells.count, "sales of the period"),
            TableColumn("revenue", cells.cost, "revenue of the period", as_field="revenue_cents"),
            TableColumn("conversion", cells.ratio, "conversion such as 0.15"),
        )),
        TableSchema("follow-ups", "calls promised to customers", "reference", (
            TableColumn("reference", cells.text, "your own number of the follow-up", required=True),
            CUSTOMER,
            TableColumn("agent", cells.text,
                   "login or another name of the agent who owes it; else the agent of the call"),
            *CALL,
            TableColumn("kind", cells.text, "such as call back"),
            TableColumn("created_at", HAPPENED, "when it was promised"),
            TableColumn("due_at", PLANNED_BY, "when it is due; a day alone: by its end", required=True),
            TableColumn("promised_at", PLANNED_BY, "the first due moment; else the first due_at seen"),
            TableColumn("done_at", HAPPENED_BY, "when it was done", decides=True),
            TableColumn("outcome", cells.text, "how it ended; cancelled: the customer called it off"),
            TableColumn("note", cells.text, "note"),
        )),
        TableSchema("contact-reasons", "reasons why customers call", "name", (
            TableColumn("name", cells.text, "name", required=True),
            TableColumn("product", cells.text, "the product it is about"),
            TableColumn("is_problem", cells.yes_no, "yes: something has gone wrong"),
        )),
        TableSchema("call-reasons", "the reasons of calls", "call and reason", (
            TableColumn("call", cells.text, "call id of the source", required=True),
            CALL[1],
            TableColumn("reason", cells.text, "name of the contact reason", required=True),
            TableColumn("is_primary", cells.yes_no, "no: a second reason of the call"),
        )),
        TableSchema("shifts", "what agents are planned to do", "agent and starts_at", (
            TableColumn("agent", cells.text, "login or another name of the agent", required=True),
            TableColumn("starts_at", PLANNED, "start", required=True),
            TableColumn("ends_at", PLANNED, "end", required=True),
            TableColumn("activity", cells.text, "work (the default), break, training, or your own word"),
        )),
        TableSchema("investments", "what else the same money buys", "name", (
            TableColumn("name", cells.text, "name", required=True),
            TableColumn("goal", cells.choice("acquisition", "retention", "service"),
                   "acquisition, retention or service", required=True),
            TableColumn("starts_on", cells.planned_day, "first day", required=True),
            TableColumn("ends_on", cells.planned_day, "last day"),
            TableColumn("cost", cells.cost, "what it cost", required=True, as_field="cost_cents"),
            TableColumn("revenue", cells.cost, "revenue it brought", as_field="revenue_cents"),
            TableColumn("customers_won", cells.count, "new customers it brought"),
            TableColumn("customers_kept", cells.count, "customers it kept"),
        )),
    )
}  # fmt: skip
"""Each kind by its name, in an order in which each finds what it names."""
