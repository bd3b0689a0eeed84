"""How far a day usually is at a moment, what a quota expects by then, and pace: sales over that (metrics.md 8.3).

Moments are milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from ccmon.metrics.percentage import shown_at_least

DAYS_NEEDED = 4
"""With fewer days of the same weekday, the usual curve says too little."""
SAME_WEEKDAYS = 8
"""The most days of the same weekday with which today is compared."""
DAYS_AT_MOST = 20
ALIKE_WITHIN = 1.5
"""Weekdays whose mean sales calls differ by less than this factor are assumed to have the same shape."""
HOLIDAY_BELOW = 0.25
"""A day with less than this share of the median day's calls was a holiday or an outage."""
ON_PACE, EVEN_CHANCE = 1.0, 0.5

Day = TypeVar("Day", str, date)


class Basis(StrEnum):
    """What an expectation for now rests on."""

    USUAL_DAY = "usual day"
    """The mean course of the scope's own sales calls on past days."""
    LINEAR = "linear"
    """The share of the opening time that has elapsed."""


def days_alike(sales_calls: Mapping[date, int], weekday: int) -> list[date]:
    """The past days with which a weekday (Monday is 0) is compared, the latest first.

    The last days of the same weekday, at least `DAYS_NEEDED` and at most `SAME_WEEKDAYS`. If there are fewer, the last
    `DAYS_AT_MOST` days of the weekdays whose mean number of sales calls is the same within a factor of `ALIKE_WITHIN`.
    Days with so few calls that they must have been holidays are left out.

    Args:
        sales_calls: by past day.
        weekday: today's.

    Returns:
        The days; empty where too few are known.
    """
    by_weekday: dict[int, dict[date, int]] = {}
    for day, calls in sales_calls.items():
        by_weekday.setdefault(day.weekday(), {})[day] = calls
    worked = {each: worked_days(calls) for each, calls in by_weekday.items()}
    same = worked.get(weekday, {})
    found = sorted(same, reverse=True)[:SAME_WEEKDAYS]
    if len(found) < DAYS_NEEDED and same:
        usual = _mean(same)
        alike = [
            days for days in worked.values() if days and usual / ALIKE_WITHIN <= _mean(days) <= usual * ALIKE_WITHIN
        ]
        found = sorted((day for days in alike for day in days), reverse=True)[:DAYS_AT_MOST]
    return found if len(found) >= DAYS_NEEDED else []


def worked_days(sales_calls: Mapping[Day, int]) -> dict[Day, int]:
    """Days of one weekday, without those whose sales calls are so few that they must have been holidays."""
    totals = sorted(calls for calls in sales_calls.values() if calls > 0)
    least = HOLIDAY_BELOW * totals[len(totals) // 2] if totals else 0
    return {day: calls for day, calls in sales_calls.items() if calls > 0 and calls >= least}


def _mean(days: Mapping[date, int]) -> float:
    return sum(days.values()) / len(days)


def linear_share(open_ms: int, left_ms: int) -> float | None:
    """Share of the opening time that has elapsed, of the whole and what is left; None without an opening time."""
    return (open_ms - left_ms) / open_ms if open_ms else None


def expected(quota: int | None, share: float | None) -> float | None:
    """Sales or revenue that a quota expects when ``share`` of the period has passed. None without a quota."""
    return quota * share if quota and share is not None else None


def pace(sales: int, expected_by_now: float | None) -> float | None:
    """Sales to date over the sales expected by now (metrics.md 8.3). None where nothing is expected yet."""
    return sales / expected_by_now if expected_by_now else None


def is_ahead(pace: float, chance: float | None) -> bool | None:
    """Whether a quota is ahead of its course; None where pace and chance disagree, so that neither is claimed.

    A pace counts as ahead as soon as it is shown as 100 %.

    Args:
        pace: sales over the sales expected by now.
        chance: probability of reaching the quota; None: unknown, so that the pace alone decides.
    """
    ahead = shown_at_least(pace, ON_PACE)
    return ahead if chance is None or (chance >= EVEN_CHANCE) is ahead else None
