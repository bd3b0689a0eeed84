"""The dialogs with which a follow-up is settled, moved or handed over, one question each, and undoing that."""

from __future__ import annotations

from asyncio import create_task, wait
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Protocol, Unpack

from ccmon.errors import UsageError
from ccmon.formatting import local_time, plain
from ccmon.metrics.follow_ups import CANCELLED
from ccmon.model.follow_ups import Act, FollowUp
from ccmon.monitor import follow_up_command
from ccmon.monitor.follow_up_command import FollowUpCommand
from ccmon.monitor.lines_app import DONE_S, FAILED_S
from ccmon.monitor.rich_styles import RichStyles
from ccmon.monitor.screens.modal import Picker, PickerLook
from ccmon.views.due_moments import counts_at, present_of
from ccmon.views.glyphs import GlyphSet
from ccmon.views.keys import UNDO, Key, key_of, keys_for_a_follow_up
from ccmon.views.modal_content import PickerOption
from ccmon.views.moments import NotATimeError, coming_moment, suggestions
from ccmon.views.panel_drawing import PanelDrawing
from ccmon.views.promise_owners import (
    about_owner,
    is_away,
    offered_owners,
    owed_by,
    possible_owners,
    shared_out,
)
from ccmon.views.promisees import (
    Listed,
    Promisee,
    customers_listed,
    how_many,
    is_still_to_be_called,
    no_customer_text,
    promisees_of,
)
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext

OUTCOMES = (
    PickerOption("reached", "reached", "the customer was spoken to"),
    PickerOption("voicemail", "voicemail", "a message was left"),
    PickerOption("not reached", "not reached", "tried as often as agreed"),
    PickerOption(CANCELLED, "cancelled", "the customer called it off"),
)
LONGEST_NOTE = 200
LONG_S = 2.0
"""An act that takes longer may wait for the database."""
NOT_A_TIME = "That is not a time: type 15:30, tomorrow 9:00, fri 9:15, 2 h or 2026-12-01 10:00."
NOTHING_MOVED = "Nothing is moved yet; Esc leaves it as it is."
NOBODY_TO_CALL = "Nobody knows whom to call: neither a customer nor a number."
NOTHING_PROMISED = "Nothing is promised yet; Esc leaves it."
UNDONE_WITHIN_S = 60.0
"""How long the last act can be undone by a key; later, use ``ccmon follow-up undo``."""
NOTHING_TO_UNDO = "Nothing was done here in the last minute; older acts: ask the administrator."


class DialogApp(Protocol):
    """What the dialogs need from the program."""

    colours: RichStyles
    glyphs: GlyphSet
    database: Path
    keys: tuple[Key, ...]

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
        self._undoing: Sequence[FollowUpCommand] = ()
        """What undoes the last act."""
        self._last_until = 0.0
        self._promised: set[str] = set()
        """To whom calls have been promised here: the figures know it half a minute later."""

    @property
    def undo_command(self) -> FollowUpCommand | None:
        """The command that undoes the last act, within a minute of it; else None."""
        return next(iter(self._undoing), None) if monotonic() < self._last_until else None

    async def perform(self, kind: str, item: FollowUp, context: ViewContext) -> None:
        """Ask, run the command, and show its result."""
        ask = {Act.SETTLED.key: self._settle, Act.MOVED.key: self._move, Act.HANDED_OVER.key: self._hand_over}[kind]
        command = await ask(item, context)
        if command is not None:
            await self._run_command(command)

    async def undo(self) -> None:
        """Undo the last act, once."""
        commands = self._undoing if self.undo_command is not None else ()
        self._undoing = ()
        if not commands:
            self._app.show_message(NOTHING_TO_UNDO, TextStyle.BADGE_WATCH, DONE_S)
        elif len(commands) > 1:
            self._promised.clear()
            self._undoing = await self._run_all(commands, f"Taken back: {len(commands)} promises.", "Taking back")
            self._last_until = monotonic() + UNDONE_WITHIN_S
        elif await self._run_command(commands[0]):
            if f"--act={Act.ADDED}" in commands[0].words:
                self._promised.clear()
            else:
                self._app.choose_follow_up(commands[0].follow_up)

    def keys_for(self, row: object, keys: Sequence[Key]) -> Mapping[str, tuple[str, str]]:
        """The keys that act on a row being viewed, apart from those that promise a call to a customer."""
        is_follow_up = isinstance(row, FollowUp)
        return keys_for_a_follow_up(keys, undoing=self.undo_command is not None) if is_follow_up else {}

    async def promise(self, drawing: PanelDrawing, context: ViewContext, *, to_all: bool) -> None:
        """Promise a call to the customer of the chosen row, or to all of the list; of a reason, to its customers."""
        chosen, panel = drawing.cursor_index(), drawing.panel
        rows: Sequence[Any] = [] if chosen is None else [drawing.rows[chosen]]
        if to_all and not panel.rows_have_several:
            rows = drawing.rows
        listed = sum(map(customers_listed, rows))
        rows = [row for row in rows if not to_all or is_still_to_be_called(row)]
        found = {each.argument: each for row in rows for each in promisees_of(row, context)}
        if not found:
            text = NOBODY_TO_CALL if panel.has_customers and rows else no_customer_text(self._app.keys)
            self._app.show_message(text, TextStyle.BADGE_WATCH, DONE_S)
        elif to_all:
            await self._promise_all(list(found.values()), Listed(listed, sum(map(customers_listed, rows))), context)
        else:
            await self._promise_one(list(found.values()), context)

    async def promise_to(self, promisees: Sequence[Promisee], context: ViewContext, *, to_all: bool) -> None:
        """Promise a call to one of some customers, or to all of them."""
        if to_all:
            await self._promise_all(promisees, Listed(len(promisees), len(promisees)), context)
        else:
            await self._promise_one(promisees, context)

    async def _promise_one(self, promisees: Sequence[Promisee], context: ViewContext) -> None:
        """Ask when a call is due, who makes it and what about; then promise it."""
        promisee = promisees[0] if len(promisees) == 1 else await self._choose(promisees)
        if promisee is None:
            return
        again = promisee.is_promised or promisee.argument in self._promised
        title = f"{'Promised already. Another call to' if again else 'Promise a call to'} {promisee.name}"
        at = await self._ask_when(f"{title}: when?", context, nothing=NOTHING_PROMISED)
        if at is None:
            return
        when = follow_up_command.said_moment(at, local_time(context.now, context.zone))
        login = await self._ask_owner(f"{title}, {when}: who makes it?", at, context, [promisee])
        if login is None:
            return
        note = await self._ask(
            f"{title}, {when}: what about?",
            [PickerOption(f"={promisee.note}", promisee.note), PickerOption("=", "without a note")],
            own=lambda text: PickerOption(f"={text}", f"with the note: {text}"),
            own_first=True,
            hint="Enter promises it, type a note, Esc: leave it",
            longest=LONGEST_NOTE,
        )
        if note is None:
            return
        names = {agent.login: agent.name for agent in context.floor_to_choose_from.agents}
        owner = names.get(login[1:], "nobody yet")
        said = f"Promised: a call to {promisee.name}, {when}; owner: {owner}."
        command = follow_up_command.add_command(promisee, at, login[1:] or None, said, note[1:])
        await self._run_all([command], "", "Saving", [promisee])

    async def _promise_all(self, promisees: Sequence[Promisee], listed: Listed, context: ViewContext) -> None:
        """Promise a call to each of some customers, but to those who were promised one; ask with the count first."""
        new = [each for each in promisees if not each.is_promised and each.argument not in self._promised]
        left_out = len(promisees) - len(new)
        if not new:
            self._app.show_message("Each of them has been promised a call.", TextStyle.BADGE_WATCH, DONE_S)
            return
        title = f"Promise a call to {how_many(new)}{listed.left_out(len(promisees), left_out)}"
        at = await self._ask_when(f"{title}: when?", context, nothing=NOTHING_PROMISED)
        if at is None:
            return
        when = follow_up_command.said_moment(at, local_time(context.now, context.zone))
        owners = shared_out(context, _ms(at), new)
        sharing = len({owner.id for owner in owners if owner is not None})
        shared = PickerOption("*", f"shared out among {sharing}", "by team, then the fewest promises")
        login = await self._ask_owner(
            f"{title}, {when}: who makes them?", at, context, new, [shared] if sharing else []
        )
        if login is None:
            return
        commands = []
        for promisee, owner in zip(new, owners, strict=True):
            who = (owner.login if owner is not None else None) if login == "*" else login[1:] or None
            commands.append(follow_up_command.add_command(promisee, at, who, "", promisee.note))
        await self._run_all(commands, f"Promised: calls to {how_many(new)}, {when}.", "Promising", new)

    async def _choose(self, promisees: Sequence[Promisee]) -> Promisee | None:
        """Choose one of several customers."""
        chosen = await self._ask(
            "Promise a call to whom?",
            [PickerOption(str(place), each.name, each.note) for place, each in enumerate(promisees)],
            hint="Enter takes, type to find, Esc: nobody",
        )
        return None if chosen is None else promisees[int(chosen)]

    async def _ask_owner(
        self,
        title: str,
        at: datetime,
        context: ViewContext,
        promisees: Sequence[Promisee],
        first: Sequence[PickerOption] = (),
    ) -> str | None:
        """Who is to make a call: a login after "=", "=" for nobody yet, or one of the first choices."""
        offered = offered_owners(context, _ms(at), promisees)
        found = [PickerOption(f"={agent.login}", agent.name, about) for agent, about in offered]
        nobody = PickerOption("=", "nobody yet", "whoever takes it")
        ends = context.floor_to_choose_from.shift_ends
        is_anybody_here = any(not is_away(agent, ends.get(agent.id), context.rows_at) for agent, _ in offered[:1])
        choices = [*found, nobody] if is_anybody_here else [nobody, *found]
        return await self._ask(title, [*first, *choices], hint="Enter takes, type to find, Esc: leave it", width=88)

    async def _run_all(
        self, commands: Sequence[FollowUpCommand], success_text: str, doing_it: str, promisees: Sequence[Promisee] = ()
    ) -> Sequence[FollowUpCommand]:
        """Run commands one after the other, until one fails, and show the result; return those not done."""
        app, undoing, remark = self._app, list[FollowUpCommand](), ""
        result = follow_up_command.ActResult(success_text, done=True)
        for place, command in enumerate(commands, 1):
            progress = f" {place} of {len(commands)}" if len(commands) > 1 else ""
            result = await self._run(command, f"{doing_it}{progress}")
            if not result.done:
                break
            remark = result.remark or remark
            if promisees:
                promisee = promisees[place - 1]
                self._promised.add(promisee.argument)
                if (undo := follow_up_command.undo_adding(result.output, promisee.name)) is not None:
                    undoing.append(undo)
        sentence = success_text or result.sentence
        if not result.done:
            place -= 1
            done = f" {place} of {len(commands)} were done before." if len(commands) > 1 else ""
            sentence, remark = f"{result.sentence}{done}", ""
        if undoing:
            self._undoing, self._last_until = undoing, monotonic() + UNDONE_WITHIN_S
        style = TextStyle.BADGE_BAD if not result.done else TextStyle.BADGE_WATCH if remark else TextStyle.BADGE_GOOD
        parts = [sentence, remark, f"{key_of(app.keys, UNDO).first}: undo" if undoing else ""]
        app.show_message(" ".join(part for part in parts if part), style, DONE_S if result.done else FAILED_S)
        return commands[place:]

    async def _run(self, command: FollowUpCommand, doing_it: str) -> follow_up_command.ActResult:
        """Run a command; say what is being done, and where that takes long, what it may wait for."""
        app = self._app
        app.show_message(f"{doing_it}.", TextStyle.WATCH, FAILED_S)
        running = create_task(follow_up_command.run_command(app.database, command))
        try:
            if not (await wait({running}, timeout=LONG_S))[0]:
                text = f"{doing_it}: this takes long; it waits if the database is locked."
                app.show_message(text, TextStyle.WATCH, FAILED_S)
            return await running
        finally:
            running.cancel()

    async def _run_command(self, command: FollowUpCommand) -> bool:
        """Run the command and show its result; return whether it succeeded."""
        app = self._app
        result = await self._run(command, "Saving")
        if result.done:
            self._undoing = () if command.undone_by is None else (command.undone_by,)
            self._last_until = monotonic() + UNDONE_WITHIN_S
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

    async def _ask_when(
        self, title: str, context: ViewContext, *, nothing: str, but_for: int | None = None
    ) -> datetime | None:
        """Ask for a coming moment.

        Args:
            title: what is asked.
            context: what is shown.
            nothing: the sentence that says that nothing has been done yet.
            but_for: a moment that is not proposed.
        """
        now, present = local_time(context.now, context.zone), present_of(context)

        def choice(at: datetime, remark: str = "") -> PickerOption:
            due_at = counts_at(at, context)
            if due_at != at:
                remark = f"closed: due {follow_up_command.said_moment(due_at, now)}"
            return PickerOption(at.isoformat(), follow_up_command.said_moment(at, now), remark)

        def typed(text: str) -> PickerOption | None:
            try:
                at = coming_moment(text, present, is_shown=True)
            except NotATimeError:
                return None
            except UsageError as error:
                raise UsageError(f"{error} {nothing}") from None
            return choice(local_time(at, context.zone), "as typed")

        opened = {counts_at(at, context) for at in suggestions(now)}  # all while it is closed mean the next opening
        moments = [at for at in sorted(opened) if _ms(at) != but_for]
        to = await self._ask(
            title,
            [choice(at) for at in moments],
            own=typed,
            own_first=True,
            hint="Enter takes, type 15:30, fri 9:15 or 2 h",
            unknown=f"{NOT_A_TIME} {nothing}",
        )
        return None if to is None else datetime.fromisoformat(to).astimezone(context.zone)

    async def _move(self, item: FollowUp, context: ViewContext) -> FollowUpCommand | None:
        now, title = local_time(context.now, context.zone), f"Move to when? {follow_up_command.describe(item)}"
        at = await self._ask_when(title, context, nothing=NOTHING_MOVED, but_for=item.due_at)
        if at is None:
            return None
        due_at = counts_at(at, context)
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
        owed = owed_by(context)
        agents = possible_owners(item, context, owed)
        names = {agent.login: agent.name for agent in agents}
        login = await self._ask(
            f"Hand to whom? {follow_up_command.describe(item)}",
            [PickerOption(agent.login, agent.name, about_owner(agent, owed[agent.id])) for agent in agents],
            hint="Enter hands it over, type to find, Esc: leave it",
            width=88,
        )
        return None if login is None else follow_up_command.hand_over_command(item, login, names[login])

    async def _ask(self, title: str, choices: Sequence[PickerOption], **look: Unpack[PickerLook]) -> str | None:
        picker = Picker(self._app.colours, self._app.glyphs, plain(title), choices, **(PickerLook(width=68) | look))
        result: str | None = await self._app.push_screen_wait(picker)
        return result


def no_follow_up_text(drawing: PanelDrawing, keys: Sequence[Key]) -> str:
    """What to do where a follow-up must be chosen first."""
    here = drawing.panel.has_actions
    where = "with the arrows" if here else f"{key_of(keys, 'panel.follow_ups').first}, then the arrows"
    return "There is no follow-up." if here and not drawing.rows else f"Choose a follow-up first: {where}."


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
