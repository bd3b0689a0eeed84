"""What a simulated centre sets beside its calls and the rows of its tables, and what it may replace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from ccmon.database.driver import Database
from ccmon.database.sql_files import sql

DEMO_TABLES = (
    "call_reasons", "survey_invitations", "surveys", "audit", "follow_ups", "sales", "missed_calls", "agent_states",
    "queue_pauses", "queue_members", "calls", "customers", "contact_reasons", "investments", "shifts", "quotas",
    "agent_aliases", "agents", "teams", "queues", "campaigns", "clients", "pause_reasons", "imported_ranges",
    "rejected_lines", "sources", "progress", "clock",
)  # fmt: skip
"""Tables of demo data, in an order that foreign keys allow. The totals follow by themselves."""


def may_be_filled(connection: sqlite3.Connection) -> bool:
    """Whether demo data may go in: nothing is there, or demo data alone that nobody keeps up to date."""
    return not Database(connection).value("has_non_demo_data")


def delete_all(connection: sqlite3.Connection) -> None:
    """Delete the demo data that is there, in an open transaction."""
    for table in DEMO_TABLES:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 (names of our own tables)


def set_site(connection: sqlite3.Connection, *, name: str, currency: str, margin: float, created_at: int) -> None:
    """Set the site's name, currency and margin where nobody has, and since when it has data."""
    site = {"name": name, "currency": currency, "margin": margin, "created_at": created_at}
    connection.execute(sql("set_site_of_demo"), site)


def set_source_times(connection: sqlite3.Connection, source: str, *, started_at: int, checked_at: int) -> None:
    """Make a finished source as old as its data."""
    row = {"name": source, "started_at": started_at, "checked_at": checked_at}
    connection.execute(sql("set_source_times"), row)


def set_clock(connection: sqlite3.Connection, *, real_at: int, floor_at: int, speed: float) -> None:
    """Set how floor time goes against real time."""
    connection.execute(sql("set_clock"), {"real_at": real_at, "floor_at": floor_at, "speed": speed})


def insert_pause_reasons(connection: sqlite3.Connection, rows: Iterable[dict[str, object]]) -> None:
    """Insert what reasons for pauses mean; those that are there stay as they are."""
    connection.executemany(sql("insert_pause_reason"), rows)


def set_callers(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str, int]]) -> None:
    """Set who calls: number of the customer, source, call id and visit."""
    connection.executemany(sql("set_call_customer"), rows)


def log_follow_up_move(connection: sqlite3.Connection, follow_up_id: int, due_at: int, acted_at: int) -> None:
    """Log that its agent moves a follow-up, before it is moved."""
    connection.execute(sql("log_follow_up_move"), (follow_up_id, due_at, acted_at))
