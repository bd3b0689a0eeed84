"""Shares of counts, and counts shared out by weight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def share(part: int, whole: int) -> float | None:
    """``part / whole``; None for an empty set, and where the part exceeds the whole."""
    return part / whole if whole > 0 and part <= whole else None


def share_of_enough(part: int, whole: int, *, at_least: int) -> float | None:
    """``part / whole``, or None where ``whole`` is below ``at_least`` (metrics.md 9.4)."""
    return part / whole if whole >= max(1, at_least) else None


def spread(whole: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Share out a number by weight, in whole numbers that sum to it, by the largest remainder.

    Equal remainders are served in the order of the mapping. Where no weight is above 0, each gets 0.

    Raises:
        ValueError: a weight or the number is negative.
    """
    if whole < 0 or min(weights.values(), default=0) < 0:
        raise ValueError("what is shared out and its weights cannot be negative")
    total = sum(weights.values())
    if total == 0:
        return dict.fromkeys(weights, 0)
    parts, remainders = {}, {}
    for key, weight in weights.items():
        parts[key], remainders[key] = divmod(whole * weight, total)
    left_over = whole - sum(parts.values())
    for key in sorted(remainders, key=remainders.__getitem__, reverse=True)[:left_over]:
        parts[key] += 1
    return parts
