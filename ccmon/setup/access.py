"""Whether those who use a database can: the account that follows and the group of those who look."""

from __future__ import annotations

import grp
import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ccmon import settings
from ccmon.database.disk_space import is_read_only
from ccmon.database.doctor import Finding
from ccmon.errors import os_error
from ccmon.file_rights import Action, Identity, Right, first_refused, has_right, way_to
from ccmon.services.account import FIRST_PERSON, identity_of
from ccmon.services.systemd import Systemd
from ccmon.services.unit import Account, account_of, follow_arguments
from ccmon.setup.groups import ACTING_GROUP, LOOKING_GROUP
from ccmon.setup.installed_service import followed_files
from ccmon.setup.machine import group_of, owner_of


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
    except OSError as error:  # such as a file that has gone meanwhile
        yield Finding("note", "rights", os_error("they cannot be looked at", error))


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
        identity = identity_of(account)
    except KeyError:
        return Finding("wrong", subject, "it, or one of its groups, is not there: sudo ccmon setup makes them")
    refused = first_refused(identity, _rights(database, writes=True))
    if refused is not None:
        return Finding("wrong", subject, f"cannot {refused}: {_cure_for_account(refused, account.user, database)}")
    for file in files:
        refused = first_refused(identity, [*way_to(file), Right(Action.READ, file)]) if file.exists() else None
        if refused is not None:
            return Finding("wrong", subject, f"cannot {refused}: {_cure_for_file(refused, account.user)}")
    return Finding("ok", subject, f"can write the database{', and read what it follows' if files else ''}")


def _of_group(database: Path) -> Finding:
    number = grp.getgrnam(LOOKING_GROUP).gr_gid
    refused = first_refused(Identity(None, frozenset({number})), _rights(database, writes=False))
    if refused is None:
        return Finding("ok", f"group {LOOKING_GROUP}", "can read the database")
    return Finding("wrong", f"group {LOOKING_GROUP}", f"cannot {refused}: {_cure_for_group(refused, database)}")


def _is_for_group(database: Path) -> bool:
    """Whether the group of supervisors is there, and this database for it."""
    with suppress(KeyError):
        grp.getgrnam(LOOKING_GROUP)
        site = settings.settings_files()[0]
        named = (Path(str(each.value)) for each in settings.given() if (each.name, each.where) == ("database", site))
        groups = {group_of(database), group_of(database.parent)}
        return bool(groups & {LOOKING_GROUP, ACTING_GROUP}) or any(path.resolve() == database for path in named)
    return False


def _rights(database: Path, *, writes: bool) -> list[Right]:
    """What it takes to open a database while its writer runs, or to be that writer."""
    files = [path for path in (Path(f"{database}{end}") for end in ("", "-wal", "-shm")) if path.exists()]
    rights = [*way_to(database), *(Right(Action.READ, path) for path in files)]
    return [*rights, *(Right(Action.WRITE, path) for path in (database.parent, *files))] if writes else rights


def _cure_for_account(right: Right, account: str, database: Path) -> str:
    if right.action is Action.WRITE and is_read_only(database):
        return "mount its file system so that it can be written"
    if right.path in database.parent.parents:
        return _sudo("chmod", "a+x", right.path)
    if owner_of(right.path) != account:
        return _sudo("chown", account, right.path)
    return _sudo("chmod", "u+rwx" if right.path.is_dir() else "u+rw", right.path)


def _cure_for_group(right: Right, database: Path) -> str:
    letters = "rx" if right.path.is_dir() else "r"
    if right.path in database.parent.parents:
        return _sudo("chmod", "a+x", right.path)
    if group_of(right.path) == LOOKING_GROUP:
        return _sudo("chmod", f"g+{letters}", right.path)
    if group_of(right.path) == ACTING_GROUP:
        return _sudo("setfacl", "-m", f"g:{LOOKING_GROUP}:{letters}", right.path)
    return _sudo("chgrp", LOOKING_GROUP, right.path)


def _cure_for_file(right: Right, account: str) -> str:
    """What lets an account read a file of the switch's: its group, where that may."""
    group = group_of(right.path)
    if has_right(Identity(None, frozenset({right.path.stat().st_gid})), right) and group != "root":
        return f"{_sudo('usermod', '-aG', group, account)}; then start its service again"
    return f"give {account} the right to {right.action.name.lower()} it; then start its service again"


def _sudo(*words: object) -> str:
    return shlex.join(["sudo", *map(str, words)])
