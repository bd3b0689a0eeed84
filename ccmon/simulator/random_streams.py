"""Reproducible randomness: one seeded stream of random numbers per purpose, and the distributions drawn from them.

A stream is named by its purpose, so a new one does not change existing ones. Lengths of time are drawn in whole
milliseconds; the parameters of the distributions are in seconds, for readability.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from math import exp, log, sqrt
from random import Random
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

_NORMAL = 4 * exp(-0.5) / sqrt(2.0)
"""The constant of Kinderman and Monahan's method, with which Python draws normal deviates."""


def stream(seed: int, *purpose: object) -> Random:
    """A generator for one purpose: the same seed and purpose give the same numbers in every process."""
    return Random("/".join(map(str, (seed, *purpose))))  # noqa: S311 (a simulation, no secret)


class Distribution(NamedTuple, Generic[T]):
    """A distribution: draws a value from a stream."""

    draw: Callable[[Random], T]


def exponential(mean_s: float) -> Distribution[int]:
    """Lengths of time without memory: patience, and the service times of the Erlang formulas."""
    return Distribution(lambda rng: round(rng.expovariate(1 / mean_s) * 1000))


def log_normal_number(rng: Random, mu: float, sigma: float) -> float:
    """The same number as ``rng.lognormvariate(mu, sigma)``, in half the time by avoiding function calls."""
    random = rng.random
    while True:
        first, second = random(), 1.0 - random()
        deviation = _NORMAL * (first - 0.5) / second
        if deviation * deviation / 4.0 <= -log(second):
            return exp(mu + deviation * sigma)


def log_normal(mean_s: float, variation: float) -> Distribution[int]:
    """Lengths of time skewed to the right, as handling times are (metrics.md 7); variation is deviation over mean."""
    sigma_squared = log(1 + variation * variation)
    mu, sigma = log(mean_s * 1000) - sigma_squared / 2, sqrt(sigma_squared)

    return Distribution(lambda rng: round(log_normal_number(rng, mu, sigma)))


def weighted(weights: Mapping[T, float]) -> Distribution[T]:
    """One of several things, each with its weight."""
    things, sums = tuple(weights), tuple(accumulate(weights.values()))
    total, last = sums[-1] if sums else 0, len(things) - 1
    return Distribution(lambda rng: things[bisect_right(sums, rng.random() * total, 0, last)])
