"""Writing without a wal file: pages go straight into the database, as they were before into a journal beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ccmon.database.connection import Connection


@contextmanager
def rollback_journal(connection: Connection, path: Path) -> Iterator[None]:
    """Use a journal for a transaction that fills a new database, if nobody else has it open.

    What fills a wal file is written twice, with a checksum for each page; into a new database, only once. Readers that
    come meanwhile see what was there before; they are locked out as soon as pages no longer fit in the cache.
    If the process is killed, the next to open the database undoes what was written (`open_reader` sees to it).

    Args:
        connection: one that writes, outside of a transaction.
        path: its database.
    """
    with suppress(sqlite3.OperationalError):  # somebody else has it open, and it stays as it is
        _use(connection, path, "DELETE")
    try:
        yield
    finally:
        with suppress(sqlite3.OperationalError):  # somebody reads it for long; the next writer does it
            _use(connection, path, "WAL")


def _use(connection: Connection, path: Path, mode: str) -> None:
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute("PRAGMA user_version")  # makes the files
    connection.watch(path, writes=True)
