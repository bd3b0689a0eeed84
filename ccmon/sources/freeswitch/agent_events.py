"""FreeSWITCH's agents as events: log-in, queues, pauses, calls from outside and wrap-up.

An agent who is logged out is in no queue, whatever tiers they have. On a break, or available and ``Idle`` (after a call
of one who is available on demand), no call is offered: both are pauses here. The switch keeps no reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ccmon.events import (
    AgentBusy,
    AgentFree,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentPaused,
    AgentUnpaused,
    CallEvent,
    MemberJoined,
    MemberLeft,
    WrapUpEnded,
)
from ccmon.sources.freeswitch.tables import CallCenterTables

LOGGED_OUT: Final = "Logged Out"
ON_BREAK: Final = "On Break"
IDLE: Final = "Idle"
RECEIVING: Final = "Receiving"


@dataclass
class _Agent:
    status: str = ""
    state: str = ""
    wrap_up_ms: int = 0
    told_in: bool | None = None
    """Whether the agent was last reported as logged in; None: not reported yet."""
    told_pause: str | None = None
    """The pause reported last, '' for none; None: not reported yet."""
    told_queues: set[str] = field(default_factory=set)
    tiers: set[str] = field(default_factory=set)
    busy: bool = False


class AgentEvents:
    """Compares the agents with what was reported of them last, and reports what has changed."""

    def __init__(self) -> None:
        self._agents: dict[str, _Agent] = {}
        self._wrap_ups: dict[str, int] = {}

    def refresh(self, at: int, tables: CallCenterTables) -> Iterator[CallEvent]:
        """Take in all agents and tiers: whoever is missing is gone."""
        tiers: dict[str, set[str]] = {}
        for tier in tables.tiers:
            tiers.setdefault(tier.agent, set()).add(tier.queue)
        for row in tables.agents:
            agent = self._agents.setdefault(row.name, _Agent())
            agent.status, agent.state = row.status or agent.status, row.state or agent.state
            agent.wrap_up_ms = max(0, row.wrap_up_time) * 1000
            agent.tiers = tiers.get(row.name, set())
            yield from self._settle(at, row.name)
            yield from self._outside(at, row.name, busy=row.external_calls_count > 0)
        for name in self._agents.keys() - {row.name for row in tables.agents}:
            yield from self._gone(at, name)

    def forget(self) -> None:
        """Tell everything anew at the next `refresh`."""
        self._agents.clear()

    def status_changed(self, at: int, name: str, status: str) -> Iterator[CallEvent]:
        """The agent chose another status."""
        self._agents.setdefault(name, _Agent()).status = status
        yield from self._settle(at, name)

    def state_changed(self, at: int, name: str, state: str) -> Iterator[CallEvent]:
        """The switch put the agent in another state."""
        self._agents.setdefault(name, _Agent()).state = state
        yield from self._settle(at, name)

    def begin_wrap_up(self, at: int, name: str) -> bool:
        """The agent's call ended; whether a wrap-up follows it."""
        wrap_up_ms = self._agents[name].wrap_up_ms if name in self._agents else 0
        if wrap_up_ms:
            self._wrap_ups[name] = at + wrap_up_ms
        return bool(wrap_up_ms)

    def end_wrap_up(self, at: int, name: str) -> Iterator[CallEvent]:
        """The agent's next call comes first."""
        if self._wrap_ups.pop(name, None) is not None:
            yield WrapUpEnded(at, name)

    def due(self, at: int) -> Iterator[CallEvent]:
        """Wrap-ups that are over."""
        for name, until in list(self._wrap_ups.items()):
            if until <= at:
                del self._wrap_ups[name]
                yield WrapUpEnded(until, name)

    def _settle(self, at: int, name: str) -> Iterator[CallEvent]:
        agent = self._agents[name]
        if not agent.status:
            return
        if agent.status == LOGGED_OUT:
            if agent.told_in is not False:
                agent.told_in, agent.told_pause, agent.told_queues = False, None, set()
                yield AgentLoggedOut(at, name)
            return
        if not agent.told_in:
            agent.told_in = True
            yield AgentLoggedIn(at, name)
        new_queues = agent.tiers - agent.told_queues
        yield from self._serves(at, name, agent, new_queues)
        pause = ON_BREAK if agent.status == ON_BREAK else IDLE if agent.state == IDLE else ""
        if pause != agent.told_pause or (pause and new_queues):
            agent.told_pause = pause
            reason = None if pause == ON_BREAK else pause
            yield AgentPaused(at, name, None, reason) if pause else AgentUnpaused(at, name, None)

    @staticmethod
    def _serves(at: int, name: str, agent: _Agent, new_queues: Iterable[str]) -> Iterator[CallEvent]:
        for queue in sorted(agent.told_queues - agent.tiers):
            yield MemberLeft(at, queue, name)
        for queue in sorted(new_queues):
            yield MemberJoined(at, queue, name)
        agent.told_queues = set(agent.tiers)

    def _outside(self, at: int, name: str, *, busy: bool) -> Iterator[CallEvent]:
        agent = self._agents[name]
        if busy != agent.busy:
            agent.busy = busy
            yield (AgentBusy if busy else AgentFree)(at, name)

    def _gone(self, at: int, name: str) -> Iterator[CallEvent]:
        if self._agents.pop(name).told_in is not False:
            yield AgentLoggedOut(at, name)
