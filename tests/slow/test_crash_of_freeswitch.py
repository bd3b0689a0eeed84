"""What was counted before FreeSWITCH crashed, as a follower of it keeps it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import reader
from ccmon.model.queues import QueueFigures
from ccmon.sources.freeswitch.follow import EventSocketSession
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.freeswitch.translator import EventTranslator
from tests.database.test_crash import shown
from tests.sources.event_socket_server import QUIET, EventSocketServer
from tests.sources.follower_thread import call_database, following
from tests.sources.freeswitch_recording import events, subscribed_now


def totals_of(path: Path) -> Callable[[], QueueFigures]:
    return lambda: reader.snapshot(path, None).total


@pytest.mark.parametrize("cut", [0.25, 0.5, 0.75])
def test_what_was_answered_before_freeswitch_crashed_stays_answered(tmp_path: Path, cut: float) -> None:
    understands = EventTranslator(ReportedAgents()).understands
    stream = subscribed_now()
    end = stream.index(b"Content-Length:", int(cut * len(stream)))
    heard = stream[:end].count(b"Content-Length:")
    records = sum(understands(headers) for _, headers in events()[:heard])
    with (
        EventSocketServer(QUIET) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
    ):
        total = totals_of(follower.path)
        follower.wait_for(lambda: any("connected" in said for said in follower.said), "a connection")
        server.send(stream[:end])
        follower.wait_for_records(records)
        was = total()
        assert was.talking > 0
        assert was.open > 0
        with closing(sqlite3.connect(follower.path)) as connection:
            there = connection.execute(
                "SELECT queues.name, call_id FROM calls JOIN queues ON queues.id = queue_id WHERE ended_at IS NULL"
            ).fetchall()
        # At its start the switch abandons every row of before, without a moment.
        rows = "".join(f"{queue}|{uuid}|Abandoned|{int(time.time())}|0\n" for queue, uuid in there)
        server.answers = QUIET | {
            "callcenter_config queue list members": f"queue|uuid|state|joined_epoch|abandoned_epoch\n{rows}+OK\n"
        }
        server.cut()
        follower.wait_for(lambda: total().open == 0, "the floor after the crash")
        now = total()
        assert shown(now) == shown(was)
        assert (now.cut_off, now.unknown, now.talking) == (was.talking, was.open, 0)
        assert now.offered == now.finished + now.unknown
    assert follower.error is None
