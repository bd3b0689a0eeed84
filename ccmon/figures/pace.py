"""How far a day usually is by a moment, and what a quota expects by then (metrics.md 8.3).

A day's curve is its calls by quarter of an hour: ``(start of the quarter, calls)``, in order. Moments are milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

QUARTER_MS = 900_000
DAYS_NEEDED = 4
"""Same weekdays below which the usual curve says too little."""
HOLIDAY_BELOW = 0.25
"""A day with less than this share of the median day's calls was a holiday or an outage."""

Curve = Sequence[tuple[int, int]]


class Basis(StrEnum):
    """What an expectation by now rests on."""

    USUAL_DAY = "usual day"
    """The mean curve of the last same weekdays."""
    LINEAR = "linear"
    """The share of the opening time that has gone."""


def calls_until(curve: Curve, until: int) -> float:
    """Calls of a day up to a moment; within a quarter they are taken to come evenly."""
    return sum(calls * min(1.0, max(0.0, (until - starts_at) / QUARTER_MS)) for starts_at, calls in curve)


def usual_share(days: Sequence[tuple[Curve, int]]) -> float | None:
    """Typical share of a day's calls that have come by one wall-clock time: the mean over past days of their shares.

    Args:
        days: each past day's curve and the moment in it of the same wall-clock time.

    Returns:
        None with fewer than `DAYS_NEEDED` days, holidays left out.
    """
    totals = [sum(calls for _, calls in curve) for curve, _ in days]
    worked = sorted(total for total in totals if total > 0)
    if not worked:
        return None
    least = HOLIDAY_BELOW * worked[len(worked) // 2]
    shares = [
        calls_until(curve, until) / total
        for (curve, until), total in zip(days, totals, strict=True)
        if total > 0 and total >= least
    ]
    return sum(shares) / len(shares) if len(shares) >= DAYS_NEEDED else None


def linear_share(opens_at: int, closes_at: int, at: int) -> float | None:
    """Share of the opening time that has gone; None where there is no opening time."""
    return min(1.0, max(0.0, (at - opens_at) / (closes_at - opens_at))) if closes_at > opens_at else None


def expected(quota: int | None, share: float | None) -> float | None:
    """Sales that a quota expects by the moment at which ``share`` of the day has gone. None without a quota."""
    return quota * share if quota and share is not None else None
