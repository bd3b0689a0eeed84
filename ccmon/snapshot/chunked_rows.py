"""Rows in order, cut into chunks shared with the rows of another moment: a change costs one chunk, not all rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress
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
            return tuple(self)[place]
        left = place if place >= 0 else place + self._length
        if left >= 0:
            for chunk in self.chunks:
                if left < len(chunk):
                    return chunk[left]
                left -= len(chunk)
        raise IndexError(place)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ChunkedRows):
            return self.chunks == other.chunks or (len(self) == len(other) and tuple(self) == tuple(other))
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


def edited(chunks: list[tuple[Any, ...]], number: int, place: int, rows: tuple[Any, ...], *, instead_of: int) -> None:
    """Put rows into a chunk instead of a number of others."""
    chunk = chunks[number]
    chunks[number] = chunk[:place] + rows + chunk[place + instead_of :]
