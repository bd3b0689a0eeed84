"""The records that the state machine emits: rows to be, each with its number once written (``row_id``) and ``changed``.

Moments are Unix milliseconds. Queues, agents and campaigns are named, not numbered: the writer finds their rows. The
queries ``load_visits``, ``load_members`` and ``load_pauses`` make these records again: their columns are the fields
that can be given by position, in the same order. What can be given by keyword alone is no column.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from ccmon.model.calls import Direction


@dataclass(slots=True, eq=False)
class Visit:
    """One visit of a call to a queue, or one outbound attempt: a row of ``calls``."""

    call_id: str
    number: int
    """Its place among the visits of its call, from 1; the column ``visit``."""
    entered_at: int
    queue: str | None
    caller: str | None = None
    caller_name: str | None = None
    campaign: str | None = None
    direction: str = Direction.INBOUND.value
    agent: str | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    outcome: str | None = None
    """The value of one of `ccmon.model.calls.Outcome`: sqlite3 takes a text quicker than a member of an enumeration."""
    ended_by: str | None = None
    hold_ms: int | None = None
    wrapping_up: int | None = None
    wrapped_up_at: int | None = None
    disposition: str | None = None
    right_party: int | None = None
    row_id: int | None = None
    held_since: int | None = field(default=None, kw_only=True)
    """Start of the hold that runs now; None while nobody holds."""
    ringing: list[str] | None = field(default=None, kw_only=True)
    """Agents whose phone rings for this visit."""
    changed: bool = field(default=True, kw_only=True)


@dataclass(slots=True, eq=False)
class StateInterval:
    """What one agent did for a while: a row of ``agent_states``. ``ended_at`` None: still."""

    agent: str
    state: str
    started_at: int
    reason: str | None = None
    visit: Visit | None = None
    ended_at: int | None = None
    row_id: int | None = None
    changed: bool = field(default=True, kw_only=True)


@dataclass(slots=True, eq=False)
class MembershipInterval:
    """An agent's membership of one queue: a row of ``queue_members``."""

    agent: str
    queue: str
    started_at: int
    static: int = False
    ended_at: int | None = None
    row_id: int | None = None
    changed: bool = field(default=True, kw_only=True)


@dataclass(slots=True, eq=False)
class PauseInterval:
    """An agent's pause in one queue, of one reason: a row of ``queue_pauses``."""

    agent: str
    queue: str
    started_at: int
    reason: str | None = None
    ended_at: int | None = None
    row_id: int | None = None
    changed: bool = field(default=True, kw_only=True)


Interval = StateInterval | MembershipInterval | PauseInterval
_Interval = TypeVar("_Interval", StateInterval, MembershipInterval, PauseInterval)


@dataclass(slots=True, eq=False)
class MissedCall:
    """An offered call that rang at an agent and was not answered: a row of ``missed_calls``."""

    agent: str
    queue: str
    missed_at: int
    ring_ms: int
    visit: Visit | None


@dataclass(slots=True)
class ChangeSet:
    """What has changed since it was last asked for: each record once, however often it changed."""

    visits: list[Visit] = field(default_factory=list)
    states: list[StateInterval] = field(default_factory=list)
    memberships: list[MembershipInterval] = field(default_factory=list)
    pauses: list[PauseInterval] = field(default_factory=list)
    missed: list[MissedCall] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    """Agents met for the first time."""
    aliases: list[tuple[str, str]] = field(default_factory=list)
    """Other names of agents: alias, agent."""


@dataclass(slots=True)
class ChangeRecorder:
    """Where both halves of the state machine, calls and agents, record what they changed."""

    changes: ChangeSet = field(default_factory=ChangeSet)
    clock_steps: int = 0
    """Intervals that a clock set back would have made negative."""

    def mark_changed(self, visit: Visit) -> None:
        """Note that a visit changed."""
        if not visit.changed:
            visit.changed = True
            self.changes.visits.append(visit)

    def not_before(self, at: int, start: int) -> int:
        """``at``, but never before the interval's start."""
        if at >= start:
            return at
        self.clock_steps += 1
        return start

    def end(self, interval: _Interval, at: int, changes: list[_Interval]) -> int:
        """End an interval, note it among the changes of its kind, and return the moment at which it ended."""
        interval.ended_at = at = self.not_before(at, interval.started_at)
        if not interval.changed:
            interval.changed = True
            changes.append(interval)
        return at
