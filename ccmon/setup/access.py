"""Whether those who use a database can: the account that follows, and the groups of those who look and act."""

from __future__ import annotations

import grp
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ccmon import settings
from ccmon.database.doctor import Finding
from ccmon.database.owners import FIRST_PERSON
from ccmon.errors import os_error
from ccmon.file_rights import Action, Identity, Right, all_refused, has_right, way_to
from ccmon.model.sources import DEFAULT_SERVICE
from ccmon.services import followed
from ccmon.services.account import identity_of, reading_groups, rights_to_open
from ccmon.services.systemd import Systemd
from ccmon.services.unit import Account
from ccmon.setup import access_cures
from ccmon.setup.groups import ACTING_GROUP, LOOKING_GROUP
from ccmon.setup.installed_service import followed_files
from ccmon.setup.machine import Machine, group_of, is_of_its_own, owner_of
from ccmon.setup.rights import keeps_group, lets_look_into_new


class _Follower(NamedTuple):
    """Who writes a database."""

    account: Account
    files: Sequence[Path] = ()
    """What it follows."""
    service: str | None = None
    """The name of its service; None: it has none."""


def findings(database: Path) -> Iterator[Finding]:
    """Whether accounts of services, and those who act, can write a database, and those who look read it; for root."""
    if os.geteuid() != 0 or not database.is_file():
        return
    path = database.resolve()
    try:
        followers = [*_followers(path)]
        by_setup = _is_kept_by_setup(path, followers)
        for follower in followers:
            yield _of_account(follower, path, by_setup=by_setup)
        if _is_for_group(path):
            yield from _of_groups(path, by_setup=by_setup)
    except OSError as error:  # such as a file that has gone meanwhile
        yield Finding("note", "rights", os_error("they cannot be looked at", error))


def _followers(database: Path) -> Iterator[_Follower]:
    """Who writes a database: services, else its owner.

    Of a database that root has taken, the owner is that of its directory, unless that is a person's.
    """
    is_followed = False
    services = Systemd(is_user=False)
    for unit in services.ours():
        found, account = followed.followed(services, unit.stem), followed.account(services, unit.stem)
        if found is None or account is None or not found.is_into(database):
            continue
        is_followed = True
        yield _Follower(account, followed_files(found), unit.stem)
    owner = owner_of(database)
    if owner == "root" and database.parent.stat().st_uid < FIRST_PERSON:
        owner = owner_of(database.parent)
    if not is_followed and owner != "root" and not owner.isdecimal():
        yield _Follower(Account(owner, group_of(database)))


def _is_kept_by_setup(database: Path, followers: Sequence[_Follower]) -> bool:
    """Whether ``sudo ccmon setup`` would give this database the rights that it is to have."""
    machine = Machine(is_root=True)
    return (
        _is_of_site(database)
        and machine.members(LOOKING_GROUP) is not None
        and machine.has_account(machine.account)
        and owner_of(database) in {"root", machine.account}
        and all(follower.account.user == machine.account for follower in followers)
        and all(follower.service in {None, DEFAULT_SERVICE} for follower in followers)
        and is_of_its_own(database.parent, database.name, machine.account)
    )


def _of_account(follower: _Follower, database: Path, *, by_setup: bool) -> Finding:
    account, files = follower.account, [file for file in follower.files if file.exists()]
    subject = f"account {account.user}"
    try:
        identity = identity_of(account)
    except KeyError:
        return Finding("wrong", subject, "it, or one of its groups, is not there: sudo ccmon setup makes them")
    refused = all_refused(identity, rights_to_open(database, writes=True))
    if refused:
        cure = access_cures.for_account(refused, account.user, database, by_setup=by_setup)
        return Finding("wrong", subject, f"cannot {refused[0]}: {cure}")
    to_read = [right for file in files for right in (*way_to(file), Right(Action.READ, file))]
    refused = all_refused(identity, to_read)
    if refused:
        numbers = (grp.getgrnam(name).gr_gid for name in reading_groups(account.user, account.group, files))
        by_groups = all_refused(identity._replace(groups=identity.groups.union(numbers)), to_read)
        is_simple = by_setup and not by_groups
        cure = access_cures.for_files(refused, account.user, follower.service)
        cure = access_cures.in_one_line([access_cures.SETUP]) if is_simple else cure
        return Finding("wrong", subject, f"cannot {refused[0]}: {cure}")
    return Finding("ok", subject, f"can write the database{', and read what it follows' if follower.files else ''}")


def _of_groups(database: Path, *, by_setup: bool) -> Iterator[Finding]:
    """Of those who look and, if there is anybody in it, of those who act."""
    machine, folder = Machine(is_root=True), database.parent
    looking = frozenset({grp.getgrnam(LOOKING_GROUP).gr_gid})
    all_act = has_right(Identity(None, looking), Right(Action.WRITE, database))
    refused = all_refused(Identity(None, looking), rights_to_open(database, writes=all_act))
    is_listed = group_of(folder) == group_of(database) == ACTING_GROUP
    lasts = not is_listed or lets_look_into_new(folder, *looking)
    if refused or not lasts:
        what = refused[0] if refused else f"read what is made in {folder}"
        missing = refused or [Right(Action.READ, folder)]
        cure = access_cures.for_looking(missing, database, all_act=all_act, by_setup=by_setup)
        yield Finding("wrong", f"group {LOOKING_GROUP}", f"cannot {what}: {cure}")
    else:
        yield Finding("ok", f"group {LOOKING_GROUP}", f"can {'write' if all_act else 'read'} the database")

    number, acting = machine.group_number(ACTING_GROUP), {*(machine.members(ACTING_GROUP) or ())} - {machine.account}
    if number is None or not acting:
        return
    refused = all_refused(Identity(None, looking | {number}), rights_to_open(database, writes=True))
    lasts = not is_listed or keeps_group(folder)
    if refused or not lasts:
        what = refused[0] if refused else f"write what is made in {folder}"
        cure = access_cures.for_acting(refused, database, by_setup=by_setup)
        yield Finding("wrong", f"group {ACTING_GROUP}", f"cannot {what}: {cure}")
    else:
        yield Finding("ok", f"group {ACTING_GROUP}", "can write the database")


def _is_for_group(database: Path) -> bool:
    """Whether the group of supervisors is there, and this database for it."""
    with suppress(KeyError):
        grp.getgrnam(LOOKING_GROUP)
        groups = {group_of(database), group_of(database.parent)}
        return bool(groups & {LOOKING_GROUP, ACTING_GROUP}) or _is_of_site(database)
    return False


def _is_of_site(database: Path) -> bool:
    """Whether the site's settings name this database."""
    site = settings.settings_files()[0]
    named = (Path(str(each.value)) for each in settings.given() if (each.name, each.where) == ("database", site))
    return any(path.resolve() == database for path in named)
