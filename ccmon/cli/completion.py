"""What a shell offers for names: read from the database; where it cannot be read, nothing, and nothing is said.

Names come from elsewhere, such as a caller's telephone company, and zsh evaluates what it is given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ccmon.errors import CcmonError
from ccmon.model.follow_ups import Act

if TYPE_CHECKING:
    from ccmon.database.follow_ups import StoredFollowUp

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

        return _in_any_case(rows_of(database_named(ctx))(section), incomplete)

    return names


def keys_of_the_json(incomplete: str) -> list[str]:
    """The keys of the object of ``ccmon status --json`` that begin as the last of those typed, after the others."""
    from ccmon.model.snapshot import FloorSnapshot
    from ccmon.report.json import present_keys

    before, comma, typed = incomplete.rpartition(",")
    found = [key.name for key in present_keys(FloorSnapshot) if key.name not in before.split(",")]
    return [f"{before}{comma}{name}" for name in found if name.startswith(typed)]


def words_of(words: Iterable[str]) -> Callable[[str], list[str]]:
    """A function that gives those of some words that begin as typed."""

    def beginning(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return beginning


def rules_of_alarms(incomplete: str) -> list[str]:
    """The rules of alarms that begin as typed."""
    from ccmon.model.alarms import Rule

    return [rule.value for rule in Rule if rule.startswith(incomplete)]


def figures_to_check(incomplete: str) -> list[str]:
    """The figures that can be checked that begin as typed."""
    from ccmon.cli.run_check import FIGURES

    return [figure for figure in FIGURES if figure.startswith(incomplete)]


def figures_to_prove(incomplete: str) -> list[str]:
    """The names of figures that can be proved that begin as typed."""
    from ccmon.views.named_figures import names_of_figures

    return [name for name in names_of_figures() if name.startswith(incomplete)]


def names_of_views(incomplete: str) -> list[str]:
    """The names of this user's views that begin as typed, in any case."""
    from ccmon.monitor.kept_views import read, views_file

    with suppress(CcmonError):
        return _in_any_case(read(views_file()).named, incomplete)
    return []


def names_of_sources(ctx: typer.Context, incomplete: str) -> list[str]:
    """The names of what feeds the database that begin as typed, in any case."""
    return _sources(ctx, incomplete, expected=False)


def names_of_expected_sources(ctx: typer.Context, incomplete: str) -> list[str]:
    """As `names_of_sources`, of those alone from which records are expected."""
    return _sources(ctx, incomplete, expected=True)


def _sources(ctx: typer.Context, incomplete: str, *, expected: bool) -> list[str]:
    import sqlite3

    from ccmon.cli.values import database_path
    from ccmon.database.source_status import names_of_sources

    with suppress(CcmonError, sqlite3.Error, OSError):
        return _in_any_case(names_of_sources(database_path(database_named(ctx)), expected=expected), incomplete)
    return []


def _in_any_case(names: Iterable[str], incomplete: str) -> list[str]:
    typed = incomplete.casefold()
    return [_ShellWord(word) for word in for_shell(name for name in names if name.casefold().startswith(typed))]


def open_follow_ups(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The numbers of open follow-ups that begin as typed, the soonest due first, each with its customer."""
    from ccmon.database.follow_ups import list_open_follow_ups

    return _numbers(ctx, incomplete, list_open_follow_ups)


def follow_ups_to_undo(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The numbers of follow-ups that begin as typed and whose last act can be undone, the one changed last first."""
    from ccmon.database.follow_ups import list_changed_follow_ups

    return _numbers(ctx, incomplete, partial(list_changed_follow_ups, but_for=Act.UNDONE))


def changed_follow_ups(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The numbers of follow-ups that begin as typed and to which something has been done, the latest first."""
    from ccmon.database.follow_ups import list_changed_follow_ups

    return _numbers(ctx, incomplete, list_changed_follow_ups)


def _numbers(
    ctx: typer.Context, incomplete: str, listed: Callable[[Path], Iterable[StoredFollowUp]]
) -> list[tuple[str, str]]:
    found = [(number, said) for number, said in _with_customers(ctx, listed) if number.startswith(incomplete)]
    return found[:MOST]


def _with_customers(
    ctx: typer.Context, listed: Callable[[Path], Iterable[StoredFollowUp]]
) -> Iterator[tuple[str, str]]:
    import sqlite3

    from ccmon.cli.values import database_path

    with suppress(CcmonError, sqlite3.Error, OSError):
        for item in listed(database_path(database_named(ctx))):
            said = f"{item.customer or 'unknown customer'}, {item.kind}"
            # What shells and Typer's markup take for something else is left out, and what Typer would break.
            yield str(item.id), " ".join(re.sub(r"[^\w.,+-]+", " ", said).split())[:LONGEST].strip()
