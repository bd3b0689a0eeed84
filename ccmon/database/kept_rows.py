"""Rows by key, of which some are read again."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from ccmon.snapshot.kept import Changes, EditedRows

Row = TypeVar("Row")


class KeptRows(Generic[Row]):
    """Rows by key and in order. ``rows`` is the same object as before while no row has changed."""

    def __init__(
        self, rows: Iterable[Row], key: Callable[[Row], Any], order: Callable[[Row], Any] | None = None
    ) -> None:
        """Keep all rows.

        Args:
            rows: in their order.
            key: of a row.
            order: what they are sorted by, another value for each; None: by their key.
        """
        self._key, self._order = key, order or key
        self.rows: Sequence[Row] = list(rows)
        self.by_key = {key(row): row for row in self.rows}

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def update(self, touched: Iterable[Any], rows: Iterable[Row]) -> Changes[Row]:
        """Put rows read again in the place of those with the touched keys; return those that differ."""
        found = {self._key(row): row for row in rows}
        pairs = {key: (self.by_key.get(key), found.get(key)) for key in touched}
        changes = {key: (before, now) for key, (before, now) in pairs.items() if before != now}
        if changes:
            self.rows = EditedRows(self.rows, changes)
            for key, (before, now) in changes.items():
                self._replace(self.rows, before, now)
                if now is None:
                    del self.by_key[key]
                else:
                    self.by_key[key] = now
        return changes

    def _replace(self, rows: list[Row], before: Row | None, now: Row | None) -> None:
        if before is not None:
            place = bisect_left(rows, self._order(before), key=self._order)
            if now is not None and self._order(before) == self._order(now):
                rows[place] = now
                return
            del rows[place]
        if now is not None:
            insort(rows, now, key=self._order)
