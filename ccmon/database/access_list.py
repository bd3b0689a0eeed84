"""Linux's access lists of files, and those of locks: who may write a database may open them, and nobody else."""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from pathlib import Path

ACCESS = "system.posix_acl_access"
"""The attribute that holds the list of a file (``acl(5)``); one without it has its mode alone."""
DEFAULT = "system.posix_acl_default"
"""The attribute that holds the list which a directory gives to what is made in it."""
OWNER, USER, GROUP, NAMED_GROUP, MASK, OTHERS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
NOBODY = 0xFFFF_FFFF
"""The account of an entry that names none."""
_NAMED = frozenset({USER, NAMED_GROUP})
_READ_WRITE, _WRITE = 6, 2

Entry = tuple[int, int, int]
"""Kind, rights, and the number of an account or group."""


def packed(entries: list[Entry]) -> bytes:
    """A list as the system takes it."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def writers(file: Path) -> list[Entry]:
    """Who may write a file: an entry for each class and each named account, that may both read and write, or nothing.

    Named are only those who may write.
    """
    listed = entries(file)
    mask = next((rights for kind, rights, _ in listed if kind == MASK), 7)
    masked = {GROUP, *_NAMED}
    found = []
    for kind, rights, number in listed:
        writes = rights & (mask if kind in masked else 7) & _WRITE
        if kind != MASK and (writes or kind not in _NAMED):
            found.append((kind, _READ_WRITE if writes or kind == OWNER else 0, number))
    return found


def without_group(entries: list[Entry]) -> list[Entry]:
    """The same, but nothing for the file's group: where that is not the group that was meant."""
    return [(kind, 0 if kind == GROUP else rights, number) for kind, rights, number in entries]


def has_list(file: Path) -> bool:
    """Whether a file has a list of its own besides its mode."""
    try:
        return bool(os.getxattr(file, ACCESS))
    except OSError:
        return False


def give(file: int, entries: list[Entry]) -> None:
    """Give an open file, which is ours, these rights and no others."""
    named = any(kind in _NAMED for kind, _, _ in entries)
    os.fchmod(file, 0o600)  # the group's bits would limit the list, and are then the group's own
    if named:
        os.setxattr(file, ACCESS, packed(sorted([*entries, (MASK, _READ_WRITE, NOBODY)])))
        return
    with suppress(OSError):  # there is no list, or the file system knows none
        os.removexattr(file, ACCESS)
    rights = {kind: bits for kind, bits, _ in entries}
    os.fchmod(file, rights[OWNER] << 6 | rights[GROUP] << 3 | rights[OTHERS])


def give_same(file: Path, other: Path) -> None:
    """Give another file, which is ours, the list of a file, if it has one."""
    with suppress(OSError):
        os.setxattr(other, ACCESS, os.getxattr(file, ACCESS))


def entries(file: Path) -> list[Entry]:
    """The list of a file; where it has none, its mode as one."""
    try:
        return list(struct.iter_unpack("<HHI", os.getxattr(file, ACCESS)[4:]))
    except OSError:
        return of_mode(file.stat().st_mode)


def for_new_files(folder: Path) -> list[Entry]:
    """The list that a directory gives to what is made in it; empty: none, the mode alone counts there."""
    try:
        return list(struct.iter_unpack("<HHI", os.getxattr(folder, DEFAULT)[4:]))
    except OSError:
        return []


def gives(listed: list[Entry], rights: int, kind: int, number: int | None = NOBODY) -> bool:
    """Whether a list has an entry of a kind, and of that account or group, with all these rights, within its mask."""
    mask = next((bits for each, bits, _ in listed if each == MASK), 7)
    return any(rights & ~(bits & mask) == 0 for each, bits, of in listed if (each, of) == (kind, number))


def of_mode(mode: int) -> list[Entry]:
    """The list that says the same as a mode."""
    return [(OWNER, mode >> 6 & 7, NOBODY), (GROUP, mode >> 3 & 7, NOBODY), (OTHERS, mode & 7, NOBODY)]
