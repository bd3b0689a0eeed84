"""Values updated incrementally from snapshot to snapshot: only what has changed, or falls due, is made again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any, Generic, TypeVar
from weakref import ref

from ccmon.metrics.due_moments import DueMoments
from ccmon.snapshot.chunked_rows import ChunkedRows, edited, piece_length
from ccmon.time_units import NEVER

Row = TypeVar("Row")
Value = TypeVar("Value")
Changes = Mapping[Any, tuple[Value | None, Value | None]]
"""By subject, the value before and the value now; None: no value."""

COMPARED_AT_ONCE = 64
"""How many rows are compared at once: identical objects cost next to nothing."""


def differing_places(before: Sequence[object], now: Sequence[object]) -> Iterator[int]:
    """The places at which two sequences of the same length hold different values."""
    for start in range(0, len(now), COMPARED_AT_ONCE):
        old, new = before[start : start + COMPARED_AT_ONCE], now[start : start + COMPARED_AT_ONCE]
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


class EditedValues(dict[Any, Value]):
    """Values by key, with the keys at which they differ from earlier values."""

    def __init__(self, values: Mapping[Any, Value], others: Collection[Any]) -> None:
        super().__init__(values)
        self.others = others
        """The keys at which they differ from the values they were made from."""
        self._before: ref[EditedValues[Value]] | None = None

    def with_others(self, changes: Mapping[Any, Value | None]) -> EditedValues[Value]:
        """These values with some changed; a change to None removes the value."""
        if not changes:
            return self
        edited_values = EditedValues(self, changes.keys())
        for key, now in changes.items():
            if now is None:
                edited_values.pop(key, None)
            else:
                edited_values[key] = now
        edited_values._before = ref(self)
        return edited_values

    def keys_that_differ(self, before: Mapping[Any, Value]) -> Collection[Any]:
        """The keys at which the values may differ from those before."""
        if self._before is not None and self._before() is before:
            return self.others
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
    return {key: (before.get(key), now.get(key)) for key in {**before, **now} if before.get(key) != now.get(key)}


class IncrementalValues(Generic[Value]):
    """A value for each subject, by its number, and until when it stays the same."""

    def __init__(self, order: Iterable[int] = ()) -> None:
        """No values yet.

        Args:
            order: the subjects in the order of `all`.
        """
        self.by_id: dict[int, Value] = {}
        self.in_chunks: ChunkedRows[Value] = ChunkedRows(())
        """The values in order; the same object until one of them changes."""
        self._all: tuple[Value, ...] | None = ()
        self._rank_of = {subject: rank for rank, subject in enumerate(order)}
        self._piece = piece_length(len(self._rank_of))
        self._chunks: list[tuple[Value, ...]] = [()] * (len(self._rank_of) // self._piece + 1)
        """The values in chunks; those in one chunk have subjects of neighbouring ranks."""
        self._ranks: list[list[int]] = [[] for _ in self._chunks]
        """The ranks of the values in each chunk."""
        self._until: dict[int, int] = {}
        self._queue: list[tuple[int, int]] = []
        """A heap of moments and subjects; an entry that is not in `_until` is out of date."""
        self._at = 0
        self._made_of: Mapping[int, object] = {}

    @property
    def all(self) -> tuple[Value, ...]:
        """The values in order as a tuple; the same object until one of them changes."""
        if self._all is None:
            self._all = tuple(self.in_chunks)
        return self._all

    def update(
        self, touched: Iterable[int], due: DueMoments, make: Callable[[int, DueMoments], Value | None]
    ) -> Changes[Value]:
        """Make the values again for subjects with a change or a due moment; return those that differ.

        Args:
            touched: the subjects with a change.
            due: the moment; collects the next moment at which something changes.
            make: makes a subject's value; None: it has none. The moments that it asks for are collected.
        """
        subjects, changes = {*touched, *self._fallen_due(due.at)}, {}
        for subject in subjects:
            own = DueMoments(due.at)
            before, now = self.by_id.get(subject), make(subject, own)
            self._note(subject, own.next_at)
            if before == now:
                continue
            changes[subject] = before, now
            if now is None:
                del self.by_id[subject]
            else:
                self.by_id[subject] = now
        if self._queue:
            due.note(self._next_at())
        if changes and self._rank_of:
            self._put_in_order(changes)
        return changes

    def update_made_of(
        self, made_of: Mapping[int, object], due: DueMoments, make: Callable[[int, DueMoments], Value | None]
    ) -> Changes[Value]:
        """As `update`, from what each value is made of: a value is made again when that changes."""
        touched, self._made_of = changed(self._made_of, made_of), made_of
        return self.update(touched, due, make)

    def stay_at(self, due: DueMoments) -> bool:
        """Whether no value falls due by a moment: then there is nothing to update; collects when the next one does."""
        if due.at < self._at or (self._queue and self._queue[0][0] <= due.at):
            return False
        self._at = due.at
        if self._queue:
            due.note(self._next_at())
        return True

    def forget(self, subject: int) -> None:
        """Forget a subject that has no value and will have none."""
        self._until.pop(subject, None)

    def _put_in_order(self, changes: Changes[Value]) -> None:
        """Put changed values into their places; one without a rank has no place."""
        for subject, (before, now) in changes.items():
            rank = self._rank_of.get(subject)
            if rank is None:
                continue
            number = rank // self._piece
            ranks = self._ranks[number]
            place = bisect_left(ranks, rank)
            edited(self._chunks, number, place, () if now is None else (now,), instead_of=0 if before is None else 1)
            if before is None:
                ranks.insert(place, rank)
            elif now is None:
                del ranks[place]
        self.in_chunks, self._all = ChunkedRows(self._chunks), None

    def _fallen_due(self, at: int) -> Collection[int]:
        before, self._at = self._at, at
        if at < before:
            return tuple(self._until)
        found = []
        while self._queue and self._queue[0][0] <= at:
            moment, subject = heappop(self._queue)
            if self._until.get(subject) == moment:
                found.append(subject)
        return found

    def _note(self, subject: int, until: int) -> None:
        self._until[subject] = until
        if until != NEVER:
            heappush(self._queue, (until, subject))
            if len(self._queue) > 2 * len(self._until) + COMPARED_AT_ONCE:
                self._queue = [(moment, each) for each, moment in self._until.items() if moment != NEVER]
                heapify(self._queue)

    def _next_at(self) -> int:
        while self._queue and self._until.get(self._queue[0][1]) != self._queue[0][0]:
            heappop(self._queue)
        return self._queue[0][0] if self._queue else NEVER
