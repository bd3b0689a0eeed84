"""What a quota still asks for, and how it is shared out (metrics.md 8.3).

Attainment, pace and the sales expected by now stand in `ccmon.metrics.sales` and `ccmon.metrics.pace`, where a period
will end and the chance to reach a quota in `ccmon.metrics.forecast`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from ccmon.metrics.confidence_interval import wilson_interval
from ccmon.time_units import HOUR_MS

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


def of_no_client(centre: int | None, clients: Collection[int]) -> int | None:
    """What the clients' quotas leave of the centre's: of teams without a client, of clients without one.

    None where the centre or no client has one.
    """
    return centre - sum(clients) if centre is not None and clients else None


def misses_its_beginning(starts_on: date, first_known_day: date, open_weekdays: Collection[int]) -> bool:
    """Whether a period began on an open weekday (Monday is 0) before the first day of which anything is known.

    Then its sales are those since that day, and what they say of the quota is unknown.
    """
    days = (first_known_day - starts_on).days
    return any((starts_on + timedelta(days=n)).weekday() in open_weekdays for n in range(days))


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
