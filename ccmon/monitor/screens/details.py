"""The dialog with the details of a row: several views, and a trail into what their lines are about and back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from time import monotonic
from typing import Any, Protocol

from msgspec import Struct
from textual import events
from textual.geometry import Region, Size

from ccmon.errors import CcmonError
from ccmon.formatting import clock, fit, plain, width_of
from ccmon.model.details import DetailPage, DetailRequest, DetailSubject, ReadDetails
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.modal import CLOSES, Modal
from ccmon.views.detail_lines import DetailLine, DetailTab, text_lines
from ccmon.views.detail_promisees import promise_words, promisees_in
from ccmon.views.detail_tabs import subject_of, tabs_of, tabs_of_row
from ccmon.views.glyphs import GlyphSet
from ccmon.views.keys import PROMISE_TO_ALL, Key, key_name
from ccmon.views.panel import FloorPanel
from ccmon.views.pointing import text_at
from ccmon.views.promisees import Promisee
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle
from ccmon.views.view_context import ViewContext

WIDTH = 176
"""Cells of a dialog at the most."""
PAGE_ROWS = 100
"""Rows of a list that are read at first; twice as many where one goes beyond them."""
READ_AGAIN_S = 5.0
"""An open page that is older than this is read again."""
WAITING_AGAIN_S = 1.0
"""The same of callers who wait."""
TRAIL = " > "
"""Between the steps of the trail."""
NOTHING_READ = ReadDetails(0, ())


class PageReader(Protocol):
    """Reads pages of details."""

    async def read(self, request: DetailRequest) -> ReadDetails:
        """Read a page.

        Raises:
            CcmonError: the database cannot be read.
        """


class _Page(Struct):
    """What is known of one view."""

    read: ReadDetails | None = None
    read_s: float = 0.0
    """When it was read, by the monotonic clock."""
    error: str | None = None
    limit: int = PAGE_ROWS
    cursor: str | None = None
    """The key of the chosen line."""
    top: int = 0
    is_placed: bool = False
    """Whether it has been scrolled to the present."""
    drawn: tuple[object, Sequence[DetailLine]] | None = None
    """What the lines were made of, and the lines."""


class _Step:
    """One step of the trail."""

    def __init__(self, subject: DetailSubject | None, name: str, tabs: Sequence[DetailTab]) -> None:
        self.subject = subject
        self.name = name
        self.tabs = tabs
        self.pages = [_Page() for _ in tabs]
        self.at = 0

    @property
    def tab(self) -> DetailTab:
        """The view in front."""
        return self.tabs[self.at]

    @property
    def page(self) -> _Page:
        """What is known of it."""
        return self.pages[self.at]


class DetailsModal(Modal):
    """The details of a row. Views are read only while they are open; Escape steps back along the trail."""

    def __init__(
        self,
        colours: RichStyles,
        glyphs: GlyphSet,
        context: Callable[[], ViewContext | None],
        panel: FloorPanel[Any],
        row: Any,
        *,
        reader: PageReader | None,
        views: tuple[Collection[str], Collection[str]],
        closes: Collection[str],
        result_keys: Callable[[], Mapping[str, tuple[str, str]]],
        promising: Sequence[Key] = (),
    ) -> None:
        """The details of a row of a panel.

        Args:
            colours: how it looks.
            glyphs: its characters.
            context: what is drawn behind it.
            panel: the panel of the row.
            row: the row.
            reader: what reads views; None: there is only that of the row.
            views: the keys of the next view and of the one before.
            closes: the keys that opened the dialog: they open what is chosen, else close it.
            result_keys: further keys that close it, where the row itself is shown.
            promising: the keys that close it to promise a call to a customer in it, or to all of a view.
        """
        tabs = tabs_of_row(panel, row) if reader is not None else tabs_of_row(panel, row)[:1]
        name = plain(panel.heading(row))
        super().__init__(
            colours,
            glyphs,
            name,
            lambda _: (),
            width=WIDTH,
            result_keys=lambda: result_keys() if len(self.trail) == 1 else {},
        )
        self._drawn_context = context
        self._reader = reader
        self._next, self._previous = ({*keys, arrow} for keys, arrow in zip(views, ("right", "left"), strict=True))
        self._opening = frozenset(closes)
        self._open_key, self._view_key = (key_name(next(iter(keys))) for keys in (closes, views[0]))
        self._tallest = 0
        """Lines of the tallest view so far: the dialog does not shrink from view to view."""
        self.trail = [_Step(subject_of(row), name, tabs)]
        """From the row to what is shown."""
        self._reading, self._row, self._promising = False, row, promising
        self.promisees: Sequence[Promisee] = ()
        """To whom a call is to be promised, once it has been closed for that."""

    def _promisees(self, *, to_all: bool) -> Sequence[Promisee]:
        """Whom a key that promises a call is about here."""
        context, step = self._drawn_context(), self.step
        if context is None:
            return ()
        lines, row = self._detail_lines(self.inner(self.size)), self._row if len(self.trail) == 1 else None
        return promisees_in(lines, self._chosen(), step.subject, row, context, to_all=to_all)

    def _promise_words(self) -> Mapping[str, str]:
        """The keys that promise a call, where there is somebody to promise one to."""
        return promise_words(self._promising, self._promisees(to_all=False), self._promisees(to_all=True))

    def _promise(self, key_id: str) -> None:
        """Close the dialog to promise a call, where there is somebody to promise one to."""
        self.promisees = self._promisees(to_all=key_id == PROMISE_TO_ALL)
        if self.promisees:
            self.dismiss(key_id)

    def click_edge(self, x: int) -> None:
        """A key that promises a call does so."""
        words = self._promise_words()
        if found := text_at(self.body.lines[-1], x, [*words]):
            self._promise(words[found])
        else:
            super().click_edge(x)

    @property
    def step(self) -> _Step:
        """What is shown."""
        return self.trail[-1]

    @property
    def note(self) -> str:
        """The text of the lower edge."""
        step = self.step
        parts = [f"{self._view_key} view"] if len(step.tabs) > 1 else []
        if step.page.cursor is not None:
            parts.append(f"{self._open_key} opens")
        read, context = step.page.read, self._drawn_context()
        if step.tab.page is not None and read is not None and context is not None:
            parts.append(f"as of {clock(read.at, context.zone, seconds=True)}")
        if step.at == 0:
            parts += [f"{key} {word}" for key, (word, _) in self.result_keys().items()]
        parts += self._promise_words()
        parts.append(CLOSES if len(self.trail) == 1 else "Esc back")
        room = self.inner(self.size) - len("100-100 of 100  ")
        return "  ".join(part for part in parts if not part.startswith("as of ") or width_of("  ".join(parts)) <= room)

    # What is drawn

    def _detail_lines(self, width: int) -> Sequence[DetailLine]:
        context, step = self._drawn_context(), self.step
        page, tab = step.page, step.tab
        if context is None:
            return ()
        if tab.page is None:
            return tab.draw(NOTHING_READ, context, width)
        made_of = page.read, page.error, width
        if page.drawn is None or page.drawn[0] != made_of:
            lines = [] if page.error is None else text_lines(page.error, width, context, TextStyle.BAD)
            if page.read is not None:
                lines += tab.draw(page.read, context, width)
                if page.read.more:
                    lines += text_lines("More are read below the last one.", width, context, TextStyle.QUIET)
            elif page.error is None:
                lines += text_lines("This is being read.", width, context, TextStyle.QUIET)
            page.drawn = made_of, lines
        return page.drawn[1]

    def lines(self, width: int) -> Sequence[StyledLine]:
        """The text; the chosen line is marked, and the heads of a table stay where its rows are scrolled."""
        key, detail_lines = self.step.page.cursor, self._detail_lines(width)
        lines = [
            StyledLine(
                line.spans,
                LineState.CURSOR if line.opens is not None and line.key == key else LineState.PLAIN,
                starts=line.opens is not None,
            )
            for line in detail_lines
        ]
        if self.top < len(lines) and detail_lines[self.top].under:
            lines[self.top] = StyledLine(detail_lines[self.top].under)
        return lines

    def _choices(self) -> list[DetailLine]:
        return [line for line in self._detail_lines(self.inner(self.size)) if line.opens is not None]

    def _chosen(self) -> DetailLine | None:
        """The chosen line."""
        key = self.step.page.cursor
        return None if key is None else next((line for line in self._choices() if line.key == key), None)

    def _choose_visible(self) -> None:
        """Choose the first line that is visible, where none is chosen or the chosen one is gone."""
        page, lines = self.step.page, self._detail_lines(self.inner(self.size))
        if all(line.opens is None or line.key != page.cursor for line in lines):
            visible = lines[self.top + bool(lines and lines[self.top].under) : self.top + self.room()]
            page.cursor = next((line.key for line in visible if line.opens is not None), None)

    def box(self, size: Size) -> Region:
        """As high as the tallest view so far, at the most as the screen."""
        box = super().box(size)
        self._tallest = max(self._tallest, box.height)
        height = min(self._tallest, size.height - 3)
        return Region(box.x, max(2, (size.height - height) // 2), box.width, height)

    def redraw(self) -> None:
        """Draw as it is now, with the views on the upper edge; a page that is not read or old is read."""
        step = self.step
        inner = self.inner(self.size)
        self._drawn = inner, self.lines(inner)  # its height, which says how far it can be scrolled
        self.top = max(0, min(self.top, len(self._drawn[1]) - self.room()))
        self._choose_visible()
        super().redraw()
        page = step.page
        page.top = self.top
        again_s = WAITING_AGAIN_S if step.tab.page is DetailPage.QUEUE_WAITING else READ_AGAIN_S
        if step.tab.page is not None and (not page.read_s or monotonic() - page.read_s >= again_s):
            self._read()

    def upper_edge(self, width: int) -> StyledLine:
        """The upper edge: the trail, and the views."""
        step, glyphs = self.step, self.glyphs
        views = list[Span]()
        if len(step.tabs) > 1:
            for place, tab in enumerate(step.tabs):
                views.append(Span(f" {tab.name} ", TextStyle.KEY if place == step.at else TextStyle.QUIET))
        room = max(0, width - 6 - sum(width_of(span.text) for span in views))
        names = [each.name for each in self.trail]
        while len(names) > 1 and width_of(TRAIL.join(names)) > room:
            names = [glyphs.more, *names[2 if names[0] == glyphs.more else 1 :]]
        text = TRAIL.join(names)
        name = fit(text, min(width_of(text), room), more=glyphs.more)
        return glyphs.edge(width, TextStyle.TITLE, [Span(f" {name} ", TextStyle.TITLE)], views)

    def _read(self) -> None:
        """Read the page in front, unless one is being read."""
        context, reader, step = self._drawn_context(), self._reader, self.step
        if self._reading or reader is None or context is None or step.subject is None or step.tab.page is None:
            return
        self._reading = True
        request = DetailRequest(
            step.tab.page, step.subject, context.now, context.snapshot.day, context.filters.client, step.page.limit
        )
        self.run_worker(self._take(reader, request, step.page), name="details")

    async def _take(self, reader: PageReader, request: DetailRequest, page: _Page) -> None:
        try:
            page.read, page.error = await reader.read(request), None
        except CcmonError as error:
            page.error = error.for_supervisors
        finally:
            self._reading = False
        page.read_s = monotonic()
        if self.is_attached:
            self._place(page)
            self.redraw()

    def _place(self, page: _Page) -> None:
        """Scroll a page that has been read for the first time to the present."""
        if page is self.step.page and page.read is not None and not page.is_placed:
            inner = self.inner(self.size)
            self._drawn = inner, self.lines(inner)
            now = next((place for place, line in enumerate(self._detail_lines(inner)) if line.is_now), 0)
            self.top, page.is_placed = max(0, now - self.room() * 2 // 3), True

    # What a person does

    def take_key(self, event: events.Key) -> None:
        """Open what is chosen, step back, show another view, or move."""
        key = event.key
        promise = next((each.id for each in self._promising if key in each.keys), None)
        if promise is not None:
            self._promise(promise)
        elif key == "escape" and len(self.trail) > 1:
            self._back()
        elif key in self._opening:
            self._open()
        elif key in self._next | self._previous and len(self.step.tabs) > 1:
            self.show_tab((self.step.at + (1 if key in self._next else -1)) % len(self.step.tabs))
        else:
            super().take_key(event)

    def _open(self) -> None:
        """Show the details of what is chosen; without any choice, close."""
        chosen = self._chosen()
        if chosen is None or chosen.opens is None:
            if self.step.at == 0 and len(self.trail) == 1:
                self.dismiss(None)
            return
        self.trail.append(_Step(chosen.opens, plain(chosen.opens.name), tabs_of(chosen.opens)))
        self.top = 0
        self.redraw()

    def _back(self) -> None:
        self.trail.pop()
        self.top = self.step.page.top
        self.redraw()

    def show_tab(self, place: int) -> None:
        """Show a view."""
        self.step.at = place
        self.top = self.step.page.top
        self.redraw()

    def scroll_lines(self, lines: int) -> None:
        """Move the cursor; where nothing can be chosen, and above the first line that can, the text."""
        page, keys = self.step.page, [line.key for line in self._choices()]
        if page.cursor not in keys or (page.cursor == keys[0] and lines < 0):
            page.cursor = None
            super().scroll_lines(lines)
            return
        place = max(0, min(len(keys) - 1, keys.index(page.cursor) + lines))
        page.cursor = keys[place]
        if lines > 0 and place == len(keys) - 1 and page.read is not None and page.read.more:
            page.limit *= 2
            page.read_s = 0.0
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        """Scroll so that the chosen line is visible, with what stands below the last one."""
        key, lines = self.step.page.cursor, self._detail_lines(self.inner(self.size))
        opening = [place for place, line in enumerate(lines) if line.opens is not None]
        row = next((place for place in opening if lines[place].key == key), None)
        if row is not None:
            self.top = max(min(self.top, row - bool(lines[row].under)), row - self.room() + 1)
            if row == opening[0] and row < self.room():
                self.top = 0
            if row == opening[-1] and len(lines) - row <= self.room():
                self.top = max(self.top, len(lines) - self.room())
        self.redraw()

    def fit(self) -> None:
        """Keep the chosen line visible."""
        self._keep_in_sight()

    def click_line(self, place: int) -> None:
        """A line that is clicked is chosen, and opened by another click."""
        lines = self._detail_lines(self.inner(self.size))
        if place >= len(lines) or lines[place].opens is None:
            return
        chosen = self._chosen()
        if chosen is not None and chosen.key == lines[place].key:
            self._open()
        else:
            self.step.page.cursor = lines[place].key
            self.redraw()

    def on_click(self, event: events.Click) -> None:
        """A click on a view's name shows it. Textual calls `on_click` of every class, so the rest is done there."""
        box = self.box(self.size)
        if event.screen_y == box.y:
            found = text_at(self.body.lines[0], event.screen_x - box.x, [f" {tab.name} " for tab in self.step.tabs])
            names = [f" {tab.name} " for tab in self.step.tabs]
            if found is not None and len(names) > 1:
                self.show_tab(names.index(found))
