"""Numbers of the manager's packets that cannot be: they count as not said."""

from __future__ import annotations

from typing import Final

from ccmon import limits
from ccmon.sources.ami.protocol import Packet

_LENGTHS: Final = {"HoldTime": 1000, "TalkTime": 1000, "RingTime": 1, "Wait": 1000, "Wrapuptime": 1000}
"""Milliseconds of the unit; a ring is told in milliseconds or seconds, and the finer is checked."""
_MOMENTS: Final = ("LastCall", "LastPause", "LoginTime")
"""Unix seconds; 0 is never."""


def checked(packet: Packet, now: int) -> tuple[Packet, list[str]]:
    """The packet without its numbers that cannot be, and what is wrong with each.

    Args:
        packet: an event.
        now: the reader's clock, Unix milliseconds.
    """
    errors = {}
    for name, unit_ms in _LENGTHS.items():
        _, error = limits.length_ms(packet[name], unit_ms)
        if error is not None:
            errors[name.lower()] = f"{name}: {error}"
    for name in _MOMENTS:
        error = limits.impossible_epoch(packet[name], now)
        if error is not None:
            errors[name.lower()] = f"{name} {error}"
    if not errors:
        return packet, []
    kept = tuple((name, value) for name, value in packet.lines if name.lower() not in errors)
    return Packet(kept), list(errors.values())
