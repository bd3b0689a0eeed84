"""Which time of a source is in the database: ranges that touch are one, and their edges know what they hold."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.database import database_file, imported_ranges
from ccmon.database.imported_ranges import GrowingRange, KnownRanges, TimeRange, digest, merged


def a(first_at: int, last_at: int, first: str = "", last: str = "") -> TimeRange:
    """A range whose first and last second hold records named by single letters."""
    return TimeRange(first_at, last_at, Counter(first), Counter(last))


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([], []),
        ([a(5, 9)], [a(5, 9)]),
        ([a(5, 9), a(1, 3)], [a(1, 3), a(5, 9)]),
        ([a(1, 5), a(5, 9)], [a(1, 9)]),
        ([a(1, 4), a(5, 9)], [a(1, 4), a(5, 9)]),
        ([a(1, 9), a(3, 5)], [a(1, 9)]),
        ([a(1, 5), a(3, 9), a(9, 12), a(14, 15)], [a(1, 12), a(14, 15)]),
        ([a(1, 5, "a", "b"), a(5, 9, "c", "d")], [a(1, 9, "a", "d")]),
        ([a(1, 9, "a", "b"), a(3, 5, "c", "d")], [a(1, 9, "a", "b")]),
        ([a(3, 9, "a", "b"), a(1, 9, "c", "bbd")], [a(1, 9, "c", "bbd")]),
        ([a(1, 5, "aax", "b"), a(1, 9, "ay", "d")], [a(1, 9, "aaxy", "d")]),
        ([a(1, 9, "a", "bbx"), a(2, 9, "c", "by")], [a(1, 9, "a", "bbxy")]),
    ],
)
def test_ranges_that_touch_are_one(ranges: list[TimeRange], expected: list[TimeRange]) -> None:
    assert merged(ranges) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (a(1, 6, "a", "b"), a(5, 9, "c", "d"), a(1, 9, "a", "d")),
        (a(1, 9, "a", "b"), a(5, 6, "c", "d"), a(1, 9, "a", "b")),
        (a(1, 9, "a", "b"), a(1, 5, "ac", "d"), a(1, 9, "ac", "b")),
        (a(1, 9, "a", "bb"), a(5, 9, "c", "bd"), a(1, 9, "a", "bbd")),
    ],
)
def test_two_ranges_joined_either_way_are_the_same(one: TimeRange, other: TimeRange, expected: TimeRange) -> None:
    assert one.joined(other) == expected
    assert other.joined(one) == expected


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 8)), max_size=12))
def test_the_same_time_in_ranges_that_do_not_touch(spans: list[tuple[int, int]]) -> None:
    ranges = [a(start, start + length) for start, length in spans]
    result = merged(ranges)
    seconds = {second for start, length in spans for second in range(start, start + length + 1)}
    covered = {second for each in result for second in range(each.first_at, each.last_at + 1)}
    assert covered == seconds
    assert all(one.last_at < other.first_at for one, other in pairwise(result))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (a(1, 5, "a", "b"), a(6, 9, "c", "d"), a(1, 9, "a", "d")),
        (a(1, 5, "a", "b"), a(5, 9, "c", "d"), a(1, 9, "a", "d")),
        (a(1, 5, "a", "b"), a(5, 5, "c", "c"), a(1, 5, "a", "bc")),
        (a(5, 5, "a", "a"), a(5, 9, "ac", "d"), a(5, 9, "aac", "d")),
        (a(5, 5, "a", "a"), a(5, 5, "a", "a"), a(5, 5, "aa", "aa")),
        (a(1, 5, "a", "b"), a(3, 4, "c", "d"), a(1, 5, "a", "b")),
        (a(1, 5, "a", "b"), a(0, 5, "c", "d"), a(1, 5, "a", "bd")),
    ],
)
def test_what_comes_right_after_adds_to_the_edges_it_shares(
    one: TimeRange, other: TimeRange, expected: TimeRange
) -> None:
    assert one.followed_by(other) == expected


def named(first_at: int, last_at: int, first: str, last: str) -> TimeRange:
    """A range whose first and last second hold records, each of a single letter."""
    return TimeRange(first_at, last_at, Counter(map(digest, first)), Counter(map(digest, last)))


@pytest.mark.parametrize(
    ("at", "records", "gaps"),
    [
        (1, "x", [0]),
        (2, "aaa", [None, None, 0]),
        (2, "xb", [0, 0]),
        (3, "x", [None]),
        (5, "bax", [None, 1, 1]),
        (6, "a", [1]),
        (8, "cc", [None, 2]),
        (9, "c", [2]),
    ],
)
def test_a_record_is_known_or_lies_in_a_gap(at: int, records: str, gaps: list[int | None]) -> None:
    """At the edge of a range those are known that are in it, as often as they are; all in between are."""
    known = KnownRanges([named(2, 5, "aa", "b"), named(8, 8, "c", "c")])
    assert [known.gap_of_new(at, record) for record in records] == gaps
    assert known.last_at == 8
    assert KnownRanges([]).gap_of_new(at, records[0]) == 0


def test_what_was_looked_up_before_is_known_no_more() -> None:
    known = KnownRanges([named(2, 5, "aa", "b")])
    assert known.gap_of_new(2, "a") is None
    assert known.ranges == [named(2, 5, "aa", "b")]
    resumed = KnownRanges(known.ranges, known.left)
    assert [resumed.gap_of_new(2, "a"), resumed.gap_of_new(2, "a")] == [None, 0]


@pytest.mark.parametrize("resumed_at", range(7))
def test_a_range_grows_with_what_is_read(resumed_at: int) -> None:
    """Its edges hold all that was read of their seconds, before it was resumed and after."""
    records = [(4, "a"), (4, "b"), (7, "c"), (3, "d"), (7, "c"), (3, "e")]
    read = GrowingRange()
    for number, (at, record) in enumerate(records):
        if number == resumed_at:
            read = GrowingRange.resumed(read.as_range())
        read.note(at, record)
        so_far = records[: number + 1]
        (first_at, _), (last_at, _) = min(so_far), max(so_far)
        first, last = ("".join(record for at, record in so_far if at == edge) for edge in (first_at, last_at))
        assert read.as_range() == named(first_at, last_at, first, last)


def test_a_digest_is_short_and_tells_records_apart() -> None:
    assert digest("1|2") == digest("1|2")
    assert digest("1|2") != digest("1|3")
    assert len(digest("\udcff" * 900)) == 16


def test_ranges_are_kept_by_source_and_changed_in_place(path: Path) -> None:
    connection = database_file.open_writer(path)
    for source in ("one", "two"):
        connection.execute("INSERT INTO sources (name, kind) VALUES (?, 'queue-log')", (source,))
    early, late = a(1000, 2000, "aa", "b"), a(5000, 6000, "c", "dd")
    imported_ranges.write(connection, "one", [], [early, late])
    imported_ranges.write(connection, "two", [], [late])
    assert imported_ranges.read(connection, "one") == [early, late]
    joined = a(1000, 6000, "aa", "dd")
    imported_ranges.write(connection, "one", [early, late], [joined])
    assert imported_ranges.read(connection, "one") == [joined]
    imported_ranges.write(connection, "one", [joined], [joined, a(7000, 7000)])
    assert imported_ranges.read(connection, "one") == [joined, a(7000, 7000)]
    assert imported_ranges.read(connection, "two") == [late]
    assert imported_ranges.read(connection, "three") == []
    connection.close()
