"""Today's sales in detail: the two directions separately, gross and net, and new customers (metrics.md 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import Struct

from ccmon.metrics.sales import Order, Revenue, revenue_by_currency
from ccmon.model.sales import OtherCurrency, SalesDetail
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.funnel_sums import FunnelSums
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.periodic_data import PeriodicData
from ccmon.snapshot.periodic_rows import DaySale
from ccmon.snapshot.scopes import Scope, is_agent, scopes

NO_REVENUE = Revenue(0, 0, 0, 0)


class _Calls(Struct):
    """Calls of one scope."""

    inbound_calls: int = 0
    attempts: int = 0
    contacts: int = 0
    right_party: int = 0

    def add(self, direction: str, *, visits: int, answered: int, sales_calls: int) -> None:
        if direction == "inbound":
            self.inbound_calls += sales_calls
        else:
            self.attempts += visits
            self.contacts += answered
            self.right_party += sales_calls


class _Orders(Struct, frozen=True):
    """Orders of one scope."""

    inbound_converted: int
    outbound_converted: int
    revenue: Revenue
    """In the site's currency."""
    others: tuple[OtherCurrency, ...]
    new: int


NO_CALLS, NO_ORDERS = _Calls(), _Orders(0, 0, NO_REVENUE, (), 0)


class SalesDetails:
    """The details by scope; those of an agent are made when they are asked for."""

    def __init__(self, periodic_data: PeriodicData, funnel: FunnelSums, cache: InputCache) -> None:
        """Nothing is made of an agent's calls yet.

        Args:
            periodic_data: what was read.
            funnel: the sums of its calls; what is needed of them is taken now.
            cache: what was made from an earlier reading.
        """
        directory, sales = periodic_data.directory, periodic_data.sales
        self._new_known = periodic_data.finished is not None
        self._orders = cache.get("orders by scope", (sales, directory), lambda: _orders_by_scope(sales, directory))
        self._calls = _calls_of_groups(funnel, directory)
        self._funnel, self._kinds = funnel.funnel, funnel.kinds
        self._made: dict[Scope, SalesDetail | None] = {}

    def get(self, scope: Scope) -> SalesDetail | None:
        """The details of a scope; None for one without calls and orders."""
        if scope not in self._made:
            self._made[scope] = self._make(scope)
        return self._made[scope]

    def _make(self, scope: Scope) -> SalesDetail | None:
        calls, orders = self._of_agent(scope) if is_agent(scope) else self._calls.get(scope), self._orders.get(scope)
        if calls is None and orders is None:
            return None
        calls, orders = calls or NO_CALLS, orders or NO_ORDERS
        return SalesDetail(
            inbound_calls=calls.inbound_calls,
            inbound_converted=orders.inbound_converted,
            attempts=calls.attempts,
            contacts=calls.contacts,
            right_party=calls.right_party,
            outbound_converted=orders.outbound_converted,
            orders=orders.revenue.orders,
            gross_cents=orders.revenue.gross_cents,
            cancelled_orders=orders.revenue.cancelled_orders,
            cancelled_cents=orders.revenue.cancelled_cents,
            new_customers=orders.new if self._new_known else None,
            other_currencies=orders.others,
        )

    def _of_agent(self, scope: Scope) -> _Calls | None:
        _, agent_id = scope
        found = [row for kind in self._kinds if (row := self._funnel.get((agent_id, *kind))) is not None]
        if not found:
            return None
        calls = _Calls()
        for row in found:
            calls.add(row.direction, visits=row.visits, answered=row.answered, sales_calls=row.sales_calls)
        return calls


def _calls_of_groups(funnel: FunnelSums, directory: Directory) -> Mapping[Scope, _Calls]:
    """Calls of the centre, clients, teams and campaigns: agents of one team count for the same ones."""
    calls: defaultdict[Scope, _Calls] = defaultdict(_Calls)
    for sums in funnel.by_team:
        for scope in _credited(directory, sums.agent_id, sums.campaign_id, calls=sums.direction):
            if not is_agent(scope):
                calls[scope].add(
                    sums.direction, visits=sums.visits, answered=sums.answered, sales_calls=sums.sales_calls
                )
    return calls


class _OrderCounts:
    """What is counted of one scope's orders."""

    def __init__(self) -> None:
        self.converted: dict[str, set[int]] = {"inbound": set(), "outbound": set()}
        self.orders: list[Order] = []
        self.new = 0

    def result(self) -> _Orders:
        revenue = revenue_by_currency(self.orders)
        own = revenue.pop(None, NO_REVENUE)
        return _Orders(
            inbound_converted=len(self.converted["inbound"]),
            outbound_converted=len(self.converted["outbound"]),
            revenue=own,
            others=tuple(
                OtherCurrency(currency or "", each.net_orders, each.gross_cents, each.net_cents)
                for currency, each in sorted(revenue.items(), key=lambda item: item[0] or "")
            ),
            new=self.new,
        )


def _orders_by_scope(sales: Iterable[DaySale], directory: Directory) -> Mapping[Scope, _Orders]:
    counts: defaultdict[Scope, _OrderCounts] = defaultdict(_OrderCounts)

    @cache
    def credited(agent_id: int | None, campaign_id: int | None, calls: str | None) -> list[_OrderCounts]:
        return [counts[scope] for scope in _credited(directory, agent_id, campaign_id, calls=calls)]

    for sale in sales:
        order = Order(sale.amount_cents, sale.other_currency, bool(sale.cancelled))
        for count in credited(sale.agent_id, sale.campaign_id, None):
            count.orders.append(order)
            count.new += sale.is_first
        if sale.call_id is not None and sale.converts and not sale.cancelled:
            for count in credited(sale.agent_id, sale.campaign_id, sale.direction):
                count.converted[sale.direction or "inbound"].add(sale.call_id)
    return {scope: count.result() for scope, count in counts.items()}


def _credited(
    directory: Directory, agent_id: int | None, campaign_id: int | None, *, calls: str | None = None
) -> Iterable[Scope]:
    """The scopes credited with an order or with calls; inbound calls are no sales calls of a campaign's client."""
    yield from scopes(directory, agent_id or 0, None if calls == "inbound" else campaign_id)
    if campaign_id is not None:
        yield "campaign", campaign_id
