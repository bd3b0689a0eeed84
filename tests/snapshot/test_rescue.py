"""Who could take the callers that wait: each agent at most once, in one place, what costs least first."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.model.agents import AgentFigures, AgentState, Membership
from ccmon.model.alarm_history import AlarmHistory, MissedRun
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.queues import WaitingCall
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.rescue import Way, rescue
from ccmon.views.rescue_lines import helper_text, rescue_rows, waits_text
from ccmon.views.styled_text import TextStyle
from ccmon.views.view_context import ViewContext
from tests.examples import examples
from tests.floors import MINUTE, floor

S = 1000
BASE = floor(24)
AT = BASE.known_until
HERE, OTHER, FAR = BASE.queues[0], BASE.queues[1], BASE.queues[2]
LIMITS = AlarmLimits(pause_ms=20 * MINUTE, particular={("pause_ms", "reason", "training"): 90 * MINUTE})


def agent(number: int, state: AgentState, seconds: int, **changes: Any) -> AgentFigures:
    """An agent who has been in a state for so long."""
    usual = {
        "id": number, "login": f"a{number}", "name": f"Agent {number}", "team": "Team", "client": None, "state": state,
        "since": AT - seconds * S, "reason": None, "queue": None, "is_queue": False, "queues": (), "handled": 0,
        "inbound": 0, "missed": 0, "handled_wrap_up_ms": 0,
    }  # fmt: skip
    return replace(BASE.agents[0], **usual | changes)


def member(number: int, *, paused_s: int | None = None, reason: str | None = None) -> Membership:
    """A place in the queue."""
    paused_since = None if paused_s is None else AT - paused_s * S
    return Membership(HERE.id or 0, HERE.name, number, f"a{number}", reason, paused_since)


def waiting(*waits_s: int) -> tuple[WaitingCall, ...]:
    """Callers of the queue who have waited for so long."""
    return tuple(
        WaitingCall(HERE.id or 0, HERE.name, place, None, None, AT - wait * S) for place, wait in enumerate(waits_s, 1)
    )


def with_agents(
    agents: list[AgentFigures],
    members: list[Membership],
    missed: dict[int, int] | None = None,
    *,
    others_wait: bool = False,
    waits: tuple[int, ...] = (103, 81),
) -> FloorSnapshot:
    """The floor with these agents, and callers in the queue."""
    here = replace(
        HERE, waiting=len(waits), longest_wait_since=AT - max(waits, default=0) * S if waits else None, handled=10,
        wrap_up_ms=400 * S,
    )  # fmt: skip
    other = replace(OTHER, waiting=int(others_wait), client="Elsewhere")
    return replace(
        BASE,
        queues=(here, other, replace(FAR, waiting=0, client=HERE.client)),
        agents=tuple(agents),
        memberships=tuple(members),
        waiting=waiting(*waits),
        alarm_limits=LIMITS,
        alarm_history=AlarmHistory(
            missed={number: MissedRun(number, calls, AT - MINUTE, AT) for number, calls in (missed or {}).items()}
        ),
    )


def ways(snapshot: FloorSnapshot) -> list[tuple[Way, int]]:
    """Who could help, in order."""
    found = rescue(snapshot, HERE.id)
    assert found is not None
    return [(each.way, each.agent.id) for each in found.helpers]


def test_no_such_queue() -> None:
    assert rescue(BASE, -1) is None


def test_what_costs_least_comes_first() -> None:
    agents = [
        agent(1, AgentState.READY, 60, queues=(FAR.name,)),
        agent(2, AgentState.TALKING, 60, queue=OTHER.name, is_queue=True, queues=(HERE.name,)),
        agent(3, AgentState.READY, 60, queues=(HERE.name,)),
        agent(4, AgentState.PAUSED, 60, reason="lunch", queues=(HERE.name,)),
        agent(5, AgentState.WRAP_UP, 60, queues=(HERE.name,)),
        agent(6, AgentState.READY, 60, queues=(HERE.name,)),
        agent(7, AgentState.TALKING, 60, queue=HERE.name, is_queue=True, queues=(HERE.name,)),
        agent(8, AgentState.LOGGED_OUT, 60, queues=(HERE.name,)),
        agent(9, AgentState.WRAP_UP, 60, queues=(HERE.name,)),
        agent(10, AgentState.TALKING, 60, queue=HERE.name, is_queue=False, queues=(HERE.name,)),
    ]
    members = [member(number) for number in (2, 4, 5, 6, 7, 8, 10)]
    members += [member(3, paused_s=5, reason="back office"), member(9, paused_s=5)]
    assert ways(with_agents(agents, members)) == [
        (Way.READY, 6), (Way.WRAP_UP, 5), (Way.PAUSED, 4), (Way.PAUSED_HERE, 3), (Way.ELSEWHERE, 10),
        (Way.ELSEWHERE, 2), (Way.NO_MEMBER, 1),
    ]  # fmt: skip


def test_the_wrap_up_that_is_longest_over_its_usual_comes_first() -> None:
    """The usual is the agent's own after five calls, before that the queue's (40 s)."""
    agents = [
        agent(1, AgentState.WRAP_UP, 90, handled=5, handled_wrap_up_ms=5 * 80 * S),  # 10 s over
        agent(2, AgentState.WRAP_UP, 60, handled=4, handled_wrap_up_ms=4 * 80 * S),  # 20 s over
        agent(3, AgentState.WRAP_UP, 20),  # 20 s left
    ]
    snapshot = with_agents(agents, [member(number) for number in (1, 2, 3)])
    assert [number for _, number in ways(snapshot)] == [2, 1, 3]
    found = rescue(snapshot, HERE.id)
    assert found is not None
    assert [helper_text(each, AT) for each in found.helpers] == [
        ("20 s over the usual 40 s", TextStyle.WATCH),
        ("10 s over the usual 1 min 20 s", TextStyle.WATCH),
        ("usual 40 s, done in about 20 s", TextStyle.TEXT),
    ]
    unknown = replace(snapshot, queues=(replace(snapshot.queues[0], handled=0), *snapshot.queues[1:]))
    found = rescue(unknown, HERE.id)
    assert found is not None
    assert helper_text(found.helpers[0], AT)[0] == "usual time not known"


def test_pauses_come_by_the_part_of_their_limit_that_is_over() -> None:
    agents = [
        agent(1, AgentState.PAUSED, 31 * 60, reason="training"),  # 31 of 90 min
        agent(2, AgentState.PAUSED, 8 * 60),  # 8 of 20
        agent(3, AgentState.PAUSED, 21 * 60, reason="lunch"),  # 1 min over
    ]
    snapshot = with_agents(agents, [member(number) for number in (1, 2, 3)])
    assert [number for _, number in ways(snapshot)] == [3, 2, 1]
    found = rescue(snapshot, HERE.id)
    assert found is not None
    assert [helper_text(each, AT)[0] for each in found.helpers] == [
        "lunch, 1 min over the limit of 20 min", "no reason, 12 min left of 20 min",
        "training, 59 min left of 1 h 30 min",
    ]  # fmt: skip


def test_callers_wait_while_agents_are_ready_and_the_telephones_are_named() -> None:
    agents = [
        agent(1, AgentState.READY, 30, inbound=7),
        agent(2, AgentState.READY, 40, missed=3, inbound=1),
        agent(3, AgentState.READY, 50),
        agent(4, AgentState.READY, 600, missed=2),
        agent(5, AgentState.READY, 70, missed=1),  # long ago: it has done something else since
    ]
    snapshot = with_agents(agents, [member(each.id) for each in agents], {2: 1, 4: 2})
    assert [number for _, number in ways(snapshot)] == [4, 2, 3, 5, 1]
    found = rescue(snapshot, HERE.id)
    assert found is not None
    assert found.waits_in_vain
    assert [helper_text(each, AT) for each in found.helpers] == [
        ("2 calls missed in a row: see the telephone", TextStyle.BAD),
        ("1 call missed in a row: see the telephone", TextStyle.BAD),
        ("the telephone has not rung today: see it", TextStyle.WATCH),
        ("took 0 calls today", TextStyle.TEXT),
        ("took 7 calls today", TextStyle.TEXT),
    ]
    assert not replace(found, entered_at=()).waits_in_vain
    assert not replace(found, helpers=()).waits_in_vain


def test_of_others_those_who_know_the_clients_work_come_first_and_none_in_whose_queues_callers_wait() -> None:
    agents = [
        agent(1, AgentState.READY, 500, queues=(OTHER.name,)),
        agent(2, AgentState.READY, 10, queues=(FAR.name,)),
        agent(3, AgentState.READY, 20, client=HERE.client),
        agent(4, AgentState.WRAP_UP, 20, queues=(FAR.name,)),
    ]
    assert [number for _, number in ways(with_agents(agents, []))] == [3, 2, 1]
    assert [number for _, number in ways(with_agents(agents, [], others_wait=True))] == [3, 2]


STATES = st.sampled_from(list(AgentState))


@st.composite
def floors(draw: st.DrawFn) -> FloorSnapshot:
    agents, members, missed = [], [], {}
    for number in range(1, draw(st.integers(0, 12)) + 1):
        queue = draw(st.sampled_from([None, HERE.name, OTHER.name]))
        agents.append(
            agent(
                number,
                draw(STATES),
                draw(st.integers(0, 4000)),
                queue=queue,
                is_queue=queue is not None and draw(st.booleans()),
                queues=draw(st.sampled_from([(), (HERE.name,), (OTHER.name,), (HERE.name, OTHER.name), (FAR.name,)])),
                reason=draw(st.sampled_from([None, "training", "lunch"])),
                handled=draw(st.integers(0, 8)),
                handled_wrap_up_ms=draw(st.integers(0, 400)) * S,
                inbound=draw(st.integers(0, 2)),
                missed=draw(st.integers(0, 2)),
            )
        )
        if draw(st.booleans()):
            members.append(member(number, paused_s=draw(st.none() | st.integers(0, 900))))
        if draw(st.booleans()):
            missed[number] = draw(st.integers(1, 4))
    return with_agents(agents, members, missed, others_wait=draw(st.booleans()))


def expected_way(each: AgentFigures, snapshot: FloorSnapshot) -> Way | None:
    """The same by another way: from what must be so of an agent, one after the other."""
    [*places] = [place for place in snapshot.memberships if place.agent_id == each.id]
    serves, paused_here = bool(places), any(place.paused for place in places)
    is_free, with_callers = each.state == "ready", {queue.name for queue in snapshot.queues if queue.waiting}
    possible = {
        Way.READY: serves and is_free and not paused_here,
        Way.WRAP_UP: serves and each.state == "wrap_up" and not paused_here,
        Way.PAUSED: serves and each.state == "paused",
        Way.PAUSED_HERE: serves and is_free and paused_here,
        Way.ELSEWHERE: serves
        and each.state in {"talking", "hold", "dialling", "ringing"}
        and not paused_here
        and (each.queue != HERE.name or not each.is_queue),
        Way.NO_MEMBER: not serves and is_free and not with_callers & set(each.queues),
    }
    found = [way for way, is_so in possible.items() if is_so]
    assert len(found) <= 1
    return found[0] if found else None


@settings(max_examples=examples(150, 5_000))
@given(floors(), st.randoms(use_true_random=False))
def test_each_agent_stands_where_another_count_puts_them_whatever_the_order(snapshot: FloorSnapshot, rng: Any) -> None:
    found = rescue(snapshot, HERE.id)
    assert found is not None
    expected = {each.id: way for each in snapshot.agents if (way := expected_way(each, snapshot)) is not None}
    assert {each.agent.id: each.way for each in found.helpers} == expected
    assert len(found.helpers) == len(expected)
    assert found.entered_at == (AT - 103 * S, AT - 81 * S)
    for one, next_one in pairwise(found.helpers):
        assert one.way <= next_one.way
        if one.way is next_one.way is Way.WRAP_UP:
            assert one.over_ms(AT) >= next_one.over_ms(AT)
        if one.way is next_one.way is Way.PAUSED:
            assert one.lasted_ms(AT) / (one.limit_ms or 0) >= next_one.lasted_ms(AT) / (next_one.limit_ms or 0)
        if one.way is next_one.way is Way.READY:
            assert one.missed >= next_one.missed
    agents, members = list(snapshot.agents), list(snapshot.memberships)
    rng.shuffle(agents)
    rng.shuffle(members)
    assert rescue(replace(snapshot, agents=tuple(agents), memberships=tuple(members)), HERE.id) == found


@settings(max_examples=examples(60, 1_000))
@given(floors(), st.integers(60, 160))
def test_each_helper_is_one_line_that_fits(snapshot: FloorSnapshot, width: int) -> None:
    context, found = ViewContext.of(snapshot), rescue(snapshot, HERE.id)
    assert found is not None
    rows = rescue_rows(found, context, width)
    assert [row.identity for row in rows if row.identity] == [
        "queue", *(str(each.agent.id) for each in found.helpers)
    ]  # fmt: skip
    assert {len(row.make(False).text) for row in rows} == {width}


@pytest.mark.parametrize(
    ("waits", "text"),
    [
        ((), "nobody waits."),
        ((20,), "1 waiting (20 s); 0 past 20 s"),
        ((103, 81, 21, 20, 4), "5 waiting (1 min 43 s, 1 min 21 s, 21 s, 20 s, 4 s); 3 past 20 s"),
        ((103, 81, 58, 30, 21, 20, 4), "7 waiting (1 min 43 s, 1 min 21 s, 58 s, 30 s, 21 s and 2 more); 5 past 20 s"),
    ],
)
def test_who_waits(waits: tuple[int, ...], text: str) -> None:
    snapshot = with_agents([], [], waits=waits)
    found = rescue(snapshot, HERE.id)
    assert found is not None
    assert waits_text(found, ViewContext.of(snapshot)) == f"{HERE.name}: {text}"


@pytest.mark.parametrize(("known", "text"), [(True, "Nobody who could take"), (False, "Who serves this queue is not")])
def test_nobody_can_be_named(known: bool, text: str) -> None:
    snapshot = with_agents([], [])
    snapshot = replace(snapshot, queues=(replace(snapshot.queues[0], agents_known=known), *snapshot.queues[1:]))
    found = rescue(snapshot, HERE.id)
    assert found is not None
    assert rescue_rows(found, ViewContext.of(snapshot), 70)[1].make(False).text.startswith(text)
