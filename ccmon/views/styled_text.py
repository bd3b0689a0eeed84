"""What is drawn, before any terminal is in it: lines of spans, each span a text and the part it plays."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from ccmon.formatting import width_of


class TextStyle(StrEnum):
    """What a text is. A palette defines its look; the words beside it mean the same without colour."""

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


class Span(NamedTuple):
    """A run of text in one style."""

    text: str
    style: TextStyle = TextStyle.TEXT


class StyledLine(NamedTuple):
    """One row of cells."""

    spans: tuple[Span, ...]
    state: LineState = LineState.PLAIN
    starts: bool = False
    """Whether an entry begins here, where a text is a list whose entries may take several lines."""

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


def changed_end(before: StyledLine, after: StyledLine) -> int | None:
    """The cell after the last one that differs; None where the two lines look the same.

    What lies left of a changed cell in its widget is sent again in any case, so only the right edge is worth finding.
    """
    if before == after:
        return None
    old, new = list(before.spans), list(after.spans)
    total = sum(width_of(span.text) for span in new)
    if before.state is not after.state:
        return total
    while old and new and old[-1] == new[-1]:
        total -= width_of(new.pop().text)
        old.pop()
    if old and new and old[-1].style is new[-1].style:
        total -= _common_tail(old[-1].text, new[-1].text)
    return total


def _common_tail(one: str, other: str) -> int:
    if not (one.isascii() and other.isascii()):
        return 0
    same = 0
    for first, second in zip(reversed(one), reversed(other), strict=False):
        if first != second:
            break
        same += 1
    return same
