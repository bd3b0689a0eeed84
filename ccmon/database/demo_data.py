"""What a simulated centre writes apart from its calls and the rows of its tables, and what it may replace."""

from __future__ import annotations

import sqlite3

from ccmon.database.driver import Database
from ccmon.database.sql_files import sql

DEMO_TABLES = (
    "alarm_acts", "call_reasons", "survey_invitations", "surveys", "audit", "follow_ups", "sales", "missed_calls",
    "agent_states", "queue_pauses", "queue_members", "calls", "customers", "contact_reasons", "investments", "shifts",
    "quotas", "agent_aliases", "agents", "teams", "queues", "campaigns", "clients", "pause_reasons", "imported_ranges",
    "imported_records", "imported_states",
    "rejected_lines", "sources", "progress", "clock",
)  # fmt: skip
"""Tables of demo data, in an order that foreign keys allow. Triggers update the totals."""


def may_be_filled(connection: sqlite3.Connection) -> bool:
    """Whether demo data may be written: the database is empty, or holds only demo data that nobody keeps up to date."""
    return not Database(connection).value("has_non_demo_data")


def is_configured(connection: sqlite3.Connection) -> bool:
    """Whether setup or a person has configured the database as that of a site."""
    return bool(Database(connection).value("is_configured"))


def has_demo_data(connection: sqlite3.Connection) -> bool:
    """Whether there is any demo data."""
    return any(_has_rows(connection, table) for table in DEMO_TABLES)


def delete_all(connection: sqlite3.Connection) -> None:
    """Delete the demo data that is there, in an open transaction."""
    for table in DEMO_TABLES:
        if _has_rows(connection, table):  # else no triggers need be parsed
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 (our own)


def _has_rows(connection: sqlite3.Connection, table: str) -> bool:
    ((found,),) = connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608 (our own)
    return bool(found)


def set_clock(connection: sqlite3.Connection, *, real_at: int, floor_at: int, speed: float) -> None:
    """Set how floor time runs against real time."""
    connection.execute(sql("set_clock"), {"real_at": real_at, "floor_at": floor_at, "speed": speed})
