"""The callers, conversations and members that the translator keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class WaitingCaller:
    """A caller in a queue."""

    queue: str
    ringing_agents: dict[str, str] = field(default_factory=dict)
    """Agents whose telephones ring for the caller, by the channel's id."""
    rings_unseen: bool = False
    """Whether telephones may have started to ring before we connected: no event reports those."""
    abandoned: bool = False
    hung_up: bool = False
    left_at: int | None = None

    @property
    def may_be_ringing(self) -> bool:
        """Whether a telephone rings for the caller, or may do so unseen."""
        return bool(self.ringing_agents) or self.rings_unseen

    def stop_ringing(self, channel: str, agent: str) -> str | None:
        """The agent whose telephone stops: found by channel, or by name where a reconnection lost the channel."""
        if channel not in self.ringing_agents:
            channel = next((known for known, name in self.ringing_agents.items() if name == agent), "")
        return self.ringing_agents.pop(channel, None)


@dataclass
class Conversation:
    """A caller with an agent."""

    queue: str
    agent: str
    channel: str
    """Id of the agent's channel; '' if unknown."""
    answered_at: int
    held: bool = False


@dataclass
class QueueMember:
    """An agent's membership of a queue."""

    interface: str
    paused: bool
    reason: str | None
    wrap_up_ms: int
    status: int
    calls_taken: int


def nearest_talk(talking: Mapping[str, list[Conversation]], queue: str, agent: str, answered_at: int) -> str | None:
    """The agent's call from this queue that was answered nearest to a moment; None where they have none."""
    talks = [
        (abs(talk.answered_at - answered_at), call_id)
        for call_id, talks in talking.items()
        for talk in talks
        if talk.queue == queue and talk.agent == agent
    ]
    return min(talks)[1] if talks else None


def end_talk(talking: dict[str, list[Conversation]], call_id: str, queue: str, agent: str) -> Conversation | None:
    """Remove an agent's conversation and return it; None where there is none."""
    talks = talking.get(call_id, [])
    ended = next((talk for talk in talks if talk.agent == agent and talk.queue == queue), None)
    if ended:
        talks.remove(ended)
    if not talks:
        talking.pop(call_id, None)
    return ended
