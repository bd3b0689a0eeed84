"""Reads what the business days before today say: at most once an hour, so corrections of old rows are seen then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from json import dumps
from typing import Any

from ccmon.database.contacts import DAYS, read_past_contacts
from ccmon.database.driver import Database, Parameters
from ccmon.database.kept_purchases import read_past_purchases
from ccmon.database.query_context import BusinessDates, QueryContext, period_edges
from ccmon.metrics.pace import days_alike
from ccmon.model.business_day import same_weekdays
from ccmon.model.sales import Period
from ccmon.snapshot.floor_rows import OtherClientsSales
from ccmon.snapshot.periodic_data import DayOfReasons, FinishedDays, SalesRows
from ccmon.snapshot.periodic_rows import (
    AgentSales,
    AgentWeekday,
    CampaignSales,
    CampaignWeekday,
    CustomerMoment,
    CustomerSeller,
    CustomerSums,
    DayTotals,
    PastRecords,
    PastSalesCalls,
    PlannedWorkRow,
    PromiseOutcome,
    QueueHandling,
    ReasonCount,
)
from ccmon.time_units import MINUTE_MS

HISTORY_DAYS = 56
SALES_CALLS_AT_MOST = 200_000
"""Of more calls a part shows how they spread over the day."""


def read_finished_days(database: Database, context: QueryContext, at: int) -> FinishedDays:
    """What the finished business days say, as far as it is needed today."""
    history = {**context.parameters, "since": context.since(HISTORY_DAYS)}
    totals = database.rows("day_totals", DayTotals, history)
    return FinishedDays(
        days=context.days,
        day_totals=totals,
        agent_weekdays=database.rows("agent_weekday_totals", AgentWeekday, history),
        campaign_weekdays=database.rows("campaign_weekday_totals", CampaignWeekday, history),
        other_clients_sales=_other_clients_sales(database, context),
        **read_past_contacts(database, context, at, totals),
        **_customers(database, context),
        **_window(database, context),
        **_sales_calls(database, context, totals),
    )


def read_sales(database: Database, window: Parameters, other_clients_sales: Sequence[OtherClientsSales]) -> SalesRows:
    """What was sold in a window."""
    return SalesRows(
        by_agent={row.id: row for row in database.rows("sales_by_agent", AgentSales, window)},
        by_campaign={row.id: row for row in database.rows("sales_by_campaign", CampaignSales, window)},
        other_clients_sales=other_clients_sales,
    )


def _window(database: Database, context: QueryContext) -> dict[str, Any]:
    """Sums over the last 28 business days."""
    days = context.days[:DAYS]
    window = context.window(context.since(DAYS), context.day.starts_at)
    promises = {**window, "grace_ms": context.site.follow_up_grace_ms}
    return {
        "window": (
            date.fromisoformat(days[-1].date) if days else context.today,
            date.fromisoformat(days[0].date) if days else context.today,
            len(days),
        ),
        "kept": database.the_row("kept_customers", CustomerSums, window),
        "new_customers": database.the_row("new_customers", CustomerSums, window),
        "handling_by_queue": {row.queue_id: row for row in database.rows("handling_by_queue", QueueHandling, window)},
        "promises": database.rows("promise_outcomes", PromiseOutcome, promises),
        "sales": read_sales(database, window, database.rows("sales_for_other_clients", OtherClientsSales, window)),
    }


def _customers(database: Database, context: QueryContext) -> dict[str, Any]:
    """What customers bought before today, who is about to be lost, and why customers called."""
    dates = BusinessDates(context.site)
    past = database.the_row("past_records", PastRecords)
    window = context.window(context.since(DAYS), context.day.starts_at)
    reached: defaultdict[int, list[date]] = defaultdict(list)
    for call in database.rows("retention_customers_reached", CustomerMoment, window):
        reached[call.customer_id].append(dates.of(call.at // MINUTE_MS))
    purchases = read_past_purchases(database, context, reached)
    customers = {**context.parameters, "customers": dumps([customer for customer, *_ in purchases.closing])}
    return {
        **purchases._asdict(),
        "closing_customers": {
            row.id: row for row in database.rows("customers_with_first_seller", CustomerSeller, customers)
        },
        "first_order_day": None if past.first_sale_at is None else dates.of(past.first_sale_at // MINUTE_MS),
        "reached": dict(reached),
        "days_of_reasons": _reasons_of_weekday(database, context) if past.has_reasons else (),
    }


def _reasons_of_weekday(database: Database, context: QueryContext) -> tuple[DayOfReasons, ...]:
    """Why customers called on the last days of the same weekday."""
    found = []
    for day in same_weekdays(context.day, context.days):
        window = context.window(day.starts_at, day.ends_at)
        found.append(DayOfReasons(day, database.rows("reason_counts", ReasonCount, window)))
    return tuple(past for past in found if past.reasons)


def _sales_calls(database: Database, context: QueryContext, totals: Iterable[DayTotals]) -> dict[str, Any]:
    """The days that today is measured by, their sales calls and when agents were to work."""
    by_date = {date.fromisoformat(day.date): day for day in totals}
    chosen = set(days_alike({on: day.sales_calls for on, day in by_date.items()}, context.today.weekday()))
    alike = tuple(day for day in context.days if date.fromisoformat(day.date) in chosen)
    calls = sum(day.inbound + day.outbound for on, day in by_date.items() if on in chosen)
    one_in = max(1, -(-calls // SALES_CALLS_AT_MOST))
    days = {"days": dumps([day.starts_at for day in alike]), "one_in": one_in}
    return {
        "alike": alike,
        "sales_calls": database.rows("past_sales_calls", PastSalesCalls, days),
        "one_sales_call_in": one_in,
        "planned_work": database.rows("planned_work", PlannedWorkRow, days),
    }


def _other_clients_sales(database: Database, context: QueryContext) -> dict[Period, Sequence[OtherClientsSales]]:
    """Of the week and the month before today."""
    found: dict[Period, Sequence[OtherClientsSales]] = {}
    for period in (Period.WEEK, Period.MONTH):
        starts_on, _ = period_edges(period, context.today)
        window = context.window(context.since_day(starts_on), context.day.starts_at)
        found[period] = database.rows("sales_for_other_clients", OtherClientsSales, window)
    return found
