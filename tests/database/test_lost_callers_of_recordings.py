"""Callers who gave up in both recordings, beside counts from the raw records alone."""

from __future__ import annotations

import lzma
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest

from ccmon.database import reader
from ccmon.metrics.first_contact import WITHHELD
from ccmon.metrics.lost_callers import CallerState
from tests.floors import known
from tests.goldens.moments import RECORDING, database_of
from tests.sources.freeswitch_recording import events

SHORT_S = 5
ENDS = {
    "ABANDON", "EXITEMPTY", "EXITWITHTIMEOUT", "EXITWITHKEY", "WITHDRAW", "COMPLETEAGENT", "COMPLETECALLER",
    "BLINDTRANSFER", "ATTENDEDTRANSFER",
}  # fmt: skip


class RawVisit(NamedTuple):
    """A visit as the switch's own records tell of it; moments are its seconds."""

    call: str
    queue: str
    number: str
    entered: int
    answered: int | None
    left: int | None
    is_lost: bool


def of_asterisk() -> Iterator[RawVisit]:
    """Visits of the queue log: what follows ENTERQUEUE, up to the next record that ends the visit."""
    entered: dict[tuple[str, str], tuple[int, str]] = {}
    answered: dict[tuple[str, str], int] = {}
    for line in lzma.decompress(RECORDING.read_bytes()).decode().splitlines():
        at, call, queue, _, event, *rest = line.split("|")
        visit, moment = (call, queue), int(at)
        if event == "ENTERQUEUE":
            entered[visit] = moment, rest[1]
        elif event == "CONNECT":
            answered[visit] = moment
        elif event in ENDS and visit in entered:
            begun, number = entered.pop(visit)
            connected = answered.pop(visit, None)
            gave_up = event == "ABANDON" and moment - begun > SHORT_S
            lost = connected is None and (gave_up or event in {"EXITEMPTY", "EXITWITHTIMEOUT"})
            yield RawVisit(call, queue, number, begun, connected, moment, lost)
    for (call, queue), (begun, number) in entered.items():
        yield RawVisit(call, queue, number, begun, answered.get((call, queue)), None, is_lost=False)


def of_freeswitch() -> Iterator[RawVisit]:
    """Members of the queues, by the event with which the switch takes each out."""
    for _, event in events():
        if event.get("CC-Action") != "member-queue-end":
            continue
        joined, left = int(event["CC-Member-Joined-Time"]), int(event["CC-Member-Leaving-Time"])
        served = int(event.get("CC-Agent-Answered-Time", 0)) or None if event["CC-Cause"] == "Terminated" else None
        why = event.get("CC-Cancel-Reason", "")
        gave_up = why == "BREAK_OUT" and left - joined > SHORT_S
        is_lost = served is None and (gave_up or why in {"TIMEOUT", "NO_AGENT_TIMEOUT"})
        yield RawVisit(
            event["CC-Member-UUID"], event["CC-Queue"], event["CC-Member-CID-Number"], joined, served, left, is_lost
        )


def went_on(lost: RawVisit, visits: Iterable[RawVisit]) -> bool:
    """Whether somebody answered the same phone call in another queue."""
    later = [visit.answered for visit in visits if visit.call == lost.call]
    return any(answered is not None and answered >= lost.entered for answered in later)


@pytest.mark.parametrize(("name", "visits"), [("asterisk_run1", of_asterisk), ("freeswitch_run1", of_freeswitch)])
def test_the_callers_of_a_recording_who_gave_up(name: str, visits: Any) -> None:
    """Grouped by number: whoever has no connection after the last lost visit has not been answered since."""
    by_number: defaultdict[str, list[RawVisit]] = defaultdict(list)
    for visit in visits():
        by_number[visit.number].append(visit)
    expected, withheld = {}, 0
    for number, own in by_number.items():
        lost = [visit for visit in own if visit.is_lost and not went_on(visit, own)]
        if number.lower() in WITHHELD or not number:
            withheld += len(lost)
        elif lost:
            last = max(lost, key=lambda visit: visit.left or 0)
            again = any(visit.answered is not None and visit.answered >= last.entered for visit in own)
            waits = any(visit.answered is None and visit.left is None for visit in own)
            expected[number] = len(lost), "called again" if again else "waiting again" if waits else "to call back"
    last_moment = max(visit.left or visit.entered for visit in visits()) * 1000 + 60_000
    found = known(reader.snapshot(database_of(name), last_moment).lost_callers)
    shown = {
        each.phone: (each.times, each.state.value) for each in found.items if each.state is not CallerState.WITHHELD
    }
    assert shown == expected
    assert found.withheld == withheld
    assert len(expected) > 20, "most numbers of a recording call once"
