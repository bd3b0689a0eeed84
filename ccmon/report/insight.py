"""A sentence of a report about what went well or badly."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from ccmon.model.stretches import StretchKind
from ccmon.report.parts import Narrowed, ReportPart

MUCH_MORE = 0.1
"""A change of revenue, handling time or cost that is worth a sentence; also one step of severity."""
ENOUGH_CALLS = 20


def is_much(ratio: float) -> bool:
    """Whether a figure that is so many times another one has changed so much that it is worth a sentence."""
    return ratio >= 1 + MUCH_MORE or ratio <= 1 - MUCH_MORE


class Tone(StrEnum):
    """Whether a sentence tells something bad, good, or neither."""

    BAD = "bad"
    GOOD = "good"
    NEUTRAL = "neutral"


class Insight(Struct, frozen=True):
    """A sentence about what happened."""

    rule: str
    tone: Tone
    severity: float
    """How far past its threshold, in steps of the rule: the furthest comes first."""
    sentence: str


def than_then(narrowed: Narrowed, part: ReportPart) -> str:
    """An earlier stretch with its preposition."""
    name = _compared_with(narrowed, part)
    return f"in {name}" if name.startswith("the ") else f"on {name}"


def _compared_with(narrowed: Narrowed, part: ReportPart) -> str:
    """The name of an earlier stretch within a sentence."""
    kind = narrowed.stretch.kind
    if kind in {StretchKind.WEEK, StretchKind.MONTH}:
        return f"the {kind} before"
    if kind is StretchKind.SINCE and len(part.stretch.days) > 1:
        return "the same time a week before"
    day = part.stretch.last_date
    name = f"{day:%A}" if (narrowed.stretch.last_date - day).days < 7 else f"{day:%A} a week before"
    return name if narrowed.stretch.is_over else f"{name} by this time"
