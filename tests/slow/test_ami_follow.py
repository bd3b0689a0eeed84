"""A follower on a real TCP socket, against the recording and against every way in which a switch lets one down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from ccmon.errors import CcmonError
from ccmon.sources.ami.connection import Manager
from ccmon.sources.ami.follow import ManagerSession
from ccmon.sources.ami.translator import ManagerTranslator
from ccmon.sources.connection import Backoff, ConnectionLostError, SwitchStartingError
from tests.sources import asterisk_recording as recording
from tests.sources.follower_thread import Follower, call_database, following
from tests.sources.manager_packets import caller, complete, connect, first_status, join, leave, member
from tests.sources.manager_server import ManagerServer, lines


def test_the_recorded_floor_over_tcp_is_the_engines_at_all_moments(tmp_path: Path) -> None:
    understands = ManagerTranslator().understands
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
    assert follower.error is None


def test_a_wrong_password_is_one_sentence(tmp_path: Path) -> None:
    with (
        ManagerServer() as server,
        following(
            call_database(tmp_path), lambda say: ManagerSession(server.login("wrong"), say=say), "ami"
        ) as follower,
        pytest.raises(AssertionError, match=r"refuses the manager user ccmon \(Authentication failed\): see user"),
    ):
        follower.wait_for(lambda: False, "nothing")


@contextmanager
def floor(folder: Path, status: bytes = b"", clock_ahead_s: float = 0) -> Iterator[tuple[ManagerServer, Follower]]:
    with (
        ManagerServer(status=lambda: status, clock_ahead_s=clock_ahead_s) as server,
        following(call_database(folder), lambda say: ManagerSession(server.login(), say=say), "ami") as follower,
    ):
        follower.wait_for(lambda: any("connected" in said for said in follower.said), "a connection")
        yield server, follower
    assert follower.error is None


def total(follower: Follower) -> tuple[int, int, int, int, int]:
    """Offered, answered, handled, unknown, open."""
    shown = follower.snapshot().total
    return shown.offered, shown.answered, shown.handled, shown.unknown, shown.open


def test_a_proxy_that_answers_to_little_and_takes_the_ids_away_is_followed(tmp_path: Path) -> None:
    with (
        ManagerServer(status=lambda: member("ann") + caller("1.1", 90)) as server,
        patch("ccmon.sources.ami.connection._OPTIONAL_S", 0.3),
        following(call_database(tmp_path), lambda say: ManagerSession(server.login(), say=say), "ami") as follower,
    ):
        server.echoes, server.silent = False, {"Challenge", "CoreShowChannels", "Ping"}
        server.cut()
        follower.wait_for(lambda: total(follower)[0] == 1, "the caller who waits")
        server.send(join("1.2"))
        follower.wait_for(lambda: len(follower.snapshot().waiting) == 2, "both callers")
        assert [agent.login for agent in follower.snapshot().agents] == ["ann"]
    assert follower.error is None


def test_callers_who_wait_already_are_taken_in_with_their_wait(tmp_path: Path) -> None:
    with floor(tmp_path, member("ann") + caller("1.1", 90)) as (_, follower):
        (waiting,) = follower.snapshot().waiting
        assert 85_000 < follower.snapshot().at - waiting.entered_at < 120_000
        assert waiting.caller == "0612"


def test_a_caller_for_whom_it_rang_before_the_connection_is_answered(tmp_path: Path) -> None:
    with floor(tmp_path, member("ann", Status="6") + caller("1.1", 3) + caller("1.2", 2)) as (server, follower):
        server.send(leave("1.1") + connect("1.1", "ann"))
        follower.wait_for(lambda: total(follower) == (2, 1, 0, 0, 1), "the answer")
        assert [agent.state for agent in follower.snapshot().agents] == ["talking"]
        server.send(complete("1.1", "ann"))
        follower.wait_for(lambda: total(follower) == (2, 1, 1, 0, 1), "the end of the call")
        with patch("ccmon.sources.ami.translator.CONNECT_MS", 100):
            server.send(leave("1.2"))
            follower.wait_for(lambda: follower.snapshot().total.diverted == 1, "an exit by key")


def test_a_connection_cut_in_the_middle_of_a_packet_loses_nothing_that_can_still_be_told(tmp_path: Path) -> None:
    with floor(tmp_path, member("ann")) as (server, follower):
        server.send(join("1.1") + join("1.2") + join("1.3") + connect("1.3", "ann") + join("1.4")[:60])
        follower.wait_for_records(4)
        # While nobody listens: 1.1 waits on, 1.2 goes, 1.3 talks on, 1.4 comes.
        server.status = lambda: member("ann", InCall="1", Status="2") + caller("1.1", 2) + caller("1.4", 1)
        server.cut()
        follower.wait_for(lambda: total(follower) == (4, 1, 0, 1, 2), "the floor after the cut")
        assert [agent.state for agent in follower.snapshot().agents] == ["talking"]
        server.send(complete("1.3", "ann") + connect("1.4", "ann"))
        follower.wait_for(lambda: total(follower) == (4, 2, 1, 1, 1), "the end of the call")
        assert any("trying again in" in said for said in follower.said)


def test_a_restart_of_the_switch_ends_its_calls_and_what_was_answered_stays_so(tmp_path: Path) -> None:
    with floor(tmp_path, member("ann") + member("bob", Paused="1", PausedReason="lunch")) as (server, follower):
        server.send(join("1.1") + join("1.2") + connect("1.2", "ann"))
        follower.wait_for_records(3)
        server.status = lambda: member("ann") + member("bob")
        server.cut()
        follower.wait_for(lambda: total(follower) == (2, 1, 0, 1, 0), "the floor after the restart")
        shown = follower.snapshot().total
        assert (shown.cut_off, shown.answered_in_threshold, shown.aht_ms) == (1, 1, None)
        assert [agent.state for agent in follower.snapshot().agents] == ["ready", "ready"]


def test_a_switch_that_has_not_loaded_its_queues_yet_is_asked_again(tmp_path: Path) -> None:
    with (
        ManagerServer(status=lambda: member("ann") + caller("1.1", 3)) as server,
        following(call_database(tmp_path), lambda say: ManagerSession(server.login(), say=say), "ami") as follower,
    ):
        server.unknown = {"QueueStatus"}
        server.cut()
        follower.wait_for(lambda: any("has not loaded its queues" in said for said in follower.said), "a sentence")
        server.unknown = set()
        follower.wait_for(lambda: total(follower)[0] == 1, "the caller who waits")
    assert follower.error is None


def test_the_wait_for_a_switch_that_starts_begins_anew() -> None:
    waits, gone, starting = Backoff(), ConnectionLostError("nobody"), SwitchStartingError("soon")
    assert [waits.next_wait_s(gone) for _ in range(6)] == [1, 2, 4, 8, 16, 30]
    assert [waits.next_wait_s(starting) for _ in range(3)] == [1, 2, 4]
    waits.reset()
    assert waits.next_wait_s(starting) == 1


def test_a_clean_stop_of_the_switch_tells_how_its_calls_ended(tmp_path: Path) -> None:
    with floor(tmp_path, member("ann")) as (server, follower):
        server.send(join("1.1") + join("1.2") + connect("1.2", "ann"))
        follower.wait_for_records(3)
        server.status = lambda: member("ann")
        abandon = lines(Event="QueueCallerAbandon", Queue="sales", Uniqueid="1.1", HoldTime="7", Position="1")
        leave = lines(Event="QueueCallerLeave", Queue="sales", Uniqueid="1.1", Position="1")
        server.send(abandon + leave + complete("1.2", "ann") + lines(Event="Shutdown", Shutdown="Cleanly"))
        follower.wait_for_records(6)
        server.cut()
        follower.wait_for(lambda: sum("connected to" in said for said in follower.said) == 2, "the switch again")
        assert total(follower) == (2, 1, 1, 0, 0)
        assert follower.snapshot().total.abandoned == 1
        server.send(join("2.1"))
        follower.wait_for(lambda: total(follower) == (3, 1, 1, 0, 1), "the next caller")


def test_a_call_that_ended_unseen_ends_when_the_switch_says(tmp_path: Path) -> None:
    with floor(tmp_path, member("ann")) as (server, follower):
        server.send(join("1.1") + connect("1.1", "ann"))
        follower.wait_for_records(2)
        ended = lines(Event="QueueMemberStatus", Queue="sales", MemberName="ann", Interface="PJSIP/ann", Status="2")
        server.send(ended)
        follower.wait_for_records(3)
        server.status = lambda: member("ann", CallsTaken="1", LastCall=str(int(time.time()) + 1))
        server.cut()
        follower.wait_for(lambda: total(follower) == (1, 1, 1, 0, 0), "the end of the call")


def test_a_caller_answered_unseen_is_found_in_the_bridge(tmp_path: Path) -> None:
    with floor(tmp_path, member("ann")) as (server, follower):
        server.send(join("1.1"))
        follower.wait_for_records(1)
        server.status = lambda: member("ann", InCall="1", Status="2")
        bridge = {"Event": "CoreShowChannel", "BridgeId": "b1", "Duration": "00:00:01"}
        server.channels = lines(**bridge, Uniqueid="1.1", Channel="PJSIP/trunk-1") + lines(
            **bridge, Uniqueid="1.9", Channel="PJSIP/ann-00000002"
        )
        server.cut()
        follower.wait_for(lambda: total(follower) == (1, 1, 0, 0, 0), "the answer")
        server.send(complete("1.1", "ann"))
        follower.wait_for(lambda: total(follower) == (1, 1, 1, 0, 0), "the end")


def test_a_clock_an_hour_off_is_said_and_moments_are_ours(tmp_path: Path) -> None:
    ahead = int(time.time()) + 3600
    status = member("ann", Paused="1", PausedReason="lunch", LastPause=str(ahead - 60))
    with floor(tmp_path, status, clock_ahead_s=3600) as (server, follower):
        assert any("clock is 3600 s ahead" in said or "clock is 3599 s ahead" in said for said in follower.said)
        server.send(join("1.1"))
        follower.wait_for_records(1)
        shown = follower.snapshot()
        assert abs(shown.at - shown.waiting[0].entered_at) < 30_000
        (agent,) = shown.agents
        assert (agent.state, agent.reason) == ("paused", "lunch")
        assert agent.since is not None
        assert 50_000 < shown.at - agent.since < 90_000


def test_an_event_for_a_queue_nobody_knows_and_of_a_call_nobody_saw(tmp_path: Path) -> None:
    with floor(tmp_path, member("ann")) as (server, follower):
        server.send(join("1.1", queue="new") + lines(Event="QueueCallerLeave", Queue="none", Uniqueid="9.9"))
        server.send(connect("8.8", "ann", queue="other") + complete("8.8", "ann", queue="other"))
        server.send(b"Event: QueueCallerJoin\r\n\r\n: x\r\n\r\nEvent: AgentConnect\r\n\r\n" + join("1.2"))
        follower.wait_for(lambda: len(follower.snapshot().waiting) == 2, "both callers")
        names = {queue.name: (queue.offered, queue.handled) for queue in follower.snapshot().queues}
        assert names == {"new": (1, 0), "other": (1, 1), "sales": (1, 0)}


def test_names_that_harm_are_texts(tmp_path: Path) -> None:
    with floor(tmp_path, member("ann")) as (server, follower):
        server.send(join("1.1", name="\x1b]0;x\x07[bold red]\ud7ff" + "x" * 4000))
        server.send(join("1.2").replace(b"Ann", b"Zo\xeb"))
        follower.wait_for(lambda: len(follower.snapshot().waiting) == 2, "both callers")


def test_two_followers_of_one_source_are_one_too_many(tmp_path: Path) -> None:
    with floor(tmp_path) as (server, follower):
        session = ManagerSession(server.login(), say=follower.said.append)
        with pytest.raises(CcmonError, match="is writing the source"):
            session.follow(follower.path, source="ami", stop=follower.stop)


def test_who_is_no_manager_or_too_old_is_told_apart(tmp_path: Path) -> None:
    for banner, sentence in (
        (b"SSH-2.0-OpenSSH_9.2\r\n", "is not an Asterisk manager"),
        (b"Asterisk Call Manager/1.3\r\n", "Asterisk 12 or newer is needed"),
    ):
        with ManagerServer() as server:
            server.banner = banner
            with pytest.raises(CcmonError, match=sentence):
                Manager(server.login())


def test_nobody_at_the_port_is_tried_again_until_stopped(tmp_path: Path) -> None:
    with ManagerServer() as server:
        login = server.login()
    with following(call_database(tmp_path), lambda say: ManagerSession(login, say=say), "ami") as follower:
        follower.wait_for(lambda: bool(follower.said), "a word")
        assert follower.said[0].startswith(f"no connection to 127.0.0.1:{login.port}: Connection refused; trying again")
    assert follower.error is None
