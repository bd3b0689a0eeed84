"""Limits of alarms: what they are when nobody sets them, and which one holds for an agent or a queue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from ccmon.model.sources import Source, left_at
from ccmon.time_units import HOUR_MS, MINUTE_MS

WAIT_THRESHOLDS: Final = 3.0
"""Waits of a caller, in service level thresholds of the queue, where no limit in seconds is set."""


class SiteLimits(Struct, frozen=True):
    """The limits of a site from which on something is worth an alarm."""

    longest_wait_ms: int | None = None
    """None: `WAIT_THRESHOLDS` of each queue."""
    nobody_on_phones_ms: int = 10_000
    """How long a caller must have waited while nobody is on the phones."""
    short_of_agents_ms: int = 5 * MINUTE_MS
    """How long callers must have waited past the threshold without a break."""
    calm_ms: int = 10 * MINUTE_MS
    """How long nothing must have been wrong before an alarm about a queue or about follow-ups clears."""
    service_level_visits: int = 10
    """Visits that must have counted before a service level is judged (metrics.md 4)."""
    pause_ms: int = 20 * MINUTE_MS
    wrap_up_ms: int = 3 * MINUTE_MS
    talk_ms: int = 20 * MINUTE_MS
    missed_calls: int = 3
    """Calls missed in a row by an agent who is offered calls now."""
    follow_up_owners: int = 3
    """Owners of overdue follow-ups whom the alarm about them names, those with most first."""
    low_scores: int = 3
    """Unhappy customers who get a line of their own, the latest."""
    owners_at_risk: int = 3
    """Without effect: promises at risk are no alarm any more. Kept, so that settings written before stay valid."""
    data_age_ms: int = 30_000
    """The limit while a source is followed."""
    import_age_ms: int = 30 * MINUTE_MS
    """The limit while no source is followed."""
    quiet_source_ms: int = HOUR_MS
    """How long a followed source without a heartbeat may report nothing: its switch may be down."""


class AlarmLimits(SiteLimits, frozen=True):
    """The limits of a site, and those of its reasons, queues and teams.

    A person's own limit holds before all others on that person's screen. Else the most particular one does: that of the
    pause reason, else of the queue, of the team, of the site.
    """

    particular: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    """By the name of a limit of the site, ``reason``, ``queue`` or ``team``, and the name of that."""

    own: Mapping[str, int] = field(default_factory=dict)
    """Those of the person who looks, by the name of a limit of the site."""

    def with_own(self, own: Mapping[str, int]) -> AlarmLimits:
        """These limits as they are for a person with limits of their own."""
        return replace(self, own=own, **own) if own else self

    def of_queue(self, name: str, threshold_ms: int) -> float:
        """The wait in milliseconds after which a caller of a queue is worth an alarm."""
        limit_ms = self.own.get("longest_wait_ms")
        if limit_ms is None:
            limit_ms = self.particular.get(("longest_wait_ms", "queue", name), self.longest_wait_ms)
        return WAIT_THRESHOLDS * threshold_ms if limit_ms is None else limit_ms

    def of_agent(self, limit: str, team: str | None, *, queue: str | None = None, reason: str | None = None) -> int:
        """The limit for an agent of a team: of a state with a call of a queue, or with a reason; or of missed calls."""
        if limit in self.own:
            return self.own[limit]
        for scope, name in (("reason", reason), ("queue", queue), ("team", team)):
            found = None if name is None else self.particular.get((limit, scope, name))
            if found is not None:
                return found
        usual: int = getattr(self, limit)
        return usual

    def of_reason(self, reason: str | None) -> int | None:
        """The limit of a pause reason's own, in milliseconds; None: it has none."""
        return self.particular.get(("pause_ms", "reason", reason or ""))

    def data_age_limit_ms(self, sources: Collection[Source], newest_at: int) -> int:
        """How old the newest data may be, where it is of ``newest_at``."""
        is_or_was_followed = any(each.following for each in sources) or left_at(sources, newest_at) is not None
        return self.data_age_ms if is_or_was_followed else self.import_age_ms


NO_LIMITS: Final[Mapping[str, int]] = {}
"""Of a person who has set none."""


def setting_of(limit: str) -> str:
    """The name of the setting for a limit: without its unit."""
    return limit.removesuffix("_ms")


USUAL_LIMITS: Final = AlarmLimits()
"""Those of a site that has set none."""
