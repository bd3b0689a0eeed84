"""What lies under the mouse: cells of a line in, what they show out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ccmon.formatting import width_of
from ccmon.snapshot.narrow import Filters
from ccmon.views.columns import GAP, Column, Fitted
from ccmon.views.keys import Key
from ccmon.views.styled_text import StyledLine


def part_at(x: int, width: int, parts: int) -> int:
    """Which of some parts of the same width, next to each other, a cell is in."""
    return next(place for place in range(parts) if x < width * (place + 1) // parts or place == parts - 1)


def span_at(line: StyledLine, x: int) -> int | None:
    """The place of the span that a cell is in."""
    end = 0
    for place, span in enumerate(line.spans):
        end += width_of(span.text)
        if x < end:
            return place
    return None


def key_at(line: StyledLine, x: int, keys: Sequence[Key]) -> Key | None:
    """The key that a cell of the line of keys names."""
    place = span_at(line, x)
    if place is None:
        return None
    # Key and word are a pair of spans; the last span fills the line.
    word = line.spans[place // 2 * 2 + 1].text.strip() if place // 2 * 2 + 1 < len(line.spans) else ""
    return next((key for key in keys if key.short and key.short == word), None)


def text_at(line: StyledLine, x: int, texts: Iterable[str]) -> str | None:
    """Which of some texts a cell is in, where they stand in the line."""
    # Cells before a text, not letters: a letter may be two cells wide.
    whole = line.text
    for text in texts:
        start = whole.find(text)
        if text and start >= 0:
            first = width_of(whole[:start])
            if first <= x < first + width_of(text):
                return text
    return None


def filter_at(line: StyledLine, x: int, filters: Filters) -> str | None:
    """The kind of the filter that a cell of the top line names."""
    named = {f"{kind} {name}": kind for kind, name in filters.in_force}
    return named.get(text_at(line, x, named) or "")


def column_at(fitted: Fitted[Any], x: int) -> Column[Any] | None:
    """The column that a cell is in, counted from where the first column begins."""
    end = 0
    for column, cells in fitted:
        if end <= x < end + cells:
            return column
        end += cells + GAP
    return None
