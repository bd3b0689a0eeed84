"""Whether those who use a database can: each right is tried as the account, or in the group, that needs it."""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ccmon import settings
from ccmon.database.doctor import Finding
from ccmon.errors import os_error
from ccmon.services.account import FIRST_PERSON
from ccmon.services.systemd import Systemd
from ccmon.services.unit import Account, account_of, follow_arguments
from ccmon.setup.installed_service import followed_files
from ccmon.setup.machine import Identity, group_of, owner_of, run_as
from ccmon.setup.questions import ACTING_GROUP, GROUP

_NOBODY = 65_534
"""The user whom nothing belongs to: tried as this one, only the right of a group is left."""
_TRY = 'n=0; while [ $# -gt 0 ]; do test "-$1" "$2" || { echo $n; exit; }; n=$((n + 1)); shift 2; done'
_VERBS = {"x": "enter", "r": "read", "w": "write"}


class _Right(NamedTuple):
    letter: str
    """x, r or w."""
    path: Path


def _refused(identity: Identity, rights: Sequence[_Right]) -> _Right | None:
    """The first of the rights that somebody does not have."""
    words = [word for right in rights for word in (right.letter, str(right.path))]
    number = run_as(identity, ["/bin/sh", "-c", _TRY, "sh", *words]).stdout.strip()
    return rights[int(number)] if number else None


def findings(database: Path) -> Iterator[Finding]:
    """Whether the service's account can write a database and the group of supervisors read it; for root alone."""
    if os.geteuid() != 0 or not database.is_file():
        return
    path = database.resolve()
    try:
        for account, files in _accounts(path):
            yield _of_account(account, path, files)
        if _is_for_group(path):
            yield _of_group(path)
    except OSError as error:  # such as a root of a container that may not become another user
        yield Finding("note", "rights", os_error("they cannot be tried as other accounts", error))


def _accounts(database: Path) -> Iterator[tuple[Account, list[Path]]]:
    """Accounts that write a database, with the files that they follow: of services, else its owner.

    Of a database that root has taken, the owner is that of its directory, unless that is a person's.
    """
    is_followed = False
    for unit in Systemd(is_user=False).ours():
        text = unit.read_text(encoding="utf-8")
        found, account = follow_arguments(text), account_of(text)
        if found is None or account is None or Path(found.options.get("--db", "")).resolve() != database:
            continue
        is_followed = True
        yield account, followed_files(found)
    owner = owner_of(database)
    if owner == "root" and database.parent.stat().st_uid < FIRST_PERSON:
        owner = owner_of(database.parent)
    if not is_followed and owner != "root" and not owner.isdecimal():
        yield Account(owner, group_of(database)), []


def _of_account(account: Account, database: Path, files: Sequence[Path]) -> Finding:
    subject = f"account {account.user}"
    try:
        found = pwd.getpwnam(account.user)
        group = grp.getgrnam(account.group).gr_gid
        more = [grp.getgrnam(name).gr_gid for name in account.supplementary_groups]
    except KeyError:
        return Finding("wrong", subject, "it, or one of its groups, is not there: sudo ccmon setup makes them")
    identity = Identity(found.pw_uid, group, (*os.getgrouplist(account.user, group), *more))
    refused = _refused(identity, _rights(database, writes=True))
    if refused is not None:
        return Finding("wrong", subject, f"{_cannot(refused)}: {_cure_for_account(refused, account.user, database)}")
    for file in files:
        refused = _refused(identity, [*_entering(file), _Right("r", file)]) if file.exists() else None
        if refused is not None:
            return Finding("wrong", subject, f"{_cannot(refused)}: {_cure_for_file(refused, account.user)}")
    return Finding("ok", subject, f"can write the database{', and read what it follows' if files else ''}")


def _of_group(database: Path) -> Finding:
    number = grp.getgrnam(GROUP).gr_gid
    refused = _refused(Identity(_NOBODY, number, (number,)), _rights(database, writes=False))
    if refused is None:
        return Finding("ok", f"group {GROUP}", "can read the database")
    return Finding("wrong", f"group {GROUP}", f"{_cannot(refused)}: {_cure_for_group(refused, database)}")


def _is_for_group(database: Path) -> bool:
    """Whether the group of supervisors is there, and this database for it."""
    with suppress(KeyError):
        grp.getgrnam(GROUP)
        site = settings.settings_files()[0]
        named = (Path(str(each.value)) for each in settings.given() if (each.name, each.where) == ("database", site))
        groups = {group_of(database), group_of(database.parent)}
        return bool(groups & {GROUP, ACTING_GROUP}) or any(path.resolve() == database for path in named)
    return False


def _rights(database: Path, *, writes: bool) -> list[_Right]:
    """What it takes to open a database while its writer runs, or to be that writer."""
    files = [path for path in (Path(f"{database}{end}") for end in ("", "-wal", "-shm")) if path.exists()]
    rights = [*_entering(database), *(_Right("r", path) for path in files)]
    return [*rights, *(_Right("w", path) for path in (database.parent, *files))] if writes else rights


def _entering(path: Path) -> list[_Right]:
    return [_Right("x", folder) for folder in reversed(path.absolute().parents)]


def _cannot(right: _Right) -> str:
    return f"cannot {_VERBS[right.letter]} {right.path}"


def _cure_for_account(right: _Right, account: str, database: Path) -> str:
    if right.path in database.parent.parents:
        return _sudo("chmod", "a+x", right.path)
    if owner_of(right.path) != account:
        return _sudo("chown", account, right.path)
    return _sudo("chmod", "u+rwx" if right.path.is_dir() else "u+rw", right.path)


def _cure_for_group(right: _Right, database: Path) -> str:
    letters = "rx" if right.path.is_dir() else "r"
    if right.path in database.parent.parents:
        return _sudo("chmod", "a+x", right.path)
    if group_of(right.path) == GROUP:
        return _sudo("chmod", f"g+{letters}", right.path)
    if group_of(right.path) == ACTING_GROUP:
        return _sudo("setfacl", "-m", f"g:{GROUP}:{letters}", right.path)
    return _sudo("chgrp", GROUP, right.path)


def _cure_for_file(right: _Right, account: str) -> str:
    """What lets an account read a file of the switch's: its group, where that may."""
    bit = stat.S_IXGRP if right.letter == "x" else stat.S_IRGRP
    group = group_of(right.path)
    if right.path.stat().st_mode & bit and group != "root":
        return f"{_sudo('usermod', '-aG', group, account)}; then start its service again"
    return f"give {account} the right to {_VERBS[right.letter]} it; then start its service again"


def _sudo(*words: object) -> str:
    return shlex.join(["sudo", *map(str, words)])
