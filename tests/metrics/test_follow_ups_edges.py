"""Follow-ups at the very edges of their times (metrics.md 10.3): every boundary belongs to one side."""

from __future__ import annotations

import pytest

from ccmon.metrics.follow_ups import OnTimeCount, count_on_time, follow_up_load

GRACE = 15


@pytest.mark.parametrize(
    ("done_at", "at", "expected"),
    [
        (90, 99, OnTimeCount(1, 1)),
        (90, 200, OnTimeCount(1, 1)),
        (115, 200, OnTimeCount(1, 1)),
        (116, 200, OnTimeCount(0, 1)),
        (112, 111, OnTimeCount(0, 0)),
        (112, 112, OnTimeCount(1, 1)),
        (130, 115, OnTimeCount(0, 0)),
        (130, 116, OnTimeCount(0, 1)),
        (None, 99, OnTimeCount(0, 0)),
        (None, 115, OnTimeCount(0, 0)),
        (None, 116, OnTimeCount(0, 1)),
    ],
)
def test_kept(done_at: int | None, at: int, expected: OnTimeCount) -> None:
    assert count_on_time([(100, done_at)], at, GRACE) == expected


@pytest.mark.parametrize(
    ("due_at", "shift_ends_at", "late"),
    [(100, 500, ()), (93, 500, ()), (92, 500, ("a",)), (105, 107, ("a",)), (108, 108, ()), (108, 107, ())],
)
def test_a_call_that_is_done_within_its_grace_and_the_shift_is_kept(
    due_at: int, shift_ends_at: int, late: tuple[str, ...]
) -> None:
    load = follow_up_load([("a", due_at)], at=100, shift_ends_at=shift_ends_at, handling_ms=8, grace_ms=GRACE)
    assert load.certainly_late == late
