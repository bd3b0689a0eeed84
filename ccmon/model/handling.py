"""Handling time by centre, queue and team (metrics.md 7)."""

from __future__ import annotations

from msgspec import Struct

from ccmon.metrics import handling
from ccmon.model.calls import Direction


class HandlingFigures(Struct, frozen=True):
    """Handling time of the business day for the centre, a queue or a team, inbound and outbound apart."""

    scope: str
    """centre, queue or team"""
    id: int | None
    name: str
    client: str | None
    direction: Direction
    handled: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int
    median_ms: int | None
    """Nearest rank, whole seconds; None for a team (no histogram is kept) and for an empty set."""
    p90_ms: int | None
    """As the median; None below 10 handled calls."""
    target_ms: int | None
    usual_aht_ms: float | None = None
    """Mean over the same weekdays of past weeks, up to eight; None without any."""

    @property
    def aht_ms(self) -> float | None:
        """Average handling time (metrics.md 7)."""
        return handling.average_handling(self.talk_ms, self.hold_ms, self.wrap_up_ms, self.handled)
