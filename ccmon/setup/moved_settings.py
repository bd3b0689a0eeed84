"""The settings of the database so far: a new one at another place gets them, and one that is there has its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ccmon.configuration import toml_files
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import Name, parse, written
from ccmon.configuration.setting import RequestedChange, Setting, SettingChange
from ccmon.configuration.site_columns import SECTIONS
from ccmon.database.database_file import open_for_reading

ANSWERED = ("name", "time_zone", "currency", "day_starts")
"""Settings of the site that setup asks for before it makes a database."""


def of_database(path: Path) -> list[RequestedChange]:
    """What makes a new database have the settings of that one, but for what is answered before.

    Raises:
        CcmonError: it cannot be read.
    """
    with open_for_reading(path) as connection:
        text = toml_files.export_database(DatabaseValues(connection))
    changes = toml_files.read(path, text) if text else []
    return [change for change in changes if change.name[0] != "site" or change.name[-1] not in ANSWERED]


def sections(path: Path) -> list[str]:
    """The sections of settings that a database has, in their order.

    Raises:
        CcmonError: it cannot be read.
    """
    return [name.replace("_", " ") for name in dict.fromkeys(change.name[0] for change in of_database(path))]


def differences(here: Path, there: Path) -> list[SettingChange]:
    """What changes where another database comes into force; of quotas what holds today, and what is to come.

    Args:
        here: the database so far.
        there: the other one.

    Raises:
        CcmonError: one of them cannot be read.
    """
    before, after = _in_force(here), _in_force(there)
    found = []
    for name, day in {**before, **after}:
        was, will_be = before.get((name, day)), after.get((name, day))
        texts = _text(was, will_be), _text(will_be, was)
        if texts[0] != texts[1]:
            found.append(SettingChange("value", written(name), *texts, holds_from=day))
    sections = [*(each for each in SECTIONS if each != "agents"), "agents"]  # of which there may be hundreds
    return sorted(found, key=lambda change: sections.index(change.name.partition(".")[0]))


def agents_with_a_name_alone(changes: Sequence[SettingChange]) -> list[SettingChange]:
    """Of the differences those that only say that an agent's name is not there: the switch has named that agent.

    Args:
        changes: all that differs.
    """
    names = [parse(change.name) for change in changes]
    of_agents = Counter(name[1] for name in names if name[0] == "agents")
    return [
        change
        for change, name in zip(changes, names, strict=True)
        if name[0] == "agents" and name[2:] == ("name",) and change.after is None and of_agents[name[1]] == 1
    ]


def _in_force(path: Path) -> dict[tuple[Name, str | None], Setting]:
    """The settings of a database by name, and by the day from which they will hold where that is still to come."""
    with open_for_reading(path) as connection:
        values = DatabaseValues(connection)
        settings = [each for section in SECTIONS for each in values.settings(section)]
        return {(each.name, _day_to_come(each, values.today.date)): each for each in settings}


def _day_to_come(setting: Setting, today: str) -> str | None:
    return setting.holds_from if setting.holds_from is not None and setting.holds_from > today else None


def _text(setting: Setting | None, other: Setting | None) -> str | None:
    """What a setting is; where a database does not have its row, as it would be there if nobody set it."""
    if setting is not None:
        return setting.text
    return None if other is None else other.default
