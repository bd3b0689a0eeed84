"""Rows of a file, column by column: a cell is interpreted once for all rows of a batch that have the same.

An error in one row does not affect the others: it is kept by the row's place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from ccmon.number_texts import ImpossibleError

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
        """The first error of each row that has one."""
        self.impossible: defaultdict[int, list[str]] = defaultdict(list)
        """Impossible values in rows, which count as not given."""
        self._columns = columns
        self._trimmed: dict[int, list[str]] = {}
        self._failed: set[int] = set()

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

    def fail(self, place: int, error: Exception, field: str = "") -> None:
        """Note a row's error; an `ImpossibleError` in an optional ``field`` is noted as an impossible value."""
        self._failed.add(place)
        if field and isinstance(error, ImpossibleError):
            self.impossible[place].append(f"{field} {error}")
        else:
            self.errors.setdefault(place, error)

    def meanings(self, cells: Sequence[C | None], meaning: Callable[[C], T | None], field: str = "") -> list[T | None]:
        """The meaning of each cell, found once for equal ones; None for None, and for a cell that fails."""
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
                self.fail(place, errors[cell], field)
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

    def fail(self, place: int, error: Exception, field: str = "") -> None:
        super().fail(place, error, field)
        self._whole.fail(self._places[place], error, field)


def chosen(column: Sequence[T], places: Iterable[int]) -> list[T]:
    """The values of a column at the given places."""
    return [column[place] for place in places]
