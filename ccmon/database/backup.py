"""Copies of a call database: made while it is in use, dated, checked, pruned."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ccmon.database import creation, database_file
from ccmon.database.connection import sqlite_address, transaction
from ccmon.database.copies import DATED, Backup, backups
from ccmon.database.owners import owner_as_set_up
from ccmon.database.sqlite_errors import translate_errors
from ccmon.errors import CcmonError, os_error

PAGES_AT_ONCE = 4096
"""Pages copied between two reports of progress."""

Progress = Callable[[int, int], None]
"""Told how many pages have been copied, and how many there are."""


def back_up(database: Path, directory: Path, *, progress: Progress | None = None) -> Backup:
    """Copy a database as it is at this moment; whoever writes into it meanwhile is not held up.

    The copy appears under its name once it has been written to the disk and found whole. It gets the owner (where this
    user may give it), group and permissions of the database; so does a directory that is made for it, which those who
    may read the copies may look into.

    Args:
        database: the database.
        directory: where the copy is to lie; made if missing.
        progress: told how far the copying has come.

    Raises:
        CcmonError: the database cannot be read, the directory cannot be written, another backup into it is being made,
            or the copy is not whole.
    """
    if directory.exists() and not directory.is_dir():
        raise CcmonError(f"{directory} is a file; name a directory for the copies.")
    database_file.check_file(database)
    try:
        if not directory.exists():
            directory.mkdir(parents=True, mode=0o750)
            _give_owner_of(database, directory)
            directory.chmod(0o2750)  # whoever makes a copy, it belongs to the group
        with _alone_in(directory):
            unfinished = directory / f".{database.stem}.unfinished"
            try:
                copy_at_one_moment(database, unfinished, progress)
                check(unfinished)
                give_rights_of(database, unfinished)
                made = _next(database, directory)
                unfinished.replace(made.path)
            finally:
                for suffix in ("", "-journal"):
                    unfinished.with_name(f"{unfinished.name}{suffix}").unlink(missing_ok=True)
            sync(directory)
    except OSError as error:
        raise CcmonError(os_error(f"No copy can be written into {directory}", error)) from error
    return made


def _next(database: Path, directory: Path) -> Backup:
    """The name of a copy that is made now, which no copy has yet."""
    made_at = datetime.now(UTC).replace(microsecond=0)
    while (path := directory / f"{database.stem}-{made_at.strftime(DATED)}.db").exists():
        made_at += timedelta(seconds=1)
    return Backup(path, made_at)


def prune(database: Path, directory: Path, keep: int) -> list[Path]:
    """Delete the oldest copies of a database, and return those deleted.

    Args:
        database: the database.
        directory: where its copies lie; other files in it stay.
        keep: how many of the newest stay, at least 1.

    Raises:
        CcmonError: one cannot be deleted.
    """
    deleted = [backup.path for backup in backups(database, directory)[max(1, keep) :]]
    for path in deleted:
        try:
            path.unlink()
        except OSError as error:
            raise CcmonError(os_error(f"The old copy {path} cannot be deleted", error)) from error
    return deleted


def check(path: Path) -> None:
    """Look whether a copy is a whole call database.

    Raises:
        CcmonError: it is not.
    """
    database_file.check_file(path)
    with translate_errors(path), closing(_opened_alone(path)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise CcmonError(f"{path} is damaged ({found}); it cannot be used, make another copy.")


def _opened_alone(path: Path) -> sqlite3.Connection:
    """A connection to a copy that nobody writes: no file is made beside it."""
    return sqlite3.connect(sqlite_address(path, immutable=True), uri=True, isolation_level=None)


def copy_at_one_moment(database: Path, copy: Path, progress: Progress | None = None) -> None:
    """Copy all of a database, as it is at one moment, into a new file, and write that to the disk.

    Raises:
        CcmonError: the database cannot be read, or the disk is full.
        OSError: the file cannot be made.
    """
    with database_file.open_for_reading(database, older=True) as source:
        copy.unlink(missing_ok=True)  # of a backup that was killed
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
        with transaction(source, "BEGIN", keep=False):
            source.execute("PRAGMA schema_version").fetchone()  # from here on, what others write is not seen
            with translate_errors(copy), closing(sqlite3.connect(copy, isolation_level=None)) as target:
                target.execute("PRAGMA synchronous = OFF")

                def report(_: int, left: int, total: int) -> None:
                    if progress is not None:
                        progress(total - left, total)

                source.backup(target, pages=PAGES_AT_ONCE, progress=report, sleep=0)
                target.execute("PRAGMA journal_mode = DELETE")  # so that it is read without a file beside it
    sync(copy)


def copy_to(database: Path, place: Path, progress: Progress | None = None, *, keeps_rights: bool) -> None:
    """Copy a database to another place, where it appears whole or not at all; it is one to be worked with, no backup.

    Args:
        database: the database, into which nobody writes.
        place: where it is to lie; nothing may be there yet.
        progress: told how far the copying has come.
        keeps_rights: give it group and permissions of the database; else it is for this account alone.

    Raises:
        CcmonError: the database cannot be read, the place is taken or cannot be written, or the copy is not whole.
    """
    try:
        with creation.own_folder(place) as folder:
            unfinished = folder / place.name
            copy_at_one_moment(database, unfinished, progress)
            check(unfinished)
            database_file.upgrade(unfinished)
            if keeps_rights:
                give_rights_of(database, unfinished)
            sync(unfinished)
            creation.put_in_place(unfinished, place)
        sync(place.parent)
    except OSError as error:
        raise CcmonError(os_error(f"{database} cannot be copied to {place}", error)) from error


def sync(path: Path) -> None:
    """Have a file, or a directory's entries, on the disk when this returns."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def give_rights_of(database: Path, copy: Path) -> None:
    """Give a copy the permissions and group of a database, and its owner where this user may.

    Where the group cannot be given, the copy is for its owner alone: another group may have fewer rights.
    """
    _give_owner_of(database, copy)
    found = database.stat()
    copy.chmod(found.st_mode & (0o660 if copy.stat().st_gid == found.st_gid else 0o600))


def _give_owner_of(database: Path, path: Path) -> None:
    """Give a file or directory the group of a database, and where this user may, the owner that it is to have."""
    with suppress(PermissionError):
        os.chown(path, -1, database.stat().st_gid)
    with suppress(PermissionError):
        os.chown(path, owner_as_set_up(database), -1)


@contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Hold the lock by which one backup at a time is made into a directory.

    The directory itself is locked: a file for it would belong to the account that was there first.
    """
    lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CcmonError(f"Another backup is being made into {directory}; wait until it has ended.") from None
        yield
    finally:
        os.close(lock)
