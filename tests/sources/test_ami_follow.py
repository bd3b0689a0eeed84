"""A follower on a real TCP socket, against the recording and against every way in which a switch lets one down."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccmon.sources.ami.follow import ManagerSession
from ccmon.sources.ami.translator import Translator
from tests.sources import asterisk_recording as recording
from tests.sources.following import call_database, following
from tests.sources.manager_server import ManagerServer


def first_status() -> bytes:
    found = bytearray()
    for packet in recording.first_status():
        if packet["Event"] != "QueueStatusComplete" and packet["Event"]:
            headers = [(name, value) for name, value in packet.lines if name != "ActionID"]
            found += "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n"
    return bytes(found)


def test_the_recorded_floor_over_tcp_is_the_engines_at_all_moments(tmp_path: Path) -> None:
    understands = Translator().understands
    interfaces = recording.Interfaces()
    arrivals = recording.arrivals()[1:]
    packets = [packet for _, packet in recording.packets()]
    with (
        ManagerServer(status=first_status) as server,
        following(call_database(tmp_path), lambda say: ManagerSession(server.login(), say=say), "ami") as follower,
    ):
        follower.wait_for(lambda: bool(follower.said), "a connection")
        sent = records = 0
        for moment in recording.moments():
            upto = next((i for i, arrival in enumerate(arrivals) if arrival.at > moment.at), len(arrivals))
            for packet in packets[sent:upto]:
                interfaces.learn(packet)
                records += understands(packet)
            server.send(recording.stream()[arrivals[sent].start : arrivals[upto - 1].end])
            sent = upto
            follower.wait_for_records(records)
            shown = follower.snapshot()
            assert sorted(call.queue for call in shown.waiting) == [queue for queue, _ in moment.waiting]
            members = sorted((m.queue, interfaces[m.agent]) for m in shown.memberships)
            assert members == moment.members
            paused = [(m.queue, interfaces[m.agent], m.reason or "") for m in shown.memberships if m.paused]
            assert sorted(paused) == moment.paused
            assert {interfaces[a.login] for a in shown.agents if a.state in {"talking", "hold"}} == moment.connected
            assert {interfaces[a.login] for a in shown.agents if a.state == "ringing"} == moment.ringing
        assert records > 2000
        total = follower.snapshot().total
        assert (total.offered, total.answered, total.abandoned) == (272, 195, 64)
        assert (total.no_agents, total.timed_out, total.diverted, total.unknown, total.open) == (5, 3, 5, 0, 0)
    assert follower.fault is None


def test_a_wrong_password_is_one_sentence(tmp_path: Path) -> None:
    with (
        ManagerServer() as server,
        following(
            call_database(tmp_path), lambda say: ManagerSession(server.login("wrong"), say=say), "ami"
        ) as follower,
        pytest.raises(AssertionError, match=r"refuses the manager user ccmon \(Authentication failed\): see user"),
    ):
        follower.wait_for(lambda: False, "nothing")
