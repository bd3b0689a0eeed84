"""Long work that adds rows step by step: until it is done, whatever needs all rows is unknown."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ccmon.database.sql_files import sql
from ccmon.real_time import real_now


def set_progress(connection: sqlite3.Connection, task: str, done: int, total: int) -> None:
    """Record how far long work has come; until it is done, screens show figures that need all rows as unknown."""
    noted_at = real_now()
    connection.execute(sql("set_progress"), {"task": task, "done": done, "total": total, "noted_at": noted_at})


@contextmanager
def long_work(connection: sqlite3.Connection, task: str, total: int) -> Iterator[Callable[[int], None]]:
    """Long work in several transactions, with incomplete rows in between; yields a function that sets how much is done.

    If it is never called, no progress is recorded. However the work ends, its progress is removed; it can be resumed.
    """
    has_reported = False

    def set_done(done: int) -> None:
        nonlocal has_reported
        has_reported = True
        set_progress(connection, task, min(done, max(0, total - 1)), max(1, total))

    try:
        yield set_done
    finally:
        if has_reported:
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                connection.execute(sql("end_progress"), {"task": task})
