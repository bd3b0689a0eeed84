"""A follower on a real event socket and on a database that is written meanwhile, and their faults."""

from __future__ import annotations

import json
import math
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ccmon.errors import CcmonError
from ccmon.sources.freeswitch import database
from ccmon.sources.freeswitch.event_socket import MessageParser
from ccmon.sources.freeswitch.follow import DatabaseSession, EventSocketSession
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.freeswitch.translator import EventTranslator
from tests.sources.event_socket_server import QUIET, EventSocketServer, event, said_whatever_is_asked
from tests.sources.follower_thread import Follower, call_database, following
from tests.sources.freeswitch_recording import events, moments, put, stream, subscribed, subscribed_now, told


def connected(follower: Follower) -> None:
    follower.wait_for(lambda: any("connected" in said or "reading" in said for said in follower.said), "a connection")


def status(path: Path) -> dict[str, Any]:
    """``ccmon status --json``."""
    command = [sys.executable, "-m", "ccmon", "status", "--json", "--db", str(path)]
    shown = subprocess.run(command, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


def test_the_recorded_stream_over_tcp_ends_in_the_switchs_own_counts(tmp_path: Path) -> None:
    first = moments()[0].tables
    agents = "".join(f"{a.name}|{a.status}|{a.state}|{a.wrap_up_time}\n" for a in first.agents)
    tiers = "".join(f"{tier.queue}|{tier.agent}|{tier.state}\n" for tier in first.tiers)
    answers = QUIET | {
        "callcenter_config agent list": f"name|status|state|wrap_up_time\n{agents}+OK\n",
        "callcenter_config tier list": f"queue|agent|state\n{tiers}+OK\n",
    }
    understands = EventTranslator(ReportedAgents()).understands
    with (
        EventSocketServer(answers) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
    ):
        connected(follower)
        server.send(subscribed_now())
        follower.wait_for_records(sum(understands(headers) for _, headers in events()))
        shown = status(follower.path)["total"]
        assert (shown["offered"], shown["answered"], shown["abandoned"], shown["diverted"]) == (198, 129, 59, 10)
        assert (shown["waiting"], shown["talking"], shown["unknown"]) == (0, 0, 0)
    assert follower.error is None


def counted(path: Path) -> dict[str, int]:
    """Calls by class, of whatever day."""
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT class, count(*) FROM calls GROUP BY class"))


def test_a_stream_that_was_held_up_for_hours_tells_of_then(tmp_path: Path) -> None:
    understands = EventTranslator(ReportedAgents()).understands
    with (
        EventSocketServer(QUIET) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
    ):
        connected(follower)
        server.send(subscribed())
        follower.wait_for_records(sum(understands(headers) for _, headers in events()))
        assert counted(follower.path) == {"answered": 129, "abandoned": 59, "diverted": 10}
    assert follower.error is None


def test_an_event_that_arrives_with_a_heartbeat_is_written_at_once(tmp_path: Path) -> None:
    with (
        EventSocketServer(QUIET) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
        patch("ccmon.sources.freeswitch.follow.BEAT_S", math.inf),
    ):
        connected(follower)
        start = event(CC_Action="member-queue-start", CC_Member_UUID="m1", CC_Queue="sales")
        server.send(start + event(Event_Name="HEARTBEAT"))
        follower.wait_for(lambda: follower.snapshot().total.waiting == 1, "the caller")
    assert follower.error is None


def test_the_bytes_of_the_recording_alone_are_enough(tmp_path: Path) -> None:
    """Every channel's events among them, and no answer to any question."""
    understands = EventTranslator(ReportedAgents()).understands
    with (
        said_whatever_is_asked(stream()) as login,
        patch("ccmon.sources.freeswitch.event_socket._OPTIONAL_S", 0.3),
        following(call_database(tmp_path), lambda say: EventSocketSession(login, say=say), "freeswitch") as follower,
    ):
        connected(follower)
        follower.wait_for_records(sum(understands(headers) for _, headers in events()))
        assert counted(follower.path) == {"answered": 129, "abandoned": 59, "diverted": 10}
        assert any("answers no questions; callers and agents appear with their next" in said for said in follower.said)
    assert follower.error is None


def test_the_callers_of_an_old_database_are_no_ghosts_before_it_has_been_watched_for_hours(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.db"
    put(moments()[10], file, now=False)
    with following(call_database(tmp_path), lambda say: DatabaseSession(file, say=say), "freeswitch") as follower:
        connected(follower)
        theirs = told(database.read(file))
        assert counted(follower.path)["open"] == len(theirs.waiting) > 0
        put(moments()[12], file, now=False)
        theirs = told(database.read(file))
        follower.wait_for(lambda: counted(follower.path)["open"] == len(theirs.waiting), "moment 12")
    assert follower.error is None


def call(uuid: str, action: str, **headers: str) -> bytes:
    return event(CC_Action=action, CC_Member_UUID=uuid, CC_Queue="sales", **headers)


def test_a_failed_bridge_undoes_the_answer_and_a_caller_may_come_back(tmp_path: Path) -> None:
    with (
        EventSocketServer(QUIET) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
    ):
        connected(follower)
        server.send(call("m1", "member-queue-start") + call("m1", "bridge-agent-start", CC_Agent="ann"))
        follower.wait_for(lambda: follower.snapshot().total.answered == 1, "the answer")
        server.send(call("m1", "bridge-agent-end", CC_Agent="ann", CC_Agent_Bridged="false"))
        follower.wait_for(lambda: follower.snapshot().total.waiting == 1, "its end")
        assert [agent.state for agent in follower.snapshot().agents] == ["ready"]
        server.send(call("m1", "member-queue-end", CC_Cause="Cancel", CC_Cancel_Reason="BREAK_OUT"))
        server.send(call("m1", "member-queue-resume") + call("m1", "agent-offering", CC_Agent="ann"))
        follower.wait_for(lambda: follower.snapshot().agents[0].state == "ringing", "the ringing")
        total = follower.snapshot().total
        assert (total.offered, total.answered, total.abandoned, total.waiting) == (2, 0, 1, 1)


def test_after_a_cut_the_switch_is_asked_for_what_was_missed(tmp_path: Path) -> None:
    with (
        EventSocketServer(QUIET) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
    ):
        connected(follower)
        talk = call("m1", "member-queue-start") + call("m1", "bridge-agent-start", CC_Agent="ann")
        server.send(talk + call("m2", "member-queue-start"))
        follower.wait_for_records(3)
        now = int(time.time())
        server.answers = QUIET | {
            "callcenter_config agent list": f"name|status|state|last_bridge_end\nann|On Break|Waiting|{now + 9}\n+OK\n",
            "callcenter_config queue list members": (
                "queue|uuid|state|joined_epoch|abandoned_epoch\n"
                f"sales|m2|Abandoned|{now}|{now}\nsales|m3|Waiting|{now}|0\n+OK\n"
            ),
        }
        server.send(call("m3", "member-queue-start")[:50])
        server.cut()
        follower.wait_for(lambda: follower.snapshot().total.abandoned == 1, "the floor after the cut")
        shown = follower.snapshot()
        assert (shown.total.offered, shown.total.answered, shown.total.handled, shown.total.open) == (3, 1, 1, 1)
        assert [agent.state for agent in shown.agents] == ["paused"]


def test_a_switch_that_crashed_leaves_nobody_waiting_or_talking(tmp_path: Path) -> None:
    """At its start it abandons every row of before, without a moment."""
    with (
        EventSocketServer(QUIET) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
    ):
        connected(follower)
        server.send(call("m1", "member-queue-start") + call("m1", "bridge-agent-start", CC_Agent="ann"))
        server.send(call("m2", "member-queue-start"))
        follower.wait_for_records(3)
        now = int(time.time())
        rows = "".join(f"sales|{uuid}|Abandoned|{now}|0\n" for uuid in ("m1", "m2"))
        server.answers = QUIET | {
            "callcenter_config queue list members": f"queue|uuid|state|joined_epoch|abandoned_epoch\n{rows}+OK\n"
        }
        server.cut()
        follower.wait_for(lambda: follower.snapshot().total.unknown == 1, "the floor after the crash")
        shown = follower.snapshot()
        assert (shown.total.offered, shown.total.answered, shown.total.open, shown.waiting) == (2, 1, 0, ())
        assert (shown.total.cut_off, shown.total.handled) == (1, 0)
        assert [agent.state for agent in shown.agents] == ["ready"]
        server.send(call("m3", "member-queue-start"))
        follower.wait_for(lambda: follower.snapshot().total.waiting == 1, "the next caller")
    assert follower.error is None


@pytest.mark.parametrize("ahead_s", [3600, -3600])
def test_a_clock_an_hour_off_is_said_and_moments_are_ours(tmp_path: Path, ahead_s: int) -> None:
    theirs = int(time.time()) + ahead_s
    answers = QUIET | {
        "callcenter_config queue list members": (
            f"queue|uuid|state|joined_epoch|abandoned_epoch\nsales|m1|Waiting|{theirs - 60}|0\n+OK\n"
        )
    }
    with (
        EventSocketServer(answers, clock_ahead_s=ahead_s) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
    ):
        connected(follower)
        way = "ahead of" if ahead_s > 0 else "behind"
        assert any(re.search(rf"clock is (3599|3600|3601) s {way} this machine's", said) for said in follower.said)
        stamp = f"{theirs}000000"
        server.send(call("m2", "member-queue-start", Event_Date_Timestamp=stamp))
        follower.wait_for_records(1)
        shown = follower.snapshot()
        waits = sorted(shown.at - waiting.entered_at for waiting in shown.waiting)
        assert -3_000 < waits[0] < 30_000
        assert 55_000 < waits[1] < 95_000
    assert follower.error is None


def test_a_wrong_password_is_one_sentence(tmp_path: Path) -> None:
    with (
        EventSocketServer(QUIET) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login("no"), say=say), "freeswitch"
        ) as follower,
        pytest.raises(AssertionError, match=r"refuses the password \(invalid\): see event_socket.conf.xml"),
    ):
        follower.wait_for(lambda: False, "nothing")


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"Content-Type: text/html\n\n"]
)
def test_another_server_is_told_at_once(tmp_path: Path, greeting: bytes) -> None:
    with (
        said_whatever_is_asked(greeting) as login,
        following(call_database(tmp_path), lambda say: EventSocketSession(login, say=say), "freeswitch") as follower,
        pytest.raises(AssertionError, match="is not a FreeSWITCH event socket"),
    ):
        follower.wait_for(lambda: False, "nothing")


def test_messages_are_the_same_wherever_the_bytes_are_cut() -> None:
    piece = stream()[:60_000]
    whole = list(MessageParser().feed(piece))
    parser = MessageParser()
    assert [m for i in range(0, len(piece), 7) for m in parser.feed(piece[i : i + 7])] == whole
    assert len(whole) > 5


def test_the_switchs_database_is_followed_while_it_is_written_locked_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.db"
    put(moments()[10], file)
    with following(call_database(tmp_path), lambda say: DatabaseSession(file, say=say), "freeswitch") as follower:
        connected(follower)
        assert any("every caller who leaves unanswered counts as abandoned" in said for said in follower.said)

        def shows(number: int) -> bool:
            shown, theirs = follower.snapshot(), told(database.read(file))
            return (
                len(shown.waiting) == len(theirs.waiting)
                and shown.total.talking == len(theirs.talking)
                and {agent.login for agent in shown.agents if agent.state == "ringing"} == theirs.ringing
            )

        follower.wait_for(lambda: shows(10), "moment 10")
        with closing(sqlite3.connect(file, isolation_level=None)) as switch:
            switch.execute("BEGIN EXCLUSIVE")
            with pytest.raises(database.LockedError):
                database.read(file)
            switch.execute("ROLLBACK")
        put(moments()[12], file)
        follower.wait_for(lambda: shows(12), "moment 12")
        file.unlink()
        follower.wait_for(lambda: any("does not exist" in said for said in follower.said), "a word")
        put(moments()[14], file)
        follower.wait_for(lambda: shows(14), "moment 14")
        assert status(follower.path)["total"]["waiting"] == len(told(database.read(file)).waiting)
    assert follower.error is None


def test_leftover_rows_count_once_however_long_they_stay(tmp_path: Path) -> None:
    """Those of callers who gave up while nobody followed are told, hours later; none is told again."""
    file, now = tmp_path / "callcenter.db", int(time.time())
    hours_ago = now - 3 * 3600
    with closing(sqlite3.connect(file)) as switch:
        switch.executescript(
            "CREATE TABLE agents (name, system, status, state); CREATE TABLE tiers (queue, agent, state);"
            "CREATE TABLE members (queue, system, uuid, joined_epoch, abandoned_epoch, state);"
            f"INSERT INTO members VALUES ('sales', 'single_box', 'm1', {hours_ago - 30}, {hours_ago}, 'Abandoned'),"
            f" ('sales', 'single_box', 'm2', {now - 20}, 0, 'Waiting');"
        )
    path = call_database(tmp_path)
    for times in (1, 2):
        with following(path, lambda say: DatabaseSession(file, say=say), "freeswitch") as follower:
            connected(follower)
            follower.wait_for(lambda: follower.snapshot().total.waiting == 1, f"the floor, time {times}")
            wait_for_another_look(follower)
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("SELECT call_id, visit FROM calls ORDER BY 1").fetchall() == [
                    ("m1", 1),
                    ("m2", 1),
                ]
        assert follower.error is None


def wait_for_another_look(follower: Follower) -> None:
    look = last_look(follower)
    follower.wait_for(lambda: last_look(follower) > look, "another look")


def last_look(follower: Follower) -> int:
    """The moment of the last one: it grows with each."""
    with closing(sqlite3.connect(follower.path)) as connection:
        ((checked_at,),) = connection.execute("SELECT coalesce(max(checked_at), 0) FROM sources")
    return int(checked_at)


def test_what_is_no_database_of_mod_callcenter_is_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.db"
    with pytest.raises(CcmonError, match="does not exist"):
        database.read(file)
    file.write_bytes(b"x" * 5000)
    with pytest.raises(CcmonError, match="is not an SQLite database"):
        database.read(file)
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE agents (name TEXT)")
        connection.commit()
    with pytest.raises(CcmonError, match="no such table"):
        database.read(file)


def test_an_older_schema_lacks_columns(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "CREATE TABLE agents (name, system, status, state); CREATE TABLE tiers (queue, agent, state);"
            "CREATE TABLE members (queue, system, uuid, joined_epoch, state);"
            "INSERT INTO agents VALUES ('ann', 'single_box', 'Available', 'Waiting');"
            "INSERT INTO tiers VALUES ('sales', 'ann', 'Ready');"
            "INSERT INTO members VALUES ('sales', 'single_box', 'm1', 946684805, 'Waiting');"
            "INSERT INTO members VALUES (NULL, NULL, '', NULL, NULL);"
        )
    tables = database.read(file)
    assert [(agent.name, agent.wrap_up_time) for agent in tables.agents] == [("ann", 0)]
    assert [(member.uuid, member.joined_epoch) for member in tables.members] == [("m1", 946_684_805)]
