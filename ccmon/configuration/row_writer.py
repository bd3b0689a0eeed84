"""Rows of the database as settings see them: found by name, written by `TableWriter`, and what that changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from ccmon.configuration import value_texts
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.names import Name, written
from ccmon.configuration.setting import SettingChange, unchanged
from ccmon.configuration.site_columns import SECTIONS, setting_name
from ccmon.database.row_checks import Fields, RejectedRowError
from ccmon.database.table_specs import ColumnSpec
from ccmon.database.table_writer import TableWriter
from ccmon.errors import UsageError, sentence
from ccmon.number_texts import CellError
from ccmon.spelling import nearest

Parsed = Mapping[ColumnSpec, Any]
"""Values by column, with names instead of row numbers."""


class SettingRowWriter:
    """Finds and writes rows in the caller's transaction, and notes what differs."""

    def __init__(self, connection: sqlite3.Connection, *, add_new: bool) -> None:
        """``add_new``: whether what is not there is added."""
        self.connection = connection
        self.values = DatabaseValues(connection)
        self.adds_new = add_new
        self.differences: list[SettingChange] = []
        self.notes: list[str] = []
        self.unchanged: list[str] = []
        self._tables: TableWriter | None = None

    def refresh(self) -> None:
        """Read names again: rows were added."""
        self.values, self._tables = DatabaseValues(self.connection), None

    def existing(self, section: str, name: str, *, by_any_name: bool = True) -> Fields | None:
        """The row that is known by a name; an agent by an alias or the name shown, too, unless that is not wanted."""
        spec = SECTIONS[section]
        found = self.select(section, {spec.key_fields[0][0]: name})
        if not found and section == "agents" and by_any_name:
            number = self.values.database.pairs("names_of_agents").get(name)
            found = [] if number is None else self.select(section, {"id": number})
        return found[0] if found else None

    def select(self, section: str, known_by: Fields) -> list[Fields]:
        """The rows of a section with the given fields."""
        spec = SECTIONS[section]
        found = self.connection.execute(spec.find(tuple(known_by)), known_by)
        return [dict(zip(spec.fields, row, strict=True)) for row in found]

    def referred(self, what: str, name: str) -> str:
        """The name of a client, team, agent or campaign as it is in the database; added if it is to be.

        Raises:
            UsageError: there is none.
        """
        section = f"{what}s"
        key = SECTIONS[section].keys[0][0]
        fields = self.existing(section, name)
        if fields is not None:
            return str(fields[key])
        self.refuse_unless_new(section, name)
        self.put(section, (section, name), {key: name})
        self.refresh()
        self.differences.append(SettingChange("added", written((section, name))))
        return name

    def refuse_unless_new(self, section: str, name: str, others: Iterable[str] = ()) -> None:
        """Refuse a name that is not there, unless it is to be added.

        Args:
            section: where it is not.
            name: what is not there.
            others: names that are there besides those of the section.

        Raises:
            UsageError: it is refused; the sentence says which name is nearest, or why there can be none such.
        """
        if not self.adds_new:
            raise self.missing(section, name, others, end=f" --new adds {name!r}.")
        spec = SECTIONS[section]
        (known_by,) = (column for column in spec.columns if column.name == spec.keys[0][0])
        try:
            value_texts.parse(known_by, name, self.values.context)
        except CellError as error:
            why = f"its {known_by.name} {error}"
            raise UsageError(sentence(f"{written((section, name))} cannot be added: {why}")) from None

    def missing(self, section: str, name: str, others: Iterable[str] = (), *, end: str = "") -> UsageError:
        """The error about a name that is not there; the sentence says which name is nearest, then ``end``."""
        near = nearest(name, [*(row.key[0] for row in self.values.rows_of(section)), *others])
        hint = f"did you mean {near}?" if near else f"ccmon config show {section} lists them{';' if end else '.'}"
        return UsageError(f"there is no {SECTIONS[section].singular} {name!r}; {hint}{end}")

    def write_row(self, section: str, name: str, parsed: Parsed, before: Fields | None) -> None:
        """Write values of a row that is known by one name, which is added if there was none; note what differs.

        Raises:
            RejectedRowError: together with the row's other values they make no sense.
        """
        differing = self.differing(parsed, before)
        if differing or before is None:
            values = {column.key: value for column, value in differing.items()}
            self.put(section, (section, name), {SECTIONS[section].keys[0][0]: name, **values})
        self.note((section, name), parsed, before, self.existing(section, name) or {})

    def put(self, section: str, row: Name, values: Mapping[str, Any]) -> None:
        """Write values by `ColumnSpec.key` into a row, which is added if it is not there.

        Raises:
            RejectedRowError: together with the row's other values they make no sense.
        """
        if self._tables is None:
            self._tables = TableWriter(self.connection, now=self.values.context.now)
        try:
            self._tables.upsert(section.replace("_", "-"), values)
        except RejectedRowError as error:
            raise RejectedRowError(sentence(f"{written(row)}: {error}")) from None

    def differing(self, parsed: Parsed, before: Fields | None) -> dict[ColumnSpec, Any]:
        """The values that are written otherwise than those of a row before."""
        return {
            column: value
            for column, value in parsed.items()
            if before is None or self._text(column, before) != self.values.text(column, value)
        }

    def note(
        self, row: Name, parsed: Parsed, before: Fields | None, after: Fields, *, holds_from: str | None = None
    ) -> None:
        """Note what differs between a row before and after a change of some columns; without any, that it is new."""
        if before is None and not parsed:
            self.differences.append(SettingChange("added", written(row), holds_from=holds_from))
        section, *key = row
        for column in parsed:
            name = setting_name(section, key, column)
            was, is_now = self._text(column, before or {}), self._text(column, after)
            if before is not None and was == is_now:
                self.unchanged.append(unchanged(name, was))
            else:
                self.differences.append(
                    SettingChange("value", written(name), was, is_now, holds_from, is_new=before is None)
                )

    def _text(self, column: ColumnSpec, fields: Fields) -> str | None:
        value = fields.get(column.field)
        if column.refers_to:
            value = self.values.name_of(column.refers_to, value)
        return self.values.text(column, value)
