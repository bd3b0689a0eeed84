"""Writes rows into the tables of `ccmon.database.table_specs`: names resolved to row numbers, rows checked.

A row is a mapping by column name, as an import reads it from a file and as the simulator makes it. Calls are named by
the source's call id, agents by login, alias or display name, everything else by name or reference; whatever is named
must exist. A row may have its number (``id``), and instead of a name the number of the row that it names.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ccmon.database.agent_turns import check_turn
from ccmon.database.bulk_insert import insert_by
from ccmon.database.connection import savepoint
from ccmon.database.driver import Database
from ccmon.database.reference_names import ADDABLE, ReferencedCall, ReferenceNames, SeveralSourcesError
from ccmon.database.row_checks import Fields, RejectedRowError
from ccmon.database.site import read_site
from ccmon.database.sql_files import sql
from ccmon.database.table_specs import KINDS, TableSpec
from ccmon.formatting import iso_minute
from ccmon.metrics.opening_hours import WEEKDAYS
from ccmon.real_time import real_now
from ccmon.time_units import DAY_MS

_EXPORTED_NUMBER = re.compile(r"ccmon:(\d{1,18})", re.ASCII)
"""What an export names a row that has no reference of its own (``exported_reference`` in ``export.sql``)."""

Row = Mapping[str, Any]
"""Values by `ColumnSpec.key`; None for an empty cell."""


class WriteResult(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REPEATED = "repeated"
    """Another line of the same file has said all of it."""


class TableWriter:
    """Writes rows in the caller's transactions; the caller calls `forget_calls` at the start of each."""

    def __init__(self, connection: sqlite3.Connection, *, now: int, adds: Collection[str] = ()) -> None:
        """A writer that adds nothing that rows only name, but for some kinds.

        Args:
            connection: of the database.
            now: used if a row does not say when something was promised.
            adds: kinds (of `reference_names.ADDABLE`) of which a row is added for a name that nobody has.
        """
        self._connection = connection
        self._database = Database(connection)
        self._names = ReferenceNames(connection, adds)
        self._now = now
        site = read_site(connection)
        self._currency, self._zone = site.currency, ZoneInfo(site.time_zone)
        self.notes: list[str] = []
        """Side effects that a person should know of."""
        self._brought: dict[str, tuple[int, int]] = {}
        """By source that rows name, how many it has brought since `write_sources`, and when the last of them began."""
        connection.execute(sql("create_seen_keys"))

    def forget_calls(self) -> None:
        """To be called at the beginning of each transaction: calls may have changed since the last."""
        self._names.forget_calls()

    def write_sources(self, file: Path) -> None:
        """Note which sources have brought rows of a file since the last time, in the transaction of those rows."""
        now = real_now()
        for name, (rows, last_at) in self._brought.items():
            row = {"name": name, "path": str(file), "started_at": now, "last_record_at": last_at, "records": rows}
            self._connection.execute(sql("write_source_of_intervals"), row)
        self._brought.clear()

    def insert_trusted(self, kind_name: str, rows: Iterable[Row]) -> None:
        """Insert complete rows of our own making; rows that exist already stay as they are.

        Names are looked up column by column; rows are not checked, and nothing is filled in from their calls.

        Raises:
            RejectedRowError: a row names something that does not exist; none of the rows is written.
        """
        spec, new = KINDS[kind_name], list(rows)
        given = set().union(*new)
        if new:
            columns = [self._column(spec, field, new, given) for field in spec.fields]
            insert_by(self._connection, spec.insert_if_new, columns)

    def update_trusted(self, kind_name: str, changes: Sequence[tuple[Row, Row]], *, earliest: str = "") -> None:
        """Update rows of our own making with new values; nothing is checked.

        Args:
            kind_name: a name of `KINDS`.
            changes: for each row, the fields by which it is found, and the new values; the same fields in all.
            earliest: field of a moment; a row that has an earlier one stays as it is.

        Raises:
            RejectedRowError: a row names something that does not exist; none of the rows is changed.
        """
        spec, known_by = KINDS[kind_name], [known for known, _ in changes]
        new = [dict(values) for _, values in changes]
        if any(column.name in new[0] for column in spec.references):
            for fields in new:
                self._replace_names(spec, fields)
        statement = spec.change(tuple(known_by[0]), tuple(new[0]), earliest)
        self._connection.executemany(statement, [{**known, **row} for known, row in zip(known_by, new, strict=True)])

    def upsert(self, kind_name: str, row: Row, *, line: int | None = None) -> WriteResult:
        """Insert a row, or update the existing row with its key.

        Args:
            kind_name: a name of `KINDS`.
            row: the values; missing ones stay as they are.
            line: its line in a file, in which another line may have its key only if it says the same.

        Raises:
            RejectedRowError: the row cannot be written; nothing of it is.
        """
        if not self._names.adds:
            return self._upsert(KINDS[kind_name], row, line)
        try:
            with savepoint(self._connection):
                result = self._upsert(KINDS[kind_name], row, line)
        except BaseException:
            self._names.forget_added()
            raise
        self._names.keep_added()
        return result

    @property
    def unknown(self) -> dict[str, int]:
        """By kind, how many different names there were that nobody has, up to `reference_names.CACHED_NAMES`."""
        return {kind: len(self._names.unknown[kind]) for kind in ADDABLE if kind in self._names.unknown}

    @property
    def unknown_names(self) -> dict[str, list[str]]:
        """The same names, in their order."""
        return {kind: sorted(self._names.unknown[kind]) for kind in self.unknown}

    @property
    def added(self) -> dict[str, int]:
        """By kind, how many rows have been added for names that nobody had."""
        return {kind: self._names.added[kind] for kind in ADDABLE if kind in self._names.added}

    def _upsert(self, spec: TableSpec, row: Row, line: int | None) -> WriteResult:
        defaults = spec.defaults
        given = dict(row)
        self._resolve(spec, given)
        given = {name: value for name, value in given.items() if value is not None or defaults.get(name, "") is None}
        merged = {**defaults, **given}
        known = self._known(spec, merged)
        if known is not None and known.get("question") != merged.get("question"):
            # Who answers several questions at once has one number for all answers.
            given["reference"] = merged["reference"] = f"{merged['reference']} ({merged['question']})"
            known = self._known(spec, merged)
        if known is not None:
            merged = {**defaults, **known, **given}
        spec.derive(merged, self._now)
        self._check(spec, merged)
        seen = None if line is None else self._key_text(spec, merged)
        if seen is not None and self._is_repeated(spec, seen, known, merged):
            return WriteResult.REPEATED
        if spec.in_turn and merged != known:
            source = given.get("source")
            check_turn(self._database, merged, known=known, source=source, zone=self._zone)
        if known is None:
            self._connection.execute(spec.insert, spec.values({**spec.blank, **merged}))
            if spec.in_turn and merged.get("source") is not None:
                rows, last_at = self._brought.get(merged["source"], (0, 0))
                self._brought[merged["source"]] = rows + 1, max(last_at, merged["started_at"])
        elif merged != known:
            self._connection.execute(spec.update, merged)
        if seen is not None:
            self._connection.execute(sql("insert_seen_key"), (seen, line))
        if self._currency is None and merged.get("currency") is not None:
            self._set_currency(merged["currency"])
        if known is None:
            return WriteResult.ADDED
        return WriteResult.SAME if merged == known else WriteResult.CHANGED

    def further_faults(self, kind_name: str, row: Row) -> list[str]:
        """What a row names that there is not, and a currency that is not the site's: of one that is refused anyway."""
        spec, unknown = KINDS[kind_name], []
        for column in spec.references:
            name = row.get(column.name)
            if name is not None and column.refers_to not in {"call", "scope"}:
                try:
                    self._names.require(column.refers_to, name)
                except RejectedRowError as error:
                    unknown.append(str(error))
        return [*unknown, *self._faults_of_currency(row)]

    def _column(self, spec: TableSpec, field: str, rows: Sequence[Row], given: Container[str]) -> list[Any]:
        """The values of complete rows, which have given fields, in one column of the database's table."""
        column = spec.reference_of.get(field)
        if column is None or column.name not in given:
            default = spec.defaults.get(field)
            return _values(rows, field, default) if field in given else [default] * len(rows)
        named = _values(rows, column.name, None)
        if column.refers_to == "scope":
            return [self._scope_id(row["scope"], name) for row, name in zip(rows, named, strict=True)]
        names = {name for name in named if name is not None}
        ids: dict[str | None, int | None] = {name: self._names.find(column.refers_to, name) for name in names}
        ids[None] = None
        return list(map(ids.__getitem__, named))

    def _known(self, spec: TableSpec, row: Fields) -> Fields | None:
        """The existing row with a row's number or key."""
        key = ("id",) if row.get("id") is not None else spec.key_of(row)
        found = self._select(spec, key, row) if key else []
        return found[0] if found else self._known_by_number(spec, row)

    def _known_by_number(self, spec: TableSpec, row: Fields) -> Fields | None:
        """The existing row without a reference whose number an export has put into the reference of this one.

        The number may be that of another database: what it was known by has to be the same, too.
        """
        number = _EXPORTED_NUMBER.fullmatch(row.get("reference") or "")
        if number is None:
            return None
        found = self._select(spec, ("id",), {"id": int(number[1])})
        same = [spec.moment_field] if spec.moment_field else list(spec.fields[2:])
        known = [each for each in found if each["reference"] is None and all(each[f] == row.get(f) for f in same)]
        return known[0] if known else None

    def _select(self, spec: TableSpec, key: tuple[str, ...], values: Fields) -> list[Fields]:
        rows = self._connection.execute(spec.find(key), values)
        return [dict(zip(spec.fields, row, strict=True)) for row in rows]

    def _key_text(self, spec: TableSpec, row: Fields) -> str:
        """What identifies a row, as a text."""
        names = spec.key_of(row)
        return json.dumps([*names, *map(row.get, names)])

    def _is_repeated(self, spec: TableSpec, key: str, known: Fields | None, row: Fields) -> bool:
        """Whether an earlier line of the file has the key of a row, and says the same.

        Raises:
            RejectedRowError: it says something else; which of the two is right, nobody knows.
        """
        before = self._database.value_or_none("line_of_seen_key", (key,))
        if before is None:
            return False
        names = {column.field: column.name for column in reversed(spec.columns) if column.field}
        for field in {"id", *spec.key_of(row)}:
            names.pop(field, None)
        differing = [name for field, name in names.items() if known is None or known[field] != row.get(field)]
        if differing:
            raise RejectedRowError(
                f"{_named_by_key(spec, row)} stands on line {before} already, with another {' and '.join(differing)}; "
                "only that one goes in"
            )
        return True

    def _resolve(self, spec: TableSpec, fields: Fields) -> None:
        """Replace names by row numbers, and fill in what follows from the row's call."""
        call = self._replace_names(spec, fields)
        if call is not None:
            for column in spec.references:
                if column.of_call and fields.get(column.field) is None:
                    fields[column.field] = getattr(call, column.of_call)
            happened_at = fields.get(spec.moment_field)
            if happened_at is not None and happened_at < call.entered_at - DAY_MS:
                raise RejectedRowError(f"{spec.moment_field} lies more than a day before its call began")

    def _replace_names(self, spec: TableSpec, fields: Fields) -> ReferencedCall | None:
        """Replace names by row numbers; return the call that the row names.

        Raises:
            RejectedRowError: some name nothing; the sentence names them all.
        """
        call, unknown = None, []
        for column in spec.references:
            try:
                if column.refers_to == "call":
                    source, visit = fields.pop(spec.call_source, None), fields.pop("visit", None)
                    if column.name in fields:
                        call_id = fields.pop(column.name)
                        call = None if call_id is None else self._call(spec, call_id, source, visit)
                        fields[column.field] = None if call is None else call.id
                elif column.refers_to == "scope":
                    fields[column.field] = self._scope_id(fields["scope"], fields.pop(column.name, None))
                elif column.name in fields:
                    name = fields.pop(column.name)
                    fields[column.field] = None if name is None else self._names.find(column.refers_to, name)
            except RejectedRowError as error:
                unknown.append(str(error))
        if unknown:
            raise RejectedRowError("; ".join([*unknown, *self._faults_of_currency(fields)]))
        return call

    def _call(self, spec: TableSpec, call_id: str, source: str | None, visit: int | None) -> ReferencedCall:
        try:
            return self._names.call(call_id, source, visit)
        except SeveralSourcesError as error:
            raise RejectedRowError(f"{error}; add the column {spec.call_source}") from None

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
        for fault in self._faults_of_currency(row):
            raise RejectedRowError(fault)
        for earlier, later in spec.ordered_fields:
            first, last = row.get(earlier), row.get(later)
            if first is not None and last is not None and last < first:
                raise RejectedRowError(f"{later} ({self._format(last)}) lies before {earlier} ({self._format(first)})")

    def _faults_of_currency(self, row: Row) -> Iterator[str]:
        """That a row's amount is in another currency than the site's, if it is."""
        currency = row.get("currency")
        if currency is not None and self._currency is not None and currency != self._currency:
            yield (
                f"its amount is in {currency}, and this site counts in {self._currency}: "
                "amounts in two currencies have no sum"
            )

    def _set_currency(self, currency: str) -> None:
        """The first sale written decides the site's currency."""
        self._connection.execute(sql("set_currency"), (currency,))
        self._currency = currency
        self.notes.append(f"The first sale sets the currency of the site: {currency}.")

    def _format(self, moment: int | str) -> str:
        if isinstance(moment, str):
            return moment
        return iso_minute(moment, self._zone)


def _named_by_key(spec: TableSpec, row: Fields) -> str:
    """How a message names a row: where one word says which it is, by that, such as Monday."""
    key = spec.key_of(row)
    if spec.has_id or len(key) > 1:
        return f"the same {spec.singular}"
    word = str(row[key[0]])
    return word.capitalize() if word in WEEKDAYS else word


def _values(rows: Sequence[Row], key: str, default: Any) -> list[Any]:
    """The value of each row by a key that some may not have."""
    try:
        return list(map(itemgetter(key), rows))  # in half the time of `get`
    except KeyError:
        return [row.get(key, default) for row in rows]
