"""Reads each part of the finished days from the rows: sums, and what customers called, bought and were promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec.structs import asdict

from ccmon.database.driver import Database, Parameters
from ccmon.database.json_text import dumps
from ccmon.database.past_contacts import read_past_contacts
from ccmon.database.past_purchases import read_past_purchases
from ccmon.database.query_context import WINDOW_DAYS, BusinessDates, QueryContext
from ccmon.database.stored_parts import Fields
from ccmon.database.surveys import read_surveys
from ccmon.metrics.pace import days_alike
from ccmon.model.business_day import same_weekdays
from ccmon.model.due_moments import ClosedTime
from ccmon.model.sales import LONGER_PERIODS, Period, period_edges
from ccmon.snapshot.floor_rows import OtherClientsSales
from ccmon.snapshot.periodic_data import DayOfReasons, DayRange, SalesRows
from ccmon.snapshot.periodic_rows import (
    AgentSales,
    AgentWeekday,
    CampaignSales,
    CampaignWeekday,
    CustomerMoment,
    CustomerSeller,
    CustomerSums,
    DayTotals,
    FruitlessAttempts,
    PastRecords,
    PastSalesCalls,
    PlannedTime,
    PlannedWorkRow,
    PromiseOutcome,
    QueueHandling,
    ReasonCount,
    RepeatedProblems,
)
from ccmon.time_units import MINUTE_MS

HISTORY_DAYS = 56
RECENT_PROBLEM_DAYS = 2
"""Customers with several problems are listed if the last one is no older than this."""
SALES_CALLS_AT_MOST = 200_000
"""With more than this, a sample shows how they are spread over the day."""


def _totals(database: Database, context: QueryContext, unusual: Sequence[str]) -> dict[str, Any]:
    """Totals of the days, including days on which an agent was only logged in; those by weekday of usual days alone."""
    history = {**context.parameters, "since": context.since(HISTORY_DAYS)}
    usual = {**history, "unusual": dumps(unusual)}
    return {
        "day_totals": database.rows("day_totals", DayTotals, history),
        "agent_weekdays": database.rows("agent_weekday_totals", AgentWeekday, usual),
        "campaign_weekdays": database.rows("campaign_weekday_totals", CampaignWeekday, usual),
    }


def _of_calls_and_orders(
    database: Database,
    context: QueryContext,
    past: PastRecords,
    totals: Iterable[DayTotals],
    unusual: Sequence[str],
) -> dict[str, Any]:
    return {
        "days": context.days,
        **read_past_contacts(database, context, totals),
        **_customers(database, context, past, unusual),
        **_window(database, context),
        **_sales_calls(database, context, [day for day in totals if day.date not in unusual]),
    }


def _sales_of(database: Database, window: Parameters, other_clients_sales: Sequence[OtherClientsSales]) -> SalesRows:
    """What was sold in a window."""
    return SalesRows(
        by_agent={row.id: row for row in database.rows("sales_by_agent", AgentSales, window)},
        by_campaign={row.id: row for row in database.rows("sales_by_campaign", CampaignSales, window)},
        other_clients_sales=other_clients_sales,
    )


def _window(database: Database, context: QueryContext) -> dict[str, Any]:
    """Sums over the last 28 business days."""
    days = context.days[:WINDOW_DAYS]
    window = _last_days(context)
    return {
        "window": DayRange(
            starts_on=date.fromisoformat(days[-1].date) if days else context.today,
            ends_on=date.fromisoformat(days[0].date) if days else context.today,
            days=len(days),
        ),
        "new_customers": database.one_row("new_customers", CustomerSums, window),
        "handling_by_queue": {row.queue_id: row for row in database.rows("handling_by_queue", QueueHandling, window)},
    }


def _last_days(context: QueryContext) -> Parameters:
    return context.window(context.since(WINDOW_DAYS), context.day.starts_at)


def _sales(database: Database, context: QueryContext) -> dict[str, Any]:
    """What was sold in the window, and the time logged in, which a state begun before midnight changes."""
    window = _last_days(context)
    others = database.rows("sales_for_other_clients", OtherClientsSales, window)
    return {
        "sales": _sales_of(database, window, others),
        "other_clients_sales": (by_period := _other_clients_sales(database, context)),
        "period_sales": {
            period: _sales_of(database, _before_today(context, period), by_period[period]) for period in LONGER_PERIODS
        },
    }


def _planned(database: Database, context: QueryContext) -> dict[str, Any]:
    """When agents are scheduled in the week and month, including days to come."""
    found = {}
    for period in LONGER_PERIODS:
        starts_on, ends_on = period_edges(period, context.today)
        until = BusinessDates(context.site).start(ends_on + timedelta(days=1))
        rows = database.rows("planned_time", PlannedTime, context.window(context.since_day(starts_on), until))
        found[period] = {row.agent_id: row.planned_ms for row in rows}
    return {"period_planned": found}


def _unreached(database: Database, context: QueryContext) -> dict[str, Any]:
    """Customers not reached by the end of yesterday, and customers who reported problems."""
    weeks = {**context.unresolved, "lately": context.since(RECENT_PROBLEM_DAYS)}
    return {
        "fruitless_attempts": database.rows("fruitless_attempts", FruitlessAttempts, weeks),
        "repeated_problems": database.rows("repeated_problems", RepeatedProblems, weeks),
    }


def _surveys(database: Database, context: QueryContext, is_latest: bool) -> dict[str, Any]:
    """What customers answered about the calls of finished days, today's answers included.

    Of the latest moment it holds until the day ends, so that time alone changes nothing.
    """
    until = {"at": context.day.ends_at - 1} if is_latest else {}
    return read_surveys(database, {**context.surveyed, **until}, is_latest=is_latest)


def _kept_customers(database: Database, context: QueryContext) -> dict[str, Any]:
    """Customers kept by calls of the window; an order of today on such a call counts."""
    return {"kept_customers": database.one_row("kept_customers", CustomerSums, _last_days(context))}


def _promises(database: Database, context: QueryContext, closed_times: Sequence[ClosedTime]) -> dict[str, Any]:
    """Which promised calls of the window were kept or late."""
    window = context.window(context.due_moments.since(context.since(WINDOW_DAYS)), context.day.starts_at)
    promises = {**window, "grace_ms": context.site.follow_up_grace_ms, "closed_times": dumps(closed_times)}
    return {"promises": database.rows("promise_outcomes", PromiseOutcome, promises)}


def _closing_customers(
    database: Database, context: QueryContext, closing: Iterable[tuple[int, date, date]]
) -> dict[str, Any]:
    """Customers whose usual time to buy again is closing."""
    customers = {**context.parameters, "customers": dumps([customer for customer, *_ in closing])}
    rows = database.rows("customers_with_first_seller", CustomerSeller, customers)
    return {"closing_customers": {row.id: row for row in rows}}


def _customers(database: Database, context: QueryContext, past: PastRecords, unusual: Sequence[str]) -> dict[str, Any]:
    """What customers bought before today, and why customers called."""
    dates = BusinessDates(context.site)
    reached: defaultdict[int, list[date]] = defaultdict(list)
    for call in database.rows("retention_customers_reached", CustomerMoment, _last_days(context)):
        reached[call.customer_id].append(dates.of(call.at // MINUTE_MS))
    purchases = read_past_purchases(database, context, reached)
    return {
        **asdict(purchases),
        "first_order_day": None if past.first_sale_at is None else dates.of(past.first_sale_at // MINUTE_MS),
        "reached": dict(reached),
        "days_of_reasons": _reasons_of_weekday(database, context, unusual) if past.has_reasons else (),
    }


def _reasons_of_weekday(database: Database, context: QueryContext, unusual: Sequence[str]) -> tuple[DayOfReasons, ...]:
    """Why customers called on the last days of the same weekday."""
    found = []
    for day in same_weekdays(context.day, (day for day in context.days if day.date not in unusual)):
        window = context.window(day.starts_at, day.ends_at)
        found.append(DayOfReasons(day, database.rows("reason_counts", ReasonCount, window)))
    return tuple(past for past in found if past.reasons)


def _sales_calls(database: Database, context: QueryContext, totals: Iterable[DayTotals]) -> dict[str, Any]:
    """The days with which today is compared, their sales calls, and when agents were scheduled."""
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
    """Sales for other clients in the week and the month before today."""
    found: dict[Period, Sequence[OtherClientsSales]] = {}
    for period in (Period.WEEK, Period.MONTH):
        window = _before_today(context, period)
        found[period] = database.rows("sales_for_other_clients", OtherClientsSales, window)
    return found


def _before_today(context: QueryContext, period: Period) -> Parameters:
    starts_on, _ = period_edges(period, context.today)
    return context.window(context.since_day(starts_on), context.day.starts_at)


READ: dict[str, Callable[..., Fields]] = {
    "totals": _totals,
    "calls_and_orders": _of_calls_and_orders,
    "sales": _sales,
    "kept_customers": _kept_customers,
    "promises": _promises,
    "closing_customers": _closing_customers,
    "planned_time": _planned,
    "unreached": _unreached,
    "surveys": _surveys,
}
"""By part the function that reads it, of the database, the moment and what else it depends on."""
