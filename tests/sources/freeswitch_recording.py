"""The recorded FreeSWITCH floor: its event socket's stream, its database at 45 moments and its answers beside it.

A switch tells of now. What is played to a follower is therefore moved in time, to end now: calls of hours ago would be
ghosts to it (metrics.md 1.5), and calls of yesterday not in the figures of today.
"""

from __future__ import annotations

import json
import lzma
import re
import sqlite3
import tarfile
import time
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ccmon.calls.state_machine import CallStateMachine
from ccmon.sources.freeswitch.event_socket import Headers, MessageParser
from ccmon.sources.freeswitch.tables import CallCenterTables, listing

FOLDER = Path(__file__).parents[1] / "data" / "freeswitch_run1"
_MOMENT = re.compile(rb"^((?:Event-Date-Timestamp|CC-[A-Za-z-]+-Time): )(\d{10})(\d{6})?$", re.MULTILINE)
"""Of an event: Unix seconds, or microseconds."""
_EPOCHS = {
    "members": ("system_epoch", "joined_epoch", "rejoined_epoch", "bridge_epoch", "abandoned_epoch"),
    "agents": ("last_bridge_start", "last_bridge_end", "last_offered_call", "last_status_change", "ready_time"),
}
"""The columns that hold moments, 0 for none."""
QUEUES = ("sales@default", "support@default", "retention@default")


@cache
def stream() -> bytes:
    return lzma.open(FOLDER / "esl.txt.xz").read()


@cache
def subscribed() -> bytes:
    """Of the stream, what a switch sends to one who asks for the call centre's events alone."""
    found = bytearray()
    for message in MessageParser().feed(stream()):
        if b"Event-Subclass: callcenter%3A%3Ainfo\n" in message.body:
            head = f"Content-Length: {len(message.body)}\nContent-Type: text/event-plain\n\n"
            found += head.encode() + message.body
    return bytes(found)


@cache
def events() -> list[tuple[int, Headers]]:
    """The call centre's events, each with the switch's moment in milliseconds."""
    found = []
    for message in MessageParser().feed(subscribed()):
        event = message.event()
        found.append((int(event["Event-Date-Timestamp"]) // 1000, event))
    return found


class Moment(NamedTuple):
    """What the switch said at one moment."""

    number: int
    at: int
    until: int
    """The switch answered one question after the other from ``at`` to here."""
    tables: CallCenterTables
    """By its answers."""
    database: bytes
    """By its file."""


@cache
def moments() -> list[Moment]:
    with tarfile.open(FOLDER / "snapshots.tar.xz") as archive:
        contents = {
            Path(entry.name).name: content.read()
            for entry in archive.getmembers()
            if entry.isfile() and (content := archive.extractfile(entry))
        }
    names = sorted(name.removesuffix(".json") for name in contents if name.endswith(".json"))
    return [_moment(json.loads(contents[f"{name}.json"]), contents[f"{name}.db"]) for name in names]


def _moment(told: dict[str, Any], database: bytes) -> Moment:
    members = [row for queue in QUEUES for row in listing(told[f"members {queue}"])]
    tables = CallCenterTables.of(listing(told["agents"]), listing(told["tiers"]), members)
    return Moment(told["n"], int(told["t0"] * 1000), int(told["t1"] * 1000), tables, database)


def subscribed_now() -> bytes:
    """`subscribed`, as a switch would send it whose last event is of this second."""
    later_s = int(time.time()) - events()[-1][0] // 1000
    return _MOMENT.sub(lambda m: m[1] + str(int(m[2]) + later_s).encode() + (m[3] or b""), subscribed())


def put(moment: Moment, path: Path, *, now: bool = True) -> None:
    """The moment's database in place of the file's content; as the switch would write it if the moment were ``now``."""
    source = path.with_suffix(".new")
    source.write_bytes(moment.database)
    later_s = int(time.time()) - moment.at // 1000 if now else 0
    with closing(sqlite3.connect(source)) as new, closing(sqlite3.connect(path)) as old:
        for table, columns in _EPOCHS.items():
            for column in columns:
                new.execute(f"UPDATE {table} SET {column} = {column} + ? WHERE {column} > 0", (later_s,))
        new.commit()
        new.backup(old)


class Truth(NamedTuple):
    """A floor, to be compared."""

    waiting: list[tuple[str, str]]
    talking: list[tuple[str, str]]
    ringing: set[str]
    paused: set[str]
    logged_out: set[str]
    members: list[tuple[str, str]]


def told(tables: CallCenterTables) -> Truth:
    """The switch's words."""
    talking = [row for row in tables.members if row.state == "Answered"]
    busy = {row.serving_agent for row in talking}
    inside = {agent.name for agent in tables.agents if agent.status != "Logged Out"}
    return Truth(
        waiting=sorted((row.queue, row.uuid) for row in tables.members if row.state in {"Waiting", "Trying"}),
        talking=sorted((row.uuid, row.serving_agent) for row in talking),
        ringing={agent.name for agent in tables.agents if agent.state == "Receiving"} - busy,
        paused={
            agent.name
            for agent in tables.agents
            if agent.name in inside - busy and (agent.status == "On Break" or agent.state == "Idle")
        },
        logged_out={agent.name for agent in tables.agents} - inside - busy,
        members=sorted((tier.queue, tier.agent) for tier in tables.tiers if tier.agent in inside),
    )


def folded(floor: CallStateMachine, tables: CallCenterTables) -> Truth:
    """Ours, without agents whom the switch has deleted."""
    gone = floor.agent_tracker.agents.keys() - {agent.name for agent in tables.agents}
    visits = [visit for visits in floor.calls.values() for visit in visits if visit.ended_at is None]
    agents = list(dict.fromkeys(floor.agent_tracker.agents.values()))
    states = {agent.login: agent.situation()[0] for agent in agents}
    return Truth(
        waiting=sorted((visit.queue or "", visit.call_id) for visit in visits if visit.answered_at is None),
        talking=sorted((visit.call_id, visit.agent or "") for visit in visits if visit.answered_at is not None),
        ringing={name for name, state in states.items() if state == "ringing"},
        paused={name for name, state in states.items() if state == "paused"},
        logged_out={name for name, state in states.items() if state == "logged_out" and name not in gone},
        members=sorted((queue, agent.login) for agent in agents for queue in agent.memberships),
    )


def differences(floor: CallStateMachine, tables: CallCenterTables) -> set[str]:
    """Where ours is not the switch's. A wrap-up, which is no state of the switch's, may stand before a pause."""
    ours, theirs = folded(floor, tables), told(tables)
    wrapping = {agent.login for agent in floor.agent_tracker.agents.values() if agent.wrapping}
    ours = ours._replace(paused=ours.paused | (theirs.paused & wrapping))
    return {name for name, mine, its in zip(ours._fields, ours, theirs, strict=True) if mine != its}
