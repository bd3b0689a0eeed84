"""Writes shares as percent, for all outputs in the same way (metrics.md 1.10)."""

from __future__ import annotations

from ccmon.language import figures

UNKNOWN = "\N{EN DASH}"
"""Shown in place of an unknown figure (metrics.md 1.3)."""
MOST_DECIMALS = 4
CERTAIN, NEAR_A_HALF = 1e6, 1e-6


def percent(share: float | None, decimals: int = 0, unknown: str = UNKNOWN) -> str:
    """A share as percent, rounded once, halves away from 0 (metrics.md 1.10).

    It rounds the decimal that Python prints, not the binary value behind it: 0.845 is 85 %.
    """
    if share is None:
        return unknown
    scale = 10**decimals
    scaled = share * 100 * scale
    # Far from a half, and of a size that a float tells apart, the binary neighbour rounds to the same.
    if 0 <= scaled < CERTAIN and abs(scaled % 1 - 0.5) > NEAR_A_HALF:
        whole = int(scaled + 0.5)
        return figures(f"{whole // scale}.{whole % scale:0{decimals}} %") if decimals else f"{whole} %"
    from decimal import ROUND_HALF_UP, Decimal  # noqa: PLC0415 (few shares are near a half)

    rounded = (Decimal(repr(share)) * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return figures(f"{rounded or abs(rounded)} %")


def percent_below(share: float, limit: float) -> str:
    """A share as percent, with just enough decimals to look lower than a limit that it is below."""
    written = percent(share)
    for decimals in range(1, MOST_DECIMALS + 1):
        if share >= limit or written != percent(limit, decimals - 1):
            break
        written = percent(share, decimals)
    return written


def shown_at_least(share: float, target: float) -> bool:
    """Whether a share, as shown, reaches its target as shown: equal numbers never count as missed."""
    return share >= target or percent(share) == percent(target)


def chance_text(chance: float | None) -> str:
    """A chance in words: 0 % and 100 % are kept for quotas that are over or met."""
    if chance is None or chance >= 1:
        return percent(chance)
    return "> 99 %" if chance > 0.99 else "< 1 %" if chance < 0.01 else percent(chance)
