"""As which account a service runs."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterable
from pathlib import Path

from ccmon.database.left_behind import check_none_left_behind
from ccmon.errors import CcmonError
from ccmon.file_rights import Identity
from ccmon.services.unit import Account

FIRST_PERSON = 1000
"""The least number of an account that somebody logs in with."""


def identity_of(account: Account) -> Identity:
    """An account as the system starts a service for it.

    Raises:
        KeyError: it, or one of its groups, is not there.
    """
    user = pwd.getpwnam(account.user).pw_uid
    group = grp.getgrnam(account.group).gr_gid
    more = (grp.getgrnam(name).gr_gid for name in account.supplementary_groups)
    return Identity(user, frozenset((*os.getgrouplist(account.user, group), *more)))


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
        raise CcmonError(f"There is no database {database}", command=f"make one with: ccmon init --db {database}")
    found = database.stat()
    try:
        account = pwd.getpwnam(name) if name is not None else pwd.getpwuid(found.st_uid)
    except KeyError:
        raise CcmonError(f"There is no account {name or found.st_uid}; name one that is there by --account.") from None
    group = grp.getgrgid(found.st_gid).gr_name
    return Account(
        account.pw_name,
        group,
        _reading_groups(account.pw_uid, group, files),
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
    try:
        number = pwd.getpwnam(name).pw_uid
    except KeyError:
        number = None
    return Account(
        name,
        group,
        _reading_groups(number, group, files),
        owns_database=True,
        is_of_system=number is None or number < FIRST_PERSON,
    )


def _reading_groups(number: int | None, group: str, files: Iterable[Path]) -> tuple[str, ...]:
    """The groups that an account needs beside its own to read files."""
    groups: list[str] = []
    for path in files:
        about = next((each for each in (path, path.absolute().parent) if each.exists()), None)
        if about is None or number in {0, about.stat().st_uid} or about.stat().st_mode & 0o004:
            continue
        owner = grp.getgrgid(about.stat().st_gid).gr_name
        if about.stat().st_mode & 0o040 and owner not in {group, *groups}:
            groups.append(owner)
    return tuple(groups)
