"""Alarms: what needs a person, as a rule, its numbers, and the record that it is about."""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum

from msgspec import Struct

from ccmon.metrics.wait_times import wait_ms
from ccmon.model.agents import AgentFigures
from ccmon.model.contact_reasons import ReasonFigures
from ccmon.model.follow_ups import AgentFollowUps
from ccmon.model.queues import QueueFigures
from ccmon.model.satisfaction import LowScore
from ccmon.model.sources import Source


class Severity(IntEnum):
    """How urgently something needs a person."""

    NONE = 0
    WATCH = 1
    """Worth watching."""
    ACT = 2
    """Somebody must act now."""


class Marked(Enum):
    """The figure of a queue or an agent that an alarm marks, beside the sign on its row."""

    WAIT = "wait"
    TIME_IN_STATE = "time in state"
    MISSED_CALLS = "missed calls"


class Rule(StrEnum):
    """The rules of alarms."""

    # In the order of alarms of equal severity: name, severity, what is marked, whether a low value is bad.
    DATA_AGE = "data_age", Severity.ACT
    QUIET_SOURCE = "quiet_source", Severity.WATCH
    NOBODY_ON_PHONES = "nobody_on_phones", Severity.ACT, Marked.WAIT
    LONGEST_WAIT = "longest_wait", Severity.ACT, Marked.WAIT
    SHORT_OF_AGENTS = "short_of_agents", Severity.WATCH, None, True
    SERVICE_LEVEL = "service_level", Severity.WATCH, None, True
    LOW_SCORE = "low_score", Severity.WATCH, None, True
    RISING_PROBLEM = "rising_problem", Severity.WATCH
    TALK = "talk", Severity.WATCH, Marked.TIME_IN_STATE
    WRAP_UP = "wrap_up", Severity.WATCH, Marked.TIME_IN_STATE
    PAUSE = "pause", Severity.WATCH, Marked.TIME_IN_STATE
    MISSED_CALLS = "missed_calls", Severity.WATCH, Marked.MISSED_CALLS
    PROMISES_AT_RISK = "promises_at_risk", Severity.WATCH
    OVERDUE_FOLLOW_UPS = "follow_ups", Severity.WATCH
    MORE_OVERDUE_FOLLOW_UPS = "more_follow_ups", Severity.WATCH

    severity: Severity
    """The severity of its alarms, unless the rule finds a milder case."""
    marked: Marked | None
    low_is_bad: bool
    """Whether a value below the limit is the bad one."""

    def __new__(  # noqa: D102
        cls, name: str, severity: Severity = Severity.WATCH, marked: Marked | None = None, low_is_bad: bool = False
    ) -> Rule:
        rule = str.__new__(cls, name)
        rule._value_ = name
        rule.severity, rule.marked, rule.low_is_bad = severity, marked, low_is_bad
        return rule


class Alarm(Struct, frozen=True, kw_only=True):
    """Something that a person should look at; in a snapshot, the worst come first."""

    rule: Rule
    """Stable name of the rule, such as ``longest_wait``."""
    severity: Severity
    """2 act now, 1 watch."""
    subject: str
    """The queue, agent or customer it is about."""
    since: int | None
    """When it began; None where no moment is known."""
    value: float | None
    """The value measured: seconds, a share or a count; None where it is the time since ``since``, which still runs."""
    limit: float | None
    """The limit to which the value is compared, in the same unit."""

    def measured(self, known_until: int) -> float | None:
        """The value measured: seconds, a share or a count."""
        return self.value if self.value is not None or self.since is None else self._lasted_s(self.since, known_until)

    def _lasted_s(self, since: int, known_until: int) -> float:
        return (known_until - since) / 1000


class SourceAlarm(Alarm, frozen=True, kw_only=True):
    """Data is old, or a source is quiet."""

    source: Source | None
    """The source that is silent or quiet; None where none is followed."""
    followed: int
    """How many sources are followed."""
    agents_ready: int


class QueueAlarm(Alarm, frozen=True, kw_only=True):
    """Callers wait too long, or too few are answered in time."""

    queue: QueueFigures
    agents_paused: int
    """Members of the queue who are paused."""

    def _lasted_s(self, since: int, known_until: int) -> float:
        return wait_ms(since, known_until) / 1000


class AgentAlarm(Alarm, frozen=True, kw_only=True):
    """An agent has been in a state for a long time, or misses calls."""

    agent: AgentFigures


class LowScoreAlarm(Alarm, frozen=True, kw_only=True):
    """A very unhappy customer whom a call may still win back."""

    score: LowScore


class ReasonAlarm(Alarm, frozen=True, kw_only=True):
    """A contact reason occurs more often than usual."""

    reason: ReasonFigures


class PromisesAtRiskAlarm(Alarm, frozen=True, kw_only=True):
    """An owner cannot keep all promises, or some are at risk."""

    owner: AgentFollowUps
    agent: AgentFigures | None
    """The owner, to show what they are doing now."""


class OverdueFollowUpsAlarm(Alarm, frozen=True, kw_only=True):
    """Follow-ups of one owner, or of several summed up in one alarm, are overdue; the value says how many."""

    owner: str | None
    """The owner; None: nobody owes them, or several do."""
    owners: int
    """How many agents owe them; 0: nobody does."""
    at_least: bool = False
    """Whether rows are still coming in, so that there may be more."""
