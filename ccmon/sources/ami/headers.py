"""Reads the headers of the manager's packets and finds impossible numbers among them."""

from __future__ import annotations

from typing import Final

from ccmon import plausibility
from ccmon.sources.agent_key import agent_key
from ccmon.sources.ami.protocol import Packet

_LENGTHS: Final = {"HoldTime": 1000, "TalkTime": 1000, "RingTime": 1, "Wait": 1000, "Wrapuptime": 1000}
"""Milliseconds per unit. A ring comes in milliseconds or seconds: it is checked as milliseconds."""
_MOMENTS: Final = ("LastCall", "LastPause", "LoginTime")
"""Unix seconds; 0 means never."""


def agent_of(packet: Packet) -> str:
    """The agent's key, as in the queue log: of the member's name, or of the interface where no name is set."""
    return agent_key(packet["MemberName"] or packet["Name"] or interface_of(packet))


def is_channel_of(channel: Packet, interface: str) -> bool:
    """Whether a channel (``PJSIP/1001-0000002a``) is at an agent's interface (``Local/1001@from-queue/n``)."""
    device = channel["Channel"].removesuffix(";1").removesuffix(";2").rpartition("-")[0]
    return bool(device and interface) and agent_key(device) == agent_key(interface)


def interface_of(packet: Packet) -> str:
    """The interface on which a queue calls the agent: ``PJSIP/1001``, ``Local/1001@agents/n``."""
    return packet["Interface"] or packet["Location"]


def known_text(value: str) -> str | None:
    """A caller's number or name; None where the switch knows none."""
    return None if value in {"", "<unknown>"} else value


def milliseconds(packet: Packet, name: str) -> int | None:
    """A header in whole seconds, as milliseconds; None where it is absent."""
    seconds = packet.number(name)
    return None if seconds is None else max(0, seconds) * 1000


def checked(packet: Packet, now: int) -> tuple[Packet, list[str]]:
    """The packet without its impossible numbers, which count as missing, and what is wrong with each."""
    errors = {}
    for name, unit_ms in _LENGTHS.items():
        _, error = plausibility.length_ms(packet[name], unit_ms)
        if error is not None:
            errors[name.lower()] = f"{name}: {error}"
    for name in _MOMENTS:
        error = plausibility.impossible_epoch(packet[name], now)
        if error is not None:
            errors[name.lower()] = f"{name} {error}"
    if not errors:
        return packet, []
    possible = tuple((name, value) for name, value in packet.lines if name.lower() not in errors)
    return Packet(possible), list(errors.values())
