"""Follow-ups at the very edges of their times (metrics.md 10.3): every boundary belongs to one side."""

from __future__ import annotations

import pytest

from ccmon.metrics.follow_ups import (
    FollowUpState,
    KeptPromises,
    MovedBy,
    Promise,
    follow_up_state,
    kept,
    move,
    oldest_overdue_ms,
    promises_at_risk,
)

GRACE, DAY_END = 15, 1000


@pytest.mark.parametrize(
    ("promise", "at", "expected"),
    [
        (Promise(100, 100), 115, FollowUpState.DUE),
        (Promise(100, 100), 116, FollowUpState.OVERDUE),
        (Promise(999, 999), 0, FollowUpState.DUE),
        (Promise(1000, 1000), 0, FollowUpState.PLANNED),
        (Promise(100, 100, 115), 115, FollowUpState.DONE_ON_TIME),
        (Promise(100, 100, 115), 114, FollowUpState.DUE),
        (Promise(100, 100, 116), 116, FollowUpState.DONE_LATE),
        (Promise(200, 100, 116), 116, FollowUpState.DONE_LATE),
        (Promise(100, 100, 50, "cancelled"), 10, FollowUpState.CANCELLED),
    ],
)
def test_state(promise: Promise, at: int, expected: FollowUpState) -> None:
    assert follow_up_state(promise, at, DAY_END, GRACE) is expected


@pytest.mark.parametrize(
    ("promise", "since", "at", "expected"),
    [
        (Promise(100, 100, 90), 100, 200, KeptPromises(1, 1)),
        (Promise(100, 100, 90), 101, 200, KeptPromises(0, 0)),
        (Promise(100, 100, 90), 0, 100, KeptPromises(1, 1)),
        (Promise(100, 100, 90), 0, 99, KeptPromises(0, 0)),
        (Promise(100, 100, 115), 0, 200, KeptPromises(1, 1)),
        (Promise(100, 100, 116), 0, 200, KeptPromises(0, 1)),
        (Promise(100, 100, 130), 0, 115, KeptPromises(0, 0)),
        (Promise(100, 100, 130), 0, 116, KeptPromises(0, 1)),
        (Promise(100, 100, 112), 0, 111, KeptPromises(0, 0)),
        (Promise(100, 100, 112), 0, 112, KeptPromises(1, 1)),
        (Promise(100, 100), 0, 115, KeptPromises(0, 0)),
        (Promise(100, 100), 0, 116, KeptPromises(0, 1)),
        (Promise(100, 100, 90, "cancelled"), 0, 200, KeptPromises(0, 0)),
    ],
)
def test_kept(promise: Promise, since: int, at: int, expected: KeptPromises) -> None:
    assert kept([promise], since, at, GRACE) == expected


@pytest.mark.parametrize(("at", "expected"), [(115, None), (116, 16)])
def test_overdue_begins_after_the_grace_and_is_counted_from_the_due_moment(at: int, expected: int | None) -> None:
    assert (
        oldest_overdue_ms(
            [Promise(100, 20), Promise(500, 0), Promise(1, 1, 5), Promise(1, 1, 5, "cancelled")], at, GRACE
        )
        == expected
    )


def test_moving_keeps_what_came_of_it() -> None:
    promise = Promise(100, 90, 120, "reached")
    assert move(promise, 300, MovedBy.AGENT) == Promise(300, 90, 120, "reached")
    assert move(promise, 300, MovedBy.CUSTOMER) == Promise(300, 300, 120, "reached")


@pytest.mark.parametrize(
    ("due_at", "shift_ends_at", "late"),
    [(100, 500, ()), (93, 500, ()), (92, 500, ("a",)), (105, 107, ("a",)), (108, 108, ()), (108, 107, ())],
)
def test_a_call_that_is_done_within_its_grace_and_the_shift_is_kept(
    due_at: int, shift_ends_at: int, late: tuple[str, ...]
) -> None:
    risk = promises_at_risk([("a", due_at)], at=100, shift_ends_at=shift_ends_at, handling_ms=8, grace_ms=GRACE)
    assert risk.late == late
