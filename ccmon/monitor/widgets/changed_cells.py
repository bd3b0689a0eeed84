"""Which cells of a line look different from those of the line before it, and what stands in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, compress
from operator import is_not

from rich.segment import Segment
from textual.strip import Strip

from ccmon.formatting import width_of
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle

Run = tuple[str, TextStyle]
"""A text in one style."""
Stretch = tuple[int, int, Sequence[Run]]
"""Its first cell, the cell after its last, and the texts that stand in it."""

NEAR = 7
"""Up to this many unchanged cells are sent again: moving the cursor past them costs as many characters."""


def ends_of(line: StyledLine) -> list[int]:
    """The first cell of a line, and the cell after each of its spans."""
    return list(accumulate([width_of(span.text) for span in line.spans], initial=0))


def runs_of(line: StyledLine, ends: Sequence[int], start: int, end: int) -> list[Run]:
    """What stands in some cells of a line, given the `ends` of its spans; of a line with old figures in one style."""
    runs: list[Run] = []
    is_stale = line.state is LineState.STALE
    for place in range(bisect_right(ends, start) - 1, len(line.spans)):
        x, after, span = ends[place], ends[place + 1], line.spans[place]
        if x >= end:
            break
        text, style = span.text, TextStyle.TEXT if is_stale else span.style
        if text:
            if x < start or after > end:
                text = _cut(text, max(0, start - x), min(after, end) - x)
            if runs and runs[-1][1] is style:
                text = runs.pop()[0] + text
            runs.append((text, style))
    return runs


def _cut(text: str, start: int, end: int) -> str:
    if text.isascii():
        return text[start:end]
    return "".join(each.text for each in Strip([Segment(text)]).crop(start, end))


def changed_cells(before: StyledLine, after: StyledLine, ends: Sequence[int]) -> tuple[list[Stretch], bool]:
    """The stretches of cells that look different in two lines of the same width.

    Args:
        before: the line that was there.
        after: the line in its place.
        ends: `ends_of` the line that was there.

    Returns:
        The stretches, and whether the spans of both lines have the same ends.
    """
    if before.state is not after.state or after.state is LineState.STALE:
        return ([], True) if before == after else (_between(after, ends_of(after), 0, 0), False)
    old, new = before.spans, after.spans
    stretches = _apart(old, after, ends) if len(old) == len(new) else None
    if stretches is not None:
        return stretches, True
    ahead, behind = _first_cells_in_common(old, new), _last_cells_in_common(old, new)
    return _between(after, ends_of(after), ahead, behind), False


def _between(line: StyledLine, ends: Sequence[int], ahead: int, behind: int) -> list[Stretch]:
    """All of a line but so many cells ahead and behind, as one stretch."""
    end = ends[-1] - behind
    return [(ahead, end, runs_of(line, ends, ahead, end))] if ahead < end else []


def _first_cells_in_common(old: Sequence[Span], new: Sequence[Span]) -> int:
    cells = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            return cells + _common_cells(one, other)[0]
        cells += width_of(other.text)
    return cells


def _last_cells_in_common(old: Sequence[Span], new: Sequence[Span]) -> int:
    cells = 0
    for one, other in zip(reversed(old), reversed(new), strict=False):
        if one != other:
            return cells + _common_cells(one, other)[1]
        cells += width_of(other.text)
    return cells


def _common_cells(one: Span, other: Span) -> tuple[int, int]:
    """How many cells two differing spans have in common at their beginning and at their end, if they are comparable."""
    old, new = one.text, other.text
    is_comparable = one.style is other.style and len(old) == len(new) and old.isascii() and new.isascii()
    return _common(old, new) if is_comparable else (0, 0)


def _apart(old: Sequence[Span], after: StyledLine, ends: Sequence[int]) -> list[Stretch] | None:
    """The stretches for two lines made of spans of the same widths; None for others."""
    stretches: list[Stretch] = []
    new, merged = after.spans, False
    for place in compress(range(len(old)), map(is_not, old, new)):
        one, other = old[place], new[place]
        if one == other:
            continue
        start, end, text = ends[place], ends[place + 1], other.text
        is_ascii = text.isascii()
        if (len(text) if is_ascii else width_of(text)) != end - start:
            return None
        if start == end:
            continue
        if is_ascii and one.style is other.style and one.text.isascii():
            ahead, behind = _common(one.text, text)
            start, end, text = start + ahead, end - behind, text[ahead : len(text) - behind]
        if stretches and start - stretches[-1][1] <= NEAR:
            stretches[-1] = stretches[-1][0], end, ()
            merged = True
        else:
            stretches.append((start, end, ((text, other.style),)))
    if merged:
        return [(start, end, runs or runs_of(after, ends, start, end)) for start, end, runs in stretches]
    return stretches


def _common(old: str, new: str) -> tuple[int, int]:
    """How many letters two differing ASCII texts, equally long, have in common at their beginning and at their end."""
    if old[:-1] == new[:-1]:  # as most clocks
        return len(old) - 1, 0
    # All differing bits at once: comparing letter by letter takes longer.
    differing = int.from_bytes(old.encode(), "big") ^ int.from_bytes(new.encode(), "big")
    lowest = differing & -differing
    return len(old) - (differing.bit_length() + 7) // 8, (lowest.bit_length() - 1) // 8
