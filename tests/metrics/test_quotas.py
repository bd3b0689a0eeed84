"""Quota: what is still asked, whether it can be reached, how it is shared out (metrics.md 8.3)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.confidence_interval import wilson_interval
from ccmon.metrics.pace import pace
from ccmon.metrics.quotas import (
    Verdict,
    misses_its_beginning,
    of_no_client,
    required,
    required_per,
    spread_over_agents,
    verdict,
)
from ccmon.metrics.ratios import spread
from ccmon.metrics.sales import attainment

HOUR = 3_600_000
weights = st.dictionaries(st.integers(0, 50), st.integers(0, 60 * HOUR), min_size=1, max_size=20)


def test_the_worked_example() -> None:
    """Q = 40, F(13:00) = 0.45, S = 16: expected 18.0, pace 88.9 %, required 24; linear 20 and 80 %."""
    expected = 40 * 0.45
    assert expected == pytest.approx(18.0)
    assert pace(16, expected) == pytest.approx(0.889, abs=5e-4)
    assert attainment(16, 40) == 0.4
    assert required(16, 40) == 24
    linear = 40 * 4.5 / 9
    assert linear == 20
    assert pace(16, linear) == pytest.approx(0.8)
    assert required_per(24, int(4.5 * HOUR), HOUR) == pytest.approx(24 / 4.5)


def test_what_the_rest_must_bring() -> None:
    assert required_per(24, 120.0) == pytest.approx(0.2)
    assert required_per(24, 12.0) == 2
    assert required_per(required(41, 40), 0) == 0
    assert required_per(24, 0) is None
    assert required_per(required(40, 40), 0, HOUR) == 0


@pytest.mark.parametrize("quota", [None, 0])
def test_no_quota_and_a_quota_of_zero_say_nothing(quota: int | None) -> None:
    assert required(5, quota) is None
    assert required_per(required(5, quota), 10) is None
    assert attainment(5, quota) is None


@given(st.integers(0, 100_000), weights)
def test_a_quota_shared_out_sums_to_itself_and_follows_the_weights(quota: int, scheduled: dict[int, int]) -> None:
    parts = spread(quota, scheduled)
    total = sum(scheduled.values())
    assert list(parts) == list(scheduled)
    if total == 0:
        assert set(parts.values()) == {0}
        return
    assert sum(parts.values()) == quota
    for agent, part in parts.items():
        assert abs(part - quota * scheduled[agent] / total) < 1
        assert scheduled[agent] > 0 or part == 0


def test_the_largest_remainder_gets_the_odd_sale() -> None:
    assert spread(10, {"Ann": 8 * HOUR, "Bob": 8 * HOUR, "Cas": 4 * HOUR}) == {"Ann": 4, "Bob": 4, "Cas": 2}
    assert spread(1, {"Ann": HOUR, "Bob": 2 * HOUR}) == {"Ann": 0, "Bob": 1}
    assert spread(1, {"Ann": HOUR, "Bob": HOUR}) == {"Ann": 1, "Bob": 0}
    assert spread(7, {}) == {}
    with pytest.raises(ValueError, match="negative"):
        spread(-1, {"Ann": 1})


def test_agents_with_a_quota_of_their_own_keep_it() -> None:
    scheduled = {"Ann": 8 * HOUR, "Bob": 4 * HOUR, "Cas": 4 * HOUR}
    assert spread_over_agents(20, scheduled) == {"Ann": 10, "Bob": 5, "Cas": 5}
    assert spread_over_agents(20, scheduled, {"Cas": 8}) == {"Ann": 8, "Bob": 4, "Cas": 8}
    assert spread_over_agents(5, scheduled, {"Cas": 8}) == {"Ann": 0, "Bob": 0, "Cas": 8}
    assert spread_over_agents(20, {"Ann": HOUR}, {"Bob": 4}) == {"Ann": 16, "Bob": 4}


def test_four_calls_never_bring_a_bare_red() -> None:
    assert verdict(0, 4, 0.15) is Verdict.UNSURE
    assert verdict(0, 0, 0.15) is Verdict.UNSURE
    assert verdict(0, 40, 0.15) is Verdict.BEHIND
    assert verdict(45, 50, 0.15) is Verdict.AHEAD
    assert verdict(3, 20, None) is None
    assert verdict(3, 20, 0.0) is None


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.01, 0.99))
def test_the_verdict_is_sure_only_where_the_interval_leaves_the_quota(converted: int, lost: int, quota: float) -> None:
    interval = wilson_interval(converted, converted + lost)
    inside = interval is None or interval[0] <= quota <= interval[1]
    assert (verdict(converted, converted + lost, quota) is Verdict.UNSURE) == inside


@pytest.mark.parametrize(
    ("starts_on", "known_since", "open_weekdays", "misses"),
    [
        ("2026-11-01", "2026-11-14", range(5), True),
        ("2026-11-02", "2026-11-02", range(5), False),  # from the first day on
        ("2026-11-02", "2026-11-03", range(5), True),  # a Monday
        ("2026-11-01", "2026-11-02", range(5), False),  # a Sunday alone
        ("2026-11-01", "2026-11-02", range(7), True),
        ("2026-11-01", "2026-06-01", range(7), False),
    ],
)
def test_whether_a_period_misses_its_beginning(
    starts_on: str, known_since: str, open_weekdays: range, misses: bool
) -> None:
    edges = date.fromisoformat(starts_on), date.fromisoformat(known_since)
    assert misses_its_beginning(*edges, open_weekdays) is misses


@pytest.mark.parametrize(
    ("centre", "clients", "rest"),
    [(1_222, (298, 713), 211), (100, (40, 60), 0), (100, (70, 60), -30), (None, (40,), None), (100, (), None)],
)
def test_what_the_clients_quotas_leave_of_the_centres(
    centre: int | None, clients: tuple[int, ...], rest: int | None
) -> None:
    assert of_no_client(centre, clients) == rest
