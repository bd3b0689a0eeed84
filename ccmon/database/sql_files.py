"""The loader of the SQL files in ``store/queries``: one statement a file, its header says what one row is."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator
from importlib import resources


@functools.cache
def sql(name: str) -> str:
    """Text of ``store/queries/<name>.sql``."""
    return (resources.files("ccmon.database") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


@functools.cache
def statements(name: str) -> tuple[str, ...]:
    """The statements of ``store/queries/<name>.sql``, for a file that holds several."""
    return tuple(split(sql(name)))


def split(script: str) -> Iterator[str]:
    """Each statement of a script. ``executescript`` would commit the transaction that these are to run in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
