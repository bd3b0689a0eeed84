"""Insert very many rows: many by one statement, the conditions of their table checked once over all of them.

Evaluating the CHECK constraints of a row takes half the time of inserting it. What sqlite3 does around a statement and
for each NULL that is bound is half of the rest.
"""

from __future__ import annotations

import functools
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ccmon.database.driver import Database
from ccmon.database.sql_files import numbered

_MANY = 500
"""Rows from which it is quicker to check them together."""

_TOGETHER = 50
"""Rows of one statement: twice as fast as a statement a row, and more win nothing."""

_NUMBER = re.compile(r"\?(\d+)")

_NULL = float("nan")
"""SQLite takes it as NULL. For None, sqlite3 looks for an adapter each time: that takes ten times as long."""

_PUT_OFF = ("calls_by_agent", "agent_states_by_agent", "agent_states_by_start", "queue_pauses_by_queue")
"""Indexes into which new rows go here and there. Triggers and unique keys need others, where they go to the end."""


@contextmanager
def indexes_afterwards(connection: sqlite3.Connection, rows: int) -> Iterator[Callable[[], None]]:
    """Make some indexes when all rows of the body are there, where these are more than those before them.

    In a transaction: others never see the tables without them, and a rollback brings them back.

    Args:
        connection: in a transaction that writes.
        rows: about how many the body writes.

    Yields:
        What makes them at once, where the body comes to look for rows of before.
    """
    database = Database(connection)
    indexes: list[str] = []
    if rows > database.value("count_floor_rows"):
        for name in _PUT_OFF:
            indexes += database.values("index_definition", (name,))
            connection.execute(f"DROP INDEX IF EXISTS main.{name}")

    def make_indexes() -> None:
        while indexes:
            connection.execute(indexes.pop(0))

    yield make_indexes
    make_indexes()


def insert_rows(connection: sqlite3.Connection, query: str, rows: Sequence[Sequence[Any]]) -> int:
    """Insert rows by a query that has the values of one, as by ``executemany``; return how many it wrote."""
    whole = len(rows) - len(rows) % _TOGETHER
    written = 0
    if whole:
        batches = (
            [_NULL if value is None else value for row in rows[first : first + _TOGETHER] for value in row]
            for first in range(0, whole, _TOGETHER)
        )
        written = connection.executemany(_of_many(query), batches).rowcount
    if whole < len(rows):
        text, _ = numbered(query)
        written += connection.executemany(text, rows[whole:]).rowcount
    return written


@functools.cache
def _of_many(query: str) -> str:
    """The text of a query that inserts so many rows at once."""
    text, _ = numbered(query)
    before, values, behind = _around_values(text)
    width = max(int(number) for number in _NUMBER.findall(values))

    def of_row(row: int) -> str:
        return _NUMBER.sub(lambda found: f"?{row * width + int(found[1])}", values)

    return f"{before}{', '.join(map(of_row, range(_TOGETHER)))}{behind}"


def _around_values(text: str) -> tuple[str, str, str]:
    """What stands before the values of a row, they in their brackets, and what stands behind."""
    first = text.index("VALUES (") + len("VALUES ")
    depth = 0
    for bracket in re.finditer(r"[()]", text[first:]):
        depth += 1 if bracket[0] == "(" else -1
        if not depth:
            end = first + bracket.end()
            return text[:first], text[first:end], text[end:]
    raise ValueError(f"no values of a row in: {text}")


@contextmanager
def checked_together(connection: sqlite3.Connection, table: str, rows: int) -> Iterator[None]:
    """Check the rows that the body inserts into a table when all are there. Few rows are checked as ever.

    Their ids must be above those that are there. What the body does otherwise goes unchecked.

    Raises:
        sqlite3.IntegrityError: one of them breaks a CHECK constraint, as if SQLite had said so.
    """
    if rows < _MANY:
        yield
        return
    database = Database(connection)
    newest = database.value(f"newest_of_{table}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA ignore_check_constraints = OFF")
    if database.value(f"unchecked_{table}", {"newest": newest}):
        raise sqlite3.IntegrityError(f"CHECK constraint failed: {table}")
