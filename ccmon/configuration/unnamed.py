"""Settings that are set though a file of settings does not name them: an older export leaves them as they are."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from ccmon.configuration import file_settings
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import Name, without_aliases, written
from ccmon.configuration.opening_hours_writer import of_each_weekday
from ccmon.configuration.setting import Origin, RequestedChange
from ccmon.configuration.site_columns import SECTIONS
from ccmon.database.database_file import open_for_reading

_MOST_NAMED = 3


def unnamed(changes: Sequence[RequestedChange], database: Path) -> list[str]:
    """The names of all settings that are set and that changes do not name, in the order of `config show`.

    Raises:
        UsageError: a change makes no sense.
        CcmonError: a settings file or the database cannot be read.
    """
    named = {_plain(each.name) for change in changes if not change.is_row for each in of_each_weekday(change)}
    found: list[Name] = [(name,) for name in file_settings.from_files()]
    with open_for_reading(database) as connection:
        values = DatabaseValues(connection)
        for section in SECTIONS:
            found += [
                each.name
                for each in values.settings(section)
                if each.text is not None and each.origin is Origin.DATABASE
            ]
    return [
        written(name)
        for name in dict.fromkeys(found)
        if not any(_plain(name)[:size] in named for size in range(1, len(name) + 1))
    ]


def sentence_about(names: Sequence[str], file: Path) -> str:
    """The sentence about settings that a file does not name, with the command that shows all."""
    few = ", ".join(names[:_MOST_NAMED])
    if len(names) == 1:
        return f"1 setting is set that the file does not name: {few}."
    if len(names) <= _MOST_NAMED:
        return f"{len(names)} settings are set that the file does not name: {few}."
    shown = "ccmon config show" if str(file) == "-" else f"ccmon config export - | diff {shlex.quote(str(file))} -"
    return f"{len(names)} settings are set that the file does not name: {few} … To see all: {shown}"


def _plain(name: Name) -> Name:
    """A name as it is compared: the column in small letters, a quota without the day that it holds from."""
    section, *parts = without_aliases(name)
    if section == "quotas":
        parts = [part for part in parts if not part[:4].isdecimal() or part.count("-") != 2]
    if len(parts) > 1 or section in {"site", "alarms"}:
        parts[-1:] = [part.lower().replace("-", "_") for part in parts[-1:]]
    return section, *parts
