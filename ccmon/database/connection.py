"""Connections that notice when the files they have open are no longer those beside their database.

SQLite keeps its wal and shm file open by descriptor, not by name. If somebody deletes them, it goes on with files that
nobody else can see, and every other program begins new ones: what is written then is lost, and two programs may corrupt
the database (sqlite.org/howtocorrupt.html, 4). So callers call `Connection.check` before they read or write, and open
a new connection if it raises.

Where neither file is there and this user cannot make them, the database is whole, and is read without both, and without
locks (`immutable` of SQLite's). Only `Connection.check_unchanged` then tells whether others have written meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
import struct
import time
import weakref
from _thread import allocate_lock  # threading takes as long as three of our modules
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SHARED_BYTE = 0x40000002
"""A byte among SQLite's locks in a database file: whoever locks it has the file open (sqlite3's os.h, SHARED_FIRST)."""
_WAL, _SHM, _JOURNAL = "-wal", "-shm", "-journal"
_SETTLED_NS = 50_000_000
"""When a file has certainly another time after the next change: its times advance by up to 10 ms at once."""

_TRIES = 4
"""How often a file is looked at that others write without a pause."""
StateAtRest = tuple[int, int, int, int, int]
"""Device, inode, size, and when the content and when anything changed, in nanoseconds."""

_all: weakref.WeakSet[Connection] = weakref.WeakSet()
_all_lock = allocate_lock()


class ReplacedError(sqlite3.OperationalError):
    """A file of a connection was removed or replaced: what is written to it is lost. Its argument is the path."""


class ChangedError(sqlite3.OperationalError):
    """A database was written while it was read without locks: what was read is of no use. Its argument is the path."""


def state_at_rest(path: str | Path) -> StateAtRest | None:
    """What differs once a whole database file is written or replaced; None if a file beside it belongs to it."""
    real = os.path.realpath(path)
    try:
        if any(os.path.lexists(f"{real}{suffix}") for suffix in (_WAL, _SHM, _JOURNAL)):
            return None
        found = os.stat(real)  # noqa: PTH116
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def settled_state(path: str | Path) -> StateAtRest | None:
    """As `state_at_rest`; waits until the next change is sure to make another state. None also if it never is."""
    for _ in range(_TRIES):
        state = state_at_rest(path)
        if state is None or not 0 <= time.time_ns() - max(state[-2:]) < _SETTLED_NS:
            return state
        time.sleep(_SETTLED_NS / 1e9)
    return None


def file_identity(path: str | Path) -> tuple[int, int] | None:
    """Device and inode of the file at a path; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 (asked several times at each poll; a Path made for it costs more)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def sqlite_address(path: Path, mode: str = "ro", *, immutable: bool = False) -> str:
    """SQLite's URI of a file and how it is opened; `Path.as_uri` would import the modules for URLs."""
    name = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file://{name}?mode={mode}{'&immutable=1' if immutable else ''}"


class Connection(sqlite3.Connection):
    """A connection to a database; `watch` it once it has read."""

    _path: Path | None = None
    _read_at_rest: tuple[Path, StateAtRest] | None = None

    def expect(self, path: Path, state: StateAtRest) -> None:
        """From now on, hold this reading without locks for valid only while the file at a path has this state."""
        self._read_at_rest = path, state

    @property
    def is_immutable(self) -> bool:
        """Whether this reads without locks."""
        return self._read_at_rest is not None

    def check_unchanged(self) -> None:
        """Raise if this reads without locks and others have written since; needed before and after each reading.

        Raises:
            ChangedError: they have.
        """
        if self._read_at_rest is not None:
            path, state = self._read_at_rest
            if state_at_rest(path) != state:
                raise ChangedError(str(path))

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """A reading; also an error in it may come from what others write meanwhile.

        Raises:
            ChangedError: others have written.
        """
        try:
            yield
        finally:
            self.check_unchanged()

    def watch(self, path: Path, *, writes: bool) -> None:
        """From now on, notice when one of the files open now is removed or replaced."""
        self._writes = writes
        self._name = str(path)
        self._path = Path(os.path.realpath(path))
        self._files = {suffix: file_identity(self._beside(suffix)) for suffix in ("", _WAL, _SHM)}
        with _all_lock:
            _all.add(self)

    def check(self) -> None:
        """Raise unless all files are in place; any thread may call it, and it costs three `stat` calls.

        Raises:
            ReplacedError: a file was removed or replaced.
            ChangedError: others write what is read here without locks.
        """
        self.check_unchanged()
        # By the name that was given: it may be a link, and lead to another file by now.
        if self._path is not None and self._files[""] != file_identity(self._name):
            raise ReplacedError(self._name)
        for suffix in self._lost():
            raise ReplacedError(f"{self._name}{suffix}")

    def close(self) -> None:
        """Close the connection; if its wal file is gone, first bring what it has written into the database."""
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
        # It is the index of the deleted wal file: nobody who opens the database may trust it.
        if _SHM not in self._lost():
            Path(self._beside(_SHM)).unlink(missing_ok=True)

    def _lost(self) -> list[str]:
        """Which of the two files beside the database are no longer those open here."""
        if self._path is None:
            return []
        lost = []
        for suffix in (_WAL, _SHM):
            file = self._files[suffix]
            if file is not None and file != file_identity(self._beside(suffix)):
                lost.append(suffix)
        return lost

    def _beside(self, suffix: str) -> str:
        return f"{self._path}{suffix}"


def check_none_lost(path: Path) -> None:
    """Raise if this process still has a connection to the database at a path that lost its wal or shm file.

    SQLite would give a new connection the old one's shm file with the new wal file, so the old must be closed first.

    Raises:
        ReplacedError: there is such a connection.
    """
    with _all_lock:
        for connection in _all:
            if connection.shares_lost_files(path):
                connection.check()


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE", *, keep: bool = True) -> Iterator[None]:
    """One transaction; rolled back if the body raises, or without `keep`."""
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
    """A savepoint in a transaction: if the body raises, nothing that it wrote stays."""
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
    """Hold a lock that makes SQLite believe that another program has the database open.

    Closing the last connection would otherwise remove the files with the names of wal and shm, even if they are new
    ones. The descriptor is closed after the connection, when this process has no locks on the file any more.
    """
    import fcntl  # noqa: PLC0415 (few connections ever lose a file)

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
