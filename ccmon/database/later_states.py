"""What agents did after a gap, if a call of theirs turns out to have ended in the gap.

Until the gap was filled, nothing showed the call's end: whenever the agent did nothing else, they seemed to talk on.
What they really did is inferred from their memberships, pauses and wrap-ups. Moments are Unix milliseconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from ccmon.calls.agent import TrackedAgent
from ccmon.calls.records import MembershipInterval, PauseInterval, Visit
from ccmon.database.driver import Database
from ccmon.database.sql_files import sql

State = tuple[str, str | None, int | None]
"""State, reason and the row number of the call."""
Piece = tuple[State, int, int | None]
"""A state, its beginning and its end."""


class _AgentActivity(Struct, frozen=True, gc=False):
    """A membership, pause or wrap-up of an agent. A row of ``backfill_agent_activity``."""

    what: str
    """member, pause or wrap_up"""
    name: str | int
    """The queue's name; for a wrap-up, the row number of the call."""
    reason: str | None
    started_at: int
    ended_at: int | None


class StateSpan(NamedTuple):
    """A span of time for which an agent's states are to be inferred. A row of ``backfill_delete_states_of_call``."""

    agent_id: int
    login: str
    starts_at: int
    ends_at: int | None
    """When the agent's next state begins; None: no later one is known."""


def correct(connection: sqlite3.Connection, source: str, agent_id: int, call_id: int, until: int) -> None:
    """Replace an agent's states on a call that ended in the gap (up to ``until``) by what they really did."""
    sought = {"agent_id": agent_id, "call_id": call_id, "until": until}
    for span in Database(connection).rows("backfill_delete_states_of_call", StateSpan, sought):
        write_states(connection, source, span, None, span.starts_at)


def write_states(
    connection: sqlite3.Connection, source: str, span: StateSpan, running: State | None, since: int
) -> None:
    """Write the states of a span of time, and the one that ran when it began.

    Args:
        connection: in a transaction that writes.
        source: the source of the states.
        span: the agent and the time.
        running: the state that ran when the span began; None: it has been written, or there was none.
        since: when that state began.
    """
    activity = Database(connection).rows("backfill_agent_activity", _AgentActivity, span._asdict())
    for piece in _pieces(span, activity, running, since):
        write_state(connection, source, span.agent_id, piece)


def write_state(connection: sqlite3.Connection, source: str, agent_id: int, piece: Piece) -> None:
    """Write a state, unless it lasted no time; if it still runs, it ends what another source left running."""
    (state, reason, call_id), started_at, ended_at = piece
    if ended_at != started_at:
        row = {"row_id": None, "source": source, "agent_id": agent_id, "state": state, "reason": reason}
        row |= {"call_id": call_id, "started_at": started_at, "ended_at": ended_at}
        if ended_at is None:
            connection.execute(sql("end_other_state"), row)
        connection.execute(sql("insert_state"), row)


def _pieces(span: StateSpan, activity: Sequence[_AgentActivity], running: State | None, since: int) -> Iterator[Piece]:
    """Yield the states one after the other, each with its beginning and its end."""
    starts_at, ends_at = span.starts_at, span.ends_at
    edges = (moment for one in activity for moment in (one.started_at, one.ended_at))
    inside = {moment for moment in edges if moment is not None}
    inside = {moment for moment in inside if starts_at <= moment and (ends_at is None or moment < ends_at)}
    for at in sorted(inside if running else inside | {starts_at}):
        found = _state(span.login, activity, at)
        if found != running:
            if running is not None:
                yield running, since, at
            since, running = at, found
    if running is not None:
        yield running, since, ends_at


def _state(login: str, activity: Sequence[_AgentActivity], at: int) -> State | None:
    """What an agent did at a moment, by the precedence of `TrackedAgent.situation`; None: not known to be logged in."""
    agent = TrackedAgent(login)
    call = None
    for one in activity:
        runs = one.started_at <= at and (one.ended_at is None or one.ended_at > at)
        if one.what == "member" and runs:
            agent.memberships[str(one.name)] = MembershipInterval(login, str(one.name), one.started_at)
        elif one.what == "member" and one.started_at <= at and agent.logged_in is None:
            agent.logged_in = False
        elif one.what == "pause" and runs:
            agent.pauses[str(one.name)] = PauseInterval(login, str(one.name), one.started_at, one.reason)
        elif one.what == "wrap_up" and runs:
            call, agent.wrapping = int(one.name), Visit(login, 1, one.started_at, None)
    state, reason, _ = agent.situation()
    return None if state is None else (state, reason, call if state == "wrap_up" else None)
