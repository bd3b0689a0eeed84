"""Where a growing count will end: forecast, range and chance from one distribution (metrics.md 8.3).

The rest still to come is a Poisson count whose mean is not known exactly: negative binomial.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from math import exp

from msgspec import Struct

from ccmon.metrics.distributions import negative_binomial_at_least, negative_binomial_quantile
from ccmon.number_types import Quantity

FORECAST_FROM_SHARE = 0.10
"""Without a usual rate, a forecast says nothing before this share of the day has elapsed."""
SHARE_RELATIVE_VARIANCE = 0.16
"""Relative variance of a rest whose share is known only from the clock: hours differ by about 40 %."""
JEFFREYS_SALES = 0.5
"""Half a sale added to those made (Jeffreys' prior), so that none so far does not mean none to come."""
LOW, HIGH = 0.05, 0.95
"""The quantiles at the ends of the range."""
USUAL_LATE_MS = 1_200_000
"""Each time this long after the start of a shift makes an absent agent 2.7 times less likely to come at all."""
ORDERS_DIFFER = 1.0
"""Usual relative variance of single orders; it counts as much as `PRIOR_DIFFER` orders."""
PRIOR_DIFFER = 4
ARRIVES = 0.95
"""How likely an agent is to come, before the shift starts."""


class Rate(StrEnum):
    """The rate at which the rest of a period is assumed to come in."""

    USUAL = "usual rate"
    PRESENT = "present rate"


class RemainingSales(Struct, frozen=True):
    """Sales still to come in a period."""

    mean: float
    relative_variance: float
    """Variance of the mean over its square: how uncertain the mean itself is. 0: known exactly (Poisson)."""
    rate: Rate = Rate.USUAL
    """The rate at which the rest is assumed to come in."""


class OrderValue(Struct, frozen=True):
    """The value of an order."""

    mean: float
    """The mean of one order, in cents; above 0."""
    differs: float
    """Relative variance of single orders around it."""
    relative_variance: float
    """Relative variance of the mean itself: how uncertain it is."""


class Forecast(Struct, frozen=True):
    """Where a period will end."""

    expected: Quantity
    """The mean."""
    low: Quantity
    """The range that holds the end with 90 % begins here."""
    high: Quantity
    """The range that holds the end with 90 % ends here."""


class RevenueForecast(Struct, frozen=True):
    """What a period will have brought at its end, in cents."""

    expected: float
    """The mean."""
    low: float
    """The range that holds the end with 90 % begins here."""
    high: float
    """The range that holds the end with 90 % ends here."""


def at_present_rate(sold: int, share: float) -> RemainingSales | None:
    """The rest if only the period itself shows the rate: ``share`` of it has elapsed and brought ``sold``.

    The rate is gamma distributed around what was sold (`JEFFREYS_SALES`), and the share is uncertain. None in the first
    tenth.
    """
    if share < FORECAST_FROM_SHARE:
        return None
    known = sold + JEFFREYS_SALES
    return RemainingSales(known * max(0.0, 1 - share) / share, 1 / known + SHARE_RELATIVE_VARIANCE, Rate.PRESENT)


def at_usual_rate(calls: float, calls_relative_variance: float, sales_per_call: SalesPerCall) -> RemainingSales:
    """The rest, from the sales calls still to come and the sales that each brings."""
    return RemainingSales(calls * sales_per_call.mean, calls_relative_variance + sales_per_call.relative_variance)


class SalesPerCall(Struct, frozen=True):
    """Sales per sales call (a conversion counts converted calls instead), and how uncertain that is."""

    mean: float
    relative_variance: float
    """Variance of the mean over its square."""


def shrunk_sales_per_call(sold: float, calls: float, prior: float, prior_calls: float) -> SalesPerCall | None:
    """Sales per call, shrunk towards what is usual for others as if ``prior_calls`` more had been counted.

    The mean and relative variance of the beta distribution, with ``JEFFREYS_SALES`` and as many calls without a sale
    added to the counts; None where nothing is known. Calls with several orders can lift it above 1.
    """
    if calls + prior_calls <= 0:
        return None
    weight = calls + prior_calls + 2 * JEFFREYS_SALES
    mean = (sold + prior * prior_calls + JEFFREYS_SALES) / weight
    return SalesPerCall(mean, max(0.0, 1 - mean) / (mean * (weight + 1)))


def forecast(sold: int, rest: RemainingSales) -> Forecast:
    """The expected end and the range that holds it with 90 %; never below what has been sold."""
    low, high = (sold + negative_binomial_quantile(p, rest.mean, rest.relative_variance) for p in (LOW, HIGH))
    expected = sold + rest.mean
    return Forecast(expected, min(expected, low), max(expected, high))


def order_value(
    orders: int, revenue_cents: float, differs: float, prior: OrderValue | None, weight: int
) -> OrderValue | None:
    """The mean value of the orders sold, shrunk towards what is usual for others as if ``weight`` more were known.

    None where no order is known, or orders bring nothing.

    Args:
        orders: how many were sold.
        revenue_cents: what they brought.
        differs: relative variance of single orders (`orders_differ`).
        prior: the order value of others.
        weight: how many orders ``prior`` counts as.
    """
    known = orders + (weight if prior else 0)
    revenue = revenue_cents + (weight * prior.mean if prior else 0.0)
    if known <= 0 or revenue <= 0:
        return None
    return OrderValue(revenue / known, differs, differs / known)


def orders_differ(orders: int, revenue_cents: float, squares: float) -> float:
    """Relative variance of single orders, from their number, their sum and the sum of their squares."""
    found = squares * orders / revenue_cents**2 - 1 if revenue_cents else 0.0
    return (max(0.0, found) * orders + ORDERS_DIFFER * PRIOR_DIFFER) / (orders + PRIOR_DIFFER)


def revenue_forecast(earned_cents: int, rest: RemainingSales, order: OrderValue) -> RevenueForecast:
    """The expected end in cents and the range that holds it with 90 %: each sale to come brings an order's value.

    The sum of the orders is taken as a negative binomial number of equal parts with the same mean and variance: each
    part is an order's mean times one plus its relative variance.
    """
    part = order.mean * (1 + order.differs)
    mean = rest.mean / (1 + order.differs)
    relative_variance = (1 + rest.relative_variance) * (1 + order.relative_variance) - 1
    low, high = (earned_cents + part * negative_binomial_quantile(p, mean, relative_variance) for p in (LOW, HIGH))
    expected = expected_revenue(earned_cents, rest, order)
    return RevenueForecast(expected, min(expected, low), max(expected, high))


def expected_revenue(earned_cents: int, rest: RemainingSales, order: OrderValue) -> float:
    """The mean of `revenue_forecast`, which needs no distribution."""
    return earned_cents + rest.mean * order.mean


def chance(sold: int, quota: int | None, rest: RemainingSales | None) -> float | None:
    """Probability that the quota is reached; None without a quota, or where the rest is unknown."""
    if not quota:
        return None
    if sold >= quota:
        return 1.0
    return None if rest is None else negative_binomial_at_least(quota - sold, rest.mean, rest.relative_variance)


def arrival_chance(since_start_ms: int) -> float:
    """How likely an agent who has not come yet still does, by the time since the shift began (negative: before)."""
    return ARRIVES * exp(-max(0, since_start_ms) / USUAL_LATE_MS)


def later_arrival_chance(usually: float, share: float) -> float:
    """How likely an agent still comes who comes with probability ``usually`` and has not by a ``share`` of the day."""
    return usually * (1 - share) / (1 - usually * share) if usually * share < 1 else 0.0


def overdispersion(counts: Iterable[float]) -> float:
    """How much more days differ than by chance: ``(variance - mean) / mean**2``, at least 0; 0 below two days."""
    values = list(counts)
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    if mean <= 0:
        return 0.0
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return max(0.0, (variance - mean) / mean**2)
