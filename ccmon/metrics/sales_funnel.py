"""From dial attempts to sales: the counts of each step and the rates between them (metrics.md 8.1 and 8.2).

Money is integer minor units and never added over currencies.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ccmon.metrics.means import average
from ccmon.time_units import HOUR_MS


def revenue_per_call(net_revenue_cents: int, sales_calls: int) -> float | None:
    """Net revenue over answered sales calls, in minor units."""
    return average(net_revenue_cents, sales_calls)


def average_order(revenue_cents: int, orders: int) -> float | None:
    """Revenue over orders, in minor units."""
    return average(revenue_cents, orders)


def per_hour(count: int, worked_ms: int) -> float | None:
    """Sales, contacts or right-party contacts per hour worked (SPH, CPH, QCPH). None without time."""
    return count * HOUR_MS / worked_ms if worked_ms > 0 else None


class Order(Struct, frozen=True):
    """An order as it stands now."""

    amount_cents: int
    currency: str | None
    cancelled: bool = False


class Revenue(Struct, frozen=True):
    """Orders of one currency, by day of sale: a cancellation takes its order out of that day, which is then revised."""

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

    @property
    def revised(self) -> bool:
        """True when a cancellation has changed the day's net figures."""
        return self.cancelled_orders > 0


def revenue_by_currency(orders: Iterable[Order]) -> dict[str | None, Revenue]:
    """Gross and cancelled orders, each currency apart (None: the site's): amounts in two currencies have no sum."""
    by_currency: dict[str | None, Revenue] = {}
    for order in orders:
        before = by_currency.get(order.currency, Revenue(0, 0, 0, 0))
        by_currency[order.currency] = Revenue(
            orders=before.orders + 1,
            gross_cents=before.gross_cents + order.amount_cents,
            cancelled_orders=before.cancelled_orders + order.cancelled,
            cancelled_cents=before.cancelled_cents + (order.amount_cents if order.cancelled else 0),
        )
    return by_currency
