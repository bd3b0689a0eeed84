"""How each role looks: the terminal's own sixteen colours and attributes, so that it fits any colour scheme."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style

from ccmon.views.styled_text import Look, Role

_SHARED: dict[Role, Style | None] = {
    Role.TEXT: None,
    Role.QUIET: Style(dim=True),
    Role.STRONG: Style(bold=True),
    Role.FRAME: Style(dim=True),
    Role.GOOD: Style(color="green"),
    Role.BAD: Style(color="red", bold=True),
    # Reverse video rather than a background: what remains without colour is still a badge.
    Role.BADGE_BAD: Style(color="red", bold=True, reverse=True),
    Role.BADGE_GOOD: Style(color="green", reverse=True),
    Role.KEY: Style(bold=True),
}

DARK: dict[Role, Style | None] = _SHARED | {
    Role.TITLE: Style(color="cyan", bold=True),
    Role.WATCH: Style(color="yellow"),
    Role.BUSY: Style(color="cyan"),
    Role.AWAY: Style(color="yellow"),
    Role.BADGE_WATCH: Style(color="yellow", reverse=True),
}

LIGHT: dict[Role, Style | None] = _SHARED | {
    Role.TITLE: Style(color="blue", bold=True),
    # Yellow cannot be read on white.
    Role.WATCH: Style(color="magenta"),
    Role.BUSY: Style(color="blue"),
    Role.AWAY: Style(color="magenta"),
    Role.BADGE_WATCH: Style(color="magenta", reverse=True),
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

    def _style(self, role: Role, look: Look) -> Style | None:
        if look is Look.STALE:
            return _STALE
        style = self._styles[role]
        if look is Look.CURSOR and role not in {Role.FRAME, Role.TITLE}:
            return _CURSOR if style is None else Style(color=style.color, bold=style.bold, reverse=True)
        return style
