"""Connections that notice when the files they have open no longer lie beside their database.

SQLite keeps its wal and shm file open by themselves, not by name. Where somebody deletes them under it, it goes on with
files that nobody else can see, and every other program begins new ones: what is written then is lost, and two programs
may spoil the database for each other (sqlite.org/howtocorrupt.html, 4). So whoever is about to read or write asks
`Connection.check` first, and begins anew where it raises.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import struct
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_SHARED_BYTE: Final = 0x40000002
"""Where SQLite's locks lie in a database file: who holds it, has the file open (sqlite3's os.h, SHARED_FIRST)."""
_WAL, _SHM = "-wal", "-shm"

_all: weakref.WeakSet[Connection] = weakref.WeakSet()
_all_lock = threading.Lock()


class ReplacedError(sqlite3.OperationalError):
    """A file that a connection works with no longer lies where it was: what goes in is lost. Its value is the path."""


def file_identity(path: str | Path) -> tuple[int, int] | None:
    """Device and inode of the file at a path; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 (asked several times at each poll; a Path made for it costs more)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def sqlite_address(path: Path, mode: str = "ro") -> str:
    """What SQLite calls a file, and how it is opened; `Path.as_uri` would import all that knows of addresses."""
    name = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file://{name}?mode={mode}"


class Connection(sqlite3.Connection):
    """A connection to a database; `watch` it once it has read."""

    _path: Path | None = None

    def watch(self, path: Path, *, writes: bool) -> None:
        """From now on notice when one of the files that are open now no longer lies in its place."""
        self._writes = writes
        self._name = str(path)
        self._path = Path(os.path.realpath(path))
        self._files = {suffix: file_identity(self._beside(suffix)) for suffix in ("", _WAL, _SHM)}
        with _all_lock:
            _all.add(self)

    def check(self) -> None:
        """Raise unless all is as it was; any thread may ask, and it costs three looks at a directory.

        Raises:
            ReplacedError: a file was removed or replaced.
        """
        # By the name that was given: it may be a link, and lead to another file by now.
        if self._path is not None and self._files[""] != file_identity(self._name):
            raise ReplacedError(self._name)
        for suffix in self._lost():
            raise ReplacedError(f"{self._name}{suffix}")

    def close(self) -> None:
        """Close it; what it has written is brought into the database first where its wal file is gone."""
        with _all_lock:
            _all.discard(self)
        if self._path is None or not self._writes or not self._lost():
            super().close()
            return
        with _nobody_alone(self._path):
            if _WAL in self._lost():
                self._bring_in(self._path)
            super().close()

    def shares_lost_files(self, path: Path) -> bool:
        """Whether another connection of this process to the database at a path would be given files that are gone."""
        return self._path is not None and file_identity(path) == self._files[""] and bool(self._lost())

    def _bring_in(self, path: Path) -> None:
        """Write what lies in the wal file that is gone into the database, unless somebody has begun another since."""
        if file_identity(path) != self._files[""]:
            return
        with suppress(FileNotFoundError):
            if Path(self._beside(_WAL)).stat().st_size:
                return
        with suppress(sqlite3.Error):
            if self.in_transaction:
                self.execute("ROLLBACK")
            self.execute("PRAGMA wal_checkpoint(FULL)")
        # It is the index of the wal file that is gone: whoever opens the database must not believe it.
        if _SHM not in self._lost():
            Path(self._beside(_SHM)).unlink(missing_ok=True)

    def _lost(self) -> list[str]:
        """Which of the two files beside the database are not those that are open here."""
        if self._path is None:
            return []
        known = ((suffix, self._files[suffix]) for suffix in (_WAL, _SHM))
        return [suffix for suffix, file in known if file is not None and file != file_identity(self._beside(suffix))]

    def _beside(self, suffix: str) -> str:
        return f"{self._path}{suffix}"


def check_none_lost(path: Path) -> None:
    """Raise where this process still has a connection to a database whose wal or shm file is gone.

    SQLite would give a new connection the old one's shm file with the new wal file: it must be closed first.

    Raises:
        ReplacedError: there is such a connection.
    """
    with _all_lock:
        for connection in _all:
            if connection.shares_lost_files(path):
                connection.check()


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE", *, keep: bool = True) -> Iterator[None]:
    """One transaction: rolled back where the body raises, or where nothing of it is to be kept."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT" if keep else "ROLLBACK")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """Inside a transaction: what is written within stays, or, where the body raises, nothing of it."""
    connection.execute("SAVEPOINT batch")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK TO batch")
            connection.execute("RELEASE batch")
        raise
    connection.execute("RELEASE batch")


@contextmanager
def _nobody_alone(path: Path) -> Iterator[None]:
    """Hold a lock on the database that is not this process's own: for SQLite, another program has it open.

    Closing the last connection would otherwise remove files of the wal's and shm's name, whoever they are by now. The
    descriptor is closed after the connection, with which all locks of this process on the file have gone.
    """
    file = None
    try:
        with suppress(OSError, AttributeError):
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, _SHARED_BYTE, 1, 0)
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, lock)
        yield
    finally:
        if file is not None:
            os.close(file)
