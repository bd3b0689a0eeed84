"""docs/database.md names every table and column, and its examples do what it says."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file, totals
from tests.databases import new_database

PAGE = (Path(__file__).parents[2] / "docs" / "database.md").read_text(encoding="utf-8")
DAY_AT = 1_795_388_400_000  # 2026-11-23T00:00 in Amsterdam


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    with closing(database_file.open_writer(path)) as opened:
        yield opened


def test_every_table_and_column_is_documented_and_no_other(connection: sqlite3.Connection) -> None:
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    schema = {
        table: [row[1] for row in connection.execute(f"PRAGMA table_xinfo({table})")]
        for table in tables
        if not table.startswith("replaced_")
    }
    documented = {}
    for section in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        name, _, body = section.partition("\n")
        documented[name.strip()] = re.findall(r"^\| (\w+) \|(?! meaning)", body, flags=re.MULTILINE)
    assert {table: sorted(columns) for table, columns in documented.items()} == {
        table: sorted(columns) for table, columns in schema.items()
    }
    assert all(f"`{table}`" in PAGE for table in tables if table.startswith("replaced_"))


def test_examples_run_and_count_as_the_page_says(connection: sqlite3.Connection) -> None:
    sale_stands = None
    for example in re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL):
        connection.executescript(example)
        if "INSERT INTO sales" in example:
            sale_stands = connection.execute("SELECT sales, converted, revenue_cents FROM agent_days").fetchone()
    assert sale_stands == (1, 1, 12_950)
    quarter = (
        "SELECT sum(offered), sum(answered_in_threshold), sum(abandoned), sum(abandoned_wait_ms) FROM queue_quarters"
    )
    assert connection.execute(quarter).fetchone() == (2, 1, 1, 40_000)
    handled = "SELECT handled, talk_ms, hold_ms, wrap_up_ms FROM queue_quarters WHERE handled > 0"
    assert connection.execute(handled).fetchone() == (1, 150_000, 30_000, 25_000)
    agent = (
        "SELECT day_at, inbound, outbound, outbound_talk_ms, sales_calls, ready_ms, talking_ms, other_ms, sales,"
        " revenue_cents FROM agent_days"
    )
    assert connection.execute(agent).fetchall() == [(DAY_AT, 1, 1, 180_000, 2, 212_000, 180_000, 25_000, 0, 0)]
    campaign = "SELECT attempts, contacts, sales_calls FROM campaign_days"
    assert connection.execute(campaign).fetchall() == [(1, 1, 1)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert totals.check(connection) == []


def test_the_page_tells_the_application_id_and_the_days(connection: sqlite3.Connection) -> None:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    assert f"`PRAGMA application_id` is {application_id};" in PAGE
    first, last = connection.execute("SELECT min(date), max(date) FROM business_days").fetchone()
    assert f"Business days from {first[:4]} to {last[:4]}." in PAGE
