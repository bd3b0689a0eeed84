"""Turns FreeSWITCH's agents into events: log-in, queues, pauses, calls outside the queues and wrap-up.

A logged-out agent is in no queue, whatever tiers they have. An agent on a break, or available and ``Idle`` (after a
call of one who is available on demand), is offered no call: both are pauses here. The switch keeps no reasons; ``Idle``
is given as that of the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ccmon.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentPaused,
    AgentUnpaused,
    FloorEvent,
    MemberJoined,
    MemberLeft,
    OtherCallEnded,
    OtherCallStarted,
)
from ccmon.sources.freeswitch.tables import CallCenterTables
from ccmon.sources.wrap_ups import WrapUps

LOGGED_OUT: Final = "Logged Out"
ON_BREAK: Final = "On Break"
IDLE: Final = "Idle"
RECEIVING: Final = "Receiving"


@dataclass
class _Agent:
    status: str = ""
    state: str = ""
    wrap_up_ms: int = 0
    is_in: bool | None = None
    """Whether the agent was last reported as logged in; None: not reported yet."""
    pause: str | None = None
    """The pause last reported, '' for none; None: not reported yet."""
    queues: set[str] = field(default_factory=set)
    tiers: set[str] = field(default_factory=set)
    on_other_call: bool = False


class ReportedAgents:
    """Compares the agents with what was last reported of them, and reports what has changed."""

    def __init__(self) -> None:
        self._agents: dict[str, _Agent] = {}
        self.wrap_ups = WrapUps()

    def refresh(self, at: int, tables: CallCenterTables) -> Iterator[FloorEvent]:
        """Compare all agents and tiers: whoever is missing has left."""
        tiers: dict[str, set[str]] = {}
        for tier in tables.tiers:
            tiers.setdefault(tier.agent, set()).add(tier.queue)
        for row in tables.agents:
            agent = self._agents.setdefault(row.name, _Agent())
            agent.status, agent.state = row.status or agent.status, row.state or agent.state
            agent.wrap_up_ms = max(0, row.wrap_up_time) * 1000
            agent.tiers = tiers.get(row.name, set())
            yield from self._emit_changes(at, row.name)
            on_other_call = row.external_calls_count > 0
            if on_other_call != agent.on_other_call:
                agent.on_other_call = on_other_call
                yield (OtherCallStarted if on_other_call else OtherCallEnded)(at, row.name)
        for name in self._agents.keys() - {row.name for row in tables.agents}:
            if self._agents.pop(name).is_in is not False:
                yield AgentLoggedOut(at, name)

    def forget(self) -> None:
        """Emit everything again at the next `refresh`."""
        self._agents.clear()

    def changed(self, at: int, name: str, *, status: str = "", state: str = "") -> Iterator[FloorEvent]:
        """The agent chose another status, or the switch put them in another state; '' means unchanged."""
        agent = self._agents.setdefault(name, _Agent())
        agent.status, agent.state = status or agent.status, state or agent.state
        yield from self._emit_changes(at, name)

    def begin_wrap_up(self, at: int, name: str) -> bool:
        """The agent's call ended; return whether a wrap-up follows."""
        return self.wrap_ups.begin(at, name, self._agents[name].wrap_up_ms if name in self._agents else 0)

    def _emit_changes(self, at: int, name: str) -> Iterator[FloorEvent]:
        agent = self._agents[name]
        if not agent.status:
            return
        if agent.status == LOGGED_OUT:
            if agent.is_in is not False:
                agent.is_in, agent.pause, agent.queues = False, None, set()
                yield AgentLoggedOut(at, name)
            return
        if not agent.is_in:
            agent.is_in = True
            yield AgentLoggedIn(at, name)
        new_queues = agent.tiers - agent.queues
        for queue in sorted(agent.queues - agent.tiers):
            yield MemberLeft(at, queue, name)
        for queue in sorted(new_queues):
            yield MemberJoined(at, queue, name)
        agent.queues = set(agent.tiers)
        pause = ON_BREAK if agent.status == ON_BREAK else IDLE if agent.state == IDLE else ""
        if pause != agent.pause or (pause and new_queues):
            agent.pause = pause
            reason = None if pause == ON_BREAK else pause
            yield AgentPaused(at, name, None, reason) if pause else AgentUnpaused(at, name, None)
