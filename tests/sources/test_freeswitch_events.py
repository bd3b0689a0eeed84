"""What every event of mod_callcenter means: one event, one case, one line, after the few events that it needs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ccmon import events
from ccmon.events import FloorEvent
from ccmon.model.calls import Outcome
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.freeswitch.tables import AgentRow, CallCenterTables, TierRow
from ccmon.sources.freeswitch.translator import ORPHANED_AFTER_MS, EventTranslator

AT = 1_790_000_000_000
"""Of the event that is looked at; those before it came a minute before."""
BEFORE = AT - 60_000

Told = dict[str, str]


def told(action: str, **headers: str) -> Told:
    return {"CC-Action": action} | {name.replace("_", "-"): value for name, value in headers.items()}


def of_call(action: str, **headers: str) -> Told:
    return told(action, **({"CC_Member_UUID": "m1", "CC_Queue": "q", "CC_Agent": "ann"} | headers))


def bobs(action: str, **headers: str) -> Told:
    return of_call(action, CC_Agent="bob", **headers)


def left(**headers: str) -> Told:
    return told("member-queue-end", **({"CC_Member_UUID": "m1", "CC_Queue": "q"} | headers))


def cancelled(reason: str) -> Told:
    return left(CC_Cause="Cancel", CC_Cancel_Reason=reason)


def failed(cause: str = "NO_ANSWER", **headers: str) -> Told:
    return of_call("bridge-agent-fail", CC_Hangup_Cause=cause, **headers)


def bridge_over(bridged: str, **headers: str) -> Told:
    return of_call("bridge-agent-end", CC_Agent_Bridged=bridged, **headers)


def ended(outcome: Outcome, by: str | None = None, waited_ms: int | None = None) -> events.CallEnded:
    return events.CallEnded(AT, "m1", "q", outcome, by, waited_ms=waited_ms)


START, RESUME = of_call("member-queue-start"), of_call("member-queue-resume")
OFFERED, BRIDGED, SERVED = of_call("agent-offering"), of_call("bridge-agent-start"), left(CC_Cause="Terminated")
FAILED_BRIDGE = bridge_over("false")
ENTERED = events.CallEntered(AT, "m1", "q")
ANSWERED = events.CallAnswered(AT, "m1", "q", "ann")
SILENT, BOB_SILENT = (events.OfferWithdrawn(AT, "m1", "q", agent) for agent in ("ann", "bob"))
UNDONE = events.AnswerUndone(AT, "m1", "q", "ann")
MISSED = events.CallMissed(AT, "m1", "q", "ann", 60_000)
OVER = replace(ended(Outcome.ANSWERED), agent="ann", wraps_up=False)
LOST = ended(Outcome.ABANDONED, "caller")
RANG = {"CC_Agent_Called_Time": "100", "CC_Agent_Aborted_Time": "107"}
TIMES = {
    "CC_Member_Joined_Time": "100",
    "CC_Agent_Answered_Time": "107",
    "CC_Member_Leaving_Time": "120",
}

CASES: dict[str, tuple[list[Told], Told, list[FloorEvent]]] = {
    # A caller comes and leaves
    "comes": ([], of_call("member-queue-start", CC_Member_CID_Number="0612", CC_Member_CID_Name="Bo"), [
        events.CallEntered(AT, "m1", "q", "0612", "Bo")]),
    "comes without a number": (
        [], of_call("member-queue-start", CC_Member_CID_Number="", CC_Member_CID_Name=""), [ENTERED]),
    "comes twice": ([START], START, []),
    "comes back": ([START, cancelled("BREAK_OUT")], RESUME, [ENTERED]),
    "comes back unseen": ([], RESUME, [ENTERED]),
    "comes without a uuid": ([], of_call("member-queue-start", CC_Member_UUID=""), []),
    "comes to no queue": ([], of_call("member-queue-start", CC_Queue=""), []),
    "gives up": ([START], cancelled("BREAK_OUT"), [LOST]),
    "gives up, the wait told": ([START], cancelled("BREAK_OUT") | left(**TIMES), [
        replace(LOST, waited_ms=20_000)]),
    "gives up, a wait that cannot be": (
        [START], cancelled("BREAK_OUT") | left(CC_Member_Joined_Time="9", CC_Member_Leaving_Time="8"), [
            replace(LOST, waited_ms=0)]),
    "gives up, a wait that is none": (
        [START], cancelled("BREAK_OUT") | left(CC_Member_Joined_Time="?", CC_Member_Leaving_Time="8"), [LOST]),
    "is timed out": ([START], cancelled("TIMEOUT"), [ended(Outcome.TIMEOUT)]),
    "finds no agents": ([START], cancelled("NO_AGENT_TIMEOUT"), [ended(Outcome.NO_AGENTS)]),
    "presses a key": ([START], cancelled("EXIT_WITH_KEY"), [ended(Outcome.EXIT_KEY, "caller")]),
    "leaves for no reason": ([START], cancelled("NONE"), [ended(Outcome.UNKNOWN)]),
    "leaves without a word": ([START], left(), [ended(Outcome.UNKNOWN)]),
    "gives up unseen": ([], cancelled("BREAK_OUT"), [LOST]),
    "gives up while it rings": ([START, OFFERED, bobs("agent-offering")], cancelled("BREAK_OUT"), [
        SILENT, BOB_SILENT, LOST]),
    "gives up at the bridge": ([START, BRIDGED], cancelled("BREAK_OUT"), [UNDONE, LOST]),
    "gives up after a failed bridge": ([START, BRIDGED, FAILED_BRIDGE], cancelled("BREAK_OUT"), [LOST]),
    # A telephone rings
    "is offered": ([START], OFFERED, [events.CallOffered(AT, "m1", "q", "ann")]),
    "is offered unseen": ([], OFFERED, []),
    "is offered while served": ([START, BRIDGED], bobs("agent-offering"), []),
    "is not answered": ([START, OFFERED], failed(), [MISSED]),
    "is refused": ([START, OFFERED], failed("CALL_REJECTED"), [MISSED]),
    "is not answered, no cause": ([START, OFFERED], of_call("bridge-agent-fail"), [MISSED]),
    "is not answered, unseen": ([], failed(**RANG), [replace(MISSED, ring_ms=7_000)]),
    "is not answered, unseen, no time told": ([], failed(), [replace(MISSED, ring_ms=0)]),
    "is not answered, another rings": ([START, OFFERED], failed(CC_Agent="bob", **RANG), [
        replace(MISSED, agent="bob", ring_ms=7_000)]),
    "is not answered twice": ([START, OFFERED, failed()], failed(**RANG), [replace(MISSED, ring_ms=7_000)]),
    "loses the race": ([START, OFFERED], failed("LOSE_RACE"), [SILENT]),
    "loses the race after the winner's answer": (
        [START, OFFERED, bobs("agent-offering"), bobs("bridge-agent-start")], failed("LOSE_RACE"), []),
    "loses the race, unseen": ([], failed("LOSE_RACE"), []),
    "the caller leaves": ([START, OFFERED], failed("ORIGINATOR_CANCEL"), [SILENT]),
    # A caller is answered
    "is answered": ([START, OFFERED], BRIDGED, [ANSWERED]),
    "is answered, the wait told": ([START], of_call("bridge-agent-start", **TIMES), [
        replace(ANSWERED, waited_ms=7_000)]),
    "is answered unseen": ([], BRIDGED, [ANSWERED]),
    "is answered twice": ([START, BRIDGED], BRIDGED, []),
    "is answered by one of two": ([START, OFFERED, bobs("agent-offering")], BRIDGED, [BOB_SILENT, ANSWERED]),
    "is answered by another after a failed bridge": ([START, BRIDGED, FAILED_BRIDGE], bobs("bridge-agent-start"), [
        replace(ANSWERED, agent="bob")]),
    "the bridge fails": ([START, BRIDGED], FAILED_BRIDGE, [UNDONE]),
    "the bridge fails twice": ([START, BRIDGED, FAILED_BRIDGE], FAILED_BRIDGE, []),
    "the bridge fails unseen": ([], FAILED_BRIDGE, []),
    "the bridge ends": ([START, BRIDGED], bridge_over("true"), []),
    "the bridge ends, who knows how": ([START, BRIDGED], of_call("bridge-agent-end"), []),
    "the bridge fails, no queue told": (
        [START, BRIDGED], told("bridge-agent-end", CC_Member_UUID="m1", CC_Agent_Bridged="false"), [UNDONE]),
    "the bridge of one unseen fails": ([BRIDGED], FAILED_BRIDGE, [UNDONE]),
    "is offered after a failed bridge": ([START, BRIDGED, FAILED_BRIDGE], OFFERED, [
        events.CallOffered(AT, "m1", "q", "ann")]),
    # A talk ends
    "is served": ([START, BRIDGED], SERVED | left(**TIMES), [replace(OVER, waited_ms=7_000, talked_ms=13_000)]),
    "is served by the one who is told": ([START, BRIDGED], SERVED | left(CC_Agent="bob"), [
        replace(OVER, agent="bob")]),
    "is served unseen": ([], SERVED | left(CC_Agent="ann", **TIMES), [
        replace(OVER, waited_ms=7_000, talked_ms=13_000)]),
    "is served, answered at no moment": (
        [START, BRIDGED], SERVED | left(**TIMES | {"CC_Agent_Answered_Time": "0"}), [OVER]),
    "is served by nobody known": ([], SERVED, [replace(OVER, agent=None)]),
    "is served while another rings": ([START, OFFERED], SERVED | left(CC_Agent="ann"), [SILENT, OVER]),
    # Agents
    "comes in": ([], told("agent-status-change", CC_Agent="ann", CC_Agent_Status="Available"), [
        events.AgentLoggedIn(AT, "ann"), events.AgentUnpaused(AT, "ann", None)]),
    "takes a break": (
        [told("agent-status-change", CC_Agent="ann", CC_Agent_Status="Available")],
        told("agent-status-change", CC_Agent="ann", CC_Agent_Status="On Break"), [
            events.AgentPaused(AT, "ann", None)]),
    "goes": (
        [told("agent-status-change", CC_Agent="ann", CC_Agent_Status="Available")],
        told("agent-status-change", CC_Agent="ann", CC_Agent_Status="Logged Out"), [events.AgentLoggedOut(AT, "ann")]),
    "idles": (
        [told("agent-status-change", CC_Agent="ann", CC_Agent_Status="Available (On Demand)")],
        told("agent-state-change", CC_Agent="ann", CC_Agent_State="Idle"), [
            events.AgentPaused(AT, "ann", None, "Idle")]),
    "does something unseen": ([], told("agent-state-change", CC_Agent="ann", CC_Agent_State="Idle"), []),
    # Without what it needs
    "comes, no uuid told": ([], told("member-queue-start", CC_Queue="q"), []),
    "comes, no queue told": ([], told("member-queue-start", CC_Member_UUID="m1"), []),
    "comes back, no queue told": ([], told("member-queue-resume", CC_Member_UUID="m1"), []),
    "leaves no queue": ([START], told("member-queue-end", CC_Member_UUID="m1"), []),
    "leaves, no uuid told": ([START], told("member-queue-end", CC_Queue="q", CC_Cause="Terminated"), []),
    "is offered to nobody": ([START], of_call("agent-offering", CC_Agent=""), []),
    "is offered in no queue": ([START], of_call("agent-offering", CC_Queue=""), []),
    "is answered by nobody": ([START], of_call("bridge-agent-start", CC_Agent=""), []),
    "is answered in no queue": ([START], of_call("bridge-agent-start", CC_Queue=""), []),
    "a bridge of nobody's fails": ([START, BRIDGED], bridge_over("false", CC_Member_UUID=""), []),
    "nobody does not answer": ([START], failed(CC_Agent=""), []),
    "is not answered in no queue": ([START], failed(CC_Queue=""), []),
    "nobody comes in": ([], told("agent-status-change", CC_Agent_Status="Available"), []),
    "nobody idles": ([], told("agent-state-change", CC_Agent_State="Idle"), []),
    "comes in as nothing": ([], told("agent-status-change", CC_Agent="ann"), []),
    "does nothing": ([], told("agent-state-change", CC_Agent="ann"), []),
    # Of another kind
    "a count": ([START], told("members-count", CC_Queue="q", CC_Count="1"), []),
    "nothing": ([], {}, []),
}  # fmt: skip


def after(*before: Told, wrap_up_s: int = 0) -> EventTranslator:
    reported = ReportedAgents()
    if wrap_up_s:
        agents = (AgentRow("ann", "Available", "Waiting", wrap_up_time=wrap_up_s),)
        list(reported.refresh(BEFORE, CallCenterTables(agents, (TierRow("q", "ann"),), ())))
    translator = EventTranslator(reported)
    for event in before:
        translator.translate(BEFORE, event)
    return translator


@pytest.mark.parametrize("case", CASES)
def test_an_event_means(case: str) -> None:
    before, event, expected = CASES[case]
    translator = after(*before)
    assert translator.translate(AT, event) == expected
    assert translator.understands(event) == (case not in {"a count", "nothing"})


def test_every_event_has_a_case() -> None:
    actions = {event.get("CC-Action", "") for before, last, _ in CASES.values() for event in (*before, last)}
    assert actions == {*EventTranslator(ReportedAgents())._handlers, "members-count", ""}


def test_a_wrap_up_lasts_as_long_as_the_switch_gives_or_until_the_next_answer() -> None:
    translator = after(START, BRIDGED, wrap_up_s=9)
    assert translator.translate(AT, SERVED) == [replace(OVER, wraps_up=True)]
    assert translator.expire(AT + 8_999) == []
    assert translator.expire(AT + 9_500) == [events.WrapUpEnded(AT + 9_000, "ann")]
    translator = after(START, BRIDGED, SERVED, wrap_up_s=90)
    assert translator.translate(AT, BRIDGED) == [events.WrapUpEnded(AT, "ann"), ANSWERED]


def test_a_caller_whom_nobody_tells_of_left_at_the_failed_bridge() -> None:
    translator = after(START, BRIDGED, FAILED_BRIDGE)
    assert translator.expire(BEFORE + ORPHANED_AFTER_MS - 1) == []
    assert translator.expire(BEFORE + ORPHANED_AFTER_MS) == [replace(LOST, at=BEFORE)]
    assert translator.callers == {}
    assert translator.expire(BEFORE + ORPHANED_AFTER_MS) == []


@pytest.mark.parametrize("told_last", [START, OFFERED, BRIDGED], ids=["waits", "is offered", "is answered"])
def test_a_caller_of_whom_something_is_told_stays(told_last: Told) -> None:
    assert after(START, told_last).expire(AT + 10 * ORPHANED_AFTER_MS) == []
    if told_last is not START:
        assert after(START, BRIDGED, FAILED_BRIDGE, told_last).expire(AT + 10 * ORPHANED_AFTER_MS) == []


def test_a_minute_is_waited_for_a_word() -> None:
    assert ORPHANED_AFTER_MS == 60_000


def test_who_was_taken_for_gone_is_forgotten_an_hour_later() -> None:
    for later_ms, entered in ((3_599_999, [ENTERED]), (3_600_000, [])):
        translator = after(START)
        list(translator.end_orphaned(AT, "m1", None))
        assert translator.expire(AT + later_ms) == []
        assert translator.translate(AT, OFFERED)[:1] == entered


def test_who_comes_back_after_being_taken_for_gone_is_another() -> None:
    for again in (START, RESUME, BRIDGED):
        translator = after(START)
        list(translator.end_orphaned(AT, "m1", None))
        assert translator.translate(AT, again)
        assert isinstance(translator.translate(AT, cancelled("BREAK_OUT"))[-1], events.CallEnded)
