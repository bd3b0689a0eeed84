"""Orders, revenue and the rates of sales (metrics.md 8.2)."""

from __future__ import annotations

from ccmon.metrics.sales_funnel import (
    Order,
    Revenue,
    average_order,
    per_hour,
    revenue_by_currency,
    revenue_per_call,
)


def test_a_mean_of_nothing_is_unknown_not_zero() -> None:
    assert revenue_per_call(0, 0) is None
    assert average_order(0, 0) is None
    assert per_hour(3, 0) is None


def test_money_and_hours() -> None:
    assert revenue_per_call(120_000, 80) == 1500
    assert average_order(120_000, 16) == 7500
    assert per_hour(9, 3 * 3_600_000) == 3


def test_a_cancelled_order_leaves_its_day_revised_and_currencies_apart() -> None:
    found = revenue_by_currency(
        [Order(1000, None), Order(2500, None, cancelled=True), Order(700, "USD"), Order(300, None)]
    )
    assert found == {None: Revenue(3, 3800, 1, 2500), "USD": Revenue(1, 700, 0, 0)}
    assert (found[None].net_orders, found[None].net_cents, found[None].revised) == (2, 1300, True)
    assert not found["USD"].revised
