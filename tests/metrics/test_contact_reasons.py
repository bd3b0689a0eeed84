"""Reasons by frequency, and rising ones (metrics.md 10.4 and 10.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.contact_reasons import Flags, Occurrences, ParetoBar, last_test_at, pareto, rising, significant

counts = st.dictionaries(st.none() | st.integers(0, 30), st.integers(0, 1000), max_size=15)


def test_pareto_keeps_the_uncoded_and_marks_the_first_80_per_cent() -> None:
    bars = pareto({"bill": 50, None: 10, "delivery": 30, "other": 10, "never": 0}, answered=200)
    assert bars[0] == ParetoBar("bill", 50, 25.0, 0.5, 0.5, vital=True)
    assert [(bar.reason, bar.vital) for bar in bars] == [
        ("bill", True), ("delivery", True), (None, False), ("other", False),
    ]  # fmt: skip
    assert [bar.cumulative for bar in bars] == [0.5, 0.8, 0.9, 1.0]
    assert pareto({}, answered=10) == []
    assert pareto({"bill": 3}, answered=0)[0].per_100_calls is None


@given(counts, st.integers(0, 5000))
def test_pareto_sums_to_one_and_its_vital_few_reach_80_per_cent(found: dict[int | None, int], answered: int) -> None:
    bars = pareto(found, answered)
    assert [bar.count for bar in bars] == sorted((count for count in found.values() if count), reverse=True)
    if bars:
        assert bars[-1].cumulative == pytest.approx(1)
        vital = [bar for bar in bars if bar.vital]
        assert sum(bar.share for bar in vital) >= 0.8 - 1e-9
        assert sum(bar.share for bar in vital[:-1]) < 0.8 + 1e-9


def test_ten_today_against_28_in_seven_days() -> None:
    """metrics.md 10.5: p = 0.0160."""
    found = Occurrences(now=10, exposure_now=100, baseline=28, exposure_baseline=700)
    assert found.p_value == pytest.approx(0.0160, abs=5e-5)
    assert found.ratio == pytest.approx(2.5)
    assert rising({"bill": found}) == {"bill"}


def test_a_rise_must_be_large_in_number_and_in_ratio() -> None:
    few = Occurrences(4, 100, 2, 7000)
    slight = Occurrences(1200, 10_000, 7000, 70_000)
    assert few.p_value is not None
    assert few.p_value < 0.001
    assert slight.p_value is not None
    assert slight.p_value < 0.001
    assert rising({"few": few, "slight": slight}) == set()


def test_a_reason_without_a_baseline_is_new_and_not_infinite() -> None:
    new = Occurrences(8, 100, 0, 700)
    assert new.is_new
    assert new.ratio is None
    assert rising({"new": new}) == set()
    assert Occurrences(8, 0, 3, 700).p_value is None
    assert Occurrences(0, 100, 0, 700).p_value == 1
    assert not Occurrences(0, 100, 0, 700).is_new


def test_one_small_p_among_many_reasons_is_chance() -> None:
    suspect = Occurrences(10, 100, 28, 700)
    calm = {f"calm {n}": Occurrences(4, 100, 28, 700) for n in range(9)}
    assert rising({"suspect": suspect, **calm}) == set()
    assert rising({"suspect": suspect}) == {"suspect"}


def test_benjamini_and_hochbergs_own_example() -> None:
    """Their 15 p-values of 1995 (section 3.2): four are rejected at 0.05."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert significant(p) == [True] * 4 + [False] * 11
    assert significant(p[::-1]) == [False] * 11 + [True] * 4
    assert significant([]) == []


def test_a_flag_stays_until_two_negative_tests_in_a_row() -> None:
    start: Flags[str] = Flags()
    flags = start.after({"bill"})
    assert flags.raised == {"bill"}
    once = flags.after(set())
    assert once.raised == {"bill"}
    assert once.after(set()).raised == set()
    again = once.after({"bill"}).after({"delivery"})
    assert again.raised == {"bill", "delivery"}
    assert again.after(set()).raised == {"delivery"}


def test_tests_are_made_at_fixed_times() -> None:
    minute = 60_000
    assert last_test_at(95 * minute, day_starts_at=0) == 90 * minute
    assert last_test_at(90 * minute, day_starts_at=0) == 90 * minute
    assert last_test_at(100 * minute, day_starts_at=45 * minute) == 75 * minute
