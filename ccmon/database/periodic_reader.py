"""Reads the rows that are too costly for each poll: sales, surveys, contact reasons, retention and costs.

Every query takes ``:at`` and leaves out what came later, so that the same queries are right for now and for an earlier
moment. The exceptions are totals of finished days, which are used as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import asdict, astuple, replace

from ccmon.database.calls_of_day import CallsOfDay, read_calls_of_day
from ccmon.database.change_log import PARTS_OF_ORDERS, TouchedParts
from ccmon.database.driver import Database
from ccmon.database.finished_days import read_finished_days
from ccmon.database.json_text import dumps
from ccmon.database.lost_callers import LostCallersOfDay
from ccmon.database.purchase_histories import Histories, histories_of
from ccmon.database.query_context import BusinessDates, QueryContext, read_context
from ccmon.database.reading_cache import ReadingCache
from ccmon.database.stored_parts import StoredParts
from ccmon.database.surveys import read_surveys
from ccmon.metrics.lost_callers import Promise
from ccmon.model.business_day import BusinessDay
from ccmon.model.contact_reasons import ConcernedCustomer
from ccmon.model.lost_callers import LostCallers
from ccmon.model.retention import UnresolvedCustomer, UnresolvedReason
from ccmon.model.sales import LONGER_PERIODS, Period, period_edges
from ccmon.model.satisfaction import LowScore
from ccmon.model.site import Site
from ccmon.model.sources import Progress
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.periodic_data import FinishedDays, PeriodicData, PeriodRows
from ccmon.snapshot.periodic_rows import (
    ContactReasonRow,
    CustomerMoment,
    CustomerSums,
    DaySale,
    InvestmentRow,
    PlannedTime,
    PlannedWorkRow,
    SiteMargins,
)
from ccmon.snapshot.retention import buyers_of
from ccmon.time_units import MINUTE_MS

UNRESOLVED_EVERY_MS = 5 * MINUTE_MS
"""How often two weeks of calls are searched for customers not reached."""


def read_periodic_data(
    database: Database,
    at: int,
    cache: ReadingCache,
    *,
    site: Site,
    day: BusinessDay,
    directory: Directory,
    is_latest: bool = False,
) -> PeriodicData:
    """The rows of a moment of a business day.

    Args:
        database: the database.
        at: the moment.
        cache: what an earlier reading of the same database has read; this one adds to it.
        site: the site.
        day: the business day that holds the moment.
        directory: names and quotas.
        is_latest: whether nothing is after the moment, so that the stored counts of survey answers apply.
    """
    context = read_context(database, at, site=site, day=day, directory=directory)
    finished: FinishedDays | None = None
    unresolved: dict[str, Any] = {"not_reached": (), "repeated_problems": ()}
    if not database.rows("progress", Progress):
        stored = StoredParts(database, context, at) if is_latest else None
        finished = read_finished_days(database, context, at, cache, stored)
        fingerprint = day.date, at // UNRESOLVED_EVERY_MS
        unresolved = cache.get("unresolved", fingerprint, lambda: _unresolved(database, context, finished))
    return PeriodicData(
        at=at,
        site=site,
        day=day,
        directory=directory,
        finished=finished,
        periods=_periods(context, finished) if finished else {},
        **unresolved,
        **_costs(database, context),
        **_today(database, context, cache),
        **_surveys(database, context, is_latest=is_latest),
        **_calls(database, context, at, finished, cache),
        **_orders(database, context, cache),
    )


def _unresolved(database: Database, context: QueryContext, finished: FinishedDays) -> dict[str, Any]:
    """Customers not reached, and customers with several problems."""
    attempts = {**context.parameters, "fruitless": dumps([astuple(row) for row in finished.fruitless_attempts])}
    problems = {**context.parameters, "problems": dumps([astuple(row) for row in finished.repeated_problems])}
    found = {
        "not_reached": [
            *database.rows("customers_attempted_before", UnresolvedCustomer, attempts),
            *database.rows("customers_attempted_today", UnresolvedCustomer, context.unresolved),
        ],
        "repeated_problems": [
            *database.rows("customers_with_problems_before", UnresolvedCustomer, problems),
            *database.rows("customers_with_problems_today", UnresolvedCustomer, context.unresolved),
        ],
    }
    return {
        name: [
            replace(row, why=UnresolvedReason(row.why))  # the query returns it as text
            for row in sorted(rows, key=lambda row: (-row.last_at, row.customer_id))
        ]
        for name, rows in found.items()
    }


def _costs(database: Database, context: QueryContext) -> dict[str, Any]:
    return {
        **asdict(database.one_row("site_margins", SiteMargins)),
        "hourly_costs": database.pairs("hourly_costs"),
        "investments": database.rows("investments", InvestmentRow, {"date": context.day.date}),
    }


def _today(database: Database, context: QueryContext, cache: ReadingCache) -> dict[str, Any]:
    """Today's shifts, and when customers who were promised a call last talked with the centre."""
    return {
        **cache.get("shifts_of_day", context.day, lambda: _shifts(database, context)),
        "last_talks": database.pairs("last_talks", context.parameters),
    }


def _shifts(database: Database, context: QueryContext) -> dict[str, Any]:
    return {
        "planned": {row.agent_id: row for row in database.rows("planned_time", PlannedTime, context.whole_day)},
        "planned_work": database.rows("planned_work", PlannedWorkRow, context.shifts),
    }


def _surveys(database: Database, context: QueryContext, *, is_latest: bool) -> dict[str, Any]:
    """What customers answered about today's calls."""
    return {
        **read_surveys(database, context.whole_day, is_latest=is_latest),
        "low_scores": database.rows("low_scores", LowScore, context.parameters),
    }


def counts_few_calls(cache: ReadingCache, touched: TouchedParts) -> bool:
    """Whether few of today's calls would be counted again, if these parts have been touched since the last reading."""
    calls = cache.cached("calls_of_day")
    return isinstance(calls, CallsOfDay) and calls.counts_few(touched.calls)


def _calls(
    database: Database, context: QueryContext, at: int, finished: FinishedDays | None, cache: ReadingCache
) -> dict[str, Any]:
    """Today's calls: what became of them, why customers called, and how many were kept."""
    touched, named_again = cache.take_touched_calls()
    if cache.is_reused:
        calls = cache.get("calls_of_day", context.day, CallsOfDay)
        found = calls.read(database, context, at, finished, touched=touched, named_again=named_again)
    else:
        found = read_calls_of_day(database, context, at, finished)
    lost = _lost_callers(database, context, at, touched | named_again, cache)
    return {
        "funnel": found.funnel,
        # Who they are to us, what they bought before says.
        "lost_callers": None if finished is None else lost,
        "repeats": found.repeats.by_queue(),
        "reasons": found.reasons,
        "concerned": cache.get(
            "concerned_customers",
            found.reasons_edition,
            lambda: database.rows("customers_by_reason", ConcernedCustomer, context.parameters),
        ),
        "contact_reasons": database.rows("contact_reasons", ContactReasonRow),
        "kept_customers": cache.get(
            "kept_customers_of_day",
            found.kept_edition,
            lambda: database.one_row("kept_customers", CustomerSums, context.whole_day).customers,
        ),
    }


def _lost_callers(
    database: Database, context: QueryContext, at: int, touched: frozenset[int], cache: ReadingCache
) -> LostCallers:
    """Callers of today who gave up, and what has become of them."""
    rows = cache.get(
        "promises_to_callers",
        context.day,
        lambda: database.rows("promises_to_callers", Promise, context.parameters),
    )
    return cache.get("lost_callers", context.day, LostCallersOfDay).read(
        database,
        context,
        at,
        promises=rows,
        calls=touched,
        customers=cache.take_touched_customers(),
        orders_edition=cache.get("orders_of_callers", context.day, object),
    )


def _orders(database: Database, context: QueryContext, cache: ReadingCache) -> dict[str, Any]:
    """Today's orders, and earlier purchases of their customers and of those reached by a retention call today."""
    sales = cache.get(
        "orders_of_day",
        (context.day, context.site),
        lambda: database.rows("day_sales", DaySale, context.parameters),
    )
    calls = database.rows("retention_customers_reached", CustomerMoment, context.whole_day)
    reached = frozenset(call.customer_id for call in calls)
    histories, may_change = cache.get(
        "histories_of_day", (context.day, sales, reached), lambda: _histories(database, context, sales, reached)
    )
    if may_change:
        cache.drop_parts(PARTS_OF_ORDERS)
    return {"sales": sales, "reached_today": reached, "histories": histories}


def _histories(
    database: Database, context: QueryContext, sales: Iterable[DaySale], reached: frozenset[int]
) -> tuple[Histories, bool]:
    """Earlier purchases, and whether mere passing of time changes them or today's orders."""
    customers = {**context.parameters, "customers": dumps(sorted(buyers_of(sales) | reached))}
    histories = histories_of(database.rows("past_purchases", CustomerMoment, customers), BusinessDates(context.site))
    return histories, bool(database.value("later_orders", customers))


def _periods(context: QueryContext, finished: FinishedDays) -> dict[Period, PeriodRows]:
    """The rows of the week and month."""
    periods = {}
    for period in LONGER_PERIODS:
        starts_on, ends_on = period_edges(period, context.today)
        sales, planned = finished.period_sales[period], finished.period_planned[period]
        periods[period] = PeriodRows(starts_on=starts_on, ends_on=ends_on, sales=sales, planned=planned)
    return periods
