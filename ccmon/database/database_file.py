"""Opening and upgrading the call database, which is one SQLite file in WAL mode.

Whoever opens a path here gets either a connection to a call database of this version of ccmon or a
`ccmon.errors.CcmonError` with one sentence. A file that is no call database is recognized by its first hundred bytes,
so SQLite never opens it and no file is made beside it.

They are read before the first connection of a process, and never again: closing a file releases all locks that the
process has on it, including those of SQLite's connections, and the last writer would then remove the wal file while
a reader still uses it (sqlite.org/howtocorrupt.html, 2.2).
"""

from __future__ import annotations

import functools
import os
import sqlite3
import stat
from _thread import allocate_lock
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from ccmon.database.connection import Connection, check_none_lost, settled_state, sqlite_address, transaction
from ccmon.database.sql_files import split
from ccmon.database.sqlite_errors import cannot_make_files, translate_errors
from ccmon.errors import CcmonError, NoRightError, os_error

APPLICATION_ID = 0x63636D6E
"""``PRAGMA application_id`` of a call database: the letters "ccmn"."""

OLDEST_SQLITE = (3, 37, 0)
"""The first version with STRICT tables."""

_READER_TIMEOUT_S = 2.0
_WRITER_TIMEOUT_S = 10.0
_READER_CACHE_KIB = 256
"""Small: there are many monitors, and the system caches the file for all of them; new memory costs more than that."""
_WRITER_CACHE_KIB = 8_192
"""A log or table of any length is imported in 64 MiB of memory: rows come in order, so a larger cache gains little."""
_HEADER = b"SQLite format 3\x00"
_connected: set[tuple[int, int]] = set()
"""Files to which this process has, or has had, connections."""
_connecting = allocate_lock()


def _migration_files() -> list[Path]:
    folder = Path(__file__).parent / "schema"
    return [folder / name for name in sorted(os.listdir(folder)) if name.endswith(".sql")]  # noqa: PTH208 (each start does)


@functools.cache
def migrations() -> tuple[tuple[int, str], ...]:
    """Number and text of each file in ``database/schema``, in order. The last number is this ccmon's schema."""
    return tuple((int(file.name[:4]), file.read_text(encoding="utf-8")) for file in _migration_files())


@functools.cache
def schema_version() -> int:
    """The schema that this ccmon reads and writes: ``PRAGMA user_version`` of an up-to-date database."""
    return int(_migration_files()[-1].name[:4])


def open_reader(path: Path, *, any_thread: bool = False, older: bool = False) -> Connection:
    """A connection that can only read. The caller closes it, and if it `is_immutable`, asks after each reading.

    Args:
        path: the database.
        any_thread: whether several threads use it, one at a time.
        older: whether the schema may be an older one.

    Raises:
        CcmonError: no call database of this version is there, or it cannot be read.
    """
    with _connected_to(path, "ro", _READER_TIMEOUT_S, any_thread=any_thread) as connection, connection.unchanged():
        _only_read(connection)
        read_schema(connection)
        if older:
            _check_newer(path, _version(connection))
        else:
            _check_version(path, _version(connection))
        connection.watch(path, writes=False)
    return connection


def open_writer(path: Path) -> Connection:
    """A connection that writes, in autocommit but within `ccmon.database.connection.transaction`.

    An older schema is brought up to date first.

    Raises:
        CcmonError: no call database is there, it cannot be written, or its schema is newer than this ccmon.
    """
    with _connected_to(path, "rw", _WRITER_TIMEOUT_S) as connection:
        _check_newer(path, _version(connection))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
        migrate(connection)
        connection.watch(path, writes=True)
    return connection


@contextmanager
def open_for_reading(path: Path, *, any_thread: bool = False, older: bool = False) -> Iterator[Connection]:
    """`open_reader` as a context, closed at its end, in which SQLite's errors are translated."""
    opened = closing(open_reader(path, any_thread=any_thread, older=older))
    with opened as connection, translate_errors(path), connection.unchanged():
        yield connection


@contextmanager
def second_reader(path: Path, connection: Connection) -> Iterator[Connection]:
    """Another connection, for any thread, to a database that a reader has open: the file is not checked again.

    It has not read the schema yet.
    """
    immutable = connection.is_immutable
    with closing(_connect(path, "ro", _READER_TIMEOUT_S, any_thread=True, immutable=immutable)) as beside:
        connection.check()
        _only_read(beside)
        yield beside


@contextmanager
def open_for_writing(path: Path) -> Iterator[Connection]:
    """`open_writer` as a context, closed at its end, in which SQLite's errors are translated."""
    with closing(open_writer(path)) as connection, translate_errors(path):
        yield connection


def upgrade(path: Path) -> int:
    """Bring an existing database up to date; return its schema version."""
    open_writer(path).close()
    return schema_version()


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the schema up to date, each migration in a transaction of its own; return how many were applied.

    After the last one, all totals of an older database are recounted in the same transaction.
    """
    applied = 0
    is_new = _version(connection) == 0
    for number, script in migrations():
        if number > _version(connection):
            with transaction(connection, "BEGIN EXCLUSIVE"):
                if number > _version(connection):
                    for statement in split(script):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {number}")
                    applied += 1
                    if number == schema_version() and not is_new:
                        from ccmon.database import totals  # noqa: PLC0415 (an older database alone needs it)

                        totals.rebuild(connection)
    return applied


@contextmanager
def _connected_to(path: Path, mode: str, timeout_s: float, *, any_thread: bool = False) -> Iterator[Connection]:
    """A connection to a call database, closed if the body raises."""
    check_file(path)
    with translate_errors(path), ExitStack() as opened:
        check_none_lost(path)
        connection = _connect(path, mode, timeout_s, any_thread=any_thread)
        opened.callback(connection.close)
        try:
            (application,) = _application(path, connection)  # of a file that was checked long ago
        except sqlite3.OperationalError as error:
            if mode != "ro" or not cannot_make_files(error):
                raise
            connection.close()
            state = settled_state(path)
            # Without it, somebody has made the files meanwhile.
            connection = _connect(path, mode, timeout_s, any_thread=any_thread, immutable=state is not None)
            opened.callback(connection.close)
            if state is not None:
                connection.expect(path, state)
            with connection.unchanged():
                (application,) = _application(path, connection)
        if application != APPLICATION_ID:
            raise _not_ours(path)
        yield connection
        check_none_lost(path)  # again: what was removed meanwhile is noticed by those that had it open before
        opened.pop_all()


def _connect(path: Path, mode: str, timeout_s: float, *, any_thread: bool, immutable: bool = False) -> Connection:
    return sqlite3.connect(
        sqlite_address(path, mode, immutable=immutable),
        uri=True,
        timeout=timeout_s,
        isolation_level=None,
        factory=Connection,
        check_same_thread=not any_thread,
    )


def _application(path: Path, connection: sqlite3.Connection) -> tuple[int]:
    """The application that a database is of; the first thing that is read."""
    try:
        found: tuple[int] = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        # Whoever wrote with a rollback journal was killed: what they began is undone by a connection that may write.
        with closing(_connect(path, "rw", _WRITER_TIMEOUT_S, any_thread=False)) as writer:
            writer.execute("PRAGMA application_id")
        found = connection.execute("PRAGMA application_id").fetchone()
    return found


def _only_read(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = ON")


def read_schema(connection: sqlite3.Connection) -> None:
    """Set how much of the file a reader keeps, for which SQLite reads the schema: that takes 3 ms."""
    connection.execute(f"PRAGMA cache_size = -{_READER_CACHE_KIB}")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def check_sqlite() -> None:
    """Refuse to work with an SQLite that is too old.

    Raises:
        CcmonError: this Python's is.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise CcmonError(f"This Python has SQLite {sqlite3.sqlite_version}, ccmon needs {oldest}: use a newer Python.")


def check_file(path: Path) -> None:
    """Look at the file without SQLite, unless SQLite has it open.

    Raises:
        CcmonError: it is no call database, or one of a newer ccmon, or it cannot be read.
    """
    check_sqlite()
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError
        if not stat.S_ISREG(found.st_mode):
            raise CcmonError(f"{path} is no plain file; name the database file.")
        with _connecting:
            if found.st_size and (found.st_dev, found.st_ino) in _connected:
                return
            with path.open("rb") as file:
                header = file.read(100)
            _check_header(path, header)
            _connected.add((found.st_dev, found.st_ino))
    except FileNotFoundError:
        from ccmon.database import copies  # noqa: PLC0415 (seldom needed)
        from ccmon.database.left_behind import check_none_left_behind  # noqa: PLC0415 (seldom needed)

        check_none_left_behind(path)
        raise CcmonError(f"There is no database {path}", command=copies.how_to_have_one(path)) from None
    except IsADirectoryError:
        raise CcmonError(f"{path} is a directory; name the database file in it.") from None
    except PermissionError:
        raise NoRightError(
            f"{path} cannot be read: this user has no right to it; give the user the right to read it.", str(path)
        ) from None
    except OSError as error:
        raise CcmonError(os_error(f"{path} cannot be read", error)) from None
    except ValueError as error:
        raise CcmonError(f"{path} cannot be a path: {error}; name the database file.") from None


def _check_header(path: Path, header: bytes) -> None:
    if not header:
        raise CcmonError(f"{path} is empty", command=f"remove it and make a database with: ccmon init --db {path}")
    if header[:16] != _HEADER:
        raise CcmonError(
            f"{path} is no call database: it is not even an SQLite file; name one that ccmon init has made."
        )
    if len(header) < 100:
        from ccmon.database import copies  # noqa: PLC0415

        raise copies.with_newest_copy(path, f"{path} is damaged or cut short; put back a copy of it.")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise _not_ours(path)
    _check_newer(path, int.from_bytes(header[60:64], "big"))


def _not_ours(path: Path) -> CcmonError:
    return CcmonError(
        f"{path} is an SQLite database, but not a call database of ccmon; name one that ccmon init has made."
    )


def _check_newer(path: Path, version: int) -> None:
    if version > schema_version():
        raise CcmonError(
            f"{path} was written by a newer ccmon (schema {version}, this one knows {schema_version()})",
            command="upgrade ccmon.",
        )


def _check_version(path: Path, version: int) -> None:
    _check_newer(path, version)
    if version < schema_version():
        raise CcmonError(
            f"{path} has schema {version}, this ccmon needs {schema_version()}",
            command=f"bring it up to date with: ccmon init --db {path}",
        )
