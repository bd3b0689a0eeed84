"""Rows by key, of which some are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

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
            order: what they are sorted by; None: by their key.
        """
        self._key, self._order = key, order or key
        self.rows: Sequence[Row] = list(rows)
        self.by_key = {key(row): row for row in self.rows}

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def update(self, touched: Iterable[Any], rows: Iterable[Row]) -> set[Any]:
        """Put rows read again in the place of those with the touched keys; return the keys whose rows have changed."""
        found = {self._key(row): row for row in rows}
        changed = {key for key in touched if self.by_key.get(key) != found.get(key)}
        if changed:
            same_keys = all(key in found and key in self.by_key for key in changed)
            by_key = dict(self.by_key)
            for key in changed:
                if key in found:
                    by_key[key] = found[key]
                else:
                    del by_key[key]
            if same_keys and self._order is self._key:
                self.rows, self.by_key = list(by_key.values()), by_key
            else:
                self.rows = sorted(by_key.values(), key=self._order)
                self.by_key = {self._key(row): row for row in self.rows}
        return changed
