"""What happens on the simulated floor apart from its calls, as rows of the tables that a site fills itself.

The rows have the values that an import of such a table reads, and are written with the same table specifications.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from json import dumps
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import astuple

from ccmon.calls.records import Visit
from ccmon.database.bulk_insert import insert_by
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql
from ccmon.database.table_specs import KINDS
from ccmon.database.table_writer import TableWriter
from ccmon.simulator.customers import Customer

SOURCE = "simulator"
"""Name and kind of the simulated floor as a source."""

Values = dict[str, Any]
"""Values of a row by `ccmon.database.table_specs.ColumnSpec.key`; ``call`` is the call id and number of a visit."""


class RowChange(NamedTuple):
    """A change to existing rows."""

    at: int
    """Unix milliseconds, as in all these records."""
    kind: str
    known_by: Values
    values: Values
    earliest: str = ""
    """A field with a moment; the change with the earliest one wins, in whatever order changes come."""


class FollowUpMoved(NamedTuple):
    """The agent moves a follow-up to a later moment; the promised moment stays."""

    at: int
    id: int
    due_at: int


Change = RowChange | FollowUpMoved


class FloorRows(Struct):
    """New and changed rows besides the calls, to be written."""

    customers: dict[int, Customer] = {}
    new: dict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    """New rows by kind of table. If a row with its key exists already, that one stays as it is."""
    changes: list[Change] = []

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.customers or self.new or self.changes)

    def values(self) -> Iterator[Values]:
        """The values of each row, and those by which changes know their rows."""
        changes = (change for change in self.changes if isinstance(change, RowChange))
        return chain(*self.new.values(), *((change.known_by, change.values) for change in changes))


class _VisitId(Struct, frozen=True, gc=False):
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
        """The customers that are in the database."""

    def write_customers(self, rows: FloorRows) -> None:
        """Write the customers among the rows, before the calls that refer to them."""
        new = [person for number, person in rows.customers.items() if number not in self._customers]
        self._customers.update(rows.customers)
        if new:
            columns = list(zip(*map(astuple, new), strict=True))
            insert_by(self._connection, KINDS["customers"].insert_if_new, columns)

    def write(self, rows: FloorRows, visits: Iterable[Visit] | None = None) -> None:
        """Write the other rows, after their calls: new rows, each after those it refers to, then changes.

        Changes of different fields do not depend on each other, so those of the same fields are made together.

        Args:
            rows: the rows; customers among them are written before.
            visits: some that were written just now; calls named by a key that are not among them are looked up.
                None: no row names its call by a key.
        """
        if visits is not None:
            self._find_calls(rows, visits)
        for kind in KINDS:
            if kind in rows.new:
                self._tables.insert_trusted(kind, rows.new[kind])
        alike: defaultdict[tuple[Any, ...], list[tuple[Values, Values]]] = defaultdict(list)
        for change in rows.changes:
            if isinstance(change, FollowUpMoved):
                self._connection.execute(sql("log_follow_up_move"), (change.id, change.due_at, change.at))
                kind, known_by, values, earliest = "follow-ups", {"id": change.id}, {"due_at": change.due_at}, ""
            else:
                _, kind, known_by, values, earliest = change
            alike[kind, earliest, *known_by, *values].append((known_by, values))
        for (kind, earliest, *_), changes in alike.items():
            self._tables.update_trusted(kind, changes, earliest=earliest)

    def _find_calls(self, rows: FloorRows, visits: Iterable[Visit]) -> None:
        """Replace calls that are named by a key by their row numbers."""
        naming = [row for row in rows.values() if "call" in row]
        ids = {(visit.call_id, visit.number): visit.row_id for visit in visits}
        others = {row["call"][0] for row in naming if row["call"] not in ids}
        if others:
            found = Database(self._connection).rows("ids_of_visits", _VisitId, (SOURCE, dumps(sorted(others))))
            ids |= {(visit.call_id, visit.visit): visit.id for visit in found}
        for row in naming:
            row["call_id"] = ids[row.pop("call")]
