"""One panel on the screen: frame, summary, titles and the rows that fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import is_not
from typing import Any

from msgspec.structs import replace

from ccmon.formatting import wrapped
from ccmon.snapshot.chunked_rows import ChunkedRows
from ccmon.time_units import MINUTE_MS
from ccmon.views.cached_head import CachedHead
from ccmon.views.cached_lines import CachedFrame, CachedRowLines
from ccmon.views.cached_value import CachedValue
from ccmon.views.column_choice import ColumnPlace, changed, column_places
from ccmon.views.column_fitting import ColumnFitting
from ccmon.views.columns import Column, Fitted, draw_axes, draw_titles, sorted_rows
from ccmon.views.glyphs import GlyphSet
from ccmon.views.held_order import HeldOrder
from ccmon.views.panel import FloorPanel
from ccmon.views.panel_edges import top_edge
from ccmon.views.panel_state import PanelState
from ccmon.views.pointing import column_at
from ccmon.views.screen_view import TabView
from ccmon.views.styled_text import LineState, Span, StyledLine, TextStyle, blank, blank_line
from ccmon.views.view_context import ViewContext

BIG_HEIGHT, BIG_WIDTH = 11, 40
"""From this size on a panel's figure is drawn three rows high."""
FRAME = 2
TITLES = 1


def head_height(width: int, height: int, glyphs: GlyphSet) -> int:
    """Rows of the head of a panel of this size."""
    return 3 if not glyphs.ascii_only and height >= BIG_HEIGHT and width >= BIG_WIDTH else 1


def wanted_height(rows: int) -> int:
    """The height at which a panel shows all its rows, with its figure three rows high."""
    return max(BIG_HEIGHT, FRAME + 3 + TITLES + max(1, rows))


class PanelDrawing:
    """Draws one panel at a given size. Pure except for the place kept in its state.

    The last drawing is cached, so that drawing costs only as much as has changed; lines that look the same are the same
    objects.
    """

    def __init__(self, panel: FloorPanel[Any], state: PanelState) -> None:
        self.panel = panel
        self.state = state
        self.tabs = panel.tabs
        self._states = [state, *(PanelState() for _ in panel.tabs[1:])]
        self.rows: Sequence[Any] = ()
        """The rows in the order shown, from the last drawing."""
        self.visible = 0
        """How many rows the last drawing had room for."""
        self.first_row = 0
        """The line of the panel that shows its first row."""
        self._fitting = ColumnFitting()
        self._taken: tuple[object, ...] = ()
        """What the rows were taken from."""
        self._order: CachedValue[Sequence[Any]] = CachedValue()
        self._held = HeldOrder()
        self._cached_head = CachedHead()
        self._head: Sequence[StyledLine] = ()
        self._head_made_of: tuple[object, ...] = ()
        self._titles: CachedValue[StyledLine] = CachedValue()
        self._rows = CachedRowLines()
        self._below: CachedValue[Sequence[StyledLine]] = CachedValue()
        self._below_height = 0
        self._below_curves: CachedValue[tuple[Span, ...]] = CachedValue()
        self._after_rows = 0
        """Lines between the rows and what is below: under curves, or the rest of a message where there are no rows."""
        self._frame = CachedFrame()
        self._edges: tuple[CachedValue[StyledLine], CachedValue[StyledLine]] = CachedValue(), CachedValue()
        self._edges_read_clock = False
        self._cursor_was = 0
        self._inner = self._room = 0
        """Width and height within the frame."""
        self._rows_drawn: Sequence[Any] = ()
        self._body: list[StyledLine] = []
        """The lines of the last drawing within the frame."""
        self._lines: list[StyledLine] = []
        self._made_of: tuple[object, ...] = ()
        """What the last drawing was made of beside the context."""

    def show_tab_after(self, step: int) -> None:
        """Show the next tab of the panel; each keeps its own order and place."""
        self.show_tab((self.tabs.index(self.panel) + step) % len(self.tabs))

    def show_tab(self, place: int) -> None:
        """Show this tab of the panel."""
        self.panel, self.state = self.tabs[place], self._states[place]
        self.rows, self._made_of, self._taken, self._rows_drawn = (), (), (), ()
        self._fitting = ColumnFitting()
        self._held.release()

    def views(self) -> Iterator[tuple[str, TabView]]:
        """What is set in each tab, by its key."""
        for tab, state in zip(self.tabs, self._states, strict=True):
            yield tab.key, state.view

    def take_views(self, views: Mapping[str, TabView], shown: str | None) -> None:
        """Take what was kept of each tab, and show the one with a key. What means nothing any more is left out."""
        for tab, state in zip(self.tabs, self._states, strict=True):
            view = views.get(tab.key, TabView())
            keys = {column.key for column in tab.columns if column.sort is not None}
            state.take_view(view if view.sort in keys else replace(view, sort=None, descending=True))
        self.show_tab(next((place for place, tab in enumerate(self.tabs) if tab.key == shown), 0))

    def column_at(self, x: int) -> Column[Any] | None:
        """The column at a cell of the line of titles, where there is one."""
        return column_at(self._fitting.fitted, x) if self.rows else None

    def columns(self) -> list[tuple[Column[Any], ColumnPlace]]:
        """Each column that can be hidden, and whether it is shown at the width of the last drawing."""
        return column_places(self.panel.columns, self._fitting.fitted, self.state.always, self.state.hidden)

    def change_column(self, key: str) -> None:
        """Hide a column that is shown, prefer one that has no room; one that was chosen already, leave to its rank."""
        places = {column.key: place for column, place in self.columns()}
        state = self.state
        state.always, state.hidden = changed(key, places[key], state.always, state.hidden)

    def show_usual_columns(self) -> None:
        """Leave all columns of the tab to their ranks."""
        self.state.always = self.state.hidden = ()

    @property
    def column(self) -> Column[Any] | None:
        """The column sorted by, or None for the panel's own order."""
        if self.state.sort_key is None:
            return None
        return next((column for column in self.panel.columns if column.key == self.state.sort_key), None)

    def take_rows(self, context: ViewContext) -> None:
        """Take the rows to be drawn, in order; while one is chosen, none moves."""
        panel, column, descending, chosen = self.panel, self.column, self.state.descending, self.state.cursor
        if (taken := (context.tick, panel, column, descending, chosen is None)) == self._taken:
            return
        self._taken = taken
        rows = self._order.get(
            context,
            (panel, column, descending),
            lambda recording: sorted_rows(panel.rows(recording), column, descending, recording),
        )
        if chosen is None:
            self._held.release()
        else:
            ordered_by = panel.key, column and column.key, descending, context.filters, context.window
            rows = self._held.hold(rows, self.rows, ordered_by, panel.identities)
        self.rows = rows

    def cursor_index(self) -> int | None:
        """The place of the chosen row; None without one. A chosen row that is gone is no longer chosen."""
        if self.state.cursor is None:
            return None
        rows, identity, cursor = self.rows, self.panel.identity, self.state.cursor
        if self._cursor_was >= len(rows) or identity(rows[self._cursor_was]) != cursor:
            found = self._place(cursor)
            if found is None:
                gone, successor = self.state.successor or ("", "")
                found = self._place(successor) if gone == cursor else None
                if found is None:
                    return None
                self.state.cursor = successor
            self._cursor_was = found
        return self._cursor_was

    def _place(self, wanted: str) -> int | None:
        return next((index for index, each in enumerate(self.panel.identities(self.rows)) if each == wanted), None)

    def choose_next_when_gone(self) -> None:
        """Once the chosen row is gone, choose the one after it, or the one before if it is the last."""
        place = self.cursor_index()
        if place is None or len(self.rows) < 2:
            return
        identity = self.panel.identity
        successor = self.rows[place + 1 if place + 1 < len(self.rows) else place - 1]
        self.state.successor = identity(self.rows[place]), identity(successor)

    def choose_for_action(self, identity: str) -> None:
        """Choose a row in the tab whose rows can be acted on."""
        for tab, state in zip(self.tabs, self._states, strict=True):
            if tab.has_actions:
                state.cursor = identity

    def keys_that_apply(self, *, may_act: bool, may_undo: bool) -> dict[str, bool]:
        """Which keys of the line of keys have an effect here, as `keys_line` takes it.

        Args:
            may_act: whether anything may be changed here.
            may_undo: whether the last act can be undone.
        """
        panel = self.panel
        acts = may_act and (panel.has_actions or panel.has_customers)
        chosen = acts and self.cursor_index() is not None
        return {
            "follow_up_chosen": chosen and panel.has_actions,
            "customer_chosen": chosen and panel.has_customers,
            "undoing": acts and may_undo,
            "tabs": len(self.tabs) > 1,
            "rows": bool(self.rows),
        }

    def draw(self, context: ViewContext, width: int, height: int, *, active: bool, stale: bool) -> list[StyledLine]:
        """The panel's lines, `height` of them, `width` cells wide; the same list while none looks different."""
        # Columns are fitted again each minute; the cached parts record what else changes with time.
        made_of = context.now // MINUTE_MS, width, height, active, stale
        if (
            (made_of, self.state) != self._made_of
            or not self._is_unchanged(context)
            or not self._redraw_clocks(context)
        ):
            self._draw(context, width, height, active=active, stale=stale)
            self._made_of = made_of, replace(self.state)
        return self._lines

    def _is_unchanged(self, context: ViewContext) -> bool:
        """Whether all would be drawn as before, apart from what has a clock in it."""
        top, bottom = self._edges
        return (
            bool(self._rows_drawn)
            and self._order.is_unchanged(context)
            and self._rows.are_unchanged(context)
            and self._below.is_unchanged(context)
            and self._below_curves.is_unchanged(context)
            and top.is_unchanged(context)
            and bottom.is_unchanged(context)
        )

    def _redraw_clocks(self, context: ViewContext) -> bool:
        """Draw again what has a clock in it; false if more must be drawn, such as rows in another order."""
        self.take_rows(context)
        rows, before = self.rows, self._rows_drawn
        # Rows that are made when they are read are not compared.
        if (
            rows is not before and not (isinstance(rows, list | ChunkedRows) and rows == before)
        ) or self._edges_read_clock:
            return False
        body, first = self._body.copy(), self.first_row - 1
        head = self._head_lines(context)
        if len(head) != first - TITLES:
            return False
        body[: len(head)] = head
        self._rows.redraw_clocks(context, body, first)
        if self._fitting.note(self._rows.cut):  # such as the first time of an hour
            return False
        if self._below.reads_clock:
            below = self._lines_below(context)
            end = first + self._rows.height + self._after_rows
            before_below = body[end : end + len(below)]
            if len(below) != self._below_height:
                return False
            body[end : end + len(below)] = [
                old if old == line else line for old, line in zip(before_below, below, strict=True)
            ]
        if any(map(is_not, body, self._body)):
            self._body = body
            self._lines = [self._lines[0], *self._frame.draw(body), self._lines[-1]]
        return True

    def _draw(self, context: ViewContext, width: int, height: int, *, active: bool, stale: bool) -> None:
        self.take_rows(context)
        frame = TextStyle.TITLE if active else TextStyle.FRAME
        self._inner, self._room = width - 4, height - FRAME
        self._body = self._inner_lines(context)
        look = self.panel, width, frame
        place = self.state.top, self.visible, len(self.rows)
        top = self._edges[0].get(
            context,
            (look, self.column),
            lambda recording: top_edge(self.panel, self.tabs, self.column, recording, width=width, frame=frame),
        )
        bottom = self._edges[1].get(context, (look, place), lambda recording: self._bottom(recording, width, frame))
        if stale:
            top, bottom = StyledLine(top.spans, LineState.STALE), StyledLine(bottom.spans, LineState.STALE)
        self._frame.change(context.glyphs.vertical, frame, stale=stale)
        self._lines = [top, *self._frame.draw(self._body), bottom][:height]
        self._rows_drawn, self._edges_read_clock = self.rows, any(edge.reads_clock for edge in self._edges)

    def empty(self, width: int, height: int, glyphs: GlyphSet) -> list[StyledLine]:
        """The panel before the first answer: its frame and name."""
        side, gap = Span(glyphs.vertical, TextStyle.FRAME), blank(width - 2)
        name = Span(f" {self.panel.number} {self.panel.name} ", TextStyle.QUIET)
        top, bottom = glyphs.edge(width, TextStyle.FRAME, [name]), glyphs.edge(width, TextStyle.FRAME, bottom=True)
        return [top, *[StyledLine((side, gap, side))] * (height - 2), bottom]

    def _head_lines(self, context: ViewContext) -> Sequence[StyledLine]:
        summary, inner = self.panel.head(context), self._inner
        tall = head_height(inner + 4, self._room + FRAME, context.glyphs) == 3
        made_of = summary, inner, tall, context.glyphs
        if made_of != self._head_made_of:
            if summary.figure.label == self.panel.name.casefold():
                summary = summary._replace(figure=summary.figure._replace(label=""))
            self._head = self._cached_head.draw(summary, inner, context.glyphs, tall=tall)
            self._head_made_of = made_of
        return self._head

    def _inner_lines(self, context: ViewContext) -> list[StyledLine]:
        inner, room = self._inner, self._room
        lines = [*self._head_lines(context)]
        self.first_row = 1 + len(lines) + TITLES
        self.visible = max(0, room - len(lines) - TITLES)
        if self.rows:
            self._keep_in_sight(self.cursor_index())
            fitted = self._fitted(context, inner)
            table = self._table(context, fitted, inner)
            if self._fitting.note(self._rows.cut):
                fitted = self._fitted(context, inner)
                table = self._table(context, fitted, inner)
            sort_key, descending = self.state.sort_key, self.state.descending
            lines.append(
                self._titles.get(
                    context,
                    (inner, fitted, sort_key, descending),
                    lambda recording: StyledLine(draw_titles(fitted, inner, recording, sort_key, descending)),
                )
            )
            lines += table
            lines += self._axes(context, fitted, inner)
        else:
            self._rows.clear()
            message = wrapped(self.panel.why_empty(context), inner)[: max(1, room - len(lines))]
            self._after_rows = len(message) - 1
            lines += [context.glyphs.line(line, inner, TextStyle.QUIET) for line in message]
        below = self._lines_below(context)
        self._below_height = len(below)
        lines += below
        lines += [blank_line(inner)] * (room - len(lines))
        return lines[:room]

    def _fitted(self, context: ViewContext, inner: int) -> Fitted[Any]:
        in_sight = self.rows[self.state.top : self.state.top + self.visible]
        return self._fitting.fit(self.panel, self.rows, self.state, inner, context, in_sight=in_sight)

    def _table(self, context: ViewContext, fitted: Fitted[Any], inner: int) -> list[StyledLine]:
        chosen, top = self.cursor_index(), self.state.top
        rows = self.rows[top : top + self.visible]
        return self._rows.draw(
            context, (fitted, inner, self.panel.key_of), rows, None if chosen is None else chosen - top
        )

    def _axes(self, context: ViewContext, fitted: Fitted[Any], inner: int) -> list[StyledLine]:
        """A line under the rows with what stands under their curves, where there is room."""
        spans = self._below_curves.get(context, (inner, fitted), lambda recording: draw_axes(fitted, inner, recording))
        self._after_rows = int(bool(spans) and self.visible > self._rows.height)
        return [StyledLine(spans)] * self._after_rows

    def _lines_below(self, context: ViewContext) -> Sequence[StyledLine]:
        panel, inner = self.panel, self._inner
        room = self.visible - self._rows.height - self._after_rows
        return self._below.get(
            context,
            (panel, inner, room),
            lambda recording: [StyledLine(spans) for spans in panel.below(recording, inner, room)],
        )

    def _keep_in_sight(self, chosen: int | None) -> None:
        state = self.state
        if chosen is not None:
            state.top = max(min(state.top, chosen), chosen - self.visible + 1)
        state.top = max(0, min(state.top, len(self.rows) - self.visible))

    def _bottom(self, context: ViewContext, width: int, frame: TextStyle) -> StyledLine:
        total = len(self.rows)
        first, last = self.state.top + 1, min(total, self.state.top + self.visible)
        place = f" {first}-{last} of {total} " if total > self.visible > 0 else ""
        return context.glyphs.edge(width, frame, (), [Span(place, TextStyle.QUIET)], bottom=True)
