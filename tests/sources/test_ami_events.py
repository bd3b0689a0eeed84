"""What every event of the manager means: one event, one case, one line, after the few packets that it needs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ccmon import events
from ccmon.events import FloorEvent
from ccmon.model.calls import Outcome
from ccmon.sources.ami.protocol import Packet
from ccmon.sources.ami.translator import CONNECT_MS, ManagerTranslator

AT = 1_790_000_000_000
"""Of the packet that is looked at; those before it came a minute before."""
BEFORE = AT - 60_000

Events = list[FloorEvent]
Case = tuple[list[Packet], Packet, Events]


def packet(event: str, **headers: str) -> Packet:
    return Packet((("Event", event), *headers.items()))


def of_call(event: str, **headers: str) -> Packet:
    told = {"Queue": "q", "Uniqueid": "1.1", "DestUniqueid": "1.2", "Interface": "PJSIP/7", "MemberName": "ann"}
    return packet(event, **(told | headers))


def bobs(event: str, **headers: str) -> Packet:
    """Of the same call at another agent."""
    return of_call(event, **({"DestUniqueid": "1.3", "Interface": "PJSIP/8", "MemberName": "bob"} | headers))


def of_member(event: str = "QueueMemberStatus", **headers: str) -> Packet:
    told = {"Queue": "q", "MemberName": "ann", "Interface": "PJSIP/7", "Status": "1", "Paused": "0"}
    return packet(event, **(told | headers))


def ended(outcome: Outcome, by: str | None = None, agent: str | None = None) -> events.CallEnded:
    return events.CallEnded(AT, "1.1", "q", outcome, by, agent)


JOIN, ABANDON, LEAVE = of_call("QueueCallerJoin"), of_call("QueueCallerAbandon"), of_call("QueueCallerLeave")
CALLED, CONNECT, COMPLETE = of_call("AgentCalled"), of_call("AgentConnect"), of_call("AgentComplete")
MEMBER, DUMP = of_member(), of_call("AgentDump")
HANGUP, ANOTHER_HANGUP = packet("HangupRequest", Uniqueid="1.1"), packet("SoftHangupRequest", Uniqueid="9.9")
ANN_IS_7 = events.AgentKnownAs(AT, "ann", "7")
BOB_IS_8 = events.AgentKnownAs(AT, "bob", "8")
ENTERED = events.CallEntered(AT, "1.1", "q")
ANSWERED = events.CallAnswered(AT, "1.1", "q", "ann")
SILENT, BOB_SILENT = (events.OfferWithdrawn(AT, "1.1", "q", agent) for agent in ("ann", "bob"))
EXIT, LOST = ended(Outcome.EXIT_KEY, "caller"), ended(Outcome.ABANDONED, "caller")
SERVED = ended(Outcome.ANSWERED, agent="ann")

CASES: dict[str, Case] = {
    # A caller comes
    "a caller comes": ([], of_call("QueueCallerJoin", CallerIDNum="0612", CallerIDName="Bo"), [
        events.CallEntered(AT, "1.1", "q", "0612", "Bo")]),
    "a caller without a number": (
        [], of_call("QueueCallerJoin", CallerIDNum="<unknown>", CallerIDName=""), [ENTERED]),
    "a caller comes twice": ([JOIN], JOIN, []),
    "a caller comes twice, the queue spelt otherwise": ([JOIN], of_call("QueueCallerJoin", Queue="Q"), []),
    "a caller in another queue": ([JOIN], of_call("QueueCallerJoin", Queue="r"), [
        ended(Outcome.UNKNOWN), events.CallEntered(AT, "1.1", "r")]),
    "a caller back after an exit key": ([JOIN, CALLED, LEAVE], JOIN, [SILENT, EXIT, ENTERED]),
    "a caller in another queue after an exit key": ([JOIN, CALLED, LEAVE], of_call("QueueCallerJoin", Queue="r"), [
        SILENT, EXIT, events.CallEntered(AT, "1.1", "r")]),
    "no queue": ([], of_call("QueueCallerJoin", Queue=""), []),
    "no call": ([], of_call("QueueCallerJoin", Uniqueid=""), []),
    # A caller leaves
    "leaves": ([JOIN], LEAVE, [EXIT]),
    "leaves another queue": ([JOIN], of_call("QueueCallerLeave", Queue="r"), []),
    "leaves, the queue spelt otherwise": ([JOIN], of_call("QueueCallerLeave", Queue="Q"), [EXIT]),
    "leaves unseen": ([], LEAVE, []),
    "leaves while it rings": ([JOIN, CALLED], LEAVE, []),
    "leaves after it rang": ([JOIN, CALLED, DUMP], LEAVE, [EXIT]),
    "gives up": ([JOIN, ABANDON], LEAVE, [LOST]),
    "gives up while it rings": ([JOIN, CALLED, ABANDON], LEAVE, [SILENT, LOST]),
    "to give up ends nothing yet": ([JOIN], ABANDON, []),
    "gives up unseen": ([], of_call("QueueCallerAbandon", HoldTime="7"), [replace(LOST, waited_ms=7_000)]),
    "gives up unseen, no wait told": ([], ABANDON, [LOST]),
    "gives up unseen, a wait that is none": ([], of_call("QueueCallerAbandon", HoldTime="-7"), [
        replace(LOST, waited_ms=0)]),
    "gives up in another queue than where seen": ([JOIN], of_call("QueueCallerAbandon", Queue="r"), []),
    "gives up while talking": ([JOIN, CONNECT], ABANDON, []),
    "hung up": ([JOIN, HANGUP, ABANDON], LEAVE, [LOST]),
    "sent away, nobody there": ([JOIN, ANOTHER_HANGUP, ABANDON], LEAVE, [ended(Outcome.NO_AGENTS, "system")]),
    "sent away, somebody there": ([MEMBER, JOIN, ANOTHER_HANGUP, ABANDON], LEAVE, [
        ended(Outcome.TIMEOUT, "system")]),
    "sent away, somebody there in another queue": (
        [of_member(Queue="r"), JOIN, ANOTHER_HANGUP, ABANDON], LEAVE, [ended(Outcome.NO_AGENTS, "system")]),
    "sent away, somebody there in the queue spelt otherwise": (
        [of_member(Queue="Q"), JOIN, ANOTHER_HANGUP, ABANDON], LEAVE, [ended(Outcome.TIMEOUT, "system")]),
    "sent away, all paused": ([of_member(Paused="1"), JOIN, ANOTHER_HANGUP, ABANDON], LEAVE, [
        ended(Outcome.NO_AGENTS, "system")]),
    "sent away, all unreachable": ([of_member(Status="5"), JOIN, ANOTHER_HANGUP, ABANDON], LEAVE, [
        ended(Outcome.NO_AGENTS, "system")]),
    "sent away, all invalid": ([of_member(Status="4"), JOIN, ANOTHER_HANGUP, ABANDON], LEAVE, [
        ended(Outcome.NO_AGENTS, "system")]),
    "sent away, one of two there": (
        [of_member(Paused="1"), of_member(MemberName="bob", Interface="PJSIP/8"), JOIN, ANOTHER_HANGUP, ABANDON],
        LEAVE, [ended(Outcome.TIMEOUT, "system")]),
    "a hang-up of nobody's": ([], ANOTHER_HANGUP, []),
    # A telephone rings
    "rings": ([JOIN], CALLED, [ANN_IS_7, events.CallOffered(AT, "1.1", "q", "ann")]),
    "rings again": ([JOIN, CALLED], CALLED, [events.CallOffered(AT, "1.1", "q", "ann")]),
    "rings for nobody seen": ([], CALLED, [ANN_IS_7]),
    "rings in another queue": ([JOIN], of_call("AgentCalled", Queue="r"), [ANN_IS_7]),
    "rings at a number": ([JOIN], of_call("AgentCalled", MemberName=""), [
        events.CallOffered(AT, "1.1", "q", "7")]),
    "rings, no interface": ([JOIN], of_call("AgentCalled", Interface=""), []),
    "stops ringing": ([JOIN, CALLED], DUMP, [SILENT]),
    "stops ringing twice": ([JOIN, CALLED, DUMP], DUMP, []),
    "stops ringing, the channel lost": ([JOIN, CALLED], of_call("AgentDump", DestUniqueid="9.9"), [SILENT]),
    "another stops ringing": ([JOIN, CALLED], bobs("AgentDump"), []),
    "one of two stops ringing": ([JOIN, CALLED, bobs("AgentCalled")], bobs("AgentDump"), [BOB_SILENT]),
    "stops ringing for nobody": ([], DUMP, []),
    "stops ringing for one who left": ([JOIN, CALLED, LEAVE], DUMP, [SILENT, replace(EXIT, at=BEFORE)]),
    "one of two stops ringing for one who left": (
        [JOIN, CALLED, bobs("AgentCalled"), LEAVE], bobs("AgentDump"), [BOB_SILENT]),
    "a dial is cancelled": ([JOIN, CALLED], of_call("DialEnd", DialStatus="CANCEL"), [SILENT]),
    "a dial is cancelled, as dials are told": (
        [JOIN, CALLED], packet("DialEnd", Uniqueid="1.1", DestUniqueid="1.2", DialStatus="CANCEL"), [SILENT]),
    "a dial is answered": ([JOIN, CALLED], of_call("DialEnd", DialStatus="ANSWER"), []),
    "is not answered": ([JOIN, CALLED], of_call("AgentRingNoAnswer", RingTime="5000"), [
        events.CallMissed(AT, "1.1", "q", "ann", 5_000)]),
    "is not answered, unseen": ([], of_call("AgentRingNoAnswer", RingTime="1"), [
        events.CallMissed(AT, "1.1", "q", "ann", 1)]),
    "is not answered, no time told": ([JOIN, CALLED], of_call("AgentRingNoAnswer"), [
        events.CallMissed(AT, "1.1", "q", "ann", 0)]),
    "is not answered, a time that is none": ([], of_call("AgentRingNoAnswer", RingTime="-1"), [
        events.CallMissed(AT, "1.1", "q", "ann", 0)]),
    "does not ring any more once not answered": (
        [JOIN, CALLED, of_call("AgentRingNoAnswer")], LEAVE, [EXIT]),
    "does not ring any more at the channel that did not answer": (
        [JOIN, CALLED, of_call("AgentRingNoAnswer", MemberName="")], LEAVE, [EXIT]),
    "does not ring any more, the channel lost": (
        [JOIN, CALLED, of_call("AgentRingNoAnswer", DestUniqueid="9.9")], LEAVE, [EXIT]),
    "falls silent for one who left": ([MEMBER, JOIN, CALLED, of_member(Status="6"), LEAVE], MEMBER, [
        SILENT, replace(EXIT, at=BEFORE)]),
    "falls silent for one who waits": ([MEMBER, JOIN, CALLED, of_member(Status="6")], MEMBER, []),
    "one of two falls silent for one who left": (
        [MEMBER, JOIN, CALLED, bobs("AgentCalled"), of_member(Status="6"), LEAVE], MEMBER, [SILENT]),
    "is silent as before": ([MEMBER, JOIN, CALLED, LEAVE], MEMBER, []),
    "is picked up for one who left": ([MEMBER, JOIN, CALLED, of_member(Status="6"), LEAVE],
        of_member(Status="2"), []),
    # A caller is answered
    "is connected": ([JOIN, CALLED, LEAVE], of_call("AgentConnect", HoldTime="7"), [
        replace(ANSWERED, waited_ms=7_000)]),
    "is connected, unseen": ([], CONNECT, [ANN_IS_7, ANSWERED]),
    "is connected in another queue than where seen": ([JOIN], of_call("AgentConnect", Queue="r"), [
        ANN_IS_7, replace(ANSWERED, queue="r")]),
    "is connected twice": ([JOIN, CONNECT], CONNECT, []),
    "is connected to a second agent": ([JOIN, CONNECT], bobs("AgentConnect"), [
        BOB_IS_8, replace(ANSWERED, agent="bob")]),
    "is connected to one of two": ([JOIN, CALLED, bobs("AgentCalled")], CONNECT, [BOB_SILENT, ANSWERED]),
    "is connected before the wrap-up is over": (
        [of_member(Wrapuptime="90"), CONNECT, COMPLETE], of_call("AgentConnect", Uniqueid="2.1"), [
            events.WrapUpEnded(AT, "ann"), replace(ANSWERED, call_id="2.1")]),
    # A talk ends
    "is over": ([JOIN, CONNECT], of_call("AgentComplete", Reason="caller", HoldTime="7", TalkTime="9"), [
        replace(SERVED, ended_by="caller", waited_ms=7_000, talked_ms=9_000)]),
    "is over by the agent": ([CONNECT], of_call("AgentComplete", Reason="agent"), [replace(SERVED, ended_by="agent")]),
    "is transferred": ([CONNECT], of_call("AgentComplete", Reason="transfer"), [replace(SERVED, ended_by="transfer")]),
    "is over, who knows why": ([CONNECT], of_call("AgentComplete", Reason="?"), [SERVED]),
    "is over, unseen": ([], COMPLETE, [SERVED]),
    "is over while held": ([CONNECT, packet("Hold", Uniqueid="1.2")], COMPLETE, [
        events.CallResumed(AT, "1.1", "ann"), SERVED]),
    "is over, the agent wraps up": ([of_member(Wrapuptime="9"), CONNECT], COMPLETE, [replace(SERVED, wraps_up=True)]),
    "is over, no queue": ([CONNECT], of_call("AgentComplete", Queue=""), []),
    "is over, no caller": ([CONNECT], of_call("AgentComplete", Uniqueid=""), [SERVED]),
    "is over, no caller and no call": ([], of_call("AgentComplete", Uniqueid=""), []),
    "is over, no caller, another queue's": ([CONNECT], of_call("AgentComplete", Uniqueid="", Queue="r"), []),
    "is over, no caller, another agent's": ([CONNECT], bobs("AgentComplete", Uniqueid=""), []),
    # Hold
    "is held": ([CONNECT], packet("Hold", Uniqueid="1.2"), [events.CallHeld(AT, "1.1", "ann")]),
    "is held by the caller": ([CONNECT], packet("Hold", Uniqueid="1.1"), []),
    "is held twice": ([CONNECT, packet("Hold", Uniqueid="1.2")], packet("Hold", Uniqueid="1.2"), []),
    "is held at the telephone": ([MEMBER, CONNECT], packet("Hold", Uniqueid="9.9", Channel="PJSIP/7-01"), [
        events.CallHeld(AT, "1.1", "ann")]),
    "is held at another telephone": ([MEMBER, CONNECT], packet("Hold", Uniqueid="9.9", Channel="PJSIP/8-01"), []),
    "is held, whose telephone is not known": ([CONNECT], packet("Hold", Uniqueid="9.9", Channel="PJSIP/7-01"), []),
    "is taken back": ([CONNECT, packet("Hold", Uniqueid="1.2")], packet("Unhold", Uniqueid="1.2"), [
        events.CallResumed(AT, "1.1", "ann")]),
    "is taken back without a hold": ([CONNECT], packet("Unhold", Uniqueid="1.2"), []),
    "is held, says the telephone": ([of_member(Status="2"), CONNECT], of_member(Status="8"), [
        events.CallHeld(AT, "1.1", "ann")]),
    "is taken back, says the telephone": ([MEMBER, CONNECT, of_member(Status="8")], of_member(Status="2"), [
        events.CallResumed(AT, "1.1", "ann")]),
    "rings at a telephone in use": ([MEMBER, CONNECT, of_member(Status="8")], of_member(Status="7"), []),
    "a hold of another agent's": (
        [of_member(MemberName="bob", Interface="PJSIP/8", Status="2"), CONNECT],
        of_member(MemberName="bob", Interface="PJSIP/8", Status="8"), []),
    # Members
    "joins": ([], of_member("QueueMemberAdded", Membership="dynamic"), [
        ANN_IS_7, events.MemberJoined(AT, "q", "ann")]),
    "is there by configuration": ([], of_member(Membership="static"), [
        ANN_IS_7, events.MemberJoined(AT, "q", "ann", static=True)]),
    "is there by a database": ([], of_member(Membership="realtime"), [
        ANN_IS_7, events.MemberJoined(AT, "q", "ann", static=True)]),
    "joins twice": ([MEMBER], of_member("QueueMemberAdded"), []),
    "joins a second queue": ([MEMBER], of_member(Queue="r"), [events.MemberJoined(AT, "r", "ann")]),
    "joins paused": ([], of_member(Paused="1", PausedReason="tea"), [
        ANN_IS_7, events.MemberJoined(AT, "q", "ann"), events.AgentPaused(AT, "ann", "q", "tea")]),
    "pauses": ([MEMBER], of_member("QueueMemberPause", Paused="1"), [events.AgentPaused(AT, "ann", "q")]),
    "pauses twice": ([of_member(Paused="1", PausedReason="tea")], of_member(Paused="1", PausedReason="tea"), []),
    "pauses for another reason": ([of_member(Paused="1", PausedReason="tea")],
        of_member(Paused="1", PausedReason="lunch"), [events.AgentPaused(AT, "ann", "q", "lunch")]),
    "works on": ([of_member(Paused="1")], MEMBER, [events.AgentUnpaused(AT, "ann", "q")]),
    "is reached no more": ([MEMBER], of_member(Status="5"), [events.AgentUnavailable(AT, "ann")]),
    "is reached no more at the telephone of that state": (
        [of_member(StateInterface="PJSIP/9")], of_member(StateInterface="PJSIP/9", Status="5"), [
            events.AgentUnavailable(AT, "ann")]),
    "a state that is none": ([of_member(Status="5")], of_member(Status=""), [events.AgentAvailable(AT, "ann")]),
    "leaves the queue": ([MEMBER], of_member("QueueMemberRemoved"), [events.MemberLeft(AT, "q", "ann")]),
    "leaves the queue twice": ([MEMBER, of_member("QueueMemberRemoved")], of_member("QueueMemberRemoved"), []),
    "leaves a dead telephone": ([of_member(Status="5")], of_member("QueueMemberRemoved"), [
        events.MemberLeft(AT, "q", "ann"), events.AgentAvailable(AT, "ann")]),
    "leaves one of two queues at a dead telephone": (
        [of_member(Status="5"), of_member(Queue="r", Status="5")], of_member("QueueMemberRemoved"), [
            events.MemberLeft(AT, "q", "ann")]),
    "leaves a dead telephone of that state": (
        [of_member(Status="5", StateInterface="PJSIP/9")],
        of_member("QueueMemberRemoved", StateInterface="PJSIP/9"), [
            events.MemberLeft(AT, "q", "ann"), events.AgentAvailable(AT, "ann")]),
    "the telephone is somebody else's": ([MEMBER], of_member(MemberName="bob"), [
        events.AgentKnownAs(AT, "bob", "7"), events.MemberJoined(AT, "q", "bob")]),
    "a member without a name": ([], of_member(MemberName=""), [events.MemberJoined(AT, "q", "7")]),
    "a member by Name and Location": ([], packet(
        "QueueMemberStatus", Queue="q", Name="ann", Location="PJSIP/7", Interface="PJSIP/7", Status="1"), [
            ANN_IS_7, events.MemberJoined(AT, "q", "ann")]),
    "no member's queue": ([], of_member(Queue=""), []),
    # Of another kind
    "of no use": ([], packet("Newchannel", Uniqueid="1.1", Queue="q", Interface="PJSIP/7"), []),
}  # fmt: skip


def after(*before: Packet) -> ManagerTranslator:
    translator = ManagerTranslator()
    for told in before:
        translator.translate(BEFORE, told)
    return translator


@pytest.mark.parametrize("case", CASES)
def test_a_packet_means(case: str) -> None:
    before, packet_told, told = CASES[case]
    translator = after(*before)
    assert translator.translate(AT, packet_told) == told
    assert translator.understands(packet_told) == (case != "of no use")


def test_every_event_has_a_case() -> None:
    told = {packet_told["Event"] for before, last, _ in CASES.values() for packet_told in (*before, last)}
    assert told == {*ManagerTranslator()._handlers, "Newchannel"}


WRAPS_UP = [of_member(Wrapuptime="90"), CONNECT, COMPLETE]
TALKED = of_member(Status="2")


@pytest.mark.parametrize(
    ("before", "later_ms", "told"),
    [
        ([JOIN], 10 * CONNECT_MS, []),
        ([JOIN, CALLED, LEAVE], CONNECT_MS - 1, []),
        ([JOIN, CALLED, LEAVE], CONNECT_MS, [
            replace(SILENT, at=BEFORE), replace(EXIT, at=BEFORE)]),
        (WRAPS_UP, 89_999, []),
        (WRAPS_UP, 90_000, [events.WrapUpEnded(BEFORE + 90_000, "ann")]),
        (WRAPS_UP, 95_000, [events.WrapUpEnded(BEFORE + 90_000, "ann")]),
        ([MEMBER, TALKED], 999, []),
        ([MEMBER, TALKED], 1_000, [events.OtherCallStarted(BEFORE + 1_000, "ann")]),
        ([MEMBER, TALKED, JOIN, CALLED], 5_000, []),
        ([MEMBER, TALKED, CONNECT], 5_000, []),
        ([MEMBER, TALKED, MEMBER], 5_000, []),
    ],
)  # fmt: skip
def test_time_alone_tells(before: list[Packet], later_ms: int, told: Events) -> None:
    translator = after(*before)
    assert translator.expire(BEFORE + later_ms) == told
    assert not translator.expire(BEFORE + later_ms) if told else True


@pytest.mark.parametrize(
    "release",
    [
        of_call("AgentComplete"),
        of_call("AgentDump"),
        of_call("AgentRingNoAnswer"),
        of_call("QueueCallerLeave"),
        bobs("AgentConnect"),
    ],
    ids=lambda told: str(told["Event"]),
)
def test_a_telephone_gets_its_second_after_a_call_or_a_ringing(release: Packet) -> None:
    ringing = [MEMBER, JOIN, CALLED, bobs("AgentCalled"), TALKED]
    if release["Event"] == "AgentComplete":
        ringing.append(CONNECT)
    if release["Event"] == "QueueCallerLeave":
        ringing.append(ABANDON)
    translator = after(*ringing)
    translator.translate(AT, release)
    assert translator.expire(AT + 999) == []
    assert translator.expire(AT + 1_000) == [events.OtherCallStarted(AT + 1_000, "ann")]


def test_a_wrap_up_is_the_members_own_else_the_queues() -> None:
    for own, length in (("0", 5_000), ("9", 9_000)):
        translator = ManagerTranslator({"Q": 5_000})
        for told in (of_member(Wrapuptime=own), CONNECT, COMPLETE):
            translator.translate(BEFORE, told)
        assert translator.expire(AT) == [events.WrapUpEnded(BEFORE + length, "ann")]


def test_of_two_talks_the_one_of_that_length_is_over() -> None:
    translator = ManagerTranslator()
    for at, call_id in ((AT - 90_000, "1.1"), (AT - 30_000, "2.1")):
        translator.translate(at, of_call("AgentConnect", Uniqueid=call_id, DestUniqueid=f"{call_id}.a"))
    translator.translate(AT - 5_000, of_call("AgentConnect", Uniqueid="3.1", DestUniqueid="3.1.a"))
    for talk_s, call_id in (("89", "1.1"), ("29", "2.1"), ("89", "3.1")):
        (told,) = translator.translate(AT, of_call("AgentComplete", Uniqueid="", TalkTime=talk_s))
        assert isinstance(told, events.CallEnded)
        assert told.call_id == call_id


def test_of_two_agents_talks_with_one_caller_the_one_that_is_told_is_over() -> None:
    translator = after(CONNECT, bobs("AgentConnect"))
    translator.translate(AT, COMPLETE)
    assert [talk.agent for talk in translator.talking["1.1"]] == ["bob"]
    translator.translate(AT, bobs("AgentComplete", Queue="r"))
    assert [talk.agent for talk in translator.talking["1.1"]] == ["bob"]
    translator.translate(AT, bobs("AgentComplete"))
    assert not translator.talking


def test_the_first_agents_talk_goes_on_when_the_seconds_is_over() -> None:
    translator = after(bobs("AgentConnect"), CONNECT)
    translator.translate(AT, COMPLETE)
    assert [talk.agent for talk in translator.talking["1.1"]] == ["bob"]


def test_without_a_length_the_latest_talk_is_over() -> None:
    translator = ManagerTranslator()
    for at, call_id in ((AT - 90_000, "1.1"), (AT - 500, "2.1"), (AT - 30_000, "3.1")):
        translator.translate(at, of_call("AgentConnect", Uniqueid=call_id, DestUniqueid=f"{call_id}.a"))
    (told,) = translator.translate(AT, of_call("AgentComplete", Uniqueid=""))
    assert isinstance(told, events.CallEnded)
    assert told.call_id == "2.1"


def test_a_wrap_up_that_the_next_call_ended_does_not_end_again() -> None:
    translator = after(*WRAPS_UP)
    translator.translate(AT, of_call("AgentConnect", Uniqueid="2.1"))
    assert translator.expire(BEFORE + 90_000) == []


def test_a_connection_may_take_ten_seconds() -> None:
    assert CONNECT_MS == 10_000


@pytest.mark.parametrize(
    ("without", "told"),
    [
        *((header, of_call(event, **{header: ""})) for event, headers in {
            "QueueCallerJoin": ("Queue", "Uniqueid"),
            "QueueCallerAbandon": ("Queue", "Uniqueid"),
            "AgentCalled": ("Interface",),
            "AgentConnect": ("Queue", "Uniqueid", "Interface"),
            "AgentComplete": ("Queue", "Interface"),
            "AgentRingNoAnswer": ("Queue", "Uniqueid", "Interface"),
        }.items() for header in headers),
        *((header, of_member(event, **{header: ""}))
          for event in ("QueueMemberAdded", "QueueMemberStatus", "QueueMemberPause")
          for header in ("Queue", "Interface")),
    ],
)  # fmt: skip
def test_a_packet_without_what_it_needs_tells_nothing(without: str, told: Packet) -> None:
    assert not told[without]
    assert ManagerTranslator().translate(AT, told) == []


def test_a_removal_without_its_interface_tells_nothing() -> None:
    assert after(MEMBER).translate(AT, of_member("QueueMemberRemoved", Interface="")) == []


def test_a_call_is_of_the_agent_and_of_their_telephones_number() -> None:
    translator = after(MEMBER, of_member(MemberName="bob"), CONNECT)
    assert translator.engaged() == {"ann", "7"}
    translator = after(MEMBER, of_member(MemberName="bob"), of_call("AgentConnect", MemberName=""))
    assert translator.engaged() == {"ann", "bob", "7"}
    assert after(MEMBER, bobs("AgentConnect")).engaged() == {"bob", "8"}


def test_a_caller_from_before_may_be_rung_by_whom_nobody_saw() -> None:
    translator = ManagerTranslator()
    entered = translator.enter(BEFORE, "1.1", "q", of_call("QueueEntry", CallerIDNum="0612"), rings_unseen=True)
    assert repr(entered) == repr(events.CallEntered(BEFORE, "1.1", "q", "0612"))
    assert translator.translate(AT, LEAVE) == []
    assert translator.expire(AT + CONNECT_MS) == [EXIT]


def test_a_pause_from_before_began_when_the_switch_says() -> None:
    translator = ManagerTranslator()
    told = list(translator.update_member(AT, of_member(Paused="1"), since=BEFORE))
    assert repr(told) == repr(
        [ANN_IS_7, events.MemberJoined(BEFORE, "q", "ann"), events.AgentPaused(BEFORE, "ann", "q")]
    )


def test_what_is_kept_of_a_member() -> None:
    member = of_member(Status="2", Paused="1", PausedReason="tea", Wrapuptime="9", CallsTaken="3")
    kept = after(member).members["q", "ann"]
    assert (kept.interface, kept.paused, kept.reason, kept.wrap_up_ms, kept.status, kept.calls_taken) == (
        "PJSIP/7", True, "tea", 9_000, 2, 3,
    )  # fmt: skip
    kept = after(of_member(Status="", Wrapuptime="", CallsTaken="")).members["q", "ann"]
    assert (kept.reason, kept.wrap_up_ms, kept.status, kept.calls_taken) == (None, 0, 0, 0)


def test_a_new_connection_starts_from_nothing() -> None:
    translator = after(MEMBER, JOIN, of_call("AgentConnect", Uniqueid="2.1"))
    phones = ManagerTranslator().phones
    translator.restart(phones)
    assert (translator.waiting, translator.talking, translator.members) == ({}, {}, {})
    assert translator.phones is phones
