"""The looks of `ccmon.views.colours` as styles of Rich, with which Textual draws."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

from ccmon.views.colours import DARK, LIGHT, TextLook
from ccmon.views.styled_text import LineState, TextStyle

_STALE = Style(dim=True)
_CURSOR = Style(reverse=True)


def _rich(look: TextLook) -> Style | None:
    if look == TextLook():
        return None
    return Style(color=look.color, bold=look.bold or None, dim=look.dim or None, reverse=look.reverse or None)


Looks = Mapping[LineState, Mapping[TextStyle, tuple[str, str]]]
"""What is sent before and after a text, by the state of its line and its style."""


class RichStyles:
    """How each style looks in each state of a line, on a dark or a light terminal."""

    def __init__(self, light: bool = False) -> None:
        self._looks = {style: _rich(look) for style, look in (LIGHT if light else DARK).items()}
        self.style = lru_cache(maxsize=None)(self._style)
        self.looks = lru_cache(maxsize=None)(self._all_looks)

    def _style(self, style: TextStyle, state: LineState) -> Style | None:
        if state is LineState.STALE:
            return _STALE
        look = self._looks[style]
        if state is LineState.CURSOR and style not in {TextStyle.FRAME, TextStyle.TITLE}:
            return _CURSOR if look is None else Style(color=look.color, bold=look.bold, reverse=True)
        return look

    def _all_looks(self, colours: ColorSystem) -> Looks:
        return {state: {style: self._look(style, state, colours) for style in TextStyle} for state in LineState}

    def _look(self, style: TextStyle, state: LineState, colours: ColorSystem) -> tuple[str, str]:
        look = self._style(style, state)
        before, _, after = ("|" if look is None else Strip.render_style(look, "|", colours)).partition("|")
        return before, after
