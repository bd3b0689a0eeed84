"""docs/administration.md as an administrator follows it: its SQL, and what it says of each source."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from ccmon.calls.state_machine import CallStateMachine
from ccmon.database import reader, totals
from ccmon.events import FloorEvent
from ccmon.sources.freeswitch import database as callcenter
from ccmon.sources.freeswitch.member_table import MemberTableComparison
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.queue_log.lines import EVENT
from ccmon.sources.queue_log.translator import TRANSLATORS
from tests.cli.test_sources import fed, told
from tests.commands import done
from tests.sources import freeswitch_recording, test_ami_recording, test_freeswitch_recording
from tests.sources.follower_thread import call_database
from tests.sources.queue_log.test_recording import log
from tests.status_json import snapshot_object

PAGE = (Path(__file__).parents[1] / "docs" / "administration.md").read_text(encoding="utf-8")


def test_a_dialler_of_your_own_writes_what_the_page_says(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    done("init", "--db", path, "--time-zone", "Europe/Amsterdam", "--currency", "EUR")
    examples = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 7
    states = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for example in examples:
            connection.executescript(example)
            ((last,),) = connection.execute("SELECT coalesce(max(started_at), 1795427000000) FROM agent_states")
            agents = shown_at(path, last + 1000)["agents"]
            states.append([(agent["login"], agent["state"]) for agent in agents])
        assert totals.check(connection) == []
    assert [each[0][1] if each else None for each in states] == [
        None, "ready", "dialling", "talking", "ready", "ready", "paused",
    ]  # fmt: skip
    shown = shown_at(path, last + 3_600_000)
    (anna,) = shown["agents"]
    assert (anna["name"], anna["state"], anna["reason"]) == ("Anna de Vries", "paused", "lunch")
    assert (anna["outbound"], anna["talk_s"], anna["sales"], anna["conversion"]) == (1, 180.0, 1, 1.0)
    quota = next(line for line in shown["sales"] if line["scope"] == "agent")
    assert (quota["sales"], quota["revenue_cents"], quota["quota_sales"]) == (1, 12_950, 8)
    campaign = next(line for line in shown["sales"] if line["scope"] == "campaign")
    assert (campaign["name"], campaign["sales_calls"]) == ("Winter offer", 1)
    assert shown["total"]["offered"] == 0
    assert shown_at(path, last + 8 * 86_400_000)["follow_ups"]["overdue"] == 1


def shown_at(path: Path, at: int) -> dict[str, Any]:
    """What `ccmon status --json` shows at a moment, whenever this test runs."""
    return snapshot_object(reader.snapshot(path, at))


# What the table says


@cache
def table() -> dict[str, dict[str, str]]:
    """By row and source."""
    section = PAGE.split("## Which source gives which figures")[1].split("\n## ")[0]
    lines = [
        [cell.strip() for cell in line.strip("|\n").split("|")] for line in section.splitlines() if line[:1] == "|"
    ]
    head, _, *body = lines
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in body}


def kinds(events: Iterable[FloorEvent]) -> set[str]:
    return {type(event).__name__ for event in events}


def of_queue_log() -> set[str]:
    """Of every event that Asterisk itself writes."""
    found = set()
    for line in log().decode().splitlines():
        fields = line.split("|")
        if fields[EVENT] in TRANSLATORS:
            found.add(type(TRANSLATORS[fields[EVENT]](int(fields[0]), fields)).__name__)
    return found


def of_callcenter_database(folder: Path) -> set[str]:
    reported = ReportedAgents()
    comparison, floor = MemberTableComparison(reported, {}), CallStateMachine()
    told: list[FloorEvent] = []
    for moment in freeswitch_recording.moments():
        file = folder / "callcenter.db"
        file.write_bytes(moment.database)
        events = [
            *comparison.compare(moment.at, callcenter.read(file), floor.calls.__contains__),
            *reported.wrap_ups.expire(moment.at),
        ]
        floor.apply(events)
        told += events
    return kinds(told)


def test_what_each_source_tells_of_its_recording_is_what_the_table_says(tmp_path: Path) -> None:
    told = {
        "queue log": of_queue_log(),
        "AMI": kinds(test_ami_recording.run()),
        "FreeSWITCH event socket": kinds(test_freeswitch_recording.by_events()[0]),
        "FreeSWITCH database": of_callcenter_database(tmp_path),
    }
    for row, event in {
        "ringing": "CallOffered",
        "missed calls": "CallMissed",
        "hold": "CallHeld",
        "agents in queues, log-ins, pauses": "AgentPaused",
        "callers, answers, waits, abandonment, service level": "CallEntered",
        "outbound calls": "CallDialled",
    }.items():
        said = {source: table()[row][source].startswith(("yes", "those")) for source in told}
        assert said == {source: event in events for source, events in told.items()}, row
    # What the log and the manager tell together is what either tells.
    for cells in table().values():
        assert cells["AMI and queue log"] in {cells["queue log"], cells["AMI"]}


def test_a_heartbeat_is_where_the_table_says(tmp_path: Path) -> None:
    path = call_database(tmp_path)
    fed(path, "queue log", "queue-log", checked_ms=0, file="/var/log/asterisk/queue_log")
    fed(path, "AMI", "ami", checked_ms=0, file="127.0.0.1:5038")
    fed(path, "FreeSWITCH event socket", "freeswitch", checked_ms=0, file="127.0.0.1:8021")
    fed(path, "FreeSWITCH database", "freeswitch", checked_ms=0, file="/var/lib/freeswitch/db/callcenter.db")
    row = table()["a quiet night distinguished from a dead feed"]
    assert {name: each["heartbeat"] for name, each in told(path).items()} == {
        name: row[name].startswith("yes") for name in told(path)
    }
