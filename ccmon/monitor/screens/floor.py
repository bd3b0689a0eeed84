"""The floor: the panels and the lines around them, arranged by the size of the terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.geometry import Size
from textual.widget import Widget

from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.floor_pointer import FloorPointer
from ccmon.monitor.screens.lines_screen import LinesScreen
from ccmon.monitor.widgets.lines_widget import LineChange, LinesWidget
from ccmon.monitor.widgets.panel_widget import PanelWidget
from ccmon.snapshot.narrow import Filters
from ccmon.snapshot.windows import Window
from ccmon.views.cached_value import CachedValue
from ccmon.views.chrome import (
    Trouble,
    alarm_lines,
    keys_line,
    kpi_strip_lines,
    message_lines,
    secondary_line,
    status_line,
    too_small_lines,
)
from ccmon.views.glyphs import GlyphSet
from ccmon.views.keys import KEYS, Key
from ccmon.views.layout import (
    LARGE_WIDTH,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    MAIN_PANELS,
    QUEUE,
    SECONDARY,
    Box,
    ScreenLayout,
    all_fit,
    lay_out,
    too_small,
)
from ccmon.views.panel import FloorPanel
from ccmon.views.panel_drawing import PanelDrawing, wanted_height
from ccmon.views.screen_view import AS_USUAL_TAB, ScreenView
from ccmon.views.styled_text import Span, StyledLine
from ccmon.views.view_context import ViewContext


class FloorScreen(LinesScreen):
    """The floor. It receives a `ViewContext` at each tick and draws from it."""

    DEFAULT_CSS = """
    FloorScreen { background: ansi_default; color: ansi_default; }
    """

    def __init__(
        self,
        colours: RichStyles,
        glyphs: GlyphSet,
        panels: Sequence[FloorPanel[Any]],
        keys: tuple[Key, ...] = KEYS,
    ) -> None:
        super().__init__()
        self.glyphs = glyphs
        self.keys = keys
        self.panels = panels
        self.main = [panel for panel in panels if panel.number in MAIN_PANELS]
        self.secondary_panels = [panel for panel in panels if panel.number in SECONDARY]
        self.opened: int | None = None
        """The panel brought to the front by its number."""
        self.active = MAIN_PANELS[0]
        """The panel to which the keys apply."""
        self._home = MAIN_PANELS[0]
        """The main panel that was last active."""
        self.status = LinesWidget(colours)
        self.alarm = LinesWidget(colours)
        self.kpi_strip = LinesWidget(colours)
        self.secondary_line = LinesWidget(colours)
        self.keys_below = LinesWidget(colours)
        self.notice = LinesWidget(colours)
        pointer = FloorPointer(self)
        pointer.listen()
        self.panel_widgets = {panel.number: PanelWidget(colours, panel, pointer.panel, self.redraw) for panel in panels}
        self.message: Span | None = None
        """The result of the last act, shown in place of the keys."""
        self.may_act = True
        """Whether follow-ups can be settled, moved and handed over here."""
        self.may_undo = False
        """Whether the last act on a follow-up can be undone."""
        self._wanted: dict[int, int] = {}
        self._plan: tuple[tuple[object, ...], ScreenLayout] | None = None
        """The layout that was asked for last, and what for."""
        self._drawn: ScreenLayout | None = None
        """The layout that was drawn last."""
        self._shown: tuple[ViewContext | None, str, int | None, Trouble | None] = (None, "", None, None)
        self._cached_lines: defaultdict[str, CachedValue[Sequence[StyledLine]]] = defaultdict(CachedValue)

    def compose(self) -> ComposeResult:
        """Mount all widgets, once."""
        yield from (
            self.status,
            self.alarm,
            self.kpi_strip,
            *self.panel_widgets.values(),
            self.secondary_line,
            self.keys_below,
            self.notice,
        )

    @property
    def context(self) -> ViewContext | None:
        """What is drawn."""
        return self._shown[0]

    @property
    def drawing(self) -> PanelDrawing:
        """The drawing of the active panel."""
        return self.panel_widgets[self.active].drawing

    @property
    def front(self) -> int | None:
        """The panel shown alone at full size, if any."""
        return self._front(self.size)

    @property
    def worked_on(self) -> int | None:
        """The panel in front, else one that a person has marked or chosen a row of; None: nobody has yet."""
        is_marked = self.active != MAIN_PANELS[0] or self.drawing.state.cursor is not None
        return self.front or (self.active if is_marked else None)

    def _front(self, size: Size) -> int | None:
        return self.opened if all_fit(*size) or self.opened is not None else self.active

    def _screen_layout(self, size: Size) -> ScreenLayout:
        context, _, _, trouble = self._shown
        alarm, keys = len(alarm_lines(context, size.width, self.glyphs, trouble, self.keys)) if trouble else 1, 1
        if self.message is not None:
            keys = len(message_lines(self.message, size.width, self.glyphs))
        laid_out_for = size, self._front(size), self._wanted, alarm, keys
        if self._plan is None or self._plan[0] != laid_out_for:
            wanted = {number: self._wanted.get(number, wanted_height(0)) for number in self.panel_widgets}
            self._plan = (
                laid_out_for,
                lay_out(size.width, size.height, self._front(size), wanted, alarm_height=alarm, keys_height=keys),
            )
        return self._plan[1]

    def boxes(self, size: Size) -> dict[Widget, Box]:
        """The box of each widget in a terminal of this size."""
        if too_small(*size):
            return {self.notice: Box(0, 0, size.width, size.height)}
        plan = self._screen_layout(size)
        boxes: dict[Widget, Box] = {self.status: plan.status, self.alarm: plan.alarm, self.keys_below: plan.keys}
        if plan.kpi_strip is not None:
            boxes[self.kpi_strip] = plan.kpi_strip
        if plan.secondary is not None:
            boxes[self.secondary_line] = plan.secondary
        return boxes | {self.panel_widgets[number]: box for number, box in plan.panels.items()}

    def show(self, context: ViewContext | None, watched: str, age_ms: int | None, trouble: Trouble | None) -> None:
        """Draw what a tick shows."""
        self._shown = context, watched, age_ms, trouble
        if context is not None:
            for number in MAIN_PANELS:
                self.panel_widgets[number].drawing.take_rows(context)
            wanted = {number: wanted_height(len(self.panel_widgets[number].drawing.rows)) for number in MAIN_PANELS}
            # On a wide terminal there is room for curves, under which their hours stand.
            wanted[QUEUE] += self.size.width >= LARGE_WIDTH
            self._wanted = wanted
        self.redraw()

    def redraw(self) -> None:
        """Draw the same again, for the present size, and lay it out anew where something needs another height."""
        if not too_small(*self.size) and (plan := self._screen_layout(self.size)) != self._drawn:
            self._drawn = plan
            self.lay_out_anew(self.notice)
        changes: list[tuple[LinesWidget, Sequence[LineChange] | None]] = []

        def show(widget: LinesWidget, lines: Sequence[StyledLine]) -> None:
            changes.append((widget, widget.take(lines)))

        self._draw(show)
        self.send(changes)

    def _draw(self, show: Callable[[LinesWidget, Sequence[StyledLine]], None]) -> None:
        """Make the lines of each visible widget."""
        size, width, glyphs = self.size, self.size.width, self.glyphs
        if too_small(*size):
            show(self.notice, too_small_lines(width, size.height, LEAST_WIDTH, LEAST_HEIGHT))
            return
        context, watched, age_ms, trouble = self._shown
        stale = trouble is not None and trouble.stale
        plan = self._screen_layout(size)
        front = self._front(size)
        show(self.status, [status_line(context, width, glyphs, watched, age_ms)])
        show(
            self.alarm,
            self._made(
                "alarm",
                context,
                (width, trouble),
                lambda recording: alarm_lines(recording, width, glyphs, trouble, self.keys),
            ),
        )
        look = width, front, self.active, stale
        if plan.kpi_strip is not None:
            show(
                self.kpi_strip,
                self._made(
                    "kpi_strip",
                    context,
                    look,
                    lambda recording: kpi_strip_lines(
                        recording, self.main, front or self.active, width, glyphs, stale=stale
                    ),
                ),
            )
        if plan.secondary is not None:
            show(
                self.secondary_line,
                self._made(
                    "secondary",
                    context,
                    look,
                    lambda recording: [
                        secondary_line(recording, self.secondary_panels, front, width, glyphs, stale=stale)
                    ],
                ),
            )
        for number, box in plan.panels.items():
            widget = self.panel_widgets[number]
            if context is None:
                show(widget, widget.drawing.empty(box.width, box.height, glyphs))
            else:
                active = number == self.active
                show(widget, widget.drawing.draw(context, box.width, box.height, active=active, stale=stale))
        # Last: which keys have an effect depends on the rows just drawn.
        show(self.keys_below, self._keys_or_message(width))

    def _keys_or_message(self, width: int) -> list[StyledLine]:
        if self.message is not None:
            return message_lines(self.message, width, self.glyphs)
        drawing, context = self.drawing, self.context
        applying = drawing.keys_that_apply(may_act=self.may_act, may_undo=self.may_undo)
        chosen = drawing.cursor_index() if self.may_act and context is not None else None
        has_alarm = chosen is not None and context is not None and context.has_alarm(drawing.rows[chosen])
        return [keys_line(width, self.keys, alarm_chosen=has_alarm, **applying)]

    def _made(
        self,
        name: str,
        context: ViewContext | None,
        key: tuple[object, ...],
        make: Callable[[ViewContext | None], Sequence[StyledLine]],
    ) -> Sequence[StyledLine]:
        """Lines outside the panels, made again only when something in them has changed."""
        return make(None) if context is None else self._cached_lines[name].get(context, key, make)

    def on_screen_suspend(self) -> None:
        """A dialog opens: remove the message, which is about what was done before."""
        if self.message is not None:
            self.message = None
            self.redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    def view(self, filters: Filters, window: Window = Window.TODAY) -> ScreenView:
        """What is set on the screen, with these filters and this window."""
        drawings = [widget.drawing for widget in self.panel_widgets.values()]
        return ScreenView(
            opened=self.opened,
            active=self.active if self.active != MAIN_PANELS[0] else None,
            shown_tabs={
                str(drawing.panel.number): drawing.panel.key
                for drawing in drawings
                if drawing.panel is not drawing.tabs[0]
            },
            tabs={key: tab for drawing in drawings for key, tab in drawing.views() if tab != AS_USUAL_TAB},
            filters=dict(filters.in_force),
            window=window.value,
        )

    def take_view(self, view: ScreenView) -> None:
        """Set on the screen what a view says, but for its filters."""
        for number, widget in self.panel_widgets.items():
            widget.drawing.take_views(view.tabs, view.shown_tabs.get(str(number)))
        wanted = view.opened or view.active
        self.active = wanted if wanted in self.panel_widgets else MAIN_PANELS[0]
        # A secondary panel has a place of its own on the largest terminals alone.
        is_open = view.opened is not None or self.active in SECONDARY
        self.opened = self.active if is_open and self.active == wanted else None
        self._home = self.active if self.active in MAIN_PANELS else MAIN_PANELS[0]

    def action_panel(self, number: int) -> None:
        """Bring a panel to the front at full size, or put it back if it is there."""
        if self.opened == number:
            self.put_back()
        else:
            self.opened = number
            self._work_on(number)

    def put_back(self) -> None:
        """Put back the panel in front."""
        self.opened = None
        shown = self._screen_layout(self.size).panels
        self._work_on(self.active if self.active in MAIN_PANELS or len(shown) > len(MAIN_PANELS) else self._home)

    def _work_on(self, number: int) -> None:
        self.active = number
        if number in MAIN_PANELS:
            self._home = number
        self.redraw()

    def activate(self, number: int) -> None:
        """Make a panel active; if one is in front, it replaces that one."""
        if self.opened is not None or number not in self._screen_layout(self.size).panels:
            self.opened = number if self.opened is not None or all_fit(*self.size) else None
        self._work_on(number)

    def action_next_panel(self, step: int) -> None:
        """Make the next panel active: of those on the screen, or of all if there is only one."""
        shown = sorted(self._screen_layout(self.size).panels)
        numbers = shown if len(shown) > 1 else sorted(self.panel_widgets)
        # After the terminal has grown, the active panel may have no place any more.
        place = numbers.index(self.active) + step if self.active in numbers else 0
        self.activate(numbers[place % len(numbers)])

    def action_tab(self, step: int) -> None:
        """Show the next tab of the active panel."""
        self.drawing.show_tab_after(step)
        self.redraw()

    def show_tab(self, number: int, place: int) -> None:
        """Show a tab of a panel."""
        self.panel_widgets[number].drawing.show_tab(place)
        self.activate(number)

    def choose(self, number: int, identity: str) -> None:
        """Choose a row of a panel."""
        self.panel_widgets[number].drawing.state.cursor = identity
        self.activate(number)

    def action_move(self, rows: int) -> None:
        """Move the cursor of the active panel; without one, take the first row shown."""
        drawing, context = self.drawing, self._shown[0]
        if context is not None:
            drawing.take_rows(context)
        if not drawing.rows:
            return
        chosen = drawing.cursor_index()
        place = drawing.state.top if chosen is None and abs(rows) <= 1 else (chosen or 0) + rows
        place = max(0, min(len(drawing.rows) - 1, place))
        drawing.state.cursor = drawing.panel.identity(drawing.rows[place])
        self.redraw()

    def action_page(self, pages: int) -> None:
        """Move by the rows visible."""
        self.action_move(pages * max(1, self.drawing.visible - 1))

    def action_edge(self, side: int) -> None:
        """Choose the first or last row."""
        self.action_move(side * len(self.drawing.rows))

    def action_back(self) -> None:
        """Step back once: hide the message, else release the chosen row, else put the panel back."""
        state = self.drawing.state
        if self.message is not None:
            self.message = None
            self.redraw()
        elif state.cursor is not None:
            state.cursor, state.top = None, 0
            self.redraw()
        else:
            self.put_back()

    def action_sort(self, step: int) -> None:
        """Sort the active panel by the next sortable column; after the last, in the panel's own order."""
        keys = [None, *(column.key for column in self.drawing.panel.columns if column.sort is not None)]
        place = keys.index(self.drawing.state.sort_key) + step
        self.sort_by(keys[place % len(keys)])

    def sort_by(self, key: str | None) -> None:
        """Sort the active panel by a column: figures descending, words alphabetically."""
        state = self.drawing.state
        state.sort_key, state.top = key, 0
        state.descending = self.drawing.column is None or not self.drawing.column.ascending
        self.redraw()

    def action_reverse(self) -> None:
        """Reverse the order of the active panel."""
        state = self.drawing.state
        state.descending = not state.descending
        self.redraw()
