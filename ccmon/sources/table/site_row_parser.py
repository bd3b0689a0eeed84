"""Reads the rows of a file with the columns of a kind of table, by its header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import ColumnSpec, TableSpec
from ccmon.errors import CcmonError
from ccmon.formatting import plain, plural
from ccmon.metrics.likely_hours import is_like_hours
from ccmon.number_texts import CellError, ImpossibleError
from ccmon.sources.table import row_reader
from ccmon.sources.table.cell_form import AS_KNOWN, AmbiguousError, CellForm
from ccmon.sources.table.cells import CellContext, Parser, parser_of
from ccmon.sources.table.file_content import as_typed
from ccmon.sources.table.mapped_cells import MappedCell, MappedColumns, RuleFaultError
from ccmon.sources.table.mapping import Mapping as TableMapping
from ccmon.sources.table.written_numbers import currency_in, is_nothing

_AMOUNTS = frozenset({CellType.SALE_AMOUNT, CellType.COST})
_NUMBERS = _AMOUNTS | {CellType.COUNT, CellType.SHARE}

_LISTED = 12
"""The most columns that a sentence names."""
_ANSWER = {"surveys": "score"}
"""By kind, the column without which a row says that nothing was answered."""
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

    def __init__(
        self,
        kind: TableSpec,
        header: Sequence[str],
        file: Path,
        context: CellContext,
        mapping: TableMapping | None = None,
    ) -> None:
        """Find the columns of the kind in the first row of the file, or those that its mapping names.

        Raises:
            CcmonError: a required column is missing, or one occurs twice; the sentence lists those present.
        """
        self.mapped = None if mapping is None else MappedColumns(mapping, kind, header, file, context.time_zone)
        """The columns by the mapping, if there is one."""
        self.further: list[SiteRowParser] = []
        """The parsers of further rows that each row of the file makes."""
        if mapping is not None:
            each = [replace(mapping, rules={**mapping.rules, **more}, also=()) for more in mapping.also]
            self.further = [SiteRowParser(kind, header, file, context, more) for more in each]
        self.unanswered = 0
        """Rows left out because they have no answer."""
        by_name = {column.name: column for column in kind.columns}
        names = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in header]
        if mapping is None or self.mapped is None:
            places = _places(names, by_name, file)
        else:
            places = dict.fromkeys(filter(self.mapped.names.__contains__, by_name), 0)
        self._places = places
        self._required = [(column.name, column.key) for column in kind.columns if column.required]
        given = {by_name[name].key for name in places}
        missing = [name for name, key in self._required if key not in given]
        if missing:
            columns_missing = f"column{'s' if len(missing) > 1 else ''} {' and '.join(map(repr, missing))}"
            if mapping is not None:
                raise CcmonError(
                    f"{mapping.name} has no rule for the {columns_missing} of {kind.name}; each row must have it."
                )
            raise CcmonError(
                f"{file} lacks the {columns_missing}; it has: {_listed(header)}. A table of {kind.name} has: "
                f"{', '.join(by_name)}. Where yours are called otherwise, let ccmon guess which is which: "
                f"ccmon import table {kind.name} {as_typed(file)} --guess > M.toml"
            )
        columns = [by_name[name] for name in places]
        # The currency first: it decides how many decimals an amount has. What others follow comes before them.
        first = ["currency"] if self.mapped is None else self.mapped.order
        first = [*first, *(column.follows for column in columns if column.follows)]
        order = {name: number for number, name in enumerate(dict.fromkeys(first))}
        columns.sort(key=lambda found: order.get(found.name, len(order)))
        self._columns = [(column, column.key, parser_of(column)) for column in columns]
        self._texts = [(column.name, column.key) for column in columns if column.type is CellType.TEXT]
        self._hours = next((each for each in kind.columns if each.type is CellType.OPENING_HOURS), None)
        self._sets_currency = "currency" in by_name
        self._width = len(names)
        self._context = context
        self._kind, self._file, self._mapping = kind, file, mapping
        self._contexts: dict[tuple[int, str | None], CellContext] = {}
        self._is_ambiguous = False
        unused = [said.strip() for said, name in zip(header, names, strict=True) if name and name not in by_name]
        self._unused = unused if self.mapped is None else self.mapped.unused

    @property
    def names(self) -> Set[str]:
        """The columns of the kind that the file gives."""
        return self._places.keys()

    @property
    def notes(self) -> list[str]:
        """What else a person should know of the columns and the rows that were parsed."""
        notes = []
        if self.mapped is not None and self._mapping is not None:
            if self.mapped.repeated:
                rows = plural(self.mapped.repeated, "{n} row", "{n} rows")
                notes.append(f"{rows} like an earlier one in all that references are made of; each counts for itself.")
            notes += self._mapping.doubts
        if self._is_ambiguous:
            command = f"ccmon import table {self._kind.name} {as_typed(self._file)} --guess > M.toml"
            where = (
                f"say so in {self._mapping.name}" if self._mapping else f"say so in a mapping ({command} starts one)"
            )
            notes.append(f"How this file writes its dates and numbers is not clear: {where}.")
        if self.mapped is None:
            return [f"The column {plain(repr(name))} is not used." for name in self._unused] + notes
        return notes + ([f"Columns that are not used: {', '.join(map(plain, self._unused))}."] if self._unused else [])

    def parse(self, cells: Sequence[str]) -> tuple[dict[str, Any], list[str]] | None:
        """The values of a row by `ColumnSpec.key`, None for an empty cell; and its impossible values.

        None: the mapping leaves the row out, or it is an answer that nobody has given.

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
        row = _NamedRow(cells, self._places) if self.mapped is None else self.mapped.row(cells)
        if row is None:
            return None
        values: dict[str, Any] = {}
        impossible: list[str] = []
        wrong: list[str] = []
        failed: set[str] = set()
        context = self._context
        for column, key, parser in self._columns:
            try:
                found = row.cell(column.name, values)
                value = None if found is None else self._value(found, column, parser, context, values)
            except CellError as error:
                self._is_ambiguous = self._is_ambiguous or isinstance(error, AmbiguousError)
                where = "" if isinstance(error, RuleFaultError) else f"{column.name}{row.columns_of(column.name)} "
                reason = f"{where}{error}"
                is_needed = not isinstance(error, ImpossibleError) or column.required or column.decides
                (wrong if is_needed else impossible).append(reason)
                failed.add(key)
                continue
            if value is None and column.name == _ANSWER.get(self._kind.name):
                self.unanswered += 1
                return None
            if value is None:
                values.setdefault(key, None)
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

    def _value(
        self, found: MappedCell, column: ColumnSpec, parser: Parser, context: CellContext, values: dict[str, Any]
    ) -> Any | None:
        """The value of a cell; None if it says by a dash that there is none."""
        cell, form = found
        if column.type is CellType.TEXT and not cell.isprintable():
            cell = _LINE_END.sub(" ", cell)
        if column.type in _NUMBERS and is_nothing(cell):
            return None
        if form is not context.form:
            context = self._context_with(form, context)
        if column.type in _AMOUNTS and context.currency is None and self._sets_currency:
            # The first sale decides the currency of a site that has none, perhaps by the sign of its amount.
            sign = currency_in(cell)
            if sign is not None:
                values["currency"] = sign
                context = replace(context, currency=sign)
        if column.follows:
            context = replace(context, earlier=values.get(column.follows))
        return parser(cell, context)

    def _context_with(self, form: CellForm, context: CellContext) -> CellContext:
        """A context with another form of cells, made once for each rule and currency."""
        key = id(form), context.currency  # the rules keep their forms
        known = self._contexts.get(key)
        if known is None:
            known = self._contexts[key] = replace(context, form=form)
        return known


class _NamedRow:
    """One row of a file whose columns are called as those of its kind."""

    def __init__(self, cells: Sequence[str], places: Mapping[str, int]) -> None:
        self._cells, self._places = cells, places

    def cell(self, name: str, _: object) -> MappedCell | None:
        """The trimmed cell of a column; None if it is empty."""
        place = self._places[name]
        cell = self._cells[place].strip() if place < len(self._cells) else ""
        return MappedCell(cell, AS_KNOWN) if cell else None

    def columns_of(self, _: str) -> str:
        """Nothing: a column comes from the one of its name."""
        return ""


def _listed(header: Sequence[str]) -> str:
    """The names in a first row, at most `_LISTED` of them."""
    names = [plain(name.strip()) for name in header if name.strip()]
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "") if names else "no names"


def _places(names: Sequence[str], by_name: dict[str, ColumnSpec], file: Path) -> dict[str, int]:
    """The place of each column of a kind in a header.

    Raises:
        CcmonError: one occurs twice.
    """
    twice = {name for name in names if name in by_name and names.count(name) > 1}
    if twice:
        raise CcmonError(f"{file} has the column {min(twice)!r} twice; keep one of them.")
    return {name: place for place, name in enumerate(names) if name in by_name}
