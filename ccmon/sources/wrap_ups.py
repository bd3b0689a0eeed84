"""Wrap-ups whose end the switch does not report."""

from __future__ import annotations

from collections.abc import Iterator

from ccmon.events import FloorEvent, WrapUpEnded


class WrapUps:
    """The current wrap-ups: each ends after its length, or at the next call."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}

    def begin(self, at: int, agent: str, length_ms: int) -> bool:
        """The agent's call ended; return whether a wrap-up follows."""
        if length_ms:
            self._until[agent] = at + length_ms
        return bool(length_ms)

    def end(self, at: int, agent: str) -> Iterator[FloorEvent]:
        """The agent's next call begins."""
        if self._until.pop(agent, None) is not None:
            yield WrapUpEnded(at, agent)

    def expire(self, at: int) -> Iterator[FloorEvent]:
        """End the wrap-ups that are over."""
        for agent, until in list(self._until.items()):
            if until <= at:
                yield from self.end(until, agent)
