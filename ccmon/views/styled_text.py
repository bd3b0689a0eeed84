"""What is drawn, independent of any terminal: lines of spans, each a text and the role it plays."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from msgspec import Struct


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
