"""Streams of random numbers: what is drawn has the distribution that it is said to have."""

from __future__ import annotations

from math import log, sqrt
from random import Random
from statistics import NormalDist, fmean, stdev

import pytest

from ccmon.simulator.random_streams import exponential, log_normal, log_normal_number, weighted


@pytest.mark.parametrize(("mean_s", "variation"), [(4.5, 0.5), (310, 0.75), (3600, 0.1)])
def test_a_log_normal_length_has_its_mean_and_its_variation(mean_s: float, variation: float) -> None:
    chance, draw = Random(7), log_normal(mean_s, variation).draw
    logarithms = sorted(log(draw(chance) / 1000) for _ in range(20_000))
    sigma_squared = log(1 + variation * variation)
    usual = NormalDist(log(mean_s) - sigma_squared / 2, sqrt(sigma_squared))
    assert fmean(logarithms) == pytest.approx(usual.mean, abs=4 * usual.stdev / sqrt(20_000))
    assert stdev(logarithms) == pytest.approx(usual.stdev, rel=0.03)
    farthest = max(abs(usual.cdf(length) - place / 20_000) for place, length in enumerate(logarithms))
    assert farthest < 1.95 / sqrt(20_000), "by Kolmogorov and Smirnov, at one in a thousand"


def test_the_logarithm_of_a_log_normal_number_is_normal() -> None:
    chance, usual = Random(7), NormalDist(2.3, 0.6)
    logarithms = sorted(log(log_normal_number(chance, usual.mean, usual.stdev)) for _ in range(20_000))
    farthest = max(abs(usual.cdf(number) - place / 20_000) for place, number in enumerate(logarithms))
    assert farthest < 1.95 / sqrt(20_000), "by Kolmogorov and Smirnov, at one in a thousand"
    assert logarithms[0] < usual.mean - 3.5 * usual.stdev
    assert logarithms[-1] > usual.mean + 3.5 * usual.stdev


def test_an_exponential_length_has_no_memory() -> None:
    chance, draw = Random(7), exponential(240).draw
    lengths = [draw(chance) / 1000 for _ in range(20_000)]
    assert fmean(lengths) == pytest.approx(240, rel=0.03)
    longer = [length - 300 for length in lengths if length > 300]
    assert fmean(longer) == pytest.approx(240, rel=0.06)


def test_each_thing_comes_as_often_as_its_weight_says() -> None:
    chance = Random(7)
    drawn = [weighted({"often": 3.0, "seldom": 1.0, "never": 0.0}).draw(chance) for _ in range(4000)]
    assert drawn.count("never") == 0
    assert drawn.count("seldom") == pytest.approx(1000, abs=100)
