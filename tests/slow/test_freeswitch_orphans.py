"""Callers whom the switch forgot, as a follower of it sees them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from ccmon.sources.freeswitch.follow import EventSocketSession
from tests.sources.event_socket_server import QUIET, EventSocketServer, Rights
from tests.sources.follower_thread import Follower, call_database, following
from tests.sources.freeswitch_recording import moments, put
from tests.sources.test_freeswitch_orphans import COLUMNS, failed_bridge, sent


@pytest.fixture
def soon() -> Iterator[None]:
    """The list is asked for again after a moment."""
    with patch("ccmon.sources.freeswitch.orphaned_callers.CONFIRM_MS", 100):
        yield


def connected(follower: Follower) -> None:
    follower.wait_for(lambda: any("connected" in said or "reading" in said for said in follower.said), "a connection")


def asked_for(*rows: str) -> dict[str, str]:
    """Answers of a switch that has these callers."""
    listing = "".join(f"{row}\n" for row in (COLUMNS, *rows))
    return QUIET | {"callcenter_config queue list members": f"{listing}+OK\n"}


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("left_over", [True, False])
def test_a_caller_who_is_gone_at_a_failed_bridge_waits_no_more(tmp_path: Path, left_over: bool) -> None:
    now = int(time.time())
    with (
        EventSocketServer(asked_for(f"sales|m2|s2||{now}|0|Waiting")) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say), "freeswitch"
        ) as follower,
    ):
        connected(follower)
        if left_over:
            server.answers = asked_for(f"sales|m1|||{now}|{now}|Abandoned", f"sales|m2|s2||{now}|0|Waiting")
        server.send(sent(failed_bridge()))
        follower.wait_for_records(3)
        follower.wait_for(lambda: follower.snapshot().total.waiting == 1, "the end of the wait")
        total = follower.snapshot().total
        assert (total.offered, total.answered, total.abandoned, total.unknown) == (2, 0, 1, 0)
    assert follower.error is None


@pytest.mark.usefixtures("soon")
def test_where_the_socket_may_not_ask_the_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "callcenter.db"
    put(moments()[10], file)
    there = sum(row.state in {"Waiting", "Trying"} for row in moments()[10].tables.members)
    rights = Rights("HEARTBEAT CUSTOM callcenter::info", "strepoch")
    with (
        EventSocketServer(QUIET, rights=rights) as server,
        following(
            call_database(tmp_path), lambda say: EventSocketSession(server.login(), say=say, file=file), "freeswitch"
        ) as follower,
    ):
        connected(follower)
        server.send(sent(failed_bridge()))
        follower.wait_for_records(3)
        follower.wait_for(lambda: follower.snapshot().total.waiting == there, "the end of the wait")
    assert follower.error is None
