"""The contents of a database, in a form in which two can be compared.

Row numbers are left out, and so is the case of queue names, which is that of the record that came first.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from ccmon.database import database_file

_QUERIES = {
    "calls": """
        SELECT source, call_id, visit, direction, lower(queues.name), campaigns.name, caller, caller_name, agents.login,
               entered_at, answered_at, ended_at, wrapped_up_at, wrapping_up, hold_ms, outcome, ended_by, disposition
        FROM calls
        LEFT JOIN queues ON queues.id = queue_id
        LEFT JOIN campaigns ON campaigns.id = campaign_id
        LEFT JOIN agents ON agents.id = agent_id""",
    "missed_calls": """
        SELECT calls.call_id, calls.visit, lower(queues.name), agents.login, missed_at, ring_ms
        FROM missed_calls
        LEFT JOIN calls ON calls.id = missed_calls.call_id
        JOIN queues ON queues.id = missed_calls.queue_id
        JOIN agents ON agents.id = missed_calls.agent_id""",
    "agent_states": """
        SELECT agents.login, state, reason, calls.call_id, calls.visit, started_at, agent_states.ended_at
        FROM agent_states
        JOIN agents ON agents.id = agent_states.agent_id
        LEFT JOIN calls ON calls.id = agent_states.call_id""",
    "queue_members": """
        SELECT lower(queues.name), agents.login, static, started_at, ended_at
        FROM queue_members
        JOIN queues ON queues.id = queue_id
        JOIN agents ON agents.id = agent_id""",
    "queue_pauses": """
        SELECT lower(queues.name), agents.login, reason, started_at, ended_at
        FROM queue_pauses
        JOIN queues ON queues.id = queue_id
        JOIN agents ON agents.id = agent_id""",
    "sources": "SELECT name, kind, last_record_at, records, unknown_records, rejected FROM sources",
    "rejected_lines": "SELECT source, reason, content FROM rejected_lines",
    "agents": "SELECT login FROM agents",
    "queues": "SELECT lower(name) FROM queues",
}


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(database_file.open_reader(path)) as connection:
        return contents_by(connection)


def contents_by(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """The same by a connection that is open: to open one takes several times as long."""
    return {name: sorted(connection.execute(query), key=repr) for name, query in _QUERIES.items()}
