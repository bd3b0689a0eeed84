"""What the recording does not hold: telephones, wrap-up, keys pressed while it rings, shared desks."""

from __future__ import annotations

from ccmon.calls.state_machine import CallStateMachine
from ccmon.events import (
    AgentAvailable,
    AgentKnownAs,
    AgentUnavailable,
    CallEnded,
    OtherCallEnded,
    OtherCallStarted,
    WrapUpEnded,
)
from ccmon.model.calls import Outcome
from ccmon.sources.ami.protocol import Packet
from ccmon.sources.ami.translator import CONNECT_MS, ManagerTranslator


def packet(event: str, **headers: str) -> Packet:
    return Packet((("Event", event), *headers.items()))


def member(event: str = "QueueMemberStatus", *, status: int = 1, agent: str = "ann", **headers: str) -> Packet:
    told = {"Queue": "sales", "MemberName": agent, "Interface": "PJSIP/7", "Status": str(status), "Paused": "0"}
    return packet(event, **(told | headers))


def of_call(event: str, **headers: str) -> Packet:
    return packet(
        event, **({"Queue": "sales", "Uniqueid": "1.1", "Interface": "PJSIP/7", "MemberName": "ann"} | headers)
    )


def state(floor: CallStateMachine, agent: str = "ann") -> str | None:
    return floor.agent_tracker.agents[agent].situation()[0]


def test_a_call_outside_the_queues_shows_after_a_second_and_ends() -> None:
    translator, floor = ManagerTranslator(), CallStateMachine()
    floor.apply(translator.translate(0, member(status=1)))
    floor.apply(translator.translate(1_000, member(status=2)))
    assert translator.expire(1_900) == []
    assert translator.expire(2_000) == [OtherCallStarted(2_000, "ann")]
    floor.apply([OtherCallStarted(2_000, "ann")])
    assert state(floor) == "talking"
    ended = translator.translate(9_000, member(status=1))
    assert ended == [OtherCallEnded(9_000, "ann")]
    floor.apply(ended)
    assert state(floor) == "ready"


def test_a_telephone_that_falls_silent_a_moment_after_its_call_was_not_on_another() -> None:
    translator = ManagerTranslator()
    for at, told in (
        (0, member(status=1)),
        (0, of_call("QueueCallerJoin")),
        (0, of_call("AgentCalled", DestUniqueid="1.2")),
        (0, member(status=6)),
        (1_000, of_call("AgentConnect", DestUniqueid="1.2")),
        (1_000, member(status=2)),
    ):
        translator.translate(at, told)
    assert translator.expire(60_000) == []
    translator.translate(61_000, of_call("AgentComplete", TalkTime="60"))
    assert translator.expire(61_900) == []
    translator.translate(61_950, member(status=1))
    assert translator.expire(70_000) == []


def test_a_dead_telephone_is_unavailable() -> None:
    translator = ManagerTranslator()
    translator.translate(0, member(status=1))
    assert translator.translate(1, member(status=5)) == [AgentUnavailable(1, "ann")]
    assert translator.translate(2, member(status=5)) == []
    assert translator.translate(3, member(status=1)) == [AgentAvailable(3, "ann")]


def test_wrap_up_is_the_members_own_or_the_queues_and_ends_with_the_next_call() -> None:
    translator = ManagerTranslator({"SALES": 5_000})
    translator.translate(0, member(Wrapuptime="0"))
    translator.translate(0, of_call("AgentConnect", DestUniqueid="1.2"))
    *_, ended = translator.translate(10_000, of_call("AgentComplete"))
    assert isinstance(ended, CallEnded)
    assert ended.wraps_up
    assert translator.expire(14_999) == []
    assert translator.expire(15_100) == [WrapUpEnded(15_000, "ann")]
    translator.translate(20_000, member(Wrapuptime="30"))
    translator.translate(20_000, of_call("AgentConnect", Uniqueid="2.1", DestUniqueid="2.2"))
    translator.translate(21_000, of_call("AgentComplete", Uniqueid="2.1"))
    answered = translator.translate(25_000, of_call("AgentConnect", Uniqueid="3.1", DestUniqueid="3.2"))
    assert answered[0] == WrapUpEnded(25_000, "ann")
    assert translator.expire(99_000) == []


def test_a_key_pressed_while_it_rings_ends_the_wait_when_no_connection_follows() -> None:
    translator = ManagerTranslator()
    translator.translate(0, of_call("QueueCallerJoin"))
    translator.translate(0, of_call("AgentCalled", DestUniqueid="1.2"))
    assert translator.translate(5_000, of_call("QueueCallerLeave")) == []
    assert translator.expire(5_000 + CONNECT_MS - 1) == []
    *_, ended = translator.expire(5_000 + CONNECT_MS)
    assert isinstance(ended, CallEnded)
    assert (ended.at, ended.outcome) == (5_000, Outcome.EXIT_KEY)


def test_a_hold_behind_a_local_channel_is_the_agents() -> None:
    translator, floor = ManagerTranslator(), CallStateMachine()
    for at, told in (
        (0, member(Interface="Local/7@from-queue/n")),
        (0, of_call("QueueCallerJoin")),
        (0, of_call("AgentConnect", DestUniqueid="1.2")),
        (1_000, packet("Hold", Channel="PJSIP/7-0000002a", Uniqueid="1.4")),
    ):
        floor.apply(translator.translate(at, told))
    assert state(floor) == "hold"
    floor.apply(translator.translate(2_000, packet("Unhold", Channel="PJSIP/7-0000002a", Uniqueid="1.4")))
    assert state(floor) == "talking"


def test_a_desk_passes_to_the_next_agent_and_the_first_ones_call_goes_on() -> None:
    translator, floor = ManagerTranslator(), CallStateMachine()
    floor.apply(translator.translate(0, member("QueueMemberAdded")))
    floor.apply(translator.translate(0, of_call("AgentConnect", DestUniqueid="1.2")))
    told = translator.translate(1_000, member("QueueMemberAdded", agent="bob"))
    assert AgentKnownAs(1_000, "bob", "7") in told
    floor.apply(told)
    assert state(floor) == "talking"
    assert floor.agent_tracker.agents["7"].login == "bob"


def test_the_same_thing_told_twice_is_told_once() -> None:
    translator = ManagerTranslator()
    for told in (of_call("QueueCallerJoin"), of_call("AgentConnect", DestUniqueid="1.2")):
        assert translator.translate(0, told)
        assert not translator.translate(0, told) or told["Event"] == "QueueCallerJoin"
    assert translator.translate(1, of_call("QueueCallerLeave")) == []
