"""Promised calls (metrics.md 10.3)."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.follow_ups import OnTimeCount, TrackRecord, around_hour, count_on_time, follow_up_load

MINUTE = 60_000
HOUR = 60 * MINUTE
GRACE = 15 * MINUTE
DAY_END = 24 * HOUR


def test_on_time_counts_leave_out_those_whose_grace_runs() -> None:
    promises = [
        (9 * HOUR, 9 * HOUR + GRACE),
        (9 * HOUR, 11 * HOUR),
        (10 * HOUR, None),
        (12 * HOUR, None),
        (12 * HOUR, 12 * HOUR),
        (20 * HOUR, None),
        (20 * HOUR, 11 * HOUR),
    ]
    assert count_on_time(promises, 12 * HOUR, GRACE) == OnTimeCount(on_time=3, decided=5)
    assert count_on_time(promises, 12 * HOUR, GRACE).rate == 0.6
    assert count_on_time([], DAY_END, GRACE).rate is None


def test_eva_owns_six_needs_48_minutes_and_has_35() -> None:
    shift_ends_at = 17 * HOUR
    due = [(n, shift_ends_at) for n in range(6)]
    load = follow_up_load(due, at=shift_ends_at - 35 * MINUTE, shift_ends_at=shift_ends_at, handling_ms=8 * MINUTE)
    assert (load.due_in_shift, load.needed_ms, load.left_ms) == (6, 48 * MINUTE, 35 * MINUTE)
    assert load.certainly_late == (4, 5)


def test_what_the_owner_does_now_takes_from_the_time_left() -> None:
    due = [("a", 17 * HOUR), ("b", 17 * HOUR), ("after the shift", 18 * HOUR)]
    load = follow_up_load(
        due, at=16 * HOUR, free_at=16 * HOUR + 50 * MINUTE, shift_ends_at=17 * HOUR, handling_ms=8 * MINUTE
    )
    assert (load.due_in_shift, load.left_ms, load.certainly_late) == (2, 10 * MINUTE, ("b",))
    over = follow_up_load(due, at=18 * HOUR, shift_ends_at=17 * HOUR, handling_ms=8 * MINUTE)
    assert (over.left_ms, over.certainly_late) == (0, ("a", "b"))


def test_one_already_lost_takes_no_time_from_those_that_can_be_kept() -> None:
    due = [("lost", 9 * HOUR), ("kept", 10 * HOUR + 8 * MINUTE)]
    load = follow_up_load(due, at=10 * HOUR, shift_ends_at=17 * HOUR, handling_ms=8 * MINUTE, grace_ms=0)
    assert load.certainly_late == ("lost",)


@given(st.lists(st.integers(0, 12), max_size=6), st.integers(1, 4))
def test_no_order_of_work_keeps_more_promises(due: list[int], handling: int) -> None:
    """Against every subset: k calls of equal length can be kept if the i-th by due moment is done in i lengths."""
    shift = 10
    owned = [moment for moment in due if moment <= shift]
    most_kept = 0
    for chosen in range(2 ** len(owned)):
        subset = sorted(moment for bit, moment in enumerate(owned) if chosen >> bit & 1)
        if all((turn + 1) * handling <= moment for turn, moment in enumerate(subset)):
            most_kept = max(most_kept, len(subset))
    load = follow_up_load(list(enumerate(due)), at=0, shift_ends_at=shift, handling_ms=handling)
    assert load.due_in_shift == len(owned)
    assert len(load.certainly_late) == len(owned) - most_kept


def test_a_record_of_few_promises_is_shrunk_towards_what_is_usual() -> None:
    assert TrackRecord(0, 0).shrunk_towards(0.2, 3) == pytest.approx(0.2)
    assert TrackRecord(3, 3).shrunk_towards(0.2, 3) == pytest.approx(3.6 / 6)
    assert TrackRecord(90, 100).shrunk_towards(0.2, 3) == pytest.approx(90.6 / 103)


def test_a_record_tells_most_of_its_own_hour() -> None:
    records = {9: TrackRecord(0, 10), 12: TrackRecord(10, 10)}
    near = around_hour(records, 12.5)
    assert near.late == 10
    assert near.promised == pytest.approx(10 + 10 * exp(-2)), "three hours away it counts e^2 times less"
    assert around_hour(records, 9.5).late < around_hour(records, 11).late < near.late
    assert around_hour({}, 12) == TrackRecord(0, 0)


@given(st.dictionaries(st.integers(0, 23), st.integers(0, 20)), st.floats(0, 24), st.floats(0, 1), st.floats(0.1, 20))
def test_a_shrunk_share_lies_between_the_record_and_what_is_usual(
    late: dict[int, int], hour: float, usual: float, weight: float
) -> None:
    record = around_hour({each: TrackRecord(number, 20) for each, number in late.items()}, hour)
    share = record.shrunk_towards(usual, weight)
    own = record.late / record.promised if record.promised else usual
    assert min(own, usual) - 1e-9 <= share <= max(own, usual) + 1e-9
