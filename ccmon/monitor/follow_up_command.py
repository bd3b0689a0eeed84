"""Acts on a follow-up from the screen in another process, so that this one only reads.

The process is `ccmon follow-up`, one for each act. It waits for a locked database, so that the screen need not, and
records who did what and when in the table ``audit``.
"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from ccmon import subprocesses
from ccmon.formatting import customer_name, plain
from ccmon.metrics.follow_ups import CANCELLED
from ccmon.model.follow_ups import Act, FollowUp
from ccmon.views.promisees import Promisee

PATIENCE_S = 30.0
"""If the database is locked for longer, the act is not done."""


class FollowUpCommand(Struct, frozen=True):
    """One act on a follow-up."""

    words: Sequence[str]
    """Command and options of `ccmon follow-up`."""
    arguments: Sequence[str]
    """Its arguments, the follow-up's id first; the texts may contain anything."""
    success_text: str
    """The sentence to show once it has been done."""
    undone_by: FollowUpCommand | None = None
    """The command that undoes it."""

    @property
    def follow_up(self) -> int:
        """The id of the follow-up."""
        return int(self.arguments[0])


class ActResult(NamedTuple):
    """The result of an act, in one sentence."""

    sentence: str
    done: bool
    output: str = ""
    """What the command printed."""
    remark: str = ""
    """What it said beside that, once it had been done."""


def settle_command(item: FollowUp, outcome: str, note: str) -> FollowUpCommand:
    """The command that marks it as done, or as called off by the customer."""
    words = [Act.SETTLED.command, f"--outcome={outcome}", *([f"--note={note}"] if note else [])]
    verb = "Cancelled" if outcome == CANCELLED else f"Done ({outcome})"
    return FollowUpCommand(words, [str(item.id)], f"{verb}: {describe(item)}.", _undoing(item, Act.SETTLED))


def move_command(item: FollowUp, to: datetime, by: str, now: datetime, due_at: datetime) -> FollowUpCommand:
    """The command that moves it to another moment.

    Args:
        item: the follow-up.
        to: the moment.
        by: whose wish it is, "customer" or "agent".
        now: the present.
        due_at: when it then counts as due: later, where the site is closed at that moment.
    """
    when = said_moment(to, now)
    if due_at != to:
        when += f", closed then: due {said_moment(due_at, now)}"
    wish = "the customer's wish, a new promise" if by == "customer" else "the agent's, the promise stands"
    words = [Act.MOVED.command, f"--by={by}"]
    said = f"Moved to {when} ({wish}): {describe(item)}."
    return FollowUpCommand(words, [str(item.id), to.isoformat(timespec="minutes")], said, _undoing(item, Act.MOVED))


def hand_over_command(item: FollowUp, login: str, name: str) -> FollowUpCommand:
    """The command that gives it to another agent."""
    said = f"Handed to {name}: {describe(item)}."
    return FollowUpCommand([Act.HANDED_OVER.command], [str(item.id), login], said, _undoing(item, Act.HANDED_OVER))


def add_command(promisee: Promisee, to: datetime, login: str | None, said: str, note: str) -> FollowUpCommand:
    """The command that promises a call.

    Args:
        promisee: to whom.
        to: the moment.
        login: the agent who is to make it; None: nobody yet.
        said: the sentence once it has been done.
        note: what the call is about.
    """
    words = [Act.ADDED.command, *([f"--agent={login}"] if login else []), *([f"--note={note}"] if note else [])]
    words += ["--name="] if promisee.is_new else []
    return FollowUpCommand(words, [promisee.argument, to.isoformat(timespec="minutes")], said)


def undo_adding(output: str, name: str) -> FollowUpCommand | None:
    """The command that takes back a promise, from what the command that added it has printed; None: not understood."""
    number = output.split(maxsplit=1)[0] if output.strip() else ""
    if not number.isdecimal():
        return None
    return FollowUpCommand([Act.UNDONE.command, f"--act={Act.ADDED}"], [number], f"Taken back: the call to {name}.")


def _undoing(item: FollowUp, act: Act) -> FollowUpCommand:
    """The command that restores it to what it was before that act."""
    return FollowUpCommand(
        [Act.UNDONE.command, f"--act={act}"], [str(item.id)], f"Undone: {describe(item)} is as it was before."
    )


def describe(item: FollowUp) -> str:
    """A follow-up in words: its kind, and for whom it is."""
    return f"{item.kind} for {customer_name(item.customer)}"


def said_moment(at: datetime, now: datetime) -> str:
    """A moment in words."""
    days = (at.date() - now.date()).days
    day = {0: "today", 1: "tomorrow"}.get(days) or f"{at:%a} {at.day} {at:%b}"
    return f"{day} {at:%H:%M}"


async def run_command(database: Path, command: FollowUpCommand) -> ActResult:
    """Run a command and wait for its result: any failure becomes a sentence."""
    words = subprocesses.command("ccmon", "follow-up", *command.words, "--db", str(database), "--", *command.arguments)
    return await run_words(words, command.success_text, "Nothing was changed")


async def run_words(words: Sequence[str], success_text: str, nothing_done: str, *, umask: int = -1) -> ActResult:
    """Run a command of ccmon and wait for its result: any failure becomes a sentence.

    Args:
        words: the program and its arguments.
        success_text: the sentence where it succeeds.
        nothing_done: how the sentence begins where it cannot even be started.
        umask: the rights that files which it makes do not give; -1: the usual ones.
    """
    try:
        # In a session of its own, so that a signal to this program does not interrupt an act that has begun.
        process = await asyncio.create_subprocess_exec(
            *words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True, umask=umask
        )
    except (OSError, ValueError) as error:
        return ActResult(f"{nothing_done}: {error}.", done=False)
    try:
        output, complaint = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        return ActResult(
            f"It was not done within {PATIENCE_S:.0f} s and was given up; check before trying again.", done=False
        )
    lines = complaint.decode(errors="replace").strip().splitlines()
    if process.returncode == 0:
        printed = (output or b"").decode(errors="replace")
        return ActResult(success_text, done=True, output=printed, remark=plain(" ".join(lines)))
    reason = lines[-1].removeprefix("ccmon: ") if lines else f"it ended with status {process.returncode}."
    return ActResult(plain(reason), done=False)
