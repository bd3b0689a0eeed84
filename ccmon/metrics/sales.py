"""Conversion, its uncertainty, and quota (metrics.md 8 and 9.4)."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from ccmon.units import Ratio

Z_95 = 1.959964
"""Standard normal quantile of a 95 % interval."""


def conversion(converted: int, sales_calls: int) -> float | None:
    """Converted sales calls over sales calls. None for an empty set, and where sales outnumber the calls known."""
    return converted / sales_calls if sales_calls > 0 and converted <= sales_calls else None


class Interval(NamedTuple):
    """Where a true share lies with 95 %, from a few observations of it."""

    low: Ratio
    """Lower end of the interval."""
    high: Ratio
    """Upper end of the interval."""


def wilson_interval(successes: int, trials: int, z: float = Z_95) -> Interval | None:
    """The Wilson score interval of a share (metrics.md 9.4). None for an empty set or impossible counts."""
    if trials <= 0 or not 0 <= successes <= trials:
        return None
    share = successes / trials
    denominator = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / denominator
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / denominator
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def attainment(sales: int, quota: int | None) -> float | None:
    """Sales to date over the full quota of the period (metrics.md 8.3). None without a quota or for a quota of 0."""
    return sales / quota if quota else None


def pace(sales: int, expected_by_now: float | None) -> float | None:
    """Sales to date over the sales expected by now (metrics.md 8.3). None where nothing is expected yet."""
    return sales / expected_by_now if expected_by_now else None


def share_of_enough(part: int, whole: int, *, at_least: int) -> float | None:
    """``part / whole``, or None where ``whole`` is below ``at_least`` (metrics.md 9.4)."""
    return part / whole if whole >= max(1, at_least) else None
