"""What needs a person: a rule, its numbers, and the record that it is about."""

from __future__ import annotations

from msgspec import Struct

from ccmon.model.agents import AgentFigures
from ccmon.model.contact_reasons import ReasonFigures
from ccmon.model.follow_ups import AgentFollowUps
from ccmon.model.queues import QueueFigures
from ccmon.model.satisfaction import LowScore
from ccmon.model.sources import SourceHealth


class Alarm(Struct, frozen=True):
    """Something a person should look at, worst first in a snapshot."""

    rule: str
    """Stable name of the rule, such as ``longest_wait``."""
    severity: int
    """2 act now, 1 watch."""
    subject: str
    """The queue, agent or customer it is about."""
    since: int | None
    """When it began; None where no moment is known."""
    value: float | None
    """What was measured: seconds, a share or a count."""
    limit: float | None
    """What it is measured against, in the same unit."""


class SourceAlarm(Alarm, frozen=True):
    """Data is old, or a source is quiet."""

    source: SourceHealth | None
    """The one that is silent or quiet; None where none is followed."""
    followed: int
    """Sources that are followed."""
    agents_ready: int


class QueueAlarm(Alarm, frozen=True):
    """Callers wait, or too few are answered in time."""

    queue: QueueFigures
    agents_paused: int
    """Members of the queue who are paused."""


class AgentAlarm(Alarm, frozen=True):
    """An agent has been in a state for long, or misses calls."""

    agent: AgentFigures


class LowScoreAlarm(Alarm, frozen=True):
    """A very unhappy customer, whom a call can still win back."""

    score: LowScore


class ReasonAlarm(Alarm, frozen=True):
    """A reason to call comes more often than usual."""

    reason: ReasonFigures


class FollowUpLoadAlarm(Alarm, frozen=True):
    """An owner cannot keep all promises, or some are at risk."""

    owner: AgentFollowUps
    agent: AgentFigures | None
    """The owner, for what they do now."""


class FollowUpsAlarm(Alarm, frozen=True):
    """Follow-ups of an owner, or of several who share a line, are overdue; the value says how many."""

    owner: str | None
    """None: nobody owes them, or several do."""
    owners: int
    """How many owe them; 0: nobody does."""
    oldest_ms: int
    """How long ago the oldest of them fell due."""
