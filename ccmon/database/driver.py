"""How readers query the database: with ordinary functions of a `Database`, which runs queries by name.

The functions (`floor_reader`, `periodic_reader`) know neither engine nor thread: their caller chooses both. A single
snapshot calls them directly, with sqlite3. The monitor hands a whole poll to `ccmon.database.async_driver`, which runs
it in the thread of an aiosqlite connection: a poll runs some twenty queries, and an await for each would cost two
thread switches, 0.1 ms. Another engine would be another class with these methods.

A row is a record whose fields are the query's columns, in order; a query changed without its record is an error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from itertools import starmap
from typing import Any, TypeVar

from ccmon.database.connection import Connection
from ccmon.database.sql_files import sql

Parameters = Mapping[str, object]
Values = Parameters | Sequence[object]
NO_PARAMETERS: Parameters = {}
Record = TypeVar("Record")

_compared: set[tuple[str, type]] = set()
"""Pairs of query and record whose columns and fields are known to match."""


class Database:
    """An open SQLite database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def ask(self, query: str, parameters: Values) -> sqlite3.Cursor:
        """The rows of a query, not read yet."""
        return self.connection.execute(sql(query), parameters)

    def rows(self, query: str, record: type[Record], parameters: Values = NO_PARAMETERS) -> list[Record]:
        """All rows of a query."""
        return list(self.each(query, record, parameters))

    def each(self, query: str, record: type[Record], parameters: Values = NO_PARAMETERS) -> Iterator[Record]:
        """The rows of a query one by one, as they are read; for many rows that are not kept."""
        cursor = self.ask(query, parameters)
        if (query, record) not in _compared:
            check_columns(query, record, [name for name, *_ in cursor.description])
            _compared.add((query, record))
        return starmap(record, cursor)

    def row(self, query: str, record: type[Record], parameters: Values = NO_PARAMETERS) -> Record | None:
        """The first row of a query; None for no rows."""
        return next(iter(self.rows(query, record, parameters)), None)

    def one_row(self, query: str, record: type[Record], parameters: Values = NO_PARAMETERS) -> Record:
        """The row of a query that always has one."""
        [row] = self.rows(query, record, parameters)
        return row

    def value(self, query: str, parameters: Values = NO_PARAMETERS) -> Any:
        """The value of a query that always has one."""
        [(value,)] = self.ask(query, parameters)
        return value

    def value_or_none(self, query: str, parameters: Values = NO_PARAMETERS) -> Any:
        """The value of the first row of a query that has one column; None for no rows."""
        return next(iter(self.values(query, parameters)), None)

    def values(self, query: str, parameters: Values = NO_PARAMETERS) -> list[Any]:
        """The values of a query that has one column."""
        return [value for (value,) in self.ask(query, parameters)]

    def pairs(self, query: str, parameters: Values = NO_PARAMETERS) -> dict[Any, Any]:
        """The second column of a query by the first; it has two."""
        return dict(self.ask(query, parameters).fetchall())

    def version(self) -> int:
        """A number that changes when another connection has changed the database."""
        [(number,)] = self.connection.execute("PRAGMA data_version")
        return int(number)

    def read_transaction(self) -> AbstractContextManager[None]:
        """A transaction in which all queries see the database as of one moment."""
        return _ReadTransaction(self.connection)


class _ReadTransaction:
    """As `transaction` with BEGIN; made at each poll, where a generator in its stead costs as much as a statement."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
            if isinstance(self._connection, Connection):
                self._connection.check_unchanged()


def check_columns(query: str, record: type, columns: list[str]) -> None:
    """Raise unless the columns of a query are the fields of its record.

    Raises:
        TypeError: they are not, which is a bug in ccmon.
    """
    fields = list(getattr(record, "__match_args__", ()))
    if columns != fields:
        raise TypeError(f"the query {query} has the columns {columns}, and {record.__name__} the fields {fields}")
