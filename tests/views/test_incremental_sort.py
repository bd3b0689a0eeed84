"""A cached order is that of sorting everything."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from ccmon.snapshot.incremental import EditedValues
from ccmon.views.incremental_sort import IncrementalSort


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
        shown = order.sort(tuple(rows), EditedValues(extra, ()), 0)
        assert [id(row) for row in shown] == [id(row) for row in expected]
        assert [id(row) for row in order.sort(tuple(rows), EditedValues(extra, ()), 0)] == [id(row) for row in expected]
