"""Ten minutes of a real floor: after every packet up to a moment, the floor is what the engine said it was."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

from ccmon.calls.state_machine import CallStateMachine
from ccmon.events import CallEnded, CallHeld, FloorEvent, OtherCallEnded, OtherCallStarted
from ccmon.model.calls import Outcome
from ccmon.sources.ami.protocol import Packet
from ccmon.sources.ami.reconcile import Reconciliation
from ccmon.sources.ami.translator import ManagerTranslator
from ccmon.sources.ami.with_queue_log import beyond_queue_log
from tests.sources.asterisk_recording import Interfaces, compare, first_status, moments, packets


@cache
def run(without: str = "", filters: tuple[str, ...] = ()) -> list[FloorEvent]:
    """Replay all packets, less those of a class or let through by no filter, and compare at every moment."""
    translator, floor, interfaces = ManagerTranslator(), CallStateMachine(), Interfaces()
    told = list(Reconciliation(translator, floor, next(packets())[0], first_status()).events())
    floor.apply(told)
    left, ticked_at = moments(), 0
    for at, packet in packets():
        while left and at > left[0].at:
            compare(floor, left[0], interfaces, late_losers=bool(without))
            left = left[1:]
        interfaces.learn(packet)
        heard = not filters or any(re.search(each, _text(packet)) for each in filters)
        events: list[FloorEvent] = []
        if at - ticked_at >= 250:
            events, ticked_at = translator.expire(at), at
        if heard and without not in packet["Privilege"].split(","):
            events += translator.translate(at, packet)
        told += events
        floor.apply(events)
    compare(floor, left[0], interfaces, late_losers=bool(without))
    assert len(left) == 1
    return told


def _text(packet: Packet) -> str:
    """A packet as the switch's filters see it."""
    return "".join(f"{name}: {value}\r\n" for name, value in packet.lines)


def outcomes(told: list[FloorEvent]) -> Counter[Outcome]:
    return Counter(event.outcome for event in told if isinstance(event, CallEnded))


# The queue log of the same ten minutes, record by record.
ANSWERED = {"COMPLETEAGENT": 110, "COMPLETECALLER": 53, "BLINDTRANSFER": 22, "ATTENDEDTRANSFER": 10}
SENT_AWAY = {Outcome.NO_AGENTS, Outcome.TIMEOUT}
ABANDON, EXITEMPTY, EXITWITHTIMEOUT, WITHDRAW, EXITWITHKEY = 64, 5, 1, 2, 5


def test_the_floor_is_the_engines_at_all_moments() -> None:
    assert outcomes(run()) == {
        Outcome.ANSWERED: sum(ANSWERED.values()),
        Outcome.ABANDONED: ABANDON,
        Outcome.NO_AGENTS: EXITEMPTY,
        Outcome.TIMEOUT: EXITWITHTIMEOUT + WITHDRAW,
        Outcome.EXIT_KEY: EXITWITHKEY,
    }
    ends = [event for event in run() if isinstance(event, CallEnded)]
    assert {end.ended_by for end in ends if end.outcome in SENT_AWAY} == {"system"}
    ended_by = Counter(end.ended_by for end in ends if end.talked_ms is not None)
    assert ended_by == {"agent": 110, "caller": 53, "transfer": 32}


def test_rights_for_the_agent_class_alone_tell_no_hang_up_from_a_time_out() -> None:
    told = run(without="call")
    assert outcomes(told) == {
        Outcome.ANSWERED: sum(ANSWERED.values()),
        Outcome.ABANDONED: ABANDON + EXITEMPTY + EXITWITHTIMEOUT + WITHDRAW,
        Outcome.EXIT_KEY: EXITWITHKEY,
    }
    assert not any(isinstance(event, CallHeld) for event in told)


def test_the_filters_of_the_documentation_keep_back_nothing_that_is_needed() -> None:
    page = (Path(__file__).parents[2] / "docs" / "switches.md").read_text()
    filters = tuple(re.findall(r"^    eventfilter = (.+)$", page, re.MULTILINE))
    assert len(filters) >= 3
    assert run(filters=filters) == run()
    passed = sum(any(re.search(each, _text(packet)) for each in filters) for _, packet in packets())
    assert passed < sum(1 for _ in packets()) / 2


def test_every_kind_is_told_as_often_as_the_engine_sent_it() -> None:
    counts = Counter(type(event).__name__ for event in run())
    assert (counts["CallEntered"], counts["CallAnswered"], counts["CallMissed"]) == (272, 195, 34)
    assert (counts["CallOffered"], counts["CallHeld"], counts["MemberLeft"]) == (265, 13, 18)
    # "Temp, 73" sits down at a telephone while "CLI Temp 73" still talks at it.
    busy = [event for event in run() if isinstance(event, OtherCallStarted | OtherCallEnded)]
    assert [(type(event), event.agent) for event in busy] == [
        (OtherCallStarted, "Temp, 73"),
        (OtherCallEnded, "Temp, 73"),
    ]


def test_beside_the_queue_log_only_what_no_log_holds_is_told() -> None:
    counts = Counter(type(event).__name__ for event in beyond_queue_log(run()))
    assert counts == {
        "CallOffered": 265,
        "OfferWithdrawn": 70,
        "CallHeld": 13,
        "CallResumed": 13,
        "AgentKnownAs": 22,
        "OtherCallStarted": 1,
        "OtherCallEnded": 1,
    }
