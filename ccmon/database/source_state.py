"""Load the state of a source's calls and agents from the database, for a writer to resume from."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple, Self

from msgspec import Struct

from ccmon.calls import resume
from ccmon.calls.records import MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.calls.state_machine import REMEMBERED_MS, CallStateMachine
from ccmon.database.driver import Database
from ccmon.database.floor_writer import NameIds
from ccmon.model.site import Site


class SourcePosition(Struct, frozen=True, gc=False):
    """Where a source's last commit ended. The row of ``load_source``."""

    position: str | None
    """JSON; None: not recorded."""
    carried: str | None
    """JSON: the part of the state that is not in rows."""


class StoredState(Struct, frozen=True, gc=False):
    """What an agent does. A row of ``load_states`` or ``backfill_next_state``."""

    agent: str
    state: str
    started_at: int
    reason: str | None
    call_id: int | None
    """``calls.id``."""
    id: int


class _DynamicMember(NamedTuple):
    """An agent who logs in and out of a queue. A row of ``load_dynamic_members``."""

    agent: str
    queue: str


class StoredFloor(NamedTuple):
    """Calls and agents of a source at a moment, from the rows. Intervals have their end even if it came later."""

    visits: list[Visit]
    states: list[StateInterval]
    memberships: list[MembershipInterval]
    pauses: list[PauseInterval]
    dynamic: list[_DynamicMember]

    @classmethod
    def read(
        cls, database: Database, source: str, ended_since: int, *, entered_since: int = 0, at: int | None = None
    ) -> Self:
        """Read it from the database.

        Args:
            database: the database.
            source: the source.
            ended_since: visits that ended before this moment are left out.
            entered_since: no visit that ended since then began before this moment.
            at: the moment; None: now.
        """
        since = {"source": source, "ended_since": ended_since, "entered_since": entered_since, "at": at}
        moment = {"source": source, "at": at}
        visits = database.rows("load_visits", Visit, since)
        by_id = {visit.row_id: visit for visit in visits}
        states = database.rows("load_states", StoredState, moment)
        return cls(
            visits,
            [StateInterval(s.agent, s.state, s.started_at, s.reason, by_id.get(s.call_id), None, s.id) for s in states],
            database.rows("load_members", MembershipInterval, moment),
            database.rows("load_pauses", PauseInterval, moment),
            database.rows("load_dynamic_members", _DynamicMember, moment),
        )

    def load(self, state_machine: CallStateMachine) -> None:
        """Load it into an empty state machine."""
        for visit in self.visits:
            resume.load_visit(state_machine, visit)
        for state in self.states:
            resume.load_agent_state(state_machine, state)
        for membership in self.memberships:
            resume.load_membership(state_machine, membership)
        for pause in self.pauses:
            resume.load_pause(state_machine, pause)
        state_machine.agent_tracker.dynamic.update(self.dynamic)


def empty_state_machine(connection: sqlite3.Connection, names: NameIds) -> CallStateMachine:
    """A state machine with the names and settings of the database, without open calls or intervals."""
    database = Database(connection)
    state_machine = CallStateMachine(
        max_open_ms=database.one_row("site", Site).max_open_ms,
        wrap_up_reasons=database.values("load_wrap_up_reasons"),
    )
    for name in names.queues:
        state_machine.agent_tracker.register_queue(name)
    for login in names.agents:
        state_machine.agent_tracker.agent_from_database(login)
    for alias, agent in database.pairs("load_aliases").items():
        resume.load_alias(state_machine, alias, agent)
    return state_machine


def source_position(connection: sqlite3.Connection, source: str) -> SourcePosition:
    """Where the last commit of a source ended; empty for a source without a row."""
    found = Database(connection).row("load_source", SourcePosition, {"name": source})
    return SourcePosition(None, None) if found is None else found


def load_state_machine(
    connection: sqlite3.Connection, names: NameIds, source: str, carried: dict[str, Any] | None = None
) -> tuple[CallStateMachine, Any]:
    """The state as a source's last commit left it, and the position written with it, or None.

    ``carried`` is the part of the state that is not in rows; None: as that commit wrote it.
    """
    database = Database(connection)
    state_machine = empty_state_machine(connection, names)
    last = source_position(connection, source)
    if carried is None:
        carried = json.loads(last.carried) if last.carried else {}
    now = carried.get("now", 0)
    ended_since = now - REMEMBERED_MS
    entered_since = ended_since - 2 * state_machine.max_open_ms
    StoredFloor.read(database, source, ended_since, entered_since=entered_since).load(state_machine)
    resume.load_carried_state(state_machine, carried)
    return state_machine, json.loads(last.position) if last.position else None
