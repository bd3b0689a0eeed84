"""From dial attempts to sales (metrics.md 8.1 and 8.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.sales_funnel import (
    Attempt,
    Funnel,
    Order,
    Revenue,
    average_order,
    funnel,
    list_contact_rate,
    missed_chance,
    per_hour,
    revenue_by_currency,
    revenue_per_call,
)

attempts = st.lists(st.builds(Attempt, *[st.booleans()] * 4))


def test_rates_of_a_campaign() -> None:
    steps = Funnel(attempts=1000, connects=400, contacts=250, right_party=200, converted=30)
    assert steps.answer_rate == 0.25
    assert steps.connect_rate == 0.4
    assert steps.right_party_rate == 0.8
    assert steps.conversion == 0.15
    assert steps.sales_per_contact == 0.12
    assert steps.sales_per_attempt == 0.03


def test_a_sale_implies_a_contact_though_the_disposition_says_none() -> None:
    """The trap of 8.1: the stock status SALE has customer_contact = N."""
    steps = funnel([Attempt(sold=True), Attempt(connected=True), Attempt(connected=True, live_person=True), Attempt()])
    assert steps == Funnel(attempts=4, connects=3, contacts=2, right_party=1, converted=1)


@given(attempts)
def test_each_step_is_at_most_the_one_before(dialled: list[Attempt]) -> None:
    steps = funnel(dialled)
    assert steps.attempts >= steps.connects >= steps.contacts >= steps.right_party >= steps.converted >= 0
    for rate in (steps.answer_rate, steps.right_party_rate, steps.conversion, steps.sales_per_attempt):
        assert rate is None or 0 <= rate <= 1


def test_nothing_dialled_is_unknown_not_zero() -> None:
    steps = funnel([])
    assert (steps.answer_rate, steps.right_party_rate, steps.conversion, steps.sales_per_attempt) == (None,) * 4
    assert list_contact_rate(0, 0) is None
    assert revenue_per_call(0, 0) is None
    assert average_order(0, 0) is None
    assert per_hour(3, 0) is None
    assert missed_chance(4, None, 5000.0) is None


def test_money_and_hours() -> None:
    assert revenue_per_call(120_000, 80) == 1500
    assert average_order(120_000, 16) == 7500
    assert per_hour(9, 3 * 3_600_000) == 3
    assert missed_chance(20, 0.15, 7500.0) == pytest.approx(22_500)
    assert list_contact_rate(30, 120) == 0.25


def test_a_cancelled_order_leaves_its_day_revised_and_currencies_apart() -> None:
    found = revenue_by_currency(
        [Order(1000, None), Order(2500, None, cancelled=True), Order(700, "USD"), Order(300, None)]
    )
    assert found == {None: Revenue(3, 3800, 1, 2500), "USD": Revenue(1, 700, 0, 0)}
    assert (found[None].net_orders, found[None].net_cents, found[None].revised) == (2, 1300, True)
    assert not found["USD"].revised
