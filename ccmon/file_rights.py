"""Whether an account may enter a directory, read or write a file: by Linux's rule, its access lists included.

It is computed, not tried: so it can be asked of accounts and groups that are not there yet, and of a service that is
closed off, to which not even root's special rights are left.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from ccmon.database import access_list

_MOST_LINKS = 40
"""How many Linux follows in one path."""


class Identity(NamedTuple):
    """An account by its numbers, without special rights."""

    user: int | None
    """None: one to whom nothing belongs, such as any member of a group."""
    groups: frozenset[int] = frozenset()
    """All of its groups."""


ANYBODY = Identity(None)
"""An account of which nothing is known."""


class Action(IntEnum):
    """What may be done with a file or a directory; the value is its bit in a mode."""

    ENTER = 1
    WRITE = 2
    READ = 4


class Right(NamedTuple):
    """To do something with a file or a directory."""

    action: Action
    path: Path

    def __str__(self) -> str:
        """Such as "enter /var/lib"."""
        return f"{self.action.name.lower()} {self.path}"


def has_right(identity: Identity, right: Right) -> bool:
    """Whether an account has a right.

    Raises:
        OSError: there is no such file, or this process may not look at it.
    """
    found = right.path.stat()
    if right.action is Action.WRITE and os.statvfs(right.path).f_flag & os.ST_RDONLY:
        return False
    return any(rights & right.action for rights in _that_hold(identity, right.path, found))


def first_refused(identity: Identity, rights: Iterable[Right]) -> Right | None:
    """The first of the rights that an account does not have; None if it has all.

    Raises:
        OSError: one of the files is not there, or this process may not look at it.
    """
    return next((right for right in rights if not has_right(identity, right)), None)


def all_refused(identity: Identity, rights: Iterable[Right]) -> list[Right]:
    """Those of the rights that an account does not have; errors as for `first_refused`."""
    return [right for right in rights if not has_right(identity, right)]


def way_to(path: Path) -> list[Right]:
    """The rights to enter the directories that lead to a path and behind its links, as far as they are there.

    Raises:
        OSError: links lead in a circle, or this process may not look at one of the directories.
    """
    entered: dict[Path, None] = {}
    here, links = Path("/"), 0
    left = [*reversed(path.absolute().parts[1:])]
    while left and here.is_dir():
        entered[here] = None
        name = left.pop()
        here = here.parent if name == ".." else here / name
        if here.is_symlink():
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
            target = here.readlink()
            here = Path("/") if target.is_absolute() else here.parent
            left += [name for name in reversed(target.parts) if name != "/"]
    return [Right(Action.ENTER, folder) for folder in entered]


def _that_hold(identity: Identity, path: Path, found: os.stat_result) -> list[int]:
    """The rights that the entries give which hold for an account; what it may do is in one of them."""
    is_asked = bool(found.st_mode & stat.S_IRWXG)  # Linux does not look at a list whose mask leaves nothing
    entries = access_list.entries(path) if is_asked else access_list.of_mode(found.st_mode)
    mask = next((rights for kind, rights, _ in entries if kind == access_list.MASK), 7)
    if identity.user == found.st_uid:
        return [rights for kind, rights, _ in entries if kind == access_list.OWNER]
    named = [rights & mask for kind, rights, user in entries if kind == access_list.USER and user == identity.user]
    of_groups = [
        rights & mask
        for kind, rights, group in entries
        if (kind == access_list.GROUP and found.st_gid in identity.groups)
        or (kind == access_list.NAMED_GROUP and group in identity.groups)
    ]
    return named or of_groups or [rights for kind, rights, _ in entries if kind == access_list.OTHERS]
