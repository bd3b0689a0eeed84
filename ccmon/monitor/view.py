"""What the panels draw from: the snapshot of this tick, what it is narrowed to, and how to write things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ccmon.model import AgentFigures, Alert, FloorSnapshot
from ccmon.monitor.filters import EVERYTHING, Filters, narrow
from ccmon.monitor.lines import Role, Span
from ccmon.monitor.marks import UNICODE, Marks

ACT_NOW = 2
"""Severity of an alert that somebody must act on now."""


@dataclass(frozen=True, eq=False)
class View:
    """One tick: the floor as filtered, and the moment it is drawn for."""

    floor: FloorSnapshot
    now: int
    zone: ZoneInfo
    marks: Marks = UNICODE
    alerts: Mapping[str, Alert] = field(default_factory=dict)
    """The worst alert about each subject."""
    agents: Mapping[str, AgentFigures] = field(default_factory=dict)
    """All agents by name, for what somebody else's row says of them."""
    filters: Filters = EVERYTHING

    @classmethod
    def of(
        cls, whole: FloorSnapshot, now: int | None = None, marks: Marks = UNICODE, filters: Filters = EVERYTHING
    ) -> View:
        """The view of a snapshot at `now` (its own moment by default)."""
        floor = narrow(whole, filters)
        worst: dict[str, Alert] = {}
        for alert in floor.alerts:
            known = worst.get(alert.subject)
            if known is None or alert.severity > known.severity:
                worst[alert.subject] = alert
        return cls(
            floor=floor,
            now=floor.at if now is None else now,
            zone=ZoneInfo(floor.time_zone),
            marks=marks,
            alerts=worst,
            agents={agent.name: agent for agent in whole.agents},
            filters=filters,
        )

    def since(self, moment: int | None) -> int | None:
        """Milliseconds since a moment; None where it is unknown."""
        return None if moment is None else max(0, self.now - moment)

    def severity(self, *subjects: str) -> int:
        """The severity of the worst alert about any of the subjects; 0 where there is none."""
        return max((self.alerts[subject].severity for subject in subjects if subject in self.alerts), default=0)

    def sign(self, severity: int) -> Span:
        """The sign of a severity, one cell wide."""
        if severity >= ACT_NOW:
            return Span(self.marks.act, Role.BAD)
        return Span(self.marks.watch, Role.WATCH) if severity else Span(" ")


def severity_role(severity: int, otherwise: Role = Role.TEXT) -> Role:
    """The role of a figure that an alert is about."""
    if severity >= ACT_NOW:
        return Role.BAD
    return Role.WATCH if severity else otherwise
