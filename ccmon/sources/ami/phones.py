"""Agents' telephones: who cannot be reached, and who is on a call outside the queues.

The manager reports a telephone's state once per queue that its agent serves; it holds for all agents at it. A queue's
own call makes the telephone busy too, and for a moment after it has ended: a telephone counts as busy only after
`SETTLE_MS` without a queue's call at the agent.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from enum import IntEnum
from typing import Final

from ccmon.events import AgentAvailable, AgentUnavailable, FloorEvent, OtherCallEnded, OtherCallStarted

SETTLE_MS: Final = 1_000


class DeviceState(IntEnum):
    """Asterisk's states of a telephone, with their numbers in ``Status`` (metrics.md 6.1)."""

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
    """The telephones of all agents. An agent may have several; one that works is enough to be reachable."""

    def __init__(self, on_other_call: Iterable[str] = (), unavailable: Iterable[str] = ()) -> None:
        """``on_other_call`` and ``unavailable``: agents already reported as such."""
        self._states: dict[str, int] = {}
        """By telephone."""
        self._telephones: dict[str, set[str]] = {}
        """By agent; two agents may share one."""
        self._in_use_since: dict[str, int] = {}
        self._on_other_call = set(on_other_call)
        self._unavailable = set(unavailable)

    def seen(self, at: int, agent: str, interface: str, state: int) -> Iterator[FloorEvent]:
        """The manager reported a telephone's state, for one of the agents at it."""
        self._telephones.setdefault(agent, set()).add(interface)
        self._states[interface] = state
        for name, telephones in self._telephones.items():
            if interface in telephones:
                yield from self._judge(at, name)

    def gone(self, at: int, agent: str, interface: str) -> Iterator[FloorEvent]:
        """The agent's telephone has left its last queue: the manager will report nothing more about it."""
        self._telephones.get(agent, set()).discard(interface)
        yield from self._judge(at, agent)

    def released(self, at: int, agent: str) -> None:
        """A queue's call, or its ringing, has ended at the agent: the telephone gets `SETTLE_MS` to become idle."""
        if agent in self._in_use_since:
            self._in_use_since[agent] = at

    def expire(self, at: int, engaged: Container[str]) -> Iterator[FloorEvent]:
        """Events that follow from the passing of time; ``engaged``: agents with a queue's call, ringing or answered."""
        for agent, since in self._in_use_since.items():
            if agent not in self._on_other_call and agent not in engaged and at - since >= SETTLE_MS:
                self._on_other_call.add(agent)
                yield OtherCallStarted(at, agent)

    def _judge(self, at: int, agent: str) -> Iterator[FloorEvent]:
        states = [self._states[telephone] for telephone in self._telephones.get(agent, ())]
        if any(state in _IN_USE for state in states):
            self._in_use_since.setdefault(agent, at)
        else:
            self._in_use_since.pop(agent, None)
            if agent in self._on_other_call:
                self._on_other_call.discard(agent)
                yield OtherCallEnded(at, agent)
        unavailable = bool(states) and all(state in _UNREACHABLE for state in states)
        if unavailable and agent not in self._unavailable:
            self._unavailable.add(agent)
            yield AgentUnavailable(at, agent)
        elif not unavailable and agent in self._unavailable:
            self._unavailable.discard(agent)
            yield AgentAvailable(at, agent)
