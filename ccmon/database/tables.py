"""The door into the tables of `ccmon.database.table_specs`: names resolved to row numbers, rows checked and written.

A row is a mapping by column name, as an import reads it from a file and as the simulator makes it. Calls are named by
the source's call id, agents by login, alias or display name, everything else by name or reference; whatever is named
must be there. A row may carry its number (``id``), and beside the call the number of its ``visit``.
"""

from __future__ import annotations

import difflib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ccmon.database.driver import Database
from ccmon.database.site import read_site
from ccmon.database.sql_files import sql
from ccmon.database.table_specs import KINDS, Fields, RejectedRowError, TableSpec

DAY_MS = 86_400_000
KEPT_NAMES = 20_000
"""Customers whose row numbers are kept."""

Row = Mapping[str, Any]
"""Values by `ColumnSpec.key`; None for an empty cell."""


class Change(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


class ReferencedCall(NamedTuple):
    """The call that a row is about."""

    id: int
    customer_id: int | None
    campaign_id: int | None
    entered_at: int
    last_agent_id: int | None
    only_agent_id: int | None
    """None where two agents talked: a score is then no single agent's (metrics.md 9.4)."""


class _Named(NamedTuple):
    """A row of ``names_of_…``."""

    name: str
    id: int


class _Visit(NamedTuple):
    """A row of ``visits_of_referenced_call``."""

    id: int
    visit: int
    agent_id: int | None
    customer_id: int | None
    campaign_id: int | None
    entered_at: int
    answered_at: int | None


class ReferenceNames:
    """Rows by name, read as they are first asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._ids: dict[str, dict[str, int]] = {}
        self._customers: dict[str, int] = {}
        self._database = Database(connection)
        self._sources: list[str] = self._database.values("sources_of_calls")

    def find(self, what: str, name: str) -> int:
        """Row number of a client, team, campaign, agent, reason or customer.

        Raises:
            RejectedRowError: nobody has this name; the text names one that is written alike.
        """
        if what == "customer":
            return self._customer(name)
        ids = self._ids.get(what)
        if ids is None:
            rows = self._database.rows(f"names_of_{what}s", _Named)
            ids = self._ids[what] = {row.name: row.id for row in rows}
        if name in ids:
            return ids[name]
        near = difflib.get_close_matches(name, ids, n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]!r}?" if near else f"; import the {what} first"
        raise RejectedRowError(f"there is no {what} {name!r}{hint}")

    def _customer(self, reference: str) -> int:
        found = self._customers.get(reference)
        if found is None:
            found = self._database.value_or_none("customer_by_reference", (reference,))
            if found is None:
                raise RejectedRowError(f"there is no customer {reference!r}; import the customer first")
            if len(self._customers) >= KEPT_NAMES:
                self._customers.clear()
            self._customers[reference] = found
        return found

    def call(self, call_id: str, source: str | None, visit: int | None = None) -> ReferencedCall:
        """A visit of a call; where its number is not given, the one that was answered last.

        Raises:
            RejectedRowError: there is no such call, or two sources have one.
        """
        found = []
        for each in self._sources if source is None else (source,):
            visits = self._database.rows("visits_of_referenced_call", _Visit, (each, call_id))
            if visits:
                found.append(visits)
        if not found:
            where = f" of the source {source!r}" if source is not None else ""
            raise RejectedRowError(f"there is no call {call_id!r}{where}")
        if len(found) > 1:
            raise RejectedRowError(f"the call {call_id!r} is known from {len(found)} sources; add the column source")
        (visits,) = found
        meant = next((each for each in visits if each.visit == visit), visits[0])
        talked = {each.agent_id for each in visits if each.answered_at is not None and each.agent_id is not None}
        return ReferencedCall(
            id=meant.id,
            customer_id=meant.customer_id,
            campaign_id=meant.campaign_id,
            entered_at=min(each.entered_at for each in visits),
            last_agent_id=meant.agent_id,
            only_agent_id=next(iter(talked)) if len(talked) == 1 else None,
        )


class TableWriter:
    """Writes rows in transactions of the caller."""

    def __init__(self, connection: sqlite3.Connection, *, now: int) -> None:
        """``now``: taken where a row does not say when something was promised."""
        self._connection = connection
        self._names = ReferenceNames(connection)
        self._now = now
        site = read_site(connection)
        self._currency, self._zone = site.currency, ZoneInfo(site.time_zone)
        self.notes: list[str] = []
        """What else was done that a person should know."""
        connection.execute(sql("create_seen_keys"))

    def add(self, kind: str, rows: Iterable[Row]) -> None:
        """Insert rows that say all that they ever will; those that are there already stay as they are.

        Raises:
            RejectedRowError: a row cannot go in; none of them has.
        """
        spec = KINDS[kind]
        new = [{"id": None, **spec.defaults, **self._resolve(spec, row)} for row in rows]
        for row in new:
            spec.derive(row, self._now)
            self._check(spec, row)
        self._connection.executemany(spec.insert_if_new, new)

    def find(self, kind: str, **fields: Any) -> list[Fields]:
        """The rows that have some fields."""
        return self._select(KINDS[kind].find(tuple(fields)), fields)

    def write(self, kind: str, row: Row, *, line: int | None = None) -> Change:
        """Insert a row, or update the one of its key by what it says.

        Args:
            kind: a name of `KINDS`.
            row: what it does not say stays as it is.
            line: where it stands in a file, in which no other line may have its key.

        Raises:
            RejectedRowError: the row cannot go in; nothing of it has.
        """
        spec = KINDS[kind]
        said = {
            field: value
            for field, value in self._resolve(spec, row).items()
            if value is not None or spec.defaults.get(field, "") is None
        }
        known = self._known(spec, {**spec.defaults, **said})
        merged = {**spec.defaults, **(known or {}), **said}
        spec.derive(merged, self._now)
        self._check(spec, merged)
        names = spec.key_of(merged)
        key = json.dumps([*names, *map(merged.get, names)])
        if line is not None:
            self._check_unseen(spec, key)
        if known is None:
            self._connection.execute(spec.insert, {"id": None, **merged})
        elif merged != known:
            self._connection.execute(spec.update, merged)
        if line is not None:
            self._connection.execute(sql("insert_seen_key"), (key, line))
        if self._currency is None and merged.get("currency") is not None:
            self._set_currency(merged["currency"])
        if known is None:
            return Change.ADDED
        return Change.SAME if merged == known else Change.CHANGED

    def _known(self, spec: TableSpec, row: Fields) -> Fields | None:
        """The row that is there under a row's number or key."""
        key = ("id",) if row.get("id") is not None else spec.key_of(row)
        found = self._select(spec.find(key), row) if key else []
        return found[0] if found else None

    def _select(self, query: str, values: Fields) -> list[Fields]:
        cursor = self._connection.execute(query, values)
        names = [name for name, *_ in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _check_unseen(self, spec: TableSpec, key: str) -> None:
        before = Database(self._connection).value_or_none("line_of_seen_key", (key,))
        if before is not None:
            raise RejectedRowError(f"the same {spec.singular} stands on line {before} already, which has gone in")

    def _resolve(self, spec: TableSpec, row: Row) -> Fields:
        """The row with names as row numbers, and what follows from its call."""
        fields = dict(row)
        call = None
        for column in spec.references:
            if column.refers_to == "call":
                source, visit = fields.pop("source", None), fields.pop("visit", None)
                if column.name in fields:
                    call_id = fields.pop(column.name)
                    call = None if call_id is None else self._names.call(call_id, source, visit)
                    fields[column.field] = None if call is None else call.id
            elif column.refers_to == "scope":
                fields[column.field] = self._scope_id(fields["scope"], fields.pop(column.name, None))
            elif column.name in fields:
                name = fields.pop(column.name)
                fields[column.field] = None if name is None else self._names.find(column.refers_to, name)
        if call is not None:
            for column in spec.references:
                if column.of_call and fields.get(column.field) is None:
                    fields[column.field] = getattr(call, column.of_call)
            happened_at = fields.get(spec.happened_at)
            if happened_at is not None and happened_at < call.entered_at - DAY_MS:
                raise RejectedRowError(f"{spec.happened_at} lies more than a day before its call began")
        return fields

    def _scope_id(self, scope: str, name: str | None) -> int:
        if scope == "centre":
            if name is not None:
                raise RejectedRowError("a quota of the centre has no name")
            return 0
        if name is None:
            raise RejectedRowError(f"the name of the {scope} is missing")
        return self._names.find(scope, name)

    def _check(self, spec: TableSpec, row: Fields) -> None:
        spec.check(row)
        self._check_currency(row.get("currency"))
        for earlier, later in spec.order:
            first, last = row.get(earlier), row.get(later)
            if first is not None and last is not None and last < first:
                raise RejectedRowError(f"{later} ({self._format(last)}) lies before {earlier} ({self._format(first)})")

    def _check_currency(self, currency: str | None) -> None:
        if currency is None or self._currency is None or currency == self._currency:
            return
        raise RejectedRowError(
            f"its amount is in {currency}, and this site counts in {self._currency}: "
            "amounts in two currencies have no sum"
        )

    def _set_currency(self, currency: str) -> None:
        """The first sale that has gone in says what the site counts in."""
        self._connection.execute(sql("set_currency"), (currency,))
        self._currency = currency
        self.notes.append(f"The site counts in {currency} from now on.")

    def _format(self, moment: int | str) -> str:
        if isinstance(moment, str):
            return moment
        return f"{datetime.fromtimestamp(moment / 1000, self._zone):%Y-%m-%d %H:%M}"
