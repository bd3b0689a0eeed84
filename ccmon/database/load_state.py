"""Load the state of a source's calls and agents from the database, for a writer to resume from."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from msgspec import Struct

from ccmon.calls import CallStateMachine, rehydrate
from ccmon.calls.state_machine import REMEMBERED_MS
from ccmon.database.driver import Database
from ccmon.database.rows import NameIds
from ccmon.database.stored_rows import DynamicMember, StoredMembership, StoredPause, StoredState, StoredVisit
from ccmon.snapshot.directory import Site


class Alias(Struct, frozen=True, gc=False):
    """Another name of an agent. A row of ``load_aliases``."""

    alias: str
    agent: str


class SourcePosition(Struct, frozen=True, gc=False):
    """Where a source's last commit ended. The row of ``load_source``."""

    position: str | None
    """JSON; None: nothing was said of it."""
    carried: str | None
    """JSON: what rows do not say of the state."""


def empty_state_machine(connection: sqlite3.Connection, names: NameIds) -> CallStateMachine:
    """A state machine with the names and settings of the database, without open calls or intervals."""
    database = Database(connection)
    state_machine = CallStateMachine(
        max_open_ms=database.the_row("site", Site).max_open_ms,
        wrap_up_reasons=database.values("load_wrap_up_reasons"),
    )
    for name in names.queues:
        state_machine.staff.know_queue(name)
    for login in names.agents:
        state_machine.staff.known_agent(login)
    for row in database.rows("load_aliases", Alias):
        rehydrate.load_alias(state_machine, row.alias, row.agent)
    return state_machine


def source_position(connection: sqlite3.Connection, source: str) -> SourcePosition:
    """Where the last commit of a source ended; nothing for a source that has no row."""
    found = Database(connection).row("load_source", SourcePosition, {"name": source})
    return SourcePosition(None, None) if found is None else found


def load_state_machine(connection: sqlite3.Connection, names: NameIds, source: str) -> tuple[CallStateMachine, Any]:
    """The state as a source's last commit left it, and the position that was written with it; None for none."""
    database = Database(connection)
    state_machine = empty_state_machine(connection, names)
    last = source_position(connection, source)
    carried: dict[str, Any] = json.loads(last.carried) if last.carried else {}
    now = carried.get("now", 0)
    since = {
        "source": source,
        "ended_since": now - REMEMBERED_MS,
        "entered_since": now - REMEMBERED_MS - 2 * state_machine.max_open_ms,
    }
    visits = {row.id: row.as_visit() for row in database.rows("load_visits", StoredVisit, since)}
    for visit in visits.values():
        rehydrate.load_visit(state_machine, visit)
    own = {"source": source}
    for state in database.rows("load_states", StoredState, own):
        rehydrate.load_state(state_machine, state.as_interval(visits))
    for member in database.rows("load_members", StoredMembership, own):
        rehydrate.load_membership(state_machine, member.as_interval())
    for pause in database.rows("load_pauses", StoredPause, own):
        rehydrate.load_pause(state_machine, pause.as_interval())
    state_machine.staff.dynamic.update(
        (row.agent, row.queue) for row in database.rows("load_dynamic_members", DynamicMember, own)
    )
    rehydrate.load_extra_state(state_machine, carried)
    return state_machine, json.loads(last.position) if last.position else None
