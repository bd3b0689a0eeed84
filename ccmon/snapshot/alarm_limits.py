"""Limits of alarms."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ccmon.model.sources import QUIET_MS, Source
from ccmon.time_units import MINUTE_MS


class AlarmLimits(Struct, frozen=True):
    """The limits from which on something is worth an alarm."""

    wait_thresholds: float = 3.0
    """Waits of a caller, in service level thresholds of the queue."""
    service_level_visits: int = 10
    """Visits that must have counted before a service level is judged (metrics.md 4)."""
    pause_ms: int = 20 * MINUTE_MS
    """The limit of a pause whose reason has none of its own."""
    wrap_up_ms: int = 3 * MINUTE_MS
    talk_ms: int = 20 * MINUTE_MS
    missed_calls: int = 3
    """Calls missed today by an agent who is offered calls now."""
    follow_up_owners: int = 5
    """Owners of overdue follow-ups who get a line of their own; the rest share one."""
    low_scores: int = 5
    """Unhappy customers who get a line of their own, the latest."""
    owners_at_risk: int = 3
    """Owners who get a line because some of their promises will be late, those with most first."""
    data_age_ms: int = 30_000
    """The limit while a source is followed."""
    import_age_ms: int = 30 * MINUTE_MS
    """The limit while no source is followed."""
    quiet_ms: int = QUIET_MS
    """How long a followed source without a heartbeat may report nothing while agents are ready."""

    def data_age_limit_ms(self, sources: Iterable[Source]) -> int:
        """How old the newest data may be."""
        return self.data_age_ms if any(source.following for source in sources) else self.import_age_ms


LIMITS = AlarmLimits()
