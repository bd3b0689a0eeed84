"""Draw how often what was said came: a reliability diagram as SVG, with nothing but text and lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import sqrt
from typing import Protocol

SIDE, GAP, TOP, BOTTOM = 260, 70, 46, 66
LEAST_CASES = 10
"""Deciles of fewer cases are left out."""


class Decile(Protocol):
    """Cases of which about the same was said."""

    @property
    def cases(self) -> int:
        """How many."""
        ...

    @property
    def said(self) -> float:
        """Mean of what was said."""
        ...

    @property
    def came(self) -> float:
        """Share that came."""
        ...

    @property
    def error(self) -> float:
        """Standard deviation of that share."""
        ...


def drawn(groups: Mapping[str, Sequence[Decile]]) -> str:
    """One square for each group: what was said from left to right, what came from bottom to top."""
    width, height = len(groups) * (SIDE + GAP) + GAP // 2, TOP + SIDE + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for place, (name, deciles) in enumerate(groups.items()):
        parts += _square(GAP + place * (SIDE + GAP), name, deciles)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _square(left: int, name: str, deciles: Sequence[Decile]) -> Iterator[str]:
    cases = sum(each.cases for each in deciles)
    middle = left + SIDE / 2
    yield f'<text x="{middle}" y="{TOP - 22}" text-anchor="middle" font-weight="bold">{escape(name)}</text>'
    yield f'<text x="{middle}" y="{TOP - 7}" text-anchor="middle" fill="#555555">{cases:,} cases</text>'
    yield f'<rect x="{left}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#999999"/>'
    yield f'<path d="M{left} {TOP + SIDE}L{left + SIDE} {TOP}" stroke="#999999" stroke-dasharray="4 4"/>'
    for tick in range(0, 101, 25):
        across, up = left + SIDE * tick / 100, TOP + SIDE * (1 - tick / 100)
        yield f'<text x="{across:.0f}" y="{TOP + SIDE + 16}" text-anchor="middle">{tick}</text>'
        yield f'<text x="{left - 6}" y="{up + 4:.0f}" text-anchor="end">{tick}</text>'
    yield f'<text x="{middle}" y="{TOP + SIDE + 34}" text-anchor="middle">said, %</text>'
    yield (
        f'<text transform="translate({left - 38} {TOP + SIDE / 2:.0f}) rotate(-90)" text-anchor="middle">came, %</text>'
    )
    for each in deciles:
        if each.cases < LEAST_CASES:
            continue
        across, up = left + SIDE * each.said, TOP + SIDE * (1 - each.came)
        high, low = (TOP + SIDE * (1 - min(1.0, max(0.0, each.came + side * 2 * each.error))) for side in (1, -1))
        radius = 2 + 10 * sqrt(each.cases / cases)
        yield f'<path d="M{across:.1f} {high:.1f}V{low:.1f}" stroke="#1f6f8b"/>'
        yield f'<circle cx="{across:.1f}" cy="{up:.1f}" r="{radius:.1f}" fill="#1f6f8b" fill-opacity="0.7"/>'
