"""Making an empty call database, which appears whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ccmon.database import business_days
from ccmon.database.connection import transaction
from ccmon.database.database_file import APPLICATION_ID, check_sqlite, schema_version
from ccmon.database.left_behind import check_none_left_behind
from ccmon.database.site import named_zone
from ccmon.database.sql_files import split, sql
from ccmon.database.sqlite_errors import translate_errors
from ccmon.errors import CcmonError, UsageError, os_error
from ccmon.real_time import real_now
from ccmon.time_units import QUARTER_MS

NEW_SCHEMA = Path(__file__).with_name("new_schema.sql")
"""The schema after all migrations, written by `ccmon.database.new_schema`: it runs in a third of their time."""


def create(
    path: Path,
    *,
    time_zone: str,
    name: str | None = None,
    currency: str | None = None,
    day_starts_ms: int = 0,
    years: business_days.Years = business_days.ALL_YEARS,
    record: Callable[[sqlite3.Connection], object] | None = None,
) -> None:
    """Make an empty call database.

    It is built under another name in the same directory and appears whole or not at all.

    Args:
        path: where it is to lie; nothing may be there yet.
        time_zone: IANA name of the site's zone.
        name: of the site.
        currency: ISO 4217 code of the site's money.
        day_starts_ms: wall-clock time at which a business day starts, in milliseconds after midnight; whole quarters
            of an hour.
        years: those whose business days are filled in at once. The others must be before anything happens in them.
        record: called in the transaction that writes the site, to note who made it.

    Raises:
        UsageError: the time zone, the currency or the start of a day makes no sense.
        CcmonError: the path is taken or cannot be written, or something of a database that was there is left.
    """
    check_sqlite()
    try:
        named_zone(time_zone)
    except CcmonError as error:
        raise UsageError(str(error)) from None
    if day_starts_ms % QUARTER_MS or not 0 <= day_starts_ms < 24 * 4 * QUARTER_MS:
        raise UsageError("A business day starts at a whole quarter of an hour between 00:00 and 23:45.")
    if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise UsageError(f"A currency is three capital letters, such as EUR or USD, not {currency!r}.")
    if path.exists() or path.is_symlink():
        raise _taken(path)
    check_none_left_behind(path)
    if not path.parent.is_dir():
        raise CcmonError(f"There is no directory {path.parent} to put a database in; make it first.")
    site = {
        "name": name,
        "time_zone": time_zone,
        "currency": currency,
        "day_starts_ms": day_starts_ms,
        "created_at": real_now(),
    }
    try:
        with translate_errors(path), own_folder(path) as folder:
            unfinished = folder / path.name
            _build(unfinished, site, years, record)
            put_in_place(unfinished, path)
    except OSError as error:
        raise CcmonError(os_error(f"{path} cannot be made", error)) from error


@contextmanager
def own_folder(path: Path) -> Iterator[Path]:
    """A directory beside a path for a while: nobody else can have put a link where a file is to be made in it."""
    folder = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def _make_schema(connection: sqlite3.Connection) -> None:
    with transaction(connection, "BEGIN EXCLUSIVE"):
        for statement in split(NEW_SCHEMA.read_text(encoding="utf-8")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {schema_version()}")


def _build(
    path: Path,
    site: Mapping[str, object],
    years: business_days.Years,
    record: Callable[[sqlite3.Connection], object] | None,
) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")  # nobody sees the file before it is whole
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA foreign_keys = ON")
        _make_schema(connection)
        with transaction(connection):
            connection.execute(sql("insert_site"), site)
            business_days.fill(connection, years)
            if record is not None:
                record(connection)
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _taken(path: Path) -> CcmonError:
    return CcmonError(f"{path} exists already; nothing was changed: name another path, or remove it first.")


def put_in_place(unfinished: Path, path: Path) -> None:
    """Give a database that is whole its name, in the same directory.

    Raises:
        CcmonError: the name is taken.
    """
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise _taken(path) from None
    except OSError:  # a file system without hard links
        unfinished.rename(path)
