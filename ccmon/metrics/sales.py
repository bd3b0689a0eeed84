"""Conversion, attainment and pace (metrics.md 8)."""

from __future__ import annotations

from ccmon.metrics.ratios import share


def conversion(converted: int, sales_calls: int) -> float | None:
    """Converted sales calls over sales calls. None for an empty set, and where sales outnumber the calls known."""
    return share(converted, sales_calls)


def attainment(sales: int, quota: int | None) -> float | None:
    """Sales to date over the full quota of the period (metrics.md 8.3). None without a quota or for a quota of 0."""
    return sales / quota if quota else None


def pace(sales: int, expected_by_now: float | None) -> float | None:
    """Sales to date over the sales expected by now (metrics.md 8.3). None where nothing is expected yet."""
    return sales / expected_by_now if expected_by_now else None
