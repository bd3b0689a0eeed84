"""The recorded Asterisk floor: its manager's stream, packet by packet, and what it answered when asked."""

from __future__ import annotations

import json
import lzma
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ccmon.calls.state_machine import CallStateMachine
from ccmon.sources.agent_key import agent_key
from ccmon.sources.ami.protocol import Packet, PacketParser

FOLDER = Path(__file__).parents[1] / "data" / "asterisk_run1"


@cache
def stream() -> bytes:
    return lzma.open(FOLDER / "ami.txt.xz").read()


class Arrival(NamedTuple):
    at: int
    """Unix milliseconds."""
    start: int
    end: int


@cache
def arrivals() -> list[Arrival]:
    """When each packet came and where in the stream it lies; the first is the banner."""
    found, start = [], 0
    with lzma.open(FOLDER / "ami_arrivals.txt.xz", "rt") as lines:
        for line in lines:
            moment, length = line.split()
            found.append(Arrival(int(float(moment) * 1000), start, start + int(length)))
            start += int(length)
    return found


def packets() -> Iterator[tuple[int, Packet]]:
    parser = PacketParser()
    for arrival in arrivals():
        for packet in parser.feed(stream()[arrival.start : arrival.end]):
            yield arrival.at, packet


def first_status() -> list[Packet]:
    found: list[Packet] = []
    for _, packet in packets():
        if packet["ActionID"]:
            found.append(packet)
        if packet["Event"] == "QueueStatusComplete":
            break
    return found


class Moment(NamedTuple):
    """What the engine said at one moment, agents by their interface."""

    number: int
    at: int
    log_size: int
    """Bytes in the queue log by then."""
    waiting: list[tuple[str, str]]
    """Queue and call id."""
    members: list[tuple[str, str]]
    """Queue and interface."""
    paused: list[tuple[str, str, str]]
    """Queue, interface and reason."""
    talking: list[tuple[str, str]]
    """Queue and interface of members in a call of the queue."""
    connected: set[str]
    """Interfaces with a channel that a caller is connected to, members or not."""
    ringing: set[str]
    """Interfaces with a channel of a queue that no caller is connected to yet."""


@cache
def moments() -> list[Moment]:
    with tarfile.open(FOLDER / "snapshots.tar.xz") as archive:
        files = sorted(name for name in archive.getnames() if name.endswith(".json"))
        return [_moment(json.load(content)) for name in files if (content := archive.extractfile(name))]


def _moment(told: dict[str, Any]) -> Moment:
    status = told["QueueStatus"]
    members = [packet for packet in status if packet["Event"] == "QueueMember"]
    connected: set[str] = set()
    ringing: set[str] = set()
    for channel in told["CoreShowChannels"]:
        name = channel.get("Channel", "")
        if name.startswith("Local/agent") and name.endswith(";1") and channel["Application"] == "AppQueue":
            (connected if channel["BridgeId"] else ringing).add(name.rpartition("-")[0] + "/n")
    return Moment(
        number=told["n"],
        at=int(told["t1"] * 1000),
        log_size=told["queue_log_size"][1],
        waiting=sorted((packet["Queue"], packet["Uniqueid"]) for packet in status if packet["Event"] == "QueueEntry"),
        members=sorted((packet["Queue"], packet["Location"]) for packet in members),
        paused=sorted((m["Queue"], m["Location"], m["PausedReason"]) for m in members if m["Paused"] == "1"),
        talking=sorted((m["Queue"], m["Location"]) for m in members if m["InCall"] == "1"),
        connected=connected,
        ringing=ringing,
    )


class Interfaces:
    """Which interface an agent has: the recording's agents change desks."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def learn(self, packet: Packet) -> None:
        name, interface = packet["MemberName"] or packet["Name"], packet["Interface"] or packet["Location"]
        if name and interface:
            self.of[agent_key(name)] = interface

    def __getitem__(self, agent: str) -> str:
        return self.of.get(agent_key(agent), agent)


def compare(floor: CallStateMachine, moment: Moment, interfaces: Interfaces, *, late_losers: bool = False) -> None:
    """The floor as the state machine has it is the engine's.

    ``late_losers``: the losers of a ring-all may go on ringing until the winner is connected.
    """
    agents = list(dict.fromkeys(floor.agent_tracker.agents.values()))
    visits = [visit for visits in floor.calls.values() for visit in visits if visit.ended_at is None]
    waiting = sorted((visit.queue, visit.call_id) for visit in visits if visit.answered_at is None)
    talking = sorted((visit.queue, interfaces[visit.agent or ""]) for visit in visits if visit.answered_at is not None)
    assert waiting == moment.waiting
    # The engine forgets a call whose member was removed; the caller and the agent still talk.
    members = [(queue, interfaces[agent.login]) for agent in agents for queue in agent.memberships]
    assert sorted(members) == moment.members
    assert [talk for talk in talking if talk in moment.members and talk in moment.talking] == moment.talking
    assert {interface for _, interface in talking} == moment.connected
    paused = [
        (queue, interfaces[agent.login], pause.reason or "")
        for agent in agents
        for queue, pause in agent.pauses.items()
    ]
    assert sorted(paused) == moment.paused
    states = [(interfaces[agent.login], agent.situation()[0]) for agent in agents]
    ringing = {interface for interface, state in states if state == "ringing"}
    assert ringing >= moment.ringing if late_losers else ringing == moment.ringing
    assert {interface for interface, state in states if state in {"talking", "hold"}} == moment.connected
