"""States after a gap that was filled: those of a call that turns out to have ended in it.

Until the gap was filled nothing told of the call's end, so that its agent seemed to talk on between whatever else they
did. What they did then is told by their memberships, pauses and wrap-ups. Moments are Unix milliseconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from ccmon.calls.agent import TrackedAgent
from ccmon.calls.changes import MembershipInterval, PauseInterval, Visit
from ccmon.database.sql_files import sql

_Told = list[tuple[Any, ...]]
State = tuple[str, str | None, int | None]
"""State, reason and the row number of the call."""
_Piece = tuple[State, int, int | None]
"""A state, its beginning and its end."""


class Stretch(NamedTuple):
    """A time in which an agent's states are to be found."""

    agent_id: int
    login: str
    starts_at: int
    ends_at: int | None
    """When the next known state began; None: none did."""


def correct(connection: sqlite3.Connection, source: str, agent: tuple[int, str], call_id: int, until: int) -> None:
    """Put what an agent did in the place of each state of a call that had ended when the gap ended, at ``until``."""
    agent_id, login = agent
    sought = {"agent_id": agent_id, "call_id": call_id, "until": until}
    for row_id, started_at, ended_at in connection.execute(sql("backfill_states_of_call"), sought).fetchall():
        connection.execute(sql("delete_state"), (row_id,))
        go_on(connection, source, Stretch(agent_id, login, started_at, ended_at), None, started_at)


def go_on(connection: sqlite3.Connection, source: str, stretch: Stretch, running: State | None, since: int) -> None:
    """Write the states of a stretch of time; the first of them goes on from before, where one does.

    Args:
        connection: in a transaction that writes.
        source: whose states they are.
        stretch: whose states, and when.
        running: the state before the stretch; None: nothing is written of before.
        since: when that began.
    """
    told = connection.execute(sql("backfill_agent_activity"), stretch._asdict()).fetchall()
    for (state, reason, call), starts, ends in _pieces(stretch, told, running, since):
        if starts != ends:
            row = (None, stretch.agent_id, state, reason, call, starts, ends, source)
            connection.execute(sql("insert_state"), row)


def _pieces(stretch: Stretch, told: _Told, running: State | None, since: int) -> Iterator[_Piece]:
    """The states one after the other, each with its beginning and its end."""
    starts_at, ends_at = stretch.starts_at, stretch.ends_at
    inside = {moment for *_, starts, ends in told for moment in (starts, ends) if moment is not None}
    inside = {moment for moment in inside if starts_at <= moment and (ends_at is None or moment < ends_at)}
    for at in sorted(inside if running else inside | {starts_at}):
        found = _state(stretch.login, told, at)
        if found != running:
            if running is not None:
                yield running, since, at
            since, running = at, found
    if running is not None:
        yield running, since, ends_at


def _state(login: str, told: _Told, at: int) -> State | None:
    """What an agent did at a moment, by the one rule of precedence; None where nothing is known of their log-in."""
    agent = TrackedAgent(login)
    call = None
    for what, name, reason, starts, ends in told:
        runs = starts <= at and (ends is None or ends > at)
        if what == "member" and runs:
            agent.memberships[name] = MembershipInterval(login, name, starts)
        elif what == "member" and starts <= at and agent.logged_in is None:
            agent.logged_in = False
        elif what == "pause" and runs:
            agent.pauses[name] = PauseInterval(login, name, starts, reason)
        elif what == "wrap_up" and runs:
            call, agent.wrapping = name, Visit(login, 1, starts, None)
    state, reason, _ = agent.situation()
    return None if state is None else (state, reason, call if state == "wrap_up" else None)
