"""One writer per source: a lock on a file beside the database, which the system releases when the process ends.

Only users who may write the database can open that file: anybody who could read it could hold the lock for ever. It is
never opened through a link, which anybody who may write in the directory could have put in its place.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shlex
import stat
from pathlib import Path

from ccmon.database import access_list
from ccmon.database.sqlite_errors import MAY_ONLY_READ
from ccmon.errors import CcmonError, os_error
from ccmon.model.sources import DEFAULT_SERVICE


def stop_it() -> str:
    """What to do about a program that writes what somebody else is to write; ends a sentence."""
    command = f"sudo systemctl stop {DEFAULT_SERVICE}"
    if os.geteuid() == 0:
        return f"stop it (a service: {command}) and run this again."
    return f"stop it and run this again; if it is a service, an administrator stops it: {command}"


class SourceLock:
    """Held from construction until `release` or the end of the process."""

    def __init__(self, database: Path, source: str, *, make: bool = True) -> None:
        """Take the lock.

        Args:
            database: the call database.
            source: its name.
            make: whether its file is made if missing. Without one, nobody has ever written this source.

        Raises:
            CcmonError: another process holds it, the directory cannot be written, or the file there is no lock of
                somebody who may write the database.
        """
        self._file: int | None = None
        if not database.is_file():
            return  # opening the database reports what is wrong with it
        if not make and not os.path.lexists(_lock_file(database, source)):
            return
        self._file = _opened(_lock_file(database, source), database)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise CcmonError(f'Another ccmon is writing the source "{source}" of {database}; {stop_it()}') from None

    def release(self) -> None:
        """Release the lock. The file stays: removing it would let two processes each hold one."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = None


_ALL_PROCESSES = 4026531836
"""Linux's first process namespace. Within any other, such as a container's, the locks of those outside are not seen."""


def is_locked(database: Path, source: str, namespace: int | None = None) -> bool | None:
    """Whether some process on this machine holds a source's lock; None if the system does not say.

    It does not try to take the lock: a process starting at this moment would be turned away.

    Args:
        database: the call database.
        source: its name.
        namespace: the process namespace of the process that held it last; None: not known.
    """
    try:
        inode = _lock_file(database, source).lstat().st_ino
        held = Path("/proc/locks").read_text(encoding="ascii")
    except FileNotFoundError as error:
        return None if error.filename == "/proc/locks" else False
    except OSError:
        return None
    is_held = any(
        fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(inode)
        for fields in map(str.split, held.splitlines())
        if len(fields) > 5
    )
    if is_held:
        return True
    return False if sees_all_processes() or (namespace is not None and namespace == process_namespace()) else None


def sources_with_lock(database: Path) -> list[str]:
    """The sources beside a database that somebody has ever written, as their locks name them."""
    name = database.resolve().name
    return [lock.name.removeprefix(f"{name}-").removesuffix(".lock") for lock in lock_files(database)]


def lock_files(database: Path) -> list[Path]:
    """The locks beside a database: who writes it must be able to read and write each of them."""
    return sorted(database.resolve().parent.glob(f"{database.resolve().name}-*.lock"))


def sees_all_processes() -> bool:
    """Whether ``/proc/locks`` shows here what every process of this machine holds."""
    return process_namespace() == _ALL_PROCESSES


def process_namespace() -> int | None:
    """Linux's number of the process namespace that this process is in; None if the system does not say."""
    with contextlib.suppress(OSError):
        return Path("/proc/self/ns/pid").stat().st_ino
    return None


def _lock_file(database: Path, source: str) -> Path:
    """The lock's path, beside the database itself, whatever link it was opened by: as SQLite places its files."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", source)
    database = database.resolve()
    return database.with_name(f"{database.name}-{name}.lock")


def _closed(path: Path, of_database: os.stat_result) -> CcmonError:
    """The error about a lock that is closed to somebody who may write the database."""
    command = "sudo ccmon doctor names the commands that open it"
    if of_database.st_mode & stat.S_IWGRP and of_database.st_gid in {os.getegid(), *os.getgroups()}:
        of_group = path.stat().st_gid == of_database.st_gid
        words = [] if of_group else [f"sudo chgrp {of_database.st_gid} {shlex.quote(str(path))}"]
        command = "; ".join([*words, f"sudo chmod g+rw {shlex.quote(str(path))}"])
    return CcmonError(
        f"{path} is closed to this user, who may write the database itself", command=f"an administrator: {command}"
    )


def _opened(path: Path, database: Path) -> int:
    """The lock's file, created if missing, accessible only to users who may write the database."""
    database_stat = database.stat()
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if path.is_symlink() or path.is_dir():
            raise CcmonError(f"{path} is a link or a directory and no lock file; see who put it there.") from None
        if path.exists():
            if not os.access(database, os.W_OK):
                raise CcmonError(f"{database} {MAY_ONLY_READ}") from None
            if isinstance(error, PermissionError):
                raise _closed(path, database_stat) from None
            raise CcmonError(os_error(f"{path} cannot be opened", error)) from None
        raise CcmonError(f"{path} cannot be made: {error.strerror}; ccmon must write beside its database.") from None
    try:
        found = os.fstat(file)
        entries = access_list.writers(database)
        shared = any(rights for kind, rights, _ in entries if kind != access_list.OWNER)
        owners = {os.geteuid(), database_stat.st_uid, 0}
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or not (shared or found.st_uid in owners):
            raise CcmonError(f"{path} is no lock of a ccmon that may write the database; see who put it there.")
        if found.st_uid == os.geteuid() and (os.geteuid() == 0 or shared):  # as SQLite does with its files
            with contextlib.suppress(OSError):
                os.fchown(file, database_stat.st_uid if os.geteuid() == 0 else -1, database_stat.st_gid)
        if os.geteuid() in {found.st_uid, 0}:
            is_its_group = os.fstat(file).st_gid == database_stat.st_gid
            access_list.give(file, entries if is_its_group else access_list.without_group(entries))
    except BaseException:
        os.close(file)
        raise
    return file
