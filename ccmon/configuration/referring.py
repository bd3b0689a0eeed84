"""Removing a row together with the settings that refer to it, such as a team with those of its agents."""

from __future__ import annotations

from pathlib import Path

from ccmon.configuration.names import Name, without_aliases, written
from ccmon.configuration.row_remover import removes_row, settings_referring_to
from ccmon.configuration.row_writer import SettingRowWriter
from ccmon.configuration.setting import RequestedChange
from ccmon.database.database_file import open_for_reading
from ccmon.errors import UsageError


def changes_with_references(name: Name, database: Path) -> list[RequestedChange]:
    """What takes a row away with all settings that refer to it.

    Raises:
        UsageError: the name is not that of such a row, or there is none.
        CcmonError: the database cannot be read.
    """
    removal = RequestedChange(without_aliases(name), None)
    if not removes_row(removal):
        raise UsageError(f"--with-references is for a whole row, such as teams.NAME, and {written(name)} is none.")
    section, known_by = removal.name
    with open_for_reading(database) as connection:
        rows = SettingRowWriter(connection, add_new=False)
        row = rows.existing(section, known_by)
        if row is None:
            raise rows.missing(section, known_by)
        found = settings_referring_to(rows.values, section, row)
    return [*(RequestedChange(each, None) for names in found.values() for each in names), removal]
