"""Conversion and attainment, sales per hour, orders and their revenue (metrics.md 8).

Money is in whole minor units and never added across currencies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from ccmon.metrics.ratios import share
from ccmon.time_units import HOUR_MS


def conversion(converted: int, sales_calls: int) -> float | None:
    """Converted sales calls over sales calls. None for an empty set, and where sales exceed the calls known."""
    return share(converted, sales_calls)


def attainment(sales: int, quota: int | None) -> float | None:
    """Sales to date over the full quota of the period (metrics.md 8.3). None without a quota or for a quota of 0."""
    return sales / quota if quota else None


def per_hour(count: int, worked_ms: int) -> float | None:
    """Sales, calls or revenue per hour worked. None without time."""
    return count * HOUR_MS / worked_ms if worked_ms > 0 else None


class Order(Struct, frozen=True):
    """An order as it stands now."""

    amount_cents: int
    currency: str | None
    cancelled: bool = False


class Revenue(Struct, frozen=True):
    """Orders of one currency, by day of sale: a cancellation revises that day's figures."""

    orders: int
    gross_cents: int
    cancelled_orders: int
    cancelled_cents: int

    @property
    def net_orders(self) -> int:
        """Orders that stand."""
        return self.orders - self.cancelled_orders

    @property
    def net_cents(self) -> int:
        """Revenue of the orders that stand."""
        return self.gross_cents - self.cancelled_cents


def revenue_by_currency(orders: Iterable[Order]) -> dict[str | None, Revenue]:
    """Gross and cancelled orders per currency (None: the site's): amounts in different currencies have no sum."""
    by_currency: defaultdict[str | None, list[Order]] = defaultdict(list)
    for order in orders:
        by_currency[order.currency].append(order)
    return {currency: _revenue(of_currency) for currency, of_currency in by_currency.items()}


def _revenue(orders: Sequence[Order]) -> Revenue:
    cancelled = [order.amount_cents for order in orders if order.cancelled]
    return Revenue(
        orders=len(orders),
        gross_cents=sum(order.amount_cents for order in orders),
        cancelled_orders=len(cancelled),
        cancelled_cents=sum(cancelled),
    )
