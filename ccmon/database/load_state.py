"""A source's floor as the database knows it, for a writer to go on from."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from ccmon.calls import CallStateMachine, rehydrate
from ccmon.calls.changes import MembershipInterval, PauseInterval, StateInterval
from ccmon.calls.state_machine import REMEMBERED_MS
from ccmon.database import rows
from ccmon.database.sql_files import sql


def empty_floor(connection: sqlite3.Connection, names: rows.NameIds) -> CallStateMachine:
    """A floor that knows names and settings, and of nothing that goes on."""
    fetch = connection.execute
    ((max_open_ms,),) = fetch(sql("site_max_open"))
    floor = CallStateMachine(
        max_open_ms=max_open_ms, wrap_up_reasons=[row[0] for row in fetch(sql("load_wrap_up_reasons"))]
    )
    for name in names.queues:
        floor.staff.know_queue(name)
    for login in names.agents:
        floor.staff.known_agent(login)
    for alias, login in fetch(sql("load_aliases")):
        rehydrate.load_alias(floor, alias, login)
    return floor


def floor(connection: sqlite3.Connection, names: rows.NameIds, source: str) -> tuple[CallStateMachine, Any]:
    """The floor as a source's last commit left it, and the position that was written with it; None for none."""
    fetch = connection.execute
    floor = empty_floor(connection, names)
    found = fetch(sql("load_source"), {"name": source}).fetchone()
    last_position = None
    carried: dict[str, Any] = {}
    if found is not None:
        _, position, carried_text, _ = found
        last_position = json.loads(position) if position else None
        carried = json.loads(carried_text) if carried_text else {}
    now = carried.get("now", 0)
    since = {
        "source": source,
        "ended_since": now - REMEMBERED_MS,
        "entered_since": now - REMEMBERED_MS - 2 * floor.max_open_ms,
    }
    visits = {row[0]: rows.visit_of(row) for row in fetch(sql("load_visits"), since)}
    for visit in visits.values():
        rehydrate.load_visit(floor, visit)
    own = {"source": source}
    for row_id, login, state, reason, call, started_at in fetch(sql("load_states"), own):
        rehydrate.load_state(floor, StateInterval(login, state, started_at, reason, visits.get(call), row_id=row_id))
    for row_id, login, queue, static, started_at in fetch(sql("load_members"), own):
        rehydrate.load_membership(floor, MembershipInterval(login, queue, started_at, bool(static), row_id=row_id))
    for row_id, login, queue, reason, started_at in fetch(sql("load_pauses"), own):
        rehydrate.load_pause(floor, PauseInterval(login, queue, started_at, reason, row_id=row_id))
    floor.staff.dynamic.update((login, queue) for login, queue in fetch(sql("load_dynamic_members"), own))
    rehydrate.load_extra_state(floor, carried)
    return floor, last_position
