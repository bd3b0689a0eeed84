"""Curves and bars of characters."""

from __future__ import annotations

from collections.abc import Sequence

from ccmon.metrics.confidence_interval import ConfidenceInterval
from ccmon.views.glyphs import GlyphSet
from ccmon.views.styled_text import Span, TextStyle


def curve(values: Sequence[float | None], width: int, glyphs: GlyphSet, top: float | None = None) -> str:
    """The newest `width` values as heights between 0 and `top` (the greatest by default); unknown ones are empty."""
    shown = list(values)[-width:]
    greatest = top if top is not None else max((value for value in shown if value is not None), default=0.0)
    steps = len(glyphs.heights) - 1
    letters = []
    for value in shown:
        if value is None or greatest <= 0:
            letters.append(glyphs.heights[0])
        else:
            letters.append(glyphs.heights[max(1, min(steps, round(value / greatest * steps)))])
    return "".join(letters).rjust(width)


def quota_bar(
    part: float | None, expected: float | None, width: int, style: TextStyle, glyphs: GlyphSet
) -> tuple[Span, ...]:
    """A bar of what has been reached of the whole (1.0), with a tick where it should be by now."""
    if part is None:
        return (Span(" " * width),)
    filled = max(0, min(width, round(part * width)))
    tick = None if expected is None else max(0, min(width - 1, round(expected * width)))
    cells = [(glyphs.bar, style) if index < filled else (glyphs.rest, TextStyle.QUIET) for index in range(width)]
    if tick is not None:
        cells[tick] = (glyphs.tick, TextStyle.STRONG)
    return merged(cells)


def interval_bar(
    interval: ConfidenceInterval,
    value: float,
    width: int,
    *,
    mark: float | None,
    top: float,
    style: TextStyle,
    glyphs: GlyphSet,
) -> tuple[Span, ...]:
    """An interval on a scale from 0 to `top`, the value in it, and a tick at `mark`."""

    def place(share: float) -> int:
        return max(0, min(width - 1, round(share / top * (width - 1)))) if top > 0 else 0

    cells = [(glyphs.rest, TextStyle.QUIET)] * width
    for index in range(place(interval.low), place(interval.high) + 1):
        cells[index] = (glyphs.span, style)
    if mark is not None:
        cells[place(mark)] = (glyphs.tick, TextStyle.STRONG)
    cells[place(value)] = (glyphs.centre, style)
    return merged(cells)


def merged(cells: Sequence[tuple[str, TextStyle]]) -> tuple[Span, ...]:
    """Neighbours of one style as one span."""
    spans: list[Span] = []
    for character, style in cells:
        if spans and spans[-1].style is style:
            spans[-1] = Span(spans[-1].text + character, style)
        else:
            spans.append(Span(character, style))
    return tuple(spans)
