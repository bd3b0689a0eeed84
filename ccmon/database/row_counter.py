"""Counts rows with the same content, however many there are, outside of the memory."""

from __future__ import annotations

import sqlite3
import weakref

from ccmon.database.sql_files import sql


class RowCounter:
    """How often each content has occurred so far, in a temporary database that is deleted with the counter."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self.repeated = 0
        """How many had occurred before."""

    def count(self, content: str) -> int:
        """Count a content; returns how often it has occurred, this time included."""
        if self._connection is None:
            self._connection = sqlite3.connect("", isolation_level=None)
            weakref.finalize(self, self._connection.close)
            self._connection.execute(sql("create_seen_contents"))
        ((number,),) = self._connection.execute(sql("count_seen_content"), (content,)).fetchall()
        self.repeated += number > 1
        return int(number)
