"""Rows by key, some of which are read again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from ccmon.snapshot.kept import Changes, EditedRows
from ccmon.snapshot.rows_in_pieces import edited, piece_length

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
        self._piece = piece_length(len(self.rows))
        self._lasts = [self._order(piece[-1]) for piece in self.rows.pieces]
        """What the last row of each piece is sorted by."""

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def update(self, touched: Iterable[Any], rows: Iterable[Row]) -> Changes[Row]:
        """Replace the rows with the touched keys by the rows read again; return those that differ."""
        by_key, changes = self.by_key, {}
        found = {self._key(row): row for row in rows}
        for key in touched:
            before, now = by_key.get(key), found.get(key)
            if before != now:
                changes[key] = before, now
        if changes:
            pieces = list(self.rows.pieces)
            for key, (before, now) in changes.items():
                self._replace(pieces, before, now)
                if now is None:
                    del by_key[key]
                else:
                    by_key[key] = now
            self.rows = EditedRows(pieces, self.rows, changes)
        return changes

    def _replace(self, pieces: list[tuple[Row, ...]], before: Row | None, now: Row | None) -> None:
        order, lasts = self._order, self._lasts
        if before is not None:
            former = order(before)
            number = bisect_left(lasts, former)
            place = bisect_left(pieces[number], former, key=order)
            if now is not None and former == order(now):
                edited(pieces, number, place, (now,), instead_of=1)
                return
            edited(pieces, number, place, (), instead_of=1)
            self._note_lasts(pieces, number)
        if now is not None:
            key = order(now)
            if not pieces:
                pieces.append(())
                lasts.append(key)
            number = min(bisect_left(lasts, key), len(pieces) - 1)
            edited(pieces, number, bisect_left(pieces[number], key, key=order), (now,), instead_of=0)
            self._note_lasts(pieces, number)

    def _note_lasts(self, pieces: list[tuple[Row, ...]], number: int) -> None:
        """Divide a piece that has become too long, drop one that has become empty, and note what it ends with."""
        piece = pieces[number]
        most = 2 * self._piece
        parts = [piece[: self._piece], piece[self._piece :]] if len(piece) > most else [piece] if piece else []
        pieces[number : number + 1] = parts
        self._lasts[number : number + 1] = [self._order(part[-1]) for part in parts]

    def has_any(self, first: Any) -> bool:
        """Whether the tuple that any row is sorted by begins with this."""
        number = bisect_left(self._lasts, (first,))
        if number == len(self._lasts):
            return False
        piece = self.rows.pieces[number]
        return bool(self._order(piece[bisect_left(piece, (first,), key=self._order)])[0] == first)
