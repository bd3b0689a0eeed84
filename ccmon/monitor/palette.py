"""How each role looks: the terminal's own sixteen colours and attributes, so that it fits any colour scheme."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style

from ccmon.views.styled_text import LineState, TextStyle

_SHARED: dict[TextStyle, Style | None] = {
    TextStyle.TEXT: None,
    TextStyle.QUIET: Style(dim=True),
    TextStyle.STRONG: Style(bold=True),
    TextStyle.FRAME: Style(dim=True),
    TextStyle.GOOD: Style(color="green"),
    TextStyle.BAD: Style(color="red", bold=True),
    # Reverse video rather than a background: what remains without colour is still a badge.
    TextStyle.BADGE_BAD: Style(color="red", bold=True, reverse=True),
    TextStyle.BADGE_GOOD: Style(color="green", reverse=True),
    TextStyle.KEY: Style(bold=True),
}

DARK: dict[TextStyle, Style | None] = _SHARED | {
    TextStyle.TITLE: Style(color="cyan", bold=True),
    TextStyle.WATCH: Style(color="yellow"),
    TextStyle.BUSY: Style(color="cyan"),
    TextStyle.AWAY: Style(color="yellow"),
    TextStyle.BADGE_WATCH: Style(color="yellow", reverse=True),
}

LIGHT: dict[TextStyle, Style | None] = _SHARED | {
    TextStyle.TITLE: Style(color="blue", bold=True),
    # Yellow cannot be read on white.
    TextStyle.WATCH: Style(color="magenta"),
    TextStyle.BUSY: Style(color="blue"),
    TextStyle.AWAY: Style(color="magenta"),
    TextStyle.BADGE_WATCH: Style(color="magenta", reverse=True),
}

_STALE = Style(dim=True)
_CURSOR = Style(reverse=True)


def is_light(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal says that its background is light (COLORFGBG ends in 7 or 15); most say nothing."""
    return environment.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"}


class Palette:
    """Styles for every role and look, on a dark or a light terminal."""

    def __init__(self, light: bool = False) -> None:
        self._styles = LIGHT if light else DARK
        self.style = lru_cache(maxsize=None)(self._style)

    def _style(self, role: TextStyle, look: LineState) -> Style | None:
        if look is LineState.STALE:
            return _STALE
        style = self._styles[role]
        if look is LineState.CURSOR and role not in {TextStyle.FRAME, TextStyle.TITLE}:
            return _CURSOR if style is None else Style(color=style.color, bold=style.bold, reverse=True)
        return style
