"""What is drawn, independent of any terminal: lines of spans, each a text and the role it plays."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, compress
from operator import is_not

from msgspec import Struct

from ccmon.formatting import width_of


class TextStyle(StrEnum):
    """The role of a text. A palette defines its look; without colour, the words beside it say the same."""

    TEXT = "text"
    QUIET = "quiet"
    STRONG = "strong"
    TITLE = "title"
    FRAME = "frame"
    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"
    BUSY = "busy"
    AWAY = "away"
    BADGE_GOOD = "badge_good"
    BADGE_WATCH = "badge_watch"
    BADGE_BAD = "badge_bad"
    KEY = "key"

    def or_else(self, otherwise: TextStyle) -> TextStyle:
        """This style, or the other where this is plain text."""
        return otherwise if self is TextStyle.TEXT else self


class LineState(StrEnum):
    """How a whole line is shown."""

    PLAIN = "plain"
    STALE = "stale"
    """Old figures: dimmed and without colour, so that nobody takes them for live ones."""
    CURSOR = "cursor"


class Span(Struct, frozen=True, gc=False):
    """A run of text in one style. A structure: a busy tick makes hundreds, and a named tuple takes thrice as long."""

    text: str
    style: TextStyle = TextStyle.TEXT


class StyledLine(Struct, frozen=True, gc=False):
    """One row of cells."""

    spans: tuple[Span, ...]
    state: LineState = LineState.PLAIN
    starts: bool = False
    """Whether an entry begins here, in a list whose entries may take several lines."""

    @property
    def text(self) -> str:
        """The bare text."""
        return "".join(span.text for span in self.spans)


@lru_cache(maxsize=512)
def blank(width: int) -> Span:
    """A number of empty cells."""
    return Span(" " * max(0, width))


@lru_cache(maxsize=512)
def blank_line(width: int) -> StyledLine:
    """A line of empty cells."""
    return StyledLine((blank(width),))


NEAR = 7
"""Up to this many unchanged cells are sent again: moving the cursor past them costs as many characters."""


def ends_of(line: StyledLine) -> list[int]:
    """The cell after each of a line's spans."""
    return list(accumulate([width_of(span.text) for span in line.spans]))


def changed_cells(
    before: StyledLine, after: StyledLine, ends: Sequence[int] | None = None
) -> tuple[list[tuple[int, int]], bool]:
    """The stretches of cells that look different in two lines of the same width, each from a cell up to another.

    Args:
        before: the line that was there.
        after: the line in its place.
        ends: `ends_of` the line that was there, if known.

    Returns:
        The stretches, and whether the spans of both lines have the same ends.
    """
    old, new = before.spans, after.spans
    if before.state is not after.state or after.state is LineState.STALE:
        return ([], True) if before == after else ([(0, _width(new))], False)
    stretches = _apart(old, new, ends or ends_of(before)) if len(old) == len(new) else None
    if stretches is not None:
        return stretches, True
    start = end = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            start += _common(one, other)[0]
            break
        start += width_of(other.text)
    for one, other in zip(reversed(old), reversed(new), strict=False):
        if one != other:
            end += _common(one, other)[1]
            break
        end += width_of(other.text)
    stop = _width(new) - end
    return ([(start, stop)] if stop > start else []), False


def _width(spans: Sequence[Span]) -> int:
    return sum([width_of(span.text) for span in spans])


def _apart(old: Sequence[Span], new: Sequence[Span], ends: Sequence[int]) -> list[tuple[int, int]] | None:
    """The stretches for two lines made of spans of the same widths; None for others."""
    stretches: list[tuple[int, int]] = []
    for place in compress(range(len(old)), map(is_not, old, new)):
        one, other = old[place], new[place]
        if one == other:
            continue
        x, after = ends[place - 1] if place else 0, ends[place]
        if width_of(other.text) != after - x:
            return None
        if x == after:
            continue
        ahead, behind = _common(one, other)
        start, end = x + ahead, after - behind
        if stretches and start - stretches[-1][1] <= NEAR:
            start = stretches.pop()[0]
        stretches.append((start, end))
    return stretches


def _common(one: Span, other: Span) -> tuple[int, int]:
    """How many cells two differing texts have in common at their beginning and at their end."""
    old, new = one.text, other.text
    if one.style is not other.style or len(old) != len(new) or not (old.isascii() and new.isascii()):
        return 0, 0
    # All differing bits at once: comparing letter by letter took a fiftieth of a busy tick.
    differing = int.from_bytes(old.encode(), "big") ^ int.from_bytes(new.encode(), "big")
    lowest = differing & -differing
    return len(old) - (differing.bit_length() + 7) // 8, (lowest.bit_length() - 1) // 8
