"""The list of alarms, the log of the day and who could take the callers that wait; and what is done about an alarm.

Acts are done by `ccmon alarms` in another process, so that this one only reads; so is the log of the day, which it
prints. Who has an alarm then comes with the next poll, here as on every other screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from ccmon import subprocesses
from ccmon.formatting import clock, dated, plain
from ccmon.model.alarms import Alarm
from ccmon.monitor.follow_up_command import PATIENCE_S, run_words
from ccmon.monitor.lines_app import DONE_S, FAILED_S
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.floor import FloorScreen
from ccmon.monitor.screens.list_modal import ListModal
from ccmon.monitor.screens.modal import Picker
from ccmon.snapshot.rescue import rescue
from ccmon.time_units import MINUTE_MS
from ccmon.views.alarm_list import (
    Target,
    alarm_about,
    alarm_rows,
    end_of_shift,
    target_of,
    target_of_logged,
    with_identity,
)
from ccmon.views.alarm_log_lines import AlarmLog, log_rows, parse_log
from ccmon.views.alarms import may_be_rescued
from ccmon.views.chrome import no_alarms_text
from ccmon.views.glyphs import GlyphSet
from ccmon.views.keys import ALARM_ACTS, ALARM_LIST, ALARM_LOG, Key, key_of
from ccmon.views.layout import AGENTS
from ccmon.views.list_rows import ListRow
from ccmon.views.modal_content import PickerOption
from ccmon.views.rescue_lines import QUEUE_ROW, rescue_rows
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext

MINUTES_OF_QUIET = (15, 30, 60)
SHIFT = "shift"
NOTHING_DONE = "Nothing was changed"
NO_LOG = "The log of the day could not be read"
GONE = "That alarm has cleared."
SWITCH = "\n"
"""What a list gives before the chosen row if the key for the other list was pressed there."""


class AlarmApp(Protocol):
    """What is needed of the program that shows the floor."""

    colours: RichStyles
    glyphs: GlyphSet
    database: Path
    keys: tuple[Key, ...]
    all_keys: tuple[Key, ...]
    floor_screen: FloorScreen

    async def push_screen_wait(self, screen: Any) -> Any:
        """Show a dialog; return its result."""

    def run_worker(self, work: Any, *, name: str, group: str) -> Any:
        """Do something beside drawing."""

    def show_message(self, sentence: str, style: TextStyle, seconds: float) -> None:
        """Show a sentence for a while."""

    def check_may_act(self) -> bool:
        """Whether this monitor may change anything; if not, show a message."""


class AlarmDialogs:
    """Shows the alarms and does what is asked about one."""

    def __init__(self, app: AlarmApp) -> None:
        self._app = app

    async def perform(self, kind: str) -> None:
        """Do what a key of the floor is for: show a list or the row of the worst alarm, or act on the chosen row's."""
        context = self._now()
        if context is None:
            return
        if kind in ALARM_ACTS:
            await self._act_from_floor(kind, context)
        elif kind == "worst":
            worst = next(iter(context.snapshot.alarms), None)
            if worst is None:
                self._app.show_message(no_alarms_text(context), TextStyle.WATCH, DONE_S)
            else:
                await self._go_to(worst)
        elif kind == ALARM_LOG:
            await self._show_log_alone()
        else:
            await self._show_list()

    def _now(self) -> ViewContext | None:
        """What is drawn behind the dialogs."""
        return self._app.floor_screen.context

    # Lists

    async def _show_list(self) -> None:
        """Show the list of alarms, and what it leads to; Escape leads back to it."""
        chosen = None
        while True:
            keys = (*ALARM_ACTS, ALARM_LOG)
            result = await self._list("Alarms", alarm_rows, self._act_in_list, keys, chosen)
            context = self._now()
            if result is None or context is None:
                return
            chosen = result.removeprefix(SWITCH)
            if result.startswith(SWITCH):
                logged = await self._show_log()
                is_left = logged is not None and not logged.startswith(SWITCH)
                if logged is not None and is_left:
                    await self._go_to_logged(logged)
            else:
                is_left = await self._go_to(with_identity(context.snapshot.alarms, chosen))
            if is_left:
                return

    async def _show_log_alone(self) -> None:
        result = await self._show_log()
        if result is not None and result.startswith(SWITCH):
            await self._show_list()
        elif result is not None:
            await self._go_to_logged(result)

    async def _go_to_logged(self, identity: str) -> None:
        """Go to what an alarm of the log was about; while it stands, as from the list."""
        _, rule, subject = identity.split("\n", 2)
        context = self._now()
        if context is None:
            return
        standing = [part for alarm in context.snapshot.alarms for part in (alarm, *alarm.parts)]
        alarm = next((each for each in standing if (each.rule, each.subject) == (rule, subject)), None)
        target = target_of_logged(rule, subject, context.snapshot)
        if alarm is None and target is not None:
            self._go_to_row(target)
        else:
            await self._go_to(alarm)

    async def _show_log(self) -> str | None:
        log: list[AlarmLog | None] = [None]

        def rows(context: ViewContext, width: int) -> Sequence[ListRow]:
            return log_rows(log[0], context, width)

        async def read(modal: ListModal) -> None:
            words = subprocesses.command("ccmon", "alarms", "--log", "--json", "--db", str(self._app.database))
            result = await run_words(words, "", NO_LOG)
            try:
                log[0] = parse_log(result.output) if result.done else None
                said = result.sentence
            except ValueError as error:
                said = f"{NO_LOG}: {error}."
            if not modal.is_attached:
                return
            if log[0] is None:
                self._app.show_message(said, TextStyle.BADGE_BAD, FAILED_S)
            else:
                modal.fit()

        return await self._list("Alarms of today", rows, self._act_in_log, (ALARM_LIST,), None, begin=read)

    def _act_in_log(self, modal: ListModal, _action: str, _identity: str | None) -> None:
        modal.dismiss(SWITCH)

    async def _list(
        self,
        title: str,
        rows: Callable[[ViewContext, int], Sequence[ListRow]],
        act: Callable[[ListModal, str, str | None], None],
        keys: Sequence[str],
        chosen: str | None,
        *,
        begin: Callable[[ListModal], Any] | None = None,
    ) -> str | None:
        """Show a list; the identity of the row that is opened, or None."""
        app = self._app

        def made(width: int) -> Sequence[ListRow]:
            context = self._now()
            return () if context is None else rows(context, width)

        known, here = {key.id: key for key in app.all_keys}, {key.id for key in app.keys}
        acting = {
            name: (f"{key.first} {key.short}" if key.id in here else "", key.id)
            for key in map(known.__getitem__, keys)
            for name in key.keys
        }
        modal = ListModal(
            app.colours,
            app.glyphs,
            title,
            made,
            act=lambda action, identity: act(modal, action, identity),
            acting_keys=acting,
            closes=[name for name in (*known[ALARM_LIST].keys, *known[ALARM_LOG].keys) if name not in acting],
            chosen=chosen,
        )
        if begin is not None:
            app.run_worker(begin(modal), name="log", group="log")
        result: str | None = await app.push_screen_wait(modal)
        return result

    def _act_in_list(self, modal: ListModal, action: str, identity: str | None) -> None:
        if action == ALARM_LOG:
            modal.dismiss(f"{SWITCH}{identity or ''}")
            return
        context = self._now()
        alarm = None if context is None or identity is None else with_identity(context.snapshot.alarms, identity)
        if alarm is None:
            self._app.show_message(GONE, TextStyle.WATCH, DONE_S)
        else:
            self._app.run_worker(self._act(action, alarm), name=action, group="alarms")

    # From an alarm to its row, and to those who could help

    async def _go_to(self, alarm: Alarm | None) -> bool:
        """Show who could take the callers that an alarm is about, or its row; whether a row was gone to."""
        if alarm is None:
            self._app.show_message(GONE, TextStyle.WATCH, DONE_S)
        elif may_be_rescued(alarm):
            return await self._show_rescue(alarm)
        else:
            self._go_to_row(self._target(alarm))
        return True

    def _target(self, alarm: Alarm) -> Target | None:
        context = self._now()
        return None if context is None else target_of(alarm, context.snapshot)

    def _go_to_row(self, target: Target | None) -> None:
        screen = self._app.floor_screen
        if target is None:
            self._app.show_message("This alarm is about the data itself, which no row shows.", TextStyle.WATCH, DONE_S)
            return
        tabs = screen.panel_widgets[target.panel].drawing.tabs
        place = next(place for place, tab in enumerate(tabs) if tab.key == target.tab)
        screen.show_tab(target.panel, place)
        screen.choose(target.panel, tabs[place].identity(target.row))

    async def _show_rescue(self, alarm: Alarm) -> bool:
        queue_id: int | None = alarm.queue.id  # type: ignore[attr-defined]

        def rows(context: ViewContext, width: int) -> Sequence[ListRow]:
            found = rescue(context.floor_to_choose_from, queue_id)
            return () if found is None else rescue_rows(found, context, width)

        def act(_modal: ListModal, action: str, _identity: str | None) -> None:
            self._app.run_worker(self._act(action, alarm), name=action, group="alarms")

        title = f"Who could take the callers of {plain(alarm.subject)}"
        first = next((row.identity for row in self._rows_now(rows) if row.identity not in {"", QUEUE_ROW}), None)
        result = await self._list(title, rows, act, tuple(ALARM_ACTS), first)
        context = self._now()
        if result is None or context is None:
            return False
        if result == QUEUE_ROW:
            self._go_to_row(self._target(alarm))
        elif context.agent(int(result)) is None:
            unfilter = key_of(self._app.keys, "unfilter").first
            said = f"The screen is narrowed, and leaves that agent out: {unfilter} shows everything again."
            self._app.show_message(said, TextStyle.BADGE_WATCH, DONE_S)
        else:
            self._app.floor_screen.choose(AGENTS, result)
        return True

    def _rows_now(self, rows: Callable[[ViewContext, int], Sequence[ListRow]]) -> Sequence[ListRow]:
        context = self._now()
        return () if context is None else rows(context, self._app.floor_screen.size.width)

    # Acts

    async def _act_from_floor(self, kind: str, context: ViewContext) -> None:
        """Act on the alarm about the chosen row; without one, show the list to choose from."""
        drawing = self._app.floor_screen.drawing
        chosen = drawing.cursor_index()
        alarm = None if chosen is None else alarm_about(drawing.rows[chosen], context)
        if not self._app.check_may_act():
            return
        if alarm is None:
            await self._show_list()
        else:
            await self._act(kind, alarm)

    async def _act(self, kind: str, alarm: Alarm) -> None:
        """Run the command for an act on an alarm, and show its result."""
        app, context = self._app, self._now()
        if not app.check_may_act() or context is None:
            return
        words, said = [ALARM_ACTS[kind].value], f"You have it: {alarm.subject}. Every screen shows so."
        if kind == "alarm_quiet":
            until = await self._ask_for_how_long(alarm, context)
            if until is None:
                return
            length, until_at = until
            words += ["--until=shift"] if length == SHIFT else [f"--for={length} min"]
            said = f"Quiet until {dated(until_at, context.zone, context.now)}: {alarm.subject}."
        elif kind == "alarm_release":
            said = f"Given back: {alarm.subject}."
        app.show_message("Saving; waits while the database is locked.", TextStyle.WATCH, PATIENCE_S)
        command = ["alarms", *words, "--db", str(app.database), "--", alarm.rule.value, alarm.subject]
        result = await run_words(subprocesses.command("ccmon", *command), said, NOTHING_DONE)
        style, seconds = (TextStyle.BADGE_GOOD, DONE_S) if result.done else (TextStyle.BADGE_BAD, FAILED_S)
        app.show_message(result.sentence, style, seconds)

    async def _ask_for_how_long(self, alarm: Alarm, context: ViewContext) -> tuple[str, int] | None:
        """For how long an alarm is to be quiet: minutes or `SHIFT`, and until when; None: it is not to be."""
        now, ends_at = context.now, end_of_shift(context.unfiltered)
        moments = {str(minutes): now + minutes * MINUTE_MS for minutes in MINUTES_OF_QUIET} | {SHIFT: ends_at}
        words = {SHIFT: "to the end of the shift"}
        choices = [
            PickerOption(length, words.get(length, f"{length} min"), f"until {clock(until_at, context.zone)}")
            for length, until_at in moments.items()
        ]
        picker = Picker(
            self._app.colours,
            self._app.glyphs,
            f"Quiet for how long? {plain(alarm.subject)}",
            choices,
            hint="Enter takes, Esc: not at all",
            width=56,
        )
        length: str | None = await self._app.push_screen_wait(picker)
        return None if length is None else (length, moments[length])
