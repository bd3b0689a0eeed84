"""Long work that brings rows in step by step: until it is done, what rests on all rows is unknown."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ccmon.database.sql_files import sql
from ccmon.real_time import real_now


def set_progress(connection: sqlite3.Connection, task: str, done: int, total: int) -> None:
    """Say how far long work behind the screen has come: until it is done, what rests on all rows is unknown."""
    noted_at = real_now()
    connection.execute(sql("set_progress"), {"task": task, "done": done, "total": total, "noted_at": noted_at})


@contextmanager
def long_work(connection: sqlite3.Connection, task: str, total: int) -> Iterator[Callable[[int], None]]:
    """Work in several transactions, whose rows are not complete in between; yields what sets how much of it is done.

    Whoever never calls it says nothing. However the work ends, it is over then: it can be taken up again later.
    """
    said = False

    def set_done(done: int) -> None:
        nonlocal said
        said = True
        set_progress(connection, task, min(done, max(0, total - 1)), max(1, total))

    try:
        yield set_done
    finally:
        if said:
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                connection.execute(sql("end_progress"), {"task": task})
