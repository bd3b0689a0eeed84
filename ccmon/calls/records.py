"""The state machine's records: future rows, each with its id once written (``row_id``) and whether it ``changed``.

Moments are Unix milliseconds. Queues, agents and campaigns are given by name: the writer finds their rows. The queries
``load_visits``, ``load_members`` and ``load_pauses`` make these records again: their columns are the positional fields,
in the same order. Keyword-only fields are no columns.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct, field

from ccmon.model.calls import Direction


class _Tracked(Struct, kw_only=True, eq=False, gc=False):
    """A record that the state machine keeps up to date."""

    changed: bool = True
    """Whether it changed since it was last written."""


class _TrackedVisit(_Tracked, kw_only=True, eq=False, gc=False):
    """What no row says about a visit."""

    held_since: int | None = None
    """Start of the present hold; None while not on hold."""
    ringing: list[str] | None = None
    """Agents whose phone rings for this visit."""


class Visit(_TrackedVisit, eq=False, gc=False):
    """One visit of a call to a queue, or one outbound attempt: a row of ``calls``."""

    call_id: str
    number: int
    """Its number among the visits of its call, from 1; the column ``visit``."""
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
    """A value of `ccmon.model.calls.Outcome` as text, which sqlite3 takes faster than a member of an enumeration."""
    ended_by: str | None = None
    hold_ms: int | None = None
    wrapping_up: int | None = None
    wrapped_up_at: int | None = None
    disposition: str | None = None
    right_party: int | None = None
    customer_id: int | None = None
    row_id: int | None = None


class StateInterval(_Tracked, eq=False, gc=False):
    """What one agent did for a while: a row of ``agent_states``. ``ended_at`` None: still does."""

    agent: str
    state: str
    started_at: int
    reason: str | None = None
    visit: Visit | None = None
    ended_at: int | None = None
    row_id: int | None = None


class MembershipInterval(_Tracked, eq=False, gc=False):
    """An agent's membership of one queue: a row of ``queue_members``."""

    agent: str
    queue: str
    started_at: int
    static: int = False
    ended_at: int | None = None
    row_id: int | None = None


class PauseInterval(_Tracked, eq=False, gc=False):
    """An agent's pause in one queue, with one reason: a row of ``queue_pauses``."""

    agent: str
    queue: str
    started_at: int
    reason: str | None = None
    ended_at: int | None = None
    row_id: int | None = None


Interval = StateInterval | MembershipInterval | PauseInterval
_Interval = TypeVar("_Interval", StateInterval, MembershipInterval, PauseInterval)


class MissedCall(Struct, eq=False, gc=False):
    """An offered call that rang at an agent and was not answered: a row of ``missed_calls``."""

    agent: str
    queue: str
    missed_at: int
    ring_ms: int
    visit: Visit | None


class FloorChanges(Struct):
    """What has changed since the last change set was taken: each record once, however often it changed."""

    visits: list[Visit] = []
    states: list[StateInterval] = []
    memberships: list[MembershipInterval] = []
    pauses: list[PauseInterval] = []
    missed: list[MissedCall] = []
    agents: list[str] = []
    """Agents met for the first time."""
    aliases: list[tuple[str, str]] = []
    """Pairs of an alias and the agent."""


class ChangeRecorder(Struct):
    """Collects the changes of both halves of the state machine, calls and agents."""

    changes: FloorChanges = field(default_factory=FloorChanges)
    clock_steps: int = 0
    """How many intervals a clock set back would have made negative."""

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
        """End an interval, note it among the changes of its kind, and return its end."""
        if at < interval.started_at:
            at = self.not_before(at, interval.started_at)
        interval.ended_at = at
        if not interval.changed:
            interval.changed = True
            changes.append(interval)
        return at
