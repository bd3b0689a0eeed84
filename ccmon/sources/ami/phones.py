"""Agents' telephones: who cannot be reached, and who is on a call that is none of a queue's.

The manager tells one state of a telephone for every queue that its agent serves, and it holds for every agent at it. A
queue's own call makes the telephone busy too, and a telephone falls silent a moment after its queue call has ended:
busy counts only once it has lasted `SETTLE_MS` with no queue's call at the agent.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from enum import IntEnum
from typing import Final

from ccmon.events import AgentAvailable, AgentBusy, AgentFree, AgentUnavailable, FloorEvent

SETTLE_MS: Final = 1_000


class DeviceState(IntEnum):
    """Asterisk's states of a telephone, by the numbers in ``Status`` (metrics.md 6.1)."""

    UNKNOWN = 0
    NOT_IN_USE = 1
    IN_USE = 2
    BUSY = 3
    INVALID = 4
    UNAVAILABLE = 5
    RINGING = 6
    RING_IN_USE = 7
    ON_HOLD = 8


_UNREACHABLE: Final = frozenset({DeviceState.INVALID, DeviceState.UNAVAILABLE})
_IN_USE: Final = frozenset({DeviceState.IN_USE, DeviceState.BUSY, DeviceState.RING_IN_USE, DeviceState.ON_HOLD})


class Phones:
    """The telephones of all agents. An agent may have several; one that works makes the agent reachable."""

    def __init__(self, busy: Iterable[str] = (), unavailable: Iterable[str] = ()) -> None:
        """``busy`` and ``unavailable``: agents of whom that has been told already."""
        self._states: dict[str, int] = {}
        """By telephone."""
        self._telephones: dict[str, set[str]] = {}
        """By agent; two agents may have one in common."""
        self._in_use_since: dict[str, int] = {}
        self._busy = set(busy)
        self._unavailable = set(unavailable)

    def seen(self, at: int, agent: str, interface: str, state: int) -> Iterator[FloorEvent]:
        """The manager told the state of a telephone, by one of the agents at it."""
        self._telephones.setdefault(agent, set()).add(interface)
        self._states[interface] = state
        for name, telephones in self._telephones.items():
            if interface in telephones:
                yield from self._judge(at, name)

    def gone(self, at: int, agent: str, interface: str) -> Iterator[FloorEvent]:
        """The agent's telephone is in no queue any more, so that nothing more will be told of it."""
        self._telephones.get(agent, set()).discard(interface)
        yield from self._judge(at, agent)

    def released(self, at: int, agent: str) -> None:
        """A queue's call or its ringing at the agent has ended: the telephone gets its moment to fall silent."""
        if agent in self._in_use_since:
            self._in_use_since[agent] = at

    def due(self, at: int, engaged: Container[str]) -> Iterator[FloorEvent]:
        """What the passing of time tells; ``engaged`` are the agents at whom a queue's call rings or is talked to."""
        for agent, since in self._in_use_since.items():
            if agent not in self._busy and agent not in engaged and at - since >= SETTLE_MS:
                self._busy.add(agent)
                yield AgentBusy(at, agent)

    def _judge(self, at: int, agent: str) -> Iterator[FloorEvent]:
        states = [self._states[telephone] for telephone in self._telephones.get(agent, ())]
        if any(state in _IN_USE for state in states):
            self._in_use_since.setdefault(agent, at)
        else:
            self._in_use_since.pop(agent, None)
            if agent in self._busy:
                self._busy.discard(agent)
                yield AgentFree(at, agent)
        unavailable = bool(states) and all(state in _UNREACHABLE for state in states)
        if unavailable and agent not in self._unavailable:
            self._unavailable.add(agent)
            yield AgentUnavailable(at, agent)
        elif not unavailable and agent in self._unavailable:
            self._unavailable.discard(agent)
            yield AgentAvailable(at, agent)
