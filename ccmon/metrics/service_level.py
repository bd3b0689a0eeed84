"""Service level and abandonment from counts of visits (metrics.md 3 and 4)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple


class VisitCounts(NamedTuple):
    """Counts of visits that a service level is made of; letters as in metrics.md 1.1."""

    answered: int
    """A"""
    answered_in_threshold: int
    """A_T"""
    abandoned: int
    """B"""
    short_abandoned: int = 0
    """B_S, of B"""
    abandoned_in_threshold: int = 0
    """B_T, of B"""
    gave_up: int = 0
    """X: visits the system ended (timeout, nobody to serve)."""
    diverted: int = 0
    """D"""


@dataclass(frozen=True, slots=True)
class Variant:
    """One formula as data: what counts as success beside A_T, and what is in the denominator beside A."""

    early_abandons_succeed: bool = False
    short_abandons_succeed: bool = False
    with_abandons: bool = True
    without_short_abandons: bool = False
    without_early_abandons: bool = False
    with_gave_up: bool = False
    with_diverted: bool = False


VARIANTS = {
    "ccmon": Variant(without_short_abandons=True, with_gave_up=True),
    "V1": Variant(with_abandons=False),
    "V2": Variant(),
    "V3": Variant(without_short_abandons=True),
    "V4": Variant(without_early_abandons=True),
    "V5": Variant(early_abandons_succeed=True),
    "V5a": Variant(short_abandons_succeed=True),
    "V6": Variant(early_abandons_succeed=True, with_gave_up=True, with_diverted=True),
    "V7": Variant(with_gave_up=True, with_diverted=True),
}
"""The variants met in the field, by their id in metrics.md 4, which says who uses which."""


def service_level_of(visits: VisitCounts, variant: Variant = VARIANTS["ccmon"]) -> float | None:
    """Service level by any variant. None for an empty set."""
    met = (
        visits.answered_in_threshold
        + visits.abandoned_in_threshold * variant.early_abandons_succeed
        + visits.short_abandoned * variant.short_abandons_succeed
    )
    countable = (
        visits.answered
        + visits.gave_up * variant.with_gave_up
        + visits.diverted * variant.with_diverted
        + visits.abandoned * variant.with_abandons
        - visits.short_abandoned * variant.without_short_abandons
        - visits.abandoned_in_threshold * variant.without_early_abandons
    )
    return met / countable if countable > 0 else None


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


def lost_rate(*, abandoned: int, gave_up: int, short_abandoned: int, finished: int) -> float | None:
    """Share of finished visits lost: ``(B + X - B_S) / (O_done - B_S)`` (metrics.md 3). None for an empty set."""
    countable = finished - short_abandoned
    number = lost(abandoned=abandoned, short_abandoned=short_abandoned, gave_up=gave_up)
    return number / countable if countable > 0 else None


def answer_rate(*, answered: int, short_abandoned: int, finished: int) -> float | None:
    """Share of finished visits answered: ``A / (O_done - B_S)`` (metrics.md 3). None for an empty set."""
    countable = finished - short_abandoned
    return answered / countable if countable > 0 else None


def answers_still_needed(*, answered_in_threshold: int, events: int, target: float, to_come: int) -> int | None:
    """Of the next ``to_come`` calls, how many must be answered in time to make the target (metrics.md 4).

    Args:
        answered_in_threshold: so far.
        events: visits that have counted so far, callers past the threshold included.
        target: share from 0 to 1.
        to_come: calls expected in the rest of the day.

    Returns:
        0 where the target is safe; None where it is out of reach.
    """
    needed = max(0, math.ceil(target * (events + to_come) - answered_in_threshold - 1e-9))
    return needed if needed <= to_come else None
