"""A cached order is that of sorting everything."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.next_change import NextChange
from ccmon.snapshot.chunked_rows import LEAST_CHUNK_LENGTH
from ccmon.snapshot.incremental import EditedValues, IncrementalValues
from ccmon.views.incremental_sort import NOTHING, IncrementalSort


class Thing(NamedTuple):
    id: int
    weight: int


def key(row: Thing, extra: int) -> tuple[int, int]:
    return -extra, row.weight


things = st.lists(st.builds(Thing, st.integers(0, 8), st.integers(0, 2)), unique_by=lambda row: row.id)
about = st.dictionaries(st.integers(0, 9), st.integers(1, 3))
change = st.tuples(st.integers(0, 8), st.integers(0, 2), about)


@given(things, about, st.lists(st.one_of(st.tuples(things, about), change)))
def test_it_is_that_of_sorting_everything(
    rows: list[Thing],
    extra: dict[int, int],
    changes: list[tuple[list[Thing], dict[int, int]] | tuple[int, int, dict[int, int]]],
) -> None:
    order = IncrementalSort(key)
    for each in [(rows, extra), *changes]:
        if len(each) == 2:
            rows, extra = each
        elif rows:
            place, weight, extra = each
            place %= len(rows)
            rows = [*rows[:place], Thing(rows[place].id, weight), *rows[place + 1 :]]
        expected = sorted(rows, key=lambda row: key(row, extra.get(row.id, 0)))
        shown = order.sort(tuple(rows), EditedValues(extra), 0)
        assert [id(row) for row in shown] == [id(row) for row in expected]
        assert [id(row) for row in order.sort(tuple(rows), EditedValues(extra), 0)] == [id(row) for row in expected]


@given(
    st.lists(st.tuples(st.integers(0, 3 * LEAST_CHUNK_LENGTH), st.none() | st.integers(0, 2)), max_size=9),
    st.lists(st.integers(0, 3 * LEAST_CHUNK_LENGTH), max_size=9),
)
def test_rows_that_come_and_go_are_put_in_their_place(changes: list[tuple[int, int | None]], first: list[int]) -> None:
    known: dict[int, Thing] = {number: Thing(number, 1) for number in first}
    values, order = IncrementalValues[Thing](range(3 * LEAST_CHUNK_LENGTH + 1)), IncrementalSort(key)
    values.update(known, NextChange(0), lambda number, _: known.get(number))
    for number, weight in [(0, None), *changes]:
        if weight is None:
            known.pop(number, None)
        else:
            known[number] = Thing(number, weight)
        values.update([number], NextChange(0), lambda number, _: known.get(number))
        expected = sorted(values.all, key=lambda row: row.weight)
        assert list(order.sort(values.in_chunks, NOTHING, 0)) == expected


def test_only_rows_that_come_are_looked_at() -> None:
    keys_made = 0

    def counted(row: Thing, extra: int) -> tuple[int, int]:
        nonlocal keys_made
        keys_made += 1
        return key(row, extra)

    known = {number: Thing(number, 0) for number in range(0, 400, 2)}
    values, order = IncrementalValues[Thing](range(400)), IncrementalSort(counted)
    values.update(known, NextChange(0), lambda number, _: known.get(number))
    order.sort(values.in_chunks, NOTHING, 0)
    keys_made = 0
    for number in (1, 399, 201, 203, 205):
        known[number] = Thing(number, 0)
        values.update([number], NextChange(0), lambda number, _: known.get(number))
        assert [row.id for row in order.sort(values.in_chunks, NOTHING, 0)] == sorted(known)
    assert keys_made == 5


def test_places_that_are_too_close_to_tell_apart_are_given_anew() -> None:
    rows, order = [Thing(0, 0), Thing(1, 0)], IncrementalSort(key)
    for number in range(2, 200):
        rows.insert(1, Thing(number, 0))
        assert list(order.sort(tuple(rows), NOTHING, 0)) == rows
