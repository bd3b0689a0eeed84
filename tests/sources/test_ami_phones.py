"""One telephone, several members: what the switch says of it holds for each of them."""

from __future__ import annotations

import pytest

from ccmon.events import AgentAvailable, AgentUnavailable, CallHeld, FloorEvent, OtherCallEnded, OtherCallStarted
from ccmon.sources.ami.phones import SETTLE_MS, DeviceState, Phones
from ccmon.sources.ami.translator import ManagerTranslator
from tests.sources.test_ami_translator import member, of_call, packet

ANN, BOB = ("ann", "PJSIP/7"), ("bob", "PJSIP/7")
CAT = ("cat", "PJSIP/8")


def seen(phones: Phones, at: int, agent: tuple[str, str], state: int) -> list[FloorEvent]:
    return list(phones.seen(at, *agent, state))


@pytest.mark.parametrize("state", [DeviceState.UNAVAILABLE, DeviceState.INVALID])
def test_a_dead_telephone_is_dead_for_everybody_at_it(state: DeviceState) -> None:
    phones = Phones()
    for agent in (ANN, BOB, CAT):
        seen(phones, 0, agent, DeviceState.NOT_IN_USE)
    assert seen(phones, 1, BOB, state) == [AgentUnavailable(1, "ann"), AgentUnavailable(1, "bob")]
    assert seen(phones, 2, ANN, DeviceState.NOT_IN_USE) == [AgentAvailable(2, "ann"), AgentAvailable(2, "bob")]


@pytest.mark.parametrize(
    ("state", "busy"),
    [
        (DeviceState.UNKNOWN, False),
        (DeviceState.NOT_IN_USE, False),
        (DeviceState.IN_USE, True),
        (DeviceState.BUSY, True),
        (DeviceState.INVALID, False),
        (DeviceState.UNAVAILABLE, False),
        (DeviceState.RINGING, False),
        (DeviceState.RING_IN_USE, True),
        (DeviceState.ON_HOLD, True),
    ],
)
def test_a_telephone_in_use_is_busy_after_a_second(state: DeviceState, busy: bool) -> None:
    phones = Phones()
    seen(phones, 0, ANN, DeviceState.NOT_IN_USE)
    seen(phones, 5_000, ANN, state)
    assert list(phones.expire(5_000 + SETTLE_MS - 1, ())) == []
    assert list(phones.expire(5_000 + SETTLE_MS, {"ann"})) == []
    assert list(phones.expire(5_000 + SETTLE_MS, ())) == [OtherCallStarted(5_000 + SETTLE_MS, "ann")] * busy
    assert list(phones.expire(5_001 + SETTLE_MS, ())) == []
    told = seen(phones, 9_000, ANN, DeviceState.NOT_IN_USE)
    assert any(isinstance(event, OtherCallEnded) for event in told) == busy


def test_one_of_two_telephones_makes_the_agent_reachable_and_busy() -> None:
    phones = Phones()
    seen(phones, 0, ANN, DeviceState.UNAVAILABLE)
    assert seen(phones, 1, ("ann", "PJSIP/9"), DeviceState.IN_USE) == [AgentAvailable(1, "ann")]
    assert list(phones.expire(1 + SETTLE_MS, ())) == [OtherCallStarted(1 + SETTLE_MS, "ann")]
    assert list(phones.gone(2_000, "ann", "PJSIP/9")) == [OtherCallEnded(2_000, "ann"), AgentUnavailable(2_000, "ann")]
    assert list(phones.gone(3_000, "ann", "PJSIP/7")) == [AgentAvailable(3_000, "ann")]


def test_what_was_told_before_a_new_connection_is_not_told_again() -> None:
    phones = Phones(on_other_call=["ann"], unavailable=["bob"])
    assert seen(phones, 0, ANN, DeviceState.IN_USE) == []
    assert list(phones.expire(60_000, ())) == []
    assert seen(phones, 60_000, ANN, DeviceState.NOT_IN_USE) == [OtherCallEnded(60_000, "ann")]
    assert seen(phones, 60_000, ("bob", "PJSIP/9"), DeviceState.UNAVAILABLE) == []


def test_a_call_at_the_telephones_number_is_whoever_is_at_it() -> None:
    translator = ManagerTranslator()
    translator.translate(0, member(status=2))
    translator.translate(0, of_call("AgentConnect", MemberName="", DestUniqueid="1.2"))
    assert translator.engaged() == {"7", "ann"}
    assert translator.expire(60_000) == []


def test_a_call_of_ones_own_is_not_the_others() -> None:
    translator = ManagerTranslator()
    translator.translate(0, member(status=1))
    translator.translate(0, member(status=1, agent="bob", Queue="support"))
    translator.translate(0, of_call("QueueCallerJoin"))
    translator.translate(0, of_call("AgentCalled", DestUniqueid="1.2"))
    assert translator.engaged() == {"7", "ann"}
    translator.translate(1, of_call("AgentConnect", DestUniqueid="1.2"))
    translator.translate(1, member(status=2))
    assert translator.engaged() == {"7", "ann"}
    assert translator.expire(1 + SETTLE_MS) == [OtherCallStarted(1 + SETTLE_MS, "bob")]
    translator.translate(60_000, of_call("AgentComplete"))
    assert translator.engaged() == set()
    assert translator.translate(60_100, member(status=1)) == [OtherCallEnded(60_100, "bob")]
    assert translator.expire(70_000) == []


def test_a_hold_at_the_telephone_is_that_of_the_one_who_talks() -> None:
    translator = ManagerTranslator()
    translator.translate(0, member(status=1))
    translator.translate(0, member(status=1, agent="bob", Queue="support"))
    translator.translate(0, of_call("AgentConnect", DestUniqueid="1.2"))
    held = translator.translate(1, packet("Hold", Channel="PJSIP/7-1", Uniqueid="9.9"))
    assert held == [CallHeld(1, "1.1", "ann")]
