"""The tails against sums in exact fractions and values published elsewhere."""

from __future__ import annotations

from fractions import Fraction
from math import comb, exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.distributions import (
    binomial_at_least,
    negative_binomial_at_least,
    negative_binomial_quantile,
    poisson_at_least,
)


def test_ten_problems_today_against_28_in_the_seven_days_before() -> None:
    """metrics.md 10.5: p = 0.0160; a plain Poisson of mean 4 would say 0.0081."""
    assert binomial_at_least(10, 38, 1 / 8) == pytest.approx(0.0160, abs=5e-5)
    assert poisson_at_least(10, 4) == pytest.approx(0.0081, abs=5e-5)


def test_poisson_tail_of_the_usual_tables() -> None:
    assert poisson_at_least(1, 1) == pytest.approx(0.6321, abs=5e-5)
    assert poisson_at_least(6, 3) == pytest.approx(0.0839, abs=5e-5)
    assert poisson_at_least(16, 10) == pytest.approx(0.0487, abs=5e-5)


@given(st.integers(0, 60), st.integers(1, 400).map(lambda tenths: tenths / 10))
def test_poisson_agrees_with_the_plain_sum(count: int, mean: float) -> None:
    below = sum(exp(-mean) * mean**k / factorial(k) for k in range(count))
    assert poisson_at_least(count, mean) == pytest.approx(1 - below, abs=1e-12)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
def test_binomial_agrees_with_the_sum_in_fractions(successes: int, trials: int, twentieths: int) -> None:
    share = Fraction(twentieths, 20)
    exact = sum(
        (comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(successes, trials + 1)), Fraction(0)
    )
    assert binomial_at_least(successes, trials, float(share)) == pytest.approx(float(exact), rel=1e-9, abs=1e-15)


@given(st.integers(0, 40), st.integers(1, 30), st.integers(1, 8))
def test_negative_binomial_agrees_with_the_sum_in_fractions(count: int, mean: int, shape: int) -> None:
    """Of a whole shape r it counts failures before the r-th success: comb(k + r - 1, k) p^r (1 - p)^k."""
    success = Fraction(shape, shape + mean)
    below = sum((comb(k + shape - 1, k) * success**shape * (1 - success) ** k for k in range(count)), Fraction(0))
    assert negative_binomial_at_least(count, mean, 1 / shape) == pytest.approx(float(1 - below), rel=1e-9, abs=1e-12)


@given(st.integers(0, 60), st.floats(0, 200), st.floats(0, 4), st.floats(0, 20))
def test_a_negative_binomial_tail_falls_with_the_count_and_grows_with_the_mean(
    count: int, mean: float, spread: float, more: float
) -> None:
    tail = negative_binomial_at_least(count, mean, spread)
    assert 0 <= tail <= 1
    assert negative_binomial_at_least(count + 1, mean, spread) <= tail + 1e-9
    assert negative_binomial_at_least(count, mean + more, spread) >= tail - 1e-9


@given(st.floats(0, 500), st.floats(0, 2), st.sampled_from([0.05, 0.5, 0.95]))
def test_a_quantile_is_the_least_count_that_is_enough(mean: float, spread: float, probability: float) -> None:
    found = negative_binomial_quantile(probability, mean, spread)
    assert 1 - negative_binomial_at_least(found + 1, mean, spread) >= probability
    assert found == 0 or 1 - negative_binomial_at_least(found, mean, spread) < probability


def test_without_spread_it_is_poisson() -> None:
    assert negative_binomial_at_least(6, 3, 0) == poisson_at_least(6, 3)
    assert negative_binomial_at_least(6, 3, 1e-6) == pytest.approx(poisson_at_least(6, 3), abs=1e-5)
    assert negative_binomial_at_least(1_000_000, 1_000_000, 1e-4) == pytest.approx(0.5, abs=0.01)
    with pytest.raises(ValueError, match="negative"):
        negative_binomial_at_least(1, 1, -0.1)


def test_a_large_mean_stays_quick_and_true() -> None:
    assert poisson_at_least(1_000_000, 1_000_000) == pytest.approx(0.5, abs=1e-3)
    assert poisson_at_least(1_010_000, 1_000_000) < 1e-20
    assert binomial_at_least(500_000, 1_000_000, 0.5) == pytest.approx(0.5, abs=1e-3)


def test_the_edges() -> None:
    assert poisson_at_least(0, 0) == 1
    assert poisson_at_least(1, 0) == 0
    assert binomial_at_least(0, 0, 0.5) == 1
    assert binomial_at_least(1, 0, 0.5) == 0
    assert binomial_at_least(5, 5, 1) == 1
    with pytest.raises(ValueError, match="probability"):
        binomial_at_least(1, 2, 1.5)
