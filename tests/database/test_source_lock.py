"""Who may hold a source's lock, and what is never made through a link: with other users where the tests run as root."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import access_list, creation, database_file, doctor
from ccmon.database.source_lock import SourceLock, is_locked
from ccmon.database.sqlite_errors import MAY_ONLY_READ
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError
from tests.accounts import as_account
from tests.databases import new_database

IS_ROOT = os.geteuid() == 0
OWNER, READER, GROUP = (61_001, 61_002, 61_003) if IS_ROOT else (os.geteuid(), os.geteuid(), os.getegid())
NAMED, LOOKING = (61_004, 61_005) if IS_ROOT else (os.geteuid(), os.getegid())

# Everything is imported before the user changes: this Python may lie where only root looks.
AS_USER = """
import fcntl, os, sys
uid, gid = map(int, sys.argv[1:3])
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(gid); os.setuid(uid)
"""
HOLD = "file = os.open(sys.argv[3], os.O_RDONLY); fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); input()"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory as in docs/administration.md, but its readers may write in it, as readers of SQLite often may."""
    place = Path(tempfile.mkdtemp(prefix="ccmon-lock-"))
    os.chown(place, OWNER, GROUP)
    place.chmod(0o2770)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def path(folder: Path) -> Path:
    made = new_database(folder / "calls.db", time_zone="UTC")
    os.chown(made, OWNER, GROUP)
    made.chmod(0o640)
    return made


def as_user(uid: int, program: str, *arguments: object, group: int = GROUP) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-I", "-c", AS_USER + program, uid, group, *arguments]
    return subprocess.run(list(map(str, words)), input="\n", capture_output=True, text=True, check=False)


def lock_of(path: Path, source: str = "pbx") -> Path:
    return path.with_name(f"{path.name}-{source}.lock")


def test_a_reader_cannot_hold_the_lock(path: Path) -> None:
    SourceLock(path, "pbx").release()
    found = lock_of(path).stat()
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert (found.st_uid, found.st_gid) == (OWNER, GROUP)
    if IS_ROOT:
        assert "PermissionError" in as_user(READER, HOLD, lock_of(path)).stderr
        assert as_user(READER, "open(sys.argv[3], 'rb').read(16)", path).returncode == 0  # who may read the database
        assert as_user(OWNER, HOLD, lock_of(path)).stdout == "held\n"


@pytest.mark.parametrize(("of_database", "of_lock"), [(0o640, 0o600), (0o660, 0o660), (0o664, 0o660), (0o666, 0o666)])
def test_who_writes_the_database_may_hold_its_locks(path: Path, of_database: int, of_lock: int) -> None:
    path.chmod(of_database)
    before = os.umask(0o077)
    try:
        SourceLock(path, "pbx").release()
    finally:
        os.umask(before)
    assert stat.S_IMODE(lock_of(path).stat().st_mode) == of_lock


@pytest.fixture
def lists(folder: Path, path: Path) -> Path:
    """The database as setup leaves it where only some may act: a further group may look, by access lists."""
    entries = [(access_list.OWNER, 6), (access_list.GROUP, 6), (access_list.MASK, 6), (access_list.OTHERS, 0)]
    usual = [(kind, rights, access_list.NOBODY) for kind, rights in entries]
    looks = [*usual, (access_list.NAMED_GROUP, 5, LOOKING), (access_list.USER, 6, NAMED)]
    may_enter = [(kind, rights | 1 if rights else 0, number) for kind, rights, number in looks]
    try:
        for name in (access_list.ACCESS, "system.posix_acl_default"):
            os.setxattr(folder, name, access_list.packed(sorted(may_enter)))
        os.setxattr(path, access_list.ACCESS, access_list.packed(sorted(looks)))
    except OSError:
        pytest.skip("this file system knows no access lists")
    return path


def test_who_may_only_look_by_an_access_list_cannot_hold_the_lock(lists: Path) -> None:
    assert stat.S_IMODE(lists.stat().st_mode) == 0o660
    for _ in ("when it is made", "when it is there"):
        SourceLock(lists, "pbx").release()
        found = lock_of(lists)
        named = [(kind, number) for kind, _, number in access_list.writers(found) if number != access_list.NOBODY]
        assert named == [(access_list.USER, NAMED)]
        assert (found.stat().st_gid, stat.S_IMODE(found.stat().st_mode)) == (GROUP, 0o660)
        if IS_ROOT:
            assert "PermissionError" in as_user(READER, HOLD, found, group=LOOKING).stderr
            assert as_user(READER, "open(sys.argv[3], 'rb').read(16)", lists, group=LOOKING).returncode == 0
            assert as_user(NAMED, HOLD, found, group=LOOKING).stdout == "held\n"
            assert as_user(READER, HOLD, found).stdout == "held\n"


def test_a_group_that_may_only_read_by_an_access_list_cannot_hold_the_lock(lists: Path) -> None:
    """The mode of a file with a list says what the list allows at most, not what the group may."""
    entries = [
        (kind, 4 if kind == access_list.GROUP else rights, number)
        for kind, rights, number in struct.iter_unpack("<HHI", os.getxattr(lists, access_list.ACCESS)[4:])
    ]
    os.setxattr(lists, access_list.ACCESS, access_list.packed(entries))
    SourceLock(lists, "pbx").release()
    if IS_ROOT:
        assert "PermissionError" in as_user(READER, HOLD, lock_of(lists)).stderr
        assert as_user(NAMED, HOLD, lock_of(lists)).stdout == "held\n"


RESTORE = """
from pathlib import Path
from ccmon.errors import CcmonError
try:
    restore(Path(sys.argv[4]), Path(sys.argv[3]))
except CcmonError as error:
    print(error)
"""


@pytest.mark.skipif(not IS_ROOT, reason="needs other users")
def test_who_may_only_read_hears_of_the_right_and_not_of_a_lock(path: Path, folder: Path) -> None:
    copy = shutil.copyfile(path, folder / "copy.db")
    for each in (path, copy):
        each.chmod(0o644)
    SourceLock(path, "pbx").release()
    loaded = "sys.path[:0] = eval(sys.argv[5]); from ccmon.database.restore import restore"
    program = [
        sys.executable,
        "-I",
        "-c",
        f"import sys; {loaded}{AS_USER}{RESTORE}",
        READER,
        GROUP,
        path,
        copy,
        sys.path,
    ]
    run = subprocess.run(list(map(str, program)), capture_output=True, text=True, check=True)
    assert run.stdout == (f"{path} {MAY_ONLY_READ}\n")


@pytest.mark.skipif(not IS_ROOT, reason="only root can be others")
@pytest.mark.parametrize("group", [GROUP, LOOKING])
def test_who_may_write_the_database_and_not_open_a_lock_is_told_the_command(path: Path, group: int) -> None:
    """Left of a time in which nobody else might act."""
    path.chmod(0o660)
    lock = lock_of(path)
    lock.touch()
    os.chown(lock, OWNER, group)
    lock.chmod(0o600)
    with as_account(READER, {GROUP}), pytest.raises(CcmonError) as raised:
        SourceLock(path, "pbx")
    regroup = "" if group == GROUP else f"sudo chgrp {GROUP} {lock}; "
    assert str(raised.value) == (
        f"{lock} is closed to this user, who may write the database itself; an administrator: "
        f"{regroup}sudo chmod g+rw {lock}"
    )
    with as_account(READER, {GROUP}), closing(sqlite3.connect(path)) as connection:
        finding = next(iter(doctor.examine(path, connection, 0)))
    assert finding.verdict == "wrong"
    assert f"{lock} is closed: sudo ccmon doctor names the commands" in finding.text
    os.chown(lock, OWNER, GROUP)
    lock.chmod(0o660)
    with as_account(READER, {GROUP}), closing(sqlite3.connect(path)) as connection:
        SourceLock(path, "pbx").release()
        assert next(iter(doctor.examine(path, connection, 0))).verdict == "ok"


def test_a_list_that_a_lock_has_goes_with_that_of_the_database(lists: Path) -> None:
    SourceLock(lists, "pbx").release()
    assert access_list.has_list(lock_of(lists))
    os.removexattr(lists, access_list.ACCESS)
    lists.chmod(0o640)
    SourceLock(lists, "pbx").release()
    assert not access_list.has_list(lock_of(lists))
    assert stat.S_IMODE(lock_of(lists).stat().st_mode) == 0o600


def test_a_lock_of_an_earlier_ccmon_is_closed_to_readers(path: Path) -> None:
    lock_of(path).touch()
    lock_of(path).chmod(0o640)
    lock = SourceLock(path, "pbx")
    assert stat.S_IMODE(lock_of(path).stat().st_mode) == 0o600
    assert is_locked(path, "pbx")
    lock.release()
    assert not is_locked(path, "pbx")


def link(place: Path, target: Path) -> None:
    place.symlink_to(target)


def dangling(place: Path, target: Path) -> None:
    target.unlink()
    place.symlink_to(target)


def hard_link(place: Path, target: Path) -> None:
    place.hardlink_to(target)


def fifo(place: Path, target: Path) -> None:
    os.mkfifo(place)


@pytest.mark.parametrize("put", [link, dangling, hard_link, fifo, lambda place, target: place.mkdir()])
def test_what_lies_in_the_locks_place_is_neither_followed_nor_changed(
    path: Path, folder: Path, put: Callable[[Path, Path], None]
) -> None:
    target = folder / "private"
    target.write_text("private")
    target.chmod(0o644)
    put(lock_of(path), target)
    before = {each.name: each.lstat() for each in folder.iterdir()}
    with pytest.raises(CcmonError, match=r"(is no lock of a ccmon|is a link or a directory).* see who put it there"):
        Writer(path, source="pbx", kind="queue-log")
    assert {each.name: each.lstat() for each in folder.iterdir()} == before
    assert is_locked(path, "pbx") is False


def test_a_lock_that_a_reader_has_made_is_refused(path: Path) -> None:
    if IS_ROOT:
        assert as_user(READER, "open(sys.argv[3], 'w').close()", lock_of(path)).returncode == 0
        with pytest.raises(CcmonError, match="is no lock of a ccmon that may write the database"):
            SourceLock(path, "pbx")
        path.chmod(0o660)  # who is of its group now writes the database, too
    SourceLock(path, "pbx").release()


def test_who_cannot_stop_a_service_is_told_who_does(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = SourceLock(path, "pbx")
    monkeypatch.setattr(os, "geteuid", lambda: OWNER)
    with pytest.raises(CcmonError) as refused:
        SourceLock(path, "pbx")
    assert str(refused.value) == (
        f'Another ccmon is writing the source "pbx" of {path}; stop it and run this again; if it is a service, an '
        "administrator stops it: sudo systemctl stop ccmon-follow"
    )
    lock.release()


def test_one_database_has_one_lock_by_whichever_name(path: Path, folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    other = folder / "elsewhere/other.db"
    other.symlink_to(path)
    lock = SourceLock(other, "pbx")
    with pytest.raises(
        CcmonError, match=r"Another ccmon is writing .*; stop it \(a service: sudo systemctl stop ccmon-follow\)"
    ):
        SourceLock(path, "pbx")
    assert is_locked(other, "pbx")
    lock.release()


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_sqlites_own_files_are_not_made_through_a_link(path: Path, folder: Path, suffix: str) -> None:
    path.with_name(path.name + suffix).symlink_to(folder / "made")
    with pytest.raises(CcmonError):
        database_file.open_writer(path)
    assert not (folder / "made").exists()


def test_a_database_is_built_where_nobody_else_can_put_a_link(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name meanwhile cannot be told ahead, and its directory is nobody else's."""
    places: list[os.stat_result] = []
    build = creation._build

    def watched(unfinished: Path, *arguments: object) -> None:
        assert unfinished.parent != folder
        places.append(unfinished.parent.stat())
        build(unfinished, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(creation, "_build", watched)
    (folder / f".calls.db.{os.getpid()}.new").symlink_to(folder / "made")
    creation.create(folder / "calls.db", time_zone="UTC")
    (place,) = places
    assert (place.st_mode & 0o777, place.st_uid) == (0o700, os.geteuid())
    assert {each.name for each in folder.iterdir()} == {"calls.db", f".calls.db.{os.getpid()}.new"}
    assert (folder / "calls.db").stat().st_gid == GROUP
