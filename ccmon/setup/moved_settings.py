"""The settings of the database so far, which a database at another place gets: all that ``ccmon config export`` has."""

from __future__ import annotations

from pathlib import Path

from ccmon.configuration import toml_files
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.setting import RequestedChange
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
