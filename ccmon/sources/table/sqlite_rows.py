"""Reads the rows of a table of an SQLite file that somebody else wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ccmon.database.connection import sqlite_address
from ccmon.database.sql_files import sql
from ccmon.errors import CcmonError
from ccmon.sources.table.file_content import real_path
from ccmon.sources.table.row import Row


def only_table(path: Path) -> str:
    """The only table of an SQLite file.

    Raises:
        CcmonError: it has none or several, or cannot be read.
    """
    try:
        with closing(_opened(path)) as connection:
            names = [str(name) for (name,) in connection.execute(sql("foreign_tables"))]
    except sqlite3.Error as error:
        raise CcmonError(f"{path} cannot be read: {error}.") from None
    if len(names) == 1:
        return names[0]
    if not names:
        raise CcmonError(f"{path} is an SQLite file without a table; name one that has a table.")
    raise CcmonError(
        f"{path} is an SQLite file with several tables: {', '.join(names)}. Name one with --table, or in a mapping as "
        f"[file] table = {names[0]!r}."
    )


class SqliteTable:
    """Rows of an SQLite table, starting with the names of its columns; numbered from 1."""

    def __init__(self, path: Path, connection: sqlite3.Connection, table: str) -> None:
        """Read a table through a connection to its file."""
        self._path = path
        self._connection = connection
        self._table = table
        self._done = 0
        self._count = 1

    def rows(self) -> Iterator[Row]:
        """Rows in the order in which they were written.

        Raises:
            CcmonError: there is no such table, or it cannot be read.
        """
        quoted = '"' + self._table.replace('"', '""') + '"'
        try:
            (self._count,) = self._connection.execute(sql("foreign_row_count").replace("a_table", quoted)).fetchone()
            cursor = self._connection.execute(sql("foreign_rows").replace("a_table", quoted))
            yield Row(0, [column[0] for column in cursor.description])
            for self._done, cells in enumerate(cursor, 1):
                yield Row(self._done, ["" if cell is None else str(cell) for cell in cells])
        except sqlite3.Error as error:
            raise CcmonError(f"{self._path} cannot be read: {error}.") from None

    def bytes_read(self) -> int:
        """The share of rows read so far, expressed in bytes of the file."""
        return self._path.stat().st_size * self._done // max(1, self._count)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(sqlite_address(real_path(path)), uri=True)


@contextmanager
def open_table(path: Path, table: str) -> Iterator[SqliteTable]:
    """Open a table of an SQLite file."""
    with closing(_opened(path)) as connection:
        connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
        yield SqliteTable(path, connection, table)
