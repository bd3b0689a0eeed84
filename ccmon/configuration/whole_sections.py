"""Taking all values of a section away at once, such as the opening hours of the whole week."""

from __future__ import annotations

from pathlib import Path

from ccmon import settings
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import Name, without_aliases
from ccmon.configuration.setting import RequestedChange
from ccmon.configuration.site_columns import SECTIONS, own_columns
from ccmon.database.database_file import open_for_reading
from ccmon.errors import UsageError

_UNSET_AS_A_WHOLE = ("opening_hours", "holidays", settings.ALARMS)
_WHY_NOT = {
    "site": "a site needs its time zone; unset one value, such as site.margin",
    "quotas": "each holds from a day on; unset one, such as quotas.centre.day.sales",
}
"""Why other sections are not; of those not named here, because rows are removed one by one."""


def section_of(name: Name) -> str | None:
    """The section that a name means as a whole; None: it means a part of one, or something else.

    Raises:
        UsageError: it is no section whose values can be taken away at once.
    """
    section, *parts = without_aliases(name)
    if parts or section not in SECTIONS:
        return None
    if section not in _UNSET_AS_A_WHOLE:
        one_by_one = f"one is removed by its name, where nothing refers to it: {section}.NAME"
        raise UsageError(f"{section} cannot be unset as a whole: {_WHY_NOT.get(section, one_by_one)}.")
    return section


def changes_of_database(section: str, database: Path) -> list[RequestedChange]:
    """What takes all values of a section of a database away.

    Raises:
        CcmonError: the database cannot be read.
    """
    with open_for_reading(database) as connection:
        found = [each for each in DatabaseValues(connection).settings(section) if each.text != each.default]
    size = 2 if section == "holidays" else None  # a holiday goes with its day, not with its name
    return [RequestedChange(name, None) for name in dict.fromkeys(each.name[:size] for each in found)]


def changes_of_own_limits() -> list[RequestedChange]:
    """What takes all limits of alarms out of a settings file."""
    return [RequestedChange((settings.ALARMS, name), None) for name in own_columns(SECTIONS[settings.ALARMS])]
