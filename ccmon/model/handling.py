"""Handling time by centre, queue and team (metrics.md 7)."""

from __future__ import annotations

from typing import Annotated

from ccmon.metrics import handling
from ccmon.model.calls import Direction
from ccmon.model.scopes import NamedScope
from ccmon.number_types import Count, one_of


class HandlingFigures(NamedScope, frozen=True, kw_only=True):
    """Handling time of the business day for the centre, a queue or a team, inbound and outbound separately."""

    kind: Annotated[str, one_of("centre", "queue", "team")]
    """What the row is about: the centre, a queue or a team."""
    direction: Direction
    """Inbound or outbound, never mixed."""
    handled: Count
    """Calls handled today."""
    talk_ms: int
    """Total time in conversation of the handled calls."""
    hold_ms: int
    """Total time on hold of the handled calls."""
    wrap_up_ms: int
    """Total wrap-up of the handled calls."""
    median_ms: int | None
    """Half of the calls took no longer: nearest rank, whole seconds; None for a team (no histogram is kept) and without
    calls."""
    p90_ms: int | None
    """Nine of ten calls took no longer, likewise; None below 10 handled calls."""
    target_ms: int | None
    """The queue's target for the average handling time."""
    usual_aht_ms: float | None = None
    """Mean over up to eight same weekdays of past weeks; None without any."""

    @property
    def aht_ms(self) -> float | None:
        """Average handling time (metrics.md 7)."""
        return handling.average_handling(self.talk_ms, self.hold_ms, self.wrap_up_ms, self.handled)
