"""What ``ccmon config`` does: looks at settings, changes one, or brings all into line with a file."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ccmon import settings
from ccmon.configuration import file_settings, own_limits
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.database_writer import DatabaseWriter
from ccmon.configuration.file_settings import SettingsFile
from ccmon.configuration.names import Name, top_level, without_aliases, written
from ccmon.configuration.near_settings import hint, no_setting, quotas_like, refuse_misplaced_limit
from ccmon.configuration.setting import RequestedChange, Setting, SettingChange, unchanged
from ccmon.configuration.site_columns import SECTIONS, TARGETS
from ccmon.database.connection import transaction
from ccmon.database.database_file import open_for_reading, open_for_writing
from ccmon.database.site_moves import put_in_force
from ccmon.database.sqlite_errors import check_writable
from ccmon.errors import CcmonError, UsageError
from ccmon.spelling import nearest


class ChangeResult(Struct):
    """What changes do, or would do."""

    differences: list[SettingChange]
    notes: list[str]
    """What else a person should know, each a sentence."""
    errors: list[str]
    """What is wrong, each a sentence with its place; if there is any, nothing was written."""
    unchanged: list[str]
    """Sentences about what was as it was to be."""
    has_written: bool


class Conditions(Struct, frozen=True):
    """How changes are to be made."""

    from_day: str | None = None
    """The first day for which quotas and targets are to hold: today, tomorrow or an ISO date."""
    add_new: bool = False
    """Whether what a name names is added if it is not there."""
    site: bool | None = None
    """Whether settings are changed for everybody on this machine; None: if root does it."""
    act: str = "config set"
    """What a person does, as the history names it."""


def in_force(database: Path | None, part: Name | None) -> Iterator[Setting]:
    """The settings in force whose names begin with some parts; None: all.

    Args:
        database: the database that an option names, else that of the settings.
        part: the beginning of their names.

    Raises:
        UsageError: no name begins so.
        CcmonError: a file or the database cannot be read; what can be has been returned.
    """
    part = None if part is None else without_aliases(part)
    if part is not None and part[0] not in top_level():
        raise no_setting(part, hint(part))
    if part is not None and part[0] == settings.KEYS:
        yield from _keys(part)
        return
    if part is None or part[0] not in SECTIONS:
        yield from (each for each in file_settings.read(database) if part is None or each.name == part)
    if part is not None and part[0] not in SECTIONS:
        if len(part) > 1:
            raise no_setting(part, f"did you mean {part[0]}?")
        return
    path = database if database is not None else settings.load().database
    with open_for_reading(path) as connection:
        values = DatabaseValues(connection)
        if part is None:
            for section in SECTIONS:
                yield from _in_force_of(section, values)
            return
        refuse_misplaced_limit(part, values.row_like)
        found = list(_in_force_of(part[0], values))
    matching = [each for each in found if each.name[: len(part)] == part]
    if not matching and len(part) > 1:
        raise _no_such_part(part, [each.name for each in found])
    yield from matching


def _keys(part: Name) -> Iterator[Setting]:
    """The keys of all actions, or of one.

    Raises:
        UsageError: there is no such action.
    """
    every = {each.name: each for each in file_settings.keys_of_actions()}
    if len(part) == 1:
        yield from every.values()
    elif part in every:
        yield every[part]
    else:
        near = nearest(part[1], [action for _, action in every])
        meant = f"did you mean {written((settings.KEYS, near))}?" if near else f"see ccmon config show {settings.KEYS}"
        raise no_setting(part, meant)


def _in_force_of(section: str, values: DatabaseValues) -> Iterator[Setting]:
    """The settings in force of a section of the database, with this person's own limits of alarms."""
    found = values.settings(section)
    return own_limits.for_this_person(found) if section == settings.ALARMS else found


def _no_such_part(part: Name, names: Sequence[Name]) -> UsageError:
    """The error about a beginning that no name has."""
    size = max(size for size in range(len(part)) if size == 0 or any(name[:size] == part[:size] for name in names))
    words = {name[size] for name in names if len(name) > size and name[:size] == part[:size]}
    near = nearest(part[size], words) if size < len(part) else None
    meant = [written((*part[:size], near))] if near else quotas_like(part)
    where = f"did you mean {meant[0]}?" if meant else f"see ccmon config show {part[0]}"
    return no_setting(part, where)


def export(database: Path) -> str:
    """Everything that this machine's files and a database set, as TOML; its own path where files name one."""
    from ccmon.configuration import toml_files  # noqa: PLC0415 (who changes one setting needs no file)

    with open_for_reading(database) as connection:
        return toml_files.export(DatabaseValues(connection), database)


def change_file_setting(change: RequestedChange, conditions: Conditions, database: Path | None) -> ChangeResult:
    """Change a field of `Settings`, or a person's own limit of alarms, in its file.

    Args:
        change: what is to be.
        conditions: how it is made.
        database: of the site, whose limits hold where a person has none; None: that of the settings.

    Raises:
        UsageError: it cannot have that value.
        CcmonError: the file cannot be written.
    """
    check_options_in_file(change.name, conditions)
    file = SettingsFile(file_settings.file_to_change(site=conditions.site))
    differences = file.change([change])
    if differences:
        file.save()
        put_named_database_in_force([change])
    same = [] if differences else [unchanged(change.name, change.text, file.path)]
    shown = own_limits.beside_the_site(differences, database)
    return ChangeResult(shown, overridden(file, [change]), [], same, bool(differences))


def put_named_database_in_force(changes: Sequence[RequestedChange]) -> None:
    """Take away that the site was moved elsewhere from a database of this account that settings name again."""
    if any(change.name == ("database",) for change in changes):
        with suppress(CcmonError, OSError):  # what cannot be looked into says so elsewhere
            path = settings.load().database
            if os.geteuid() in {0, path.stat().st_uid}:
                put_in_force(path)


def overridden(file: SettingsFile, changes: Sequence[RequestedChange]) -> list[str]:
    """Sentences about changed settings that something else decides, or about what is wrong with another one."""
    try:
        in_force_now = {each.name: each for each in file_settings.read()}
        own = file_settings.own_limits()
        notes = own_limits.in_other_files(file, changes)
    except CcmonError as error:
        return [str(error)]
    for change in changes:
        if change.name not in in_force_now:
            if change.text is not None and Path(own[change.name[-1]][1]).resolve() != file.path:
                notes.append(f"{own[change.name[-1]][1]} overrides {written(change.name)} in {file.path}.")
            continue
        now = in_force_now[change.name]
        if change.text is not None and now.where is not None and Path(now.where).resolve() != file.path:
            notes.append(f"{written(change.name)} is {now.text} all the same: {now.where} overrides {file.path}.")
        if change.text is None:
            notes.append(f"{written(change.name)} is {now.text} now, by {now.where or 'default'}.")
    notes += _missing_database(changes, in_force_now["database",])
    return notes


def _missing_database(changes: Sequence[RequestedChange], now: Setting) -> list[str]:
    """A sentence about the database in force, if it has been changed and is no file; else none."""
    if now.text is None or not any(change.name == now.name for change in changes):
        return []
    try:
        Path(now.text).stat()
    except FileNotFoundError:
        return [f"There is no database {now.text} yet; make one with: ccmon init --db {shlex.quote(now.text)}"]
    except OSError:
        pass  # who may not look does not know
    return []


def change_database(
    database: Path,
    changes: Sequence[RequestedChange],
    conditions: Conditions,
    *,
    keep: bool = True,
    expected: Sequence[SettingChange] | None = None,
    then: Callable[[], None] | None = None,
) -> ChangeResult:
    """Make changes in a database, all or none, in one transaction.

    Args:
        database: its path.
        changes: none of a field of `Settings`.
        conditions: how they are made.
        keep: False: only find out what they would do.
        expected: what a person has been shown that they do.
        then: what is done as well; where it fails, nothing is changed.

    Raises:
        UsageError: the day that they are to hold from is none.
        CcmonError: the database cannot be written, or has been changed since that person was asked.
    """
    if keep:
        check_writable(database)
    try:
        with open_for_writing(database) as connection, transaction(connection, keep=keep):
            before = connection.total_changes
            writer = DatabaseWriter(
                connection, from_day=conditions.from_day, add_new=conditions.add_new, act=conditions.act
            )
            writer.write(changes)
            has_written = connection.total_changes > before
            if writer.errors and keep:
                raise _RejectedError
            if expected is not None and writer.differences != list(expected):
                raise CcmonError("The database was changed meanwhile, and nothing was written; give the command again.")
            if then is not None:
                then()
    except _RejectedError:
        has_written = False
    return ChangeResult(writer.differences, writer.notes, writer.errors, writer.unchanged, has_written)


class _RejectedError(Exception):
    """Some changes make no sense: all are rolled back."""


def check_options_in_file(name: Name, conditions: Conditions) -> None:
    """Refuse conditions that mean nothing for what a name means in a settings file.

    Raises:
        UsageError: one of them does.
    """
    if conditions.from_day is not None or conditions.add_new:
        option = "--from" if conditions.from_day is not None else "--new"
        raise UsageError(f"{option} is for what lies in the database, and {written(name)} lies in a file.")


def check_options(name: Name, conditions: Conditions) -> None:
    """Refuse conditions that mean nothing for what a name means in the database.

    Raises:
        UsageError: one of them does.
    """
    name = without_aliases(name)
    if conditions.site is not None and name[0] in SECTIONS:
        if name[0] == settings.ALARMS:
            raise UsageError("limits of alarms for everybody lie in the database: leave --site out; --user is for you.")
        raise UsageError(f"--site and --user are for settings in a file, and {written(name)} lies in the database.")
    is_target = name[0] == "queues" and name[-1].lower().replace("-", "_") in TARGETS
    if conditions.from_day is not None and name[0] != "quotas" and not is_target:
        raise UsageError(f"--from is for quotas and the targets of queues ({', '.join(TARGETS)}).")
