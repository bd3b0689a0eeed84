"""A site for tests of its configuration: its floor's clock stands still at noon of a Monday."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ccmon.database import database_file
from tests.databases import new_database

NOON = 1_795_431_600_000
"""2026-11-23T12:00 in Amsterdam."""
DAY = 86_400_000


def call(call_id: str, queue: int, entered_at: int, wait_s: int) -> str:
    """The statement for an answered call."""
    return (
        "INSERT INTO calls (source, call_id, queue_id, agent_id, entered_at, answered_at, ended_at, outcome) VALUES "
        f"('pbx', '{call_id}', {queue}, 1, {entered_at}, {entered_at + wait_s * 1000}, "
        f"{entered_at + 200_000}, 'answered')"
    )


STATEMENTS = (
    f"INSERT INTO clock (id, real_at, floor_at, speed) VALUES (1, {NOON}, {NOON}, 0)",
    "INSERT INTO clients (name) VALUES ('Aurora'), ('Castellane')",
    "INSERT INTO teams (name, client_id) VALUES ('Care', 1), ('Sales Team', NULL)",
    "INSERT INTO queues (name, purpose) VALUES ('Sales', 'sales'), ('Sales NL', NULL), ('quiet', 'service')",
    "INSERT INTO agents (login, name, team_id, hourly_cost_cents) VALUES ('anna', 'Anna de Vries', 1, 3250),"
    " ('1002', NULL, NULL, NULL)",
    "INSERT INTO agent_aliases (alias, agent_id) VALUES ('PJSIP/1001', 1)",
    "INSERT INTO campaigns (name, purpose, starts_on) VALUES ('Winter', 'sales', '2026-11-01')",
    "INSERT INTO contact_reasons (name) VALUES ('Bill')",
    "INSERT INTO pause_reasons (reason, limit_ms) VALUES ('lunch', 2700000)",
    "INSERT INTO opening_hours (weekday, hours) VALUES ('monday', '09:00-17:30'), ('sunday', 'closed')",
    "INSERT INTO holidays (day, name, hours) VALUES ('2026-12-24', 'Christmas Eve', '09:00-13:00'),"
    " ('2026-12-25', 'Christmas Day', 'closed')",
    "INSERT INTO quotas (scope, scope_id, period, starts_on, sales, conversion) VALUES"
    " ('team', 1, 'day', '2026-11-01', 30, 0.25), ('centre', 0, 'month', '2026-10-01', 900, NULL),"
    " ('centre', 0, 'month', '2026-12-01', 1000, NULL)",
    f"INSERT INTO agent_states (agent_id, state, reason, started_at, ended_at) VALUES (1, 'paused', 'coaching',"
    f" {NOON - 900_000}, {NOON - 600_000})",
    *(call(f"{days}-{wait}", 1, NOON - days * DAY - 3_600_000, wait) for days in (0, 1, 2) for wait in (5, 15, 25, 35)),
)


def make_site(path: Path) -> Path:
    """Make the database of the site; return its path."""
    new_database(path, time_zone="Europe/Amsterdam", name="Head office", currency="EUR")
    with closing(database_file.open_writer(path)) as connection:
        for statement in STATEMENTS:
            connection.execute(statement)
    return path
