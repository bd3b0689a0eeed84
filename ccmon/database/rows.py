"""Writing the fold's records as rows, many at a time, inside the writer's transaction.

Numbers of new rows are given here rather than by SQLite, so that states can name calls written in the same batch.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from ccmon.calls.changes import MembershipInterval, MissedCall, PauseInterval, StateInterval, Visit
from ccmon.database.sql_files import sql
from ccmon.model.calls import Direction, Outcome


class NameIds:
    """Row numbers of queues, agents and campaigns by name; whoever is new gets a row."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.queues = {name: number for number, name in connection.execute(sql("load_queues"))}
        self.agents = {login: number for number, login in connection.execute(sql("load_agents"))}
        self.campaigns = {name: number for number, name in connection.execute(sql("load_campaigns"))}

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
        ((number,),) = self._connection.execute(sql(query), (name,)).fetchall()
        known[name] = number
        return int(number)


def _next_number(connection: sqlite3.Connection, query: str) -> int:
    ((number,),) = connection.execute(sql(query)).fetchall()
    return int(number)


def write_visits(
    connection: sqlite3.Connection, names: NameIds, source: str, visits: list[Visit]
) -> tuple[int, set[str]]:
    """Insert new visits, update known ones; return how many were new, and the calls whose visits got other numbers."""
    inserts: list[tuple[Any, ...]] = []
    updates: list[tuple[Any, ...]] = []
    inserted: list[Visit] = []
    number = _next_number(connection, "next_call_id")
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
    """Some visits have a number that their call has used before it was forgotten: all of such a call get the next ones.

    Returns the calls.
    """
    taken = [visit.call_id for visit, row in written if not connection.execute(sql("call_exists"), row[:1]).fetchone()]
    calls = set(taken)
    again = [(visit, row) for visit, row in written if visit.call_id in calls]
    connection.executemany(sql("delete_call"), [row[:1] for _, row in again])
    for visit, row in again:
        ((visit.visit,),) = connection.execute(sql("insert_call_renumbered"), row).fetchall()
    return calls


def write_states(connection: sqlite3.Connection, names: NameIds, source: str, states: list[StateInterval]) -> None:
    """Insert, end or, where they lasted no time, drop states."""
    inserts: list[tuple[Any, ...]] = []
    ends: list[tuple[int, int]] = []
    deletes: list[tuple[int]] = []
    number = _next_number(connection, "next_state_id")
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
    if deletes:
        connection.executemany(sql("delete_state"), deletes)
    if ends:
        connection.executemany(sql("end_state"), ends)
    if inserts:
        running = [(row[1], row[5]) for row in inserts if row[6] is None]
        connection.executemany(sql("end_other_state"), running)
        connection.executemany(sql("insert_state"), inserts)


def write_memberships(
    connection: sqlite3.Connection, names: NameIds, source: str, memberships: list[MembershipInterval]
) -> None:
    """Insert or end memberships."""
    inserts: list[tuple[Any, ...]] = []
    ends: list[tuple[Any, ...]] = []
    number = _next_number(connection, "next_member_id")
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
    if ends:
        connection.executemany(sql("end_member"), ends)
    if inserts:
        running = [(row[1], row[2], row[4]) for row in inserts if row[5] is None]
        connection.executemany(sql("end_other_member"), running)
        connection.executemany(sql("insert_member"), inserts)


def write_pauses(connection: sqlite3.Connection, names: NameIds, source: str, pauses: list[PauseInterval]) -> None:
    """Insert, end or, where they lasted no time, drop pauses."""
    inserts: list[tuple[Any, ...]] = []
    ends: list[tuple[int, int]] = []
    deletes: list[tuple[int]] = []
    number = _next_number(connection, "next_pause_id")
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
    if deletes:
        connection.executemany(sql("delete_pause"), deletes)
    if ends:
        connection.executemany(sql("end_pause"), ends)
    if inserts:
        running = [(row[1], row[2], row[4]) for row in inserts if row[5] is None]
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


def visit_of(row: tuple[Any, ...]) -> Visit:
    """A visit from a row of ``load_visits`` or ``backfill_visits``."""
    (row_id, call_id, number, direction, queue, campaign, caller, caller_name, agent, entered_at, answered_at) = row[
        :11
    ]
    (ended_at, outcome, ended_by, hold_ms, wrapping_up, wrapped_up_at, disposition, right_party) = row[11:]
    return Visit(
        call_id=call_id,
        visit=number,
        entered_at=entered_at,
        queue=queue,
        caller=caller,
        caller_name=caller_name,
        campaign=campaign,
        direction=Direction(direction),
        agent=agent,
        answered_at=answered_at,
        ended_at=ended_at,
        outcome=None if outcome is None else Outcome(outcome),
        ended_by=ended_by,
        hold_ms=hold_ms,
        wrapping_up=wrapping_up,
        wrapped_up_at=wrapped_up_at,
        disposition=disposition,
        right_party=right_party,
        row_id=row_id,
    )
