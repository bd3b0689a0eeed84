"""When a site is probably open: the hours of each weekday in which nearly all calls of the past came."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median_low

from ccmon.metrics.opening_hours import WEEKDAYS, OpenSpan
from ccmon.metrics.opening_week import Week
from ccmon.time_units import DAY_MS, HOUR_MS

HALF_HOUR_MS = HOUR_MS // 2
DAYS_NEEDED = 14
"""Each weekday must have come at least twice."""
CALLS_NEEDED = 20
"""On each weekday that is open."""
STRAY_SHARE = 0.01
"""This share of a weekday's calls may come before the site opens, and as many after it has closed."""
CLOSED_BELOW = 0.05
"""A weekday with less than this share of the busiest one's calls is closed."""
ALL_DAY_FROM_MS = 23 * HOUR_MS


def usual_opening_hours(calls: Mapping[tuple[date, int], int]) -> Week:
    """The opening hours that past calls show; empty where these are too few.

    Hours that differ from the usual ones by no more than half an hour at each end are taken as the usual ones.

    Args:
        calls: how many came, by business day and half hour: where that begins, in milliseconds of the wall clock since
            midnight of its date.
    """
    days = {day for day, _ in calls}
    if not days or (max(days) - min(days)).days + 1 < DAYS_NEEDED:
        return {}
    by_weekday: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for (day, time_ms), number in calls.items():
        by_weekday[day.weekday()][time_ms] += number
    busiest = max(found.total() for found in by_weekday.values())
    open_days = {day: found for day, found in by_weekday.items() if found.total() >= CLOSED_BELOW * busiest}
    if any(found.total() < CALLS_NEEDED for found in open_days.values()):
        return {}
    spans = {day: _span(found) for day, found in open_days.items()}
    if any(span.opens_ms >= DAY_MS for span in spans.values()):
        return {}
    usual = OpenSpan(*map(median_low, zip(*spans.values(), strict=True)))
    return {day: (_rounded(spans[day], usual),) if day in spans else () for day in range(len(WEEKDAYS))}


def _span(calls: Mapping[int, int]) -> OpenSpan:
    """From the first half hour to the end of the last, without stray calls."""
    times = sorted(calls)
    stray = STRAY_SHARE * sum(calls.values())
    return OpenSpan(_first(times, calls, stray), _first(times[::-1], calls, stray) + HALF_HOUR_MS)


def _first(times: Iterable[int], calls: Mapping[int, int], stray: float) -> int:
    """The first half hour by which more than the stray calls have come."""
    came = 0
    for time in times:
        came += calls[time]
        if came > stray:
            break
    return time


def _rounded(span: OpenSpan, usual: OpenSpan) -> OpenSpan:
    if all(abs(own - other) <= HALF_HOUR_MS for own, other in zip(span, usual, strict=True)):
        span = usual
    if span.closes_ms - span.opens_ms >= ALL_DAY_FROM_MS:
        return OpenSpan(0, DAY_MS)
    return span
