"""The Wilson interval against published tables (metrics.md 9.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.confidence_interval import wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (1, 1, 0.2065, 1.0),
        (8, 10, 0.4902, 0.9433),
        (10, 10, 0.7225, 1.0),
        (16, 20, 0.5840, 0.9193),
        (45, 50, 0.7864, 0.9565),
        (960, 1200, 0.7764, 0.8217),
    ],
)
def test_wilson_table(successes: int, trials: int, low: float, high: float) -> None:
    interval = wilson_interval(successes, trials)
    assert interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_holds_the_share_and_stays_a_share(successes: int, failures: int) -> None:
    interval = wilson_interval(successes, successes + failures)
    if interval is None:
        assert successes + failures == 0
        return
    low, high = interval
    assert 0 <= low <= successes / (successes + failures) + 1e-12
    assert successes / (successes + failures) - 1e-12 <= high <= 1


def test_the_interval_of_impossible_counts_is_unknown() -> None:
    assert wilson_interval(3, 2) is None
