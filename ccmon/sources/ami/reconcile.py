"""After a (new) connection: compares the floor that QueueStatus reports with the floor known before.

Waiting callers are entered with the wait they have had, members and pauses are brought up to date, and what has ended
unseen is closed: as unknown, unless the switch still shows how it ended. No input or output here:
`ccmon.sources.ami.follow` does that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ccmon.calls.records import Visit
from ccmon.calls.state_machine import CallStateMachine
from ccmon.events import (
    AgentUnpaused,
    CallAnswered,
    CallEnded,
    FloorEvent,
    MemberLeft,
    OfferWithdrawn,
)
from ccmon.model.calls import Outcome
from ccmon.sources.ami.callers_and_members import Conversation, WaitingCaller
from ccmon.sources.ami.headers import agent_of, is_channel_of
from ccmon.sources.ami.phones import DeviceState, Phones
from ccmon.sources.ami.protocol import Packet
from ccmon.sources.ami.translator import ManagerTranslator
from ccmon.time_units import DAY_MS

_OLDEST_PAUSE_MS: Final = DAY_MS
"""The longest pause taken over from the switch. An older one starts this long ago: earlier days stay as they are."""


@dataclass
class Reconciliation:
    """Brings the known floor up to what the switch reports now."""

    translator: ManagerTranslator
    """Forgets what it knew and starts with this status."""
    state_machine: CallStateMachine
    """The floor known before: until the connection was lost, or from the database."""
    at: int
    """Now."""
    status: Sequence[Packet]
    """The packets of QueueStatus."""
    clock_offset_ms: int = 0
    """Our clock minus the switch's."""
    seen_until: int | None = None
    """The last moment at which we were connected."""
    channels: Sequence[Packet] | None = None
    """The packets of CoreShowChannels; None where the switch refuses it."""

    def __post_init__(self) -> None:
        self._members = [packet for packet in self.status if packet["Event"] == "QueueMember"]
        self._callers = {packet["Uniqueid"]: packet for packet in self.status if packet["Event"] == "QueueEntry"}
        self._channels = {packet["Uniqueid"]: packet for packet in self.channels or ()}
        self._known_members = dict(self.translator.members)

    def events(self) -> Iterator[FloorEvent]:
        """The events that do so, in order."""
        translator, agents = self.translator, self.state_machine.agent_tracker.agents
        names = [agent_of(packet) for packet in self._members]
        translator.restart(
            Phones(
                on_other_call=[name for name in names if name in agents and agents[name].on_other_call],
                unavailable=[name for name in names if name in agents and agents[name].unavailable],
            )
        )
        for packet in self._members:
            yield from self._member(packet)
        yield from self._members_gone()
        for visits in list(self.state_machine.calls.values()):
            for visit in visits:
                if visit.ended_at is None and visit.queue is not None:
                    yield from self._visit(visit, visit.queue)
        for call_id, packet in self._callers.items():
            if call_id not in translator.waiting:
                entered_at = self.at - max(0, packet.number("Wait") or 0) * 1000
                yield translator.enter(entered_at, call_id, packet["Queue"], packet, rings_unseen=True)

    def _member(self, packet: Packet) -> Iterator[FloorEvent]:
        agent, queue = agent_of(packet), packet["Queue"]
        known = self.state_machine.agent_tracker.agents.get(agent)
        paused_since = None
        if packet["Paused"] == "1" and packet.number("LastPause"):
            earliest = self.at - _OLDEST_PAUSE_MS if self.seen_until is None else self.seen_until
            paused_since = min(self.at, max(earliest, self._moment(packet, "LastPause")))
        yield from self.translator.update_member(self.at, packet, since=paused_since)
        if known and packet["Paused"] != "1" and self.state_machine.agent_tracker.queue(queue) in known.pauses:
            yield AgentUnpaused(self.at, agent, queue)

    def _members_gone(self) -> Iterator[FloorEvent]:
        agents = self.state_machine.agent_tracker.agents
        present = {
            (agents[name].login if name in agents else name, packet["Queue"].casefold())
            for packet in self._members
            for name in [agent_of(packet)]
        }
        for agent in dict.fromkeys(agents.values()):
            for queue in agent.memberships:
                if (agent.login, queue.casefold()) not in present:
                    yield MemberLeft(self.at, queue, agent.login)

    def _visit(self, visit: Visit, queue: str) -> Iterator[FloorEvent]:
        if visit.answered_at is not None:
            yield from self._talk(visit, queue, visit.answered_at)
        elif visit.call_id in self._callers and self._callers[visit.call_id]["Queue"].casefold() == queue.casefold():
            yield from self._still_waiting(visit, queue)
        else:
            yield from self._answered_unseen(visit, queue)

    def _still_waiting(self, visit: Visit, queue: str) -> Iterator[FloorEvent]:
        waiting = self.translator.waiting[visit.call_id] = WaitingCaller(queue, rings_unseen=True)
        for login in visit.ringing or ():
            telephone = self._membership(login, queue)
            if telephone and telephone.number("Status") in {DeviceState.RINGING, DeviceState.RING_IN_USE}:
                waiting.ringing_agents[f"unknown to {login}"] = agent_of(telephone)
            else:
                yield OfferWithdrawn(self.at, visit.call_id, queue, login)

    def _answered_unseen(self, visit: Visit, queue: str) -> Iterator[FloorEvent]:
        """The caller no longer waits: they are with an agent if the channels show it, else the visit has ended."""
        for channel in self._bridged_with(visit.call_id):
            for packet in self._members:
                if packet["Queue"].casefold() == queue.casefold() and is_channel_of(channel, packet["Location"]):
                    answered_at = max(visit.entered_at, self.seen_until or 0, self.at - _duration_ms(channel))
                    talk = Conversation(queue, agent_of(packet), channel["Uniqueid"], answered_at)
                    self.translator.talking[visit.call_id] = [talk]
                    yield CallAnswered(answered_at, visit.call_id, queue, talk.agent)
                    return
        yield CallEnded(self.at, visit.call_id, queue, Outcome.UNKNOWN)

    def _talk(self, visit: Visit, queue: str, answered_at: int) -> Iterator[FloorEvent]:
        login = visit.agent or ""
        packet = self._membership(login, queue)
        partner = next(self._bridged_with(visit.call_id), None)
        if self._goes_on(visit, packet, answered_at):
            agent = agent_of(packet) if packet else login
            channel = partner["Uniqueid"] if partner else ""
            held = visit.held_since is not None
            talks = self.translator.talking.setdefault(visit.call_id, [])
            talks.append(Conversation(queue, agent, channel, answered_at, held))
        elif packet and self._took_one_call(packet):
            ended_at = min(self.at, self._moment(packet, "LastCall"))
            yield CallEnded(ended_at, visit.call_id, queue, Outcome.ANSWERED, agent=login)
        else:
            yield CallEnded(self.at, visit.call_id, queue, Outcome.UNKNOWN, agent=login)

    def _goes_on(self, visit: Visit, packet: Packet | None, answered_at: int) -> bool:
        if self.channels is not None:
            return visit.call_id in self._channels
        if packet is None or packet["InCall"] != "1":
            return False
        # A call that ended after this one began must be this one: the agent now talks to somebody else.
        return self._moment(packet, "LastCall") <= answered_at + 1_000

    def _took_one_call(self, packet: Packet) -> bool:
        """Whether exactly one of the agent's calls ended unseen, so that ``LastCall`` is its end."""
        known = self._known_members.get((packet["Queue"], agent_of(packet)))
        return known is not None and packet.number("CallsTaken") == known.calls_taken + 1

    def _membership(self, login: str, queue: str) -> Packet | None:
        agents = self.state_machine.agent_tracker.agents
        for packet in self._members:
            name = agent_of(packet)
            if packet["Queue"].casefold() == queue.casefold() and login in {
                name,
                getattr(agents.get(name), "login", ""),
            }:
                return packet
        return None

    def _bridged_with(self, call_id: str) -> Iterator[Packet]:
        """The channels bridged with the call's own channel."""
        own = self._channels.get(call_id)
        if own and own["BridgeId"]:
            for channel in self._channels.values():
                if channel is not own and channel["BridgeId"] == own["BridgeId"]:
                    yield channel

    def _moment(self, packet: Packet, name: str) -> int:
        return (packet.number(name) or 0) * 1000 + self.clock_offset_ms


def _duration_ms(channel: Packet) -> int:
    """``Duration``, written h:mm:ss, in milliseconds; 0 where it is not valid."""
    try:
        hours, minutes, seconds = (int(part) for part in channel["Duration"].split(":"))
    except ValueError:
        return 0
    return ((hours * 60 + minutes) * 60 + seconds) * 1000
