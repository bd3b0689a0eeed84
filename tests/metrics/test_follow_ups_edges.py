"""Follow-ups at the very edges of their times (metrics.md 10.3): every boundary belongs to one side."""

from __future__ import annotations

import pytest

from ccmon.metrics.follow_ups import (
    KeptPromises,
    Promise,
    kept,
    move,
    promises_at_risk,
)
from ccmon.metrics.moved_by import MovedBy

GRACE = 15


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
