"""What has become of callers who gave up, at both sides of each edge."""

from __future__ import annotations

from typing import Any

import pytest

from ccmon.metrics.lost_callers import CallerState, CallOfCaller, Promise, has_moment_after, lost_caller

AT = 1_000_000


def call(
    number: int, entered_at: int, ended_at: int | None, served_at: int | None = None, **others: Any
) -> CallOfCaller:
    values: dict[str, Any] = {
        "customer_id": 7,
        "caller": "1",
        "is_by_number": 0,
        "inbound": 1,
        "queue_id": 1,
        "kind": "abandoned",
        "is_wrong_person": 0,
        "is_lost": int(served_at is None and ended_at is not None),
        "went_on_at": None,
        "went_on_id": None,
    }
    return CallOfCaller(id=number, entered_at=entered_at, served_at=served_at, ended_at=ended_at, **(values | others))


LOST = call(1, 100_000, 160_000)


def promise(created_at: int, due_at: int, done_at: int | None = None, agent_id: int | None = 1) -> Promise:
    return Promise(7, None, agent_id, created_at, due_at, done_at)


@pytest.mark.parametrize(
    ("others", "promises", "state", "since"),
    [
        ([], [], CallerState.TO_CALL_BACK, None),
        ([call(2, 90_000, 200_000, 100_000)], [], CallerState.CALLED_AGAIN, 100_000),
        ([call(2, 90_000, 200_000, 99_999)], [], CallerState.TO_CALL_BACK, None),
        ([call(2, 900_000, None, AT)], [], CallerState.CALLED_AGAIN, AT),
        ([call(2, 900_000, None, AT + 1)], [], CallerState.WAITING, 900_000),
        ([call(2, AT, None)], [], CallerState.WAITING, AT),
        ([call(2, AT + 1, None)], [], CallerState.TO_CALL_BACK, None),
        ([call(2, 900_000, None, inbound=0)], [], CallerState.TO_CALL_BACK, None),
        ([call(2, 900_000, None, 950_000, inbound=0)], [], CallerState.CALLED_BACK, 950_000),
        ([call(2, 900_000, None, 950_000, inbound=0, is_wrong_person=1)], [], CallerState.TO_CALL_BACK, None),
        (
            [call(2, 900_000, None, 950_000, inbound=0), call(3, 800_000, 900_000, 810_000)],
            [],
            CallerState.CALLED_AGAIN,
            810_000,
        ),
        ([], [promise(AT, AT + 5)], CallerState.PROMISED, AT + 5),
        ([], [promise(AT + 1, AT + 5)], CallerState.TO_CALL_BACK, None),
        ([], [promise(50_000, AT + 9), promise(60_000, AT + 5)], CallerState.PROMISED, AT + 5),
        ([], [promise(50_000, 500_000, 160_000)], CallerState.CALLED_BACK, 160_000),
        ([], [promise(50_000, 500_000, 159_999)], CallerState.TO_CALL_BACK, None),
        ([], [promise(50_000, 500_000, AT)], CallerState.CALLED_BACK, AT),
        ([], [promise(50_000, 500_000, AT + 1)], CallerState.PROMISED, 500_000),
        ([call(2, 900_000, None)], [promise(50_000, 500_000)], CallerState.WAITING, 900_000),
    ],
)
def test_what_has_become_of_a_caller(
    others: list[CallOfCaller], promises: list[Promise], state: CallerState, since: int | None
) -> None:
    found = lost_caller([LOST, *others], promises, AT)
    assert found is not None
    assert (found.last, found.times, found.state, found.since) == (LOST, 1, state, since)


def test_who_has_given_up() -> None:
    """From the moment at which the call ends; not where the phone call went on, nor before."""
    assert lost_caller([LOST], (), 159_999) is None
    assert lost_caller([LOST], (), 160_000) is not None
    went_on = call(1, 100_000, 160_000, went_on_at=AT)
    assert lost_caller([went_on], (), AT) is None
    assert lost_caller([went_on], (), AT - 1) is not None
    assert lost_caller([call(1, 100_000, 104_000, is_lost=0)], (), AT) is None


def test_the_last_time_counts() -> None:
    """A caller who was answered in between and gave up again is to be called back."""
    found = lost_caller([LOST, call(2, 300_000, 400_000, 310_000), again := call(3, 500_000, 560_000)], (), AT)
    assert found is not None
    assert (found.last, found.times, found.state) == (again, 2, CallerState.TO_CALL_BACK)


def test_of_a_withheld_number_nothing_else_can_be_the_callers() -> None:
    found = lost_caller([LOST], (), AT, is_known=False)
    assert found is not None
    assert (found.state, found.since) == (CallerState.WITHHELD, None)


def test_time_alone_changes_what_is_still_to_come() -> None:
    assert not has_moment_after([LOST], [promise(AT, AT + 5, AT)], AT)
    assert has_moment_after([LOST], (), 159_999)
    assert has_moment_after([call(1, 100_000, 160_000, went_on_at=AT + 1)], (), AT)
    assert has_moment_after([], [promise(AT + 1, AT + 5)], AT)
    assert has_moment_after([], [promise(1, AT, AT + 1)], AT)
    assert not has_moment_after([], [promise(1, AT + 5)], AT), "a due moment changes nothing"
