"""Streams of random numbers: what is drawn in a shorter way is what Python's own generator draws."""

from __future__ import annotations

from math import log, sqrt
from random import Random

import pytest

from ccmon.simulator.random_streams import log_normal, weighted


@pytest.mark.parametrize(("mean_s", "variation"), [(4.5, 0.5), (310, 0.75), (3600, 0.1)])
def test_a_log_normal_length_is_that_of_pythons_generator(mean_s: float, variation: float) -> None:
    drawn, expected = Random(7), Random(7)
    sigma_squared = log(1 + variation * variation)
    mu = log(mean_s * 1000) - sigma_squared / 2
    for _ in range(1000):
        length = expected.lognormvariate(mu, sqrt(sigma_squared))
        assert log_normal(mean_s, variation).draw(drawn) == round(length)
    assert drawn.getstate() == expected.getstate()


def test_each_thing_comes_as_often_as_its_weight_says() -> None:
    chance = Random(7)
    drawn = [weighted({"often": 3.0, "seldom": 1.0, "never": 0.0}).draw(chance) for _ in range(4000)]
    assert drawn.count("never") == 0
    assert drawn.count("seldom") == pytest.approx(1000, abs=100)
