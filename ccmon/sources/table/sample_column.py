"""What the cells of one column of an unknown table look like: dates, times, numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from ccmon.sources.table.written_moments import counted_from_1970

ENOUGH = 0.97
"""Share of the filled cells that must look alike: real tables have dirt."""
_ONE_BAD_OF = 5
"""From this many cells on, one may differ from the others: in a short table, more than the share allows."""
_FIRST = 50
"""If hardly any of these first cells passes a test, the others are not tested."""
_DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%Y%m%d",
    "%y%m%d",
)
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s*[AaPp]\.?[Mm]\.?)?")
NUMBER = re.compile(r"-?\d+([.,]\d+)?")


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """What the first cells of a column show about it."""

    name: str
    every: tuple[str, ...]
    """The cell of each row."""
    cells: tuple[str, ...]
    """The filled cells."""
    enough: float = ENOUGH
    """Share of the filled cells that must look alike."""
    english: str = ""
    """The usual English head for a head in another language."""

    def looks(self, test: Callable[[str], object]) -> bool:
        """Whether nearly all filled cells pass a test."""
        first = self.cells[:_FIRST]
        if not first or sum(bool(test(cell)) for cell in first) < self.enough * len(first) / 2:
            return False
        unlike = self.unlike(test)
        one_bad = unlike == 1 and len(self.cells) >= _ONE_BAD_OF
        return one_bad or len(self.cells) - unlike >= self.enough * len(self.cells)

    def unlike(self, test: Callable[[str], object]) -> int:
        """How many filled cells fail a test."""
        return sum(not test(cell) for cell in self.cells)

    @property
    def date_formats(self) -> list[str]:
        """Date formats that fit nearly all cells."""
        return self._best(_DATES)

    @property
    def moment_formats(self) -> list[str]:
        """Formats for date and time in one cell that fit nearly all cells; or for milliseconds since 1970."""
        if self.looks(_is_epoch_ms):
            return ["epoch_ms"]
        return self._best(f"{day}{gap}{time}" for day in _DATES for time in _TIMES for gap in (" ", "T"))

    def _best(self, forms: Iterable[str]) -> list[str]:
        """The formats that fit nearly all cells, of these those that fit most: 13/02 cannot be in a 13th month."""
        marks = set(map(_marks, self.cells))  # excludes nearly all of a hundred formats, which are slow to fail
        unlike = {
            form: self.unlike(partial(_is_written, form))
            for form in forms
            if _marks(form) in marks and self.looks(partial(_is_written, form))
        }
        return [form for form, number in unlike.items() if number == min(unlike.values())]

    @property
    def is_moment(self) -> bool:
        """Whether cells are ISO 8601 with a time, or seconds since 1970."""
        return self.looks(_is_moment)

    @property
    def moment_test(self) -> Callable[[str], object]:
        """The test that cells of a column of moments must pass."""
        if self.is_moment:
            return _is_moment
        form, *_ = self.moment_formats
        return _is_epoch_ms if form == "epoch_ms" else partial(_is_written, form)

    @property
    def is_clock(self) -> bool:
        """Whether cells are times of day, or lengths of time written with colons."""
        return self.looks(CLOCK.fullmatch)

    def named(self, pattern: str) -> bool:
        """Whether the column's name matches a pattern, or the usual English one for it."""
        return any(re.search(pattern, name.replace("_", " "), re.IGNORECASE) for name in (self.name, self.english))


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first line names columns: no cell looks like a number, a date or a time, and no two are the same."""
    first = [cell for cell in rows[0] if cell]
    data = any(NUMBER.fullmatch(cell) or CLOCK.fullmatch(cell) or _is_date(cell) for cell in first)
    return bool(first) and not data and len(set(first)) == len(first) == len(rows[0])


def _is_date(cell: str) -> bool:
    return any(_is_written(form, cell) for form in _DATES) or _is_iso_moment(cell)


def _marks(text: str) -> str:
    """The separators between the numbers and words of a date, or of a date format."""
    return re.sub(r"[\w\s%]+", "", text)


def _is_written(form: str, cell: str) -> bool:
    try:
        parsed = datetime.strptime(cell, form)
    except ValueError:
        return False
    return 1970 <= parsed.year < 2100


def _is_iso_moment(cell: str) -> bool:
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return ":" in cell


def _is_moment(cell: str) -> bool:
    counted = counted_from_1970(cell)
    return counted == "epoch" or (counted is None and _is_iso_moment(cell))


def _is_epoch_ms(cell: str) -> bool:
    return counted_from_1970(cell) == "epoch_ms"


def is_zero(cell: str) -> bool:
    """Whether a time of day, or a length of time, is 0."""
    return re.fullmatch(r"0{1,2}:00(:00)?", cell) is not None
