"""Writing the changes of the state machine as rows, many at a time, inside the writer's transaction.

Numbers of new rows are given here rather than by SQLite, so that states can name calls written in the same batch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypedDict, TypeVar

from msgspec import Struct

from ccmon.calls.changes import MembershipInterval, MissedCall, PauseInterval, StateInterval, Visit
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql


class NameId(Struct, frozen=True, gc=False):
    """A queue, agent or campaign. A row of ``load_queues``, ``load_agents`` or ``load_campaigns``."""

    id: int
    name: str


class NameIds:
    """Row numbers of queues, agents and campaigns by name; whoever is new gets a row."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._database = database = Database(connection)
        self.queues = {row.name: row.id for row in database.rows("load_queues", NameId)}
        self.agents = {row.name: row.id for row in database.rows("load_agents", NameId)}
        self.campaigns = {row.name: row.id for row in database.rows("load_campaigns", NameId)}

    def queue(self, name: str) -> int:
        """Row number of a queue."""
        return self.queues.get(name) or self._new(self.queues, "insert_queue_name", name)

    def agent(self, login: str) -> int:
        """Row number of an agent."""
        return self.agents.get(login) or self._new(self.agents, "insert_agent_login", login)

    def campaign(self, name: str) -> int:
        """Row number of a campaign."""
        return self.campaigns.get(name) or self._new(self.campaigns, "insert_campaign_name", name)

    def _new(self, known: dict[str, int], query: str, name: str) -> int:
        number: int = self._database.value(query, (name,))
        known[name] = number
        return number


class CallValues(TypedDict):
    """A visit, as ``insert_call`` and ``update_call`` write it."""

    id: int
    source: str
    call_id: str
    visit: int
    direction: str
    queue_id: int | None
    campaign_id: int | None
    caller: str | None
    caller_name: str | None
    agent_id: int | None
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


class StateValues(TypedDict):
    """An agent's state, as ``insert_state`` writes it."""

    id: int | None
    agent_id: int
    state: str
    reason: str | None
    call_id: int | None
    started_at: int
    ended_at: int | None
    source: str


class MembershipValues(TypedDict):
    """A membership, as ``insert_member`` writes it."""

    id: int | None
    queue_id: int
    agent_id: int
    static: int
    started_at: int
    ended_at: int | None
    source: str


class PauseValues(TypedDict):
    """A pause, as ``insert_pause`` writes it."""

    id: int | None
    queue_id: int
    agent_id: int
    reason: str | None
    started_at: int
    ended_at: int | None
    source: str


def write_visits(
    connection: sqlite3.Connection, names: NameIds, source: str, visits: list[Visit]
) -> tuple[int, set[str]]:
    """Insert new visits, update known ones; return how many were new, and the calls whose visits got other numbers."""
    inserts: list[tuple[Visit, CallValues]] = []
    updates: list[CallValues] = []
    next_id: int = Database(connection).value("next_call_id")
    for visit in visits:
        visit.changed = False
        if visit.row_id is not None:
            updates.append(_call_row(visit.row_id, visit, names, source))
        else:
            visit.row_id = next_id
            next_id += 1
            inserts.append((visit, _call_row(visit.row_id, visit, names, source)))
    if updates:
        connection.executemany(sql("update_call"), updates)
    if inserts:
        written = connection.executemany(sql("insert_call"), [row for _, row in inserts]).rowcount
        if written != len(inserts):
            return len(inserts), _write_again(connection, inserts)
    return len(inserts), set()


def _call_row(row_id: int, visit: Visit, names: NameIds, source: str) -> CallValues:
    return {
        "id": row_id,
        "source": source,
        "call_id": visit.call_id,
        "visit": visit.visit,
        "direction": visit.direction,
        "queue_id": None if visit.queue is None else names.queue(visit.queue),
        "campaign_id": None if visit.campaign is None else names.campaign(visit.campaign),
        "caller": visit.caller,
        "caller_name": visit.caller_name,
        "agent_id": None if visit.agent is None else names.agent(visit.agent),
        "entered_at": visit.entered_at,
        "answered_at": visit.answered_at,
        "ended_at": visit.ended_at,
        "outcome": visit.outcome,
        "ended_by": visit.ended_by,
        "hold_ms": visit.hold_ms,
        "wrapping_up": visit.wrapping_up,
        "wrapped_up_at": visit.wrapped_up_at,
        "disposition": visit.disposition,
        "right_party": visit.right_party,
    }


def _write_again(connection: sqlite3.Connection, written: list[tuple[Visit, CallValues]]) -> set[str]:
    """Some visits have a number that their call has used before it was deleted: all of such a call get the next ones.

    Returns the calls.
    """
    database = Database(connection)
    calls = {visit.call_id for visit, _ in written if database.value_or_none("call_exists", (visit.row_id,)) is None}
    again = [(visit, row) for visit, row in written if visit.call_id in calls]
    connection.executemany(sql("delete_call"), [(visit.row_id,) for visit, _ in again])
    for visit, row in again:
        visit.visit = database.value("insert_call_renumbered", row)
    return calls


_Interval = TypeVar("_Interval", StateInterval, MembershipInterval, PauseInterval)


@dataclass(frozen=True, slots=True)
class _IntervalQueries(Generic[_Interval]):
    """How one kind of interval is written: names of queries, and what is made of an interval for them."""

    next_id: str
    insert: str
    row: Callable[[_Interval, NameIds, str], StateValues | MembershipValues | PauseValues]
    end_other: str
    """Ends what another source left running."""
    end: str
    end_values: Callable[[_Interval], tuple[int | None, ...]]
    delete: str | None
    """Of one that lasted no time; None: it is kept."""


_STATES: _IntervalQueries[StateInterval] = _IntervalQueries(
    next_id="next_state_id",
    insert="insert_state",
    row=lambda state, names, source: {
        "id": state.row_id,
        "agent_id": names.agent(state.agent),
        "state": state.state,
        "reason": state.reason,
        "call_id": None if state.visit is None else state.visit.row_id,
        "started_at": state.started_at,
        "ended_at": state.ended_at,
        "source": source,
    },
    end_other="end_other_state",
    end="end_state",
    end_values=lambda state: (state.row_id, state.ended_at),
    delete="delete_state",
)
_MEMBERSHIPS: _IntervalQueries[MembershipInterval] = _IntervalQueries(
    next_id="next_member_id",
    insert="insert_member",
    row=lambda membership, names, source: {
        "id": membership.row_id,
        "queue_id": names.queue(membership.queue),
        "agent_id": names.agent(membership.agent),
        "static": int(membership.static),
        "started_at": membership.started_at,
        "ended_at": membership.ended_at,
        "source": source,
    },
    end_other="end_other_member",
    end="end_member",
    end_values=lambda membership: (membership.row_id, int(membership.static), membership.ended_at),
    delete=None,
)
_PAUSES: _IntervalQueries[PauseInterval] = _IntervalQueries(
    next_id="next_pause_id",
    insert="insert_pause",
    row=lambda pause, names, source: {
        "id": pause.row_id,
        "queue_id": names.queue(pause.queue),
        "agent_id": names.agent(pause.agent),
        "reason": pause.reason,
        "started_at": pause.started_at,
        "ended_at": pause.ended_at,
        "source": source,
    },
    end_other="end_other_pause",
    end="end_pause",
    end_values=lambda pause: (pause.row_id, pause.ended_at),
    delete="delete_pause",
)


def write_states(connection: sqlite3.Connection, names: NameIds, source: str, states: list[StateInterval]) -> None:
    """Insert, end or, where they lasted no time, drop states."""
    _write_intervals(connection, _STATES, names, source, states)


def write_memberships(
    connection: sqlite3.Connection, names: NameIds, source: str, memberships: list[MembershipInterval]
) -> None:
    """Insert or end memberships."""
    _write_intervals(connection, _MEMBERSHIPS, names, source, memberships)


def write_pauses(connection: sqlite3.Connection, names: NameIds, source: str, pauses: list[PauseInterval]) -> None:
    """Insert, end or, where they lasted no time, drop pauses."""
    _write_intervals(connection, _PAUSES, names, source, pauses)


def _write_intervals(
    connection: sqlite3.Connection,
    queries: _IntervalQueries[_Interval],
    names: NameIds,
    source: str,
    intervals: Sequence[_Interval],
) -> None:
    inserts: list[StateValues | MembershipValues | PauseValues] = []
    ends: list[tuple[int | None, ...]] = []
    deletes: list[tuple[int]] = []
    next_id: int = Database(connection).value(queries.next_id)
    for interval in intervals:
        interval.changed = False
        dropped = queries.delete is not None and interval.ended_at == interval.started_at
        if interval.row_id is not None:
            if dropped:
                deletes.append((interval.row_id,))
            elif interval.ended_at is not None or queries.delete is None:
                ends.append(queries.end_values(interval))
        elif not dropped:
            interval.row_id = next_id
            next_id += 1
            inserts.append(queries.row(interval, names, source))
    if queries.delete is not None and deletes:
        connection.executemany(sql(queries.delete), deletes)
    if ends:
        connection.executemany(sql(queries.end), ends)
    if inserts:
        connection.executemany(sql(queries.end_other), [row for row in inserts if row["ended_at"] is None])
        connection.executemany(sql(queries.insert), inserts)


def write_missed(connection: sqlite3.Connection, names: NameIds, missed: list[MissedCall]) -> None:
    """Insert missed calls."""
    connection.executemany(
        sql("insert_missed_call"),
        [
            (
                None if call.visit is None else call.visit.row_id,
                names.queue(call.queue),
                names.agent(call.agent),
                call.missed_at,
                call.ring_ms,
            )
            for call in missed
        ],
    )
