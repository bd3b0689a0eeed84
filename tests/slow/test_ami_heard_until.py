"""A caller who left while it rang pressed a key only if the switch told of no connection: a silence of ours is none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from ccmon.real_time import real_now
from ccmon.sources.ami import connection
from ccmon.sources.ami.connection import Manager
from ccmon.sources.ami.follow import ManagerSession
from ccmon.sources.ami.translator import CONNECT_MS, ManagerTranslator
from ccmon.sources.ami.with_queue_log import LogAndManager
from ccmon.sources.connection import Login
from tests.processes import wait_until
from tests.sources.follower_thread import call_database, following
from tests.sources.manager_packets import connect, join, leave, member
from tests.sources.manager_server import ManagerServer, lines
from tests.sources.test_ami_translator import of_call


def called(call_id: str) -> bytes:
    return lines(
        Event="AgentCalled",
        Queue="sales",
        Uniqueid=call_id,
        DestUniqueid=f"{call_id}.a",
        Interface="PJSIP/ann",
        MemberName="ann",
    )


class Clock:
    """This machine's, which a stop of the process moves on."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        return real_now() + self.ahead_ms


def test_a_reader_that_was_stopped_takes_no_served_call_for_an_exit(tmp_path: Path) -> None:
    clock = Clock()
    with (
        ManagerServer(status=lambda: member("ann")) as server,
        patch("ccmon.sources.ami.follow.real_now", clock),
        following(call_database(tmp_path), lambda say: ManagerSession(server.login(), say=say), "ami") as follower,
    ):
        follower.wait_for(lambda: any("connected" in said for said in follower.said), "a connection")
        server.send(join("1.1") + called("1.1") + leave("1.1"))
        follower.wait_for_records(3)
        clock.ahead_ms = 3 * CONNECT_MS
        server.send(join("2.1"))
        follower.wait_for_records(4)
        assert follower.snapshot().total.diverted == 0
        server.send(connect("1.1", "ann"))
        follower.wait_for(lambda: follower.snapshot().total.answered == 1, "the answer")
        assert follower.snapshot().total.diverted == 0
    assert follower.error is None


def waiting_after_a_leave() -> ManagerTranslator:
    translator = ManagerTranslator()
    for told in (of_call("QueueCallerJoin"), of_call("AgentCalled", DestUniqueid="1.2"), of_call("QueueCallerLeave")):
        translator.translate(0, told)
    return translator


@pytest.mark.parametrize(
    ("at", "heard_until", "ended"),
    [
        (CONNECT_MS - 1, None, False),
        (CONNECT_MS, None, True),
        (10 * CONNECT_MS, CONNECT_MS - 1, False),
        (10 * CONNECT_MS, CONNECT_MS, True),
    ],
)
def test_an_exit_is_judged_by_what_has_been_heard(at: int, heard_until: int | None, ended: bool) -> None:
    assert bool(waiting_after_a_leave().expire(at, heard_until)) == ended


def test_a_connection_after_a_stall_is_a_connection() -> None:
    translator = waiting_after_a_leave()
    assert not translator.expire(60_000, 500)
    assert translator.translate(60_000, of_call("AgentConnect", DestUniqueid="1.2"))


@contextmanager
def manager(server: ManagerServer, clock: Clock) -> Iterator[Manager]:
    with patch.object(connection, "real_now", clock), Manager(server.login()) as logged_in:
        logged_in.status()
        yield logged_in


def receive(reader: Manager, event: str) -> None:
    wait_until(lambda: any(packet["Event"] == event for _, packet in reader.receive()), what=event)


def receive_until_heard_later(reader: Manager, than: int, clock: Clock, *, each_ms: int = 0) -> None:
    """Receive, and let the clock go on each time, until more is known to have come."""

    def heard() -> bool:
        clock.ahead_ms += each_ms
        reader.receive()
        return reader.heard_until != than

    wait_until(heard, what="the answer to a ping")


def test_the_answer_to_a_ping_tells_up_to_when_all_has_come() -> None:
    clock = Clock()
    with ManagerServer() as server, manager(server, clock) as reader:
        heard = reader.heard_until
        server.silent = {"Ping"}
        clock.ahead_ms = 60_000
        server.send(lines(Event="Hold"))
        receive(reader, "Hold")
        assert reader.heard_until == heard
        server.silent = set()
        reader._pinged_at = 0
        asked = clock()
        receive_until_heard_later(reader, heard, clock, each_ms=1_000)
        assert asked <= reader.heard_until <= asked + 2_000


def test_pings_are_answered_in_their_order() -> None:
    clock = Clock()
    with ManagerServer() as server, manager(server, clock) as reader:
        server.silent = {"Ping"}
        sent = []
        for later in (10_000, 20_000):
            clock.ahead_ms, reader._pinged_at = later, 0
            sent.append(clock())
            reader.receive()
        server.send(lines(Response="Success", ActionID="ccmon-ping", Ping="Pong", Timestamp="1.0"))
        heard = reader.heard_until
        receive_until_heard_later(reader, heard, clock)
        assert sent[0] <= reader.heard_until < sent[1]


def test_a_stamp_of_the_switchs_tells_it_too_and_only_forwards() -> None:
    clock = Clock()
    with ManagerServer() as server, manager(server, clock) as reader:
        server.silent = {"Ping"}
        clock.ahead_ms = 600_000
        later = round(time.time()) + 300
        for stamp in (later, later - 200):
            server.send(lines(Event="Hold", Timestamp=f"{stamp}.000000"))
            receive(reader, "Hold")
            assert reader.heard_until == later * 1000
        server.send(lines(Event="Unhold", Timestamp=f"{later + 9_000}.000000"))
        receive(reader, "Unhold")
        assert reader.heard_until <= clock()


@pytest.mark.parametrize("stamp", ["", "inf", "nan", "never"])
def test_a_stamp_that_is_none_tells_nothing(stamp: str) -> None:
    clock = Clock()
    with ManagerServer() as server, manager(server, clock) as reader:
        server.silent = {"Ping"}
        heard, clock.ahead_ms = reader.heard_until, 60_000
        server.send(lines(Event="Hold", Timestamp=stamp))
        receive(reader, "Hold")
        assert reader.heard_until == heard


def test_a_manager_that_answers_no_ping_has_told_all_when_nothing_more_comes() -> None:
    clock = Clock()
    with ManagerServer() as server, patch.object(connection, "_OPTIONAL_S", 0.1):
        server.silent = {"Ping"}
        with manager(server, clock) as reader:
            clock.ahead_ms = 60_000
            until = clock()
            while reader.heard_until < until:
                reader.receive()
            assert until <= reader.heard_until <= clock()


def test_beside_a_queue_log_the_telephone_goes_on_ringing_for_who_may_be_connected(tmp_path: Path) -> None:
    """There the calls are the log's, but a ringing that ends is the manager's word."""
    log = tmp_path / "queue_log"
    log.write_text("")
    both = LogAndManager(
        call_database(tmp_path), log, Login("127.0.0.1", 9, "ccmon", ""), source="pbx", say=lambda _: None
    )
    both._translator = waiting_after_a_leave()
    both._listener.heard_until = CONNECT_MS - 1
    with closing(both._writer), patch.object(both._writer, "apply") as applied:
        assert not both._ingest_manager()
        both._listener.heard_until, both._ticked_at = CONNECT_MS, 0
        assert both._ingest_manager()
    assert applied.called
