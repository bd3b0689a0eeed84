"""Buyers by kind, cohorts, churn and win-back (metrics.md 10.1 and 10.2)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.retention import (
    Activity,
    ChurnLimits,
    Cohort,
    Segment,
    WinBack,
    activity,
    churn_limits,
    churned_of_active,
    cohort_counts,
    cohorts,
    first_gaps,
    gaps,
    moves,
    second_purchase_closing,
    segment,
    segments,
    usual_days_to_second_purchase,
    win_back,
)

DAY0 = date(2026, 1, 1)


def on(day: int) -> date:
    return DAY0 + timedelta(days=day)


def days(*numbers: int) -> list[date]:
    return [on(number) for number in numbers]


histories = st.dictionaries(
    st.integers(), st.lists(st.integers(0, 900).map(on), max_size=8).map(sorted), max_size=12
)  # fmt: skip


def test_segments_by_purchases() -> None:
    assert segment([], on(0)) is None
    assert segment(days(5), on(4)) is None
    assert segment(days(5), on(5)) is Segment.ONE_TIME
    assert segment(days(5), on(2000)) is Segment.ONE_TIME, "one purchase ever"
    assert segment(days(5, 90), on(90)) is Segment.REPEAT
    assert segment(days(5, 90, 200), on(200)) is Segment.LOYAL
    assert segment(days(0, 300, 600), on(600)) is Segment.REPEAT, "three, but not within 365 days"


def test_a_loyal_customer_falls_back_to_lapsed_not_to_repeat() -> None:
    history = days(0, 100, 200)
    assert segment(history, on(364)) is Segment.LOYAL
    assert segment(history, on(365)) is Segment.REPEAT, "only two orders left in the year: still buying"
    assert segment(history, on(564)) is Segment.REPEAT
    assert segment(history, on(565)) is Segment.LAPSED
    assert segment(days(0, 400), on(1000)) is Segment.REPEAT, "never was loyal"


def test_moves_are_counted_on_the_day_of_the_purchase() -> None:
    customers = {"new": days(10), "second": days(1, 10), "third": days(1, 5, 10), "quiet": days(1)}
    assert moves(customers, on(10)) == Counter(
        {(None, Segment.ONE_TIME): 1, (Segment.ONE_TIME, Segment.REPEAT): 1, (Segment.REPEAT, Segment.LOYAL): 1}
    )
    assert moves(customers, on(11)) == Counter()
    assert segments(customers, on(10)) == Counter(
        {Segment.ONE_TIME: 2, Segment.REPEAT: 1, Segment.LOYAL: 1}
    )  # fmt: skip


@given(histories, st.integers(0, 900).map(on))
def test_the_moves_explain_the_change_of_the_segments(customers: dict[int, list[date]], day: date) -> None:
    before, after = segments(customers, day - timedelta(days=1)), segments(customers, day)
    for (source, target), count in moves(customers, day).items():
        if source is not None:
            before[source] -= count
        before[target] += count
    assert +before == +after


def cohorts_of(purchases: dict[str, list[date]], day: date) -> list[Cohort]:
    return cohorts(*cohort_counts(purchases, day), day)


def test_a_cohort_is_shown_once_its_window_is_complete() -> None:
    """January's window of 90 days closes on 1 May (31 January + 90 days): complete from the day after."""
    customers = {
        "again": [date(2026, 1, 5), date(2026, 3, 1)],
        "same day": [date(2026, 1, 6), date(2026, 1, 6)],
        "too late": [date(2026, 1, 7), date(2026, 4, 20)],
        "on the 90th day": [date(2026, 1, 8), date(2026, 4, 8)],
        "february": [date(2026, 2, 2)],
    }
    maturing = cohorts_of(customers, date(2026, 5, 1))
    assert maturing[0] == Cohort("2026-01", 4, 2, complete=False)
    assert maturing[0].rate is None
    january, february = cohorts_of(customers, date(2026, 5, 2))
    assert january.rate == 0.5
    assert february == Cohort("2026-02", 1, 0, complete=False)
    assert cohorts_of({}, date(2026, 5, 2)) == []


def test_churn_limits_need_a_hundred_gaps() -> None:
    assert churn_limits(Counter(range(1, 100))) == ChurnLimits(60, 180, None)
    assert churn_limits(Counter(range(1, 101))) == ChurnLimits(40, 80, 100)
    assert gaps([days(0, 10, 10, 40), days(5), []]) == Counter([10, 30])


def test_at_risk_and_churned_lie_past_the_limits() -> None:
    limits = ChurnLimits(60, 180, None)
    assert activity(on(0), on(60), limits) is Activity.ACTIVE
    assert activity(on(0), on(61), limits) is Activity.AT_RISK
    assert activity(on(0), on(180), limits) is Activity.AT_RISK
    assert activity(on(0), on(181), limits) is Activity.CHURNED


def test_churn_of_a_period() -> None:
    limits = ChurnLimits(60, 180, None)
    customers = {
        "stays": days(0, 190),
        "churns": days(10),
        "gone before": days(-200),
        "new in the period": days(185),
    }
    assert churned_of_active(customers, on(180), on(210), limits) == (2, 1)
    assert churned_of_active({"gone": days(-400)}, on(0), on(10), limits) == (0, 0)


def test_win_back_counts_only_the_churned_who_were_reached() -> None:
    limits = ChurnLimits(60, 180, None)
    purchases = {
        "won": days(0, 310),
        "bought too late": days(0, 340),
        "silent": days(0),
        "not churned": days(250, 320),
        "by itself": days(0, 315),
    }
    calls = {"won": days(300), "bought too late": days(300), "silent": days(305), "not churned": days(300)}
    found = win_back(purchases, calls, first=on(300), last=on(330), limits=limits)
    assert found == WinBack(reached=3, won_back=1, returned_by_themselves=1)
    assert found.rate == pytest.approx(1 / 3)
    assert WinBack(0, 0, 2).rate is None


def test_one_time_buyers_whose_usual_time_closes_this_week() -> None:
    few = first_gaps([days(0), days(10), days(0, 30)])
    assert (few, usual_days_to_second_purchase(few)) == (Counter([30]), 90)
    assert second_purchase_closing({"closes": on(0), "later": on(10)}, 90, on(88), on(94)) == [("closes", on(90))]
    many = first_gaps(days(0, number, 500) for number in range(1, 101))
    assert usual_days_to_second_purchase(many) == 80
    once = {"closes": on(7), "sooner": on(5)}
    assert second_purchase_closing(once, 80, on(85), on(91)) == [("sooner", on(85)), ("closes", on(87))]
