"""What contacts and customers cost, and what the money would do elsewhere (metrics.md 10.6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics import costs


def test_live_labour_cost() -> None:
    assert costs.labour_cents(3200, 90 * 60_000) == 4800


def test_the_profit_view_and_its_assumptions() -> None:
    assert costs.earned_cents(1_000_000, 0.4) == 400_000
    assert costs.earned_cents(1_000_000, 0.4, incrementality=0.5) == 200_000
    assert costs.earned_cents(1_000_000, None) == 1_000_000


def test_returns() -> None:
    assert costs.return_on_investment(150, 100) == 0.5
    assert costs.paid_back_months(120_000, 240_000, 24) == 12


@given(st.integers(1, 10**9), st.integers(-(10**9), 10**9), st.floats(0.1, 60))
def test_what_is_paid_back_is_so_within_the_period(cost: int, earned: int, months: float) -> None:
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


def test_nothing_is_divided_by_nothing() -> None:
    assert costs.return_on_investment(100, 0) is None
    assert costs.paid_back_months(0, 0, 2) is None


def test_the_centre_beside_something_else() -> None:
    """A call of 6.00 against an advertisement at 40.00 a customer: 15 % conversion breaks even."""
    assert costs.break_even_conversion(600_000, 1000, 4000.0) == pytest.approx(0.15)
    assert costs.break_even_conversion(600_000, 0, 4000.0) is None
    assert costs.break_even_conversion(600_000, 1000, None) is None


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(1, 10**6))
def test_at_the_break_even_conversion_the_costs_per_customer_are_equal(cost: int, calls: int, other: int) -> None:
    conversion = costs.break_even_conversion(cost, calls, float(other))
    assert conversion is not None
    assert cost / (calls * conversion) == pytest.approx(other)
