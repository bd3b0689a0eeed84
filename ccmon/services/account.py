"""As which account a service runs, and which program."""

from __future__ import annotations

import grp
import pwd
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from ccmon.errors import CcmonError
from ccmon.services.unit import Account


def program() -> list[str]:
    """The words that start this ccmon."""
    beside = Path(sys.executable).with_name("ccmon")
    if beside.exists():
        return [str(beside)]
    found = shutil.which("ccmon")
    return [found] if found else [sys.executable, "-P", "-m", "ccmon"]


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
        raise CcmonError(f"There is no database {database}", command=f"make one with: ccmon init --db {database}")
    found = database.stat()
    try:
        account = pwd.getpwnam(name) if name is not None else pwd.getpwuid(found.st_uid)
    except KeyError:
        raise CcmonError(f"There is no account {name or found.st_uid}; name one that is there by --account.") from None
    group = grp.getgrgid(found.st_gid).gr_name
    groups: list[str] = []
    for path in files:
        about = next((each for each in (path, path.absolute().parent) if each.exists()), None)
        if about is None or account.pw_uid in {0, about.stat().st_uid} or about.stat().st_mode & 0o004:
            continue
        owner = grp.getgrgid(about.stat().st_gid).gr_name
        if about.stat().st_mode & 0o040 and owner not in {group, *groups}:
            groups.append(owner)
    return Account(account.pw_name, group, tuple(groups))
