"""Sorted rows; only rows that have changed are moved to their new place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

from ccmon.snapshot.chunked_rows import rows_that_differ
from ccmon.snapshot.incremental import EditedValues

Row = TypeVar("Row")

NOTHING: EditedValues[Any] = EditedValues({}, ())
"""Further values where no row has any."""
MOVED_ONE_BY_ONE = 64
"""When more rows than this have changed, all are sorted again."""


class IncrementalSort(Generic[Row]):
    """Rows sorted by a key made from the row and from one further value about it, which most rows lack.

    Rows with equal keys stay in the order in which they come.
    """

    def __init__(
        self, key: Callable[[Row, Any], tuple[Any, ...]], identity: Callable[[Row], Any] = attrgetter("id")
    ) -> None:
        """An order of no rows yet.

        Args:
            key: makes the key from a row and the further value.
            identity: what identifies a row.
        """
        self._key, self._identity = key, identity
        self._rows: Sequence[Row] = ()
        self._about: Mapping[Any, object] = {}
        self._places: dict[Any, int] = {}
        self._keys: list[tuple[Any, ...]] = []
        """The key of each row, which ends with its place among the rows."""
        self._order: list[tuple[Any, ...]] = []
        """The keys in order."""
        self._sorted: list[Row] = []

    def sort(self, rows: Sequence[Row], about: EditedValues[Any], otherwise: object) -> Sequence[Row]:
        """The rows in order; `about` holds the further value by row identity, `otherwise` that of all other rows."""
        if rows is self._rows and about is self._about:
            return self._sorted
        changed = self._changed_places(rows, about)
        if changed is None or len(changed) > MOVED_ONE_BY_ONE:
            self._keys = list(self._all_keys(rows, about, otherwise))
            self._places = {self._identity(row): place for place, row in enumerate(rows)}
            self._order = sorted(self._keys)
            every = tuple(rows)
            self._sorted = [every[key[-1]] for key in self._order]
        elif changed:
            self._sorted = list(self._sorted)  # what was handed out stays as it was
            for place in changed:
                row = rows[place]
                self._move(place, row, (*self._key(row, about.get(self._identity(row), otherwise)), place))
        self._rows, self._about = rows, about
        return self._sorted

    def _all_keys(
        self, rows: Sequence[Row], about: Mapping[Any, object], otherwise: object
    ) -> Iterator[tuple[Any, ...]]:
        """The keys of all rows; rows that were there before get their present places."""
        before = tuple(self._rows)
        for place, row in enumerate(rows):
            identity = self._identity(row)
            value, was = about.get(identity, otherwise), self._places.get(identity)
            if was is not None and before[was] is row and self._about.get(identity, otherwise) == value:
                yield *self._keys[was][:-1], place
            else:
                yield *self._key(row, value), place

    def _changed_places(self, rows: Sequence[Row], about: EditedValues[Any]) -> Collection[int] | None:
        """The places of rows whose key may have changed; None if rows have come, gone or moved."""
        others = rows_that_differ(self._rows, rows)
        if others is None or any(self._places.get(self._identity(row)) != place for place, _, row in others):
            return None
        changed = {place for place, *_ in others}
        if about is not self._about:
            differing = about.keys_that_differ(self._about)
            changed.update(self._places[row_id] for row_id in differing if row_id in self._places)
        return changed

    def _move(self, place: int, row: Row, key: tuple[Any, ...]) -> None:
        """Move the row at a place to where its key belongs."""
        was = bisect_left(self._order, self._keys[place])
        self._keys[place] = key
        if self._order[was] != key:
            del self._order[was], self._sorted[was]
            was = bisect_left(self._order, key)
            self._order.insert(was, key)
            self._sorted.insert(was, row)
        else:
            self._sorted[was] = row
