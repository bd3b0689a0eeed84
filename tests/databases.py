"""Databases to begin a test with: each made once a run, whichever worker needs it first, and copied from then on.

Making an empty call database costs 0.18 s of processor time, a copy of it 1 ms; a seeded week of a floor costs seconds.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ccmon.database import creation, database_file
from ccmon.database.connection import Connection, transaction
from ccmon.database.creation import create
from ccmon.database.source_lock import SourceLock

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
    record: Callable[[Connection], object] | None = None,
) -> Path:
    """Make an empty call database as `creation.create` does, by copying one; return its path."""
    assert not path.exists()

    def make(folder: Path) -> None:
        create(folder / "calls.db", time_zone=time_zone, name=name, currency=currency, day_starts_ms=day_starts_ms)

    key = f"empty {time_zone} {name} {currency} {day_starts_ms}".replace("/", "-")
    shutil.copyfile(shared(key, make) / "calls.db", path)
    if record is not None:
        with closing(database_file.open_writer(path)) as connection, transaction(connection):
            record(connection)
    return path


@contextmanager
def held_open(path: Path) -> Iterator[Connection]:
    """Until the end, whoever opens this database through `database_file` works by one connection, without knowing it.

    To open it SQLite parses 67 KB of triggers, and each statement that writes calls compiles its own: a small log in
    parts took twice as long. Where somebody closes the connection, what is not committed is lost. The file is not
    whole before the end: nobody may copy or rename it.
    """

    def closed() -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

    def held(open_file: Callable[..., Connection]) -> Callable[..., Connection]:
        return lambda other, **options: connection if other == path else open_file(other, **options)

    with (
        closing(database_file.open_writer(path)) as connection,
        patch.object(connection, "close", closed),
        patch.object(database_file, "open_writer", held(database_file.open_writer)),
        patch.object(database_file, "open_reader", held(database_file.open_reader)),
    ):
        yield connection


@contextmanager
def open_copy(database: Path) -> Iterator[tuple[Path, Connection]]:
    """A copy of a database, `held_open`, in a directory of its own; gone in the end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copyfile(database, Path(folder) / "calls.db"))
        with held_open(path) as connection:
            yield path, connection


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
