"""What happens on the simulated floor beside its calls, as rows of the tables that a site fills itself.

The rows have the values that an import of such a table reads, and are written by the same description of the tables.
"""

from __future__ import annotations

import sqlite3
from itertools import chain
from json import dumps
from typing import Any, NamedTuple

from msgspec import Struct

from ccmon.database.bulk_insert import insert_by
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql
from ccmon.database.table_specs import KINDS
from ccmon.database.table_writer import TableWriter
from ccmon.simulator.customers import Customer

SOURCE = "simulator"
"""Name and kind of the source that the simulated floor is."""

Values = dict[str, Any]
"""Of a row, by `ccmon.database.table_specs.ColumnSpec.key`; ``call`` is a `VisitKey`."""
VisitKey = tuple[str, int]
"""Call id and number of a visit."""


class RowChange(NamedTuple):
    """What becomes of rows that are there."""

    at: int
    """Unix milliseconds, as in all of these."""
    kind: str
    known_by: Values
    values: Values
    earliest: str = ""
    """Field of a moment of which the earliest counts, in whatever order the changes come."""


class FollowUpMoved(NamedTuple):
    """The agent moves a follow-up to a later moment; the promised moment stays."""

    at: int
    id: int
    due_at: int


Change = RowChange | FollowUpMoved


class FloorRows(Struct):
    """What has come to be beside the calls, and is to be written."""

    customers: dict[int, Customer] = {}
    new: dict[str, list[Values]] = {}
    """By the kind of their table. Where one is there already under its key, that one stays as it is."""
    changes: list[Change] = []

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.customers or self.new or self.changes)


class _Visit(Struct, frozen=True, gc=False):
    """A visit of a call."""

    call_id: str
    visit: int
    id: int


class RowWriter:
    """Writes rows of the simulated floor into open transactions."""

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self._connection = connection
        self._tables = TableWriter(connection, now=now)
        self._customers: set[int] = set()
        """Those that are in the database."""

    def write_customers(self, rows: FloorRows) -> None:
        """Write the customers among rows, before the calls that name them."""
        new = [person for number, person in rows.customers.items() if number not in self._customers]
        self._customers |= rows.customers.keys()
        if new:
            insert_by(self._connection, KINDS["customers"].insert_if_new, list(zip(*new, strict=True)))

    def write(self, rows: FloorRows) -> None:
        """Write the others, after the calls that they name: new rows so that each finds what it names, then changes."""
        self._find_calls(rows)
        for kind in KINDS:
            if kind in rows.new:
                self._tables.add(kind, rows.new[kind])
        for change in rows.changes:
            if isinstance(change, FollowUpMoved):
                self._connection.execute(sql("log_follow_up_move"), (change.id, change.due_at, change.at))
                self._tables.change("follow-ups", {"id": change.id}, {"due_at": change.due_at})
            else:
                self._tables.change(change.kind, change.known_by, change.values, earliest=change.earliest)

    def _find_calls(self, rows: FloorRows) -> None:
        """Put the numbers of calls in the place of their names."""
        changes = [change for change in rows.changes if isinstance(change, RowChange)]
        values = chain(*rows.new.values(), *((change.known_by, change.values) for change in changes))
        naming = [row for row in values if "call" in row]
        if not naming:
            return
        call_ids = {row["call"][0] for row in naming}
        found = Database(self._connection).rows("ids_of_visits", _Visit, (SOURCE, dumps(sorted(call_ids))))
        ids = {(visit.call_id, visit.visit): visit.id for visit in found}
        for row in naming:
            row["call_id"] = ids[row.pop("call")]
