"""As which account a service runs."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ccmon.database.copies import how_to_have_one
from ccmon.database.left_behind import check_none_left_behind
from ccmon.database.owners import FIRST_PERSON
from ccmon.database.source_lock import lock_files
from ccmon.errors import CcmonError
from ccmon.file_rights import Action, Identity, Right, has_right, way_to
from ccmon.services.unit import Account


def identity_of(account: Account) -> Identity:
    """An account as the system starts a service for it.

    Raises:
        KeyError: it, or one of its groups, is not there.
    """
    user = pwd.getpwnam(account.user).pw_uid
    group = grp.getgrnam(account.group).gr_gid
    more = (grp.getgrnam(name).gr_gid for name in account.supplementary_groups)
    return Identity(user, frozenset((*os.getgrouplist(account.user, group), *more)))


def files_of(database: Path) -> list[Path]:
    """The database, and what SQLite keeps beside it while it is in use."""
    return [path for path in (Path(f"{database}{end}") for end in ("", "-wal", "-shm")) if path.exists()]


def rights_to_open(database: Path, *, writes: bool) -> list[Right]:
    """What it takes to open a database while its writer runs, or to be that writer."""
    files = files_of(database)
    rights = [*way_to(database), *(Right(Action.READ, path) for path in files)]
    if not writes:
        return rights
    locks = [Right(action, lock) for lock in lock_files(database) for action in (Action.READ, Action.WRITE)]
    return [*rights, *(Right(Action.WRITE, path) for path in (database.parent, *files)), *locks]


def account_for(name: str | None, database: Path, files: Iterable[Path]) -> Account:
    """An account, with the database's group and those that may read what it follows.

    Args:
        name: of the account; None: the database's owner.
        database: the call database.
        files: what it reads of the switch.

    Raises:
        CcmonError: there is no such account, or the database is not there yet.
    """
    if not database.exists():
        check_none_left_behind(database)
        raise CcmonError(f"There is no database {database}", command=how_to_have_one(database))
    found = database.stat()
    try:
        account = pwd.getpwnam(name) if name is not None else pwd.getpwuid(found.st_uid)
    except KeyError:
        raise CcmonError(f"There is no account {name or found.st_uid}; name one that is there by --account.") from None
    group = grp.getgrgid(found.st_gid).gr_name
    return Account(
        account.pw_name,
        group,
        tuple(reading_groups(account.pw_name, group, files)),
        owns_database=account.pw_uid == found.st_uid,
        is_of_system=account.pw_uid < FIRST_PERSON,
    )


def owner_to_be(name: str, group: str, files: Iterable[Path]) -> Account:
    """The account that will own the database, with that group; of the system, if it is not there yet.

    Args:
        name: of the account.
        group: which the database will have.
        files: what it reads of the switch.
    """
    number = _user_number(name)
    return Account(
        name,
        group,
        tuple(reading_groups(name, group, files)),
        owns_database=True,
        is_of_system=number is None or number < FIRST_PERSON,
    )


def reading_groups(user: str, group: str, files: Iterable[Path]) -> list[str]:
    """The groups that an account needs to read files, as far as a group may.

    Args:
        user: the account; it need not be there yet.
        group: which it has already: the database's.
        files: what it is to read. One that is not there yet will be as its directory is.
    """
    own = _group_number(group)
    identity = Identity(_user_number(user), frozenset() if own is None else frozenset({own}))
    names: list[str] = []
    for right in (right for path in files for right in _to_read(path)):
        number = right.path.stat().st_gid
        in_group = identity._replace(groups=identity.groups | {number})
        if not has_right(identity, right) and has_right(in_group, right):
            identity = in_group
            with suppress(KeyError):  # a group without a name
                names.append(grp.getgrgid(number).gr_name)
    return names


def _to_read(path: Path) -> list[Right]:
    there = next((each for each in (path, path.absolute().parent) if each.exists()), None)
    return [] if there is None else [*way_to(path), Right(Action.READ, there)]


def _user_number(name: str) -> int | None:
    with suppress(KeyError):
        return pwd.getpwnam(name).pw_uid
    return None


def _group_number(name: str) -> int | None:
    with suppress(KeyError):
        return grp.getgrnam(name).gr_gid
    return None
