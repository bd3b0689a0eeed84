"""Shares written as percent: one way for whatever writes one (metrics.md 1.10)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

UNKNOWN = "\N{EN DASH}"
"""Stands where a figure is unknown (metrics.md 1.3)."""
MOST_DECIMALS = 4


def percent(share: float | None, decimals: int = 0, unknown: str = UNKNOWN) -> str:
    """A share as percent, rounded half up once (metrics.md 1.10); a half of a negative share away from 0.

    The decimal that the share is written as is rounded, not its binary neighbour: 0.845 is 85 %.
    """
    if share is None:
        return unknown
    rounded = (Decimal(repr(share)) * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded or abs(rounded)} %"


def percent_below(share: float, limit: float) -> str:
    """A share as percent with as few decimals as keep it from being written as a limit that it lies below."""
    written = percent(share)
    for decimals in range(1, MOST_DECIMALS + 1):
        if share >= limit or written != percent(limit, decimals - 1):
            break
        written = percent(share, decimals)
    return written


def shown_at_least(share: float, target: float) -> bool:
    """Whether a share is no less than its target as both are shown: at the target's own number no sign says missed."""
    return share >= target or percent(share) == percent(target)


def chance_text(chance: float | None) -> str:
    """A chance as a person says it: 0 % and 100 % are left to what is over, or met."""
    if chance is None or chance >= 1:
        return percent(chance)
    return "> 99 %" if chance > 0.99 else "< 1 %" if chance < 0.01 else percent(chance)
