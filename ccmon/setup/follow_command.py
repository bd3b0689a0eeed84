"""The command that follows the source that was answered."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from ccmon.services import account
from ccmon.services.program import name_of_program, program, program_files
from ccmon.services.unit import Account, FollowUnit, without_password_file
from ccmon.setup.question import UNSET, SetupContext
from ccmon.setup.source import SourceKind


def queues_conf(context: SetupContext) -> Path | None:
    """Asterisk's queues.conf, if the follower can use and read it."""
    found = context.findings.queues_conf
    if found is None or context.source.kind is not SourceKind.QUEUE_LOG:
        return None
    return found if os.access(found, os.R_OK) else None


def files_to_read(context: SetupContext) -> list[Path]:
    """The files of the switch's that the follower reads."""
    members = queues_conf(context)
    return [*context.source.files, *([members] if members else [])]


def follow_arguments(context: SetupContext) -> list[str]:
    """The words after ``ccmon follow``."""
    answers = context.answers
    return context.source.follow_arguments(
        answers.get("switch_user", UNSET), answers.get("password_file", UNSET), queues_conf(context)
    )


def command(context: SetupContext, *, names_database: bool) -> list[str]:
    """The whole command, as one would type it.

    Args:
        context: what was found and answered.
        names_database: whether it has to name the database; settings may do so.
    """
    database = ["--db", str(context.database)] if names_database else []
    return [*typed_program(is_root=context.machine.is_root), "follow", *follow_arguments(context), *database]


def typed_program(*, is_root: bool) -> list[str]:
    """How a person calls this ccmon: by its name, if that finds it, for root through sudo, too."""
    return program() if name_of_program(is_root=is_root) is None else ["ccmon"]


def to_copy(words: Sequence[str], width: int) -> list[str]:
    """A command in lines of a width, to be copied as they are; a word that is longer is not cut.

    Lines are broken by a backslash, as a shell reads it: before long options, elsewhere only where it must be.
    """
    whole = shlex.join(words)
    if len(whole) <= width:
        return [whole]
    lines = [""]
    for part in _parts(words, width):
        more = f"{lines[-1]} {part}" if lines[-1] else part
        if len(more) <= width - 2 or not lines[-1]:
            lines[-1] = more
        else:
            lines.append(f"  {part}")
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]]


def _parts(words: Sequence[str], width: int) -> Iterator[str]:
    """What stays on one line: a long option with its value; the words of what is too long one by one."""
    begins = [0, *(place for place, word in enumerate(words) if place and word.startswith("--")), len(words)]
    for first, end in pairwise(begins):
        part = words[first:end]
        yield from [shlex.join(part)] if len(shlex.join(part)) <= width - 4 else map(shlex.quote, part)


def follow_unit(context: SetupContext, *, group: str | None) -> FollowUnit:
    """The service that runs it.

    Args:
        context: what was found and answered.
        group: which the database will have when setup has given it to the account; None: what is there stays.

    Raises:
        CcmonError: its account or the database is not there yet.
    """
    whole = [*program(), "follow", *follow_arguments(context), "--db", str(context.database)]
    text, password_file = without_password_file(whole)
    return FollowUnit(
        command=text,
        database=context.database,
        needs_network=context.source.has_password,
        password_file=password_file,
        account=_account(context, group),
        program_files=program_files(),
    )


def _account(context: SetupContext, group: str | None) -> Account | None:
    if not context.machine.is_root:
        return None
    files = files_to_read(context)
    if group is not None:
        return account.owner_to_be(context.account, group, files)
    return account.account_for(context.account, context.database, files)
