"""What a shell offers for names: read from the database; where it cannot be read, nothing, and nothing is said.

Names come from elsewhere, such as a caller's telephone company, and zsh evaluates what it is given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import typer

from ccmon.errors import CcmonError

MOST = 200
"""How many follow-ups are offered."""
LONGEST = 60
"""How long what stands beside a word may be."""


class _ShellWord(str):
    """What a shell is to insert: Typer compares it with what has been typed, which has no backslashes any more."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        """It has been chosen by that already."""
        return True


def shell() -> str:
    """The shell that asks which words may follow."""
    return os.environ.get("_CCMON_COMPLETE", "").removeprefix("complete_")


def for_shell(words: Iterable[str]) -> list[str]:
    """Words as the shell that asks takes them: for bash with backslashes, others quote by themselves.

    A word that it could not take, or would take for something else, is left out.
    """
    if shell() == "bash":
        return [_ShellWord(re.sub(r"([^\w@%+=:,./-])", r"\\\1", word)) for word in words if word.isprintable()]
    return [word for word in words if word.isprintable() and not (shell() == "zsh" and "\\" in word)]


def database_named(ctx: typer.Context) -> Path | None:
    """The database that ``--db`` names, behind the command or before all."""
    from ccmon import database_path

    before: str | None = ctx.find_root().params.get("_db")
    with suppress(CcmonError):
        return ctx.params.get("db") if before is None else database_path.database_named(before)
    return None


def names_of(section: str) -> Callable[[typer.Context, str], list[str]]:
    """A function that gives the names of queues, teams, clients or agents that begin as typed, in any case."""

    def names(ctx: typer.Context, incomplete: str) -> list[str]:
        from ccmon.configuration.completion import rows_of

        typed = incomplete.casefold()
        found = [name for name in rows_of(database_named(ctx))(section) if name.casefold().startswith(typed)]
        return [_ShellWord(word) for word in for_shell(found)]

    return names


def open_follow_ups(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The numbers of open follow-ups that begin as typed, the soonest due first, each with its customer."""
    found = [(number, said) for number, said in _open_follow_ups(ctx) if number.startswith(incomplete)]
    return found[:MOST]


def _open_follow_ups(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    import sqlite3

    from ccmon.cli.values import database_path
    from ccmon.database.follow_ups import list_open_follow_ups

    with suppress(CcmonError, sqlite3.Error, OSError):
        for item in list_open_follow_ups(database_path(database_named(ctx))):
            said = f"{item.customer or 'unknown customer'}, {item.kind}"
            # What shells and Typer's markup take for something else is left out, and what Typer would break.
            yield str(item.id), " ".join(re.sub(r"[^\w.,+-]+", " ", said).split())[:LONGEST].strip()
