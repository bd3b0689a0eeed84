"""How the headers of the manager's packets are read."""

from __future__ import annotations

from ccmon.sources.agents import agent_key
from ccmon.sources.ami.protocol import Packet


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
