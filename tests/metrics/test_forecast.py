"""Forecast, range and chance: one distribution of what is still to come (metrics.md 8.3)."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from ccmon.metrics.forecast import (
    Forecast,
    Rate,
    RemainingSales,
    SalesPerCall,
    arrival_chance,
    at_present_rate,
    at_usual_rate,
    chance,
    forecast,
    later_arrival_chance,
    overdispersion,
    shrunk_sales_per_call,
)
from ccmon.metrics.percentage import UNKNOWN, chance_text

counts = st.integers(0, 200)
rests = st.builds(RemainingSales, st.floats(0, 300), st.floats(0, 3))


@given(counts, rests)
def test_low_expected_and_high_lie_in_order_and_what_is_sold_stays_sold(sold: int, rest: RemainingSales) -> None:
    found = forecast(sold, rest)
    assert sold <= found.low <= found.expected <= found.high
    assert found.expected == pytest.approx(sold + rest.mean)


@given(counts, st.integers(1, 300), rests)
def test_the_chance_falls_with_the_quota_and_a_met_quota_has_chance_one(
    sold: int, quota: int, rest: RemainingSales
) -> None:
    found = chance(sold, quota, rest)
    assert found is not None
    assert 0 <= found <= 1
    assert (found == 1.0) or sold < quota
    assert sold < quota or found == 1.0
    assert (chance(sold, quota + 1, rest) or 0.0) <= found + 1e-9
    assert (chance(sold + 1, quota, rest) or 0.0) >= found - 1e-9


@given(counts, rests)
def test_range_and_chance_are_of_one_distribution(sold: int, rest: RemainingSales) -> None:
    """The ends of the range are reached as often as they say; a forecast of nothing more leaves no chance."""
    low, high = forecast(sold, rest).low, forecast(sold, rest).high
    assert (chance(sold, int(low), rest) or 1.0) > 0.95 - 1e-9
    assert (chance(sold, int(high) + 1, rest) or 0.0) <= 0.05 + 1e-9
    if rest.mean == 0:
        assert low == high == sold
        assert chance(sold, sold + 1, rest) == 0.0


@pytest.mark.parametrize(("mean", "relative_variance", "none_at_all"), [(2, 0.5, 0.25), (4, 0.25, 1 / 16), (1, 1, 0.5)])
def test_the_chance_is_the_negative_binomials(mean: float, relative_variance: float, none_at_all: float) -> None:
    """That nothing at all comes has probability ``(1 + v mean) ** (-1 / v)``, v the relative variance."""
    assert chance(7, 8, RemainingSales(mean, relative_variance)) == pytest.approx(1 - none_at_all)


def test_no_quota_no_chance() -> None:
    assert chance(3, None, RemainingSales(1, 0)) is None
    assert chance(3, 0, RemainingSales(1, 0)) is None
    assert chance(3, 4, None) is None
    assert chance(4, 4, None) == 1.0


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (None, UNKNOWN),
        (1.0, "100 %"),
        (0.9999, "> 99 %"),
        (0.99, "99 %"),
        (0.004, "< 1 %"),
        (0.01, "1 %"),
        (0.0, "< 1 %"),
    ],
)
def test_a_chance_is_written_0_or_100_percent_of_nothing_that_is_open(said: float | None, written: str) -> None:
    assert chance_text(said) == written


def test_at_the_present_rate() -> None:
    rest = at_present_rate(16, 0.45)
    assert rest is not None
    assert astuple(rest) == (pytest.approx(16.5 * 0.55 / 0.45), pytest.approx(1 / 16.5 + 0.16), Rate.PRESENT)
    assert at_present_rate(3, 0.0999) is None
    assert at_present_rate(3, 0.10) is not None
    nothing = at_present_rate(0, 0.5)
    assert nothing is not None
    assert nothing.mean == 0.5, "nothing sold by noon is not nothing for sure"
    over = at_present_rate(7, 1.0)
    assert over is not None
    assert forecast(7, over) == Forecast(7, 7, 7)
    assert chance(7, 8, over) == 0.0


def test_at_the_usual_rate_both_uncertainties_count() -> None:
    rest = at_usual_rate(100, 0.01, SalesPerCall(0.2, 0.04))
    assert astuple(rest) == (pytest.approx(20), pytest.approx(0.05), Rate.USUAL)


def test_a_conversion_is_shrunk_towards_the_teams() -> None:
    found = shrunk_sales_per_call(2, 40, 0.25, 60)
    assert found is not None
    assert found.mean == pytest.approx(17.5 / 101), "2 of 40 with 15 of 60, and Jeffreys' half a sale and half a call"
    variance = 17.5 * 83.5 / (101**2 * 102)
    assert found.relative_variance == pytest.approx(variance / found.mean**2), "of Beta(17.5, 83.5)"
    assert shrunk_sales_per_call(0, 0, 0.25, 0) is None
    over = shrunk_sales_per_call(12, 10, 0.0, 0)
    assert over is not None
    assert over.mean == pytest.approx(12.5 / 11), "two orders in one call"
    assert over.relative_variance == 0.0


@given(calls=st.integers(1, 2_000), to_come=st.floats(0.1, 50), quota=st.integers(1, 5))
def test_no_sale_so_far_is_no_certainty_of_none(calls: int, to_come: float, quota: int) -> None:
    found = shrunk_sales_per_call(0, calls, 0.0, 0)
    assert found is not None
    assert found.mean == pytest.approx(0.5 / (calls + 1))
    rest = at_usual_rate(to_come, 0.01, found)
    said = chance(0, quota, rest)
    assert said is not None
    assert 0 < said < 1
    assert forecast(0, rest).expected > 0
    more = shrunk_sales_per_call(1, calls, 0.0, 0)
    assert more is not None
    assert said < (chance(0, quota, at_usual_rate(to_come, 0.01, more)) or 0.0), "who has sold is likelier to"


def test_who_has_not_come_is_ever_less_likely_to() -> None:
    assert arrival_chance(-5) == arrival_chance(0) == 0.95
    assert arrival_chance(1_200_000) == pytest.approx(0.95 / exp(1))
    assert later_arrival_chance(0.8, 0.0) == 0.8
    assert later_arrival_chance(0.8, 0.5) == pytest.approx(0.4 / 0.6), (
        "half of those who come would have been here: Bayes"
    )
    assert later_arrival_chance(1.0, 1.0) == 0.0


def test_days_that_differ_more_than_by_chance() -> None:
    assert overdispersion([4, 16]) == pytest.approx((72 - 10) / 100)
    assert overdispersion([10, 10, 10]) == 0.0
    assert overdispersion([7]) == 0.0
    assert overdispersion([0, 0]) == 0.0
