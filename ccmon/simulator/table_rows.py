"""What happens on the simulated floor beside its calls, as rows of the tables that a site fills itself.

The rows have the values that an import of such a table reads, and are written by the same functions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

from ccmon.database.sql_files import sql
from ccmon.database.table_specs import KINDS
from ccmon.database.table_writer import TableWriter

SOURCE = "simulator"
"""Name and kind of the source that the simulated floor is."""

Values = dict[str, Any]


class TableRow(NamedTuple):
    """A row; where one is there already under its key, that one stays as it is."""

    at: int
    """Unix milliseconds, as in all of these."""
    kind: str
    values: Values


class RowChange(NamedTuple):
    """What becomes of rows that are there."""

    at: int
    kind: str
    known_by: Values
    values: Values
    earliest: str = ""
    """Field of a moment of which the earliest counts, in whatever order the changes come."""


class CallerKnown(NamedTuple):
    """The centre knows who calls or is called."""

    at: int
    call_id: str
    visit: int
    customer_id: int


class FollowUpMoved(NamedTuple):
    """The agent moves a follow-up to a later moment; the promised moment stays."""

    at: int
    id: int
    due_at: int


FloorRow = TableRow | RowChange | CallerKnown | FollowUpMoved


def of_call(call_id: str, visit: int) -> Values:
    """The values by which a row names a visit of a call."""
    return {"call": call_id, "source": SOURCE, "visit": visit}


class RowWriter:
    """Writes rows of the simulated floor into open transactions."""

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self._connection = connection
        self._tables = TableWriter(connection, now=now)
        self._customers: set[int] = set()
        """Those that are in the database."""

    def write(self, rows: Iterable[FloorRow]) -> None:
        """Write a batch, after the calls that it names: new rows so that each finds what it names, then changes."""
        new: dict[str, list[Values]] = {kind: [] for kind in KINDS}
        callers = []
        changes = []
        calls = set()
        for row in rows:
            if isinstance(row, TableRow):
                new[row.kind].append(row.values)
                if "call" in row.values:
                    calls.add(row.values["call"])
            elif isinstance(row, CallerKnown):
                callers.append((row.customer_id, SOURCE, row.call_id, row.visit))
            else:
                changes.append(row)
        self._tables.begin(SOURCE, calls)
        customers = {row["id"]: row for row in new.pop("customers") if row["id"] not in self._customers}
        self._customers |= customers.keys()
        self._tables.add("customers", customers.values())
        self._connection.executemany(sql("set_call_customer"), callers)
        for kind, batch in new.items():
            self._tables.add(kind, batch)
        for change in changes:
            self._change(change)

    def _change(self, change: RowChange | FollowUpMoved) -> None:
        if isinstance(change, FollowUpMoved):
            self._connection.execute(sql("log_follow_up_move"), (change.id, change.due_at, change.at))
            change = RowChange(change.at, "follow-ups", {"id": change.id}, {"due_at": change.due_at})
        for row in self._tables.find(change.kind, change.known_by):
            before = row.get(change.earliest)
            if before is None or before > change.values[change.earliest]:
                self._tables.change(change.kind, row, change.values)
