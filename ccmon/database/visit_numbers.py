"""Visit numbers: which row of its call each row of a table is, counted over any length of file in bounded memory.

A table may have several rows for one call: they are its visits, in the order of the file. What an import has written so
far has higher row numbers than all that was there before, and is counted in the database. Only calls that were there
before need a separate count, in a temporary table of the connection.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from ccmon.database.connection import transaction
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql


class VisitNumbers:
    """The visits of one file's calls."""

    def __init__(self, connection: sqlite3.Connection, source: str, *, dry_run: bool) -> None:
        """With ``dry_run`` nothing is written, so every call needs a separate count."""
        self._connection = connection
        self._database = Database(connection)
        self._source = source
        self._dry_run = dry_run
        self._newest_before: int = self._database.value("newest_of_calls")
        self._again = False
        connection.execute(sql("create_seen_calls"))

    def resume(self, position: Mapping[str, Any]) -> bool:
        """Go on with a file at a position; return whether the rows before it must be passed to `of` again."""
        self._newest_before = position.get("newest_before", self._newest_before)
        self._again = position.get("again", True)
        return self._again

    def position(self) -> dict[str, Any]:
        """What `resume` needs to know."""
        return {"newest_before": self._newest_before, "again": self._again}

    def of(self, call_ids: Iterable[str]) -> list[int]:
        """Which row of its call each of the next rows is, from 1. Outside a transaction."""
        call_ids = list(call_ids)
        written = {"source": self._source, "newest_before": self._newest_before, "call_ids": json.dumps(call_ids)}
        counts: dict[str, int | None] = self._database.pairs("count_written_visits", written)
        own = set(call_ids) if self._dry_run else {name for name, count in counts.items() if count is None}
        if own:
            self._again = True
            by_number = {hash(name): name for name in own}
            seen = self._database.pairs("count_seen_calls", (json.dumps(list(by_number)),))
            counts |= dict.fromkeys(own, 0) | {by_number[number]: visits for number, visits in seen.items()}
        if not counts and len(set(call_ids)) == len(call_ids):
            return [1] * len(call_ids)
        visits = []
        for name in call_ids:
            count = counts[name] = (counts.get(name) or 0) + 1
            visits.append(count)
        if own:
            with transaction(self._connection, "BEGIN"):
                self._connection.executemany(sql("write_seen_calls"), [(hash(name), counts[name]) for name in own])
        return visits
