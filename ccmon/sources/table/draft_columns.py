"""One column of a kind in a mapping that is guessed: whether a column of the file can be it, and by what rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, partial
from typing import NamedTuple

from ccmon.database.cell_types import CellType
from ccmon.database.table_specs import ColumnSpec
from ccmon.sources.table import heads, written_moments
from ccmon.sources.table.cells import NO, YES
from ccmon.sources.table.mapping_fields import FieldSort
from ccmon.sources.table.sample_column import CLOCK, NUMBER, SampleColumn
from ccmon.sources.table.sample_file import quoted
from ccmon.sources.table.written_moments import ISO_DATE
from ccmon.sources.table.written_numbers import AmbiguousNumberError, amount_parts, is_nothing, plain_number

DAY_FIRST = ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%y", "%d/%m/%y", "%d.%m.%y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m-%d-%y")
_OTHER_DATES = (
    "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %B %Y", "%d. %B %Y", "%d-%B-%Y", "%d-%B-%y", "%d %B %y", "%B %d, %Y",
    "%d de %B de %Y",
)  # fmt: skip
_MONTHS = ("%Y-%m", "%m-%Y", "%m/%Y", "%m.%Y", "%B %Y", "%B %y")
_FEW_WORDS = 12
_NAMED = frozenset({"agent", "team", "client", "campaign"})
"""What a column names by texts that are no dates."""
_SHARE = re.compile(r"\d{1,3}([.,]\d+)?\s*%?|[.,]\d+")
_LENGTH = re.compile(r"\d+([.,]\d+)?\s*[a-z]*", re.IGNORECASE)


class Doubtful(NamedTuple):
    """A rule as TOML, and what a person should check in it."""

    rule: str
    doubts: Sequence[str] = ()


class DatedCells:
    """What the cells of a column are as dates and times."""

    def __init__(self, column: SampleColumn, *, months: bool = False) -> None:
        self._column = column
        self._months = months
        self._plain = [cell for cell in column.cells if not ISO_DATE.match(cell)]

    @cached_property
    def is_iso(self) -> bool:
        """Whether the cells need no format."""
        return bool(self._column.cells) and self._column.looks(lambda cell: written_moments.iso(cell) is not None)

    @cached_property
    def forms(self) -> list[str]:
        """The formats of dates, or of seconds since 1970, that fit the cells best; empty if they need or have none."""
        if self.is_iso or not self._plain:
            return []
        others = SampleColumn(self._column.name, tuple(self._plain), tuple(self._plain), self._column.enough)
        for form in sorted(written_moments.EPOCH):
            if others.looks(partial(_is_counted, form)):
                return [form]
        tests = {form: partial(_is_written, form) for form in (*DAY_FIRST, *MONTH_FIRST, *_OTHER_DATES)}
        tests |= {form: partial(_is_written, form) for form in _MONTHS} if self._months else {}
        unlike = {form: others.unlike(test) for form, test in tests.items() if others.looks(test)}
        return [form for form, number in unlike.items() if number == min(unlike.values())]

    @property
    def is_dated(self) -> bool:
        """Whether the cells have dates."""
        return self.is_iso or bool(self.forms)

    @cached_property
    def is_day(self) -> bool:
        """Whether the cells are dates without a time."""
        return self.is_dated and not any(re.search(r"\d[:h]\d\d", cell) for cell in self._column.cells)

    @property
    def is_clock(self) -> bool:
        """Whether the cells are times of day without a date."""
        return not self.is_dated and self._column.looks(lambda cell: written_moments.clock_time(cell, None) is not None)


def _is_counted(form: str, cell: str) -> bool:
    return written_moments.counted_from_1970(cell) == form


def _is_written(form: str, cell: str) -> bool:
    found = written_moments.read(cell, None, form, None)
    return found is not None and 1970 <= found.year < 2100


class ColumnDraft:
    """A column of a kind, and that of the file which may be it."""

    def __init__(self, spec: ColumnSpec, sort: FieldSort, column: SampleColumn) -> None:
        self.spec, self.sort, self.column = spec, sort, column
        self.dates = DatedCells(column, months=sort is FieldSort.DAY)

    @cached_property
    def fits(self) -> bool:
        """Whether the cells look as those of the column do; no cells do."""
        cells = self.column
        if not cells.cells:
            return True
        match self.sort:
            case FieldSort.DAY:
                fits = self.dates.is_dated
            case FieldSort.PLANNED_MOMENT:
                fits = self.dates.is_dated or self.dates.is_clock
            case FieldSort.NUMBER:
                fits = cells.looks(is_amount) and not self.dates.is_dated
            case FieldSort.SHARE:
                fits = cells.looks(_SHARE.fullmatch)
            case FieldSort.LENGTH:
                fits = cells.looks(lambda cell: CLOCK.fullmatch(cell) or _LENGTH.fullmatch(cell))
            case FieldSort.SCORE:
                fits = cells.looks(NUMBER.fullmatch) or self._has_few_words
            case _:
                fits = self._fits_text
        return fits

    @property
    def _fits_text(self) -> bool:
        match self.spec.type:
            case CellType.PHONE:
                return self.column.looks(partial(re.fullmatch, r"\+?[\d\s()./-]{2,25}"))
            case CellType.WORD | CellType.FLAG:
                return self._has_few_words
        return self.spec.refers_to not in _NAMED or not self.dates.is_dated

    @property
    def _has_few_words(self) -> bool:
        return len(set(self.column.cells)) <= _FEW_WORDS

    def rule(self) -> Doubtful:
        """The rule of a text, a word, a number or a length of time."""
        head, cells = quoted(self.column.name), self.column.cells
        translated = self._translated()
        if translated is not None:
            return translated
        if not cells:
            return Doubtful(head, ["nothing stands in it"])
        if not self.fits:
            return Doubtful(head, [f"its cells do not look like a {self.spec.type.value}"])
        if self.sort is FieldSort.SHARE and any(_is_above_one(cell) for cell in cells if not cell.endswith("%")):
            return Doubtful(f'{{ column = {head}, unit = "%" }}', ["taken as per cent"])
        return Doubtful(head)

    def _translated(self) -> Doubtful | None:
        """The rule of a column with few words; None for any other."""
        cells = self.column.cells
        if self.spec.type is CellType.WORD:
            return self._of_words(self.spec.name)
        if self.spec.type is CellType.FLAG and not {cell.lower() for cell in cells} <= YES | NO:
            return self._of_words("flag") if self._has_few_words else None
        is_known = self._has_few_words and any(heads.meaning("activity", cell) for cell in cells)
        return self._of_words("activity", others_stay=True) if self.spec.name == "activity" and is_known else None

    def _of_words(self, column: str, *, others_stay: bool = False) -> Doubtful:
        """The rule of a column with few words, translated as far as they are known."""
        found = {cell: heads.meaning(column, cell) for cell, _ in Counter(self.column.cells).most_common()}
        known = {cell: meant for cell, meant in found.items() if meant is not None}
        unknown = [cell for cell in found if cell not in known]
        doubts = [f"what {', '.join(map(quoted, unknown))} means"] if unknown and not others_stay else []
        if all(cell == meant for cell, meant in known.items()):
            return Doubtful(quoted(self.column.name), doubts)
        pairs = ", ".join(f"{quoted(cell)} = {quoted(meant)}" for cell, meant in known.items())
        return Doubtful(f"{{ column = {quoted(self.column.name)}, words = {{ {pairs} }} }}", doubts)


def _is_above_one(cell: str) -> bool:
    try:
        return float(cell.replace(",", ".")) > 1
    except ValueError:
        return False


def is_amount(cell: str) -> bool:
    """Whether a cell is a number or an amount in one of its forms."""
    if is_nothing(cell):
        return True
    parts = amount_parts(cell)
    if parts is None:
        return False
    try:
        return plain_number(parts.number) is not None
    except AmbiguousNumberError:
        return True
