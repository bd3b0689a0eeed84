"""Values updated incrementally from snapshot to snapshot: only what has changed, or falls due, is made again."""

from __future__ import annotations

from _heapq import heapify, heappop, heappush  # all of heapq takes as long as one of our modules
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Generic, TypeVar
from weakref import ref

from ccmon.metrics.next_change import NextChange
from ccmon.snapshot.chunked_rows import ChunkedRows, chunk_length, edited
from ccmon.time_units import NEVER

Row = TypeVar("Row")
Value = TypeVar("Value")
Changes = Mapping[Any, tuple[Value | None, Value | None]]
"""The value before and the value now, by key; None: no value."""

COMPARED_TOGETHER = 64
"""How many rows are compared together: identical objects cost next to nothing."""


def differing_places(before: Sequence[object], now: Sequence[object]) -> Iterator[int]:
    """The places at which two sequences of the same length hold different values."""
    for start in range(0, len(now), COMPARED_TOGETHER):
        old, new = before[start : start + COMPARED_TOGETHER], now[start : start + COMPARED_TOGETHER]
        if old != new:
            yield from (start + place for place in range(len(new)) if old[place] != new[place])


class EditedRows(ChunkedRows[Row]):
    """Rows, and by key how they differ from earlier rows."""

    __slots__ = ("_before", "changes")

    def __init__(
        self,
        chunks: Iterable[tuple[Row, ...]],
        before: ChunkedRows[Row] | None = None,
        changes: Changes[Row] | None = None,
    ) -> None:
        """Rows that may know their changes.

        Args:
            chunks: all rows.
            before: the earlier rows.
            changes: how the rows differ from these.
        """
        super().__init__(chunks)
        self.changes: Changes[Row] = changes or {}
        self._before = None if before is None else ref(before)

    def differ_from(self, rows: Sequence[Row]) -> bool:
        """Whether the changes are relative to these rows."""
        return self._before is not None and self._before() is rows

    def __eq__(self, other: object) -> bool:
        if isinstance(other, EditedRows) and self.differ_from(other):
            return not self.changes
        return super().__eq__(other)

    __hash__ = None


PARTS = 64
"""A change copies one of so many parts of `EditedValues`."""


class EditedValues(Mapping[Any, Value]):
    """Immutable values by key, with the keys at which they differ from earlier values; what is equal is shared."""

    __slots__ = ("__weakref__", "_before", "_parts", "changed_keys")

    def __init__(self, values: Mapping[Any, Value]) -> None:
        self._parts: Sequence[dict[Any, Value]] = [{} for _ in range(PARTS)]
        """The values in parts, each key's by its hash."""
        for key, value in values.items():
            self._parts[hash(key) % PARTS][key] = value
        self.changed_keys: Collection[Any] = ()
        """The keys at which they differ from the values they were made from."""
        self._before: ref[EditedValues[Value]] | None = None

    def __getitem__(self, key: Any) -> Value:
        return self._parts[hash(key) % PARTS][key]

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return self._parts[hash(key) % PARTS].get(key, default)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._parts)

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def with_changes(self, changes: Mapping[Any, Value | None]) -> EditedValues[Value]:
        """These values with some changed; a change to None removes the value."""
        if not changes:
            return self
        edited_values: EditedValues[Value] = EditedValues.__new__(EditedValues)
        parts = edited_values._parts = list(self._parts)
        for number in {hash(key) % PARTS for key in changes}:
            parts[number] = parts[number].copy()
        for key, now in changes.items():
            part = parts[hash(key) % PARTS]
            if now is None:
                part.pop(key, None)
            else:
                part[key] = now
        edited_values.changed_keys, edited_values._before = changes.keys(), ref(self)
        return edited_values

    def keys_that_differ(self, before: Mapping[Any, Value]) -> Collection[Any]:
        """The keys at which the values may differ from those before."""
        if self._before is not None and self._before() is before:
            return self.changed_keys
        return {key for key, _ in self.items() ^ before.items()}


class RowsByKey(Generic[Row]):
    """Rows by their keys."""

    def __init__(self, key: Callable[[Row], Any]) -> None:
        self._key = key
        self._rows: Sequence[Row] = ()
        self.by_key: dict[Any, Row] = {}

    def update(self, rows: Sequence[Row]) -> Changes[Row]:
        """Take the rows of another moment; return those that differ. The last rows must not have been modified."""
        before, self._rows = self._rows, rows
        if rows is before:
            return {}
        if isinstance(rows, EditedRows) and rows.differ_from(before):
            changes: dict[Any, tuple[Row | None, Row | None]] = {}
            for old, new in rows.changes.values():
                row = old if new is None else new
                if row is not None:
                    changes[self._key(row)] = old, new
            return self._edit(changes)
        if len(rows) == len(before):
            before, rows = tuple(before), tuple(rows)
            pairs = [(before[place], rows[place]) for place in differing_places(before, rows)]
            if all(self._key(old) == self._key(new) for old, new in pairs):
                return self._edit({self._key(new): (old, new) for old, new in pairs})
        return self._replace({self._key(row): row for row in rows})

    def _edit(self, changes: Changes[Row]) -> Changes[Row]:
        for key, (_, now) in changes.items():
            if now is None:
                del self.by_key[key]
            else:
                self.by_key[key] = now
        return changes

    def _replace(self, found: dict[Any, Row]) -> Changes[Row]:
        before, self.by_key = self.by_key, found
        return changed(before, found)


def changed(before: Mapping[Any, Value], now: Mapping[Any, Value]) -> Changes[Value]:
    """The differences between two mappings."""
    if before is now:
        return {}
    if not before:
        return {key: (None, value) for key, value in now.items() if value is not None}
    return {key: (before.get(key), now.get(key)) for key in {**before, **now} if before.get(key) != now.get(key)}


class IncrementalValues(Generic[Value]):
    """Values by key, which is a whole number, and until when each stays the same."""

    def __init__(self, order: Iterable[int] = ()) -> None:
        """No values yet.

        Args:
            order: the keys in the order of `all`.
        """
        self.by_key: dict[int, Value] = {}
        self.in_chunks: ChunkedRows[Value] = ChunkedRows(())
        """The values in order; the same object until one of them changes."""
        self._all: tuple[Value, ...] | None = ()
        self._rank_of = {key: rank for rank, key in enumerate(order)}
        self._chunk_length = chunk_length(len(self._rank_of))
        self._chunks: list[tuple[Value, ...]] = [()] * (len(self._rank_of) // self._chunk_length + 1)
        """The values in chunks; those in one chunk have keys of neighbouring ranks."""
        self._ranks: list[list[int]] = [[] for _ in self._chunks]
        """The ranks of the values in each chunk."""
        self._until: dict[int, int] = {}
        self._due_heap: list[tuple[int, int]] = []
        """A heap of moments and keys; an entry that is not in `_until` is out of date."""
        self._at = 0
        self._made_of: Mapping[int, object] = {}

    @property
    def all(self) -> tuple[Value, ...]:
        """The values in order as a tuple; the same object until one of them changes."""
        if self._all is None:
            self._all = tuple(self.in_chunks)
        return self._all

    def update(
        self, touched: Iterable[int], when: NextChange, make: Callable[[int, NextChange], Value | None]
    ) -> Changes[Value]:
        """Make the values again that may have changed or have fallen due; return those that differ.

        Args:
            touched: the keys of values that may have changed.
            when: the moment; collects the next moment at which something changes.
            make: makes the value of a key; None: it has none. The moments that it asks for are collected.
        """
        at, by_key, until = when.at, self.by_key, self._until
        keys, changes = {*touched, *self._fallen_due(at)}, {}
        for key in keys:
            own = NextChange(at)
            before, now = by_key.get(key), make(key, own)
            if own.next_at == NEVER:
                until[key] = NEVER
            else:
                self._note(key, own.next_at)
            if before is now or before == now:
                continue
            changes[key] = before, now
            if now is None:
                del by_key[key]
            else:
                by_key[key] = now
        if self._due_heap:
            when.note(self._next_at())
        if changes and self._rank_of:
            if self.in_chunks:
                self._put_in_order(changes)
            else:
                self._put_first_in_order(changes)
        return changes

    def update_made_of(
        self, made_of: Mapping[int, object], when: NextChange, make: Callable[[int, NextChange], Value | None]
    ) -> Changes[Value]:
        """As `update`, from what each value is made of: a value is made again when that changes."""
        touched, self._made_of = changed(self._made_of, made_of), made_of
        return self.update(touched, when, make)

    def nothing_due(self, when: NextChange) -> bool:
        """Whether no value falls due by a moment: then there is nothing to update; collects when the next one does."""
        if when.at < self._at or (self._due_heap and self._due_heap[0][0] <= when.at):
            return False
        self._at = when.at
        if self._due_heap:
            when.note(self._next_at())
        return True

    def forget(self, key: int) -> None:
        """Forget a key that has no value and will have none."""
        self._until.pop(key, None)

    def _put_in_order(self, changes: Changes[Value]) -> None:
        """Put changed values into their places; one without a rank has no place."""
        for key, (before, now) in changes.items():
            rank = self._rank_of.get(key)
            if rank is None:
                continue
            number = rank // self._chunk_length
            ranks = self._ranks[number]
            place = bisect_left(ranks, rank)
            edited(self._chunks, number, place, () if now is None else (now,), instead_of=0 if before is None else 1)
            if before is None:
                ranks.insert(place, rank)
            elif now is None:
                del ranks[place]
        self.in_chunks, self._all = ChunkedRows(self._chunks), None

    def _put_first_in_order(self, changes: Changes[Value]) -> None:
        """As `_put_in_order`, while no value is in its place."""
        rank_of, length = self._rank_of, self._chunk_length
        chunks: list[list[Value]] = [[] for _ in self._chunks]
        for rank, key in sorted([(rank_of[key], key) for key in changes if key in rank_of]):
            self._ranks[rank // length].append(rank)
            chunks[rank // length].append(self.by_key[key])
        self._chunks = [*map(tuple, chunks)]
        self.in_chunks, self._all = ChunkedRows(self._chunks), None

    def _fallen_due(self, at: int) -> Collection[int]:
        before, self._at = self._at, at
        if at < before:
            return tuple(self._until)
        found = []
        while self._due_heap and self._due_heap[0][0] <= at:
            moment, key = heappop(self._due_heap)
            if self._until.get(key) == moment:
                found.append(key)
        return found

    def _note(self, key: int, until: int) -> None:
        self._until[key] = until
        if until != NEVER:
            heappush(self._due_heap, (until, key))
            if len(self._due_heap) > 2 * len(self._until) + COMPARED_TOGETHER:
                self._due_heap = [(moment, each) for each, moment in self._until.items() if moment != NEVER]
                heapify(self._due_heap)

    def _next_at(self) -> int:
        while self._due_heap and self._until.get(self._due_heap[0][1]) != self._due_heap[0][0]:
            heappop(self._due_heap)
        return self._due_heap[0][0] if self._due_heap else NEVER
