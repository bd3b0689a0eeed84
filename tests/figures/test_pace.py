"""Pace against the worked check of metrics.md 8.3, and the usual day's share against its definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.figures import pace
from ccmon.figures.pace import QUARTER_MS
from ccmon.figures.quota import projection
from ccmon.figures.sales import attainment
from ccmon.figures.sales import pace as pace_of

DAY = [(place * QUARTER_MS, 10) for place in range(36)]
"""Nine hours with ten calls in each quarter of an hour."""


def test_worked_check() -> None:
    expected = pace.expected(40, 0.45)
    assert expected == pytest.approx(18.0)
    assert pace_of(16, expected) == pytest.approx(0.889, abs=5e-4)
    assert projection(16, 0.45) == pytest.approx(35.6, abs=0.05)
    assert attainment(16, 40) == 0.4
    assert pace.expected(40, pace.linear_share(0, 9, 4)) == pytest.approx(40 * 4 / 9)
    assert pace_of(16, pace.expected(40, pace.linear_share(0, 90, 45))) == 0.8


def test_no_quota_no_expectation() -> None:
    assert pace.expected(None, 0.5) is None
    assert pace.expected(0, 0.5) is None
    assert pace.expected(40, None) is None
    assert pace_of(3, 0.0) is None


def test_calls_within_a_quarter_come_evenly() -> None:
    assert pace.calls_until(DAY, 0) == 0
    assert pace.calls_until(DAY, QUARTER_MS // 2) == 5
    assert pace.calls_until(DAY, 18 * QUARTER_MS) == 180


def test_fewer_than_four_days_say_nothing() -> None:
    assert pace.usual_share([(DAY, 9 * QUARTER_MS)] * 3) is None
    assert pace.usual_share([(DAY, 9 * QUARTER_MS)] * 4) == 0.25


def test_holidays_are_no_usual_days() -> None:
    holiday = [(0, 20)]
    days = [(DAY, 9 * QUARTER_MS)] * 4
    assert pace.usual_share([*days, (holiday, 9 * QUARTER_MS), ([], 0)]) == 0.25
    assert pace.usual_share([*days[:3], (holiday, 9 * QUARTER_MS), ([], 0)]) is None


def test_each_day_counts_alike() -> None:
    busy = [(0, 300), (QUARTER_MS, 100)]
    calm = [(0, 100), (QUARTER_MS, 300)]
    days = [(busy, QUARTER_MS)] * 2 + [(calm, QUARTER_MS)] * 2
    assert pace.usual_share(days) == pytest.approx((0.75 + 0.75 + 0.25 + 0.25) / 4)


curves = st.lists(st.integers(0, 50), min_size=1, max_size=40).map(
    lambda calls: [(place * QUARTER_MS, number) for place, number in enumerate(calls)]
)


@given(curves, st.integers(0, 40 * QUARTER_MS), st.integers(0, QUARTER_MS))
def test_a_share_grows_from_nothing_to_all(curve: list[tuple[int, int]], at: int, later: int) -> None:
    days = [(curve, at)] * 4
    share = pace.usual_share(days)
    if share is None:
        assert sum(calls for _, calls in curve) == 0
        return
    assert 0 <= share <= 1
    assert (pace.usual_share([(curve, at + later)] * 4) or 0) >= share - 1e-12
    assert pace.usual_share([(curve, 41 * QUARTER_MS)] * 4) == pytest.approx(1)
