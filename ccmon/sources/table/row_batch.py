"""Rows of a file, column by column: a cell is interpreted once for all rows of a batch that have the same.

An error in one row does not affect the others: it is kept by the row's place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from ccmon.number_texts import CellError, ImpossibleError

C = TypeVar("C", bound=Hashable)
T = TypeVar("T")


class RowBatch:
    """Rows being turned into calls, each identified by its place among them."""

    def __init__(self, columns: Sequence[Sequence[str]], size: int) -> None:
        """A batch of ``size`` rows with these columns."""
        self.size = size
        self.moments: dict[str, list[int | None]] = {}
        """The moments of the rows that are known so far."""
        self.errors: dict[int, Exception] = {}
        """Why rows are no calls: all that is wrong with each."""
        self.impossible: defaultdict[int, list[str]] = defaultdict(list)
        """Impossible values in rows, which count as not given."""
        self._columns = columns
        self._trimmed: dict[int, list[str]] = {}
        self._failed: set[int] = set()
        self._failed_fields: set[tuple[int, str]] = set()

    def cells(self, column: int) -> list[str]:
        """The trimmed cells of a column."""
        cells = self._trimmed.get(column)
        if cells is None:
            cells = self._trimmed[column] = list(map(str.strip, self._columns[column]))
        return cells

    def moments_of(self, name: str) -> list[int | None] | None:
        """One moment of all rows; None if it is not known yet."""
        return self.moments.get(name)

    def part(self, places: Sequence[int]) -> RowBatch:
        """Some of the rows, sharing errors with this batch."""
        return _PartOfBatch(self, places)

    def fail(self, place: int, error: Exception, field: str = "", columns: str = "") -> None:
        """Note a row's error; an `ImpossibleError` in an optional ``field`` is noted as an impossible value.

        Args:
            place: the row.
            error: what is wrong. The sentence of a `CellError` gets the field before it.
            field: the field of the call.
            columns: what the sentence says of the columns after the field; "": nothing.
        """
        self._failed.add(place)
        if field and isinstance(error, ImpossibleError):
            self.impossible[place].append(f"{field} {error}")
            return
        self._failed_fields.add((place, field))
        if field and isinstance(error, CellError):
            error = CellError(f"{field}{columns} {error}")
        known = self.errors.get(place)
        if isinstance(known, CellError) and isinstance(error, CellError):
            error = CellError(f"{known}; {error}")
        elif known is not None:
            return
        self.errors[place] = error

    def has_failed(self, place: int, field: str) -> bool:
        """Whether a row is no call because of a field."""
        return (place, field) in self._failed_fields

    def meanings(
        self, cells: Sequence[C | None], meaning: Callable[[C], T | None], field: str = "", columns: str = ""
    ) -> list[T | None]:
        """The meaning of each cell, found once for equal ones; None for None, and for a cell that fails.

        ``field`` and ``columns`` are those of `fail`.
        """
        found: dict[C | None, T | None] = {None: None}
        errors: dict[C | None, Exception] = {}
        for cell in set(cells):
            if cell is not None:
                try:
                    found[cell] = meaning(cell)
                except Exception as error:  # whether it is the row's own is decided when it is reported
                    found[cell], errors[cell] = None, error
        for place, cell in enumerate(cells if errors else ()):
            if cell in errors:
                self.fail(place, errors[cell], field, columns)
        return [found[cell] for cell in cells]

    def first(self, rules: Sequence[Callable[[RowBatch], list[T | None]]]) -> list[T | None]:
        """For each row, the result of the first rule that finds something or fails."""
        self._failed.clear()
        found = rules[0](self)
        for rule in rules[1:]:
            places = [place for place, value in enumerate(found) if value is None and place not in self._failed]
            for place, value in zip(places, rule(self.part(places)), strict=True):
                found[place] = value
        return found


class _PartOfBatch(RowBatch):
    """Some rows of a batch."""

    def __init__(self, whole: RowBatch, places: Sequence[int]) -> None:
        super().__init__((), len(places))
        self._whole = whole
        self._places = places

    def cells(self, column: int) -> list[str]:
        cells = self._trimmed.get(column)
        if cells is None:
            cells = self._trimmed[column] = chosen(self._whole.cells(column), self._places)
        return cells

    def moments_of(self, name: str) -> list[int | None] | None:
        if name in self.moments:
            return self.moments[name]
        moments = self._whole.moments_of(name)
        return None if moments is None else chosen(moments, self._places)

    def fail(self, place: int, error: Exception, field: str = "", columns: str = "") -> None:
        super().fail(place, error, field, columns)
        self._whole.fail(self._places[place], error, field, columns)


def chosen(column: Sequence[T], places: Iterable[int]) -> list[T]:
    """The values of a column at the given places."""
    return [column[place] for place in places]
