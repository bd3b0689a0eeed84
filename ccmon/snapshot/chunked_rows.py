"""Rows in order, cut into chunks shared with the rows of another moment: a change costs one chunk, not all rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, compress
from math import isqrt
from operator import is_not
from typing import Any, Generic, Self, TypeVar, overload

Row = TypeVar("Row")

LEAST_CHUNK_LENGTH = 16
"""A chunk is meant to have at least this many rows."""


def chunk_length(rows: int) -> int:
    """How many of so many rows a chunk is meant to hold: a change copies one chunk, and the list of chunks."""
    return max(LEAST_CHUNK_LENGTH, isqrt(rows))


class ChunkedRows(Sequence[Row], Generic[Row]):
    """An immutable sequence of rows."""

    __slots__ = ("__weakref__", "_length", "chunks")

    def __init__(self, chunks: Iterable[tuple[Row, ...]]) -> None:
        self.chunks = tuple(chunks)
        self._length = sum(map(len, self.chunks))

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Self:
        """All rows in chunks."""
        every = tuple(rows)
        length = chunk_length(len(every))
        return cls(every[start : start + length] for start in range(0, len(every), length))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Row]:
        return chain.from_iterable(self.chunks)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._length)
            return self._between(start, stop) if step == 1 else tuple(self)[place]
        left = place if place >= 0 else place + self._length
        if left >= 0:
            for chunk in self.chunks:
                if left < len(chunk):
                    return chunk[left]
                left -= len(chunk)
        raise IndexError(place)

    def _between(self, start: int, stop: int) -> tuple[Row, ...]:
        found: list[Row] = []
        for chunk in self.chunks:
            if stop <= 0:
                break
            length = len(chunk)
            if start < length:
                found += chunk[max(0, start) : stop]
            start, stop = start - length, stop - length
        return tuple(found)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ChunkedRows):
            if self.chunks == other.chunks:
                return True
            is_cut_alike = list(map(len, self.chunks)) == list(map(len, other.chunks))
            return not is_cut_alike and len(self) == len(other) and tuple(self) == tuple(other)
        return list(self) == list(other) if isinstance(other, list | tuple) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type[ChunkedRows[Row]], tuple[tuple[tuple[Row, ...], ...]]]:
        """A copy holds these rows only, without their changes from others."""
        return ChunkedRows, (self.chunks,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.of({list(self)!r})"


def rows_that_differ(before: Sequence[Row], now: Sequence[Row]) -> list[tuple[int, Row, Row]] | None:
    """The places at which two sequences hold different objects, with both; None if rows have come, gone or moved."""
    if len(before) != len(now):
        return None
    if not (isinstance(before, ChunkedRows) and isinstance(now, ChunkedRows)):
        return [(place, before[place], now[place]) for place in compress(range(len(now)), map(is_not, now, before))]
    if len(before.chunks) != len(now.chunks):
        return None
    found: list[tuple[int, Row, Row]] = []
    start = 0
    for old, new in zip(before.chunks, now.chunks, strict=True):
        if old is not new:
            if len(old) != len(new):
                return None
            found += (
                (start + place, old[place], new[place]) for place in compress(range(len(new)), map(is_not, new, old))
            )
        start += len(new)
    return found


def objects_that_differ(before: Sequence[Row], now: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that are only among those before, and those that are only among those now, by their identities."""
    if isinstance(before, ChunkedRows) and isinstance(now, ChunkedRows):
        old, new = {id(chunk): chunk for chunk in before.chunks}, {id(chunk): chunk for chunk in now.chunks}
        before = [row for each in old.keys() - new.keys() for row in old[each]]
        now = [row for each in new.keys() - old.keys() for row in new[each]]
    gone, come = dict(zip(map(id, before), before, strict=True)), dict(zip(map(id, now), now, strict=True))
    return [gone[each] for each in gone.keys() - come.keys()], [come[each] for each in come.keys() - gone.keys()]


class ChunkEditor(Generic[Row]):
    """Rows by their places, to be handed out again and again: one that comes, goes or changes costs one chunk."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        """All rows, in order."""
        found = ChunkedRows.of(rows)
        self._chunks, self._length = list(found.chunks), len(found)

    @property
    def rows(self) -> ChunkedRows[Row]:
        """All rows as they are now."""
        return ChunkedRows(self._chunks)

    def insert(self, place: int, row: Row) -> None:
        """Put in a row before the one at a place, or as the last."""
        if not self._chunks:
            self._chunks.append(())
        number, place = self._find(place)
        edited(self._chunks, number, place, (row,), instead_of=0)
        self._length += 1
        chunk, length = self._chunks[number], chunk_length(self._length)
        if len(chunk) > 2 * length:
            self._chunks[number : number + 1] = chunk[:length], chunk[length:]

    def remove(self, place: int) -> None:
        """Take out the row at a place."""
        number, place = self._find(place)
        edited(self._chunks, number, place, (), instead_of=1)
        self._length -= 1
        if not self._chunks[number]:
            del self._chunks[number]

    def replace(self, place: int, row: Row) -> None:
        """Put a row instead of the one at a place."""
        number, place = self._find(place)
        edited(self._chunks, number, place, (row,), instead_of=1)

    def _find(self, place: int) -> tuple[int, int]:
        """The chunk of a place, and the place in it."""
        ends = list(accumulate(map(len, self._chunks)))
        number = bisect_right(ends, place)
        if number == len(ends):
            number -= 1
        return number, place - ends[number] + len(self._chunks[number])


def edited(chunks: list[tuple[Any, ...]], number: int, place: int, rows: tuple[Any, ...], *, instead_of: int) -> None:
    """Put rows into a chunk instead of a number of others."""
    chunk = chunks[number]
    chunks[number] = chunk[:place] + rows + chunk[place + instead_of :]
