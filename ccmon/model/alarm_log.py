"""The alarms of a day, from when each opened until it cleared."""

from __future__ import annotations

from msgspec import Struct

from ccmon.model.alarm_history import AlarmAct
from ccmon.model.alarms import Rule, Severity


class LoggedAlarm(Struct, frozen=True, kw_only=True):
    """An alarm of a day."""

    rule: Rule
    """Stable name of the rule, such as ``longest_wait``."""
    severity: Severity
    """What it was at its worst."""
    subject: str
    """The queue, agent or customer it was about."""
    since: int
    """When what was wrong began."""
    opened_at: int
    """When that had lasted long enough."""
    eased_at: int | None
    """When what was wrong ended for the last time; None: it went on at the end of what the log knows."""
    cleared_at: int | None
    """When it cleared; None: it stood at the end of what the log knows."""
    limit: float | None = None
    """The limit that was passed, as in the alarm."""
    acts: tuple[AlarmAct, ...] = ()
    """What was done about it while it stood, the earliest first."""

    def stands(self, at: int) -> bool:
        """Whether it stood at a moment."""
        return self.opened_at <= at and (self.cleared_at is None or at < self.cleared_at)
