"""The rights that setup gives: who owns database and directory, and what the two groups may do with them."""

from __future__ import annotations

import stat
from pathlib import Path

from ccmon.database import access_list
from ccmon.setup.groups import ACTING_GROUP, LOOKING_GROUP
from ccmon.setup.parsers import ALL, NOBODY
from ccmon.setup.question import SetupContext


class Rights:
    """Who owns directory and database, and what they may do with them."""

    def __init__(self, context: SetupContext) -> None:
        act = context.answers.get("act", NOBODY)
        self.acting = () if act in {NOBODY, ALL} else tuple(act.split(","))
        """Accounts that may act, where others may only look."""
        self.group = ACTING_GROUP if self.acting else LOOKING_GROUP
        self.directory_mode = 0o2750 if act == NOBODY else 0o2770
        self.file_mode = 0o640 if act == NOBODY else 0o660
        self.lock_mode = 0o600 if act == NOBODY else 0o660

    def are_listed(self, path: Path, looking: int | None) -> bool:
        """Whether the access list of a file or directory, if any, gives what its mode says, and others may look.

        Args:
            path: of the right mode and group.
            looking: number of the group of those who look.
        """
        of_group = path.stat().st_mode >> 3 & 7
        listed = access_list.entries(path)
        if not access_list.gives(listed, of_group, access_list.GROUP):
            return False
        if not self.acting:
            return True
        may_look = access_list.gives(listed, of_group & 5, access_list.NAMED_GROUP, looking)
        return may_look and (not path.is_dir() or lets_look_into_new(path, looking))


def lets_look_into_new(folder: Path, looking: int | None) -> bool:
    """Whether one group may write, and another one read, what is made in a directory.

    Args:
        folder: the directory, of the group of those who act.
        looking: number of the group of those who look.
    """
    listed = access_list.for_new_files(folder)
    acts, looks = (access_list.GROUP, access_list.NOBODY), (access_list.NAMED_GROUP, looking)
    return access_list.gives(listed, 6, *acts) and access_list.gives(listed, 4, *looks)


def keeps_group(folder: Path) -> bool:
    """Whether what is made in a directory gets its group."""
    return bool(folder.stat().st_mode & stat.S_ISGID)


def list_of_directory() -> str:
    """What setfacl gives the directory where some act and others look, mask and owning group included.

    setfacl would else compute the mask from an entry of the group that is there already and that chmod does not change.
    """
    own = f"u::rwx,g::rwx,g:{LOOKING_GROUP}:rx,m::rwx,o::-"
    return ",".join([own, *(f"d:{entry}" for entry in own.split(","))])


def list_of_file() -> str:
    """What setfacl gives the database, and what lies beside it, where some act and others look."""
    return f"u::rw,g::rw,g:{LOOKING_GROUP}:r,m::rw,o::-"
