"""Sorted rows; only rows that have changed, come or gone are moved to or from their place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf, isinf
from operator import attrgetter, itemgetter, lt
from typing import Any, Generic, NamedTuple, TypeVar

from ccmon.snapshot.chunked_rows import ChunkEditor, ChunkedRows, rows_that_differ
from ccmon.snapshot.incremental import EditedValues

Row = TypeVar("Row")

NOTHING: EditedValues[Any] = EditedValues({})
"""Further values where no row has any."""
MOVED_ONE_BY_ONE = 64
"""When more rows than this have changed, all are sorted again."""


class _Differences(NamedTuple, Generic[Row]):
    """How rows differ from those before."""

    gone: list[Row]
    come: list[tuple[Row, float]]
    """With the rank of each."""
    replaced: list[Row]
    """Those that are there instead of a row of the same identity, in the same place."""

    @property
    def number(self) -> int:
        """How many rows differ."""
        return len(self.gone) + len(self.come) + len(self.replaced)


class _SortedRows(Generic[Row]):
    """Rows with their keys, in order."""

    def __init__(
        self, identity: Callable[[Row], Any], known: dict[Any, tuple[Row, tuple[Any, ...]]] | None = None
    ) -> None:
        self._identity = identity
        self.known = known or {}
        """Each row and its key, by identity."""
        in_order = sorted(self.known.values(), key=itemgetter(1))
        self._keys = [key for _, key in in_order]
        self._chunks = ChunkEditor([row for row, _ in in_order])

    @property
    def rows(self) -> ChunkedRows[Row]:
        """The rows."""
        return self._chunks.rows

    def rank_of(self, row: Row) -> float:
        """Its place among the rows as they come, or between two of these places."""
        rank: float = self.known[self._identity(row)][1][-1]
        return rank

    def put(self, identity: Any, row: Row, key: tuple[Any, ...]) -> None:
        """Put in a row."""
        self.known[identity] = row, key
        place = bisect_left(self._keys, key)
        self._keys.insert(place, key)
        self._chunks.insert(place, row)

    def take_out(self, identity: Any) -> None:
        """Take out a row."""
        _, key = self.known.pop(identity)
        place = bisect_left(self._keys, key)
        del self._keys[place]
        self._chunks.remove(place)

    def change(self, identity: Any, row: Row, key: tuple[Any, ...]) -> None:
        """Put a row in the place of that of the same identity, or where its key belongs."""
        if key != self.known[identity][1]:
            self.take_out(identity)
            self.put(identity, row, key)
        elif row is not self.known[identity][0]:
            self.known[identity] = row, key
            self._chunks.replace(bisect_left(self._keys, key), row)


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
        self._about: EditedValues[Any] = NOTHING
        self._in_order = _SortedRows[Row](identity)
        self._sorted: ChunkedRows[Row] = ChunkedRows(())

    def sort(self, rows: Sequence[Row], about: EditedValues[Any], otherwise: object) -> Sequence[Row]:
        """The rows in order; `about` holds the further value by row identity, `otherwise` that of all other rows."""
        if rows is self._rows and about is self._about:
            return self._sorted
        differences = self._differences(rows)
        again = () if about is self._about else about.keys_that_differ(self._about)
        if differences is None or len(again) + differences.number > MOVED_ONE_BY_ONE:
            self._sort_all(rows, about, otherwise)
            self._sorted = self._in_order.rows
        elif again or differences.number:
            self._move(differences, again, about, otherwise)
            self._sorted = self._in_order.rows
        self._rows, self._about = rows, about
        return self._sorted

    def _sort_all(self, rows: Sequence[Row], about: Mapping[Any, object], otherwise: object) -> None:
        before, known = self._in_order.known, dict[Any, tuple[Row, tuple[Any, ...]]]()
        for rank, row in enumerate(rows):
            identity = self._identity(row)
            value, was = about.get(identity, otherwise), before.get(identity)
            if was is not None and was[0] is row and self._about.get(identity, otherwise) == value:
                key = was[1][:-1]
            else:
                key = self._key(row, value)
            known[identity] = row, (*key, rank)
        self._in_order = _SortedRows(self._identity, known)

    def _move(
        self,
        differences: _Differences[Row],
        again: Iterable[Any],
        about: Mapping[Any, object],
        otherwise: object,
    ) -> None:
        in_order, known, identity_of = self._in_order, self._in_order.known, self._identity
        for row in differences.gone:
            in_order.take_out(identity_of(row))
        for row, rank in differences.come:
            identity = identity_of(row)
            in_order.put(identity, row, (*self._key(row, about.get(identity, otherwise)), rank))
        changed = {identity: known[identity][0] for identity in again if identity in known}
        changed.update((identity_of(row), row) for row in differences.replaced)
        for identity, row in changed.items():
            key = self._key(row, about.get(identity, otherwise))
            in_order.change(identity, row, (*key, known[identity][1][-1]))

    def _differences(self, rows: Sequence[Row]) -> _Differences[Row] | None:
        """How the rows differ from those before; None if some have changed places."""
        identity_of = self._identity
        others = rows_that_differ(self._rows, rows)
        if others is not None and all(identity_of(old) == identity_of(new) for _, old, new in others):
            return _Differences([], [], [new for *_, new in others])
        return self._come_and_gone(rows)

    def _come_and_gone(self, rows: Sequence[Row]) -> _Differences[Row] | None:
        """The same where rows have come or gone: each that has come gets a rank between those of its neighbours."""
        identity_of, rank_of = self._identity, self._in_order.rank_of
        pairs = _pairs_of_chunks(self._rows, rows)
        found = _Differences[Row]([], [], [])
        last = -inf  # the rank of the row before
        for number, (old, new) in enumerate(pairs):
            if old is new:
                last = rank_of(new[-1]) if new else last
                continue
            before, now = {identity_of(row): row for row in old}, {identity_of(row): row for row in new}
            stayed = [each for each in now if each in before]
            if stayed != [each for each in before if each in now]:
                return None
            found.gone.extend(row for each, row in before.items() if each not in now)
            found.replaced.extend(now[each] for each in stayed if now[each] is not before[each])
            following = next((chunk[0] for chunk, _ in pairs[number + 1 :] if chunk), None)
            end = inf if following is None else rank_of(following)
            stops = [
                *((place, rank_of(row)) for place, row in enumerate(new) if identity_of(row) in before),
                (len(new), end),
            ]
            start = 0
            for place, rank in stops:
                ranks = _ranks_between(last, rank, place - start)
                if ranks is None:
                    return None
                found.come.extend(zip(new[start:place], ranks, strict=True))
                start, last = place + 1, rank if place < len(new) else ranks[-1] if ranks else last
        return found


def _pairs_of_chunks(before: Sequence[Row], now: Sequence[Row]) -> Sequence[tuple[tuple[Row, ...], tuple[Row, ...]]]:
    """The rows before and now in chunks, of which many may be the same objects."""
    if isinstance(before, ChunkedRows) and isinstance(now, ChunkedRows) and len(before.chunks) == len(now.chunks):
        return list(zip(before.chunks, now.chunks, strict=True))
    return [(tuple(before), tuple(now))]


def _ranks_between(low: float, high: float, number: int) -> Sequence[float] | None:
    """So many ascending ranks between two; None if they are too close for that."""
    if isinf(low) or isinf(high):
        first = low + 1 if isinf(high) and not isinf(low) else high - number if not isinf(high) else 0
        return [first + place for place in range(number)]
    ranks = [low + (high - low) * (place + 1) / (number + 1) for place in range(number)]
    return ranks if all(map(lt, (low, *ranks), (*ranks, high))) else None
