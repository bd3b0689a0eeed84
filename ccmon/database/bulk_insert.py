"""Insert very many rows: many with one statement, the CHECK constraints of their table checked once for all of them.

Evaluating a row's CHECK constraints takes half the time of inserting it. What sqlite3 does around each statement and
for each bound NULL is half of the rest.
"""

from __future__ import annotations

import functools
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from ccmon.database.driver import Database
from ccmon.database.sql_files import numbered

_MANY = 500
"""From this many rows on, it is quicker to check them together."""

_TOGETHER = 50
"""Rows in one statement: twice as fast as one statement for each row; more rows bring no gain."""

_FAILING = "INSERT OR FAIL INTO"
"""Rows before the one that fails stay, as do those of earlier statements. Where nothing else in a statement can fail,
such as a foreign key or a function, SQLite then need not set aside each page that the statement changes."""

_CHECKS_OFF = "PRAGMA ignore_check_constraints = ON"
_CHECKS_ON = "PRAGMA ignore_check_constraints = OFF"

_NUMBER = re.compile(r"\?(\d+)")

_STAGED = "value_{}"
"""The name of a column of the temporary table."""

NULL = float("nan")
"""SQLite stores it as NULL. For None, sqlite3 looks for an adapter each time, which takes ten times as long."""

_PUT_OFF = (
    "calls_by_agent",
    "calls_by_customer",
    "calls_outbound",
    "calls_reached",
    "calls_kept",
    "agent_states_by_agent",
    "agent_states_by_start",
    "queue_pauses_by_queue",
)
"""Indexes in which new rows are scattered. Triggers and unique keys need others, in which new rows go to the end. With
all of these, fifty calls change more pages than SQLite sets aside in memory: 50,000 writes to a file in 36 days."""
_PUT_OFF_FOR_OWN_ROWS = (
    "customers_by_phone",
    "sales_by_customer",
    "sales_by_agent",
    "surveys_by_agent",
    "surveys_by_call",
    "survey_invitations_by_call",
)
"""Those of tables in which `own_rows` puts many rows, and an import of calls none."""


@contextmanager
def bulk_load(connection: sqlite3.Connection, rows: int) -> Iterator[Callable[[], None]]:
    """Leave CHECK constraints to `deferred_checks`; if most rows will be new, create some indexes only after all rows.

    Each time the constraints are turned off or on, SQLite prepares all statements again. It must run in a transaction:
    then others never see the tables without indexes, and a rollback brings these back.

    Args:
        connection: in a transaction that writes.
        rows: about how many rows the body inserts; 0: insert as usual.

    Yields:
        A function that ends both at once, to be called before the body changes earlier rows.
    """
    if not rows:
        yield lambda: None
        return
    database = Database(connection)
    indexes: list[str] = []
    connection.execute(_CHECKS_OFF)
    if rows > database.value("count_floor_rows"):
        for name in (*_PUT_OFF, *(() if _has_keys(connection) else _PUT_OFF_FOR_OWN_ROWS)):
            indexes += database.values("index_definition", (name,))
            connection.execute(f"DROP INDEX IF EXISTS main.{name}")

    def end() -> None:
        connection.execute(_CHECKS_ON)
        while indexes:
            connection.execute(indexes.pop(0))

    try:
        yield end
        end()
    finally:
        connection.execute(_CHECKS_ON)


@contextmanager
def own_rows(connection: sqlite3.Connection) -> Iterator[None]:
    """Check neither foreign keys nor, in `deferred_checks`, CHECK constraints: for rows of our own making.

    To be entered outside of a transaction. What the body deletes must be named by no row.
    """
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def _has_keys(connection: sqlite3.Connection) -> bool:
    """Whether foreign keys are checked: not so within `own_rows`."""
    ((has_keys,),) = connection.execute("PRAGMA foreign_keys")
    return bool(has_keys)


def insert_rows(connection: sqlite3.Connection, query: str, rows: Sequence[Sequence[Any]]) -> int:
    """Insert rows with a query for one row, like ``executemany``; return how many were written."""
    return insert_columns(connection, query, list(zip(*rows, strict=True)))


def insert_columns(connection: sqlite3.Connection, query: str, columns: Sequence[Sequence[Any]]) -> int:
    """Insert rows that are given column by column; return how many were written."""
    text, _ = numbered(query)
    return insert_by(connection, text, columns)


def insert_by(connection: sqlite3.Connection, text: str, columns: Sequence[Sequence[Any]]) -> int:
    """As `insert_columns`, with the text of a statement whose values are numbered."""
    rows = len(columns[0]) if columns else 0
    whole = rows - rows % _TOGETHER
    written = 0
    if whole:
        alike = tuple(map(_is_alike, columns))
        shared = [values[0] for values, is_alike in zip(columns, alike, strict=True) if is_alike]
        others = [values for values, is_alike in zip(columns, alike, strict=True) if not is_alike]
        others = [
            [NULL if value is None else value for value in values] if None in values else values for values in others
        ]
        values = chain.from_iterable(zip(*others, strict=True))
        together = _TOGETHER * len(others)
        batches = ([*shared, *islice(values, together)] for _ in range(0, whole, _TOGETHER))
        written = connection.executemany(_of_many(text, alike), batches).rowcount
    if whole < rows:
        rest = zip(*(values[whole:] for values in columns), strict=True)
        written += connection.executemany(text, rest).rowcount
    return written


def insert_lists(connection: sqlite3.Connection, query: str, values: list[Any], common: Mapping[str, Any]) -> None:
    """Insert rows of our own making with a query for one row.

    Args:
        connection: in a transaction that writes.
        query: its name.
        values: those of each row, one row after the other, in the order of the query's parameters; `NULL` for None.
        common: the values of those parameters that are the same in all rows, and not in ``values``.
    """
    text, parameters = numbered(query)
    shared = [common[name] for name in parameters if name in common]
    alike = tuple(name in common for name in parameters)
    width = len(parameters) - len(shared)
    together = _TOGETHER * width
    whole = len(values) - len(values) % together
    if whole:
        batches = (shared + values[first : first + together] for first in range(0, whole, together))
        connection.executemany(_of_many(text, alike), batches)
    rest = iter(values[whole:])
    rows = range(whole, len(values), width)
    single = ([common[name] if name in common else next(rest) for name in parameters] for _ in rows)
    connection.executemany(text, single)


def _is_alike(values: Sequence[Any]) -> bool:
    """Whether a column has the same value in all rows, such as the source, or a value that no row gives."""
    first = values[0]
    return bool(first == values[-1] == values[len(values) // 2]) and values.count(first) == len(values)


@functools.cache
def _of_many(text: str, alike: tuple[bool, ...]) -> str:
    """The text of a statement that inserts many rows at once; values common to all rows are numbered first."""
    before, values, behind = _around_values(text)
    shared, width = sum(alike), len(alike) - sum(alike)
    places: list[int] = []
    """The places in the first row of the values that are not common to all."""

    def place(found: re.Match[str]) -> str:
        number = int(found[1])
        earlier = sum(alike[: number - 1])
        if number <= len(alike) and alike[number - 1]:
            return f"?{earlier + 1}"
        places.append(shared + number - earlier)
        return "?%d"

    row = _NUMBER.sub(place, values.replace("%", "%%"))
    rows = (row % tuple(first + width * number for first in places) for number in range(_TOGETHER))
    return f"{before.replace('INSERT INTO', _FAILING)}{', '.join(rows)}{behind}"


def _around_values(text: str) -> tuple[str, str, str]:
    """The text before a row's values, the values in their brackets, and the text after them."""
    first = text.index("VALUES (") + len("VALUES ")
    depth = 0
    for bracket in re.finditer(r"[()]", text[first:]):
        depth += 1 if bracket[0] == "(" else -1
        if not depth:
            end = first + bracket.end()
            return text[:first], text[first:end], text[end:]
    raise ValueError(f"no values of a row in: {text}")


def insert_staged(connection: sqlite3.Connection, query: str, columns: Sequence[Sequence[Any]]) -> int:
    """Insert rows like `insert_columns`, by way of a temporary table, in a transaction; for tables that keep indexes.

    A statement saves each page that it changes, to be able to undo itself. If rows are scattered over an index,
    statements of fifty rows save nearly one page for each row; a single statement for all saves each page once.
    """
    rows = len(columns[0]) if columns else 0
    alike = tuple(map(_is_alike, columns)) if rows >= _MANY else ()
    if all(alike):
        return insert_columns(connection, query, columns)
    shared = [values[0] for values, is_alike in zip(columns, alike, strict=True) if is_alike]
    others = [values for values, is_alike in zip(columns, alike, strict=True) if not is_alike]
    places = range(1, 1 + len(others))
    connection.execute(f"CREATE TEMP TABLE staged ({', '.join(map(_STAGED.format, places))})")
    values = ", ".join(map("?{}".format, places))
    insert_by(connection, f"INSERT INTO temp.staged VALUES ({values})", others)  # noqa: S608 (numbers)
    written = connection.execute(_of_staged(query, alike), shared).rowcount
    connection.execute("DROP TABLE temp.staged")
    return written


@functools.cache
def _of_staged(query: str, alike: tuple[bool, ...]) -> str:
    """The text of a query that inserts all rows of the temporary table, in their order."""
    before, values, behind = _around_values(numbered(query)[0])

    def place(found: re.Match[str]) -> str:
        number = int(found[1])
        earlier = sum(alike[: number - 1])
        is_shared = number <= len(alike) and alike[number - 1]
        return f"?{earlier + 1}" if is_shared else _STAGED.format(number - earlier)

    into, row = before.removesuffix("VALUES "), _NUMBER.sub(place, values)[1:-1]
    # Without the WHERE, the ON of ON CONFLICT would be parsed as that of a join.
    return " ".join((into, "SELECT", row, "FROM temp.staged WHERE true", behind))


@contextmanager
def deferred_checks(
    connection: sqlite3.Connection, table: str, rows: int, *, oldest: int | None = None
) -> Iterator[None]:
    """Check the rows that the body writes into a table once all are there. Few rows are checked as usual, own not.

    The ids of new rows must be above all present ones. Anything else that the body writes goes unchecked.

    Args:
        connection: in a transaction that writes.
        table: calls or agent_states.
        rows: how many new ones the body inserts.
        oldest: the lowest id among the rows that it also changes.

    Raises:
        sqlite3.IntegrityError: a row violates a CHECK constraint, worded like SQLite's own error.
    """
    ((are_off,),) = connection.execute("PRAGMA ignore_check_constraints")
    if not _has_keys(connection) or (rows < _MANY and not are_off):
        yield
        return
    database = Database(connection)
    newest = database.value(f"newest_of_{table}") if oldest is None else oldest - 1
    if not are_off:
        connection.execute(_CHECKS_OFF)
    try:
        yield
    finally:
        if not are_off:
            connection.execute(_CHECKS_ON)
    if database.value(f"unchecked_{table}", {"newest": newest}):
        raise sqlite3.IntegrityError(f"CHECK constraint failed: {table}")
