"""Reproducible randomness: one seeded stream of random numbers per purpose, and the distributions drawn from them.

A stream is named by what it is for, so a new one does not change those that exist already. Lengths of time are drawn in
whole milliseconds; the parameters of the distributions are seconds, as people say them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from math import log, sqrt
from random import Random
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


def stream(seed: int, *purpose: object) -> Random:
    """A generator for one purpose: the same seed and purpose give the same numbers in every process."""
    return Random("/".join(map(str, (seed, *purpose))))  # noqa: S311 (a simulation, no secret)


class Distribution(Protocol):
    """A distribution of a length of time."""

    def draw(self, chance: Random) -> int:
        """One length in milliseconds, never negative."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same length."""

    seconds: float

    def draw(self, chance: Random) -> int:
        """The length in milliseconds."""
        return round(self.seconds * 1000)


@dataclass(frozen=True, slots=True)
class Exponential:
    """Without memory: patience, and the service times of the Erlang formulas."""

    mean_s: float

    def draw(self, chance: Random) -> int:
        """One length in milliseconds."""
        return round(chance.expovariate(1 / self.mean_s) * 1000)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Skewed to the right, as handling times are (metrics.md 7)."""

    mean_s: float
    variation: float
    """Standard deviation over mean."""
    _mu: float = field(init=False, repr=False)
    _sigma: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        sigma_squared = log(1 + self.variation * self.variation)
        object.__setattr__(self, "_mu", log(self.mean_s * 1000) - sigma_squared / 2)
        object.__setattr__(self, "_sigma", sqrt(sigma_squared))

    def draw(self, chance: Random) -> int:
        """One length in milliseconds."""
        return round(chance.lognormvariate(self._mu, self._sigma))


class WeightedChoice(Generic[T]):
    """One of several things, each with its weight."""

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        pairs = tuple(weighted)
        self._things = tuple(thing for thing, _ in pairs)
        self._sums = tuple(accumulate(weight for _, weight in pairs))

    def draw(self, chance: Random) -> T:
        """One of the things."""
        place = bisect_right(self._sums, chance.random() * self._sums[-1])
        return self._things[min(place, len(self._things) - 1)]
