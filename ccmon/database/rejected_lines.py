"""Lines that were not ingested, or were ingested without an impossible number, for a person to look at."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.database.source_status import calls_of


class StoredRejectedLine(Struct, frozen=True, gc=False):
    """One line of a file, row of a table or record of a switch."""

    source: str
    file: str | None
    line: int | None
    """Its number in the file, from 1."""
    reason: str
    content: str
    """The line as it came."""
    taken_in: int
    """Whether it was ingested, without the number that the reason names."""
    rejected_at: int
    """Real time, Unix milliseconds."""

    @property
    def where(self) -> str | None:
        """File and number as editors write them; None where neither is known."""
        if self.file is None:
            return None if self.line is None else f"line {self.line}"
        return self.file if self.line is None else f"{self.file}:{self.line}"


def rejected_lines(
    path: Path, connection: sqlite3.Connection, source: str | None, limit: int
) -> tuple[list[StoredRejectedLine], int]:
    """The newest rejected lines of a source, or of all, and how many there are in all.

    Args:
        path: the database, for the message.
        connection: open on it.
        source: the source's name; None: all.
        limit: how many at most.

    Raises:
        CcmonError: there is no such source.
    """
    database = Database(connection)
    number: int = database.value("count_rejected_lines_of_source", {"source": source})
    if source is not None and not number:
        calls_of(path, connection, source)  # raises if there is no such source
    return database.rows("rejected_lines", StoredRejectedLine, {"source": source, "limit": limit}), number
