"""Rows in chunks are a sequence like any other, and what differs between two of them is found."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from ccmon.database.row_cache import RowCache
from ccmon.metrics.next_change import NextChange
from ccmon.snapshot.chunked_rows import (
    LEAST_CHUNK_LENGTH,
    ChunkEditor,
    ChunkedRows,
    objects_that_differ,
    rows_that_differ,
)
from ccmon.snapshot.incremental import IncrementalValues

numbers = st.lists(st.integers(0, 9), max_size=12)
cuts = st.lists(st.integers(0, 3), min_size=12, max_size=12)


def in_chunks(rows: list[int], lengths: list[int]) -> ChunkedRows[int]:
    chunks, left = [], rows
    for length in lengths:
        chunks.append(tuple(left[:length]))
        left = left[length:]
    return ChunkedRows([*chunks, tuple(left)])


@given(numbers, cuts, st.integers(-12, 12), st.integers(-12, 12))
def test_they_are_a_sequence(rows: list[int], lengths: list[int], start: int, end: int) -> None:
    cut = in_chunks(rows, lengths)
    assert list(cut) == rows
    assert len(cut) == len(rows)
    assert [cut[place] for place in range(-len(rows), len(rows))] == rows + rows
    assert cut[start:end] == tuple(rows[start:end])
    assert cut == rows
    assert tuple(rows) == cut
    assert cut == ChunkedRows.of(rows)
    assert (cut == in_chunks([*rows[:-1], 0], lengths)) is (rows[-1:] == [0])
    assert cut != [*rows, 1]
    assert cut != ChunkedRows.of([*rows, 1])


@given(numbers, cuts, numbers, cuts)
def test_rows_that_differ_are_found(rows: list[int], lengths: list[int], others: list[int], cut: list[int]) -> None:
    before, now = in_chunks(rows, lengths), in_chunks(others, cut)
    found = rows_that_differ(before, now)
    if found is None:
        assert rows != others or [len(chunk) for chunk in before.chunks] != [len(chunk) for chunk in now.chunks]
    else:
        pairs = enumerate(zip(rows, others, strict=True))
        assert found == [(place, old, new) for place, (old, new) in pairs if old is not new]


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9), unique=True), st.integers(1, 4))
def test_objects_that_come_and_go_are_found(rows: list[int], others: list[int], length: int) -> None:
    made = [(number,) for number in range(10)]
    shared: dict[tuple[int, ...], tuple[tuple[int], ...]] = {}

    def cut(numbers: list[int]) -> ChunkedRows[tuple[int]]:
        parts = [tuple(numbers[start : start + length]) for start in range(0, len(numbers), length)]
        return ChunkedRows(shared.setdefault(part, tuple(made[each] for each in part)) for part in parts)

    for before, now in ((cut(rows), cut(others)), (tuple(cut(rows)), cut(others))):
        gone, come = objects_that_differ(before, now)
        assert sorted(gone) == [(each,) for each in sorted({*rows} - {*others})]
        assert sorted(come) == [(each,) for each in sorted({*others} - {*rows})]


@given(
    st.lists(st.integers(0, 9), max_size=3 * LEAST_CHUNK_LENGTH),
    st.lists(st.tuples(st.sampled_from(["insert", "remove", "replace"]), st.integers(0), st.integers(0, 9))),
)
def test_edited_chunks_are_an_edited_list(rows: list[int], edits: list[tuple[str, int, int]]) -> None:
    editor, handed_out = ChunkEditor(rows), []
    for name, number, row in edits:
        handed_out.append((editor.rows, list(rows)))
        if name == "insert":
            place = number % (len(rows) + 1)
            rows.insert(place, row)
            editor.insert(place, row)
        elif rows:
            place = number % len(rows)
            rows[place : place + 1] = [row] if name == "replace" else []
            if name == "replace":
                editor.replace(place, row)
            else:
                editor.remove(place)
        assert list(editor.rows) == rows
        assert all(editor.rows.chunks)
    assert all(list(before) == was for before, was in handed_out)


def test_a_chunk_of_many_insertions_is_cut_in_two() -> None:
    editor = ChunkEditor[int]()
    for number in range(4 * LEAST_CHUNK_LENGTH):
        editor.insert(number // 2, number)
    assert max(map(len, editor.rows.chunks)) <= 2 * LEAST_CHUNK_LENGTH


@given(st.lists(st.tuples(st.integers(0, 3 * LEAST_CHUNK_LENGTH), st.one_of(st.none(), st.integers(0, 9))), max_size=9))
def test_values_and_rows_stay_in_order_over_the_edges_of_chunks(changes: list[tuple[int, int | None]]) -> None:
    known = dict.fromkeys(range(0, 3 * LEAST_CHUNK_LENGTH, 2), 0)
    values = IncrementalValues[int](range(3 * LEAST_CHUNK_LENGTH + 1))
    values.update(known, NextChange(0), lambda key, _: known.get(key))
    rows = RowCache[tuple[int, int]](sorted(known.items()), lambda row: row[0])
    in_pairs = RowCache[tuple[int, int]](sorted(known.items()), lambda row: row[0], lambda row: row)
    for key, value in changes:
        if value is None:
            known.pop(key, None)
        else:
            known[key] = value
        values.update([key], NextChange(0), lambda key, _: known.get(key))
        before = list(rows.rows)
        made = rows.update([key], [] if value is None else [(key, value)])
        assert values.all == tuple(values.in_chunks) == tuple(number for _, number in sorted(known.items()))
        assert list(rows.rows) == sorted(known.items())
        assert bool(made) is (before != list(rows.rows))
        in_pairs.update([key], [] if value is None else [(key, value)])
        assert list(in_pairs.rows) == list(rows.rows)
        assert in_pairs.has_any(key) is (key in known)


def test_a_chunk_that_grows_is_cut_in_two() -> None:
    rows = RowCache[tuple[int, int]]([], lambda row: row[0])
    for number in range(4 * LEAST_CHUNK_LENGTH):
        rows.update([number], [(number, number)])
    assert max(map(len, rows.rows.chunks)) <= 2 * LEAST_CHUNK_LENGTH
    for number in range(4 * LEAST_CHUNK_LENGTH):
        rows.update([number], [])
    assert (len(rows.rows), rows.rows.chunks) == (0, ())


def test_rows_can_be_copied_whatever_they_were_made_of() -> None:
    rows = RowCache[tuple[int, int]]([(1, 1), (2, 2)], lambda row: row[0])
    rows.update([2], [(2, 3)])
    assert pickle.loads(pickle.dumps(rows.rows)) == [(1, 1), (2, 3)]
