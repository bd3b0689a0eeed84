"""Pace against the worked check of metrics.md 8.3, and the days that today is measured by."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics import pace
from ccmon.metrics.sales import attainment

MONDAY = date(2026, 11, 23)


def test_worked_check() -> None:
    expected = pace.expected(40, 0.45)
    assert expected == pytest.approx(18.0)
    assert pace.pace(16, expected) == pytest.approx(0.889, abs=5e-4)
    assert attainment(16, 40) == 0.4
    assert pace.expected(40, pace.linear_share(9, 5)) == pytest.approx(40 * 4 / 9)
    assert pace.pace(16, pace.expected(40, pace.linear_share(90, 45))) == 0.8


def test_no_quota_no_expectation() -> None:
    assert pace.expected(None, 0.5) is None
    assert pace.expected(0, 0.5) is None
    assert pace.expected(40, None) is None
    assert pace.pace(3, 0.0) is None


def weeks(*calls: int, weekday: int = 0) -> dict[date, int]:
    """Days of one weekday before this Monday, the latest first."""
    first = MONDAY + timedelta(days=weekday)
    return {first - timedelta(weeks=back): number for back, number in enumerate(calls, start=1)}


def test_today_is_measured_by_the_last_eight_same_weekdays() -> None:
    found = pace.days_alike(weeks(*range(100, 110)) | weeks(100, 100, weekday=1), 0)
    assert found == [MONDAY - timedelta(weeks=back) for back in range(1, 9)]


def test_with_three_same_weekdays_the_days_that_bring_as_many_calls_join_them() -> None:
    mondays, tuesdays, saturdays = weeks(100, 110, 90), weeks(149, 151, weekday=1), weeks(66, 66, weekday=5)
    assert pace.days_alike(mondays, 0) == [], "three days say too little"
    assert pace.days_alike(mondays | tuesdays | saturdays, 0) == sorted({*mondays, *tuesdays}, reverse=True)
    assert pace.days_alike(mondays | weeks(151, 151, weekday=1), 0) == [], "half as many again is another kind of day"
    assert pace.days_alike(tuesdays | weeks(100, 100, weekday=2), 0) == [], "of Mondays nothing is known"
    month = {MONDAY - timedelta(days=back): 100 for back in range(1, 31)} | {MONDAY - timedelta(weeks=1): 0}
    without = {day: calls for day, calls in month.items() if day.weekday() or calls == 0}
    assert len(pace.days_alike(without | weeks(100), 0)) == pace.DAYS_AT_MOST


def test_holidays_are_no_usual_days() -> None:
    assert len(pace.days_alike(weeks(100, 100, 24, 100, 0, 100), 0)) == 4
    assert len(pace.days_alike(weeks(100, 100, 25, 100, 0, 100), 0)) == 5
    assert pace.days_alike(weeks(100, 100, 24, 0), 0) == []


@given(st.dictionaries(st.integers(1, 60), st.integers(0, 300)), st.integers(0, 6))
def test_the_days_chosen_were_worked_and_are_enough(known: dict[int, int], weekday: int) -> None:
    calls = {MONDAY - timedelta(days=back): number for back, number in known.items()}
    found = pace.days_alike(calls, weekday)
    assert found == sorted(set(found), reverse=True)
    assert all(calls[day] > 0 for day in found)
    assert not found or pace.DAYS_NEEDED <= len(found) <= pace.DAYS_AT_MOST
    assert len(found) <= pace.SAME_WEEKDAYS or len({day.weekday() for day in found}) > 1


@pytest.mark.parametrize(
    ("share", "chance", "ahead"),
    [
        (0.84, None, False),
        (0.84, 0.499, False),
        (0.84, 0.5, None),
        (0.84, 0.93, None),
        (1.0, None, True),
        (0.996, None, True),
        (1.2, 0.5, True),
        (1.2, 0.499, None),
    ],
)
def test_a_pace_and_a_chance_that_contradict_each_other_give_no_sign(
    share: float, chance: float | None, ahead: bool | None
) -> None:
    assert pace.is_ahead(share, chance) is ahead
