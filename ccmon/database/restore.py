"""Putting a copy back in the place of a call database that nobody is writing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ccmon.database import access_list, backup, database_file
from ccmon.database.copies import DATED
from ccmon.database.left_behind import JOURNALS, check_none_left_behind
from ccmon.database.site_moves import keep_site_move
from ccmon.database.source_lock import SourceLock, sources_with_lock, stop_it
from ccmon.errors import CcmonError, os_error
from ccmon.subprocesses import is_ccmon


class Restored(NamedTuple):
    """What `restore` has done."""

    schema: int
    """The version of the schema, to which an older copy was brought."""
    before: tuple[Path, ...]
    """The database as it was before, with the log beside it if it was damaged; empty: there was none."""


class Program(NamedTuple):
    """A process that has a database open."""

    process: int
    words: tuple[str, ...]
    """Its command line; empty where it has ended or has none."""

    @property
    def is_ours(self) -> bool:
        """Whether it is a ccmon: those that write hold locks, and those that look notice by themselves."""
        return is_ccmon(self.words)


def restore(copy: Path, database: Path, record: Callable[[Path, Path], object] | None = None) -> Restored:
    """Put a copy in the place of a database. What was there is kept beside it under a name of its own.

    Monitors that are open go on with what was put back; a follower of a log that is started again continues where the
    copy ends (`ccmon.database.restore_losses` says what others cannot report again).

    Args:
        copy: a file that `ccmon.database.backup.back_up` has made, or another call database that nobody writes.
        database: where it is to lie; it need not exist.
        record: called with what is about to be put back and the path where it is to lie, to note who did it.

    Raises:
        CcmonError: the copy is not whole, something still writes into the database, only its log is there, or a file
            cannot be written.
    """
    _check_named(copy)
    backup.check(copy)
    if any(copy.with_name(f"{copy.name}{suffix}").exists() for suffix in JOURNALS):
        raise CcmonError(
            f"{copy} is in use as a database itself; make a copy of it by ccmon backup, and name that one."
        )
    check_none_left_behind(database)
    database = database.resolve()
    ready = database.with_name(f".{database.name}.restored")
    try:
        with nobody_writing(database):
            shutil.copyfile(copy, ready)
            schema = database_file.upgrade(ready)
            keep_site_move(database, ready)
            if record is not None:
                record(ready, database)
            _give_rights(copy, database, ready)
            backup.sync(ready)
            before = _keep_former(database) if database.exists() else ()
            for suffix in (*JOURNALS, "-shm"):  # a log of what was there would be taken for one of what is put there
                database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)
            ready.replace(database)
            backup.sync(database.parent)
    except OSError as error:
        raise CcmonError(os_error(f"The copy cannot be put in the place of {database}", error)) from error
    finally:
        for suffix in ("", *JOURNALS, "-shm"):
            with suppress(OSError):
                ready.with_name(f"{ready.name}{suffix}").unlink(missing_ok=True)
    return Restored(schema, before)


def _give_rights(copy: Path, database: Path, ready: Path) -> None:
    """Give what is to be a database the rights of the one that was there; if there is none, those of its copy.

    All may go on reading it who could. Where a change by hand has taken the right to write it from the group that may
    write in its directory, and the copy still has it, that is given back: such a database cannot be acted on.
    """
    if not database.exists():
        backup.give_rights_of(copy, ready)
        return
    access_list.give_same(database, ready)
    backup.give_rights_of(database, ready)
    mode = ready.stat().st_mode | database.stat().st_mode & 0o006
    folder, copied = database.parent.stat(), copy.stat()
    if folder.st_mode & copied.st_mode & 0o020 and copied.st_gid == folder.st_gid:
        with suppress(PermissionError):
            if ready.stat().st_uid == 0:
                os.chown(ready, folder.st_uid, -1)
            os.chown(ready, -1, folder.st_gid)
        if ready.stat().st_gid == folder.st_gid:
            mode |= 0o660
    ready.chmod(mode)


def _check_named(copy: Path) -> None:
    if copy.is_dir():
        copies = sorted(copy.glob("*-????-??-??T??????Z.db"))
        newest = f", such as the newest: {copies[-1]}" if copies else ""
        raise CcmonError(f"{copy} is a directory; name one of the copies in it{newest}.")
    if not copy.is_file():
        raise CcmonError(f"There is no copy {copy}; name a file that ccmon backup has made.")
    if not copy.stat().st_size:
        raise CcmonError(f"{copy} is empty and no copy; name another file that ccmon backup has made.")


def programs_with(database: Path) -> list[Program]:
    """The other processes of this machine that have a database open; none where the system does not say."""
    try:
        inode = database.with_name(f"{database.name}-shm").stat().st_ino
        held = Path("/proc/locks").read_text(encoding="ascii")
    except OSError:
        return []
    locks = [fields for fields in map(str.split, held.splitlines()) if "->" not in fields]
    numbers = {int(fields[4]) for fields in locks if fields[5].rpartition(":")[2] == str(inode)}
    return [Program(number, _words(number)) for number in sorted(numbers - {os.getpid()})]


def _words(process: int) -> tuple[str, ...]:
    try:
        text = Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(text.rstrip("\0").split("\0")) if text else ()


@contextmanager
def nobody_writing(database: Path) -> Iterator[None]:
    """Hold the lock of each source, so that no follower and no import can begin.

    Raises:
        CcmonError: one is at work, or another program has the database open.
    """
    with ExitStack() as held:
        for source in sources_with_lock(database):
            held.callback(SourceLock(database, source).release)
        for program in programs_with(database):
            if not program.is_ours:
                name = Path(program.words[0]).name if program.words else "a program"
                raise CcmonError(
                    f"{name} (process {program.process}) has {database} open and may write into it; {stop_it()}"
                )
        yield


def former_name(database: Path, moment: str = "…") -> str:
    """Under which name a database is kept beside the copy that takes its place.

    Args:
        database: the database.
        moment: when that is, as `ccmon.database.copies.DATED` writes it; left out where it is still to come.
    """
    return f"{database.stem}-before-restore-{moment}.db"


def _keep_former(database: Path) -> tuple[Path, ...]:
    """Keep a database under another name beside it; return the files."""
    moment = datetime.now(UTC).strftime(DATED)
    kept = database.with_name(former_name(database, moment))
    try:
        backup.copy_at_one_moment(database, kept)
    except CcmonError:  # damaged: as it is, with the log that belongs to it
        kept.unlink(missing_ok=True)
        for suffix in JOURNALS:
            with suppress(FileNotFoundError):
                shutil.copyfile(database.with_name(f"{database.name}{suffix}"), kept.with_name(f"{kept.name}{suffix}"))
        shutil.copyfile(database, kept)
    files = tuple(filter(Path.exists, (kept, *(kept.with_name(f"{kept.name}{suffix}") for suffix in JOURNALS))))
    for file in files:
        backup.give_rights_of(database, file)
    return files
