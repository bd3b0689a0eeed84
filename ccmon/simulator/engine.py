"""The clock of a simulation: actions in the order of their moments, and of their making where moments are equal."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any


class Engine:
    """A discrete-event engine. Moments are Unix milliseconds, UTC."""

    def __init__(self, starts_at: int) -> None:
        self.now = starts_at
        self._heap: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._made = 0

    def at(self, moment: int, action: Callable[..., None], *arguments: Any) -> None:
        """Do something at a moment; a moment that has passed counts as now."""
        self._made += 1
        heappush(self._heap, (max(moment, self.now), self._made, action, arguments))

    def after(self, delay_ms: int, action: Callable[..., None], *arguments: Any) -> None:
        """Do something after a delay."""
        self._made += 1
        heappush(self._heap, (self.now + delay_ms, self._made, action, arguments))

    def next_at(self) -> int | None:
        """The moment of the next action; None when nothing is left to do."""
        return self._heap[0][0] if self._heap else None

    def step(self) -> None:
        """Go to the next action and do it."""
        self.now, _, action, arguments = heappop(self._heap)
        action(*arguments)
