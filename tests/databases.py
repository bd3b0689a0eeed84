"""Databases to begin a test with: each made once a run, whichever worker needs it first, and copied from then on.

Making an empty call database costs 0.18 s of processor time, a copy of it 1 ms; a seeded week of a floor costs seconds.
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ccmon.database import business_days, creation, database_file
from ccmon.database.connection import Connection, transaction
from ccmon.database.creation import create
from ccmon.database.source_lock import SourceLock
from ccmon.database.sql_files import split, sql

_run: list[Path] = []


def use_folder_of_the_run(folder: Path) -> None:
    """Set the folder that all workers of this run share."""
    _run[:] = [folder]


def shared(name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder of that name, which all workers of this run share; nobody may change what is in it.

    Args:
        name: different for all that is made differently.
        make: fills the folder it is given; called once a run.
    """
    folder = _run[0] / "shared" / name
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with folder.with_name(f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                unfinished = folder.with_name(f"{name}.unfinished")
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(folder)
    return folder


def new_database(
    path: Path,
    *,
    time_zone: str,
    name: str | None = None,
    currency: str | None = None,
    day_starts_ms: int = 0,
    years: business_days.Years = business_days.ALL_YEARS,
    record: Callable[[Connection], object] | None = None,
) -> Path:
    """Make an empty call database as `creation.create` does, by copying one; return its path."""
    assert not path.exists()

    def make(folder: Path) -> None:
        create(
            folder / "calls.db",
            time_zone=time_zone,
            name=name,
            currency=currency,
            day_starts_ms=day_starts_ms,
            years=years,
        )

    key = f"empty {time_zone} {name} {currency} {day_starts_ms} {years.first} {years.last}".replace("/", "-")
    shutil.copyfile(shared(key, make) / "calls.db", path)
    if record is not None:
        with closing(database_file.open_writer(path)) as connection, transaction(connection):
            record(connection)
    return path


@contextmanager
def held_open(path: Path) -> Iterator[Connection]:
    """Until the end, whoever opens this database through `database_file` works by one connection, without knowing it.

    To open it SQLite parses 77 KB of triggers, and each statement that writes calls compiles its own: a small log in
    parts took twice as long. Where somebody closes the connection, what is not committed is lost. The file is not
    whole before the end: nobody may copy or rename it.
    """
    with closing(_open_for_any_thread(path)) as connection, _opened_by_all(path, connection):
        yield connection


_SEEN_KEYS = "seen_keys"
"""A table that each import of a table makes: a copy has it from the beginning, since to undo a change of the schema
SQLite parses all of it again."""
_TEMPORARY = "SELECT type, name FROM temp.sqlite_schema WHERE type IN ('table', 'trigger')"


def _open_for_any_thread(path: Path) -> Connection:
    """A connection that writes: whoever looks once uses it in a thread, too."""
    connect = database_file._connect

    def for_any_thread(*arguments: Any, **options: Any) -> Connection:
        return connect(*arguments, **{**options, "any_thread": True})

    with patch.object(database_file, "_connect", for_any_thread):
        return database_file.open_writer(path)


@contextmanager
def _opened_by_all(path: Path, connection: Connection) -> Iterator[None]:
    def closed() -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for kind, name in connection.execute(_TEMPORARY).fetchall():
            connection.execute(f"DELETE FROM {name}" if name == _SEEN_KEYS else f"DROP {kind} IF EXISTS temp.{name}")

    def held(open_file: Callable[..., Connection]) -> Callable[..., Connection]:
        return lambda other, **options: connection if other == path else open_file(other, **options)

    with (
        patch.object(connection, "close", closed),
        patch.object(database_file, "open_writer", held(database_file.open_writer)),
        patch.object(database_file, "open_reader", held(database_file.open_reader)),
    ):
        yield


class UndoneConnection(Connection):
    """A connection whose transactions are savepoints of one that is rolled back in the end: nothing of them stays.

    Whoever uses it next finds the database as it was, its schema parsed and its statements compiled, which is most of
    what a test with few rows costs. What another connection to the file reads is the database as it was. Once something
    was written, ``PRAGMA foreign_keys`` has no effect, as within any transaction of SQLite's.
    """

    _undoes = _nested = False
    _changes_before = 0
    is_undone = False
    """Whether it is again as it was before `undone`, so that it can be used again."""

    @property
    def in_transaction(self) -> bool:
        return self._nested if self._undoes else super().in_transaction

    def execute(self, statement: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if not self._undoes:
            return super().execute(statement, parameters)
        if statement.startswith("BEGIN"):
            self._expect(nested=False, otherwise="cannot start a transaction within a transaction")
            self._nested = True
            return super().execute("SAVEPOINT undone")
        if statement == "COMMIT":
            self._expect(nested=True, otherwise="cannot commit - no transaction is active")
            self._nested = False
            return super().execute("RELEASE undone")
        if statement == "ROLLBACK":
            self._expect(nested=True, otherwise="cannot rollback - no transaction is active")
            self._nested = False
            super().execute("ROLLBACK TO undone")
            return super().execute("RELEASE undone")
        if statement.startswith("PRAGMA foreign_keys =") and self.total_changes == self._changes_before:
            super().execute("ROLLBACK")
            super().execute(statement)
            return super().execute("BEGIN")
        return super().execute(statement, parameters)

    def executescript(self, script: str, /) -> sqlite3.Cursor:
        """As that of sqlite3, which would commit first."""
        for statement in split(script) if self._undoes else ():
            self.execute(statement)
        return self.cursor() if self._undoes else super().executescript(script)

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def _expect(self, *, nested: bool, otherwise: str) -> None:
        if self._nested != nested:
            raise sqlite3.OperationalError(otherwise)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo in the end whatever the body does."""
        before = self._flags()
        self.execute("BEGIN")
        self._changes_before = self.total_changes
        self._undoes, self.is_undone = True, False
        try:
            yield
        finally:
            self._undoes = self._nested = False
            assert self.in_transaction, "something has ended the transaction in which all was to be undone"
            self.execute("ROLLBACK")
            self.is_undone = True
            for name, value in self._flags().items():
                if value != before[name]:
                    self.execute(f"PRAGMA {name} = {before[name]}")

    def _flags(self) -> dict[str, int]:
        """The settings that a test or an import may change."""
        names = ("foreign_keys", "recursive_triggers", "ignore_check_constraints")
        return {name: self.execute(f"PRAGMA {name}").fetchone()[0] for name in names}


class _Copy:
    """A copy of a database in a directory of its own, whose connection stays open."""

    def __init__(self, database: Path, *, foreign_keys: bool) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(shutil.copyfile(database, Path(self._folder.name) / "calls.db"))
        with patch.object(database_file, "Connection", UndoneConnection):
            connection = _open_for_any_thread(self.path)
        assert isinstance(connection, UndoneConnection)
        self.connection = connection
        connection.execute(sql(f"create_{_SEEN_KEYS}"))
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")

    def tidy(self) -> None:
        """Remove what a test has put beside the database."""
        for other in self.path.parent.iterdir():
            if not other.name.startswith(self.path.name):
                shutil.rmtree(other) if other.is_dir() else other.unlink()

    def close(self) -> None:
        self.connection.close()
        self._folder.cleanup()


_MOST_COPIES_KEPT = 4
_copies: dict[tuple[Path, bool], _Copy] = {}
"""Those that `open_copy` uses again and again, the newest last: by the original, and whether they check references."""


@contextmanager
def open_copy(database: Path, *, foreign_keys: bool = True) -> Iterator[tuple[Path, Connection]]:
    """A copy of a database that nobody changes, opened by all through one connection, in a directory of its own.

    In the end whatever was written to it is undone, for the next one who wants such a copy. As with `held_open`,
    nobody may copy the file, and only those who open it through `database_file` see what is written to it.

    Args:
        database: the original.
        foreign_keys: whether they are checked, as they are not for a foreign program that does not ask for it.
    """
    key = database, foreign_keys
    copy = _copies.pop(key) if key in _copies else _Copy(database, foreign_keys=foreign_keys)
    try:
        with copy.connection.undone(), _opened_by_all(copy.path, copy.connection), _opened_by_nobody_else(copy.path):
            yield copy.path, copy.connection
    finally:
        if copy.connection.is_undone:
            copy.tidy()
            _copies[key] = copy
            close_copies(keep=_MOST_COPIES_KEPT)
        else:
            copy.close()


@contextmanager
def _opened_by_nobody_else(path: Path) -> Iterator[None]:
    """Refuse ccmon another connection to the database, by which it would not see what is written."""
    connect = database_file._connect

    def refused(other: Path, *arguments: Any, **options: Any) -> Connection:
        assert other != path, "a test in which ccmon opens several connections at a time needs a copy of its own"
        return connect(other, *arguments, **options)

    with patch.object(database_file, "_connect", refused):
        yield


def close_copies(keep: int = 0) -> None:
    """Close the copies that `open_copy` keeps, but for the newest ones."""
    for key in list(_copies)[: len(_copies) - keep]:
        _copies.pop(key).close()


def with_schema_of(migrations: tuple[tuple[int, str], ...], patch: pytest.MonkeyPatch) -> None:
    """Have ccmon make and write databases as it did when these were all migrations."""
    patch.setattr(database_file, "migrations", lambda: migrations)
    patch.setattr(creation, "_make_schema", database_file.migrate)


def published_migrations(version: int) -> tuple[tuple[int, str], ...]:
    """The migrations that made a database of an earlier version.

    Some of them made triggers that a later one drops, which a new database is spared: those lie in ``data``.
    """
    folder = Path(__file__).parent / "data" / "old_schema"
    old = {int(file.name[:4]): file.read_text(encoding="utf-8") for file in folder.glob("*.sql")}
    return tuple((number, old.get(number, script)) for number, script in database_file.migrations()[:version])


@contextmanager
def followers_of(path: Path, *sources: str) -> Iterator[None]:
    """While this lasts, each of these sources counts as followed: its lock is held, here by this process."""
    with ExitStack() as held:
        for source in sources:
            held.callback(SourceLock(path, source).release)
        yield


def rows(path: Path, statement: str) -> list[tuple[Any, ...]]:
    """Return the rows that a statement finds in a call database."""
    with closing(database_file.open_reader(path)) as connection:
        return connection.execute(statement).fetchall()
