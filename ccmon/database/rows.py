"""Writing the changes of the state machine as rows, many at a time, inside the writer's transaction.

Numbers of new rows are given here rather than by SQLite, so that states can name calls written in the same batch.
"""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from ccmon.calls.changes import MembershipInterval, MissedCall, PauseInterval, StateInterval, Visit
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql


class NameId(NamedTuple):
    """A queue, agent or campaign. A row of ``load_queues``, ``load_agents`` or ``load_campaigns``."""

    id: int
    name: str


class CallInsert(NamedTuple):
    """The values of ``insert_call`` and ``insert_call_renumbered``, in their order."""

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


class StateInsert(NamedTuple):
    """The values of ``insert_state``."""

    id: int
    agent_id: int
    state: str
    reason: str | None
    call_id: int | None
    started_at: int
    ended_at: int | None
    source: str


class MembershipInsert(NamedTuple):
    """The values of ``insert_member``."""

    id: int
    queue_id: int
    agent_id: int
    static: int
    started_at: int
    ended_at: int | None
    source: str


class PauseInsert(NamedTuple):
    """The values of ``insert_pause``."""

    id: int
    queue_id: int
    agent_id: int
    reason: str | None
    started_at: int
    ended_at: int | None
    source: str


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


def write_visits(
    connection: sqlite3.Connection, names: NameIds, source: str, visits: list[Visit]
) -> tuple[int, set[str]]:
    """Insert new visits, update known ones; return how many were new, and the calls whose visits got other numbers."""
    inserts: list[CallInsert] = []
    updates: list[tuple[Any, ...]] = []
    inserted: list[Visit] = []
    number: int = Database(connection).value("next_call_id")
    for visit in visits:
        visit.changed = False
        agent = None if visit.agent is None else names.agent(visit.agent)
        end = (
            visit.answered_at,
            visit.ended_at,
            visit.outcome,
            visit.ended_by,
            visit.hold_ms,
            visit.wrapping_up,
            visit.wrapped_up_at,
            visit.disposition,
            visit.right_party,
        )
        if visit.row_id is not None:
            updates.append((visit.row_id, agent, *end))
            continue
        visit.row_id = number
        number += 1
        inserted.append(visit)
        inserts.append(
            CallInsert(
                visit.row_id,
                source,
                visit.call_id,
                visit.visit,
                visit.direction,
                None if visit.queue is None else names.queue(visit.queue),
                None if visit.campaign is None else names.campaign(visit.campaign),
                visit.caller,
                visit.caller_name,
                agent,
                visit.entered_at,
                *end,
            )
        )
    if updates:
        connection.executemany(sql("update_call"), updates)
    if inserts and connection.executemany(sql("insert_call"), inserts).rowcount != len(inserts):
        return len(inserts), _write_again(connection, list(zip(inserted, inserts, strict=True)))
    return len(inserts), set()


def _write_again(connection: sqlite3.Connection, written: list[tuple[Visit, CallInsert]]) -> set[str]:
    """Some visits have a number that their call has used before it was deleted: all of such a call get the next ones.

    Returns the calls.
    """
    database = Database(connection)
    calls = {row.call_id for _, row in written if database.value_or_none("call_exists", (row.id,)) is None}
    again = [(visit, row) for visit, row in written if row.call_id in calls]
    connection.executemany(sql("delete_call"), [(row.id,) for _, row in again])
    for visit, row in again:
        visit.visit = database.value("insert_call_renumbered", row)
    return calls


def write_states(connection: sqlite3.Connection, names: NameIds, source: str, states: list[StateInterval]) -> None:
    """Insert, end or, where they lasted no time, drop states."""
    inserts: list[StateInsert] = []
    ends: list[tuple[int, int]] = []
    deletes: list[tuple[int]] = []
    number: int = Database(connection).value("next_state_id")
    for state in states:
        state.changed = False
        ended_at = state.ended_at
        if state.row_id is not None:
            if ended_at == state.started_at:
                deletes.append((state.row_id,))
            elif ended_at is not None:
                ends.append((state.row_id, ended_at))
        elif ended_at != state.started_at:
            state.row_id = number
            number += 1
            call = None if state.visit is None else state.visit.row_id
            agent = names.agent(state.agent)
            inserts.append(
                StateInsert(state.row_id, agent, state.state, state.reason, call, state.started_at, ended_at, source)
            )
    if deletes:
        connection.executemany(sql("delete_state"), deletes)
    if ends:
        connection.executemany(sql("end_state"), ends)
    if inserts:
        running = [(row.agent_id, row.started_at) for row in inserts if row.ended_at is None]
        connection.executemany(sql("end_other_state"), running)
        connection.executemany(sql("insert_state"), inserts)


def write_memberships(
    connection: sqlite3.Connection, names: NameIds, source: str, memberships: list[MembershipInterval]
) -> None:
    """Insert or end memberships."""
    inserts: list[MembershipInsert] = []
    ends: list[tuple[Any, ...]] = []
    number: int = Database(connection).value("next_member_id")
    for membership in memberships:
        membership.changed = False
        ended_at, static = membership.ended_at, int(membership.static)
        if membership.row_id is not None:
            ends.append((membership.row_id, static, ended_at))
            continue
        membership.row_id = number
        number += 1
        queue, agent = names.queue(membership.queue), names.agent(membership.agent)
        inserts.append(
            MembershipInsert(membership.row_id, queue, agent, static, membership.started_at, ended_at, source)
        )
    if ends:
        connection.executemany(sql("end_member"), ends)
    if inserts:
        running = [(row.queue_id, row.agent_id, row.started_at) for row in inserts if row.ended_at is None]
        connection.executemany(sql("end_other_member"), running)
        connection.executemany(sql("insert_member"), inserts)


def write_pauses(connection: sqlite3.Connection, names: NameIds, source: str, pauses: list[PauseInterval]) -> None:
    """Insert, end or, where they lasted no time, drop pauses."""
    inserts: list[PauseInsert] = []
    ends: list[tuple[int, int]] = []
    deletes: list[tuple[int]] = []
    number: int = Database(connection).value("next_pause_id")
    for pause in pauses:
        pause.changed = False
        ended_at = pause.ended_at
        if pause.row_id is not None:
            if ended_at == pause.started_at:
                deletes.append((pause.row_id,))
            elif ended_at is not None:
                ends.append((pause.row_id, ended_at))
        elif ended_at != pause.started_at:
            pause.row_id = number
            number += 1
            queue, agent = names.queue(pause.queue), names.agent(pause.agent)
            inserts.append(PauseInsert(pause.row_id, queue, agent, pause.reason, pause.started_at, ended_at, source))
    if deletes:
        connection.executemany(sql("delete_pause"), deletes)
    if ends:
        connection.executemany(sql("end_pause"), ends)
    if inserts:
        running = [(row.queue_id, row.agent_id, row.started_at) for row in inserts if row.ended_at is None]
        connection.executemany(sql("end_other_pause"), running)
        connection.executemany(sql("insert_pause"), inserts)


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
