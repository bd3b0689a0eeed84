"""What a person sets on the screen: columns, views with names, and that all of it is kept."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

from ccmon.errors import CcmonError
from ccmon.monitor import kept_views
from ccmon.monitor.kept_views import ViewKeeper
from ccmon.monitor.lines_app import DONE_S, FAILED_S
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.floor import FloorScreen
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.snapshot.windows import Window, next_window
from ccmon.views.glyphs import GlyphSet
from ccmon.views.screen_view import ScreenView, dropped_filters_text, without
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext

KEEP_AFTER_S = 5.0
"""How long after a change it is kept, so that a row of changes is written once."""
LONGEST_NAME = 40


class ViewedApp(Protocol):
    """What is needed of the program that shows the floor."""

    colours: RichStyles
    glyphs: GlyphSet
    filters: Filters
    window: Window
    floor_screen: FloorScreen

    def push_screen(self, screen: Any, callback: Any) -> Any:
        """Show a dialog."""

    def run_worker(self, work: Any, *, name: str, group: str) -> Any:
        """Do something beside drawing."""

    def show_message(self, sentence: str, style: TextStyle, seconds: float) -> None:
        """Show a sentence for a while."""

    def view_context(self) -> ViewContext | None:
        """What is drawn now."""

    def draw(self) -> None:
        """Draw the floor as now known."""


class ViewDialogs:
    """Changes what is set on the screen, and keeps it."""

    def __init__(self, app: ViewedApp, keeper: ViewKeeper | None, view: ScreenView) -> None:
        """The screen begins with a view; its filters are in force unless others were given."""
        self.app = app
        self.keeper = keeper
        self.may_differ = False
        """Whether a person has done something since it was last looked at what is to be kept."""
        self._due: float | None = None
        """When the present view is to be written; None: it has been, or is as it was kept."""
        self._given = app.filters if app.filters != view.kept_filters else NO_FILTER
        """Filters that an option gives: they are not kept."""
        self._kept = view.kept_filters
        """The filters that are kept while those that an option gives are in force."""
        self._unchecked = app.filters if app.filters == view.kept_filters else NO_FILTER
        """Filters of a view, of which it is not known yet whether something has their names."""
        app.floor_screen.take_view(view)
        app.window = view.kept_window

    @property
    def view(self) -> ScreenView:
        """What is set now."""
        filters = self.app.filters
        kept = self._kept if self._given and filters == self._given else filters
        return self.app.floor_screen.view(kept, self.app.window)

    # What is kept by itself

    def tick(self) -> None:
        """Once a tick: say what could not be read, drop filters without a name, and keep what has changed."""
        if self.keeper is not None and self.keeper.trouble is not None:
            self.app.show_message(self.keeper.trouble, TextStyle.BADGE_WATCH, FAILED_S)
            self.keeper.trouble = None
        if self._unchecked:
            self._check_filters()
        if self.keeper is None or not self.keeper.keeps_left:
            return
        if self.may_differ:
            self.may_differ = False
            if self._due is None and self.view != self.keeper.left:
                self._due = monotonic() + KEEP_AFTER_S
        if self._due is not None and monotonic() >= self._due:
            self._due = None
            self.app.run_worker(self._keep(self.keeper, self.view), name="keep", group="keep")

    def _check_filters(self) -> None:
        """Drop filters of a view that nothing has the names of, once all names are known."""
        context = self.app.view_context()
        if context is None or context.snapshot.incomplete:
            return
        if self.app.filters == self._unchecked and (unknown := dict(self._unchecked.unknown(context.unfiltered))):
            self.app.filters = without(self.app.filters, unknown)
            self.may_differ = True
            self.app.draw()
            self.app.show_message(dropped_filters_text(unknown), TextStyle.BADGE_WATCH, FAILED_S)
        self._unchecked = NO_FILTER

    async def _keep(self, keeper: ViewKeeper, view: ScreenView) -> None:
        try:
            await asyncio.to_thread(keeper.keep, view)
        except CcmonError as error:
            keeper.keeps_left = False  # it is said once
            self.app.show_message(f"What you set here is not kept: {error}", TextStyle.BADGE_WATCH, FAILED_S)

    def keep_at_end(self) -> None:
        """Keep how the screen is left; where that cannot be, nobody looks any more."""
        if self.keeper is not None:
            with suppress(CcmonError):
                self.keeper.keep(self.view)

    # Views with names

    def choose_view(self) -> None:
        """Show a view with a name, remove it, or save the present one under the name that is typed."""
        if self.keeper is None:
            self.app.show_message(
                "No views are kept here: the demo has none, and ccmon monitor needs a home directory for them.",
                TextStyle.BADGE_WATCH,
                FAILED_S,
            )
            return
        from ccmon.monitor.screens.modal import Picker
        from ccmon.views.modal_content import typed_view, view_choices

        try:
            names = self.keeper.named()
        except CcmonError as error:
            self.app.show_message(str(error), TextStyle.BADGE_BAD, FAILED_S)
            return
        picker = Picker(
            self.app.colours,
            self.app.glyphs,
            "Saved views",
            view_choices(names),
            own=typed_view,
            hint="type a name to save, Enter takes, Esc closes",
            longest=LONGEST_NAME,
        )
        self.app.push_screen(picker, self._view_chosen)

    def _view_chosen(self, result: str | None) -> None:
        if result is None or self.keeper is None:
            return
        act, _, name = result.partition(":")
        try:
            if act == "save":
                kept_views.save(self.keeper.file, name, self.app.floor_screen.view(self.app.filters, self.app.window))
                said = f"Saved as {name}; ccmon monitor --view starts with it."
            elif act == "remove":
                kept_views.remove(self.keeper.file, name)
                said = f"The view {name} is removed."
            else:
                self._show(kept_views.named_view(self.keeper.file, name))
                said = f"This is the view {name}."
        except CcmonError as error:
            self.app.show_message(str(error), TextStyle.BADGE_BAD, FAILED_S)
            return
        self.app.show_message(said, TextStyle.BADGE_GOOD, DONE_S)

    def _show(self, view: ScreenView) -> None:
        self.app.floor_screen.take_view(view)
        self.app.filters = self._unchecked = view.kept_filters
        self.app.window = view.kept_window
        self.app.draw()

    # The part of the day

    def show_next_window(self) -> None:
        """Count the calls of queues over the next part of the day."""
        context = self.app.view_context()
        if context is not None:
            self.app.window = next_window(context.unfiltered, self.app.window)
            self.app.draw()

    # Columns

    def choose_columns(self, at: int = 0) -> None:
        """Hide columns of the active panel, or prefer some; Enter changes one, and the choice stays open."""
        from ccmon.monitor.screens.modal import Picker
        from ccmon.views.modal_content import column_choices

        columns = self.app.floor_screen.drawing.columns()
        picker = Picker(
            self.app.colours,
            self.app.glyphs,
            f"Columns of {self.app.floor_screen.drawing.panel.name}",
            column_choices(columns),
            width=100,
            hint="Enter changes: shown, hidden, always  Esc closes",
        )
        picker.at = at
        self.app.push_screen(picker, lambda result: self._column_chosen(result, at=picker.at))

    def _column_chosen(self, result: str | None, at: int) -> None:
        if result is None:
            return
        drawing = self.app.floor_screen.drawing
        if result == "usual":
            drawing.show_usual_columns()
        else:
            drawing.change_column(result.removeprefix("column:"))
        self.app.floor_screen.redraw()
        self.choose_columns(at)
