"""Puts the questions of a reading to an open database with sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from typing import Any, TypeVar

from ccmon.database.sql_files import sql

Result = TypeVar("Result")


def run(connection: sqlite3.Connection, questions: Generator[tuple[Any, ...], list[Any], Result]) -> Result:
    """Put the questions of a reading to an open database, and return what it makes of the answers."""
    try:
        batch = next(questions)
        while True:
            batch = questions.send([connection.execute(sql(name), values).fetchall() for name, values in batch])
    except StopIteration as stop:
        result: Result = stop.value
        return result
