"""How many agents are needed: Erlang B, C and A (metrics.md 11). Times in seconds, arrivals per second, load in Erlang.

The formulas are for a steady state: Poisson arrivals, exponential times, one skill, first come first served.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property

from msgspec import Struct

OCCUPANCY_AT_MOST = 0.85
MOST_AGENTS = 20_000
"""A search that gets this far has no sensible answer."""
TEN_POINTS = (
    (0.1488743389816312, 0.2955242247147529),
    (0.4333953941292472, 0.2692667193099964),
    (0.6794095682990244, 0.2190863625159820),
    (0.8650633666889845, 0.1494513491505806),
    (0.9739065285171717, 0.0666713443086881),
)
"""The positive points and their weights, of the Gauss-Legendre rule from -1 to 1 (Abramowitz and Stegun 25.4)."""
FALL_OF_A_PIECE = 4.0
"""The most by which a density's logarithm may change over a piece that ten points integrate: exact to rounding."""


def erlang_b(agents: int, load: float) -> float:
    """Share of calls blocked with ``agents`` lines and no queue, by the stable recurrence (metrics.md 11.2)."""
    if load <= 0:
        return 1.0 if agents == 0 else 0.0
    blocked = 1.0
    for lines in range(1, agents + 1):
        blocked = load * blocked / (lines + load * blocked)
    return blocked


def erlang_c(agents: int, load: float) -> float:
    """Share of calls that wait when nobody abandons (metrics.md 11.3); 1 where the load is too high."""
    if agents <= load:
        return 1.0
    blocked = erlang_b(agents, load)
    return blocked / (1 - load / agents * (1 - blocked))


class ErlangC(Struct, frozen=True):
    """What Erlang C says about a queue that nobody leaves."""

    service_level: float
    """Share of calls answered within the threshold."""
    occupancy: float


def queue_without_abandonment(agents: int, load: float, handling_s: float, threshold_s: float) -> ErlangC:
    """Erlang C's figures (metrics.md 11.3)."""
    if agents <= load:
        return ErlangC(0.0, 1.0)
    return ErlangC(1 - erlang_c(agents, load) * math.exp(-(agents - load) * threshold_s / handling_s), load / agents)


class ErlangA(Struct, frozen=True):
    """What Erlang A says about a queue whose callers have limited patience; shares are of offered calls."""

    waits: float
    """Share that finds no agent ready."""
    abandons: float
    wait_s: float
    """Mean wait over all callers, those who leave included."""
    queue_length: float
    occupancy: float
    served_in_threshold: float
    abandons_in_threshold: float


def erlang_a(agents: int, arrivals_per_s: float, handling_s: float, patience_s: float, threshold_s: float) -> ErlangA:
    """Erlang A, M/M/n+M (metrics.md 11.4), for agents and arrivals above 0."""
    queue = _ImpatientQueue(agents, arrivals_per_s, handling_s, patience_s)
    return ErlangA(
        waits=_share(queue.waits),
        abandons=_share(queue.leaves * queue.length / arrivals_per_s),
        wait_s=queue.length / arrivals_per_s,
        queue_length=queue.length,
        occupancy=queue.occupancy,
        served_in_threshold=_share(queue.served_within(threshold_s)),
        abandons_in_threshold=_share(queue.abandons_within(threshold_s)),
    )


class _ImpatientQueue:
    """The queue of Erlang A: each figure is worked out when it is asked for."""

    def __init__(self, agents: int, arrivals_per_s: float, handling_s: float, patience_s: float) -> None:
        self.leaves = 1 / patience_s
        self._agents, self._chain = agents, _Chain(agents, arrivals_per_s, 1 / handling_s, self.leaves)
        self._probabilities = self._chain.probabilities()
        self._changes_per_s = max(arrivals_per_s, agents / handling_s) + self.leaves
        """By how much the logarithm of the density of waits changes at most."""

    @property
    def occupancy(self) -> float:
        agents = self._agents
        return _share(math.fsum([min(state, agents) * p for state, p in self._probabilities.items()]) / agents)

    @cached_property
    def waits(self) -> float:
        agents = self._agents
        return math.fsum([p for state, p in self._probabilities.items() if state >= agents])

    @cached_property
    def length(self) -> float:
        agents = self._agents
        return math.fsum([(state - agents) * p for state, p in self._probabilities.items() if state > agents])

    @cached_property
    def _density(self) -> Callable[[float], float]:
        return self._chain.offered_wait_density()

    def _pieces(self, threshold_s: float) -> int:
        return 1 + math.floor(threshold_s * self._changes_per_s / FALL_OF_A_PIECE)

    def served_within(self, threshold_s: float) -> float:
        """Share of offered calls, not cut off at 0 and 1; neither is the next."""
        density, leaves = self._density, self.leaves
        pieces = self._pieces(threshold_s)
        return 1 - self.waits + _integral(lambda wait: density(wait) * math.exp(-leaves * wait), threshold_s, pieces)

    def abandons_within(self, threshold_s: float) -> float:
        waited = _integral(self._density, threshold_s, self._pieces(threshold_s))
        longer = math.exp(-self.leaves * threshold_s) * (self.waits - waited)
        return 1 - longer - self.served_within(threshold_s)


class _Chain:
    """The birth-death chain of the number of callers in the system."""

    def __init__(self, agents: int, arrivals: float, service: float, leaves: float) -> None:
        self.agents, self.arrivals, self.service, self.leaves = agents, arrivals, service, leaves
        idle = arrivals < agents * service
        self.likely = int(arrivals / service) if idle else agents + int((arrivals - agents * service) / leaves)
        self.total = 1.0

    def deaths(self, state: int) -> float:
        return min(state, self.agents) * self.service + max(state - self.agents, 0) * self.leaves

    def probabilities(self) -> dict[int, float]:
        """Weights from the likeliest state down and up until they vanish: no term can overflow."""
        weights = {self.likely: 1.0}
        weight, state = 1.0, self.likely
        while state > 0 and weight > 1e-18:
            weight *= self.deaths(state) / self.arrivals
            state -= 1
            weights[state] = weight
        weight, state = 1.0, self.likely
        while weight > 1e-18:
            state += 1
            weight *= self.arrivals / self.deaths(state)
            weights[state] = weight
        self.total = math.fsum(weights.values())
        return {state: weight / self.total for state, weight in weights.items()}

    def offered_wait_density(self) -> Callable[[float], float]:
        """Density of the wait of a caller with endless patience.

        Computed from a logarithm, since the weight itself may be too small for a float.
        """
        log_weight, state = 0.0, self.likely
        while state > self.agents - 1:
            log_weight += math.log(self.deaths(state) / self.arrivals)
            state -= 1
        while state < self.agents - 1:
            state += 1
            log_weight += math.log(self.arrivals / self.deaths(state))
        start = math.log(self.arrivals) + log_weight - math.log(self.total)
        served = self.agents * self.service

        def density(wait: float) -> float:
            return math.exp(start + self.arrivals * -math.expm1(-self.leaves * wait) / self.leaves - served * wait)

        return density


def _integral(function: Callable[[float], float], until: float, pieces: int) -> float:
    """The integral from 0, by ten Gauss-Legendre points in each piece."""
    half = until / pieces / 2
    middles = (half * (2 * piece + 1) for piece in range(pieces))
    return half * math.fsum(
        weight * (function(middle - half * point) + function(middle + half * point))
        for middle in middles
        for point, weight in TEN_POINTS
    )


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))


def required_agents(
    *,
    arrivals_per_s: float,
    handling_s: float,
    patience_s: float | None,
    threshold_s: float,
    target: float,
    short_abandon_s: float = 0.0,
    occupancy_at_most: float = OCCUPANCY_AT_MOST,
    guess: int | None = None,
) -> int | None:
    """Fewest agents on the phones that meet the target without wearing them out (metrics.md 11.6).

    Erlang A if the patience is known, else Erlang C. 0 without arrivals; None where no number is enough (target 1).
    The search begins near a guess, which only saves time.
    """
    if arrivals_per_s <= 0 or handling_s <= 0:
        return 0
    if target >= 1:
        return None
    load = arrivals_per_s * handling_s

    def enough(agents: int) -> bool:
        if patience_s is None:
            found = queue_without_abandonment(agents, load, handling_s, threshold_s)
            return found.service_level >= target and found.occupancy <= occupancy_at_most
        queue = _ImpatientQueue(agents, arrivals_per_s, handling_s, patience_s)
        if queue.occupancy > occupancy_at_most:
            return False
        # The service level of metrics.md 4 is served_T / (1 - ab_S), which is no less than served_T.
        served = _share(queue.served_within(threshold_s))
        return served >= target or served >= target * (1 - _share(queue.abandons_within(short_abandon_s)))

    low = max(1, math.floor(load)) if patience_s is None else 1
    high = max(low, math.ceil(load))
    step = max(1, math.isqrt(high))
    if guess is not None and guess >= low:
        step = 1
        if enough(guess):
            high = guess
            while high > low and enough(max(low, high - step)):
                high, step = max(low, high - step), 2 * step
            return bisect_left(range(high), True, lo=min(high, max(low, high - step + 1)), key=enough)
        low = high = guess + 1
    while not enough(high):
        low, high = high + 1, high + step
        step *= 2
        if high > MOST_AGENTS:
            return None
    return bisect_left(range(high), True, lo=low, key=enough)  # more agents never make it worse
