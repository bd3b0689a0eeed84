"""Ranks, means, occupancy, handling time and the Wilson interval against sorted lists and published tables."""

from __future__ import annotations

from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics import agents, handling, sales, wait_times


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=300), st.sampled_from([0.5, 0.8, 0.9, 0.95, 1.0]))
def test_nearest_rank_is_a_rank_of_the_sorted_list(values: list[int], share: float) -> None:
    assert (
        wait_times.nearest_rank(Counter(values), share)
        == sorted(values)[max(1, ceil(round(share * len(values), 9))) - 1]
    )


def test_nearest_rank_by_hand() -> None:
    assert wait_times.nearest_rank(Counter(range(1, 11)), 0.9) == 9
    assert wait_times.nearest_rank(Counter(range(1, 11)), 0.5) == 5
    assert wait_times.nearest_rank({7: 1}, 0.9) == 7
    assert wait_times.nearest_rank({}, 0.9) is None


@given(st.lists(st.lists(st.integers(0, 900), max_size=30), max_size=6))
def test_merged_histograms_rank_as_one_list(parts: list[list[int]]) -> None:
    together = [value for part in parts for value in part]
    merged = sum((Counter(part) for part in parts), Counter[int]())
    assert wait_times.nearest_rank(merged, 0.9) == wait_times.nearest_rank(Counter(together), 0.9)


@given(st.integers(0, 10**6), st.integers(0, 10**5), st.integers(-2_500, 2_500))
def test_a_wait_is_longer_from_that_moment_on(entered_at: int, length_ms: int, beside: int) -> None:
    at = wait_times.longer_from(entered_at, length_ms) + beside
    assert (wait_times.wait_ms(entered_at, at) > length_ms) == (beside >= 0)


def test_means_of_nothing_are_unknown() -> None:
    assert wait_times.average(0, 0) is None
    assert wait_times.average(0, 3) == 0
    assert handling.average_handling(0, 0, 0, 0) is None
    assert handling.average_handling(180_000, 20_000, 40_000, 2) == 120_000


def test_occupancy_of_an_hour() -> None:
    minute = 60_000
    assert agents.occupancy(36 * minute, 0, 6 * minute, 18 * minute) == pytest.approx(0.7)
    assert agents.occupancy(14 * minute, 0, 0, 0) is None
    assert agents.occupancy(15 * minute, 0, 0, 0) == 1


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
    interval = sales.wilson_interval(successes, trials)
    assert interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_holds_the_share_and_stays_a_share(successes: int, failures: int) -> None:
    interval = sales.wilson_interval(successes, successes + failures)
    if interval is None:
        assert successes + failures == 0
        return
    low, high = interval
    assert 0 <= low <= successes / (successes + failures) + 1e-12
    assert successes / (successes + failures) - 1e-12 <= high <= 1


def test_conversion_that_cannot_be_is_unknown() -> None:
    assert sales.conversion(0, 0) is None
    assert sales.conversion(3, 2) is None
    assert sales.conversion(1, 4) == 0.25
    assert sales.wilson_interval(3, 2) is None
