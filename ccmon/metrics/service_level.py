"""Service level and abandonment from counts of visits (metrics.md 3 and 4)."""

from __future__ import annotations

from math import ceil


def judged_visits(*, answered: int, lost: int, waiting_past_threshold: int = 0) -> int:
    """The denominator of the service level: ``A + B + X - B_S`` visits (metrics.md 4).

    Args:
        answered: those with a known wait.
        lost: see `lost`. Diverted and unknown visits are in neither.
        waiting_past_threshold: callers who wait past the threshold; live figures count them as missed (metrics.md 1.5).
    """
    return answered + lost + waiting_past_threshold


def service_level(
    *, answered_in_threshold: int, answered: int, lost: int, waiting_past_threshold: int = 0
) -> float | None:
    """Share of the judged visits (`judged_visits`) answered within the threshold; None for an empty set.

    Source: metrics.md 4, ccmon default.
    """
    judged = judged_visits(answered=answered, lost=lost, waiting_past_threshold=waiting_past_threshold)
    return answered_in_threshold / judged if judged > 0 else None


def abandonment_rate(*, abandoned: int, short_abandoned: int, finished: int) -> float | None:
    """Share of finished visits abandoned: ``(B - B_S) / (O_done - B_S)`` (metrics.md 3). None for an empty set."""
    countable = finished - short_abandoned
    return (abandoned - short_abandoned) / countable if countable > 0 else None


def lost(*, abandoned: int, short_abandoned: int, released: int) -> int:
    """Visits that were not served: ``B + X - B_S`` (metrics.md 3).

    ``released``: visits that the system ended (timeout, nobody to serve).
    """
    return abandoned + released - short_abandoned


def in_threshold_to_reach(target: float | None, *, answered_in_threshold: int, judged: int) -> int | None:
    """How many more calls in a row must be answered within the threshold for a service level to reach its target.

    The smallest ``n`` with ``(a + n) / (d + n) >= target``; 0 where it is reached. None without a target or a call, and
    where nothing reaches it: a target of 100 % after a miss.
    """
    if target is None or judged <= 0:
        return None
    missing = target * judged - answered_in_threshold
    if missing <= 0:
        return 0
    return ceil(missing / (1 - target) - 1e-9) if target < 1 else None
