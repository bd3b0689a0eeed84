"""Service level and abandonment from counts of visits (metrics.md 3 and 4)."""

from __future__ import annotations


def service_level(
    *, answered_in_threshold: int, answered: int, abandoned: int, gave_up: int, short_abandoned: int
) -> float | None:
    """Share of visits answered within the threshold: ``A_T / (A + B + X - B_S)``.

    ``gave_up`` counts visits the system ended (timeout, nobody to serve). Diverted and unknown visits are in neither
    part. None for an empty set. Source: metrics.md 4, ccmon default.
    """
    countable = answered + abandoned + gave_up - short_abandoned
    return answered_in_threshold / countable if countable > 0 else None


def service_level_live(
    *,
    answered_in_threshold: int,
    answered: int,
    abandoned: int,
    gave_up: int,
    short_abandoned: int,
    waiting_past_threshold: int,
) -> float | None:
    """As `service_level`, with every caller who waits past the threshold already a miss (metrics.md 1.5, live form)."""
    countable = answered + abandoned + gave_up - short_abandoned + waiting_past_threshold
    return answered_in_threshold / countable if countable > 0 else None


def abandonment_rate(*, abandoned: int, short_abandoned: int, finished: int) -> float | None:
    """Share of finished visits abandoned: ``(B - B_S) / (O_done - B_S)`` (metrics.md 3). None for an empty set."""
    countable = finished - short_abandoned
    return (abandoned - short_abandoned) / countable if countable > 0 else None


def lost(*, abandoned: int, short_abandoned: int, gave_up: int) -> int:
    """Visits that were not served: ``B + X - B_S`` (metrics.md 3)."""
    return abandoned + gave_up - short_abandoned
