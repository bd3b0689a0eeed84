"""What `ccmon doctor` says of the totals: each has its line, and a wrong one is named and mended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file, doctor
from ccmon.database.total_sql.definitions import COUNTED_ANSWERS, COUNTED_INVITATIONS, DERIVED_TABLES, TOTALS
from tests.databases import new_database
from tests.floors import moment

NOON = moment("2026-11-23T12:00:00")
MINUTE, DAY = 60_000, 86_400_000
TABLES = {*TOTALS, "queue_days", *(total.table for total in (*DERIVED_TABLES, COUNTED_ANSWERS, COUNTED_INVITATIONS))}
ROWS = (
    "INSERT INTO customers (id) VALUES (1)",
    "INSERT INTO queues (id, name) VALUES (1, 'sales')",
    "INSERT INTO agents (id, login) VALUES (1, 'anna')",
    "INSERT INTO calls (id, source, call_id, queue_id, agent_id, entered_at, answered_at, ended_at, outcome)"
    f" VALUES (1, 's', 'a', 1, 1, {NOON}, {NOON}, {NOON + 60_000}, 'answered')",
    f"INSERT INTO sales (customer_id, sold_at, amount_cents) VALUES (1, {NOON - 2 * DAY}, 100), (1, {NOON}, 100)",
    "INSERT INTO surveys (call_id, question, score, scale, answered_at)"
    f" VALUES (1, 'satisfaction', 3, 5, {NOON + 120_000})",
    f"INSERT INTO survey_invitations (call_id, sent_at, reference) VALUES (1, {NOON + 60_000}, 'A1')",
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        for row in ROWS:
            connection.execute(row)
        yield path, connection


def verdicts(path: Path, connection: sqlite3.Connection) -> dict[str, str]:
    return {found.subject: found.verdict for found in doctor.examine(path, connection, NOON) if found.subject in TABLES}


@pytest.mark.parametrize(
    ("table", "mistake"),
    [
        ("queue_quarters", "UPDATE queue_quarters SET offered = 7"),
        ("purchase_days", "UPDATE purchase_days SET previous_at = 5"),
        ("customer_purchases", "UPDATE customer_purchases SET third_last_at = 5"),
        ("buyer_days", "UPDATE buyer_days SET repeated = 7"),
        ("purchase_gaps", "DELETE FROM purchase_gaps"),
        ("counted_answers", "UPDATE counted_answers SET score = 1"),
        ("counted_invitations", "UPDATE counted_invitations SET answered = 0"),
    ],
)
def test_each_total_is_listed_and_a_wrong_one_named_and_mended(
    database: tuple[Path, sqlite3.Connection], table: str, mistake: str
) -> None:
    path, connection = database
    sound = dict.fromkeys(TABLES, "ok")
    assert verdicts(path, connection) == sound
    connection.execute(mistake)
    assert verdicts(path, connection) == {**sound, table: "wrong"}
    doctor.repair(connection, recompute_targets=False)
    assert verdicts(path, connection) == sound


def test_old_imported_data_is_to_be_looked_at_while_the_site_is_open(database: tuple[Path, sqlite3.Connection]) -> None:
    path, connection = database

    def verdict(at: int) -> str:
        return next(found.verdict for found in doctor.examine(path, connection, at) if found.subject == "data")

    assert verdict(NOON + 30 * MINUTE) == "ok"
    assert verdict(NOON + DAY) == "note"
    connection.execute("INSERT INTO opening_hours (weekday, hours) VALUES ('tuesday', 'closed')")
    assert verdict(NOON + DAY) == "ok"
    connection.execute("UPDATE opening_hours SET hours = '11:45-18:00'")
    assert verdict(NOON + DAY) == "ok"
    assert verdict(NOON + DAY + 16 * MINUTE) == "note"
    connection.execute("UPDATE alarm_limits SET import_age_ms = 3600000")
    connection.execute("INSERT OR IGNORE INTO alarm_limits (id, import_age_ms) VALUES (1, 3600000)")
    assert verdict(NOON + DAY + 16 * MINUTE) == "ok"
