"""A database in which callers wait while somebody is ready."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ccmon.database import database_file
from ccmon.real_time import real_now
from tests.databases import new_database
from tests.floors import moment

NOW = moment("2026-11-23T14:30:00+01:00")
MINUTE = 60_000


def with_a_caller(path: Path, queue: str) -> Path:
    """A new database: a caller has waited for five minutes in a queue, Eva is ready, and the clock stands still."""
    new_database(path, time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now()))
        connection.execute("INSERT INTO queues (id, name) VALUES (1, ?), (2, 'Sales')", (queue,))
        connection.execute("INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva')")
        connection.execute(
            "INSERT INTO queue_members (queue_id, agent_id, started_at) VALUES (1, 1, ?)", (NOW - 10 * MINUTE,)
        )
        connection.execute(
            "INSERT INTO agent_states (agent_id, state, started_at) VALUES (1, 'ready', ?)", (NOW - 10 * MINUTE,)
        )
    wait_in(path, 1)
    return path


def wait_in(path: Path, queue: int) -> None:
    """A caller waits in a queue."""
    with closing(database_file.open_writer(path)) as connection:
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('test', ?, ?, ?)",
            (str(queue), queue, NOW - 5 * MINUTE),
        )
