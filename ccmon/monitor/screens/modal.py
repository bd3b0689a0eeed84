"""A dialog over the floor: a framed text that scrolls. The floor behind it stays live."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, TypedDict, Unpack, cast

from textual import events
from textual.app import ComposeResult
from textual.geometry import Region, Size
from textual.layout import Layout
from textual.screen import ModalScreen

from ccmon.errors import UsageError
from ccmon.formatting import width_of, wrapped
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.choice_lines import ChoiceLines
from ccmon.monitor.widgets.lines_widget import BoxLayout, LinesWidget
from ccmon.spelling import folded
from ccmon.views.glyphs import GlyphSet
from ccmon.views.modal_content import PickerOption
from ccmon.views.pointing import text_at
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle, blank

Content = Callable[[int], Sequence[StyledLine]]
"""The lines of a dialog for a width in cells."""
ResultKeys = Callable[[], Mapping[str, tuple[str, str]]]
"""Keys that close a dialog: each with its word on the lower edge and the result that it gives."""


CLOSES = "Esc closes"
"""Stands on the lower edge of a dialog."""


class HasKeys(Protocol):
    """The program of a dialog."""

    moving_keys: Mapping[str, str]
    """Keys that move like one of the usual ones where no text is typed."""


class Modal(ModalScreen[str], inherit_bindings=False):
    """A framed text in the middle. Escape, `q` and the keys that opened it close it."""

    def __init__(
        self,
        colours: RichStyles,
        glyphs: GlyphSet,
        title: str,
        content: Content,
        *,
        width: int = 76,
        closes: Collection[str] = (),
        result_keys: ResultKeys = dict,
    ) -> None:
        super().__init__()
        self.result_keys = result_keys
        """Further keys that close it, at present."""
        self.glyphs = glyphs
        self.heading = title
        self.content = content
        self.wanted_width = width
        self.closing = {"escape", "q", *closes}
        self.top = 0
        self.body = LinesWidget(colours)
        self._drawn: tuple[int, Sequence[StyledLine]] | None = None
        """The last width for which the text was made, and the text."""
        self._layout = BoxLayout(lambda size: {self.body: self.box(size)})

    @property
    def layout(self) -> Layout:
        """Our own layout, whatever a style sheet defines."""
        return self._layout

    def compose(self) -> ComposeResult:
        """The text."""
        yield self.body

    @property
    def note(self) -> str:
        """The text of the lower edge."""
        return "  ".join([*(f"{key} {word}" for key, (word, _) in self.result_keys().items()), CLOSES])

    def inner(self, size: Size) -> int:
        """Cells of text in a line."""
        return max(10, min(self.wanted_width, size.width - 2) - 4)

    def lines(self, width: int) -> Sequence[StyledLine]:
        """The text."""
        return self.content(width)

    def box(self, size: Size) -> Region:
        """As high as its text or as the screen allows, in the middle; the two top lines stay visible."""
        width = self.inner(size) + 4
        if self._drawn is None or self._drawn[0] != width - 4:
            self._drawn = width - 4, self.lines(width - 4)
        height = min(size.height - 3, len(self._drawn[1]) + len(self.foot(width - 4)) + 2)
        return Region((size.width - width) // 2, max(2, (size.height - height) // 2), width, max(3, height))

    def room(self) -> int:
        """Lines of text that are visible."""
        return self.box(self.size).height - 2 - len(self.foot(self.inner(self.size)))

    def foot(self, width: int) -> Sequence[StyledLine]:
        """Lines below the text that do not scroll."""
        return ()

    def say(self, sentence: Span) -> bool:
        """Show the result of an act here; whether that is done."""
        return False

    def entries(self, lines: Sequence[StyledLine]) -> Sequence[int]:
        """The lines on which an entry begins."""
        return [number for number, line in enumerate(lines) if line.starts]

    def redraw(self) -> None:
        """Draw the text as it is now."""
        inner = self.inner(self.size)
        lines = self.lines(inner)
        self._drawn = inner, lines
        box = self.box(self.size)
        if (box.width, box.height) != self.body.size:
            self.body.refresh(layout=True)
        foot, glyphs = self.foot(inner), self.glyphs
        room = box.height - 2 - len(foot)
        self.top = max(0, min(self.top, len(lines) - room))
        side = Span(glyphs.vertical, TextStyle.TITLE)
        text = list(lines[self.top : self.top + room])
        text += [StyledLine((blank(inner),))] * (room - len(text))
        shown = [StyledLine((side, Span(" "), *line.spans, Span(" "), side), line.state) for line in (*text, *foot)]
        place = ""
        if len(lines) > room:
            place = f"{_place(self.entries(lines), len(lines), self.top, self.top + room)}  "
        note = f" {place}{self.note} "
        note = glyphs.fit(note, min(width_of(note), box.width - 4))
        bottom = glyphs.edge(box.width, TextStyle.TITLE, (), [Span(note, TextStyle.QUIET)], bottom=True)
        self.body.show([self.upper_edge(box.width), *shown, bottom])

    def upper_edge(self, width: int) -> StyledLine:
        """The upper edge, with the heading."""
        heading = f" {self.heading} "
        heading = self.glyphs.fit(heading, min(width_of(heading), width - 4))
        return self.glyphs.edge(width, TextStyle.TITLE, [Span(heading, TextStyle.TITLE)])

    def on_mount(self) -> None:
        """Draw at once."""
        self.fit()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.fit()

    def fit(self) -> None:
        """Draw for a possibly new size. Textual calls `on_resize` of every class, so subclasses override this one."""
        self.redraw()

    def scroll_lines(self, lines: int) -> None:
        """Move the text."""
        self.top = max(0, self.top + lines)
        self.redraw()

    def on_key(self, event: events.Key) -> None:
        """Let no key through to the floor."""
        event.stop()
        if self in self.app.screen_stack[1:]:  # a program that ends takes its screens away before their last keys
            self.take_key(event)

    def moves(self) -> Mapping[str, int]:
        """By how many lines each key moves."""
        page, all_lines = self.room(), 10**6
        return {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -all_lines, "end": all_lines}

    def take_key(self, event: events.Key) -> None:
        """Handle a dialog's key. Textual calls `on_key` of every class, so subclasses override this one."""
        moves = self.moves()
        key = cast("HasKeys", self.app).moving_keys.get(event.key, event.key)
        if event.key in self.closing:
            self.dismiss(None)
        elif event.key in (result_keys := self.result_keys()):
            self.dismiss(result_keys[event.key][1])
        elif key in moves:
            self.scroll_lines(moves[key])

    def on_click(self, event: events.Click) -> None:
        """A click beside the dialog closes it, one on a key of its lower edge does what the key does."""
        event.stop()
        box = self.box(self.size)
        x, y = event.screen_x - box.x, event.screen_y - box.y
        if not (0 <= x < box.width and 0 <= y < box.height):
            self.dismiss(None)
        elif y == box.height - 1:
            self.click_edge(x)
        elif 0 < y <= self.room():
            self.click_line(self.top + y - 1)

    def click_edge(self, x: int) -> None:
        """A key of the lower edge does what it does."""
        edge, keys = (
            self.body.lines[-1],
            {f"{key} {word}": result for key, (word, result) in self.result_keys().items()},
        )
        found = text_at(edge, x, [*keys, CLOSES])
        if found is not None:
            self.dismiss(keys.get(found))

    def click_line(self, place: int) -> None:
        """A line of the text was clicked."""

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        event.stop()
        self.scroll_lines(-3)


def _place(starts: Sequence[int], lines: int, top: int, end: int) -> str:
    """Which entries are visible, of how many; for a text without entries, which lines."""
    if not starts:
        return f"{top + 1}-{min(lines, end)} of {lines} lines"
    first = max(1, bisect_right(starts, top))
    last = max(first, bisect_left(starts, end))
    return f"{first}-{last} of {len(starts)}"


class PickerLook(TypedDict, total=False):
    """Options that most pickers do not set."""

    width: int
    own: Callable[[str], PickerOption | None]
    """Makes an option of the typed text itself, if it is one. It raises a `UsageError`, whose sentence is shown, if the
    text is understood and cannot be taken."""
    own_first: bool
    """Whether that option comes before the choices that match the text."""
    hint: str
    """The text of the lower edge."""
    longest: int
    """The most letters that can be typed."""
    unknown: str
    """Shown where nothing is found; where free text is allowed, says what it should look like."""


HEAD = 2
"""Lines above the choices."""


class Picker(Modal):
    """A dialog of choices, narrowed by typing. It gives the result of the choice, or None."""

    def __init__(
        self,
        colours: RichStyles,
        glyphs: GlyphSet,
        title: str,
        choices: Sequence[PickerOption],
        **look: Unpack[PickerLook],
    ) -> None:
        super().__init__(colours, glyphs, title, lambda _: (), width=look.get("width", 64))
        self.choices = choices
        self.own = look.get("own")
        self.own_first = look.get("own_first", False)
        self.hint = look.get("hint", f"type to find, Enter takes, {CLOSES}")
        self.longest = look.get("longest", 60)
        self.unknown = look.get("unknown", "Nothing has that name.")
        self.typed = ""
        self.at = 0
        self._refusal = ""
        """Why the typed text itself cannot be taken, where it is understood."""
        self._texts: Sequence[str] = ()
        """The text by which each choice is found, made once something has been typed."""
        self._found: tuple[str, Sequence[PickerOption], Sequence[int]] | None = None

    @property
    def note(self) -> str:
        """The text of the lower edge."""
        return self.hint

    def _search(self) -> tuple[Sequence[PickerOption], Sequence[int]]:
        """The choices found, and the positions of those that can be taken; searched once per typed text."""
        if self._found is None or self._found[0] != self.typed:
            found = self._matching(self.typed)
            self._found = self.typed, found, [place for place, choice in enumerate(found) if choice.result]
        return self._found[1:]

    def _matching(self, typed: str) -> Sequence[PickerOption]:
        self._refusal = ""
        words = folded(typed).split()
        if not words:
            return self.choices
        if not self._texts:
            self._texts = [folded(f"{choice.words} {choice.remark}") for choice in self.choices]
        matches = [
            choice
            for choice, text in zip(self.choices, self._texts, strict=True)
            if choice.result and all(word in text for word in words)
        ]
        try:
            own = self.own(typed.strip()) if self.own is not None else None
        except UsageError as error:
            own, self._refusal = None, str(error)
        # Names come before remarks: "pace" is a figure before it is a part of the keys "PgDn Space".
        matches.sort(key=lambda choice: not all(word in folded(choice.words) for word in words))
        if own is None:
            return matches
        matches = [choice for choice in matches if choice.result != own.result]
        return [own, *matches] if self.own_first else [*matches, own]

    def lines(self, width: int) -> Sequence[StyledLine]:
        """The typed text, then the choices."""
        glyphs = self.glyphs
        typed = self.typed + "_"
        while width_of(typed) > width - 3:
            typed = typed[1:]
        prompt = (Span(" / ", TextStyle.KEY), Span(glyphs.fit(typed, width - 3), TextStyle.STRONG))
        head = [StyledLine(prompt), StyledLine((Span(glyphs.horizontal * width, TextStyle.FRAME),))]
        found, places = self._search()
        # Where Enter takes nothing, the user must see why.
        why = self._refusal or ("" if places else self.unknown)
        below = [glyphs.line(f"  {piece}", width, TextStyle.WATCH) for piece in wrapped(why, width - 2)] if why else ()
        chosen = places[self.at] if places else None
        return ChoiceLines(head, found, below, lambda place: self._line(found[place], width, place == chosen))

    def _line(self, choice: PickerOption, width: int, chosen: bool) -> StyledLine:
        glyphs = self.glyphs
        result, words, remark = choice
        if not result:
            return glyphs.line(words, width, TextStyle.TITLE)
        room = max(width // 2, width - width_of(words) - 3)
        right = glyphs.fit(remark, min(width_of(remark), room))
        left = glyphs.fit(f"  {words}", width - width_of(right) - 1)
        state = LineState.CURSOR if chosen else LineState.PLAIN
        return StyledLine((Span(left), blank(1), Span(right, TextStyle.QUIET)), state, starts=True)

    def entries(self, lines: Sequence[StyledLine]) -> Sequence[int]:
        """The lines on which a choice begins."""
        return [HEAD + place for place in self._search()[1]]

    def box(self, size: Size) -> Region:
        """Always high enough for all choices, so that its size does not change while typing."""
        width = self.inner(size) + 4
        height = min(size.height - 3, len(self.choices) + 4 + (self.own is not None))
        return Region((size.width - width) // 2, max(2, (size.height - height) // 3), width, max(5, height))

    def click_line(self, place: int) -> None:
        """The choice that was clicked is taken."""
        found, places = self._search()
        if place - HEAD in places:
            self.dismiss(found[place - HEAD].result)

    def fit(self) -> None:
        """Keep the chosen row visible: Enter takes it."""
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        places = self._search()[1]
        if places:
            row = HEAD + places[self.at]
            if self.at == 0:
                row = 0
            self.top = max(min(self.top, row), row - self.room() + 1)
        self.redraw()

    def take_key(self, event: events.Key) -> None:
        """Arrows move, letters narrow, Enter takes the choice."""
        found, places = self._search()
        moves = self.moves()
        if event.key == "escape":
            self.dismiss(None)
        elif event.key == "enter":
            # A text that matches nothing is kept, to be corrected; Escape leaves.
            if places:
                self.dismiss(found[places[self.at]].result)
        elif event.key in moves:
            self.at = max(0, min(len(places) - 1, self.at + moves[event.key]))
            self._keep_in_sight()
        elif event.key == "backspace":
            self._type(self.typed[:-1])
        elif event.key == "ctrl+u":
            self._type("")
        elif event.character is not None and event.is_printable and len(self.typed) < self.longest:
            self._type(self.typed + event.character)

    def _type(self, text: str) -> None:
        self.typed, self.at, self.top = text, 0, 0
        self._keep_in_sight()
