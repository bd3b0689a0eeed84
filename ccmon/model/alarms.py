"""Alarms: what needs a person, as a rule, its numbers, and the record that it is about."""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum

from msgspec import Struct

from ccmon.metrics.wait_times import wait_ms
from ccmon.model.agents import AgentFigures
from ccmon.model.contact_reasons import ReasonFigures
from ccmon.model.queues import QueueFigures
from ccmon.model.satisfaction import LowScore
from ccmon.model.site import SiteMove
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
    SHORT_OF_AGENTS = "short_of_agents", Severity.WATCH
    OVERDUE_FOLLOW_UPS = "follow_ups", Severity.WATCH
    LOW_SCORE = "low_score", Severity.WATCH, None, True
    RISING_PROBLEM = "rising_problem", Severity.WATCH
    TALK = "talk", Severity.WATCH, Marked.TIME_IN_STATE
    WRAP_UP = "wrap_up", Severity.WATCH, Marked.TIME_IN_STATE
    PAUSE = "pause", Severity.WATCH, Marked.TIME_IN_STATE
    MISSED_CALLS = "missed_calls", Severity.WATCH, Marked.MISSED_CALLS

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
    eased_at: int | None = None
    """Since when nothing has been wrong any more: the alarm still stands, because that may not last."""
    taken_by: str | None = None
    """Who has said that they see to it."""
    quiet_until: int | None = None
    """Until when somebody wants to hear no more of it."""
    parts: tuple[Alarm, ...] = ()
    """Other alarms about the same trouble, no lines of their own: about the queue, and about agents who serve it."""

    @property
    def is_open(self) -> bool:
        """Whether nobody has taken it and it is not to be quiet."""
        return self.taken_by is None and self.quiet_until is None

    def measured(self, known_until: int) -> float | None:
        """The value measured: seconds, a share or a count."""
        return self.value if self.value is not None or self.since is None else (known_until - self.since) / 1000


class AlarmPart(Struct, frozen=True):
    """An alarm that is part of another one, as it is told."""

    rule: Rule
    """Stable name of the rule, such as ``pause``."""
    subject: str
    """The queue or agent it is about."""
    text: str
    """One sentence for a person."""


class SourceAlarm(Alarm, frozen=True, kw_only=True):
    """Data is old, no more of it comes into this database, or a source is quiet."""

    source: Source | None
    """The source that is silent or quiet; None where none is followed."""
    followed: int
    """How many sources are followed."""
    agents_ready: int
    moved: SiteMove | None = None
    """To which database the site was moved, if that is the reason."""


class QueueAlarm(Alarm, frozen=True, kw_only=True):
    """Callers wait too long."""

    queue: QueueFigures
    agents_paused: int
    """Members of the queue who are paused."""

    def measured(self, known_until: int) -> float | None:
        """How long the caller who waits longest has waited, in seconds; None where nobody waits too long any more."""
        waits_since = None if self.eased_at is not None else self.queue.longest_wait_since
        return None if waits_since is None else wait_ms(waits_since, known_until) / 1000


class AgentAlarm(Alarm, frozen=True, kw_only=True):
    """An agent has been in a state for a long time, or misses calls."""

    agent: AgentFigures


class LowScoreAlarm(Alarm, frozen=True, kw_only=True):
    """A very unhappy customer whom a call may still win back."""

    score: LowScore


class ReasonAlarm(Alarm, frozen=True, kw_only=True):
    """A contact reason occurs more often than usual."""

    reason: ReasonFigures


class OverdueFollowUpsAlarm(Alarm, frozen=True, kw_only=True):
    """Follow-ups are overdue; the value says how many."""

    owners: tuple[tuple[str | None, int], ...]
    """Who owes how many of them, those with most first; None: nobody has taken them."""
    at_least: bool = False
    """Whether rows are still coming in, so that there may be more."""
