"""What the doctor says of the rights of those who use a database, to root."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccmon.database import access_list
from ccmon.services import systemd
from ccmon.services.unit import Account, FollowUnit
from ccmon.setup import access, access_cures
from tests.accounts import give_list, open_folder
from tests.databases import new_database

DAEMON, ADM = 1, 4
"""An account and a group that each Linux has."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root is told of other accounts")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where log and database lie; units lie elsewhere."""
    monkeypatch.setattr(systemd, "SYSTEM_UNITS", tmp_path)
    with open_folder() as made:
        yield made


@pytest.fixture
def log(folder: Path) -> Path:
    """A log that the group adm may read, behind a link."""
    path, link = folder / "asterisk/queue_log", folder / "queue_log"
    path.parent.mkdir(0o755)
    path.touch(0o640)
    os.chown(path, DAEMON, ADM)
    link.symlink_to(path)
    return link


def told(folder: Path, log: Path, account: Account) -> str:
    """The doctor's sentence about the account of a service that follows a log into a database of its own."""
    database = new_database(folder / "calls.db", time_zone="UTC")
    for path in (folder, database):
        shutil.chown(path, account.user)
    command = ("/usr/bin/ccmon", "follow", "queue-log", str(log), "--db", str(database))
    unit = FollowUnit(command=command, database=database, needs_network=False, account=account)
    (systemd.SYSTEM_UNITS / "ccmon-follow.service").write_text(unit.text())
    (finding,) = access.findings(database)
    return f"{finding.verdict}: {finding.subject} {finding.text}"


@pytest.mark.parametrize("user", ["nobody", "root"])
def test_an_account_that_cannot_read_what_it_follows_is_told_the_group_that_may(
    folder: Path, log: Path, user: str
) -> None:
    """A service that is closed off has none of root's special rights."""
    cure = f"sudo usermod -aG adm {user}; sudo systemctl restart ccmon-follow"
    assert told(folder, log, Account(user, "root")) == f"wrong: account {user} cannot read {log}: {cure}"
    (folder / "calls.db").unlink()
    may = f"ok: account {user} can write the database, and read what it follows"
    assert told(folder, log, Account(user, "root", ("adm",))) == may
    (folder / "calls.db").unlink()
    assert told(folder, log, Account(user, "adm")) == may


def test_the_directory_behind_a_link_is_named_that_is_closed(
    folder: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    closed = log.resolve().parent
    closed.chmod(0o700)
    cure = f"sudo setfacl -m u:nobody:x {closed}; sudo systemctl restart ccmon-follow"
    assert told(folder, log, Account("nobody", "adm")) == f"wrong: account nobody cannot enter {closed}: {cure}"
    monkeypatch.setattr("shutil.which", lambda name: None)
    (finding,) = access.findings(folder / "calls.db")
    assert finding.text == f"cannot enter {closed}: sudo chmod o+x {closed}; sudo systemctl restart ccmon-follow"


def test_an_access_list_gives_the_right(folder: Path, log: Path) -> None:
    give_list(log, (access_list.USER, 4, pwd.getpwnam("nobody").pw_uid), mask=4, group=4)
    assert told(folder, log, Account("nobody", "root")).startswith("ok: account nobody can write")


@pytest.mark.parametrize(("mode", "right"), [(0o200, "read"), (0o400, "write")])
def test_a_lock_that_the_account_cannot_open_is_told(folder: Path, log: Path, mode: int, right: str) -> None:
    lock = folder / "calls.db-queue-log.lock"
    lock.touch()
    os.chown(lock, pwd.getpwnam("nobody").pw_uid, -1)
    lock.chmod(mode)
    cure = f"sudo chmod u+rw {lock}"
    assert told(folder, log, Account("nobody", "adm")) == f"wrong: account nobody cannot {right} {lock}: {cure}"
    lock.chmod(0o600)
    assert all(finding.verdict == "ok" for finding in access.findings(folder / "calls.db"))


@pytest.mark.parametrize("by_setup", [False, True])
def test_those_who_act_are_given_the_locks_too(folder: Path, monkeypatch: pytest.MonkeyPatch, by_setup: bool) -> None:
    """All of the group that looks act: the database is theirs to write, and a lock is not."""
    monkeypatch.setattr(access, "LOOKING_GROUP", "adm")
    monkeypatch.setattr(access_cures, "LOOKING_GROUP", "adm")
    monkeypatch.setattr(access, "_is_kept_by_setup", lambda *_: by_setup)
    database = new_database(folder / "calls.db", time_zone="UTC")
    lock = folder / "calls.db-table.lock"
    lock.touch(0o600)
    for path, mode in ((folder, 0o2770), (database, 0o660), (lock, 0o600)):
        os.chown(path, DAEMON, ADM)
        path.chmod(mode)
    wrong = [finding for finding in access.findings(database) if finding.verdict != "ok"]
    cure = "sudo ccmon setup" if by_setup else f"sudo chmod g+rw {lock}"
    assert [(each.subject, each.text) for each in wrong] == [("group adm", f"cannot read {lock}: {cure}")]
    lock.chmod(0o660)
    assert [finding.text for finding in access.findings(database)][-1] == "can write the database"


def test_on_a_file_system_that_is_mounted_to_be_read_no_owner_helps(
    folder: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may = told(folder, log, Account("nobody", "adm"))
    assert may.startswith("ok: ")
    found = os.statvfs(folder)
    read_only = os.statvfs_result((*found[:8], found.f_flag | os.ST_RDONLY, *found[9:]))
    monkeypatch.setattr(os, "statvfs", lambda path: read_only)
    (finding,) = access.findings(folder / "calls.db")
    cure = "mount its file system so that it can be written"
    assert (finding.verdict, finding.text) == ("wrong", f"cannot write {folder}: {cure}")


def test_an_account_that_is_not_there_is_told(folder: Path, log: Path) -> None:
    path = new_database(folder / "calls.db", time_zone="UTC")
    command = ("/usr/bin/ccmon", "follow", "queue-log", str(log), "--db", str(path))
    unit = FollowUnit(command=command, database=path, needs_network=False, account=Account("no-such-account", "root"))
    (systemd.SYSTEM_UNITS / "ccmon-follow.service").write_text(unit.text())
    (finding,) = access.findings(path)
    assert (finding.verdict, finding.subject) == ("wrong", "account no-such-account")
    assert "is not there: sudo ccmon setup makes them" in finding.text
