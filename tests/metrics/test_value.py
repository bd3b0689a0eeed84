"""What contacts and customers cost, and what the money would do elsewhere (metrics.md 10.6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics import costs


def test_cost_per_contact_of_the_worked_example() -> None:
    """540 000 / 120 000 = 4.50, in minor units."""
    assert costs.cost_per_contact(54_000_000, 120_000) == 450
    assert costs.cost_per_resolved(54_000_000, 120_000, 0.75) == 600


def test_live_labour_cost() -> None:
    assert costs.labour_cents(3200, 90 * 60_000) == 4800
    assert costs.cost_per_contact(4800, 12) == 400
    assert costs.revenue_per_agent_hour(90_000, 90 * 60_000) == 60_000


def test_cost_of_customers_and_sales() -> None:
    assert costs.cost_per_acquisition(80_000, 20_000, 40) == 2500
    assert costs.cost_per_sale(80_000, 32) == 2500
    assert costs.cost_per_kept(80_000, 16) == 5000


def test_the_profit_view_and_its_assumptions() -> None:
    assert costs.contribution_cents(1_000_000, 0.4, 250_000) == 150_000
    assert costs.contribution_cents(1_000_000, 0.4, 250_000, incrementality=0.5) == -50_000
    assert costs.contribution_per_call(1_000_000, 0.4, 250_000, 500) == 300
    assert costs.saved_churn_cents(12, 8_000) == 96_000
    assert costs.budget_variance(110, 100) == pytest.approx(0.1)


def test_returns() -> None:
    assert costs.return_on_investment(150, 100) == 0.5
    assert costs.return_on_marketing(1000, 0.4, 250) == pytest.approx(0.6)
    assert costs.payback_months(120_000, 10_000) == 12


@given(st.integers(1, 10**9), st.integers(-(10**9), 10**9), st.floats(0.1, 60))
def test_what_is_paid_back_is_so_within_the_stretch(cost: int, earned: int, months: float) -> None:
    back = costs.paid_back_months(cost, earned, months)
    returned = costs.return_on_investment(earned, cost)
    assert returned is not None
    assert (back is None) == (returned < 0)
    assert back is None or 0 < back <= months * (1 + 1e-12)


def test_nothing_is_paid_back_in_no_time() -> None:
    assert costs.paid_back_months(100, 100, 2) == 2
    assert costs.paid_back_months(100, 200, 2) == 1
    assert costs.paid_back_months(100, 99, 2) is None
    assert costs.paid_back_months(100, 200, 0) is None


def test_present_value() -> None:
    """A textbook case: 1000 now for 500, 400 and 300 at 10 % is worth 10.52."""
    assert costs.net_present_value([-1000, 500, 400, 300], 0.10) == pytest.approx(10.518, abs=5e-4)
    assert costs.net_present_value([-1000, 500, 400, 300], 0) == 200
    assert costs.net_present_value([], 0.1) == 0
    assert (1 + costs.monthly_rate(0.10)) ** 12 == pytest.approx(1.10)
    with pytest.raises(ValueError, match="rate"):
        costs.net_present_value([1], -1)


def test_nothing_is_divided_by_nothing() -> None:
    assert costs.cost_per_contact(100, 0) is None
    assert costs.cost_per_resolved(100, 10, None) is None
    assert costs.cost_per_resolved(100, 10, 0.0) is None
    assert costs.cost_per_acquisition(100, 50, 0) is None
    assert costs.cost_per_sale(100, 0) is None
    assert costs.revenue_per_agent_hour(100, 0) is None
    assert costs.contribution_per_call(100, 0.4, 10, 0) is None
    assert costs.return_on_investment(100, 0) is None
    assert costs.return_on_marketing(100, 0.5, 0) is None
    assert costs.payback_months(100, 0) is None
    assert costs.payback_months(100, -5) is None
    assert costs.budget_variance(100, 0) is None
    assert costs.Spending(100).cost_per_customer is None
    assert costs.Spending(100).roi() is None
    assert costs.Spending(0, 3, 500).roi() is None


def test_the_centre_beside_something_else() -> None:
    """A call of 6.00 against an advertisement at 40.00 a customer: 15 % conversion breaks even."""
    advertisement = costs.Spending(cost_cents=400_000, customers=100, revenue_cents=900_000)
    assert advertisement.cost_per_customer == 4000
    assert advertisement.roi(margin=0.5) == pytest.approx(0.125)
    assert costs.break_even_conversion(600_000, 1000, advertisement.cost_per_customer) == pytest.approx(0.15)
    assert costs.break_even_conversion(600_000, 0, 4000.0) is None
    assert costs.break_even_conversion(600_000, 1000, None) is None
    assert costs.break_even_conversion_for_return(600_000, 1000, 4500.0, 0.125) == pytest.approx(0.15)
    assert costs.break_even_conversion_for_return(600_000, 1000, 0.0, 0.125) is None


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(1, 10**6))
def test_at_the_break_even_conversion_the_costs_per_customer_are_equal(cost: int, calls: int, other: int) -> None:
    conversion = costs.break_even_conversion(cost, calls, float(other))
    assert conversion is not None
    assert cost / (calls * conversion) == pytest.approx(other)


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(1, 10**6), st.floats(-0.9, 5))
def test_at_the_break_even_conversion_the_returns_are_equal(cost: int, calls: int, margin: int, roi: float) -> None:
    conversion = costs.break_even_conversion_for_return(cost, calls, float(margin), roi)
    assert conversion is not None
    assert costs.return_on_investment(calls * conversion * margin, cost) == pytest.approx(roi, abs=1e-9)
