"""Satisfaction, recommendation, response (metrics.md 9.1 to 9.4)."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.confidence_interval import wilson_interval
from ccmon.metrics.net_promoter_score import NetPromoterScore, may_be_biased
from ccmon.metrics.satisfaction import Confidence, Satisfaction, confidence, satisfied_from, shares_differ


@pytest.mark.parametrize(("scale", "lowest"), [(5, 4), (7, 6), (10, 9), (2, 2), (3, 3), (1, 1)])
def test_the_top_two_boxes_of_each_scale(scale: int, lowest: int) -> None:
    assert satisfied_from(scale) == lowest


def test_the_mean_of_one_scale() -> None:
    found = Satisfaction(scale=5, answers=4, satisfied=2, score_sum=13)
    assert found.mean == 3.25
    assert Satisfaction(5, 0, 0, 0).mean is None
    with pytest.raises(ValueError, match="scale"):
        satisfied_from(0)


def test_few_answers_are_hidden_and_some_shown_with_care() -> None:
    assert [confidence(n) for n in (0, 9, 10, 29, 30)] == [
        Confidence.HIDDEN, Confidence.HIDDEN, Confidence.CAREFUL, Confidence.CAREFUL, Confidence.NORMAL,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("satisfied", "answers", "low", "high"),
    [
        (0, 10, 0, 0.2775), (1, 1, 0.2065, 1), (8, 10, 0.4902, 0.9433), (10, 10, 0.7225, 1), (16, 20, 0.5840, 0.9193),
        (45, 50, 0.7864, 0.9565), (960, 1200, 0.7764, 0.8217), (4, 5, 0.376, 0.964), (24, 30, 0.627, 0.905),
        (40, 50, 0.670, 0.888), (80, 100, 0.711, 0.867),
    ],
)  # fmt: skip
def test_wilson_intervals_of_the_table(satisfied: int, answers: int, low: float, high: float) -> None:
    """metrics.md 9.4."""
    assert wilson_interval(satisfied, answers) == pytest.approx((low, high), abs=6e-4)


def test_two_agents_differ_only_where_the_difference_leaves_zero() -> None:
    """Newcombe 1998, method 10: 56 of 70 against 48 of 80, 95 % interval of the difference 0.0524 to 0.3339."""
    assert shares_differ(56, 70, 48, 80, z=1.959964) is True
    assert shares_differ(56, 70, 48, 80) is False, "as one of twenty comparisons it is no difference yet"
    assert shares_differ(8, 10, 9, 10) is False
    assert shares_differ(0, 0, 9, 10) is None


def net_promoter_score(scores: list[int]) -> NetPromoterScore:
    return reduce(NetPromoterScore.plus, scores, NetPromoterScore(0, 0, 0))


def test_nps_of_the_worked_example() -> None:
    """50 promoters and 20 detractors of 100: NPS 30, SE 7.81, 95 % ±15.3."""
    found = NetPromoterScore(promoters=50, passives=30, detractors=20)
    assert found.score == 30
    assert found.standard_error == pytest.approx(7.81, abs=5e-3)
    assert found.margin == pytest.approx(15.3, abs=0.05)
    assert found.score_of_enough == 30


def test_nps_from_scores_and_from_few_or_none() -> None:
    assert net_promoter_score([10, 9, 8, 7, 6, 0]) == NetPromoterScore(2, 2, 2)
    assert NetPromoterScore(29, 0, 0).score_of_enough is None
    assert NetPromoterScore(29, 0, 0).score == 100
    empty = net_promoter_score([])
    assert (empty.score, empty.standard_error, empty.margin) == (None, None, None)


@given(st.lists(st.integers(0, 10), min_size=1))
def test_nps_and_its_error_against_the_plain_variance(scores: list[int]) -> None:
    found = net_promoter_score(scores)
    points = [100 if score >= 9 else 0 if score >= 7 else -100 for score in scores]
    mean = sum(points) / len(points)
    variance = sum((point - mean) ** 2 for point in points) / len(points)
    assert found.score == pytest.approx(mean)
    assert found.standard_error == pytest.approx((variance / len(points)) ** 0.5, abs=1e-9)
    assert found.answers == len(scores)


def test_few_answers_may_be_biased() -> None:
    assert may_be_biased(0.075)
    assert not may_be_biased(0.1)
    assert not may_be_biased(None)
