"""Which details a row of a panel has: whom it is about, and the views of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ccmon.model.agents import AgentFigures
from ccmon.model.contact_reasons import ConcernedCustomer, ReasonFigures
from ccmon.model.details import (
    AgentSubject,
    CallSubject,
    CustomerSubject,
    DetailSubject,
    QueueSubject,
    ReadDetails,
)
from ccmon.model.follow_ups import AgentFollowUps, FollowUp
from ccmon.model.handling import HandlingFigures
from ccmon.model.lost_callers import LostCaller
from ccmon.model.queues import QueueFigures
from ccmon.model.retention import SecondPurchase, UnresolvedCustomer
from ccmon.model.sales import SalesFigures
from ccmon.model.satisfaction import LowScore, SatisfactionFigures
from ccmon.views import column_factories as column
from ccmon.views.agent_details import agent_tabs
from ccmon.views.call_details import call_tabs
from ccmon.views.columns import Column
from ccmon.views.customer_details import customer_tabs
from ccmon.views.detail_lines import DetailLine, DetailTab, customer_of, table_or
from ccmon.views.modal_content import detail_columns
from ccmon.views.panel import FloorPanel
from ccmon.views.queue_details import queue_tabs
from ccmon.views.sales_lines import SalesLine
from ccmon.views.view_context import ViewContext

CONCERNED: tuple[Column[ConcernedCustomer], ...] = (
    column.clock("at", "last at", "When the customer called last for this.", lambda c, v: c.last_at, rank=0),
    column.text("customer", "customer", "Who called.", lambda c, v: c.customer, missing=True, width=14, rank=0,
                widest=28),
    column.text("phone", "number", "The customer's number.", lambda c, v: c.phone, missing=True, width=16, rank=1,
                widest=18),
    column.count("calls", "calls", "How often today.", lambda c, v: c.calls, width=5, rank=1),
    column.text("agent", "agent", "Who talked with the customer last.", lambda c, v: c.agent, missing=True, width=12,
                rank=2, widest=26),
)  # fmt: skip


def subject_of(row: object) -> DetailSubject | None:
    """Whom or what a row of a panel is about; None: more can be told of nobody."""
    scope: Any = row.sales if isinstance(row, SalesLine) else row
    found: DetailSubject | None = None
    match scope:
        case (
            QueueFigures(id=int(number))
            | SatisfactionFigures(kind="queue", id=int(number))
            | HandlingFigures(kind="queue", id=int(number))
        ):
            found = QueueSubject(number, scope.name)
        case (
            AgentFigures(id=int(number))
            | AgentFollowUps(agent_id=int(number))
            | SatisfactionFigures(kind="agent", id=int(number))
            | SalesFigures(kind="agent", id=int(number))
        ):
            found = AgentSubject(number, scope.name)
        case LostCaller() | LowScore() | UnresolvedCustomer() | SecondPurchase() | FollowUp():
            found = customer_of(scope.customer_id, scope.phone, scope.customer)
    return found


def tabs_of(subject: DetailSubject) -> list[DetailTab]:
    """The views of a subject, but for what its row in a panel shows."""
    match subject:
        case AgentSubject():
            return agent_tabs(subject)
        case QueueSubject():
            return queue_tabs(subject)
        case CustomerSubject():
            return customer_tabs()
        case CallSubject():
            return call_tabs()


def tabs_of_row(panel: FloorPanel[Any], row: object) -> list[DetailTab]:
    """The views of a row of a panel: first all that the row itself holds, brought up to date at each drawing."""
    last = [row]
    identity = panel.identity(row)

    def found(context: ViewContext) -> Any:
        last[0] = next((each for each in panel.rows(context) if panel.identity(each) == identity), last[0])
        return last[0]

    def details(_read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
        return [
            DetailLine(line.spans)
            for line in detail_columns(panel.details(found(context), context), context.glyphs, width)
        ]

    def customers(_read: ReadDetails, context: ViewContext, width: int) -> list[DetailLine]:
        concerned: Sequence[ConcernedCustomer] = found(context).concerned
        return table_or(
            "None of them is known by name or number.",
            CONCERNED,
            concerned,
            width,
            context,
            opens=lambda c: customer_of(c.customer_id, c.phone, c.customer),
            key=lambda c: c.customer_id,
        )

    tabs = [DetailTab("details", None, details)]
    if isinstance(row, ReasonFigures):
        tabs.append(DetailTab("customers", None, customers))
    subject = subject_of(row)
    return tabs if subject is None else [*tabs, *tabs_of(subject)]
