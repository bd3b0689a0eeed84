"""SQLite's errors about a call database, each as one sentence that says what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ccmon.database.connection import ChangedError, ReplacedError
from ccmon.errors import CcmonError, NeedsFollowerError, NoRightError


class ChangedWhileReadError(CcmonError):
    """Others wrote what was read without locks; what was read is thrown away, and reading it anew helps."""


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the database at ``path`` into a `CcmonError` with one sentence."""
    try:
        yield
    except ChangedError as error:
        raise ChangedWhileReadError(explain(path, error)) from error
    except sqlite3.Error as error:
        if _code(error) == sqlite3.SQLITE_READONLY:
            raise NoRightError(explain(path, error), str(path), to_write=True) from error
        if _needs_follower(path, error):
            raise NeedsFollowerError(explain(path, error), str(path)) from error
        from ccmon.database.copies import with_newest_copy  # noqa: PLC0415 (seldom needed)

        raise with_newest_copy(path, explain(path, error)) from error


def explain(path: Path, error: sqlite3.Error) -> str:
    """One sentence for an error of SQLite's with the database at ``path``."""
    if isinstance(error, ReplacedError):
        return f"{error} was removed or replaced while it was in use; keep other programs from it, and try again."
    if isinstance(error, ChangedError):
        return f"{error} was written by another program while it was read; try again."
    code = _code(error)
    # Without room for the file beside it, SQLite does not even read a database.
    if code == sqlite3.SQLITE_IOERR:
        from ccmon.database.disk_space import is_full  # noqa: PLC0415 (seldom needed)

        code = sqlite3.SQLITE_FULL if is_full(path) else code
    return _meaning(path, code) or f"{path}: SQLite says: {error}; ccmon doctor looks for the cause."


def check_writable(path: Path) -> None:
    """Raise if this user may not write a database: SQLite says so no sooner than it writes a row.

    That there is no database, or that this user may not even read it, opening it says.

    Raises:
        NoRightError: this user may not.
    """
    if os.access(path, os.R_OK) and not os.access(path, os.W_OK):
        raise NoRightError(_meaning(path, sqlite3.SQLITE_READONLY), str(path), to_write=True)


def _meaning(path: Path, code: int) -> str:
    """One sentence for a kind of error with the database at ``path``; empty: there is none."""
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
        from ccmon.database.disk_space import is_read_only  # noqa: PLC0415

        if is_read_only(path):
            return (
                f"{path} cannot be written: its file system is mounted read-only; mount it so that it can be written."
            )
    meaning = _MEANINGS.get(code)
    return f"{path} {meaning}" if meaning else ""


def _code(error: sqlite3.Error) -> int:
    """The kind of error; 0 if Python raised it before SQLite did."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    # A reader that may not write in the directory, while nobody writes: SQLite wants to create its wal file.
    return sqlite3.SQLITE_CANTOPEN if code == sqlite3.SQLITE_READONLY_DIRECTORY else code & 0xFF


def _needs_follower(path: Path, error: sqlite3.Error) -> bool:
    """Whether SQLite would read a database if a ccmon that writes it had the files beside it open."""
    if not cannot_make_files(error):
        return False
    from ccmon.database.disk_space import is_read_only  # noqa: PLC0415

    return not is_read_only(path)


def cannot_make_files(error: sqlite3.Error) -> bool:
    """Whether SQLite does not read a database because it can neither open nor make the files beside it."""
    return _code(error) == sqlite3.SQLITE_CANTOPEN


MAY_ONLY_READ = (
    "cannot be written: this user may only read it; ask the administrator for the right to write it, or run this as a "
    "user who has it."
)
_MEANINGS = {
    sqlite3.SQLITE_BUSY: "is locked by another program; try again, or see which program keeps it open.",
    sqlite3.SQLITE_LOCKED: "is locked by another program; try again, or see which program keeps it open.",
    sqlite3.SQLITE_FULL: "cannot be written: the disk is full; make room on it.",
    sqlite3.SQLITE_READONLY: MAY_ONLY_READ,
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: this user must be able to write in its directory, "
    "or a ccmon that writes must be running.",
    sqlite3.SQLITE_CORRUPT: "is damaged or cut short; put back a copy of it.",
    sqlite3.SQLITE_NOTADB: "is no call database: it is damaged, or encrypted, or something else; "
    "put back a copy of it, or name another file.",
    sqlite3.SQLITE_IOERR: "cannot be read: the disk reports a fault; check the disk, and then put back a copy of it.",
    sqlite3.SQLITE_PERM: "cannot be opened: this user has no right to it; give the user the right to read it.",
}
