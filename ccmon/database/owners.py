"""Whose a call database is: the account's that owns its directory, whoever has put a copy in its place."""

from __future__ import annotations

import stat
from pathlib import Path

from ccmon.database.copies import USUAL_DIRECTORY

FIRST_PERSON = 1000
"""The least number of an account that somebody logs in with."""
_SHARED = stat.S_ISGID | stat.S_IWGRP
"""The bits of a directory whose group may write, and gets what is made in it."""


def owner_as_set_up(database: Path) -> int:
    """The number of the account that a database is to belong to.

    It is its owner; but where that is a person, in a directory in which an account of the system lets a group write,
    it is that account: whoever may act there becomes the owner by putting a copy back.
    """
    owner, folder = database.stat().st_uid, database.absolute().parent.stat()
    is_shared = folder.st_mode & _SHARED == _SHARED and 0 < folder.st_uid < FIRST_PERSON
    return folder.st_uid if is_shared and owner >= FIRST_PERSON else owner


def with_copies(database: Path) -> list[Path]:
    """A database, then its copies beside it and at their usual place."""
    folder = database.parent
    kept = folder.glob(f"{database.stem}-before-restore-*")
    return [database, *sorted([*kept, *folder.glob(f"{USUAL_DIRECTORY}/{database.stem}-*.db")])]
