"""The monitor as a Textual program.

The one rule: a poll never touches a widget; it ends in a snapshot, and only `tick` draws. Everything shown in one
second comes from one snapshot. The process only reads: a terminal that stops reading stops nothing but this program.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.events import Event, InputEvent
from textual.reactive import Reactive

from ccmon.formatting import clock
from ccmon.model.follow_ups import FollowUp
from ccmon.monitor.dialogs import Dialogs
from ccmon.monitor.kept_views import ViewKeeper
from ccmon.monitor.lines_app import LinesApp
from ccmon.monitor.poller import Poller
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.floor import FloorScreen
from ccmon.monitor.shutdown import Shutdown
from ccmon.monitor.view_dialogs import ViewDialogs
from ccmon.settings import NO_SIGNAL
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.snapshot.windows import Window
from ccmon.views.all_panels import panels
from ccmon.views.chrome import Trouble, trouble_shown, watched_text
from ccmon.views.glyphs import GlyphSet
from ccmon.views.keys import KEYS, PROMISE_TO_ALL, PROMISING, Key, key_of, keys_for
from ccmon.views.layout import AGENTS, FOLLOW_UPS
from ccmon.views.panel import FloorPanel
from ccmon.views.screen_view import AS_USUAL, ScreenView
from ccmon.views.styled_text import Span, TextStyle
from ccmon.views.view_context import ViewContext

if TYPE_CHECKING:
    from ccmon.monitor.screens.details import DetailsModal, PageReader
    from ccmon.monitor.signals import Signals

TICK_OFFSET_S = 0.02
"""How long after the full second ticks come, so that a timer that fires early does not tick twice."""
STARTUP_TICK_S = 0.05
"""Time between two ticks before the first answer: the screen is still empty, and somebody is waiting for it."""
GARBAGE_THRESHOLDS = 20_000, 5, 5
"""For the garbage collector: ticks leave no cycles behind; by default Python would look for some at each tick."""
PATIENCE_S = 0.15
"""A poll that takes longer is drawn with the next tick."""
FIRST_PATIENCE_S = 1.0
"""How long the first frame waits for the first answer."""


class Monitor(LinesApp):
    """The live screen of a floor."""

    TITLE = "ccmon"
    # A default of our own, so that the style sheets need not be read again for another theme.
    theme: Reactive[str] = Reactive("ansi-dark")
    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: ansi_default; color: ansi_default; } Modal { background: transparent; }"

    def __init__(
        self,
        poller: Poller,
        glyphs: GlyphSet,
        *,
        light: bool = False,
        database: Path = Path(),
        filters: Filters = NO_FILTER,
        read_only: bool = False,
        alarm_signal: str = NO_SIGNAL,
        keys: tuple[Key, ...] = KEYS,
        view: ScreenView = AS_USUAL,
        keeper: ViewKeeper | None = None,
        make_detail_reader: Callable[[], PageReader] | None = None,
        ticking: bool = True,
    ) -> None:
        super().__init__(keys)
        if light:
            self.theme = "ansi-light"
        self.poller = poller
        self.database = database
        self.filters = filters
        self.make_detail_reader = make_detail_reader
        """Makes what reads the details of a row beyond the snapshot; None: they show no more."""
        self.window = Window.TODAY
        """Over which part of the day calls of queues are counted."""
        self.glyphs = glyphs
        self.colours = RichStyles(light)
        self.panels: tuple[FloorPanel[Any], ...] = panels()
        self.all_keys = keys
        """Every key, also those that this monitor answers with a refusal."""
        self.floor_screen = FloorScreen(self.colours, glyphs, self.panels, keys)
        self.floor_screen.may_act = not read_only
        self.dialogs = Dialogs(self)
        self.view_dialogs = ViewDialogs(self, keeper, view)
        self.signals = None if alarm_signal == NO_SIGNAL else _signals(self, alarm_signal)
        self.keys: tuple[Key, ...] = keys_for(keys, read_only=read_only)
        """The keys that this monitor has."""
        self.period_s = min(1.0, poller.every_s)
        """Seconds between two ticks: clocks advance each second, however seldom the database is read."""
        self.error: str | None = None
        """The traceback, if the program failed."""
        self._last_context: ViewContext | None = None
        self._ticks_by_itself = ticking
        self._message_until = 0.0
        self.frames = 0
        """Frames drawn so far."""
        self._before_first_frame = ExitStack()
        """A batch of updates that ends with the first draw: a frame without figures would cost as much as one with."""
        self.shutdown = Shutdown(self.end)

    def get_default_screen(self) -> FloorScreen:
        """The floor is the only screen that stays."""
        return self.floor_screen

    def on_load(self) -> None:
        """Listen for signals that end the program, before touching the terminal."""
        if self.shutdown.is_entered:  # whether the app is headless is not known yet
            self.shutdown.listen()

    def on_mount(self) -> None:
        """Start the clock."""
        if self._ticks_by_itself:
            self._before_first_frame.enter_context(self.batch_update())
            self.run_worker(self._run(), name="ticks")

    def end(self, status: int) -> None:
        """End the program with this exit status, within half a second in any case."""
        if not self.is_headless:
            self.shutdown.enforce_exit(status)
        self.exit(return_code=status)

    def action_quit(self) -> None:  # type: ignore[override]
        """Quit."""
        self.end(0)

    async def on_unmount(self) -> None:
        """Keep how the screen is left, and close the database."""
        self.view_dialogs.keep_at_end()
        await self.poller.close()

    async def on_event(self, event: Event) -> None:
        """Note that a person has done something, which may change what is kept."""
        if isinstance(event, InputEvent):
            self.view_dialogs.may_differ = True
        await super().on_event(event)

    def _fatal_error(self) -> None:
        # Textual would draw the traceback with all local values: it takes seconds and means nothing to a supervisor.
        self.error = traceback.format_exc()
        self._return_code = 1
        self._close_messages_no_wait()

    async def _run(self) -> None:
        await self.tick(PATIENCE_S if self.poller.preparation_text else FIRST_PATIENCE_S)
        await asyncio.sleep(STARTUP_TICK_S)  # the frame is sent first
        # All present objects stay: the collector need not walk through Textual again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        gc.enable()
        while not self.poller.preparation_failed:
            rest_s = self.period_s + TICK_OFFSET_S - time.time() % self.period_s
            await asyncio.sleep(rest_s if self.poller.snapshot is not None else min(rest_s, STARTUP_TICK_S))
            await self.tick()
        self.end(1)

    async def tick(self, patience_s: float = PATIENCE_S) -> None:
        """Poll if one is due, and draw, unless the terminal has not yet taken the last frame."""
        await self.poller.tick(patience_s)
        if not self.behind:
            self.draw()
        self.view_dialogs.tick()

    def view_context(self) -> ViewContext | None:
        """What to draw now; None before the first answer."""
        snapshot = self.poller.snapshot
        if snapshot is None:
            return None
        self._last_context = ViewContext.of(
            snapshot,
            self.poller.now(),
            self.glyphs,
            self.filters,
            is_current=self.poller.failure_text is None,
            last=self._last_context,
            window=self.window,
        )
        return self._last_context

    def draw(self) -> None:
        """Draw the floor as now known."""
        context = self.view_context()
        age_ms = None
        if context is not None and context.snapshot.data_at is not None:
            age_ms = max(0, context.now - context.snapshot.data_at)
        self.frames += 1
        self.ask_terminal()
        self.floor_screen.may_undo = self.dialogs.may_undo
        if time.monotonic() >= self._message_until:
            self.floor_screen.message = None
        self.floor_screen.show(context, self.watched_text(context), age_ms, self.trouble(context))
        if context is not None and self.signals is not None:
            self.signals.tick(context)
        modal = self.dialogs.in_front
        if modal is not None:
            modal.redraw()
        self._before_first_frame.close()

    def watched_text(self, context: ViewContext | None) -> str:
        """Names what is shown: the site and the filters."""
        if context is None:
            return self.poller.preparation_text or self.database.name
        return watched_text(context, self.database.name, read_only=not self.floor_screen.may_act)

    def trouble(self, context: ViewContext | None) -> Trouble | None:
        """Why the figures are not live, if they are not."""
        if self.poller.failure_text is not None:
            last = context and f"; the figures are from {clock(context.snapshot.at, context.zone, seconds=True)}."
            # The whole path would push the important part off the line.
            sentence = self.poller.failure_text.replace(str(self.database), self.database.name)
            return Trouble(f"{sentence.removesuffix('.')}{last or '.'}", stale=self.poller.stale)
        return None if context is None else trouble_shown(context, self.keys)

    # Dialogs

    def action_details(self) -> None:
        """Show everything about the chosen row, brought up to date at each tick."""
        drawing = self.floor_screen.drawing
        if drawing.cursor_index() is None:
            self.floor_screen.action_move(0)
        chosen = drawing.cursor_index()
        if chosen is None:
            return
        from ccmon.monitor.screens.details import DetailsModal  # noqa: PLC0415 - not needed before the first frame

        row = drawing.rows[chosen]
        modal = DetailsModal(
            self.colours,
            self.glyphs,
            lambda: self._last_context,  # the one drawn behind it: the next tick updates both
            drawing.panel,
            row,
            reader=self.make_detail_reader and self.make_detail_reader(),
            views=(key_of(self.all_keys, "view").keys, key_of(self.all_keys, "view_back").keys),
            closes=key_of(self.all_keys, "details").keys,
            result_keys=lambda: self.dialogs.follow_ups.keys_for(row, self.keys),
            promising=[key for key in self.keys if key.id in PROMISING],
        )
        self.push_screen(modal, partial(self._details_closed, modal))

    async def _details_closed(self, modal: DetailsModal, result: str | None) -> None:
        context = self.view_context()
        if result in PROMISING and context is not None:
            promise = self.dialogs.follow_ups.promise_to(modal.promisees, context, to_all=result == PROMISE_TO_ALL)
            self.run_worker(promise, name="promise")
        elif result is not None:
            await self.run_action(key_of(self.keys, result).action)

    def action_act(self, kind: str) -> None:
        """Settle, move or hand over the chosen follow-up."""
        drawing, context = self.floor_screen.drawing, self.view_context()
        chosen = drawing.cursor_index()
        row = drawing.rows[chosen] if chosen is not None else None
        if not self.check_may_act():
            return
        if context is None or not isinstance(row, FollowUp):
            from ccmon.monitor.follow_up_dialogs import no_follow_up_text  # noqa: PLC0415

            self.show_message(no_follow_up_text(drawing, self.keys), TextStyle.BADGE_WATCH)
        else:
            drawing.choose_next_when_gone()
            self.run_worker(self.dialogs.follow_ups.perform(kind, row, context), name=kind)

    def action_promise(self, to_all: bool) -> None:
        """Promise a call to the chosen customer, or to all of the list."""
        drawing, context = self.floor_screen.drawing, self.view_context()
        if self.check_may_act() and context is not None:
            self.run_worker(self.dialogs.follow_ups.promise(drawing, context, to_all=to_all), name="promise")

    def action_undo(self) -> None:
        """Undo the last act on a follow-up, within a minute of it."""
        if self.check_may_act():
            self.run_worker(self.dialogs.follow_ups.undo(), name="undo")

    def action_report(self) -> None:
        """Write the report of the day, of what is shown, as a page."""
        from ccmon.monitor import report_command  # noqa: PLC0415

        self.run_worker(report_command.report_of(self, self.view_context()), name="report", group="report")

    def choose_follow_up(self, number: int) -> None:
        """Make a follow-up the chosen row of its panel, whichever panel is active."""
        self.floor_screen.panel_widgets[FOLLOW_UPS].drawing.choose_for_action(str(number))
        self.floor_screen.redraw()

    def action_views(self) -> None:
        """Show, save or remove views with names."""
        self.view_dialogs.choose_view()

    def action_window(self) -> None:
        """Count the calls of queues over the next part of the day."""
        self.view_dialogs.show_next_window()

    def action_columns(self) -> None:
        """Choose the columns of the active panel."""
        self.view_dialogs.choose_columns()

    def check_may_act(self) -> bool:
        """Whether this monitor may change anything; if not, show a message."""
        if not self.floor_screen.may_act:
            asked = "This monitor only reads (--read-only): nothing can be changed here."
            no_right = "You may only look here; ask the administrator for the right to act."
            self.show_message(asked if os.access(self.database, os.W_OK) else no_right, TextStyle.BADGE_WATCH)
        return self.floor_screen.may_act

    def show_message(self, sentence: str, style: TextStyle, seconds: float = 6.0) -> None:
        """Show a sentence in place of the keys for a while, or in the list of which a row is chosen."""
        modal = self.dialogs.in_front
        if modal is not None and modal.say(Span(sentence, style)):
            return
        self.floor_screen.message = Span(sentence, style)
        self._message_until = time.monotonic() + seconds
        self.floor_screen.redraw()

    def action_help(self) -> None:
        """Show the help: keys and figures."""
        self.dialogs.explanations.show_help()

    def action_proof(self) -> None:
        """Show how a figure of the chosen row, or of the head, comes about."""
        self.dialogs.explanations.show_proof()

    def copy(self, text: str) -> str:
        """Copy a text to the terminal's clipboard, and to a file; return the words that say where it is."""
        from ccmon.monitor.clipboard import copy_sequence, keep_copied  # noqa: PLC0415 - not before the first frame

        sequence, driver, file = copy_sequence(text), self._driver, keep_copied(text)
        if sequence and driver is not None:
            driver.write(sequence)
        also = "" if file is None else f"{'also ' if sequence else ''}in {file}"
        return ", ".join(filter(None, ("copied" if sequence else "too long for the clipboard", also)))

    def action_alarm(self, kind: str) -> None:
        """Show alarms or their log, go to the worst, or act on one."""
        from ccmon.monitor.alarm_dialogs import AlarmDialogs  # noqa: PLC0415 (the first frame needs none of it)

        self.run_worker(AlarmDialogs(self).perform(kind), name=kind, group="alarms")

    def action_filter(self, kind: str | None = None) -> None:
        """Choose the queue, team or client to which the screen is narrowed."""
        self.dialogs.choose_filter(kind)

    def filter_chosen(self, result: str | None) -> None:
        """Narrow the screen to what was chosen, as ``kind:name``; None: leave it."""
        if result is not None:
            kind, _, name = result.partition(":")
            self.filters = self.filters.with_one(kind, name or None)
            self.draw()

    def action_unfilter(self) -> None:
        """Show everything."""
        self.filters = NO_FILTER
        self.draw()

    def action_search(self) -> None:
        """Find an agent."""
        self.dialogs.find_agent()

    def agent_found(self, result: str | None) -> None:
        """Choose an agent's row, by its identity; None: leave it."""
        if result is not None:
            self.floor_screen.choose(AGENTS, result)

    def action_palette(self) -> None:
        """Find anything."""
        self.dialogs.explanations.show_palette()


def _signals(app: Monitor, kind: str) -> Signals:
    from ccmon.monitor.signals import Signals  # noqa: PLC0415 - most monitors are silent

    return Signals(app, kind)
