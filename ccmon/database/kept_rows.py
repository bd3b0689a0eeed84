"""Rows by key, some of which are read again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from ccmon.snapshot.kept import Changes, EditedRows
from ccmon.snapshot.rows_in_pieces import PIECE, edited

Row = TypeVar("Row")


class KeptRows(Generic[Row]):
    """Rows by key and in order. ``rows`` is the same object as before while no row has changed."""

    def __init__(
        self, rows: Iterable[Row], key: Callable[[Row], Any], order: Callable[[Row], Any] | None = None
    ) -> None:
        """Keep all rows.

        Args:
            rows: in order.
            key: gives the key of a row.
            order: gives what rows are sorted by, a unique value for each; None: by their key.
        """
        self._key, self._order = key, order or key
        self.rows: EditedRows[Row] = EditedRows.of(rows)
        self.by_key = {key(row): row for row in self.rows}

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def update(self, touched: Iterable[Any], rows: Iterable[Row]) -> Changes[Row]:
        """Replace the rows with the touched keys by the rows read again; return those that differ."""
        found = {self._key(row): row for row in rows}
        pairs = {key: (self.by_key.get(key), found.get(key)) for key in touched}
        changes = {key: (before, now) for key, (before, now) in pairs.items() if before != now}
        if changes:
            pieces = list(self.rows.pieces)
            for key, (before, now) in changes.items():
                self._replace(pieces, before, now)
                if now is None:
                    del self.by_key[key]
                else:
                    self.by_key[key] = now
            self.rows = EditedRows(pieces, self.rows, changes)
        return changes

    def _replace(self, pieces: list[tuple[Row, ...]], before: Row | None, now: Row | None) -> None:
        order = self._order
        if before is not None:
            number, place = self._place(pieces, order(before))
            if now is not None and order(before) == order(now):
                edited(pieces, number, place, (now,), instead_of=1)
                return
            edited(pieces, number, place, (), instead_of=1)
            if not pieces[number]:
                del pieces[number]
        if now is not None:
            number, place = self._place(pieces, order(now))
            edited(pieces, number, place, (now,), instead_of=0)
            piece = pieces[number]
            if len(piece) > 2 * PIECE:
                pieces[number : number + 1] = piece[:PIECE], piece[PIECE:]

    def _place(self, pieces: list[tuple[Row, ...]], key: Any) -> tuple[int, int]:
        """The piece to which a row with this sort value belongs, and its place there."""
        if not pieces:
            pieces.append(())
            return 0, 0
        number = bisect_left(pieces, key, key=lambda piece: self._order(piece[-1]))
        number = min(number, len(pieces) - 1)
        return number, bisect_left(pieces[number], key, key=self._order)

    def has_any(self, key: Any, of: Callable[[Row], Any]) -> bool:
        """Whether any row has this key; `of` gives the first part of what rows are sorted by."""
        pieces = self.rows.pieces
        number = bisect_left(pieces, key, key=lambda piece: of(piece[-1]))
        if number == len(pieces):
            return False
        piece = pieces[number]
        return bool(of(piece[bisect_left(piece, key, key=of)]) == key)
