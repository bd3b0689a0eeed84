"""The settings of the database so far: a new one at another place gets them, and one that is there has its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from pathlib import Path

from ccmon.configuration import toml_files
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import Name, parse, written
from ccmon.configuration.setting import RequestedChange, Setting, SettingChange
from ccmon.configuration.site_columns import SECTIONS
from ccmon.database.database_file import open_for_reading
from ccmon.formatting import UNKNOWN
from ccmon.setup import screen

ANSWERED = ("name", "time_zone", "currency", "day_starts")
"""Settings of the site that setup asks for before it makes a database."""
OF_SITE = {"time_zone": "time zone", "currency": "currency", "day_starts": "start of a day"}
"""Settings of the site that change the meaning of all figures, in words."""
ADDED_BY_PEOPLE = ("clients", "teams", "campaigns")
"""Sections whose rows no switch names."""


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


def targets_of_tomorrow(path: Path) -> list[SettingChange]:
    """Targets that hold from the next day on, since calls of today are counted by another: in a new database at once.

    Raises:
        CcmonError: it cannot be read.
    """
    with open_for_reading(path) as connection:
        queues = [*DatabaseValues(connection).settings("queues")]
        return [SettingChange("value", each.written_name, each.today, each.text) for each in queues if each.today]


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
    found += _rows_in_one_alone(here, there, named={parse(each.name)[:2] for each in found})
    sections = [*(each for each in SECTIONS if each != "agents"), "agents"]  # of which there may be hundreds
    return sorted(found, key=lambda change: (weight(change) is None, sections.index(change.name.partition(".")[0])))


def weight(change: SettingChange) -> str | None:
    """What a setting is that changes the meaning of all figures, in words; None: it is none of these."""
    match parse(change.name):
        case ("site", str(column)):
            return OF_SITE.get(column)
        case ("opening_hours", *_):
            return "opening hours"
        case ("queues", _, "purpose"):
            return "purposes"
        case ("queues", _, "service_level_target" | "service_level_threshold"):
            return "targets"
    return None


def about_weighty(changes: Sequence[SettingChange]) -> list[str]:
    """What changes the meaning of all figures, in a sentence; nothing where nothing does."""
    named: dict[str, list[str]] = {}
    for change in changes:
        what, name = weight(change), parse(change.name)
        if what is not None:
            is_of_site = name[0] == "site"
            text = f"{change.before or UNKNOWN} → {change.after or UNKNOWN}" if is_of_site else name[1]
            if text not in named.setdefault(what, []):
                named[what].append(text)
    if not named:
        return []
    listed = ", ".join(f"{what} ({screen.first_names(texts)})" for what, texts in named.items())
    return [f"Careful: figures change, since these settings are different there: {listed}."]


def _rows_in_one_alone(here: Path, there: Path, *, named: Set[Name]) -> Iterator[SettingChange]:
    """What people add and no switch names, such as a team: what only one of two databases has, and no setting names."""
    before, after = _names_of_rows(here), _names_of_rows(there)
    for kind, names in (("removed", before - after), ("added", after - before)):
        yield from (SettingChange(kind, written(name)) for name in sorted(names - named))  # type: ignore[arg-type]


def _names_of_rows(path: Path) -> set[Name]:
    with open_for_reading(path) as connection:
        values = DatabaseValues(connection)
        return {(section, *row.key) for section in ADDED_BY_PEOPLE for row in values.rows_of(section)}


def unknown_agents(here: Path, there: Path) -> frozenset[Name]:
    """The keys of agents whom only the first of two databases knows.

    Raises:
        CcmonError: one of them cannot be read.
    """
    return _keys_of_agents(here) - _keys_of_agents(there)


def _keys_of_agents(path: Path) -> frozenset[Name]:
    with open_for_reading(path) as connection:
        return frozenset(row.key for row in DatabaseValues(connection).rows_of("agents"))


def is_name_of_agent(change: SettingChange, agents: Set[Name]) -> bool:
    """Whether a difference says no more than how one of these agents is called: calls say it, too."""
    name = parse(change.name)
    return name[0] == "agents" and name[2:] == ("name",) and name[1:2] in agents


def _in_force(path: Path) -> dict[tuple[Name, str | None], Setting]:
    """The settings of a database by name, and by the day from which they will hold where that is still to come."""
    with open_for_reading(path) as connection:
        values = DatabaseValues(connection)
        settings = [each for section in SECTIONS for each in values.settings(section)]
        return {(each.name, _day_to_come(each, values.today.date)): each for each in settings}


def _day_to_come(setting: Setting, today: str) -> str | None:
    return setting.holds_from if setting.holds_from is not None and setting.holds_from > today else None


def _text(setting: Setting | None, other: Setting | None) -> str | None:
    """What a setting is; where a database does not have its row, as it would be there if nobody set it.

    A day that is no holiday has the hours of its weekday, and not those of a holiday of which nothing is said.
    """
    if setting is not None:
        return setting.text
    return None if other is None or other.name[0] == "holidays" else other.default
