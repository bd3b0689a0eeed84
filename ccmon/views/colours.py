"""How each style looks: the terminal's own sixteen colours and attributes, so that it fits any colour scheme."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from ccmon.views.styled_text import TextStyle


class TextLook(NamedTuple):
    """A colour of the terminal, None for its own, and attributes."""

    color: str | None = None
    bold: bool = False
    dim: bool = False
    reverse: bool = False


_SHARED: dict[TextStyle, TextLook] = {
    TextStyle.TEXT: TextLook(),
    TextStyle.QUIET: TextLook(dim=True),
    TextStyle.STRONG: TextLook(bold=True),
    TextStyle.FRAME: TextLook(dim=True),
    TextStyle.GOOD: TextLook("green"),
    TextStyle.BAD: TextLook("red", bold=True),
    # Reverse video rather than a background: without colour it is still a badge.
    TextStyle.BADGE_BAD: TextLook("red", bold=True, reverse=True),
    TextStyle.BADGE_GOOD: TextLook("green", reverse=True),
    TextStyle.KEY: TextLook(bold=True),
}

DARK: Mapping[TextStyle, TextLook] = _SHARED | {
    TextStyle.TITLE: TextLook("cyan", bold=True),
    TextStyle.WATCH: TextLook("yellow"),
    TextStyle.BUSY: TextLook("cyan"),
    TextStyle.AWAY: TextLook("yellow"),
    TextStyle.BADGE_WATCH: TextLook("yellow", reverse=True),
}

LIGHT: Mapping[TextStyle, TextLook] = _SHARED | {
    TextStyle.TITLE: TextLook("blue", bold=True),
    # Yellow cannot be read on white.
    TextStyle.WATCH: TextLook("magenta"),
    TextStyle.BUSY: TextLook("blue"),
    TextStyle.AWAY: TextLook("magenta"),
    TextStyle.BADGE_WATCH: TextLook("magenta", reverse=True),
}


def is_light(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal says that its background is light (COLORFGBG ends in 7 or 15); most set nothing."""
    return environment.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"}


_SGR_COLORS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36"}


def ansi(look: TextLook, text: str) -> str:
    """A text between the escape sequences of a look."""
    codes = [code for code, on in (("1", look.bold), ("2", look.dim), ("7", look.reverse)) if on]
    codes += [_SGR_COLORS[look.color]] if look.color else []
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes and text else text
