"""Rows by key, some of which are read again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from ccmon.snapshot.chunked_rows import chunk_length, edited
from ccmon.snapshot.incremental import Changes, EditedRows

Row = TypeVar("Row")


class RowCache(Generic[Row]):
    """Rows by key and in order. ``rows`` is the same object as before while no row has changed."""

    def __init__(
        self, rows: Iterable[Row], key: Callable[[Row], Any], order: Callable[[Row], Any] | None = None
    ) -> None:
        """All rows, none read again yet.

        Args:
            rows: in order.
            key: gives the key of a row.
            order: gives what rows are sorted by, a unique value for each; None: by their key.
        """
        self._key, self._order = key, order or key
        self.rows: EditedRows[Row] = EditedRows.of(rows)
        self.by_key = {key(row): row for row in self.rows}
        self._chunk_length = chunk_length(len(self.rows))
        self._lasts = [self._order(chunk[-1]) for chunk in self.rows.chunks]
        """What the last row of each chunk is sorted by."""

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
            chunks = list(self.rows.chunks)
            for key, (before, now) in changes.items():
                self._replace(chunks, before, now)
                if now is None:
                    del by_key[key]
                else:
                    by_key[key] = now
            self.rows = EditedRows(chunks, self.rows, changes)
        return changes

    def _replace(self, chunks: list[tuple[Row, ...]], before: Row | None, now: Row | None) -> None:
        order, lasts = self._order, self._lasts
        if before is not None:
            former = order(before)
            number = bisect_left(lasts, former)
            place = bisect_left(chunks[number], former, key=order)
            if now is not None and former == order(now):
                edited(chunks, number, place, (now,), instead_of=1)
                return
            edited(chunks, number, place, (), instead_of=1)
            self._resize_chunk(chunks, number)
        if now is not None:
            key = order(now)
            if not chunks:
                chunks.append(())
                lasts.append(key)
            number = min(bisect_left(lasts, key), len(chunks) - 1)
            edited(chunks, number, bisect_left(chunks[number], key, key=order), (now,), instead_of=0)
            self._resize_chunk(chunks, number)

    def _resize_chunk(self, chunks: list[tuple[Row, ...]], number: int) -> None:
        """Divide a chunk that has become too long, drop one that has become empty, and note what it ends with."""
        chunk = chunks[number]
        length = self._chunk_length
        parts = [chunk[:length], chunk[length:]] if len(chunk) > 2 * length else [chunk] if chunk else []
        chunks[number : number + 1] = parts
        self._lasts[number : number + 1] = [self._order(part[-1]) for part in parts]

    def has_any(self, first: Any) -> bool:
        """Whether the tuple that any row is sorted by begins with this."""
        number = bisect_left(self._lasts, (first,))
        if number == len(self._lasts):
            return False
        chunk = self.rows.chunks[number]
        return bool(self._order(chunk[bisect_left(chunk, (first,), key=self._order)])[0] == first)
