"""The copies of a call database that lie on this machine, and the commands that put one back or make a new database."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ccmon.errors import CcmonError

DATED = "%Y-%m-%dT%H%M%SZ"
"""How names of copies give the moment of each, in UTC."""
USUAL_DIRECTORY = "backups"
"""Where the copies of a database lie, beside it, unless another place is named."""
_PUT_BACK = re.compile(r"put back a copy of it(?:, or name another file)?\.$")


class Backup(NamedTuple):
    """A copy of a database."""

    path: Path
    made_at: datetime
    """In UTC, to the second; where there was a copy of that second already, the next one."""


def backups(database: Path, directory: Path) -> list[Backup]:
    """Return the copies of a database in a directory, the newest first."""
    name = re.compile(rf"{re.escape(database.stem)}-(\d{{4}}-\d\d-\d\dT\d{{6}}Z)\.db")
    found = []
    for path in directory.iterdir():
        if (match := name.fullmatch(path.name)) and path.is_file():
            with suppress(ValueError):
                found.append(Backup(path, datetime.strptime(match[1], DATED).replace(tzinfo=UTC)))
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def restore_command(database: Path) -> str | None:
    """The command that puts back the newest copy at the usual place; None: there is none, or none that we may see."""
    with suppress(OSError):
        place = database.absolute()
        for newest in backups(place, place.parent / USUAL_DIRECTORY)[:1]:
            as_root = ["sudo"] if _is_of_site(database) else []
            return shlex.join([*as_root, "ccmon", "restore", str(newest.path), "--db", str(place)])
    return None


def how_to_have_one(database: Path) -> str:
    """What to do where there is no database: put back the newest copy or, if there is none, make one."""
    command = restore_command(database)
    make = "sudo ccmon setup" if _is_of_site(database) else f"ccmon init --db {database}"
    if command is None:
        return f"make one with: {make} (or put back a copy: ccmon restore COPY --db {database})"
    return f"put back the newest copy: {command} (or make an empty one: {make})"


def with_newest_copy(database: Path, sentence: str) -> CcmonError:
    """An error that says to put back a copy, with the command for the newest if there is one."""
    found = _PUT_BACK.search(sentence)
    command = restore_command(database) if found else None
    if found is None or command is None:
        return CcmonError(sentence)
    before = re.sub(r"; (?:check the disk, and then )?$", "", sentence[: found.start()])
    return CcmonError(before, command=f"put back the newest copy: {command}")


def _is_of_site(database: Path) -> bool:
    """Whether the settings of the whole site name this database: it is the one that setup has made for root."""
    from ccmon import settings  # noqa: PLC0415 (seldom needed)

    with suppress(CcmonError, OSError):
        site = settings.settings_files()[0]
        named = (each.value for each in settings.given() if (each.name, each.where) == ("database", site))
        return any(Path(str(path)).resolve() == database.resolve() for path in named)
    return False
