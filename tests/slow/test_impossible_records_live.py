"""Followers on real sockets and a real file read impossible records, and go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ccmon.database import database_file
from ccmon.sources.ami.follow import ManagerSession
from ccmon.sources.ami.protocol import Packet
from ccmon.sources.ami.translator import ManagerTranslator
from ccmon.sources.freeswitch.follow import DatabaseSession, EventSocketSession
from tests.sources import freeswitch_recording
from tests.sources.event_socket_server import QUIET, EventSocketServer, event
from tests.sources.follower_thread import call_database, following
from tests.sources.manager_packets import join
from tests.sources.manager_server import ManagerServer
from tests.sources.test_fuzz_records import packets, sound, text_of


def nasty_packets() -> Iterator[Packet]:
    understood = ManagerTranslator().understands
    for packet in {packet["Event"]: packet for packet in packets()}.values():
        for place in range(len(packet.lines) if understood(packet) else 0):
            for value in ("9" * 20, "-1", "\x00", "NONE"):
                lines = list(packet.lines)
                lines[place] = (lines[place][0], value)
                yield Packet(tuple(lines))


def test_a_follower_of_the_manager_lives_through_the_corpus(tmp_path: Path) -> None:
    with (
        ManagerServer(status=bytes) as server,
        following(call_database(tmp_path), lambda say: ManagerSession(server.login(), say=say), "ami") as follower,
    ):
        follower.wait_for(lambda: bool(follower.said), "a connection")
        for packet in nasty_packets():
            server.send(f"{text_of(packet)}\r\n\r\n".encode())
        server.send(join("last"))
        follower.wait_for(lambda: "last" in calls_in(follower.path), "the last caller")
        assert noted(follower.path) > 0
        assert any("ccmon sources --rejected shows it." in said for said in follower.said)
    assert follower.error is None
    sound(follower.path)


def test_a_follower_of_the_event_socket_lives_through_the_corpus(tmp_path: Path) -> None:
    of_action = {headers.get("CC-Action", ""): headers for _, headers in freeswitch_recording.events()}
    with (
        EventSocketServer(QUIET) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
    ):
        follower.wait_for(lambda: any("connected" in said for said in follower.said), "a connection")
        for headers in of_action.values():
            for name in headers:
                for value in ("9" * 20, "-1", "\x00", "NONE"):
                    server.send(event(**(headers | {name: value})))
        server.send(event(CC_Action="member-queue-start", CC_Queue="q", CC_Member_UUID="last"))
        follower.wait_for(lambda: "last" in calls_in(follower.path), "the last caller")
        assert noted(follower.path) > 0
    assert follower.error is None
    sound(follower.path)


def test_a_follower_of_the_switchs_database_lives_through_the_corpus(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.db"
    busy = max(freeswitch_recording.moments(), key=lambda moment: len(moment.tables.members))
    freeswitch_recording.put(busy, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE members SET joined_epoch = 9223372036854775807, cid_name = x'ff00'")
        connection.execute("UPDATE agents SET wrap_up_time = 9e999, last_bridge_end = -1")
    with following(call_database(tmp_path), lambda say: DatabaseSession(file, say=say), "freeswitch") as follower:
        follower.wait_for(lambda: noted(follower.path) > 0, "a note")
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE members SET uuid = 'last' WHERE rowid = (SELECT min(rowid) FROM members)")
        follower.wait_for(lambda: "last" in calls_in(follower.path), "the last caller")
    assert follower.error is None
    sound(follower.path)


def calls_in(path: Path) -> set[str]:
    with closing(database_file.open_reader(path)) as connection:
        return {row[0] for row in connection.execute("SELECT call_id FROM calls")}


def noted(path: Path) -> int:
    with closing(database_file.open_reader(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM rejected_lines").fetchone()
        return int(count)
