"""Writing the changes of the state machine as rows, many at a time, inside the writer's transaction.

Numbers of new rows are given here rather than by SQLite, so that states can name calls written in the same batch.
"""

from __future__ import annotations

import sqlite3
from typing import Any

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


def write_visits(
    connection: sqlite3.Connection, names: NameIds, source: str, visits: list[Visit]
) -> tuple[int, set[str]]:
    """Insert new visits, update known ones; return how many were new, and the calls whose visits got other numbers."""
    inserts: list[tuple[Any, ...]] = []
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
        start = (
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
        )
        inserts.append(start + end)
    if updates:
        connection.executemany(sql("update_call"), updates)
    if inserts and connection.executemany(sql("insert_call"), inserts).rowcount != len(inserts):
        return len(inserts), _write_again(connection, list(zip(inserted, inserts, strict=True)))
    return len(inserts), set()


def _write_again(connection: sqlite3.Connection, written: list[tuple[Visit, tuple[Any, ...]]]) -> set[str]:
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


def write_states(connection: sqlite3.Connection, names: NameIds, source: str, states: list[StateInterval]) -> None:
    """Insert, end or, where they lasted no time, drop states."""
    inserts: list[tuple[Any, ...]] = []
    running: list[tuple[int, int]] = []
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
            inserts.append((state.row_id, agent, state.state, state.reason, call, state.started_at, ended_at, source))
            if ended_at is None:
                running.append((agent, state.started_at))
    if deletes:
        connection.executemany(sql("delete_state"), deletes)
    if ends:
        connection.executemany(sql("end_state"), ends)
    if inserts:
        connection.executemany(sql("end_other_state"), running)
        connection.executemany(sql("insert_state"), inserts)


def write_memberships(
    connection: sqlite3.Connection, names: NameIds, source: str, memberships: list[MembershipInterval]
) -> None:
    """Insert or end memberships."""
    inserts: list[tuple[Any, ...]] = []
    running: list[tuple[int, int, int]] = []
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
        inserts.append((membership.row_id, queue, agent, static, membership.started_at, ended_at, source))
        if ended_at is None:
            running.append((queue, agent, membership.started_at))
    if ends:
        connection.executemany(sql("end_member"), ends)
    if inserts:
        connection.executemany(sql("end_other_member"), running)
        connection.executemany(sql("insert_member"), inserts)


def write_pauses(connection: sqlite3.Connection, names: NameIds, source: str, pauses: list[PauseInterval]) -> None:
    """Insert, end or, where they lasted no time, drop pauses."""
    inserts: list[tuple[Any, ...]] = []
    running: list[tuple[int, int, int]] = []
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
            inserts.append((pause.row_id, queue, agent, pause.reason, pause.started_at, ended_at, source))
            if ended_at is None:
                running.append((queue, agent, pause.started_at))
    if deletes:
        connection.executemany(sql("delete_pause"), deletes)
    if ends:
        connection.executemany(sql("end_pause"), ends)
    if inserts:
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
