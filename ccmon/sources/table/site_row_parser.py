"""Reads the rows of a file with the columns of a kind of table, by its header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ccmon.database.table_specs import CellType, TableSpec
from ccmon.errors import CcmonError
from ccmon.metrics.likely_hours import is_like_hours
from ccmon.number_texts import CellError, ImpossibleError
from ccmon.sources.table import row_reader
from ccmon.sources.table.cells import CellContext, parser_of

_LINE_END = re.compile(r"[\t\n\v\f\r]+")
"""What a spreadsheet leaves in a text of one line that was broken into two."""


class FaultyRowError(CellError):
    """Some cells of a row cannot be understood, or are missing; the sentence names all."""

    def __init__(self, faults: Sequence[str], values: dict[str, Any]) -> None:
        """Name the faults; ``values`` are those of the other cells."""
        super().__init__("; ".join(faults))
        self.values = values


class SiteRowParser:
    """Parses the cells of a row into values."""

    def __init__(self, kind: TableSpec, header: Sequence[str], file: Path, context: CellContext) -> None:
        """Find the columns of the kind in the header.

        Raises:
            CcmonError: a required column is missing, or one occurs twice; the sentence lists those present.
        """
        by_name = {column.name: column for column in kind.columns}
        names = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in header]
        twice = {name for name in names if name in by_name and names.count(name) > 1}
        if twice:
            raise CcmonError(f"{file} has the column {min(twice)!r} twice; keep one of them.")
        given = {by_name[name].key for name in names if name in by_name}
        self._required = [(column.name, column.key) for column in kind.columns if column.required]
        missing = [repr(name) for name, key in self._required if key not in given]
        if missing:
            columns_missing = f"column{'s' if len(missing) > 1 else ''} {' and '.join(missing)}"
            raise CcmonError(
                f"{file} lacks the {columns_missing}; its first line must name its columns. "
                f"A table of {kind.name} has: {', '.join(by_name)}."
            )
        columns = [(place, by_name[name]) for place, name in enumerate(names) if name in by_name]
        # The currency first: it decides how many decimals an amount has.
        columns.sort(key=lambda found: found[1].name != "currency")
        self._columns = [(place, column, column.key, parser_of(column)) for place, column in columns]
        self._texts = [(column.name, column.key) for _, column in columns if column.type is CellType.TEXT]
        self._hours = next((each for each in kind.columns if each.type is CellType.OPENING_HOURS), None)
        self._width = len(names)
        self._context = context
        self.unused = [said.strip() for said, name in zip(header, names, strict=True) if name and name not in by_name]
        """Names in the header that belong to no column."""

    def parse(self, cells: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
        """The values of a row by `ColumnSpec.key`, None for an empty cell; and its impossible values.

        Raises:
            CellError: the row cannot be read at all, or has too many cells.
            FaultyRowError: it lacks values it must have, or has some that cannot be understood.
        """
        count = len(cells)
        if count > self._width and any(map(str.strip, cells[self._width :])):
            raise CellError(f"has {count} cells, and the first line names {self._width} columns")
        if row_reader.is_garbled(cells):
            raise CellError(
                "has bytes that are not UTF-8; save the file as UTF-8, or say which it is with --encoding, "
                "such as windows-1252"
            )
        values: dict[str, Any] = {}
        impossible: list[str] = []
        wrong: list[str] = []
        failed: set[str] = set()
        context = self._context
        for place, column, key, parser in self._columns:
            cell = cells[place].strip() if place < count else ""
            if not cell:
                values.setdefault(key, None)
                continue
            if column.type is CellType.TEXT and not cell.isprintable():
                cell = _LINE_END.sub(" ", cell)
            try:
                value = parser(cell, context)
            except CellError as error:
                reason = f"{column.name} {error}"
                is_needed = not isinstance(error, ImpossibleError) or column.required or column.decides
                (wrong if is_needed else impossible).append(reason)
                failed.add(key)
                continue
            if key == "currency":
                context = replace(context, currency=value)
            if values.get(key, value) not in {None, value}:
                wrong.append(f"{column.name} says another amount than the column beside it")
            values[key] = value
        wrong += [f"{name} is missing" for name, key in self._required if values.get(key) is None and key not in failed]
        if self._hours is not None and values.get(self._hours.key) is None and self._hours.key not in failed:
            wrong += [
                f"{name} is {values[key]!r}, which are hours: give them in the column {self._hours.name}"
                for name, key in self._texts
                if values.get(key) is not None and is_like_hours(values[key])
            ]
        if wrong:
            raise FaultyRowError(wrong, values)
        return values, impossible
