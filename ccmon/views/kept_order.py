"""Rows in order, of which only those that have changed are put to their place again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from operator import attrgetter, is_not
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


class KeptOrder(Generic[Row]):
    """Rows sorted by a key that is made of the row and of one further value about it, which most rows lack.

    Rows of equal keys stay in the order in which they come.
    """

    def __init__(
        self, key: Callable[[Row, Any], tuple[Any, ...]], identity: Callable[[Row], Any] = attrgetter("id")
    ) -> None:
        """An order of no rows yet.

        Args:
            key: of a row and the further value.
            identity: what a row is known by.
        """
        self._key, self._identity = key, identity
        self._rows: Sequence[Row] = ()
        self._about: Mapping[Any, object] = {}
        self._places: dict[Any, int] = {}
        self._keys: list[tuple[Any, ...]] = []
        self._order: list[int] = []
        self._sorted: Sequence[Row] = ()

    def sort(self, rows: Sequence[Row], about: Mapping[Any, object], otherwise: object) -> Sequence[Row]:
        """The rows in order; `about` holds the further value of rows by their identity, `otherwise` all others'."""
        if rows is self._rows and about is self._about:
            return self._sorted
        if not self._take_changed(rows, about, otherwise):
            self._places = {self._identity(row): place for place, row in enumerate(rows)}
            self._keys = [
                (*self._key(row, about.get(self._identity(row), otherwise)), place) for place, row in enumerate(rows)
            ]
            self._order = list(range(len(rows)))
        self._rows, self._about = rows, about
        # What is nearly in order already takes hardly more than one comparison a row.
        self._order.sort(key=self._keys.__getitem__)
        self._sorted = [rows[place] for place in self._order]
        return self._sorted

    def _take_changed(self, rows: Sequence[Row], about: Mapping[Any, object], otherwise: object) -> bool:
        """Make the keys of changed rows anew; false where rows have come, gone or moved."""
        if len(rows) != len(self._rows):
            return False
        changed = list(compress(range(len(rows)), map(is_not, rows, self._rows)))
        if any(self._places.get(self._identity(rows[place])) != place for place in changed):
            return False
        if about is not self._about:
            differing = {row_id for row_id, _ in about.items() ^ self._about.items()}
            changed += [self._places[row_id] for row_id in differing if row_id in self._places]
        for place in changed:
            row = rows[place]
            self._keys[place] = (*self._key(row, about.get(self._identity(row), otherwise)), place)
        return True
