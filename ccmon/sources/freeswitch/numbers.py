"""Impossible numbers in the switch's events and rows: they count as missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ccmon import plausibility

OWN_MOMENT: Final = "Event-Date-Timestamp"
"""Unix microseconds."""
_TIMES: Final = (
    "CC-Member-Joined-Time",
    "CC-Agent-Called-Time",
    "CC-Agent-Answered-Time",
    "CC-Agent-Aborted-Time",
    "CC-Member-Leaving-Time",
)
"""Unix seconds, in the order in which they happen; 0 means never."""


def impossible_event(event: Mapping[str, str], now: int, clock_offset_ms: int) -> str | None:
    """Why an event's own moment is impossible; None where it is possible or missing."""
    text = event.get(OWN_MOMENT, "").strip()
    if not text.removeprefix("-").isdecimal() or not text.isascii():
        return None
    return plausibility.impossible_moment(int(text[:30]) // 1000 + clock_offset_ms, now)


def checked(event: Mapping[str, str], now: int) -> tuple[Mapping[str, str], list[str]]:
    """The event without its impossible numbers, and what is wrong with each."""
    errors = {}
    last = 0
    for name in _TIMES:
        text = event.get(name, "")
        error = plausibility.impossible_epoch(text, now)
        if error is None and text.strip().strip("0"):
            moment = int(text)
            if moment < last:
                error = f"is earlier than what came before it: {plausibility.quoted(text)}"
            elif last and (too_long := plausibility.impossible_length((moment - last) * 1000)):
                error = f"makes {too_long}: {plausibility.quoted(text)}"
            else:
                last = moment
        if error is not None:
            errors[name] = f"{name} {error}"
    return {name: value for name, value in event.items() if name not in errors}, list(errors.values())
