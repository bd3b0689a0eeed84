"""Reproducible randomness: one seeded stream of random numbers per purpose, and the distributions drawn from them.

A stream is named by its purpose, so a new one does not change existing ones. Lengths of time are drawn in whole
milliseconds; the parameters of the distributions are in seconds, for readability.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from math import cos, exp, log, sqrt, tau
from random import Random
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


def stream(seed: int, *purpose: object) -> Random:
    """A generator for one purpose: the same seed and purpose give the same numbers in every process."""
    return Random("/".join(map(str, (seed, *purpose))))  # noqa: S311 (a simulation, no secret)


class Distribution(Struct, Generic[T], frozen=True):
    """A distribution: draws a value from a stream."""

    draw: Callable[[Random], T]


def exponential(mean_s: float) -> Distribution[int]:
    """Lengths of time without memory: patience, and the service times of the Erlang formulas."""
    mean_ms = -1000 * mean_s
    return Distribution(lambda rng: round(mean_ms * log(1.0 - rng.random())))


_STEPS = 1024
_RADII = [sqrt(-2.0 * log((step + 0.5) / _STEPS)) for step in range(_STEPS)]
_COSINES = [cos(tau * (step + 0.5) / _STEPS) for step in range(_STEPS)]
"""The two factors of a normal deviate by the method of Box and Muller, in steps: to look them up takes less than half
the time of computing them. Together they give a million products, up to 3.9 standard deviations."""


def log_normal_number(rng: Random, mu: float, sigma: float) -> float:
    """A number whose logarithm is normal."""
    bits = rng.getrandbits(20)
    return exp(mu + sigma * _RADII[bits >> 10] * _COSINES[bits & 1023])


def log_normal(mean_s: float, variation: float) -> Distribution[int]:
    """Lengths of time skewed to the right, as handling times are (metrics.md 7); variation is deviation over mean."""
    sigma_squared = log(1 + variation * variation)
    mu, sigma = log(mean_s * 1000) - sigma_squared / 2, sqrt(sigma_squared)

    def draw(rng: Random) -> int:  # as above: a call costs as much as the rest
        bits = rng.getrandbits(20)
        return round(exp(mu + sigma * _RADII[bits >> 10] * _COSINES[bits & 1023]))

    return Distribution(draw)


def weighted(weights: Mapping[T, float]) -> Distribution[T]:
    """One of several things, each with its weight."""
    things, sums = tuple(weights), tuple(accumulate(weights.values()))
    limits = [limit / sums[-1] for limit in sums[:-1]]
    return Distribution(lambda rng: things[bisect_right(limits, rng.random())])
