"""A dialog of rows of which one is chosen. It stays live: the chosen row keeps its place while others come and go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import cast

from textual import events

from ccmon.formatting import wrapped
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.modal import CLOSES, HasKeys, Modal
from ccmon.views.glyphs import GlyphSet
from ccmon.views.list_rows import ListRow, RowLines, choosable, place_of
from ccmon.views.pointing import text_at
from ccmon.views.styled_text import Span, StyledLine, TextStyle

OPENS = "Enter opens"
TOLD_LINES, FEW_TOLD_LINES = 5, 3
"""Lines below the rows for what is told of the chosen one, and where the screen has few."""
TALL = 32


class ListModal(Modal):
    """A framed list. Enter gives the identity of the chosen row; other keys act on it and leave the dialog open."""

    def __init__(
        self,
        colours: RichStyles,
        glyphs: GlyphSet,
        title: str,
        rows: Callable[[int], Sequence[ListRow]],
        *,
        act: Callable[[str, str | None], None],
        acting_keys: Mapping[str, tuple[str, str]],
        width: int = 150,
        closes: Collection[str] = (),
        chosen: str | None = None,
    ) -> None:
        """A list.

        Args:
            colours: the palette.
            glyphs: the characters.
            title: on the upper edge.
            rows: the rows for a width in cells, as they are now.
            act: called with the id of an action and the identity of the chosen row.
            acting_keys: by key as Textual names it, its name with a word (empty: it is not offered), and the id of the
                action.
            width: the most cells.
            closes: further keys that close it.
            chosen: the row that is chosen first; None: the first.
        """
        super().__init__(colours, glyphs, title, lambda _: (), width=width, closes=closes)
        self.rows = rows
        self.act = act
        self.acting_keys = acting_keys
        self.chosen = chosen
        """The identity of the chosen row."""
        self.said: Span | None = None
        """The result of the last act, shown below the rows until a key is pressed."""
        self._place = 0
        self._made: Sequence[ListRow] = ()
        self._acted_on: tuple[str, str] | None = None
        """The row that was acted on last, and the one that followed it."""

    @property
    def note(self) -> str:
        """The text of the lower edge."""
        return "  ".join([OPENS, *self._words(), CLOSES])

    def _words(self) -> Mapping[str, str]:
        """The texts on the lower edge, each with the id of its action."""
        return {text: action for text, action in self.acting_keys.values() if text}

    def lines(self, width: int) -> Sequence[StyledLine]:
        """The rows as they are now; those that are in sight are made."""
        self._made = self.rows(width)
        self._stay_behind()
        place = place_of(self._made, self.chosen, self._place)
        if place is not None:
            self._place, self.chosen = place, self._made[place].identity
        return RowLines(self._made, place)

    def _stay_behind(self) -> None:
        """Where the row that was acted on has gone farther down for it, choose the one that followed it."""
        if self._acted_on is None or self._acted_on[0] != self.chosen:
            return
        places = {row.identity: place for place, row in enumerate(self._made)}
        here, following = (places.get(identity) for identity in self._acted_on)
        if here is not None and following is not None and following < here:
            self.chosen, self._acted_on = self._acted_on[1], None

    def foot(self, width: int) -> Sequence[StyledLine]:
        """The result of the last act, else what is told of the chosen row."""
        glyphs = self.glyphs
        chosen = self._made[self._place] if self._place < len(self._made) else None
        told = [self.said] if self.said is not None else list(chosen.told()) if chosen is not None else []
        number = TOLD_LINES if self.app.size.height >= TALL else FEW_TOLD_LINES
        if self.said is None and not any(row.told is not tuple for row in self._made):
            return ()
        pieces = [Span(piece, span.style) for span in told for piece in wrapped(span.text, width)]
        if len(pieces) > number:
            pieces[number - 1] = Span(f"{pieces[number - 1].text} {glyphs.more}", pieces[number - 1].style)
        lines = [glyphs.line(piece.text, width, piece.style) for piece in pieces[:number]]
        lines += [glyphs.line("", width)] * (number - len(lines))
        return [glyphs.line(glyphs.horizontal * width, width, TextStyle.FRAME), *lines]

    def say(self, sentence: Span) -> bool:
        """Show the result of an act."""
        self.said = sentence
        self.redraw()
        return True

    def entries(self, lines: Sequence[StyledLine]) -> Sequence[int]:
        """The lines that can be chosen."""
        return choosable(self._made)

    def fit(self) -> None:
        """Keep the chosen row visible."""
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        self.lines(self.inner(self.size))
        room, place = self.room(), self._place
        first = next(iter(choosable(self._made)), 0)
        self.top = 0 if place == first else max(min(self.top, place - 1), place - room + 1, 0)
        self.redraw()

    def choose(self, step: int) -> None:
        """Choose another row, so many further down."""
        places = choosable(self._made)
        if places:
            at = places.index(self._place) if self._place in places else 0
            self._place = places[max(0, min(len(places) - 1, at + step))]
            self.chosen = self._made[self._place].identity
        self._keep_in_sight()

    def take_key(self, event: events.Key) -> None:
        """Arrows choose, Enter opens, acting keys act on the chosen row."""
        self.said = None
        moves = self.moves()
        key = cast("HasKeys", self.app).moving_keys.get(event.key, event.key)
        if event.key == "enter":
            self._open()
        elif event.key in self.acting_keys:
            self._act(self.acting_keys[event.key][1])
        elif event.key in self.closing:
            self.dismiss(None)
        elif key in moves:
            self.choose(moves[key])

    def _act(self, action: str) -> None:
        identity = self._chosen_identity()
        following = next((place for place in choosable(self._made) if place > self._place), None)
        if identity is not None and following is not None:
            self._acted_on = identity, self._made[following].identity
        self.act(action, identity)

    def _chosen_identity(self) -> str | None:
        return self.chosen if choosable(self._made) else None

    def _open(self) -> None:
        identity = self._chosen_identity()
        if identity is not None:
            self.dismiss(identity)

    def click_line(self, place: int) -> None:
        """A click chooses a row, another one opens it."""
        if place in choosable(self._made):
            again = place == self._place
            self._place, self.chosen = place, self._made[place].identity
            if again:
                self._open()
            else:
                self.redraw()

    def click_edge(self, x: int) -> None:
        """A key of the lower edge does what it does."""
        texts = self._words()
        found = text_at(self.body.lines[-1], x, [OPENS, *texts, CLOSES])
        if found == OPENS:
            self._open()
        elif found == CLOSES:
            self.dismiss(None)
        elif found is not None:
            self._act(texts[found])
