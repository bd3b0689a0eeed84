"""What ``ccmon doctor`` says of a database that is not in force any more."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ccmon import settings
from ccmon.database.database_file import open_for_reading
from ccmon.database.doctor import Finding
from ccmon.database.driver import Database
from ccmon.database.site import site_zone
from ccmon.errors import CcmonError
from ccmon.formatting import iso_minute
from ccmon.model.site import SiteMove
from ccmon.setup.machine import Machine


def findings(database: Path, *, is_root: bool) -> Iterator[Finding]:
    """That a database says that it is a former one: which is in force, or if it is itself, what puts that right."""
    with open_for_reading(database) as connection:
        move, zone = Database(connection).row("site_move", SiteMove), site_zone(connection)
    if move is None:
        return
    setup, since = shlex.join([*(["sudo"] if is_root else []), "ccmon", "setup"]), iso_minute(move.at, zone)
    path = database.absolute()
    if _in_force(is_root=is_root) == path:
        text = f"it is in force, and yet tells its screens that {move.database} is since {since}: {setup}"
        yield Finding("wrong", "database", text)
        return
    back = f"{setup} --db {shlex.quote(str(path))}"
    text = f"this is the former one: since {since} {move.database} is in force; to go back to this one: {back}"
    yield Finding("note", "database", text)


def _in_force(*, is_root: bool) -> Path | None:
    """The database that settings name, or that is there where they name none; of the whole system for root."""
    of_system = {settings.settings_files()[0], "CCMON_DB"}  # root's own settings say nothing about the system
    with suppress(CcmonError):
        named = [each for each in settings.given() if each.name == "database"]
        found = [Path(each.value) for each in named if not is_root or each.where in of_system]
        return (found[-1] if found else Machine(is_root=is_root).default_database).absolute()
    return None
