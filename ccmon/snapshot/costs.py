"""What the day costs and brings, and what the same money would bring elsewhere (metrics.md 6.9 and 10.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from ccmon.metrics import costs
from ccmon.metrics.handling import average_handling
from ccmon.metrics.means import average
from ccmon.metrics.percentage import percent
from ccmon.metrics.sales import conversion
from ccmon.model.calls import DIRECTIONS
from ccmon.model.costs import ResourceFigures, Spending, ValueFigures, WorkFigures
from ccmon.model.queues import Purpose
from ccmon.model.sales import SalesDetail
from ccmon.snapshot.agent_totals import AgentTotalsByTeam
from ccmon.snapshot.baseline import WeekdayBaseline
from ccmon.snapshot.funnel_sums import FunnelSums
from ccmon.snapshot.handling import handled_in
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.periodic_data import FinishedDays, PeriodicData
from ccmon.snapshot.periodic_rows import InvestmentRow
from ccmon.snapshot.scopes import CENTRE
from ccmon.snapshot.time_at_work import TimeAtWork

DAYS_A_MONTH = 365.25 / 12
PURPOSE = {"acquisition": Purpose.SALES, "retention": Purpose.RETENTION, "service": Purpose.SERVICE}

WAGES = "Wages alone, for the time logged in, pauses included."
SPLIT = "Wages are split by the handling time of sales, service and retention calls."
NO_MARGIN = "The margin is not set: the whole revenue is counted as earned."
WON_AND_KEPT = (
    "Won: whoever ordered for the first time ever. Kept: retention calls that ended as kept, or with an order."
)
OUTBOUND_SPLIT = "Outbound time is split over campaigns, and calls without one, by their contacts."

THE_CENTRE = "The centre"
"""The name of the centre's own lines among the investments."""


def work_figures(baseline: WeekdayBaseline | None, agent_totals: AgentTotalsByTeam) -> tuple[WorkFigures, ...]:
    """Inbound and outbound calls per agent, compared with the same weekday of past weeks."""
    found = []
    for direction in DIRECTIONS:
        sums = handled_in(agent_totals.together, direction)
        found.append(
            WorkFigures(
                direction=direction,
                handled=sums.handled,
                agents=agent_totals.agents_with_calls[direction],
                aht_ms=average_handling(sums.talk_ms, sums.hold_ms, sums.wrap_up_ms, sums.handled),
                usual_aht_ms=baseline.work(CENTRE, direction).mean_ms if baseline else None,
                usual_per_agent_day=baseline.per_agent_day(direction) if baseline else None,
            )
        )
    return tuple(found)


def handling_shares(funnel: FunnelSums) -> Mapping[str | None, float]:
    """Share of today's handling time that went into calls of each purpose."""
    return _shares(funnel.handling_ms)


def resource_figures(
    periodic_data: PeriodicData,
    baseline: WeekdayBaseline | None,
    shares: Mapping[str | None, float],
    *,
    agent_totals: AgentTotalsByTeam,
    time: TimeAtWork,
    known_until: int,
    centre: SalesDetail | None,
    cache: InputCache,
) -> ResourceFigures:
    """The day so far; ``shares`` as from `handling_shares`. Times run up to ``known_until``."""
    counts = agent_totals.together, tuple(agent_totals.agents_with_calls.items())
    labour = time.labour_cents(known_until)
    without = time.present - time.costed
    return ResourceFigures(
        work=cache.get("work", (*counts, baseline), work_figures, baseline, agent_totals),
        logged_in_ms=time.logged_in_ms.at(known_until),
        costed_ms=time.costed_ms.at(known_until),
        labour_cents=None if labour is None else round(labour),
        agents_without_cost=without,
        handled=agent_totals.together.inbound + agent_totals.together.outbound,
        orders=centre.orders - centre.cancelled_orders if centre else 0,
        revenue_cents=agent_totals.together.revenue_cents,
        new_customers=None if periodic_data.finished is None else centre.new_customers if centre else 0,
        kept_customers=periodic_data.kept_customers,
        sales_cost_cents=_part(labour, shares, Purpose.SALES),
        retention_cost_cents=_part(labour, shares, Purpose.RETENTION),
        margin=periodic_data.margin,
        assumptions=tuple(_assumptions(periodic_data, without)),
    )


def at_later_moment(
    figures: ResourceFigures, shares: Mapping[str | None, float], time: TimeAtWork, known_until: int
) -> ResourceFigures:
    """The figures at a later moment, while nobody's state changes."""
    labour = time.labour_cents(known_until)
    return replace(
        figures,
        logged_in_ms=time.logged_in_ms.at(known_until),
        costed_ms=time.costed_ms.at(known_until),
        labour_cents=None if labour is None else round(labour),
        sales_cost_cents=_part(labour, shares, Purpose.SALES),
        retention_cost_cents=_part(labour, shares, Purpose.RETENTION),
    )


def _shares(length_ms: Mapping[str | None, int]) -> Mapping[str | None, float]:
    """Share of the handling time that went into calls of each purpose."""
    total = sum(length_ms.values())
    return {purpose: ms / total for purpose, ms in length_ms.items()} if total else {}


def _part(labour: float | None, shares: Mapping[str | None, float], purpose: str) -> float | None:
    return labour * shares.get(purpose, 0.0) if labour is not None and shares else None


def _assumptions(periodic_data: PeriodicData, without_cost: int = 0) -> Iterable[str]:
    yield WAGES
    if without_cost:
        agents = "One agent" if without_cost == 1 else f"{without_cost} agents"
        yield f"{agents} at work without a known hourly cost: the cost is too low by theirs."
    yield SPLIT
    if periodic_data.margin is None:
        yield NO_MARGIN
    else:
        yield f"{percent(periodic_data.margin)} of the revenue is earned (site.margin)."
    if periodic_data.incrementality < 1:
        yield f"{percent(periodic_data.incrementality)} of the sales would not have come anyway (site.incrementality)."


def value_figures(periodic_data: PeriodicData) -> ValueFigures | None:
    """The centre's last 28 finished days beside every investment; None while their rows are still coming in."""
    finished = periodic_data.finished
    if finished is None:
        return None
    window = finished.window
    sales_calls = sum(row.sales_calls for row in finished.sales.by_agent.values())
    converted = sum(row.converted for row in finished.sales.by_agent.values())
    kept, new = finished.kept_customers, finished.new_customers
    retention_calls = _retention_calls(periodic_data, finished)
    logged_in = {agent_id: row.logged_in_ms for agent_id, row in finished.sales.by_agent.items()}
    labour = _labour(periodic_data, logged_in)
    shares = _shares(_handling(periodic_data, finished))
    rows: list[Spending] = []
    for goal, calls, result in (
        ("acquisition", sales_calls, new),
        ("retention", retention_calls, kept),
        ("service", 0, None),
    ):
        cost = _part(labour, shares, PURPOSE[goal])
        revenue_cents = result.revenue_cents if result else None
        rows.append(
            Spending(
                name=THE_CENTRE,
                goal=goal,
                is_centre=True,
                starts_on=window.starts_on.isoformat(),
                ends_on=window.ends_on.isoformat(),
                months=window.days / DAYS_A_MONTH,
                cost_cents=None if cost is None else round(cost),
                customers=result.customers if result else None,
                revenue_cents=revenue_cents,
                earned_cents=_earned(periodic_data, revenue_cents, periodic_data.incrementality),
            )
        )
        others = [
            _other(periodic_data, row, cost, calls)
            for row in periodic_data.investments
            if row.goal == goal and _is_dated(row)
        ]
        rows += sorted(others, key=lambda each: (each.cost_per_customer_cents is None, each.cost_per_customer_cents))
    without = sum(
        agent_id > 0 and length_ms > 0 and agent_id not in periodic_data.hourly_costs
        for agent_id, length_ms in logged_in.items()
    )
    return ValueFigures(
        starts_on=window.starts_on.isoformat(),
        ends_on=window.ends_on.isoformat(),
        days=window.days,
        sales_calls=sales_calls,
        conversion=conversion(converted, sales_calls),
        retention_calls=retention_calls,
        won_per_call=average(new.customers, sales_calls),
        kept_per_call=average(kept.customers, retention_calls),
        margin=periodic_data.margin,
        incrementality=periodic_data.incrementality,
        rows=tuple(rows),
        assumptions=(*_assumptions(periodic_data, without), WON_AND_KEPT, OUTBOUND_SPLIT),
    )


def _retention_calls(periodic_data: PeriodicData, finished: FinishedDays) -> int:
    """Answered calls of retention queues and right-party contacts of retention campaigns in the window."""
    queues, campaigns = periodic_data.directory.queues, periodic_data.directory.campaigns
    inbound, outbound = finished.handling_by_queue.values(), finished.sales.by_campaign.values()
    answered = sum(row.answered for row in inbound if queues[row.queue_id].purpose == Purpose.RETENTION)
    return answered + sum(row.sales_calls for row in outbound if campaigns[row.id].purpose == Purpose.RETENTION)


def _labour(periodic_data: PeriodicData, logged_in: Mapping[int, int]) -> float | None:
    """Wages for the time that agents were logged in; None where no hourly cost is known."""
    paid = [
        (periodic_data.hourly_costs[agent_id], ms)
        for agent_id, ms in logged_in.items()
        if agent_id in periodic_data.hourly_costs
    ]
    return sum(costs.labour_cents(cost, ms) for cost, ms in paid) if paid else None


def _handling(periodic_data: PeriodicData, finished: FinishedDays) -> Mapping[str | None, int]:
    """Handling time of the window by purpose."""
    length_ms: Counter[str | None] = Counter()
    queues, campaigns = periodic_data.directory.queues, periodic_data.directory.campaigns
    for queue in finished.handling_by_queue.values():
        length_ms[queues[queue.queue_id].purpose] += queue.handling_ms
    starts_on = finished.window.starts_on.isoformat()
    days = [day for day in finished.day_totals if day.date >= starts_on]
    handled, outbound_ms = sum(day.outbound for day in days), sum(day.outbound_ms for day in days)
    contacts = sum(row.contacts for row in finished.sales.by_campaign.values())
    # Calls without a campaign are for no goal; their handling time is only known within that of all outbound calls.
    total = max(handled, contacts)
    for row in finished.sales.by_campaign.values():
        length_ms[campaigns[row.id].purpose] += round(outbound_ms * row.contacts / total) if total else 0
    length_ms[None] += round(outbound_ms * (total - contacts) / total) if total else 0
    return length_ms


def _earned(periodic_data: PeriodicData, revenue_cents: int | None, share: float = 1.0) -> float | None:
    """Earnings from a share of a revenue; of the centre's, only what would not have come anyway."""
    return None if revenue_cents is None else costs.earned_cents(revenue_cents, periodic_data.margin, share)


def _is_dated(row: InvestmentRow) -> bool:
    """Whether the dates of an investment, which anybody may have written with SQL, are dates."""
    try:
        for text in (row.starts_on, row.ends_on):
            if text is not None:
                date.fromisoformat(text)
    except ValueError:
        return False
    return row.starts_on is not None


def _other(periodic_data: PeriodicData, row: InvestmentRow, centre_cost: float | None, calls: int) -> Spending:
    starts_on = str(row.starts_on)
    today = date.fromisoformat(periodic_data.day.date)
    last = min(today, date.fromisoformat(row.ends_on)) if row.ends_on else today
    days = (last - date.fromisoformat(starts_on)).days + 1
    customers = {"acquisition": row.customers_won, "retention": row.customers_kept}.get(row.goal)
    spending = Spending(
        name=row.name,
        goal=row.goal,
        is_centre=False,
        starts_on=starts_on,
        ends_on=row.ends_on,
        months=days / DAYS_A_MONTH,
        cost_cents=row.cost_cents,
        customers=customers,
        revenue_cents=row.revenue_cents,
        earned_cents=_earned(periodic_data, row.revenue_cents),
    )
    if centre_cost is None:
        return spending
    break_even = costs.break_even_conversion(centre_cost, calls, spending.cost_per_customer_cents)
    return replace(spending, break_even_conversion=break_even)
