"""Why customers call: the reasons by frequency, and those that rise (metrics.md 10.4 and 10.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from typing import Generic, TypeVar

from msgspec import Struct, field

from ccmon.metrics.distributions import binomial_at_least
from ccmon.time_units import MINUTE_MS

Reason = TypeVar("Reason")

VITAL_SHARE = 0.8
"""Pareto: the reasons that together make up this share of the calls are the ones to work on."""
AT_LEAST_NOW = 5
AT_LEAST_RATIO = 1.5
FALSE_DISCOVERIES = 0.05
TEST_EVERY_MS = 30 * MINUTE_MS
CLEARED_AFTER = 2
"""Negative tests in a row that remove a flag."""


class ParetoBar(Struct, Generic[Reason], frozen=True):
    """One reason in a Pareto chart."""

    reason: Reason | None
    """None: no reason was coded. This bar is never hidden."""
    count: float
    """Calls, or their weight (count times handling time, or refunds) where weights were given."""
    per_100_calls: float | None
    share: float
    cumulative: float
    vital: bool
    """True for the reasons that together make up the first 80 %."""


def pareto(counts: Mapping[Reason | None, float], answered: int) -> list[ParetoBar[Reason]]:
    """Reasons by count, the most frequent first; equal counts keep the order given.

    The bar with which the cumulative share reaches 80 % is the last vital one. ``answered`` calls are the exposure for
    ``per_100_calls``, which is None without any. Reasons that did not occur are left out.
    """
    ordered = sorted(((reason, count) for reason, count in counts.items() if count > 0), key=lambda item: -item[1])
    total = sum(count for _, count in ordered)
    bars: list[ParetoBar[Reason]] = []
    before = 0.0
    for reason, count in ordered:
        cumulative = before + count
        bars.append(
            ParetoBar(
                reason=reason,
                count=count,
                per_100_calls=100 * count / answered if answered > 0 else None,
                share=count / total,
                cumulative=cumulative / total,
                # Below 80 % only by a rounding error does not count as below.
                vital=before < VITAL_SHARE * total - 1e-9 * total,
            )
        )
        before = cumulative
    return bars


class Occurrences(Struct, frozen=True):
    """A reason now and in its baseline (the same weekdays and hours), each with its exposure in answered calls."""

    now: int
    exposure_now: int
    baseline: int
    exposure_baseline: int

    @property
    def ratio(self) -> float | None:
        """Rate now over rate in the baseline; None without a baseline: the reason is "new", its ratio not infinite."""
        if self.baseline <= 0 or self.exposure_now <= 0:
            return None
        return self.now * self.exposure_baseline / (self.baseline * self.exposure_now)

    @property
    def usual(self) -> float | None:
        """How often it would have occurred now at the baseline's rate; None without a baseline."""
        return self.baseline * self.exposure_now / self.exposure_baseline if self.exposure_baseline else None

    @property
    def is_new(self) -> bool:
        """Whether it occurs now and never did in the baseline."""
        return self.now > 0 and self.baseline == 0

    @property
    def p_value(self) -> float | None:
        """Exact conditional binomial: ``P(X >= now)``, ``X ~ Binomial(now + baseline, e1 / (e1 + e0))``.

        None without exposure on both sides.
        """
        if self.exposure_now <= 0 or self.exposure_baseline <= 0:
            return None
        share = self.exposure_now / (self.exposure_now + self.exposure_baseline)
        return binomial_at_least(self.now, self.now + self.baseline, share)


def significant(p_values: Sequence[float]) -> list[bool]:
    """Benjamini-Hochberg: which tests are significant at the level `FALSE_DISCOVERIES` over all of them."""
    by_size = sorted(range(len(p_values)), key=p_values.__getitem__)
    passed = 0
    for rank, index in enumerate(by_size, start=1):
        if p_values[index] <= FALSE_DISCOVERIES * rank / len(p_values):
            passed = rank
    chosen = set(by_size[:passed])
    return [index in chosen for index in range(len(p_values))]


def rising(reasons: Mapping[Reason, Occurrences]) -> set[Reason]:
    """Reasons that rise: 5 or more now, at least 1.5 times the baseline's rate, and significant over all tested.

    A reason without a baseline is not tested against 0: `Occurrences.is_new` reports it. Reasons with too few calls are
    tested all the same, so that they count in Benjamini-Hochberg.
    """
    tested = {reason: p for reason, found in reasons.items() if not found.is_new and (p := found.p_value) is not None}
    return {
        reason
        for reason in compress(tested, significant(list(tested.values())))
        if reasons[reason].now >= AT_LEAST_NOW and (reasons[reason].ratio or 0) >= AT_LEAST_RATIO
    }


class Flags(Struct, Generic[Reason], frozen=True):
    """Which reasons are flagged, from tests at fixed times: a flag stays until two negative tests in a row."""

    misses: Mapping[Reason, int] = field(default_factory=dict)
    """By flagged reason: its negative tests since the last positive one."""

    @property
    def raised(self) -> frozenset[Reason]:
        """The reasons flagged now."""
        return frozenset(self.misses)

    def after(self, found: Iterable[Reason]) -> Flags[Reason]:
        """The flags after one more test."""
        positive = set(found)
        still_raised = {
            reason: missed + 1
            for reason, missed in self.misses.items()
            if reason not in positive and missed + 1 < CLEARED_AFTER
        }
        return Flags({**still_raised, **dict.fromkeys(positive, 0)})


def last_test_at(at: int, day_starts_at: int) -> int:
    """The last of the fixed times for tests: testing every minute would multiply false alarms."""
    return at - (at - day_starts_at) % TEST_EVERY_MS
