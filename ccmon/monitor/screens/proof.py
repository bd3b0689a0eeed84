"""Dialogs about a figure: how it comes about, the rows behind it, and the statement that lists them."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol, cast

from textual import events

from ccmon.database.proofs import RowsRequest, read_behind
from ccmon.errors import CcmonError
from ccmon.formatting import plain
from ccmon.model.proofs import PageBehind
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.modal import CLOSES, Modal
from ccmon.views.glyphs import GlyphSet
from ccmon.views.pointing import text_at
from ccmon.views.proof_content import lines_as_text, proof_lines, row_lines, text_lines
from ccmon.views.proofs import Proof, ShownFigure, proof_text, prove
from ccmon.views.styled_text import StyledLine, TextStyle
from ccmon.views.view_context import ViewContext

EDGE_KEYS = {"y copy": "y", "s SQL": "s", "Enter rows": "enter", "←": "left", "→": "right", "<-": "left", "->": "right"}
"""What stands on the lower edge, and the key that it names."""
PAGE = 200
"""How many rows are read at once: when the end of those is in sight, the next ones."""
COPY_WIDTH = 160
"""The width of rows as they are copied."""


class CopyingApp(Protocol):
    """The program of these dialogs."""

    def copy(self, text: str) -> str:
        """Copy a text; return the words that say where it is."""


class CopyableModal(Modal):
    """A dialog whose text `y` copies."""

    said = ""
    """What the last key did."""

    @abstractmethod
    def copied(self) -> str:
        """What is copied."""

    @property
    @abstractmethod
    def keys_text(self) -> str:
        """The keys of the lower edge, without that which closes."""

    @property
    def note(self) -> str:
        """The text of the lower edge: what the last key did, else the keys."""
        return self.said or "  ".join(filter(None, (self.keys_text, CLOSES)))

    def take_key(self, event: events.Key) -> None:
        """`y` copies, other keys do as in any dialog."""
        self.said = ""
        if not self._did(event.key):
            super().take_key(event)

    def _did(self, key: str) -> bool:
        if key == "y":
            self.said = cast("CopyingApp", self.app).copy(self.copied())
            self.redraw()
            return True
        return self.took(key)

    def took(self, _key: str) -> bool:
        """Whether a further key of the dialog was pressed, and done."""
        return False

    def click_edge(self, x: int) -> None:
        """A click on a key of the lower edge does what the key does."""
        key = EDGE_KEYS.get(text_at(self.body.lines[-1], x, EDGE_KEYS) or "")
        if key is None:
            super().click_edge(x)
        else:
            self.said = ""
            self._did(key)


class TextModal(CopyableModal):
    """A text that can be copied."""

    keys_text = "y copy"

    def __init__(self, colours: RichStyles, glyphs: GlyphSet, title: str, text: str) -> None:
        super().__init__(colours, glyphs, title, lambda width: text_lines(text, width, glyphs), width=120)
        self._text = text

    def copied(self) -> str:
        """The text as it is, however it is wrapped here."""
        return self._text


class ProofModal(CopyableModal):
    """How a figure comes about, live. The arrows go to the other figures of its row."""

    def __init__(
        self,
        colours: RichStyles,
        glyphs: GlyphSet,
        figures: Callable[[ViewContext], Sequence[ShownFigure]],
        context: Callable[[], ViewContext],
        *,
        key: str,
        database: Path,
        closes: Collection[str],
    ) -> None:
        """A dialog.

        Args:
            colours: how styles look.
            glyphs: the characters to draw with.
            figures: the figures of the row or the head, as of a context; there is one at least.
            context: what is drawn behind the dialog.
            key: the key of the figure to begin with.
            database: where the rows are.
            closes: further keys that close it.
        """
        super().__init__(colours, glyphs, "", lambda _: (), width=84, closes=closes)
        self._figures = figures
        self._drawn_context = context
        self.key = key
        """That of the figure that is shown."""
        self._database = database
        self._shown: tuple[object, Sequence[ShownFigure], Proof] | None = None

    def _proof(self) -> tuple[Sequence[ShownFigure], Proof]:
        """The figures to choose from, and the proof of the one that is shown; made once for each drawing behind it."""
        context = self._drawn_context()
        made_of = context.tick, self.key
        if self._shown is None or self._shown[0] != made_of:
            figures = self._figures(context)
            figure = next((each for each in figures if each.key == self.key), figures[0])
            self._shown = made_of, figures, prove(figure, context)
        return self._shown[1:]

    def lines(self, width: int) -> Sequence[StyledLine]:
        """The proof."""
        _, proof = self._proof()
        self.heading = plain(f"{proof.figure.heading}, {proof.figure.subject}: {proof.figure.shown}")
        return proof_lines(proof, self.glyphs, width)

    @property
    def keys_text(self) -> str:
        """The keys that do something here."""
        figures, proof = self._proof()
        place = [each.key for each in figures].index(proof.figure.key) + 1
        arrows = "<- ->" if self.glyphs.ascii_only else "← →"
        other = f"{arrows} figure {place} of {len(figures)}" if len(figures) > 1 else ""
        rows = "Enter rows  s SQL" if proof.behind is not None else ""
        return "  ".join(filter(None, (other, rows, "y copy")))

    def copied(self) -> str:
        """The proof as text."""
        return proof_text(self._proof()[1])

    def took(self, key: str) -> bool:
        """The arrows choose another figure, Enter lists the rows, `s` shows the statement."""
        figures, proof = self._proof()
        if key in {"left", "right"}:
            keys = [each.key for each in figures]
            self.key = keys[(keys.index(proof.figure.key) + (1 if key == "right" else -1)) % len(keys)]
            self.top = 0
            self.redraw()
        elif key in {"enter", "s"} and proof.behind is not None:
            rows = RowsModal(self.body.colours, self.glyphs, proof, self._drawn_context(), self._database)
            if key == "enter":
                self.app.push_screen(rows)
            else:
                self.run_worker(rows.show_statement(self), name="statement", group="proof")
        else:
            return key == "enter"
        return True


class RowsModal(CopyableModal):
    """The rows behind a figure, as they were at its moment: read when they are asked for, a page at a time."""

    def __init__(
        self, colours: RichStyles, glyphs: GlyphSet, proof: Proof, context: ViewContext, database: Path
    ) -> None:
        """A dialog; the figure has rows behind it."""
        super().__init__(
            colours, glyphs, plain(f"{proof.figure.heading}, {proof.figure.subject}"), lambda _: (), width=120
        )
        assert proof.behind is not None  # noqa: S101 - the figure has rows
        self._proof, self._drawn_context, self._database = proof, context, database
        self._request = RowsRequest(*proof.behind, context.snapshot.at, proof.until, proof.since)
        self.page: PageBehind | None = None
        """All rows that have been read; None before the first page."""
        self._failure = ""
        self._reads = False
        self._lines: tuple[object, int, Sequence[StyledLine]] | None = None

    def on_mount(self) -> None:
        """Read the first page."""
        self._read_more()

    @property
    def keys_text(self) -> str:
        """The keys that do something here."""
        return "s SQL  y copy" if self.page is not None else ""

    def lines(self, width: int) -> Sequence[StyledLine]:
        """The rows, or why there are none yet."""
        if self.page is None:
            style = TextStyle.BAD if self._failure else TextStyle.QUIET
            return text_lines(self._failure or "Reading what is behind it.", width, self.glyphs, style)
        if self._lines is None or self._lines[0] is not self.page or self._lines[1] != width:
            self._lines = self.page, width, row_lines(self._proof, self.page, self._drawn_context, width)
        return self._lines[2]

    def copied(self) -> str:
        """The rows that have been read, as text."""
        return lines_as_text(
            [] if self.page is None else row_lines(self._proof, self.page, self._drawn_context, COPY_WIDTH)
        )

    def took(self, key: str) -> bool:
        """`s` shows the statement."""
        if key == "s" and self.page is not None:
            self._push_statement(self, self.page.text)
            return True
        return False

    def scroll_lines(self, lines: int) -> None:
        """Move the text, and read on when its end is in sight."""
        super().scroll_lines(lines)
        if self._lines is not None and self.top + 2 * self.room() >= len(self._lines[2]):
            self._read_more()

    def _read_more(self) -> None:
        rows = () if self.page is None else self.page.rows
        if not self._reads and (self.page is None or (rows and len(rows) < rows[0].in_all)):
            self._reads = True
            self.run_worker(self._read(len(rows)), name="rows", group="proof")

    async def _read(self, offset: int) -> None:
        try:
            page = await asyncio.to_thread(read_behind, self._database, self._request, limit=PAGE, offset=offset)
            before = () if self.page is None else self.page.rows
            self.page = PageBehind((*before, *page.rows), page.text)
        except CcmonError as error:
            self._failure = str(error)
        self._reads = False
        if self.is_mounted:
            self.redraw()

    async def show_statement(self, over: Modal) -> None:
        """Show the statement over a dialog, without the rows."""
        try:
            page = await asyncio.to_thread(read_behind, self._database, self._request, limit=1)
            self._push_statement(over, page.text)
        except CcmonError as error:
            self._push_statement(over, str(error))

    def _push_statement(self, over: Modal, text: str) -> None:
        over.app.push_screen(TextModal(over.body.colours, self.glyphs, "The rows behind it, in SQL", f"{text};"))
