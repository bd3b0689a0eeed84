"""What contacts, customers and sales cost, and what the same money would buy elsewhere (metrics.md 10.6).

Money is in minor units of one currency; means and rates are not rounded. A figure over an empty set or a cost of 0 is
None.
"""

from __future__ import annotations

from ccmon.time_units import HOUR_MS


def labour_cents(hourly_cost_cents: int, logged_in_ms: int) -> float:
    """Wages for the time logged in, pauses included: the live substitute for cost, "labour only"."""
    return hourly_cost_cents * logged_in_ms / HOUR_MS


def earned_cents(revenue_cents: int, margin: float | None, incrementality: float = 1.0) -> float:
    """``revenue * margin * incrementality``; with an unknown margin the whole revenue counts.

    ``incrementality`` is the share of the revenue that would not have come anyway; show it as the assumption it is.
    """
    return revenue_cents * (1.0 if margin is None else margin) * incrementality


def return_on_investment(gain_cents: float, cost_cents: float) -> float | None:
    """``(gain - cost) / cost``. Unknown for a cost of 0."""
    return (gain_cents - cost_cents) / cost_cents if cost_cents > 0 else None


def paid_back_months(cost_cents: float, earned_cents: float, months: float) -> float | None:
    """Months until the earnings of a period of ``months``, coming in evenly, have paid back its cost.

    None where they do not: with a return below 0, the cost is not paid back within the period.
    """
    if months <= 0 or earned_cents < cost_cents or earned_cents <= 0:
        return None
    return cost_cents / (earned_cents / months)


def break_even_conversion(cost_cents: float, calls: int, other_cost_per_customer: float | None) -> float | None:
    """The conversion at which the centre wins customers as cheaply as something else does.

    A call costs ``cost / calls``; a customer costs that over the conversion; so ``conversion = cost per call / other's
    cost per customer``. Above 1 the centre cannot match it at any conversion. None without calls or without the other's
    cost.
    """
    if calls <= 0 or not other_cost_per_customer or other_cost_per_customer <= 0:
        return None
    return cost_cents / calls / other_cost_per_customer
