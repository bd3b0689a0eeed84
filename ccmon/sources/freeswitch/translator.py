"""Turns the event socket's ``callcenter::info`` events into floor events (metrics.md 14.4). No socket, no clock.

A call's id is the member's uuid, which the switch writes to its call records as ``cc_member_uuid``; a caller who comes
back to their place (``abandoned-resume-allowed``) is its second visit. ``bridge-agent-start`` comes before the bridge
is tried: the answer is emitted at once, and undone if ``bridge-agent-end`` says that the bridge failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ccmon.events import (
    AnswerUndone,
    CallAnswered,
    CallEnded,
    CallEntered,
    CallMissed,
    CallOffered,
    FloorEvent,
    OfferWithdrawn,
)
from ccmon.model.calls import Outcome
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.time_units import HOUR_MS, MINUTE_MS

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "BREAK_OUT": Outcome.ABANDONED,
    "TIMEOUT": Outcome.TIMEOUT,
    "NO_AGENT_TIMEOUT": Outcome.NO_AGENTS,
    "EXIT_WITH_KEY": Outcome.EXIT_KEY,
}
"""By CC-Cancel-Reason; any other reason is UNKNOWN."""

NO_FAULT: Final = frozenset({"LOSE_RACE", "ORIGINATOR_CANCEL"})
"""Causes that end a ringing without fault of the agent: another answered, or the caller left."""

_OF_CALLER: Final = ("CC-Member-UUID", "CC-Queue")
_OF_AGENTS_CALL: Final = (*_OF_CALLER, "CC-Agent")
ORPHANED_AFTER_MS: Final = MINUTE_MS
"""How long after a failed bridge without news a caller counts as having left at that bridge."""

_REMEMBERED_MS: Final = HOUR_MS
"""How long orphaned callers are remembered, so that an end reported late is not counted twice."""


@dataclass
class Caller:
    """A caller in a queue."""

    queue: str
    agent: str | None = None
    """The agent in conversation with the caller; None while waiting."""
    ringing_since: dict[str, int] = field(default_factory=dict)
    """By agent: since when their telephone rings."""
    put_back_at: int | None = None
    """When a bridge to an agent failed, until there is more news of the caller."""


class EventTranslator:
    """Turns the socket's events into floor events and keeps what is needed for the next one."""

    def __init__(self, reported: ReportedAgents) -> None:
        """``reported`` is shared with the code that asks the switch for its agents and tiers."""
        self.reported = reported
        self.callers: dict[str, Caller] = {}
        self._orphaned: dict[str, int] = {}
        """By uuid: when a caller whose end no event had reported was counted as orphaned."""
        self._handlers: dict[str, tuple[Callable[[int, Mapping[str, str]], Iterator[FloorEvent]], tuple[str, ...]]] = {
            "member-queue-start": (self._entered, _OF_CALLER),
            "member-queue-resume": (self._entered, _OF_CALLER),
            "member-queue-end": (self._left, _OF_CALLER),
            "agent-offering": (self._offered, _OF_AGENTS_CALL),
            "bridge-agent-start": (self._answered, _OF_AGENTS_CALL),
            "bridge-agent-end": (self._bridge_ended, ("CC-Member-UUID",)),
            "bridge-agent-fail": (self._not_answered, _OF_AGENTS_CALL),
            "agent-status-change": (
                lambda at, event: reported.changed(at, event["CC-Agent"], status=event["CC-Agent-Status"]),
                ("CC-Agent", "CC-Agent-Status"),
            ),
            "agent-state-change": (
                lambda at, event: reported.changed(at, event["CC-Agent"], state=event["CC-Agent-State"]),
                ("CC-Agent", "CC-Agent-State"),
            ),
        }
        """By action: its handler, and the headers that it cannot do without."""

    def translate(self, at: int, event: Mapping[str, str]) -> list[FloorEvent]:
        """The floor events of one event of the switch; none for an event of another kind."""
        if not self.understands(event):
            return []
        handler, needed = self._handlers[event["CC-Action"]]
        return list(handler(at, event)) if all(event.get(header) for header in needed) else []

    def understands(self, event: Mapping[str, str]) -> bool:
        """Whether floor events are made of this kind of event."""
        return event.get("CC-Action", "") in self._handlers

    def expire(self, at: int) -> list[FloorEvent]:
        """Events that follow from the passing of time."""
        self._orphaned = {
            uuid: orphaned_at for uuid, orphaned_at in self._orphaned.items() if at - orphaned_at < _REMEMBERED_MS
        }
        orphaned = [
            uuid
            for uuid, caller in self.callers.items()
            if caller.put_back_at is not None and at - caller.put_back_at >= ORPHANED_AFTER_MS
        ]
        ends = [event for uuid in orphaned for event in self.end_orphaned(at, uuid, None)]
        return [*ends, *self.reported.wrap_ups.expire(at)]

    def end_orphaned(self, at: int, uuid: str, left_at: int | None) -> Iterator[FloorEvent]:
        """End the visit of a caller who is gone, though no event has said so.

        They left unserved at ``left_at``; None: at an unknown moment, taken as that of their failed bridge if any.
        """
        caller = self.callers.pop(uuid)
        self._orphaned[uuid] = at
        yield from self._stop_ringing(at, uuid, caller)
        left_at = caller.put_back_at if left_at is None else min(at, left_at)
        if left_at is None:
            yield CallEnded(at, uuid, caller.queue, Outcome.UNKNOWN, agent=caller.agent)
            return
        if caller.agent:
            yield AnswerUndone(at, uuid, caller.queue, caller.agent)
        yield CallEnded(left_at, uuid, caller.queue, Outcome.ABANDONED, "caller")

    def _entered(self, at: int, event: Mapping[str, str]) -> Iterator[FloorEvent]:
        uuid, queue = event["CC-Member-UUID"], event["CC-Queue"]
        if uuid not in self.callers:
            self.callers[uuid] = Caller(queue)
            number, name = event.get("CC-Member-CID-Number") or None, event.get("CC-Member-CID-Name") or None
            yield CallEntered(at, uuid, queue, number, name)

    def _offered(self, at: int, event: Mapping[str, str]) -> Iterator[FloorEvent]:
        uuid, agent = event["CC-Member-UUID"], event["CC-Agent"]
        if uuid in self._orphaned:
            yield from self._entered(at, event)  # counted as orphaned by mistake
        caller = self.callers.get(uuid)
        if caller and caller.agent is None:
            caller.put_back_at = None
            caller.ringing_since[agent] = at
            yield CallOffered(at, uuid, caller.queue, agent)

    def _not_answered(self, at: int, event: Mapping[str, str]) -> Iterator[FloorEvent]:
        uuid, agent, queue = event["CC-Member-UUID"], event["CC-Agent"], event["CC-Queue"]
        caller = self.callers.get(uuid)
        rang_at = caller.ringing_since.pop(agent, None) if caller else None
        if event.get("CC-Hangup-Cause") in NO_FAULT:
            if rang_at is not None:
                yield OfferWithdrawn(at, uuid, queue, agent)
            return
        ring_ms = (
            at - rang_at if rang_at is not None else _apart(event, "CC-Agent-Called-Time", "CC-Agent-Aborted-Time")
        )
        yield CallMissed(at, uuid, queue, agent, max(0, ring_ms or 0))

    def _answered(self, at: int, event: Mapping[str, str]) -> Iterator[FloorEvent]:
        uuid, agent, queue = event["CC-Member-UUID"], event["CC-Agent"], event["CC-Queue"]
        caller = self.callers.setdefault(uuid, Caller(queue))
        if caller.agent == agent:
            return
        yield from self._stop_ringing(at, uuid, caller, but=agent)
        yield from self.reported.wrap_ups.end(at, agent)
        caller.agent, caller.put_back_at = agent, None
        yield CallAnswered(at, uuid, queue, agent, _apart(event, "CC-Member-Joined-Time", "CC-Agent-Answered-Time"))

    def _bridge_ended(self, at: int, event: Mapping[str, str]) -> Iterator[FloorEvent]:
        """Undo the answer if the bridge failed; the end of a conversation comes with member-queue-end."""
        uuid = event["CC-Member-UUID"]
        caller = self.callers.get(uuid)
        if caller and caller.agent and event.get("CC-Agent-Bridged") == "false":
            agent, caller.agent, caller.put_back_at = caller.agent, None, at
            yield AnswerUndone(at, uuid, caller.queue, agent)

    def _left(self, at: int, event: Mapping[str, str]) -> Iterator[FloorEvent]:
        uuid, queue = event["CC-Member-UUID"], event["CC-Queue"]
        caller, was_orphaned = self.callers.pop(uuid, None), self._orphaned.pop(uuid, None) is not None
        if caller:
            yield from self._stop_ringing(at, uuid, caller)
        elif was_orphaned:
            return
        if event.get("CC-Cause") == "Terminated":
            agent = event.get("CC-Agent") or (caller.agent if caller else None)
            yield CallEnded(
                at,
                uuid,
                queue,
                Outcome.ANSWERED,
                agent=agent,
                waited_ms=_apart(event, "CC-Member-Joined-Time", "CC-Agent-Answered-Time"),
                talked_ms=_apart(event, "CC-Agent-Answered-Time", "CC-Member-Leaving-Time"),
                wraps_up=agent is not None and self.reported.begin_wrap_up(at, agent),
            )
            return
        if caller and caller.agent:
            yield AnswerUndone(at, uuid, queue, caller.agent)
        outcome = OUTCOMES.get(event.get("CC-Cancel-Reason", ""), Outcome.UNKNOWN)
        ended_by = "caller" if outcome in {Outcome.ABANDONED, Outcome.EXIT_KEY} else None
        waited_ms = _apart(event, "CC-Member-Joined-Time", "CC-Member-Leaving-Time")
        yield CallEnded(at, uuid, queue, outcome, ended_by, waited_ms=waited_ms)

    @staticmethod
    def _stop_ringing(at: int, uuid: str, caller: Caller, *, but: str | None = None) -> Iterator[FloorEvent]:
        for agent in caller.ringing_since:
            if agent != but:
                yield OfferWithdrawn(at, uuid, caller.queue, agent)
        caller.ringing_since.clear()


def _apart(event: Mapping[str, str], start: str, end: str) -> int | None:
    """Milliseconds between two moments that the event gives in whole seconds; None where one is missing or 0."""
    try:
        first, last = int(event[start]), int(event[end])
    except (KeyError, ValueError):
        return None
    return max(0, last - first) * 1000 if first and last else None
