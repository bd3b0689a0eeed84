"""The cells of a kind's columns, found in the rows of a file by a mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ccmon.database.row_counter import RowCounter
from ccmon.database.table_specs import TableSpec
from ccmon.number_texts import CellError, length
from ccmon.sources.table import written_moments
from ccmon.sources.table.cell_form import CellForm
from ccmon.sources.table.file_content import name_of_rows
from ccmon.sources.table.mapping import Mapping as TableMapping
from ccmon.sources.table.mapping import moment_order
from ccmon.sources.table.mapping_checks import Rule, unit_ms
from ccmon.sources.table.mapping_fields import FieldSort, fields_of
from ccmon.sources.table.row_batch import RowBatch
from ccmon.sources.table.rule_compiler import RowException, RuleCompiler, TextsOf, columns_of, find_columns
from ccmon.sources.table.written_moments import FIRST_ROWS, FormatTally

_A_DATE, _A_TIME = "a date such as 2026-11-23", "a time such as 14:30"


class MappedCell(NamedTuple):
    """What a rule has found for a column."""

    text: str
    form: CellForm


class RuleFaultError(CellError):
    """A rule finds no meaning; the message is a sentence of its own, which names the column."""


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    """A rule of one column, for the columns of one file."""

    name: str
    rule: Rule
    texts: TextsOf
    form: CellForm
    plain: CellForm
    """The form of what follows from the rule: ISO 8601."""
    times: TextsOf | None = None
    """The times of day beside texts that are dates."""


class MappedRow:
    """One row of a file, with the rules that apply to it."""

    def __init__(
        self, batch: RowBatch, rules: Mapping[str, Sequence[_CompiledRule]], columns: MappedColumns, number: int
    ) -> None:
        self._batch, self._rules, self._columns, self._number = batch, rules, columns, number

    def cell(self, name: str, values: Mapping[str, Any]) -> MappedCell | None:
        """The cell of a column; None if the row says nothing.

        Args:
            name: the column.
            values: those of the columns that come before it, by `ColumnSpec.key`.

        Raises:
            RuleFaultError: a rule gives a cell no meaning.
        """
        for rule in self._rules.get(name, ()):
            found = self._found(rule, values)
            if found is not None:
                return found
        return None

    def columns_of(self, name: str) -> str:
        """The columns of the file from which a column comes, in brackets, for sentences."""
        return columns_of(name, *(rule.rule for rule in self._rules.get(name, ())))

    def _found(self, compiled: _CompiledRule, values: Mapping[str, Any]) -> MappedCell | None:
        rule = compiled.rule
        if "row" in rule:
            return MappedCell(f"{self._columns.file}:{self._number}", compiled.form)
        (text,) = compiled.texts(self._batch)
        for error in self._batch.errors.values():
            self._batch.errors = {}
            raise RuleFaultError(str(error)) from None
        if text is None:
            return None
        if "made_of" in rule:
            return MappedCell(self._columns.reference(text), compiled.form)
        if compiled.times is not None:
            (time,) = compiled.times(self._batch)
            return self._by_clock(compiled, text, time, values)
        for key, sign in (("after", 1), ("before", -1)):
            if key in rule:
                return self._away(compiled, text, sign, values.get(rule[key]))
        return MappedCell(text, compiled.form)

    def _away(self, compiled: _CompiledRule, text: str, sign: int, start: Any) -> MappedCell | None:
        """The moment that lies a length of time after or before another."""
        if start is None:
            return None
        try:
            at = start + sign * length(text, unit_ms(compiled.rule))
        except CellError as error:
            raise RuleFaultError(f"{compiled.name}{columns_of(compiled.name, compiled.rule)} {error}") from None
        return MappedCell(datetime.fromtimestamp(at / 1000, UTC).isoformat(), compiled.plain)

    def _by_clock(
        self, compiled: _CompiledRule, text: str, time: str | None, values: Mapping[str, Any]
    ) -> MappedCell | None:
        """The moment of a date and a time of day; without a time, the date."""
        form = compiled.form
        if time is None:
            return MappedCell(text, form)
        where = f"{compiled.name}{columns_of(compiled.name, compiled.rule)}"
        try:
            day = _required(written_moments.read(text, None, form.date, None), text, form.date, form, _A_DATE)
            clock = _required(written_moments.clock_time(time, form.time), time, form.time, form, _A_TIME)
        except CellError as error:
            raise RuleFaultError(f"{where} {error}") from None
        moment = datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, clock.microsecond)
        earlier = values.get(self._columns.earlier.get(compiled.name, ""))
        try:
            if earlier is not None and moment.replace(tzinfo=form.time_zone).timestamp() * 1000 < earlier:
                moment += timedelta(days=1)  # A shift that ends after midnight has the date on which it began.
        except (ValueError, OverflowError):
            raise RuleFaultError(f"{where} is {text!r}, an end of the calendar") from None
        return MappedCell(moment.isoformat(), compiled.plain)


class MappedColumns:
    """A mapping, bound to the columns of a file."""

    def __init__(
        self, mapping: TableMapping, kind: TableSpec, first: Sequence[str], file: Path, zone: ZoneInfo
    ) -> None:
        """Bind a mapping by the first row of a file.

        Raises:
            CcmonError: the mapping names a column that is not there, or rows are known by a file that has no name.
        """
        self._mapping = mapping
        self._counter = RowCounter()
        self._row = 0
        columns = find_columns(mapping, first)
        self.unused = columns.unused
        """Columns of the file that no rule names."""
        self._width = len(first)
        clock_zone = mapping.zone(zone.key)
        self._compiler = RuleCompiler(mapping, columns.places, clock_zone)
        self.tally = FormatTally()
        self._form = CellForm(
            decimal=mapping.decimal,
            date=mapping.date,
            time=mapping.time,
            time_zone=clock_zone,
            tally=self.tally,
        )
        self._only = RowException(self._compiler.cells(mapping.only), None)
        self._rules = self._compiled(mapping.rules)
        self._exceptions = [
            (
                RowException(self._compiler.cells(rows.when), None),
                None if rows.skip else self._compiled({**mapping.rules, **rows.rules}),
            )
            for rows in mapping.exceptions
        ]
        every = [mapping.rules, *({**mapping.rules, **rows.rules} for rows in mapping.exceptions if not rows.skip)]
        self.names = frozenset(name for rules in every for name, each in rules.items() if each)
        """The columns of the kind that have rules."""
        order = [moment_order(rules, mapping.name, mapping.kind) for rules in every]
        self.order = list(dict.fromkeys(chain(["currency"], *order)))
        """Columns that are to be read in this order, before the others."""
        by_row = any("row" in rule for rules in every for each in rules.values() for rule in each)
        self.file = name_of_rows(file, kind.name, "reference") if by_row else file.name
        self.makes_references = any("row" in rule or "made_of" in rule for rule in mapping.rules.get("reference", ()))
        """Whether rows are known by what is made up."""
        keys = {column.field: column.name for column in kind.columns}
        self.earlier = {
            keys[later]: earlier
            for earlier, later in kind.ordered_fields
            if self._dates(keys[earlier]) and self._dates(keys[earlier]) == self._dates(keys[later])
        }
        """The field of the moment that a column's moment follows, where both have their date from the same column."""

    def _dates(self, name: str) -> set[str]:
        return {rule["date"] for rule in self._mapping.rules.get(name, ()) if "date" in rule}

    def row(self, cells: Sequence[str]) -> MappedRow | None:
        """One row of the file; None if the mapping leaves it out.

        Raises:
            CcmonError: after many rows, a format has fitted none.
        """
        if self._row == FIRST_ROWS:
            self.tally.require_fit(self._mapping.name, FIRST_ROWS // 2)
        self._row += 1
        padded = [*cells, *[""] * (self._width - len(cells))]
        batch = RowBatch([(cell,) for cell in padded], 1)
        if not self._only.matches(batch)[0]:
            return None
        for exception, rules in self._exceptions:
            if exception.matches(batch)[0]:
                return None if rules is None else MappedRow(batch, rules, self, self._row)
        return MappedRow(batch, self._rules, self, self._row)

    def reference(self, made: str) -> str:
        """The reference of a row for which a rule has made one; equal rows are numbered."""
        number = self._counter.count(made)
        source = f"{self._mapping.source}:" if self._mapping.source else ""
        return f"{source}{made}{f'-{number}' if number > 1 else ''}"

    @property
    def repeated(self) -> int:
        """How many rows had a content that an earlier one had."""
        return self._counter.repeated

    def _compiled(self, rules: Mapping[str, tuple[Rule, ...]]) -> dict[str, list[_CompiledRule]]:
        return {name: [self._compile(name, rule) for rule in each] for name, each in rules.items()}

    def _compile(self, name: str, rule: Rule) -> _CompiledRule:
        sort = fields_of(self._mapping.kind).sorts[name]
        form = self._form
        if "decimal" in rule:
            form = replace(form, decimal=rule["decimal"])
        if "format" in rule:
            form = replace(form, moment=rule["format"])
        if sort is FieldSort.SHARE and "unit" in rule:
            form = replace(form, per_cent=True)
        if "date" in rule:
            times = self._compiler.column(rule["time"], rule)
            return _CompiledRule(name, rule, self._compiler.column(rule["date"], rule), form, _plain(form), times)
        texts = self._compiler.text(name, rule)
        if sort is FieldSort.LENGTH and "unit" in rule:
            texts = _with_unit(texts, rule["unit"])
        if "value" in rule:
            form = _plain(form)
        return _CompiledRule(name, rule, texts, form, _plain(form))


def _required(found: date | datetime | None, cell: str, written: str | None, form: CellForm, example: str) -> datetime:
    """What a cell means, which is known to be a day or a time.

    Raises:
        CellError: it is not written so.
    """
    if written is not None:
        found = written_moments.required(found, cell, written, form.tally)
    if found is None:
        raise CellError(f"is {cell!r}, and must be {example}")
    return found if isinstance(found, datetime) else datetime(found.year, found.month, found.day)


def _with_unit(texts: TextsOf, unit: str) -> TextsOf:
    """Texts with a unit behind plain numbers."""

    def with_unit(batch: RowBatch) -> list[str | None]:
        return [
            f"{text} {unit}" if text is not None and text.replace(",", ".").replace(".", "", 1).isdecimal() else text
            for text in texts(batch)
        ]

    return with_unit


def _plain(form: CellForm) -> CellForm:
    """The form of a text of our own."""
    return CellForm(decimal=".", time_zone=form.time_zone, tally=form.tally)
