"""What a quota still asks for, whether it can be reached, and how it is shared out (metrics.md 8.3).

Attainment, pace and the sales expected by now stand in `ccmon.figures.sales` and `ccmon.figures.pace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import TypeVar

from ccmon.figures.chance import poisson_at_least
from ccmon.figures.sales import wilson_interval

HOUR_MS = 3_600_000
PROJECT_FROM_SHARE = 0.10
"""Below this share of the usual day a projection says nothing (metrics.md 8.3)."""
Z_90 = 1.64
"""Half-width, in standard deviations, of the range given with a projection (metrics.md 8.3)."""

Key = TypeVar("Key")


class Verdict(StrEnum):
    """What a conversion says about its quota, given how few calls it rests on."""

    BEHIND = "surely behind"
    UNSURE = "cannot tell yet"
    AHEAD = "surely ahead"


def verdict(converted: int, sales_calls: int, quota_conversion: float | None) -> Verdict | None:
    """Where the quota lies against the 95 % Wilson interval of the conversion; None without a quota (or one of 0)."""
    if not quota_conversion:
        return None
    interval = wilson_interval(converted, sales_calls)
    if interval is None:
        return Verdict.UNSURE
    low, high = interval
    if high < quota_conversion:
        return Verdict.BEHIND
    return Verdict.AHEAD if low > quota_conversion else Verdict.UNSURE


def projection(sales: int, share_of_day: float) -> float | None:
    """Sales at the end of the period if it goes on like this: ``S / F``; None while ``F`` is below 0.10."""
    return sales / share_of_day if share_of_day >= PROJECT_FROM_SHARE else None


def projection_range(sales: int, share_of_day: float) -> tuple[float, float] | None:
    """Range of `projection`: ``(S ± 1.64 sqrt(S)) / F``, never below the sales already made."""
    if share_of_day < PROJECT_FROM_SHARE:
        return None
    half = Z_90 * sqrt(sales)
    return max(float(sales), (sales - half) / share_of_day), max(float(sales), (sales + half) / share_of_day)


def usual_range(sales: int, rest_expected: float) -> tuple[float, float]:
    """Range of the end where the rest comes at the usual rate: ``S + (rest ± 1.64 sqrt(rest))``, never below S."""
    half = Z_90 * sqrt(rest_expected)
    return sales + max(0.0, rest_expected - half), sales + rest_expected + half


def required(sales: int, quota: int | None) -> int | None:
    """Sales still missing; 0 when the quota is met, None without a quota or for a quota of 0."""
    return max(0, quota - sales) if quota else None


def required_per_hour(sales: int, quota: int | None, open_ms_left: int) -> float | None:
    """Sales an hour that the rest of the open time must bring.

    None without a quota, and where no time is left for more.
    """
    missing = required(sales, quota)
    if missing is None:
        return None
    if missing == 0:
        return 0.0
    return missing * HOUR_MS / open_ms_left if open_ms_left > 0 else None


def required_per_call(sales: int, quota: int | None, calls_left: float) -> float | None:
    """Share of the sales calls still expected that must convert; over 1 the quota is out of reach.

    None without a quota, and where no call is expected but sales are missing.
    """
    missing = required(sales, quota)
    if missing is None:
        return None
    if missing == 0:
        return 0.0
    return missing / calls_left if calls_left > 0 else None


class Rate(StrEnum):
    """At which rate the rest of a period is taken to come in."""

    USUAL = "usual rate"
    PRESENT = "present rate"


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a quota is reached, and at which rate the rest was taken."""

    probability: float
    rate: Rate


def chance(sales: int, quota: int | None, *, share_of_day: float, usual_rest: float | None = None) -> Chance | None:
    """The chance to reach a quota: the Poisson tail of the sales still missing.

    The rest comes at the usual rate where it is known (``usual_rest``, sales usually made from here to the end), else
    at the present one (``S / F * (1 - F)``), which says nothing while ``F`` is below 0.10. None without a quota.
    """
    missing = required(sales, quota)
    if missing is None:
        return None
    if usual_rest is not None:
        return Chance(poisson_at_least(missing, usual_rest), Rate.USUAL)
    if missing == 0:
        return Chance(1.0, Rate.PRESENT)
    if share_of_day < PROJECT_FROM_SHARE:
        return None
    rest = sales / share_of_day * max(0.0, 1 - share_of_day)
    return Chance(poisson_at_least(missing, rest), Rate.PRESENT)


def spread(quota: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Share a quota out by weight (scheduled or open milliseconds) in whole numbers that sum to it: largest remainder.

    Equal remainders go in the order of the mapping. Where no weight is above 0 everyone gets 0.

    Raises:
        ValueError: a weight or the quota is negative.
    """
    if quota < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("a quota and its weights cannot be negative")
    total = sum(weights.values())
    if total == 0:
        return dict.fromkeys(weights, 0)
    parts = {key: quota * weight // total for key, weight in weights.items()}
    left_over = quota - sum(parts.values())
    by_remainder = sorted(weights, key=lambda key: quota * weights[key] % total, reverse=True)
    for key in by_remainder[:left_over]:
        parts[key] += 1
    return parts


def spread_over_agents(
    quota: int, scheduled_ms: Mapping[Key, int], own_quotas: Mapping[Key, int] | None = None
) -> dict[Key, int]:
    """A team's quota over its agents by scheduled time (metrics.md 8.3: prorate by scheduled hours, not by head).

    Agents with a quota of their own keep it; the others share what it leaves, at least 0.
    """
    own = own_quotas or {}
    others = {agent: scheduled for agent, scheduled in scheduled_ms.items() if agent not in own}
    shared = spread(max(0, quota - sum(own.values())), others)
    return {
        agent: own[agent] if agent in own else shared[agent] for agent in (*scheduled_ms, *(own.keys() - scheduled_ms))
    }


def day_share(quota: int, open_ms: Mapping[str, int], date: str) -> int | None:
    """What a week's or month's quota asks of one day: spread over its open days by open time.

    ``open_ms`` maps each ISO date of the period to its open milliseconds, in order. None for a date outside the period.
    """
    return spread(quota, open_ms).get(date)
