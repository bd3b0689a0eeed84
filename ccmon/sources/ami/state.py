"""What the translator knows of callers and members, and how it reads their packets."""

from __future__ import annotations

from dataclasses import dataclass, field

from ccmon.sources.agents import agent_key
from ccmon.sources.ami.protocol import Packet


@dataclass
class Waiting:
    """A caller in a queue."""

    queue: str
    rings: dict[str, str] = field(default_factory=dict)
    """Agents whose telephones ring for the caller, by the channel's id."""
    rings_unseen: bool = False
    """Whether telephones may have begun to ring before we were connected: nobody tells of those."""
    abandoned: bool = False
    hung_up: bool = False
    left_at: int | None = None

    @property
    def may_be_rung(self) -> bool:
        """Whether a telephone rings for the caller, as far as anybody can tell."""
        return bool(self.rings) or self.rings_unseen

    def stop_ringing(self, channel: str, agent: str) -> str | None:
        """The agent whose telephone stops: by its channel, or by name where a new connection lost the channel."""
        if channel not in self.rings:
            channel = next((known for known, name in self.rings.items() if name == agent), "")
        return self.rings.pop(channel, None)


@dataclass
class Talking:
    """A caller with an agent."""

    queue: str
    agent: str
    channel: str
    """Id of the agent's channel; '' where it is not known."""
    answered_at: int
    held: bool = False


@dataclass
class QueueMember:
    """An agent's place in a queue."""

    interface: str
    paused: bool
    reason: str | None
    wrap_up_ms: int
    status: int
    calls_taken: int


def agent_of(packet: Packet) -> str:
    """The queue log's word for the agent: the member's name, or the interface where none is set; as one key."""
    return agent_key(packet["MemberName"] or packet["Name"] or interface_of(packet))


def is_channel_of(channel: Packet, interface: str) -> bool:
    """Whether a channel (``PJSIP/1001-0000002a``) is at an agent's interface (``Local/1001@from-queue/n``)."""
    device = channel["Channel"].removesuffix(";1").removesuffix(";2").rpartition("-")[0]
    return bool(device and interface) and agent_key(device) == agent_key(interface)


def interface_of(packet: Packet) -> str:
    """The interface that a queue calls the agent at: ``PJSIP/1001``, ``Local/1001@agents/n``."""
    return packet["Interface"] or packet["Location"]


def known_text(value: str) -> str | None:
    """A caller's number or name; None where the switch knows none."""
    return None if value in {"", "<unknown>"} else value


def milliseconds(packet: Packet, name: str) -> int | None:
    """A header in whole seconds as milliseconds; None where it is absent."""
    seconds = packet.number(name)
    return None if seconds is None else max(0, seconds) * 1000
