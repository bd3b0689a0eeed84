"""What contacts, customers and sales cost, and what the money would do elsewhere (metrics.md 10.6).

Money is in minor units of one currency; means and rates are not rounded. A figure over an empty set or a cost of 0 is
None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ccmon.metrics.wait_times import average

HOUR_MS = 3_600_000


def cost_per_contact(total_cost_cents: int, handled: int) -> float | None:
    """Total operating cost over handled customer calls (abandoned ones bring no service and are not among them)."""
    return average(total_cost_cents, handled)


def cost_per_resolved(total_cost_cents: int, handled: int, first_contact_rate: float | None) -> float | None:
    """Cost per contact over the share of contacts settled at once."""
    cost = cost_per_contact(total_cost_cents, handled)
    return cost / first_contact_rate if cost is not None and first_contact_rate else None


def labour_cents(hourly_cost_cents: int, paid_ms: int) -> float:
    """Loaded wages for paid time: the live proxy of cost, "labour only"."""
    return hourly_cost_cents * paid_ms / HOUR_MS


def cost_per_acquisition(sales_cost_cents: int, campaign_spend_cents: int, new_customers: int) -> float | None:
    """The centre's sales cost and campaign spend over new customers."""
    return average(sales_cost_cents + campaign_spend_cents, new_customers)


def cost_per_sale(sales_cost_cents: int, sales: int) -> float | None:
    """Sales cost over orders that stand."""
    return average(sales_cost_cents, sales)


def cost_per_kept(retention_cost_cents: int, customers_kept: int) -> float | None:
    """Retention cost over customers kept or won back."""
    return average(retention_cost_cents, customers_kept)


def revenue_per_agent_hour(revenue_cents: int, worked_ms: int) -> float | None:
    """Revenue for each hour worked."""
    return revenue_cents * HOUR_MS / worked_ms if worked_ms > 0 else None


def contribution_cents(revenue_cents: int, margin: float, cost_cents: float, incrementality: float = 1.0) -> float:
    """``revenue * margin * incrementality - cost``: the profit-centre view.

    ``incrementality`` is the share of the revenue that would not have come anyway; show it as the assumption it is.
    """
    return revenue_cents * margin * incrementality - cost_cents


def contribution_per_call(
    revenue_cents: int, margin: float, cost_cents: float, calls: int, incrementality: float = 1.0
) -> float | None:
    """`contribution_cents` over calls."""
    return contribution_cents(revenue_cents, margin, cost_cents, incrementality) / calls if calls > 0 else None


def return_on_investment(gain_cents: float, cost_cents: float) -> float | None:
    """``(gain - cost) / cost``. Unknown for a cost of 0."""
    return (gain_cents - cost_cents) / cost_cents if cost_cents > 0 else None


def return_on_marketing(extra_revenue_cents: float, margin: float, spend_cents: float) -> float | None:
    """ROMI: ``(extra revenue * margin - spend) / spend``. Unknown for a spend of 0."""
    return return_on_investment(extra_revenue_cents * margin, spend_cents)


def payback_months(investment_cents: float, monthly_net_inflow_cents: float) -> float | None:
    """Months until the investment has come back. Undefined for an inflow of 0 or less."""
    return investment_cents / monthly_net_inflow_cents if monthly_net_inflow_cents > 0 else None


def paid_back_months(cost_cents: float, earned_cents: float, months: float) -> float | None:
    """Months after which the earnings of a stretch of ``months`` have brought its cost back, coming in evenly.

    None where they have not: a return below 0 is not paid back within the stretch, whatever comes in each month.
    """
    if months <= 0 or earned_cents < cost_cents:
        return None
    return payback_months(cost_cents, earned_cents / months)


def net_present_value(cash_flows_cents: Sequence[float], rate: float) -> float:
    """``sum(cash_t / (1 + r)^t)`` from ``t = 0``; ``rate`` is per step of the flows.

    Raises:
        ValueError: the rate is -1 or less.
    """
    if rate <= -1:
        raise ValueError("a discount rate must be above -1")
    return sum(cash / (1 + rate) ** step for step, cash in enumerate(cash_flows_cents))


def monthly_rate(yearly_rate: float) -> float:
    """The rate per month that compounds to the yearly one."""
    return float((1 + yearly_rate) ** (1 / 12) - 1)


def budget_variance(actual_cost_cents: int, budget_cents: int) -> float | None:
    """Cost over budget as a share of the budget; below 0 is less than planned."""
    return return_on_investment(actual_cost_cents, budget_cents)


def saved_churn_cents(customers_kept: int, yearly_margin_cents: int) -> int:
    """What kept customers bring in a year. An estimate: for the profit-centre view alone, and marked as one."""
    return customers_kept * yearly_margin_cents


@dataclass(frozen=True, slots=True)
class Spending:
    """Money spent on a goal, by the centre or by something else, and what came of it."""

    cost_cents: int
    customers: int | None = None
    """Customers won or kept."""
    revenue_cents: int | None = None

    @property
    def cost_per_customer(self) -> float | None:
        """Cost over customers won or kept."""
        return average(self.cost_cents, self.customers or 0)

    def roi(self, margin: float = 1.0, incrementality: float = 1.0) -> float | None:
        """Return on the money spent; None where no revenue is known."""
        if self.revenue_cents is None:
            return None
        return return_on_investment(self.revenue_cents * margin * incrementality, self.cost_cents)


def break_even_conversion(cost_cents: float, calls: int, other_cost_per_customer: float | None) -> float | None:
    """The conversion at which the centre wins customers as cheaply as something else does.

    A call costs ``cost / calls``; a customer costs that over the conversion; so ``conversion = cost per call /
    other's cost per customer``. Above 1 the centre cannot match it at any conversion. None without calls or without
    the other's cost.
    """
    if calls <= 0 or not other_cost_per_customer or other_cost_per_customer <= 0:
        return None
    return cost_cents / calls / other_cost_per_customer


def break_even_conversion_for_return(
    cost_cents: float, calls: int, margin_per_sale_cents: float, other_roi: float | None
) -> float | None:
    """The conversion at which a call returns as much on its cost as something else does.

    ``cost per call (1 + ROI) / margin``.

    None without calls, without a margin or without the other's return.
    """
    if calls <= 0 or margin_per_sale_cents <= 0 or other_roi is None:
        return None
    return cost_cents / calls * (1 + other_roi) / margin_per_sale_cents
