"""Conversion, orders and revenue (metrics.md 8.2)."""

from __future__ import annotations

from ccmon.metrics import sales


def test_conversion_that_cannot_be_is_unknown() -> None:
    assert sales.conversion(0, 0) is None
    assert sales.conversion(3, 2) is None
    assert sales.conversion(1, 4) == 0.25


def test_no_time_no_sales_an_hour() -> None:
    assert sales.per_hour(3, 0) is None


def test_a_cancelled_order_is_counted_apart_and_so_are_currencies() -> None:
    found = sales.revenue_by_currency(
        [
            sales.Order(1000, None),
            sales.Order(2500, None, cancelled=True),
            sales.Order(700, "USD"),
            sales.Order(300, None),
        ]
    )
    assert found == {None: sales.Revenue(3, 3800, 1, 2500), "USD": sales.Revenue(1, 700, 0, 0)}
    assert (found[None].net_orders, found[None].net_cents) == (2, 1300)
