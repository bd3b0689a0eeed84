"""How a file writes its dates and numbers, inferred from all of its columns together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ccmon.sources.table.draft_columns import DAY_FIRST, MONTH_FIRST, ColumnDraft, DatedCells
from ccmon.sources.table.mapping_fields import FieldSort
from ccmon.sources.table.sample_column import SampleColumn
from ccmon.sources.table.sample_file import quoted, unsure
from ccmon.sources.table.written_moments import EPOCH
from ccmon.sources.table.written_numbers import amount_parts, currencies

_DATED = frozenset({FieldSort.DAY, FieldSort.PLANNED_MOMENT})
_POINT_LANGUAGES = frozenset({"en"})
"""Languages whose decimal sign is usually a point."""


@dataclass(slots=True)
class FileHabits:
    """The forms of a file's cells."""

    date: str | None = None
    """The format of most columns with dates; None: they need none."""
    decimal: str | None = None
    """The decimal sign; None: the numbers have only one meaning without it."""
    currency: str | None = None
    """A currency for which the sign of most amounts stands."""
    days: frozenset[str] = frozenset()
    """The file's columns that have dates."""
    file_lines: list[str] = field(default_factory=list)
    """The lines of the mapping that say so."""
    _dates: dict[str, DatedCells] = field(default_factory=dict)

    @classmethod
    def of(cls, drafts: Sequence[ColumnDraft], languages: Sequence[str], columns: Sequence[SampleColumn]) -> FileHabits:
        """The habits of a file, of which some columns have been found; its heads are in these languages, most first."""
        months = {draft.column.name for draft in drafts if draft.sort is FieldSort.DAY}
        found = {column.name: column for column in columns} | {draft.column.name: draft.column for draft in drafts}
        every = {name: DatedCells(column, months=name in months) for name, column in found.items()}
        dates = {name: each for name, each in every.items() if each.is_dated}
        habits = cls(days=frozenset(dates), _dates=every)
        texts = [cell for draft in drafts for cell in draft.column.cells[:200]]
        is_american = languages[:1] == ["en"] and any("$" in cell or re.search(r"\d\s*[AP]M\b", cell) for cell in texts)
        matched = {draft.column.name for draft in drafts if draft.sort in _DATED}
        habits._find_date(
            [each for name, each in dates.items() if name in matched] or list(dates.values()), is_american
        )
        habits._find_numbers([draft.column for draft in drafts if draft.sort is FieldSort.NUMBER], languages)
        return habits

    def form_of(self, column: SampleColumn) -> tuple[str | None, list[str]]:
        """The format that a rule for a column must name, None for none; and what a person should check."""
        dates = self._dates[column.name]
        if dates.is_iso or not dates.forms or self.date in dates.forms:
            return None, []
        form, *others = dates.forms
        return form, [f"or {' or '.join(others)}"] if others else []

    def _find_date(self, dates: Sequence[DatedCells], is_american: bool) -> None:
        fitting = Counter(form for each in dates for form in each.forms if form not in EPOCH)
        if not fitting:
            return
        preferred = [*MONTH_FIRST, *DAY_FIRST] if is_american else [*DAY_FIRST, *MONTH_FIRST]

        def place(form: str) -> tuple[int, int]:
            return -fitting[form], preferred.index(form) if form in preferred else len(preferred)

        self.date = min(fitting, key=place)
        others = [form for form in fitting if fitting[form] == fitting[self.date] and form != self.date]
        doubts = [f"or {' or '.join(others)}: no day is after the 12th"] if others else []
        self.file_lines.append(f"date = {quoted(self.date)}{unsure(doubts)}")

    def _find_numbers(self, columns: Sequence[SampleColumn], languages: Sequence[str]) -> None:
        cells = [cell for column in columns for cell in column.cells]
        signs = Counter(parts.sign for cell in cells if (parts := amount_parts(cell)) is not None and parts.sign)
        meant = currencies(signs.most_common(1)[0][0]) if signs else ()
        self.currency = meant[0] if meant else None
        told = Counter(sign for cell in cells for sign in _decimal_signs(cell))
        unclear = sum(_may_be_either(cell) for cell in cells)
        if not told and not unclear:
            return
        by_language = "." if set(languages[:1]) <= _POINT_LANGUAGES else ","
        self.decimal = told.most_common(1)[0][0] if told else by_language
        if self.decimal == "." and not unclear:
            return
        doubts = []
        if len(told) > 1:
            doubts.append(f"{min(told.values())} of {sum(told.values())} numbers have the other sign")
        elif not told:
            doubts.append("all could be thousands or decimals; taken by the language of the heads")
        self.file_lines.append(f"decimal = {quoted(self.decimal)}{unsure(doubts)}")


def _decimal_signs(cell: str) -> Iterator[str]:
    """The decimal sign of a number that can only have this one."""
    parts = amount_parts(cell)
    if parts is None:
        return
    signs = re.findall(r"[.,]", parts.number)
    if len(set(signs)) == 2:
        yield signs[-1]
    elif len(signs) > 1:
        yield "," if signs[0] == "." else "."
    elif signs and not re.fullmatch(r"\d{1,3}[.,]\d{3}", parts.number):
        yield signs[0]


def _may_be_either(cell: str) -> bool:
    parts = amount_parts(cell)
    return parts is not None and re.fullmatch(r"\d{1,3}[.,]\d{3}", parts.number) is not None
