"""What the floor keeps in mind, for how long; and who sits where, when the static members are known."""

from __future__ import annotations

import pytest

from ccmon.calls import resume
from ccmon.calls.state_machine import REMEMBERED_MS, CallStateMachine
from ccmon.events import AgentPaused, CallDialled, CallEntered, DispositionChosen, FloorEvent
from ccmon.time_units import NEVER
from tests.calls.cases import ABANDONED, ANSWERED, answered, ended, entered, joined
from tests.calls.changes_as_text import floor_after, lines, s
from tests.calls.test_events import resumed


def test_a_call_is_remembered_for_an_hour_after_its_end() -> None:
    floor = floor_after(entered(0, "c", "q"), ended(7, "c", "q", ABANDONED, "caller"), entered(3607, "d", "q"))
    floor.take_changes()
    assert list(floor.calls) == ["c", "d"]
    floor.apply([entered(3607.001, "e", "q")])
    floor.take_changes()
    assert list(floor.calls) == ["d", "e"]


def test_a_call_that_is_open_or_was_forgotten_late_keeps_those_after_it() -> None:
    over: list[FloorEvent] = [entered(1, "d", "q"), ended(2, "d", "q", ABANDONED, "caller")]
    floor = floor_after(entered(0, "c", "q"), *over, entered(9000, "e", "q"))
    floor.take_changes()
    assert list(floor.calls) == ["c", "d", "e"]


def test_a_visit_of_a_call_forgotten_in_part_keeps_all() -> None:
    first: list[FloorEvent] = [entered(0, "c", "q"), ended(1, "c", "q", ABANDONED, "caller")]
    floor = floor_after(*first, entered(9000, "c", "q"))
    floor.take_changes()
    assert [visit.number for visit in floor.calls["c"]] == [1, 2]


def test_a_visit_has_the_customer_that_its_source_knows() -> None:
    floor = CallStateMachine()
    floor.apply([CallEntered(1000, "1.1", "sales", customer_id=7), CallDialled(2000, "1.2", "eva", None, "0612", 8)])
    assert [visit.customer_id for visit in floor.take_changes().visits] == [7, 8]


def test_changes_are_told_once() -> None:
    floor = floor_after(entered(0, "c", "q"), joined(0, "q", "Ann"), AgentPaused(1, "Ann", "q", None))
    assert lines(floor.take_changes())
    assert lines(floor.take_changes()) == []


@pytest.mark.parametrize(("at", "late"), [(3607, True), (3607.001, False)])
def test_an_end_is_late_for_an_hour(at: float, late: bool) -> None:
    floor = floor_after(entered(0, "c", "q"), ended(7, "c", "q", ABANDONED, "caller"))
    floor.apply([ended(at, "c", "q", ABANDONED, "caller", waited=at)])
    assert (floor.ignored == 1) is late
    assert len(floor.calls["c"]) == (1 if late else 2)


@pytest.mark.parametrize(("at", "known"), [(3607, True), (3607.001, False)])
@pytest.mark.parametrize("taken", [True, False])
def test_what_came_of_a_call_is_heard_for_an_hour_whenever_changes_are_taken(
    at: float, known: bool, taken: bool
) -> None:
    floor = floor_after(entered(0, "c", "q"), ended(7, "c", "q", ABANDONED, "caller"), entered(at, "d", "q"))
    visit = floor.calls["c"][0]
    if taken:
        floor.take_changes()
    floor.apply([DispositionChosen(s(at), "c", "q", "sold")])
    assert (visit.disposition == "sold") is known
    assert (floor.ignored == 0) is known


def test_time_alone_ends_what_was_forgotten() -> None:
    floor = floor_after(entered(0, "c", "q"), entered(60, "d", "q"))
    floor.end_orphaned_by(s(14399.999))
    assert lines(floor.recorder.changes) == ["in c/1 q 0-", "in d/1 q 60-"]
    floor.end_orphaned_by(s(14400))
    assert lines(floor.recorder.changes) == ["in c/1 q 0-14400 = unknown", "in d/1 q 60-"]
    assert floor.expires_at == s(14460)
    floor.end_orphaned_by(s(20000))
    assert lines(floor.recorder.changes) == ["in c/1 q 0-14400 = unknown", "in d/1 q 60-14460 = unknown"]
    assert floor.expires_at == NEVER


def test_the_longest_time_a_call_may_last_is_the_sites() -> None:
    floor = floor_after(entered(0, "c", "q"), entered(60, "d", "q"), max_open_ms=s(60))
    assert lines(floor.recorder.changes) == ["in c/1 q 0-60 = unknown", "in d/1 q 60-"]


def test_the_newest_moment_never_goes_back() -> None:
    assert floor_after(entered(9, "c", "q"), entered(4, "d", "q")).now == s(9)


def test_calls_are_remembered_for_an_hour() -> None:
    assert REMEMBERED_MS == 60 * 60 * 1000


def test_what_came_of_a_call_is_of_a_visit_without_a_queue_too() -> None:
    floor = floor_after(ended(9, "c", None, ANSWERED, "agent"), DispositionChosen(s(11), "c", "q", "sold"))
    assert lines(floor.recorder.changes) == ["in c/1 9-9 answered 9 = answered by agent (sold)"]


def at_desks(*static: str) -> list[str]:
    """Two desks log in, the second first in the alphabet; a floater takes a call."""
    floor = floor_after()
    floor.agent_tracker.configured.update(static)
    floor.apply([joined(0, "q", "SIP/b"), joined(1, "q", "SIP/a")])
    floor.apply([answered(3, "c", "q", "Floater")])
    floor.apply([joined(4, "r", "SIP/a")])
    return [line for line in lines(floor.recorder.changes) if line.startswith("member")]


def test_with_known_static_members_anybody_else_sits_at_the_desk_that_has_waited_longest() -> None:
    assert at_desks("Bob") == [
        "member SIP/b q 0-3",
        "member SIP/a q 1-",
        "member Floater q 3-",
        "member SIP/a r 4-",
    ]


def test_a_known_static_member_sits_at_no_desk() -> None:
    assert at_desks("Floater") == [
        "member SIP/b q 0-",
        "member SIP/a q 1-",
        "member Floater q 3- static",
        "member SIP/a r 4-",
    ]


def test_without_known_static_members_nobody_sits_at_a_desk_of_another_name() -> None:
    assert at_desks() == at_desks("Floater")


def test_agents_met_for_the_first_time_are_told() -> None:
    floor = floor_after(joined(0, "q", "Ann"), joined(0, "q", "Bob"), joined(1, "r", "Ann"))
    assert floor.take_changes().agents == ["Ann", "Bob"]


def test_a_floor_taken_up_with_nothing_carried_is_as_its_rows_say() -> None:
    floor = floor_after()
    resume.load_carried_state(floor, {})
    assert (floor.now, floor.agent_tracker.desks) == (0, {})


def test_a_call_taken_up_is_forgotten_in_its_time() -> None:
    floor = resumed(floor_after(entered(0, "c", "q"), entered(60, "d", "q")))
    floor.end_orphaned_by(s(14399.999))
    assert lines(floor.recorder.changes) == []
    floor.end_orphaned_by(s(14400))
    assert lines(floor.recorder.changes) == ["in c/1 q 0-14400 = unknown"]
