"""What a quota still requires, and how it is shared out (metrics.md 8.3).

Attainment, pace and the sales expected by now are in `ccmon.metrics.sales` and `ccmon.metrics.pace`; where a period
will end and the chance of reaching a quota are in `ccmon.metrics.forecast`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from ccmon.metrics.confidence_interval import wilson_interval
from ccmon.metrics.ratios import spread

Key = TypeVar("Key")


class Verdict(StrEnum):
    """What a conversion says about its quota, given how few calls it rests on."""

    BEHIND = "surely behind"
    UNSURE = "cannot tell yet"
    AHEAD = "surely ahead"


def verdict(converted: int, sales_calls: int, quota_conversion: float | None) -> Verdict | None:
    """The quota compared with the conversion's 95 % Wilson interval; None without a quota (or with one of 0)."""
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
    """The centre's quota minus the clients': what is left for teams without a client and clients without a quota.

    None where the centre has no quota, or no client has one.
    """
    return centre - sum(clients) if centre is not None and clients else None


def misses_its_beginning(starts_on: date, first_known_day: date, open_weekdays: Collection[int]) -> bool:
    """Whether a period began on an open weekday (Monday is 0) before the first day with data.

    If so, its sales are only those since that day, and what they mean for the quota is unknown.
    """
    days = (first_known_day - starts_on).days
    return any((starts_on + timedelta(days=n)).weekday() in open_weekdays for n in range(days))


def required(sales: int, quota: int | None) -> int | None:
    """Sales still missing; 0 when the quota is met, None without a quota or for a quota of 0."""
    return max(0, quota - sales) if quota else None


def required_per(missing: int | None, left: float, unit: int = 1) -> float | None:
    """Missing sales (`required`) per unit of what is left: an hour of opening time, or a sales call still expected.

    0 where none is missing; None without a quota, and where sales are missing but nothing is left.
    """
    if not missing:
        return None if missing is None else 0.0
    return missing * unit / left if left > 0 else None


def spread_over_agents(
    quota: int, scheduled_ms: Mapping[Key, int], own_quotas: Mapping[Key, int] | None = None
) -> dict[Key, int]:
    """A team's quota shared among its agents by scheduled time (metrics.md 8.3: by hours, not per head).

    Agents with a quota of their own keep it; the others share the rest, at least 0.
    """
    own = own_quotas or {}
    others = {agent: scheduled for agent, scheduled in scheduled_ms.items() if agent not in own}
    shared = spread(max(0, quota - sum(own.values())), others)
    return {
        agent: own[agent] if agent in own else shared[agent] for agent in (*scheduled_ms, *(own.keys() - scheduled_ms))
    }
