"""Agents as the switches see them: one key for the names of one agent (metrics.md 6.1), and wrap-ups that run out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ccmon.events import CallEvent, WrapUpEnded

_INTERFACE = re.compile(
    r"(?:PJSIP|SIP|IAX2|Local|Agent|SCCP|Skinny|DAHDI|Zap|MGCP|H323|OOH323|Console|Custom)/([^/@]+)(?:@[^/]*)?(?:/[a-z]+)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=10_000)
def agent_key(name: str) -> str:
    """The agent's key: an interface without technology, context and options; any other name as it is.

    >>> [agent_key(name) for name in ("PJSIP/1001", "Local/1001@from-queue/n", "Agent/1001", "1001", "Ann Onyme")]
    ['1001', '1001', '1001', '1001', 'Ann Onyme']
    >>> agent_key("SIP/trunk/0612345678")
    'SIP/trunk/0612345678'
    """
    found = _INTERFACE.fullmatch(name.strip())
    return found[1] if found else name.strip()


class WrapUps:
    """The wrap-ups that run. A switch does not report their ends: each ends after its length, or at the next call."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}

    def begin(self, at: int, agent: str, length_ms: int) -> bool:
        """The agent's call ended; whether a wrap-up follows it."""
        if length_ms:
            self._until[agent] = at + length_ms
        return bool(length_ms)

    def end(self, at: int, agent: str) -> Iterator[CallEvent]:
        """The agent's next call begins."""
        if self._until.pop(agent, None) is not None:
            yield WrapUpEnded(at, agent)

    def due(self, at: int) -> Iterator[CallEvent]:
        """End the wrap-ups that are over."""
        for agent, until in list(self._until.items()):
            if until <= at:
                yield from self.end(until, agent)
