"""Pauses whose reason counts as wrap-up (metrics.md 6.4), at their edges."""

from __future__ import annotations

import pytest

from ccmon.events import AgentPaused, AgentUnpaused, FloorEvent
from tests.calls.cases import ANSWERED, answered, ended
from tests.calls.changes_as_text import floor_after, lines, s
from tests.calls.test_events import restarted_at

CALL: list[FloorEvent] = [answered(5, "c", "q", "Ann"), ended(9, "c", "q", ANSWERED, "caller")]


def paused(at: float, reason: str | None) -> AgentPaused:
    return AgentPaused(s(at), "Ann", "q", reason)


def rows(*told: FloorEvent, reasons: tuple[str, ...] = ("Admin",)) -> list[str]:
    """Ann's visits and states, the same wherever ccmon was restarted in between."""
    made = lines(floor_after(*told, wrap_up_reasons=reasons).recorder.changes)
    for cut in range(len(told) + 1):
        assert sorted(restarted_at(list(told), cut, *reasons)) == sorted(made), f"after event {cut}"
    return [line for line in made if line.startswith(("in ", "Ann "))]


@pytest.mark.parametrize(
    ("at", "wraps_up"), [(9, True), (13.999, True), (14, True), (14.001, False), (8.999, False), (60, False)]
)
def test_a_pause_within_five_seconds_of_the_end_is_wrap_up(at: float, wraps_up: bool) -> None:
    made = rows(*CALL, paused(at, "Admin"))
    assert (made[0] == "in c/1 q 5-9 answered 5 Ann = answered by caller wrapping up") is wraps_up
    assert (f"Ann wrap_up {max(at, 9):g}- c/1" in made) is wraps_up


def test_the_work_after_the_call_begins_at_its_end_and_lasts_until_the_pause_ends() -> None:
    assert rows(*CALL, paused(11, "Admin"), AgentUnpaused(s(20), "Ann", "q")) == [
        "in c/1 q 5-9 answered 5 Ann = answered by caller wrapped up 20",
        "Ann ready 5-5",
        "Ann talking 5-9 c/1",
        "Ann ready 9-11",
        "Ann wrap_up 11-20 c/1",
        "Ann ready 20-",
    ]


def test_a_pause_that_waited_for_the_end_of_the_call_is_wrap_up() -> None:
    talking, over = CALL
    assert rows(talking, paused(7, "Admin"), over)[0] == (
        "in c/1 q 5-9 answered 5 Ann = answered by caller wrapping up"
    )


def test_another_reason_ends_it() -> None:
    made = rows(*CALL, paused(9, "Admin"), paused(15, "Lunch"))
    assert made[0] == "in c/1 q 5-9 answered 5 Ann = answered by caller wrapped up 15"
    assert made[-1] == "Ann paused Lunch 15-"


def test_another_reason_is_no_wrap_up() -> None:
    assert rows(*CALL, paused(9, "Lunch"))[0] == "in c/1 q 5-9 answered 5 Ann = answered by caller"


def test_no_reason_counts_where_the_site_named_none() -> None:
    assert rows(*CALL, paused(9, "Admin"), reasons=())[0] == "in c/1 q 5-9 answered 5 Ann = answered by caller"


def test_a_call_is_wrapped_up_once() -> None:
    made = rows(*CALL, paused(9, "Admin"), AgentUnpaused(s(10), "Ann", "q"), paused(11, "Admin"))
    assert made[0] == "in c/1 q 5-9 answered 5 Ann = answered by caller wrapped up 10"
    assert made[-1] == "Ann paused Admin 11-"


def test_a_pause_during_a_call_wraps_up_none_before_it() -> None:
    made = rows(*CALL, answered(10, "d", "q", "Ann"), paused(11, "Admin"))
    assert made[0] == "in c/1 q 5-9 answered 5 Ann = answered by caller"


def test_another_reason_given_again_does_not_end_work_told_by_the_source() -> None:
    over = ended(9, "c", "q", ANSWERED, "caller", wraps_up=True)
    made = rows(CALL[0], over, paused(10, "Admin"), AgentUnpaused(s(12), "Ann", "q"))
    assert made[0] == "in c/1 q 5-9 answered 5 Ann = answered by caller wrapped up 12"


def test_a_call_that_ended_long_after_the_first_one_is_remembered_over_a_restart() -> None:
    late = ended(100_009, "c", "q", ANSWERED, "caller")
    assert (
        rows(answered(100_005, "c", "q", "Ann"), late, paused(100_009, "Admin"))[0]
        == "in c/1 q 100005-100009 answered 100005 Ann = answered by caller wrapping up"
    )
