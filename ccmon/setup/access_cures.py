"""The commands that give back rights which the doctor finds missing: all that are needed, in one line, and lasting."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ccmon.database import access_list
from ccmon.database.disk_space import is_read_only
from ccmon.database.source_lock import lock_files
from ccmon.file_rights import Action, Identity, Right, has_right
from ccmon.services.account import files_of
from ccmon.setup.groups import ACTING_GROUP, LOOKING_GROUP
from ccmon.setup.machine import group_of, owner_of
from ccmon.setup.rights import list_of_directory, list_of_file

Command = tuple[str, ...]
SETUP: Command = ("ccmon", "setup")
"""Gives again all rights of a database that it has made."""


def in_one_line(commands: Iterable[Command]) -> str:
    """Commands for an administrator, each once."""
    return "; ".join(shlex.join(["sudo", *words]) for words in dict.fromkeys(commands))


def for_account(refused: Sequence[Right], account: str, database: Path, *, by_setup: bool) -> str:
    """What lets an account write a database.

    Args:
        refused: what it may not do.
        account: its name.
        database: the call database.
        by_setup: whether setup gives this database its rights.
    """
    if refused[0].action is Action.WRITE and is_read_only(database):
        return "mount its file system so that it can be written"
    way, own = _parted(refused, database)
    return in_one_line([*way, *([SETUP] if own and by_setup else _to_own(own, account))])


def for_looking(refused: Sequence[Right], database: Path, *, all_act: bool, by_setup: bool) -> str:
    """What lets the group of those who look read a database, or write it where all act; else as for `for_account`."""
    way, own = _parted(refused, database)
    if own and by_setup:
        return in_one_line([*way, SETUP])
    is_listed = ACTING_GROUP in {group_of(database), group_of(database.parent)}
    return in_one_line([*way, *(_to_let_some_act(database) if is_listed and own else _to_look(own, all_act=all_act))])


def for_acting(refused: Sequence[Right], database: Path, *, by_setup: bool) -> str:
    """What lets the group of those who act write a database; arguments as for `for_account`."""
    if refused and refused[0].action is Action.WRITE and is_read_only(database):
        return "mount its file system so that it can be written"
    way, own = _parted(refused, database)
    if refused and not own:
        return in_one_line(way)
    return in_one_line([*way, *([SETUP] if by_setup else _to_let_some_act(database))])


def for_files(refused: Sequence[Right], account: str, service: str | None) -> str:
    """What lets an account read files of the switch: their groups, where those may.

    Args:
        refused: what it may not do.
        account: its name.
        service: which it runs, and which has to be started again; None: none.
    """
    return in_one_line([*_to_read(refused, account), *([("systemctl", "restart", service)] if service else [])])


def _parted(refused: Sequence[Right], database: Path) -> tuple[list[Command], list[Path]]:
    """The command that opens the way, and to what of the database's own a right is missing."""
    above = [right.path for right in refused if right.path in database.parent.parents]
    own = dict.fromkeys(right.path for right in refused if right.path not in above)
    return [_chmod("a+x", above)] if above else [], [*own]


def _chmod(mode: str, paths: Iterable[Path]) -> Command:
    return ("chmod", mode, *map(str, paths))


def _to_own(paths: Sequence[Path], account: str) -> Iterator[Command]:
    others = [str(path) for path in paths if owner_of(path) != account]
    if others:
        yield ("chown", account, *others)
    for mode, needed, chosen in _by_kind(paths, "u+rwx", "u+rw"):
        closed = [path for path in chosen if path.stat().st_mode >> 6 & needed != needed]
        if closed:
            yield _chmod(mode, closed)


def _by_kind(paths: Sequence[Path], of_folder: str, of_file: str) -> Iterator[tuple[str, int, list[Path]]]:
    """Directories and files, each with their mode and the bits that this is for a class."""
    yield of_folder, 7, [path for path in paths if path.is_dir()]
    yield of_file, 6, [path for path in paths if not path.is_dir()]


def _to_look(paths: Sequence[Path], *, all_act: bool) -> Iterator[Command]:
    others = [path for path in paths if group_of(path) != LOOKING_GROUP]
    if others:
        yield ("chgrp", LOOKING_GROUP, *map(str, others))
    written = "w" if all_act else ""
    bits = 0o020 if all_act else 0
    for mode, wanted, chosen in (
        (f"g+r{written}xs", 0o2050 | bits, [path for path in paths if path.is_dir()]),
        (f"g+r{written}", 0o040 | bits, [path for path in paths if not path.is_dir()]),
    ):
        closed = [path for path in chosen if path.stat().st_mode & wanted != wanted]
        if closed:
            yield _chmod(mode, closed)
        listed = [str(path) for path in chosen if access_list.has_list(path)]  # whose group may have less than the mode
        if listed:
            yield ("setfacl", "-m", f"g::r{written}{'x' if wanted & 0o010 else ''}", *listed)


def _to_let_some_act(database: Path) -> Iterator[Command]:
    """The rights that setup gives where some act, and others look."""
    folder, files, locks = database.parent, files_of(database), lock_files(database)
    others = [str(path) for path in (folder, *files, *locks) if group_of(path) != ACTING_GROUP]
    if others:
        yield ("chgrp", ACTING_GROUP, *others)
    yield _chmod("g+s", [folder])
    yield ("setfacl", "-m", list_of_directory(), str(folder))
    yield ("setfacl", "-m", list_of_file(), *map(str, files))
    closed = [lock for lock in locks if lock.stat().st_mode & 0o060 != 0o060]
    if closed:
        yield _chmod("g+rw", closed)


def _to_read(refused: Sequence[Right], account: str) -> Iterator[Command]:
    for right in refused:
        group, letter = group_of(right.path), "x" if right.action is Action.ENTER else "r"
        may = has_right(Identity(None, frozenset({right.path.stat().st_gid})), right)
        if may and group != "root":
            yield ("usermod", "-aG", group, account)
        elif shutil.which("setfacl") is not None:
            yield ("setfacl", "-m", f"u:{account}:{letter}", str(right.path))
        elif group != "root":
            yield _chmod(f"g+{letter}", [right.path])
            yield ("usermod", "-aG", group, account)
        else:
            yield _chmod(f"o+{letter}", [right.path])
