"""The dialogs with which a follow-up is settled, moved or handed over, one question each, and undoing that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Protocol, Unpack

from ccmon.errors import UsageError
from ccmon.formatting import local_time, plain, plural
from ccmon.metrics.follow_ups import CANCELLED
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.follow_ups import Act, FollowUp
from ccmon.monitor import follow_up_command
from ccmon.monitor.follow_up_command import FollowUpCommand
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.modal import Picker, PickerLook
from ccmon.views.agents import doing
from ccmon.views.glyphs import GlyphSet
from ccmon.views.keys import UNDO, Key, key_of
from ccmon.views.modal_content import PickerOption
from ccmon.views.moments import NotATimeError, Present, coming_moment, suggestions
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext

OUTCOMES = (
    PickerOption("reached", "reached", "the customer was spoken to"),
    PickerOption("voicemail", "voicemail", "a message was left"),
    PickerOption("not reached", "not reached", "tried as often as agreed"),
    PickerOption(CANCELLED, "cancelled", "the customer called it off"),
)
LONGEST_NOTE = 200
DONE_S, FAILED_S = 12.0, 60.0
"""How long the result of an act is shown; Escape hides it."""
NOT_A_TIME = "That is not a time: type 15:30, tomorrow 9:00, fri 9:15, 2 h or 2026-12-01 10:00."
NOTHING_MOVED = "Nothing is moved yet; Esc leaves it as it is."
UNDONE_WITHIN_S = 60.0
"""How long the last act can be undone by a key; later, use ``ccmon follow-up undo``."""
NOTHING_TO_UNDO = "Nothing was done here in the last minute; older acts: ask the administrator."


class DialogApp(Protocol):
    """What the dialogs need from the program."""

    colours: RichStyles
    glyphs: GlyphSet
    database: Path
    keys: Sequence[Key]

    async def push_screen_wait(self, screen: Any) -> Any:
        """Show a dialog; return its result."""

    def show_message(self, sentence: str, style: TextStyle, seconds: float) -> None:
        """Show a sentence for a while."""

    def choose_follow_up(self, number: int) -> None:
        """Make a follow-up the chosen row."""


class FollowUpDialogs:
    """Asks, in one dialog after the other, what an act needs to know. Escape in any of them changes nothing."""

    def __init__(self, app: DialogApp) -> None:
        self._app = app
        self._last: FollowUpCommand | None = None
        self._last_until = 0.0

    @property
    def undo_command(self) -> FollowUpCommand | None:
        """The command that undoes the last act, within a minute of it; else None."""
        return self._last.undone_by if self._last is not None and monotonic() < self._last_until else None

    async def perform(self, kind: str, item: FollowUp, context: ViewContext) -> None:
        """Ask, run the command, and show its result."""
        ask = {Act.SETTLED.key: self._settle, Act.MOVED.key: self._move, Act.HANDED_OVER.key: self._hand_over}[kind]
        command = await ask(item, context)
        if command is not None:
            await self._run_command(command)

    async def undo(self) -> None:
        """Undo the last act, once."""
        command, self._last = self.undo_command, None
        if command is not None:
            if await self._run_command(command):
                self._app.choose_follow_up(command.follow_up)
        else:
            self._app.show_message(NOTHING_TO_UNDO, TextStyle.BADGE_WATCH, DONE_S)

    async def _run_command(self, command: FollowUpCommand) -> bool:
        """Run the command and show its result; return whether it succeeded."""
        app = self._app
        app.show_message("Saving; waits while the database is locked.", TextStyle.WATCH, follow_up_command.PATIENCE_S)
        result = await follow_up_command.run_command(app.database, command)
        if result.done:
            self._last, self._last_until = command, monotonic() + UNDONE_WITHIN_S
        is_undone = result.done and command.undone_by is not None
        how = f" {key_of(app.keys, UNDO).first}: undo" if is_undone else ""
        app.show_message(
            result.sentence + how,
            TextStyle.BADGE_GOOD if result.done else TextStyle.BADGE_BAD,
            DONE_S if result.done else FAILED_S,
        )
        return result.done

    async def _settle(self, item: FollowUp, _context: ViewContext) -> FollowUpCommand | None:
        outcome = await self._ask(
            f"How did it end? {follow_up_command.describe(item)}",
            OUTCOMES,
            own=lambda text: PickerOption(text, text, "as typed"),
            hint="Enter takes, type another outcome, Esc: leave it open",
        )
        if outcome is None:
            return None
        note = await self._ask(
            f"{outcome}: {follow_up_command.describe(item)}",
            [PickerOption("=", "settle it without another note")],
            own=lambda text: PickerOption(f"={text}", f"settle it with the note: {text}"),
            own_first=True,
            hint="Enter settles it, type a note, Esc: leave it open",
            longest=LONGEST_NOTE,
        )
        return None if note is None else follow_up_command.settle_command(item, outcome, note[1:])

    async def _move(self, item: FollowUp, context: ViewContext) -> FollowUpCommand | None:
        now, present = local_time(context.now, context.zone), _present(context)

        def choice(at: datetime, remark: str = "") -> PickerOption:
            due_at = _due_at(at, context)
            if due_at != at:
                remark = f"closed: due {follow_up_command.said_moment(due_at, now)}"
            return PickerOption(at.isoformat(), follow_up_command.said_moment(at, now), remark)

        def typed(text: str) -> PickerOption | None:
            try:
                at = coming_moment(text, present, is_shown=True)
            except NotATimeError:
                return None
            except UsageError as error:
                raise UsageError(f"{error} {NOTHING_MOVED}") from None
            return choice(local_time(at, context.zone), "as typed")

        to = await self._ask(
            f"Move to when? {follow_up_command.describe(item)}",
            [choice(at) for at in suggestions(now) if round(at.timestamp() * 1000) != item.due_at],
            own=typed,
            own_first=True,
            hint="Enter takes, type 15:30, fri 9:15 or 2 h",
            unknown=f"{NOT_A_TIME} {NOTHING_MOVED}",
        )
        if to is None:
            return None
        at = datetime.fromisoformat(to).astimezone(context.zone)
        due_at = _due_at(at, context)
        due = "" if due_at == at else f" (due {follow_up_command.said_moment(due_at, now)})"
        by = await self._ask(
            f"To {follow_up_command.said_moment(at, now)}{due}: whose wish is it? {follow_up_command.describe(item)}",
            [
                PickerOption("customer", "the customer's", "a new promise from now on"),
                PickerOption("agent", "the agent's", "the first promise still counts"),
            ],
            hint="Enter moves it, Esc: leave it as it is",
        )
        return None if by is None else follow_up_command.move_command(item, at, by, now, due_at)

    async def _hand_over(self, item: FollowUp, context: ViewContext) -> FollowUpCommand | None:
        owed = Counter(other.owner_id for other in context.floor_to_choose_from.follow_ups.items)
        agents = possible_owners(item, context, owed)
        names = {agent.login: agent.name for agent in agents}
        login = await self._ask(
            f"Hand to whom? {follow_up_command.describe(item)}",
            [PickerOption(agent.login, agent.name, _about(agent, owed[agent.id])) for agent in agents],
            hint="Enter hands it over, type to find, Esc: leave it",
            width=76,
        )
        return None if login is None else follow_up_command.hand_over_command(item, login, names[login])

    async def _ask(self, title: str, choices: Sequence[PickerOption], **look: Unpack[PickerLook]) -> str | None:
        picker = Picker(self._app.colours, self._app.glyphs, plain(title), choices, **(PickerLook(width=68) | look))
        result: str | None = await self._app.push_screen_wait(picker)
        return result


def _present(context: ViewContext) -> Present:
    """By what a typed time is read."""
    snapshot = context.snapshot
    day_starts_ms = 0 if snapshot.due_moments is None else snapshot.due_moments.day_starts_ms
    return Present(context.now, context.zone, date.fromisoformat(snapshot.day.date), day_starts_ms)


def _due_at(at: datetime, context: ViewContext) -> datetime:
    """When what is promised for a moment counts as due: at the next opening, where the site is closed then."""
    due_moments = context.snapshot.due_moments
    if due_moments is None:
        return at
    moment_ms = round(at.timestamp() * 1000)
    counts_at = due_moments.counts_as(moment_ms)
    return at if counts_at == moment_ms else local_time(counts_at, context.zone)


def possible_owners(item: FollowUp, context: ViewContext, owed: Mapping[int | None, int]) -> list[AgentFigures]:
    """Agents who may take a follow-up: first those at work, among them the owner's team, then those who owe least."""
    floor = context.floor_to_choose_from
    ends = {owner.agent_id: owner.shift_ends_at for owner in floor.follow_ups.owners or ()}

    def is_away(agent: AgentFigures) -> bool:
        ends_at = ends.get(agent.id)
        is_over = ends_at is not None and ends_at <= context.rows_at
        return is_over or agent.state in {AgentState.LOGGED_OUT, AgentState.UNAVAILABLE}

    return sorted(
        (agent for agent in floor.agents if agent.id != item.owner_id),
        key=lambda agent: (is_away(agent), agent.team != item.team, owed.get(agent.id, 0), agent.name.casefold()),
    )


def _about(agent: AgentFigures, owed: int) -> str:
    promises = plural(owed, "promise") if owed else None
    return ", ".join(filter(None, (doing(agent), promises, agent.team or "no team")))
