"""What the day costs and brings, and what the same money does elsewhere (metrics.md 6.9 and 10.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from ccmon.metrics import costs
from ccmon.metrics.handling import average_handling
from ccmon.metrics.percentage import percent
from ccmon.metrics.wait_times import average
from ccmon.model.agents import AgentFigures
from ccmon.model.calls import Direction
from ccmon.model.costs import ResourceFigures, Spending, ValueFigures, WorkFigures
from ccmon.model.queues import Purpose
from ccmon.model.sales import SalesDetail
from ccmon.snapshot.agents import AgentDays
from ccmon.snapshot.baseline import WeekdayBaseline
from ccmon.snapshot.periodic_rows import FinishedDays, PeriodicRows

DAYS_A_MONTH = 365.25 / 12
GOALS = ("acquisition", "retention", "service")
PURPOSE = {"acquisition": Purpose.SALES, "retention": Purpose.RETENTION, "service": Purpose.SERVICE}

WAGES = "Wages alone, for the time logged in, pauses included."
SPLIT = "Wages are split by the handling time of sales, service and retention calls."
NO_MARGIN = "The margin is not set: the whole revenue is counted as earned."


def work_figures(usual: WeekdayBaseline | None, days: AgentDays) -> tuple[WorkFigures, ...]:
    """Inbound and outbound calls for each agent, beside the same weekday of past weeks."""
    row = days.together
    found = []
    for direction, place, spent in ((Direction.INBOUND, 1, row[3:6]), (Direction.OUTBOUND, 2, row[6:9])):
        talk_ms, hold_ms, wrap_up_ms = spent
        found.append(
            WorkFigures(
                direction,
                row[place],
                sum(each[place] > 0 for agent_id, each in days.by_agent.items() if agent_id > 0),
                average_handling(talk_ms, hold_ms, wrap_up_ms, row[place]),
                usual.work(("centre", 0), direction).mean_ms if usual else None,
                usual.per_agent_day(direction) if usual else None,
            )
        )
    return tuple(found)


def handling_shares(facts: PeriodicRows) -> Mapping[str | None, float]:
    """Share of today's handling time that went into calls of each purpose."""
    return _shares((row[3], row[8]) for row in facts.funnel)


def resource_figures(
    facts: PeriodicRows,
    usual: WeekdayBaseline | None,
    spent: Mapping[str | None, float],
    *,
    days: AgentDays,
    agents: Sequence[AgentFigures],
    centre: SalesDetail | None,
) -> ResourceFigures:
    """The day so far; ``spent`` as by `handling_shares`."""
    present = [agent for agent in agents if agent.logged_in_ms > 0]
    paid = [agent for agent in present if agent.id in facts.costs]
    labour = sum(costs.labour_cents(facts.costs[agent.id], agent.logged_in_ms) for agent in paid) if paid else None
    without = len(present) - len(paid)
    return ResourceFigures(
        work=work_figures(usual, days),
        worked_ms=sum(agent.logged_in_ms for agent in present),
        paid_ms=sum(agent.logged_in_ms for agent in paid),
        labour_cents=None if labour is None else round(labour),
        agents_without_cost=without,
        handled=days.together[1] + days.together[2],
        orders=centre.orders - centre.cancelled_orders if centre else 0,
        revenue_cents=days.together[17],
        new_customers=None if facts.finished is None else centre.new_customers if centre else 0,
        kept_customers=facts.kept,
        sales_cost_cents=_part(labour, spent, Purpose.SALES),
        retention_cost_cents=_part(labour, spent, Purpose.RETENTION),
        margin=facts.margin,
        assumptions=tuple(_assumptions(facts, without)),
    )


def _shares(handling: Iterable[tuple[str | None, int]]) -> Mapping[str | None, float]:
    """Share of the handling time that went into calls of each purpose."""
    spent: Counter[str | None] = Counter()
    for purpose, handling_ms in handling:
        spent[purpose] += handling_ms
    whole = sum(spent.values())
    return {purpose: ms / whole for purpose, ms in spent.items()} if whole else {}


def _part(labour: float | None, shares: Mapping[str | None, float], purpose: str) -> float | None:
    return labour * shares.get(purpose, 0.0) if labour is not None and shares else None


def _assumptions(facts: PeriodicRows, without_cost: int = 0) -> Iterable[str]:
    yield WAGES
    if without_cost:
        agents = "One agent" if without_cost == 1 else f"{without_cost} agents"
        yield f"{agents} at work without a known hourly cost: the cost is too low by theirs."
    yield SPLIT
    if facts.margin is None:
        yield NO_MARGIN
    else:
        yield f"{percent(facts.margin)} of the revenue is earned (site.margin)."
    if facts.incrementality < 1:
        yield f"{percent(facts.incrementality)} of the sales would not have come anyway (site.incrementality)."


def value_figures(facts: PeriodicRows) -> ValueFigures | None:
    """The centre's last 28 finished days beside every investment; None while their rows are still coming in."""
    finished = facts.finished
    if finished is None:
        return None
    starts_on, ends_on, days = finished.window
    sales_calls = sum(row[1] for row in finished.called.values())
    converted = sum(row[1] for row in finished.sold.values())
    kept, kept_revenue = finished.kept
    retention_calls = _retention_calls(facts, finished)
    labour = _labour(facts, finished)
    shares = _shares(_handling(facts, finished))
    new, new_revenue = finished.new_customers
    centre = {
        "acquisition": (sales_calls, new, new_revenue),
        "retention": (retention_calls, kept, kept_revenue),
        "service": (0, None, None),
    }
    rows: list[Spending] = []
    for goal in GOALS:
        calls, customers, revenue = centre[goal]
        cost = _part(labour, shares, PURPOSE[goal])
        spent = (None if cost is None else round(cost), customers, revenue)
        rows.append(_spent(facts, ("The centre", goal, starts_on.isoformat(), ends_on.isoformat()), spent, days))
        others = [_other(facts, row, cost, calls) for row in facts.investments if row[1] == goal and _is_dated(row)]
        rows += sorted(others, key=lambda each: (each.cost_per_customer_cents is None, each.cost_per_customer_cents))
    without = sum(1 for agent, row in finished.called.items() if agent > 0 and row[2] and agent not in facts.costs)
    return ValueFigures(
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
        days=days,
        sales_calls=sales_calls,
        conversion=average(converted, sales_calls) if converted <= sales_calls else None,
        retention_calls=retention_calls,
        won_per_call=average(new, sales_calls),
        kept_per_call=average(kept, retention_calls),
        margin=facts.margin,
        incrementality=facts.incrementality,
        rows=tuple(rows),
        assumptions=(
            *_assumptions(facts, without),
            "Won: whoever ordered for the first time ever. Kept: retention calls that ended as kept, or with an order.",
            "Outbound time is split over campaigns, and calls without one, by their contacts.",
        ),
    )


def _retention_calls(facts: PeriodicRows, finished: FinishedDays) -> int:
    """Answered calls of retention queues and right-party contacts of retention campaigns in the window."""
    queues, campaigns = facts.directory.queues, facts.directory.campaigns
    inbound = (row[1] for q, row in finished.handling_by_queue.items() if queues[q].purpose == Purpose.RETENTION)
    outbound = (row[1] for c, row in finished.contacts.items() if campaigns[c].purpose == Purpose.RETENTION)
    return int(sum(inbound) + sum(outbound))


def _labour(facts: PeriodicRows, finished: FinishedDays) -> float | None:
    """Wages of the window; None where no hourly cost is known."""
    paid = [(facts.costs[a], row[2]) for a, row in finished.called.items() if a in facts.costs]
    return sum(costs.labour_cents(cost, ms) for cost, ms in paid) if paid else None


def _handling(facts: PeriodicRows, finished: FinishedDays) -> Iterable[tuple[str | None, int]]:
    """Handling time of the window by purpose."""
    queues, campaigns = facts.directory.queues, facts.directory.campaigns
    for queue_id, row in finished.handling_by_queue.items():
        yield queues[queue_id].purpose, row[3]
    since = finished.window[0].isoformat()
    days = [row for row in finished.day_totals if row[0] >= since]
    handled, outbound_ms = sum(row[6] for row in days), sum(row[7] for row in days)
    contacts = sum(row[2] for row in finished.contacts.values())
    # A call without a campaign is for no goal; how long it took is known of all outbound calls together alone.
    whole = max(handled, contacts)
    for campaign_id, row in finished.contacts.items():
        yield campaigns[campaign_id].purpose, round(outbound_ms * row[2] / whole) if whole else 0
    yield None, round(outbound_ms * (whole - contacts) / whole) if whole else 0


Money = tuple[int | None, int | None, int | None]
"""Cost, customers, revenue."""


def _spent(
    facts: PeriodicRows, who: tuple[str, str, str, str | None], money: Money, days: int, *, other: bool = False
) -> Spending:
    name, goal, starts_on, ends_on = who
    cost, customers, revenue = money
    margin = 1.0 if facts.margin is None else facts.margin
    # What another way has won is told by whoever keeps its books: taken as it stands.
    share = 1.0 if other else facts.incrementality
    earned = None if revenue is None else revenue * margin * share
    return Spending(
        name,
        goal,
        not other,
        starts_on,
        ends_on,
        cost,
        customers,
        revenue,
        None if cost is None else average(cost, customers or 0),
        None if cost is None or earned is None else costs.return_on_investment(earned, cost),
        None if cost is None or earned is None else costs.paid_back_months(cost, earned, days / DAYS_A_MONTH),
        None,
    )


def _is_dated(row: Sequence[object]) -> bool:
    """Whether the dates of an investment, which anybody may have written with SQL, are dates."""
    try:
        for text in row[2:4]:
            if text is not None:
                date.fromisoformat(str(text))
    except ValueError:
        return False
    return row[2] is not None


def _other(facts: PeriodicRows, row: Sequence[object], centre_cost: float | None, calls: int) -> Spending:
    name, goal, starts_on, ends_on, cost, revenue, won, kept = row
    today = date.fromisoformat(facts.day.date)
    last = min(today, date.fromisoformat(str(ends_on))) if ends_on else today
    days = (last - date.fromisoformat(str(starts_on))).days + 1
    customers = {"acquisition": won, "retention": kept}.get(str(goal))
    who = (str(name), str(goal), str(starts_on), None if ends_on is None else str(ends_on))
    spent = _spent(facts, who, (cost, customers, revenue), days, other=True)  # type: ignore[arg-type]
    if centre_cost is None:
        return spent
    break_even = costs.break_even_conversion(centre_cost, calls, spent.cost_per_customer_cents)
    return replace(spent, break_even_conversion=break_even)
