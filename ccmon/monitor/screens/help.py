"""The help: a dialog whose text can be searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from textual import events

from ccmon.monitor.screens.modal import CLOSES, HasKeys, Modal
from ccmon.spelling import folded
from ccmon.views.styled_text import LineState, StyledLine

LONGEST = 40
"""The most letters that can be searched for."""


class HelpModal(Modal):
    """A text in which `/` searches."""

    typed: str | None = None
    """What is searched for; None: nothing is."""
    _found = 0
    """The place, among the lines found, of the one that is shown."""

    @property
    def note(self) -> str:
        """What is typed, and how many lines hold it; else the keys."""
        if self.typed is None:
            return f"/ search  {CLOSES}"
        places = self._places()
        found = f"{self._found + 1} of {len(places)}  ↓ next" if places else "not found" if self.typed else ""
        if self.glyphs.ascii_only:
            found = found.replace("↓", "Enter")
        return "  ".join(filter(None, (f"/ {self.typed}_", found, "Esc ends the search")))

    def lines(self, width: int) -> Sequence[StyledLine]:
        """The text; the line found last is marked."""
        lines = super().lines(width)
        places = self._places_in(lines)
        if not places:
            return lines
        marked = places[self._found % len(places)]
        return [
            StyledLine(line.spans, LineState.CURSOR, line.starts) if place == marked else line
            for place, line in enumerate(lines)
        ]

    def _places_in(self, lines: Sequence[StyledLine]) -> Sequence[int]:
        words = folded(self.typed or "").split()
        texts = (folded(line.text) for line in lines) if words else ()
        return [place for place, text in enumerate(texts) if all(word in text for word in words)]

    def _places(self) -> Sequence[int]:
        return self._places_in(super().lines(self.inner(self.size)))

    def take_key(self, event: events.Key) -> None:
        """`/` begins a search; then letters narrow it, Enter and the arrows go to the next line, Escape ends it."""
        if self.typed is None:
            if event.key == "slash":
                self._search("")
            else:
                super().take_key(event)
        elif event.key == "escape":
            self.typed = None
            self.redraw()
        elif event.key == "backspace":
            self._search(self.typed[:-1])
        elif event.key in {"enter", "down", "up"}:
            self._go(-1 if event.key == "up" else 1)
        elif event.character is not None and event.is_printable and len(self.typed) < LONGEST:
            self._search(self.typed + event.character)
        elif cast("HasKeys", self.app).moving_keys.get(event.key) == event.key:
            super().take_key(event)

    def _search(self, text: str) -> None:
        self.typed, self._found = text, 0
        self._go(0)

    def _go(self, step: int) -> None:
        places = self._places()
        if places:
            self._found = (self._found + step) % len(places)
            self.top = max(0, places[self._found] - self.room() // 3)
        self.redraw()
