"""What the floor costs and brings in, and what the same money buys elsewhere (metrics.md 10.6)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from ccmon.metrics import costs, means, sales
from ccmon.model.calls import Direction
from ccmon.number_types import Count, Date, Quantity, Ratio, one_of
from ccmon.time_units import HOUR_MS


class WorkFigures(Struct, frozen=True):
    """Calls per agent and working day in one direction, beside the same weekday of past weeks (6.9)."""

    direction: Direction
    """Inbound or outbound."""
    handled: Count
    """Calls handled today in this direction."""
    agents: Count
    """Agents who handled calls in this direction today."""
    aht_ms: float | None
    """Today's average handling time (metrics.md 7)."""
    usual_aht_ms: float | None
    """Mean over all such calls on up to eight same weekdays."""
    usual_per_agent_day: Quantity | None
    """Calls handled per agent and day on those weekdays."""

    @property
    def per_agent(self) -> Quantity | None:
        """Calls handled so far today per agent who handled any."""
        return means.average(self.handled, self.agents)


class ResourceFigures(Struct, frozen=True, kw_only=True):
    """What today costs and brings in so far; "labour only": wages, no other costs (metrics.md 6.9 and 10.6)."""

    work: tuple[WorkFigures, ...]
    """Calls per agent: inbound, then outbound."""
    logged_in_ms: int
    """Time logged in of all agents, pauses included."""
    costed_ms: int
    """The time logged in of agents whose hourly cost is known."""
    labour_cents: Count | None
    """Hourly cost times the time logged in; None where no agent's hourly cost is known."""
    agents_without_cost: Count
    """Agents at work today whose hourly cost is unknown: theirs is missing from the labour cost."""
    handled: Count
    """Calls handled, in both directions."""
    orders: Count
    """Orders that stand, in the site's currency."""
    revenue_cents: int
    """Net revenue, in the site's currency."""
    new_customers: Count | None
    """Customers whose first order that stands is one of today's; None while past orders are still coming in."""
    kept_customers: Count
    """Customers who stayed after a retention call: disposition "kept", or an order on the call."""
    sales_cost_cents: Quantity | None
    """Estimated part of the labour cost spent on calls of sales queues and campaigns, by handling time."""
    retention_cost_cents: Quantity | None
    """Estimated part of the labour cost spent on calls of retention queues and campaigns, by handling time."""
    margin: Ratio | None
    """Share of the revenue that is earned (``site.margin``); None: not set, so that the whole revenue counts."""
    assumptions: tuple[str, ...]
    """What the figures rest on, in sentences for a person."""

    @property
    def per_agent_hour(self) -> Quantity | None:
        """Calls handled per hour logged in; None below half an hour."""
        return sales.per_hour(self.handled, self.logged_in_ms) if self.logged_in_ms >= HOUR_MS // 2 else None

    @property
    def cost_per_contact_cents(self) -> Quantity | None:
        """Labour cost over calls handled."""
        return None if self.labour_cents is None else means.average(self.labour_cents, self.handled)

    @property
    def cost_per_sale_cents(self) -> Quantity | None:
        """Labour cost of sales over orders."""
        return means.average(round(self.sales_cost_cents), self.orders) if self.sales_cost_cents is not None else None

    @property
    def cost_per_new_customer_cents(self) -> Quantity | None:
        """Labour cost of sales over new customers."""
        if self.sales_cost_cents is None or self.new_customers is None:
            return None
        return means.average(round(self.sales_cost_cents), self.new_customers)

    @property
    def cost_per_kept_customer_cents(self) -> Quantity | None:
        """Labour cost of retention over customers kept."""
        if self.retention_cost_cents is None:
            return None
        return means.average(round(self.retention_cost_cents), self.kept_customers)

    @property
    def contribution_cents(self) -> float | None:
        """Revenue times margin minus labour: the profit-centre view. An estimate where the margin is not set."""
        if self.labour_cents is None:
            return None
        return costs.earned_cents(self.revenue_cents, self.margin) - self.labour_cents

    @property
    def revenue_per_hour_cents(self) -> float | None:
        """Revenue per hour logged in."""
        return sales.per_hour(self.revenue_cents, self.logged_in_ms)


class Spending(Struct, frozen=True, kw_only=True):
    """Money spent on a goal and its results: the centre's over the last 28 days, or another investment's (10.6)."""

    name: str
    """The investment, or the centre itself."""
    goal: Annotated[str, one_of("acquisition", "retention", "service")]
    """The purpose of the money: new customers, customers kept, or service."""
    is_centre: bool
    """Whether this is the centre itself."""
    starts_on: Date
    """First day that the figures cover."""
    ends_on: Date | None
    """Last day; None: still running."""
    months: float
    """How many months they cover, up to today."""
    cost_cents: Count | None
    """Money spent; for the centre, the part of its wages spent on such calls. None: no agent's hourly cost is known."""
    customers: Count | None
    """New (acquisition) or kept (retention); None where the source does not say."""
    revenue_cents: int | None
    """Revenue from it; for the centre, orders of the new customers, or orders on retention calls."""
    earned_cents: float | None
    """Revenue times margin; for the centre, only of revenue that would not have come anyway."""
    break_even_conversion: Quantity | None = None
    """For another investment: the conversion of sales calls (for retention, of retention calls) above which the centre
    wins a customer for less. Over 1: it cannot. None for the centre itself."""

    @property
    def cost_per_customer_cents(self) -> Quantity | None:
        """Cost over customers, new or kept."""
        return None if self.cost_cents is None else means.average(self.cost_cents, self.customers or 0)

    @property
    def roi(self) -> float | None:
        """(revenue times margin - cost) / cost; None without revenue."""
        if self.cost_cents is None or self.earned_cents is None:
            return None
        return costs.return_on_investment(self.earned_cents, self.cost_cents)

    @property
    def payback_months(self) -> Quantity | None:
        """Cost over monthly revenue times margin; None without revenue, and where it is not paid back (`roi` < 0)."""
        if self.cost_cents is None or self.earned_cents is None:
            return None
        return costs.paid_back_months(self.cost_cents, self.earned_cents, self.months)


class ValueFigures(Struct, frozen=True, kw_only=True):
    """The same money elsewhere: the centre beside every investment with the same goal (metrics.md 10.6)."""

    starts_on: Date
    """First of the finished business days that the centre's figures cover."""
    ends_on: Date
    """Last of those days."""
    days: Count
    """How many days the centre's figures cover."""
    sales_calls: Count
    """Sales calls on those days."""
    conversion: Ratio | None
    """Converted sales calls over sales calls."""
    retention_calls: Count
    """Answered retention calls and right-party contacts on those days."""
    won_per_call: Quantity | None
    """New customers over sales calls: to be compared with `Spending.break_even_conversion` of acquisition."""
    kept_per_call: Quantity | None
    """Customers kept over retention calls: to be compared with the break-even conversion of retention."""
    margin: Ratio | None
    """Share of the revenue that is earned (``site.margin``); None: the whole revenue counts."""
    incrementality: Ratio
    """Share of the revenue that would not have come anyway."""
    rows: tuple[Spending, ...]
    """By goal: the centre first, then the others, those with the cheapest customers first."""
    assumptions: tuple[str, ...]
    """What the figures rest on, in sentences for a person."""
