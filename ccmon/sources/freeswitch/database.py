"""Reads mod_callcenter's own SQLite database without holding up the switch.

The switch writes it about ten times a second under a rollback journal, so every reader locks it out: three short
selects, read-only, and the file is closed. It may be locked, lack a column, or be replaced by another file.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from ccmon.database.connection import sqlite_address
from ccmon.database.sql_files import sql
from ccmon.errors import CcmonError
from ccmon.sources.freeswitch.tables import CallCenterTables

BUSY_TIMEOUT_MS: Final = 250
"""How long a reading waits for the switch to finish a write; the next one comes soon."""


class LockedError(Exception):
    """The switch was writing for the whole time-out: try again later."""


def read(path: Path) -> CallCenterTables:
    """Read the database once.

    Raises:
        LockedError: it was locked for too long.
        CcmonError: it does not exist, cannot be read, or is not mod_callcenter's.
    """
    if not path.exists():
        raise CcmonError(f"{path} does not exist: give the path of FreeSWITCH's callcenter.db.")
    try:
        with closing(_connect(path)) as connection:
            connection.execute("BEGIN")
            return CallCenterTables.of(*(_rows(connection, table) for table in ("agents", "tiers", "members")))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise LockedError from error
        raise CcmonError(_explanation(path, error)) from error
    except sqlite3.DatabaseError as error:
        raise CcmonError(f"{path} is not an SQLite database: give the path of FreeSWITCH's callcenter.db.") from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(sqlite_address(path), uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
    connection.text_factory = _text
    return connection


def _rows(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql(f"freeswitch_{table}"))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor]


def _text(content: bytes) -> str:
    """UTF-8, or Latin-1 where it is not valid: a caller's name is no reason to lose the reading."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _explanation(path: Path, error: sqlite3.OperationalError) -> str:
    if "no such table" in str(error):
        return f"{path} is not a database of mod_callcenter ({error}): give the path of FreeSWITCH's callcenter.db."
    if path.is_dir():
        return f"{path} is a directory; name FreeSWITCH's callcenter.db in it."
    return f"{path} cannot be read ({error}): let this user read it and its folder."
