"""Who buys again, who has left, and who must not be forgotten (metrics.md 10.1 to 10.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ccmon.metrics.retention import Activity, Segment, WinBack, cohorts
from ccmon.model.business_day import BusinessDay
from ccmon.model.retention import Move, RetentionFigures, SecondPurchase, UnresolvedCustomer, UnresolvedReason
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.periodic_data import FinishedDays, PeriodicData
from ccmon.snapshot.periodic_rows import CustomerSeller, DaySale
from ccmon.snapshot.purchase_tally import tally_purchases

COHORTS = 13


def retention_figures(periodic_data: PeriodicData) -> RetentionFigures | None:
    """Customers by what they bought, today's purchases included; None before the first order, and without the past."""
    finished, today = periodic_data.finished, date.fromisoformat(periodic_data.day.date)
    buyers = buyers_of(periodic_data.sales)
    if finished is None or finished.first_order_day is None:
        return None
    before = {c: periodic_data.histories.get(c, ()) for c in buyers | periodic_data.reached_today}
    reached = _reached(periodic_data, finished)
    now = {c: [*days, today] if c in buyers else days for c, days in before.items()}
    earlier = {c: [day for day in days if day < today] for c, days in reached.items() if c in before}
    out = tally_purchases({c: days for c, days in before.items() if days}, today, finished.limits, earlier)
    into = tally_purchases({c: days for c, days in now.items() if days}, today, finished.limits, reached)
    counts = finished.tally.changed(out, into)
    returned = [c for c in buyers if before[c] and (today - before[c][-1]).days > finished.limits.churned_days]
    active, churned = counts.churn["active"], counts.churn["churned"]
    moves = sorted(counts.moves.items(), key=lambda item: -item[1])
    return RetentionFigures(
        one_time=counts.segments[Segment.ONE_TIME],
        repeat=counts.segments[Segment.REPEAT],
        loyal=counts.segments[Segment.LOYAL],
        lapsed=counts.segments[Segment.LAPSED],
        moves=tuple(Move(before, after, number) for (before, after), number in moves if number),
        active=counts.activity[Activity.ACTIVE],
        at_risk=counts.activity[Activity.AT_RISK],
        churned=counts.activity[Activity.CHURNED],
        limits=finished.limits,
        churn=churned / active if active else None,
        won_back=WinBack(counts.churn["reached"], counts.churn["won"], counts.churn["returned"]),
        won_back_today=len(returned),
        cohorts=tuple(cohorts(counts.members, counts.repeated, today)[-COHORTS:]),
        first_order_day=finished.first_order_day.isoformat(),
    )


def buyers_of(sales: Iterable[DaySale]) -> set[int]:
    """Customers with an order that was not cancelled."""
    return {sale.customer_id for sale in sales if sale.customer_id is not None and not sale.cancelled}


def _reached(periodic_data: PeriodicData, finished: FinishedDays) -> dict[int, list[date]]:
    """Days on which an outbound retention call reached a customer."""
    today = date.fromisoformat(periodic_data.day.date)
    reached = {customer: list(days) for customer, days in finished.reached.items()}
    for customer in periodic_data.reached_today:
        reached.setdefault(customer, []).append(today)
    return reached


def second_purchases(periodic_data: PeriodicData) -> tuple[SecondPurchase, ...] | None:
    """One-time buyers whose usual time to buy again closes this week, without those who bought today."""
    if periodic_data.finished is None:
        return None
    buyers, agents = buyers_of(periodic_data.sales), periodic_data.directory.agents
    found = []
    for customer_id, bought_on, closes_on in periodic_data.finished.closing:
        if customer_id not in buyers:
            unknown = CustomerSeller(customer_id, None, None, None)
            customer = periodic_data.finished.closing_customers.get(customer_id, unknown)
            agent = agents.get(customer.agent_id or 0)
            found.append(
                SecondPurchase(
                    customer_id=customer_id,
                    customer=customer.name,
                    phone=customer.phone,
                    bought_on=bought_on.isoformat(),
                    closes_on=closes_on.isoformat(),
                    agent_id=customer.agent_id,
                    agent=agent.name if agent else None,
                    client=agent.client if agent else None,
                )
            )
    return tuple(found)


def unresolved_customers(
    periodic_data: PeriodicData, data: FloorData, cache: InputCache
) -> tuple[UnresolvedCustomer, ...] | None:
    """Customers who must not be forgotten.

    Promised and silent (the longest first), two problems, fruitless attempts (the latest first).

    None without the past days.
    """
    if periodic_data.finished is None:
        return None
    days = periodic_data.finished.days
    made_of = periodic_data, data.follow_ups, data.directory
    return cache.get("unresolved", made_of, _unresolved_customers, periodic_data, data, days)


def _unresolved_customers(
    periodic_data: PeriodicData, data: FloorData, days: Iterable[BusinessDay]
) -> tuple[UnresolvedCustomer, ...]:
    promised = {item.customer_id for item in data.follow_ups}
    from_calls = (
        row for row in (*periodic_data.repeated_problems, *periodic_data.not_reached) if row.customer_id not in promised
    )
    found: dict[int, UnresolvedCustomer] = {}
    for one in (*_silent(periodic_data, data, days), *from_calls):
        found.setdefault(one.customer_id, one)
    return tuple(found.values())


def _silent(periodic_data: PeriodicData, data: FloorData, days: Iterable[BusinessDay]) -> Iterator[UnresolvedCustomer]:
    starts = [day.starts_at for day in days]
    for item in data.follow_ups:
        due_at = data.due_moments.counts_as(item.due_at)
        if item.customer_id is None or due_at >= data.day.starts_at:
            continue
        if periodic_data.last_talks.get(item.customer_id, 0) < due_at:
            agent = periodic_data.directory.agents.get(item.agent_id or 0)
            yield UnresolvedCustomer(
                customer_id=item.customer_id,
                customer=item.customer,
                phone=item.phone,
                why=UnresolvedReason.SILENT,
                times=sum(start > due_at for start in starts) + 1,
                last_at=due_at,
                agent_id=item.agent_id,
                owner=agent.name if agent else None,
                client=agent.client if agent else None,
            )
