"""Turns the manager's packets into floor events. No socket, no clock: every packet's moment is an argument.

What the manager reports twice, or again after reconnecting, is emitted once. What it leaves out is inferred:

- a caller who leaves without QueueCallerAbandon pressed an exit key, unless AgentConnect follows;
- QueueCallerAbandon means a hang-up, a time-out, an emptied queue or a withdrawal. Where the manager shows hang-ups
  (class ``call``), a caller who left without one was sent away by the system: no agents if nobody was there to serve,
  else a time-out. Only the queue log reports a withdrawal;
- AgentComplete lacks the caller after an attended transfer: the agent's call of that length ends;
- only DialEnd (class ``call``) says that a losing telephone of a ring-all has stopped; without it, it stops when the
  caller is answered or gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from ccmon.events import (
    AgentKnownAs,
    AgentPaused,
    AgentUnpaused,
    CallAnswered,
    CallEnded,
    CallEntered,
    CallHeld,
    CallMissed,
    CallOffered,
    CallResumed,
    FloorEvent,
    MemberJoined,
    MemberLeft,
    OfferWithdrawn,
)
from ccmon.model.calls import Outcome
from ccmon.sources.agent_key import agent_key
from ccmon.sources.ami.callers_and_members import Conversation, QueueMember, WaitingCaller, end_talk, nearest_talk
from ccmon.sources.ami.headers import agent_of, interface_of, is_channel_of, known_text, milliseconds
from ccmon.sources.ami.phones import DeviceState, Phones
from ccmon.sources.ami.protocol import Packet
from ccmon.sources.wrap_ups import WrapUps

CONNECT_MS = 10_000
"""How long after QueueCallerLeave an AgentConnect may follow, since a site may have steps of its own in between.

By the switch's time: how long nobody listened, or nothing came through, says nothing about the caller."""

_LEFT_BY: Final = {
    Outcome.ABANDONED: "caller",
    Outcome.EXIT_KEY: "caller",
    Outcome.TIMEOUT: "system",
    Outcome.NO_AGENTS: "system",
}
"""Who ended a wait, as in the queue log."""

_OF_CALLER: Final = ("Queue", "Uniqueid")
_OF_MEMBER: Final = ("Queue", "Interface")
_OF_OFFER: Final = (*_OF_CALLER, "Interface")


class ManagerTranslator:
    """Turns packets into events and keeps what is needed for the next one."""

    def __init__(self, wrap_up_ms: Mapping[str, int] | None = None) -> None:
        """``wrap_up_ms``: by queue, for members without one of their own; the manager does not report a queue's."""
        self._queue_wrap_up_ms = {queue.casefold(): length for queue, length in (wrap_up_ms or {}).items()}
        self.waiting: dict[str, WaitingCaller] = {}
        """By call id."""
        self.talking: dict[str, list[Conversation]] = {}
        """By call id; a transferred caller may reach a second agent before the end of the first call is reported."""
        self.members: dict[tuple[str, str], QueueMember] = {}
        """By queue and agent."""
        self.phones = Phones()
        self._agents_at: dict[str, set[str]] = {}
        """All agents' names seen at an interface: one telephone, one call at a time."""
        self._aliases: dict[str, str] = {}
        self._wrap_ups = WrapUps()
        self._sees_hang_ups = False
        self._handlers: dict[str, tuple[Callable[[int, Packet], Iterator[FloorEvent]], tuple[str, ...]]] = {
            "QueueCallerJoin": (self._joined_queue, _OF_CALLER),
            "QueueCallerAbandon": (self._abandoned, _OF_CALLER),
            "QueueCallerLeave": (self._left_queue, _OF_CALLER),
            "AgentCalled": (self._rings, _OF_OFFER),
            "AgentConnect": (self._connected, _OF_OFFER),
            "AgentComplete": (self._completed, _OF_MEMBER),
            "AgentRingNoAnswer": (self._not_answered, _OF_OFFER),
            "AgentDump": (self._stops_ringing, ()),
            "DialEnd": (self._dial_ended, ()),
            "QueueMemberAdded": (self.update_member, _OF_MEMBER),
            "QueueMemberStatus": (self.update_member, _OF_MEMBER),
            "QueueMemberPause": (self.update_member, _OF_MEMBER),
            "QueueMemberRemoved": (self._member_removed, _OF_MEMBER),
            "Hold": (partial(self._hold, held=True), ()),
            "Unhold": (partial(self._hold, held=False), ()),
            "HangupRequest": (self._hung_up, ()),
            "SoftHangupRequest": (self._hung_up, ()),
        }
        """By event: its handler, and the headers that it cannot do without."""

    def translate(self, at: int, packet: Packet) -> list[FloorEvent]:
        """The floor events of a packet; none for a packet of another kind."""
        if not self.understands(packet):
            return []
        handler, needed = self._handlers[packet["Event"]]
        return list(handler(at, packet)) if all(packet[header] for header in needed) else []

    def restart(self, phones: Phones) -> None:
        """Forget the floor: the next QueueStatus reports all of it."""
        self.waiting.clear()
        self.talking.clear()
        self.members.clear()
        self.phones = phones

    def understands(self, packet: Packet) -> bool:
        """Whether events are made of this kind of packet."""
        return packet["Event"] in self._handlers

    def expire(self, at: int, heard_until: int | None = None) -> list[FloorEvent]:
        """The events that follow from the passing of time. Call it about every second.

        ``heard_until``: all events of the switch up to this moment have been received; None: up to now.
        """
        return [
            *self._exits_by_key(at if heard_until is None else heard_until),
            *self._wrap_ups.expire(at),
            *self.phones.expire(at, self.engaged()),
        ]

    def engaged(self) -> set[str]:
        """Agents with a queue's call, ringing or in conversation, but not others who share their telephone.

        A call may be reported under the telephone's number only: it then engages whoever is at it.
        """
        names = {agent for waiting in self.waiting.values() for agent in waiting.ringing_agents.values()}
        names |= {talk.agent for talks in self.talking.values() for talk in talks}
        for telephone, agents in self._agents_at.items():
            if telephone in names:
                names = names | agents
            elif not names.isdisjoint(agents):
                names = names | {telephone}
        return names

    # Callers

    def _joined_queue(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        call_id, queue = packet["Uniqueid"], packet["Queue"]
        known = self.waiting.get(call_id)
        if known and known.left_at is None and known.queue.casefold() == queue.casefold():
            return
        if known:
            yield from self._close(at, call_id, Outcome.EXIT_KEY if known.left_at is not None else Outcome.UNKNOWN)
        yield self.enter(at, call_id, queue, packet)

    def enter(self, at: int, call_id: str, queue: str, packet: Packet, *, rings_unseen: bool = False) -> CallEntered:
        """Add a waiting caller; ``rings_unseen``: they were there before we connected."""
        self.waiting[call_id] = WaitingCaller(queue, rings_unseen=rings_unseen)
        return CallEntered(at, call_id, queue, known_text(packet["CallerIDNum"]), known_text(packet["CallerIDName"]))

    def _abandoned(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        call_id = packet["Uniqueid"]
        if waiting := self._waiting(packet):
            waiting.abandoned = True
        elif call_id not in self.waiting and call_id not in self.talking:
            # The caller's entry was not seen; the packet says how long they waited.
            waited_ms = milliseconds(packet, "HoldTime")
            yield CallEnded(at, call_id, packet["Queue"], Outcome.ABANDONED, "caller", waited_ms=waited_ms)

    def _hung_up(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        self._sees_hang_ups = True
        if waiting := self.waiting.get(packet["Uniqueid"]):
            waiting.hung_up = True
        yield from ()

    def _left_queue(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        waiting = self._waiting(packet)
        if waiting is None:
            return
        if waiting.abandoned:
            yield from self._close(at, packet["Uniqueid"], self._why_lost(waiting))
        elif waiting.may_be_ringing:
            waiting.left_at = at
        else:
            yield from self._close(at, packet["Uniqueid"], Outcome.EXIT_KEY)

    def _why_lost(self, waiting: WaitingCaller) -> Outcome:
        if waiting.hung_up or not self._sees_hang_ups:
            return Outcome.ABANDONED
        queue = waiting.queue.casefold()
        serving = (
            not member.paused and member.status not in {DeviceState.INVALID, DeviceState.UNAVAILABLE}
            for (name, _), member in self.members.items()
            if name.casefold() == queue
        )
        return Outcome.TIMEOUT if any(serving) else Outcome.NO_AGENTS

    def _exits_by_key(self, heard_until: int) -> Iterator[FloorEvent]:
        for call_id, waiting in list(self.waiting.items()):
            if waiting.left_at is not None and heard_until - waiting.left_at >= CONNECT_MS:
                yield from self._close(waiting.left_at, call_id, Outcome.EXIT_KEY)

    def _close(self, at: int, call_id: str, outcome: Outcome) -> Iterator[FloorEvent]:
        """End a wait without an answer."""
        waiting = self.waiting.pop(call_id)
        for agent in waiting.ringing_agents.values():
            self._released(at, agent)
            yield OfferWithdrawn(at, call_id, waiting.queue, agent)
        yield CallEnded(at, call_id, waiting.queue, outcome, _LEFT_BY.get(outcome))

    def _waiting(self, packet: Packet) -> WaitingCaller | None:
        waiting = self.waiting.get(packet["Uniqueid"])
        if waiting and waiting.queue.casefold() == packet["Queue"].casefold():
            return waiting
        return None

    # Offers and talks

    def _rings(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        yield from self._recognised(at, packet)
        if waiting := self._waiting(packet):
            agent = agent_of(packet)
            waiting.ringing_agents[packet["DestUniqueid"]] = agent
            yield CallOffered(at, packet["Uniqueid"], waiting.queue, agent)

    def _stops_ringing(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        call_id = packet["Uniqueid"]
        waiting = self.waiting.get(call_id)
        agent = waiting.stop_ringing(packet["DestUniqueid"], agent_of(packet)) if waiting else None
        if waiting and agent:
            self._released(at, agent)
            yield OfferWithdrawn(at, call_id, waiting.queue, agent)
            if waiting.left_at is not None and not waiting.may_be_ringing:
                yield from self._close(waiting.left_at, call_id, Outcome.EXIT_KEY)

    def _silent(self, at: int, agent: str) -> Iterator[FloorEvent]:
        """A telephone that stops ringing after the caller has left was not the one connected."""
        for call_id, waiting in list(self.waiting.items()):
            if waiting.left_at is not None and waiting.stop_ringing("", agent):
                yield OfferWithdrawn(at, call_id, waiting.queue, agent)
                if not waiting.may_be_ringing:
                    yield from self._close(waiting.left_at, call_id, Outcome.EXIT_KEY)

    def _dial_ended(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        if packet["DialStatus"] == "CANCEL":
            yield from self._stops_ringing(at, packet)

    def _not_answered(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        agent = agent_of(packet)
        if waiting := self._waiting(packet):
            waiting.stop_ringing(packet["DestUniqueid"], agent)
        self._released(at, agent)
        yield CallMissed(at, packet["Uniqueid"], packet["Queue"], agent, max(0, packet.number("RingTime") or 0))

    def _connected(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        call_id, queue, agent = packet["Uniqueid"], packet["Queue"], agent_of(packet)
        yield from self._recognised(at, packet)
        if any(talk.channel == packet["DestUniqueid"] for talk in self.talking.get(call_id, ())):
            return
        if waiting := self._waiting(packet):
            del self.waiting[call_id]
            for other in waiting.ringing_agents.values():
                if other != agent:
                    self._released(at, other)
                    yield OfferWithdrawn(at, call_id, queue, other)
        yield from self._wrap_ups.end(at, agent)
        self.talking.setdefault(call_id, []).append(Conversation(queue, agent, packet["DestUniqueid"], at))
        yield CallAnswered(at, call_id, queue, agent, milliseconds(packet, "HoldTime"))

    def _completed(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        queue, agent = packet["Queue"], agent_of(packet)
        answered_at = at - (milliseconds(packet, "TalkTime") or 0)
        # After an attended transfer the packet names no channel.
        call_id = packet["Uniqueid"] or nearest_talk(self.talking, queue, agent, answered_at)
        if call_id is None:
            return
        talk = end_talk(self.talking, call_id, queue, agent)
        if talk and talk.held:
            yield CallResumed(at, call_id, agent)
        self._released(at, agent)
        ended_by = packet["Reason"] if packet["Reason"] in {"caller", "agent", "transfer"} else None
        yield CallEnded(
            at,
            call_id,
            queue,
            Outcome.ANSWERED,
            ended_by,
            agent,
            milliseconds(packet, "HoldTime"),
            milliseconds(packet, "TalkTime"),
            wraps_up=self._wrap_ups.begin(at, agent, self._wrap_up_ms(queue, agent)),
        )

    def _wrap_up_ms(self, queue: str, agent: str) -> int:
        member = self.members.get((queue, agent))
        return (member.wrap_up_ms if member else 0) or self._queue_wrap_up_ms.get(queue.casefold(), 0)

    def _released(self, at: int, agent: str) -> None:
        """Give the agent's telephone time to become idle, under every name that has been at it."""
        for names in self._agents_at.values():
            if agent in names:
                for name in names:
                    self.phones.released(at, name)

    # Hold

    def _hold(self, at: int, packet: Packet, *, held: bool) -> Iterator[FloorEvent]:
        """Only a hold by the agent counts. A channel behind a Local channel is recognised by its telephone."""
        for call_id, talks in self.talking.items():
            for talk in talks:
                interface = getattr(self.members.get((talk.queue, talk.agent)), "interface", "")
                if talk.channel == packet["Uniqueid"] or is_channel_of(packet, interface):
                    yield from self._set_hold(at, call_id, talk, held=held)

    def _set_hold(self, at: int, call_id: str, talk: Conversation, *, held: bool) -> Iterator[FloorEvent]:
        if talk.held != held:
            talk.held = held
            yield (CallHeld if held else CallResumed)(at, call_id, talk.agent)

    def _hold_by_phone(self, at: int, agent: str, status: int) -> Iterator[FloorEvent]:
        """Without Hold events (class ``call``), the telephone's state shows when a hold begins and ends."""
        if status not in {DeviceState.IN_USE, DeviceState.ON_HOLD}:
            return
        for call_id, talks in self.talking.items():
            for talk in talks:
                if talk.agent == agent:
                    yield from self._set_hold(at, call_id, talk, held=status == DeviceState.ON_HOLD)

    # Members

    def update_member(self, at: int, packet: Packet, *, since: int | None = None) -> Iterator[FloorEvent]:
        """Bring a membership up to a packet that holds all of its state."""
        queue, agent, interface = packet["Queue"], agent_of(packet), interface_of(packet)
        paused, reason = packet["Paused"] == "1", packet["PausedReason"] or None
        status = packet.number("Status") or 0
        yield from self._recognised(at, packet)
        known = self.members.get((queue, agent))
        wrap_up_ms, calls_taken = (packet.number("Wrapuptime") or 0) * 1000, packet.number("CallsTaken") or 0
        self.members[queue, agent] = QueueMember(interface, paused, reason, wrap_up_ms, status, calls_taken)
        if known is None:
            static = packet["Membership"] not in {"dynamic", ""}
            yield MemberJoined(at if since is None else since, queue, agent, static=static)
        if paused and (known is None or not known.paused or known.reason != reason):
            yield AgentPaused(at if since is None else since, agent, queue, reason)
        elif known and known.paused and not paused:
            yield AgentUnpaused(at, agent, queue)
        yield from self.phones.seen(at, agent, packet["StateInterface"] or interface, status)
        if known and known.status != status:
            yield from self._hold_by_phone(at, agent, status)
            if status == DeviceState.NOT_IN_USE:
                yield from self._silent(at, agent)

    def _member_removed(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        """An agent is no longer a member of a queue. Their present call goes on."""
        queue, agent = packet["Queue"], agent_of(packet)
        if self.members.pop((queue, agent), None) is None:
            return
        yield MemberLeft(at, queue, agent)
        if not any(name == agent for _, name in self.members):
            yield from self.phones.gone(at, agent, packet["StateInterface"] or interface_of(packet))

    def _recognised(self, at: int, packet: Packet) -> Iterator[FloorEvent]:
        """A telephone and the name at it are one agent; a desk that several people use belongs to the last one."""
        agent, interface = agent_of(packet), agent_key(interface_of(packet))
        self._agents_at.setdefault(interface, set()).add(agent)
        if interface and agent != interface and self._aliases.get(interface) != agent:
            self._aliases[interface] = agent
            yield AgentKnownAs(at, agent, interface)
