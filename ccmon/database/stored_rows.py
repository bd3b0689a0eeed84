"""Visits, states, memberships and pauses as the database has them, for a writer to resume from or to backfill.

Each record is a row of the queries that its docstring names: its fields are the columns, in their order. Moments are
Unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ccmon.calls.changes import MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.model.calls import Direction, Outcome


class StoredVisit(Struct, frozen=True, gc=False):
    """A visit. A row of ``load_visits`` or ``backfill_visits``."""

    id: int
    call_id: str
    visit: int
    direction: str
    queue: str | None
    campaign: str | None
    caller: str | None
    caller_name: str | None
    agent: str | None
    entered_at: int
    answered_at: int | None
    ended_at: int | None
    outcome: str | None
    ended_by: str | None
    hold_ms: int | None
    wrapping_up: int | None
    wrapped_up_at: int | None
    disposition: str | None
    right_party: int | None

    def as_visit(self) -> Visit:
        """The visit for the state machine."""
        return Visit(
            call_id=self.call_id,
            visit=self.visit,
            entered_at=self.entered_at,
            queue=self.queue,
            caller=self.caller,
            caller_name=self.caller_name,
            campaign=self.campaign,
            direction=Direction(self.direction),
            agent=self.agent,
            answered_at=self.answered_at,
            ended_at=self.ended_at,
            outcome=None if self.outcome is None else Outcome(self.outcome),
            ended_by=self.ended_by,
            hold_ms=self.hold_ms,
            wrapping_up=self.wrapping_up,
            wrapped_up_at=self.wrapped_up_at,
            disposition=self.disposition,
            right_party=self.right_party,
            row_id=self.id,
        )


class StoredState(Struct, frozen=True, gc=False):
    """What an agent does. A row of ``load_states`` or ``backfill_states``."""

    id: int
    agent: str
    state: str
    reason: str | None
    call_id: int | None
    started_at: int

    def as_interval(self, visits: Mapping[int, Visit]) -> StateInterval:
        """The running state for the state machine; ``visits`` by row number."""
        visit = None if self.call_id is None else visits.get(self.call_id)
        return StateInterval(self.agent, self.state, self.started_at, self.reason, visit, row_id=self.id)


class StoredMembership(Struct, frozen=True, gc=False):
    """An agent's membership of a queue. A row of ``load_members`` or ``backfill_members``."""

    id: int
    agent: str
    queue: str
    static: int
    started_at: int
    ended_at: int | None

    def as_interval(self) -> MembershipInterval:
        """The membership for the state machine, as running."""
        return MembershipInterval(self.agent, self.queue, self.started_at, bool(self.static), row_id=self.id)


class StoredPause(Struct, frozen=True, gc=False):
    """An agent's pause in a queue. A row of ``load_pauses`` or ``backfill_pauses``."""

    id: int
    agent: str
    queue: str
    reason: str | None
    started_at: int
    ended_at: int | None

    def as_interval(self) -> PauseInterval:
        """The pause for the state machine, as running."""
        return PauseInterval(self.agent, self.queue, self.started_at, self.reason, row_id=self.id)


class DynamicMember(Struct, frozen=True, gc=False):
    """An agent who logs in and out of a queue. A row of ``load_dynamic_members`` or ``backfill_dynamic_members``."""

    agent: str
    queue: str
