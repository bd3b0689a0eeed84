"""The characters the screen is drawn with: one set for Unicode terminals, one of ASCII alone."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from msgspec import Struct

from ccmon.formatting import UNKNOWN, fit, width_of
from ccmon.views.styled_text import Span, StyledLine, TextStyle

FIGURES_BEGIN = frozenset("0123456789<")
"""What a figure begins with: 0:42, < 1 %."""


class GlyphSet(Struct, frozen=True, kw_only=True):
    """One set of characters, by default for a Unicode terminal.

    Beside each glyph stands a word with the same meaning; no ASCII glyph has two meanings.
    """

    ascii_only: bool = False
    unknown: str = UNKNOWN
    """Stands where a figure is unknown (metrics.md 1.3)."""
    more: str = "…"
    """Ends a text that was cut."""
    dot: str = "·"
    """Separates one figure from the next."""
    act: str = "▲"
    """Somebody must act now."""
    watch: str = "△"
    """Worth watching."""
    fine: str = "✓"
    live: str = "●"
    ahead: str = "↑"
    behind: str = "↓"
    undecided: str = "≈"
    cursor: str = "▌"
    ascending: str = "↑"
    descending: str = "↓"
    horizontal: str = "─"
    vertical: str = "│"
    corners: str = "╭╮╰╯"
    """Top left, top right, bottom left, bottom right."""
    bar: str = "━"
    rest: str = "─"
    tick: str = "┃"
    span: str = "━"
    """Inside an interval."""
    centre: str = "●"
    """The value an interval is about."""
    heights: str = " ▁▂▃▄▅▆"
    """Heights of a curve, lowest first; the first means no value at all. None reaches the row above."""

    def signed(self, text: str, style: TextStyle) -> str:
        """A figure with the sign of its style, where that says that something is wrong; words say it themselves."""
        if style is not TextStyle.BAD and style is not TextStyle.WATCH:
            return text
        has_one = " < " in text or " > " in text
        sign = self.act if style is TextStyle.BAD else self.watch
        return f"{sign}{text}" if text[:1] in FIGURES_BEGIN and not has_one else text

    def fit(self, text: str, width: int, *, right: bool = False) -> str:
        """A text of exactly `width` cells in characters of this set, as `ccmon.formatting.fit` makes it."""
        return fit(text, width, right=right, more=self.more)

    def line(self, text: str, width: int, style: TextStyle = TextStyle.TEXT) -> StyledLine:
        """A line of exactly `width` cells."""
        return StyledLine((Span(self.fit(text, width), style),))

    def edge(
        self, width: int, frame: TextStyle, left: Sequence[Span] = (), right: Sequence[Span] = (), bottom: bool = False
    ) -> StyledLine:
        """The upper or lower edge of a frame, with texts at its left and right."""
        corner = 2 if bottom else 0
        rule = self.horizontal * (width - 4 - sum(width_of(span.text) for span in (*left, *right)))
        start = Span(self.corners[corner] + self.horizontal, frame)
        end = Span(self.horizontal + self.corners[corner + 1], frame)
        return StyledLine((start, *left, Span(rule, frame), *right, end))


UNICODE = GlyphSet()
ASCII = GlyphSet(
    ascii_only=True,
    unknown="-",
    more="~",
    dot="-",
    act="!",
    watch="*",
    fine="ok",
    live="+",
    ahead="^",
    behind="v",
    undecided="?",
    cursor=">",
    ascending="^",
    descending="v",
    horizontal="-",
    vertical="|",
    corners="++++",
    bar="=",
    rest="-",
    tick="|",
    span="=",
    centre="o",
    heights=" _.-:=+",
)


def needs_ascii(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the locale asks for ASCII alone: C, POSIX, or an encoding other than UTF-8.

    Python itself sets LC_CTYPE to C.UTF-8 when it starts under the C locale (PEP 538), so that value says nothing.
    Without any locale variable the terminal is assumed to use UTF-8, as nearly all do.
    """
    coerced = {"C.UTF-8", "C.utf8", "UTF-8"}
    ctype = environment.get("LC_CTYPE", "")
    locale = environment.get("LC_ALL") or ("" if ctype in coerced else ctype) or environment.get("LANG", "")
    if not locale:
        return False
    return locale.rpartition(".")[2].partition("@")[0].lower().replace("-", "") != "utf8"


DIGITS: Mapping[str, tuple[str, str, str]] = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ":": ("▄", "▄", " "),
    ".": (" ", " ", "▀"),
    ",": ("  ", " ▄", "▄▀"),
    UNKNOWN: ("   ", "▀▀▀", "   "),
    "%": ("▀ █", "▄▀ ", "▀ ▀"),
    " ": (" ", " ", " "),
}
"""Figures three rows high, made of half blocks; a comma hangs below the baseline of the decimal point."""


def big(figure: str) -> tuple[str, str, str] | None:
    """A figure three rows high, or None where one of its characters has no such form."""
    if not figure or not DIGITS.keys() >= set(figure):
        return None
    top, middle, bottom = (" ".join(rows) for rows in zip(*(DIGITS[character] for character in figure), strict=True))
    return top, middle, bottom
