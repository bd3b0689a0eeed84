"""Where the call database lies, or will: the answer, and what becomes of one at another place."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ccmon import settings
from ccmon.configuration.setting import SettingChange
from ccmon.database.doctor import NO_DATA, Finding
from ccmon.database_path import database_named
from ccmon.errors import CcmonError, UsageError, os_error
from ccmon.file_rights import Identity, Right, first_refused, way_to
from ccmon.formatting import plural
from ccmon.model.sources import DEFAULT_SERVICE
from ccmon.services.systemd import Systemd
from ccmon.setup import follow_command, kept_answers, moved_settings, ssh
from ccmon.setup.existing import history, look_at_database
from ccmon.setup.left_records import LeftRecords, of_many, open_left_follow_ups, settled_follow_ups
from ccmon.setup.machine import OF_SYSTEM, Machine, is_of_its_own, owner_of
from ccmon.setup.parsers import NOBODY
from ccmon.setup.question import SetupContext
from ccmon.setup.source import SourceKind

COMMAND_WIDTH = 72
"""Cells of a line of the commands that take the calls along."""


def parse(typed: str, context: SetupContext, group: str) -> str:
    """The path of a call database, or of a place where one can be made.

    Args:
        typed: what was answered.
        context: what was found and answered.
        group: of those who look, whom root lets in.

    Raises:
        UsageError: it is none, or they cannot reach it.
    """
    try:
        path = database_named(typed.strip()).absolute()
        if path.is_dir():
            raise UsageError(f"{path} is a directory; name the database file in it.")
        if context.machine.is_root and not is_of_its_own(path.parent, path.name, context.account):
            is_shared = path.parent in OF_SYSTEM
            own = path.parent / "ccmon" if is_shared else Path("/var/lib/ccmon")
            why = "is the whole system's" if is_shared else "holds other things"
            raise UsageError(
                f"{path.parent} {why}, and setup changes the "
                f"rights of the database's directory: name one of its own, such as {own / path.name}."
            )
        _require_open(path, context, group)
        if path.exists():
            look_at_database(path)
            return str(path)
    except UsageError:
        raise
    except CcmonError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(os_error(f"{typed!r} cannot be used", error)) from None
    above = next(each for each in path.parents if each.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise UsageError(f"{path} cannot be made: this account may not write in {above}.")
    try:  # root may write anywhere, it seems, but not in /proc
        Path(tempfile.mkdtemp(prefix=".ccmon-", dir=above)).rmdir()
    except OSError as error:
        raise UsageError(f"{path} cannot be made: nothing can be made in {above} ({error.strerror}).") from None
    return str(path)


def _require_open(path: Path, context: SetupContext, group: str) -> None:
    """Raise unless those who look, and who follows, can come to a database that setup gives to their group.

    Raises:
        UsageError: a directory above is closed to them.
    """
    if not context.machine.is_root:
        return
    if context.is_of_other(path):
        _require_open_by_hand(path, context, group)
        return
    number = context.machine.group_number(group)
    of_group = Identity(None, frozenset() if number is None else frozenset({number}))
    refused = first_refused(of_group, _way_to(path, context.machine))
    if refused is not None:
        who = f"the account {context.machine.account} and the group {group}"
        raise UsageError(
            f"{path} is in {refused.path}, which {who} may not enter: name another place, such as "
            "/var/lib/ccmon/calls.db."
        )


def _require_open_by_hand(path: Path, context: SetupContext, group: str) -> None:
    """Raise if a database of somebody else's, of which setup changes no right, is closed to all others.

    Raises:
        UsageError: a directory above is closed to them.
    """
    if path == context.findings.database:  # in force already
        return
    number = context.machine.group_number(group)
    of_group = Identity(None, frozenset({path.stat().st_gid} if number is None else {path.stat().st_gid, number}))
    rights = (right for right in way_to(path) if right.path.is_relative_to(context.machine.root))
    refused = first_refused(of_group, rights)
    if refused is not None:
        raise UsageError(
            f"{path} belongs to {owner_of(path)}, and is in {refused.path}, which others may not enter: name another "
            "place, such as /var/lib/ccmon/calls.db."
        )


def _way_to(database: Path, machine: Machine) -> list[Right]:
    """The way to a database, but for its directory: of the others, setup changes no right."""
    own = database.parent.resolve()
    return [right for right in way_to(database) if right.path.is_relative_to(machine.root) and right.path != own]


def about(context: SetupContext) -> str:
    """What one must know to answer where the database lies."""
    if context.existing is None:
        return f"One file, which is made if it is not there yet.\n{remark(context)}".rstrip()
    return f"There is one at {context.database}: only what you answer otherwise is changed."


def can_take_along(context: SetupContext) -> bool:
    """Whether a new place can get what the database so far has recorded."""
    before = context.database_so_far
    return before is not None and context.existing is None and not history(before).is_empty


def about_taking_along(context: SetupContext) -> str:
    """What the database so far has, and what becomes of it."""
    before = context.database_so_far
    if before is None:
        return ""
    return (
        f"{before} has {history(before).in_words}, and {context.database} is new: it can be a copy of all that. "
        f"{before} stays as it is."
    )


def remark(context: SetupContext) -> str:
    """Of which database the answers are, where that is not clear; else empty."""
    before = context.database_so_far
    if before is None:
        return ""
    if context.existing is None:
        return f"{context.database} is new: it gets the answers and all other settings that are in force in {before}."
    return f"{context.database} is there already: these are the answers for it, not those in force in {before}."


def about_leaving(context: SetupContext, left: Path | None = None, *, at_end: bool = False) -> list[str]:
    """What becomes of the database so far where another is answered.

    Args:
        context: what was found and answered.
        left: the database so far, where the other one is in force by now.
        at_end: whether all is done, and what sshd does is told with what its lines must be.

    Raises:
        CcmonError: it cannot be read.
    """
    before = left or context.database_so_far
    if before is None:
        return []
    recorded, opens = history(before), _who_opens("it", before, context, at_end=at_end)
    if context.copied_from is not None:
        return [f"{before} stays as it is: {opens}."]
    only_there = context.left_records(before)
    if only_there:
        words = only_there.in_words(calls_come=context.source.log is not None)
        return [f"{before} has what {context.database} has not, and it stays there: {words}; {opens}."]
    if recorded.is_empty:
        return [f"{before} has recorded nothing: {opens}."]
    by_name = _who_opens(str(before), before, context, at_end=at_end)
    return [f"{context.database} has all that {before} has ({recorded.in_words}), too: {by_name}."]


def _who_opens(what: str, before: Path, context: SetupContext, *, at_end: bool) -> str:
    """Who goes on reading or writing the database that is left."""
    places = ssh.lines_for(context.machine, before)
    screens = (
        ", and screens that are open say so, and stay on it until they are opened again"
        if context.machine.is_root
        else ""
    )
    if not places:
        starts = f"nothing that starts from now on reads or writes {what}{screens}"
        return starts if screens else f"nothing reads or writes {what} any more"
    is_below = at_end and ssh.sent_elsewhere_than_in_force(context.machine, context.database)
    change = "its lines are changed (below)" if is_below else f"you change {' and '.join(places)}"
    may_act = " and lets those write it who may act" if context.answers.get("act") not in {None, NOBODY} else ""
    return f"no source writes {what} any more, but sshd shows it{may_act} until {change}{screens}"


def different_settings(context: SetupContext) -> list[SettingChange]:
    """Which settings change by answering a place where a database is already."""
    before = context.database_so_far
    if before is None or context.existing is None:
        return []
    return moved_settings.differences(before, context.database)


def other_settings(context: SetupContext) -> list[str]:
    """The same in words: a line for each, after a head."""
    before, changes = context.database_so_far, different_settings(context)
    if before is None or context.existing is None:
        return []
    comes = context.source.kind is not SourceKind.NONE
    unknown = moved_settings.unknown_agents(before, context.database) if comes else frozenset()
    named = [change for change in changes if not moved_settings.is_name_of_agent(change, unknown)]
    lines = [] if changes else ["All settings there are as they are here."]
    if named:
        differ = "setting differs there, and comes" if len(named) == 1 else "settings differ there, and come"
        lines = [f"{len(named):,} {differ} into force (here → there):", *map(str, named)]
    if unknown:
        is_one = len(unknown) == 1
        come = (
            "is not known there yet: its next call brings it" if is_one else "are not known there yet: calls bring them"
        )
        lines.append(f"{plural(len(unknown), '{n} agent', '{n} agents')} of the switch {come}")
    return lines


def about_own_databases(context: SetupContext, looking: Sequence[str]) -> Iterator[str]:
    """What becomes of the databases that those who look, and who runs it, have made for themselves."""
    if not context.machine.is_root or (context.existing is not None and context.findings.database == context.database):
        return
    for name in sorted({*looking, os.environ.get("SUDO_USER", "root")} - {"root"}):
        home = context.machine.home(name)
        own = None if home is None else home / ".local/share/ccmon/calls.db"
        if home is None or own is None or "database" in (settings.text_of(home / ".config/ccmon/settings.toml") or ""):
            continue
        if own.is_file() and own != context.database:
            yield f"{name} has a database of their own: from now on only ccmon monitor --db {own} opens it."


def taking_along(context: SetupContext, left: Path | None = None) -> list[str]:
    """How the calls so far come to another place, if there are any; the commands are indented. As `about_leaving`."""
    before = left or context.database_so_far
    if before is None or history(before).is_empty or context.copied_from is not None:
        return []
    if context.existing is None:
        return ["To take them along, go back, and answer yes to that question (--take-along)."]
    only_there = context.left_records(before)
    if not only_there:
        return []
    how = (
        f"Two databases cannot be made one. To have all that {before} has, with its settings, in the place of what is "
        "there, which is kept beside them, do this instead (FILE is what the backup names):"
    )
    return [*_about_follow_ups(only_there, before, context), how, *_to_copy(context, before)]


def _about_follow_ups(only_there: LeftRecords, before: Path, context: SetupContext) -> Iterator[str]:
    """How follow-ups that are left, or stand otherwise, come to be there as they are; commands are indented."""
    follow_up = [*ccmon_of(is_root=context.machine.is_root), "follow-up"]
    if only_there.only_here:
        yield "Follow-ups that are not there can be added there; the first line shows those that are open:"
        for words in (["list", "--db", str(before)], ["add", "CUSTOMER", "TIME", "--db", str(context.database)]):
            yield from _indented([*follow_up, *words])
    if only_there.in_both:
        yield "What was done to a follow-up can be done there again (ccmon follow-up); what that was, this shows:"
        yield from _indented([*follow_up, "history", str(only_there.in_both[0]), "--db", str(before)])


def findings(database: Path, *, is_root: bool) -> Iterator[Finding]:
    """What the doctor says of follow-ups in the former database that nobody sees any more.

    They are open there alone; or they were settled there, since somebody has gone on working in it, and are open here.
    """
    kept = kept_answers.of_this_account(is_root=is_root)
    former = None if kept is None else kept.database_before(database.absolute())
    if former is None or where_calls_are(database, former):  # which has them, too
        return
    with suppress(CcmonError, OSError):
        left, settled = open_left_follow_ups(former, database), settled_follow_ups(former, database)
        follow_up = shlex.join([*ccmon_of(is_root=is_root), "follow-up"])
        if settled:
            yield Finding(
                "note",
                "follow-ups",
                f"in {former}, the former database, {plural(len(settled), '{n} follow-up', '{n} follow-ups')} "
                f"{'was' if len(settled) == 1 else 'were'} settled that {'is' if len(settled) == 1 else 'are'} open in "
                f"this one ({of_many(settled)}); to settle one here, too: {follow_up} done ID",
            )
        if left:
            commands = f"{follow_up} add CUSTOMER TIME; {follow_up} done ID --db {shlex.quote(str(former))}"
            yield Finding(
                "note",
                "follow-ups",
                f"{former}, the former database, has "
                f"{plural(len(left), '{n} open follow-up', '{n} open follow-ups')} that this one has not "
                f"({of_many(left)}); to have them here, and no more there: {commands}",
            )


def elsewhere(context: SetupContext, former: Path | None) -> list[str]:
    """Where calls are that a database has not, which has none yet, and the commands that bring them; indented.

    Args:
        context: what was found and answered.
        former: the former database; None: there is none.
    """
    kept = where_calls_are(context.database, former)
    if former is None or not kept:
        return []
    return [f"{kept}. To have that here (FILE is what the backup names):", *_to_copy(context, former)]


def with_place_of_calls(finding: Finding, database: Path, *, is_root: bool) -> Finding:
    """The doctor's finding; that there is no data also names the former database that has some, and what to do."""
    kept = kept_answers.of_this_account(is_root=is_root) if finding.text == NO_DATA else None
    former = None if kept is None else kept.database_before(database.absolute())
    where = where_calls_are(database, former)
    if former is None or not where:
        return finding
    service = DEFAULT_SERVICE if Systemd(is_user=not is_root).unit(DEFAULT_SERVICE).exists() else None
    commands = map(shlex.join, commands_to_take_along(former, database, is_root=is_root, service=service))
    how = f"to have that here (FILE is what the backup names): {'; '.join(commands)}"
    return Finding(finding.verdict, finding.subject, f"none yet, and {where}; {how}")


def where_calls_are(database: Path, former: Path | None) -> str:
    """What a former database has, where the one in force has nothing yet, in a clause; empty: nothing is missed."""
    with suppress(CcmonError, OSError):
        if former is not None and former != database and history(database).is_empty:
            recorded = history(former)
            return "" if recorded.is_empty else f"{former}, the former database, has {recorded.in_words}"
    return ""


def _to_copy(context: SetupContext, before: Path) -> list[str]:
    service = DEFAULT_SERVICE if context.findings.service else None
    commands = commands_to_take_along(before, context.database, is_root=context.machine.is_root, service=service)
    return [line for words in commands for line in _indented(words)]


def _indented(words: Sequence[str]) -> list[str]:
    """A command to copy."""
    return [f"    {line}" for line in follow_command.to_copy(words, COMMAND_WIDTH)]


def ccmon_of(*, is_root: bool) -> list[str]:
    """How this ccmon is called by whoever sets up."""
    return [*(["sudo"] if is_root else []), *follow_command.typed_program(is_root=is_root)]


def commands_to_take_along(before: Path, database: Path, *, is_root: bool, service: str | None) -> Iterator[list[str]]:
    """What puts all of one database in the place of another.

    Args:
        before: what is put there.
        database: the place, where there is one.
        is_root: whether it is the system's.
        service: which writes them; None: none.
    """
    as_root, of_user = (["sudo"], []) if is_root else ([], ["--user"])
    if service:
        yield [*as_root, "systemctl", *of_user, "stop", service]
    yield [*ccmon_of(is_root=is_root), "backup", str(before.with_name("backups")), "--db", str(before)]
    yield [*ccmon_of(is_root=is_root), "restore", "FILE", "--db", str(database)]
    yield [*ccmon_of(is_root=is_root), "setup", "--db", str(database)]
