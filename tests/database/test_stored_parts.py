"""What finished days say is stored by whoever follows a switch, and read by all as long as it holds."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from msgspec import Struct
from msgspec.structs import asdict

from ccmon.database import database_file, finished_days_parts, reader, stored_parts, stored_parts_keeper
from ccmon.database.connection import transaction
from ccmon.database.sql_files import sql
from ccmon.database.stored_parts_keeper import StoredPartsKeeper, check_stored_parts, store_finished_days
from ccmon.database.total_sql.change_log_triggers import LOGGED_AT_LEAST
from ccmon.real_time import real_now
from ccmon.simulator.history import seed
from ccmon.snapshot.periodic_data import FinishedDays
from ccmon.time_units import DAY_MS
from tests.databases import new_database, shared
from tests.floors import moment
from tests.processes import wait_until

NOW = moment("2026-11-23T14:32:07+01:00")
PARTS = set(finished_days_parts.READ)
CHECKS = "SELECT part, read_to FROM stored_part_checks"


def seeded(folder: Path) -> None:
    path = new_database(folder / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    seed(path, days=9, agents=8, seed=3, until=NOW)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now()))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A seeded Monday afternoon after nine days, on which the clock stands still."""
    path = tmp_path / "calls.db"
    path.write_bytes((shared("stored parts of nine days", seeded) / "calls.db").read_bytes())
    return path


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(database_file.open_writer(path)) as opened:
        yield opened


@pytest.fixture
def parts_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that are read from their rows."""
    read: list[str] = []

    def noted(part: str, really: Callable[..., stored_parts.Fields]) -> Callable[..., stored_parts.Fields]:
        def read_part(*values: object) -> stored_parts.Fields:
            read.append(part)
            return really(*values)

        return read_part

    for part, really in finished_days_parts.READ.items():
        monkeypatch.setitem(finished_days_parts.READ, part, noted(part, really))
    return read


def holding(connection: sqlite3.Connection) -> set[str]:
    return set(dict(connection.execute(CHECKS)))


def test_a_seeded_history_is_not_read_again(path: Path, connection: sqlite3.Connection, parts_read: list[str]) -> None:
    assert holding(connection) == PARTS
    stored = asdict(reader.snapshot(path, NOW))
    assert not parts_read
    connection.execute("DELETE FROM stored_part_checks")
    assert asdict(reader.snapshot(path, NOW)) == stored
    assert parts_read


def test_an_earlier_moment_is_read_from_the_rows(path: Path, parts_read: list[str]) -> None:
    reader.snapshot(path, NOW - 60_000)
    assert sorted(parts_read) == sorted(PARTS)


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE stored_parts SET fields = x'81a1780a'",
        "UPDATE stored_parts SET fields = x'ff'",
        "UPDATE site SET follow_up_grace_ms = follow_up_grace_ms + 1",
    ],
)
def test_what_cannot_be_read_or_is_of_another_site_is_read_from_the_rows(
    path: Path, connection: sqlite3.Connection, parts_read: list[str], write: str
) -> None:
    connection.execute(write)
    reader.snapshot(path, NOW)
    assert sorted(parts_read) == sorted(PARTS)


def test_parts_hold_when_the_change_log_has_forgotten_what_was_looked_at(
    path: Path, connection: sqlite3.Connection, parts_read: list[str]
) -> None:
    for _ in range(4):
        for _ in range(LOGGED_AT_LEAST // 4):
            connection.execute("INSERT INTO changes (subject, at) VALUES ('state', ?)", (NOW,))
        connection.execute("INSERT INTO changes (subject, at) VALUES ('call_reason', 0)")
        check_stored_parts(connection, NOW)
    connection.execute("DELETE FROM changes WHERE id < (SELECT max(id) FROM changes)")
    reader.snapshot(path, NOW)
    assert set(parts_read) == {"calls_and_orders", "unreached"}
    connection.execute("INSERT INTO changes (subject, at) VALUES ('state', ?)", (NOW,))
    connection.execute("DELETE FROM changes WHERE id < (SELECT max(id) FROM changes)")
    connection.execute("UPDATE stored_part_checks SET read_to = read_to - 1")
    parts_read.clear()
    reader.snapshot(path, NOW)
    assert set(parts_read) == PARTS


def test_a_part_of_a_day_does_not_hold_when_the_clock_is_put_back_to_the_day_before(
    path: Path, connection: sqlite3.Connection, parts_read: list[str]
) -> None:
    day_before = NOW - DAY_MS
    rows = [(day_before,)] * (stored_parts_keeper.BEHIND_AT_MOST + 1)
    connection.executemany("INSERT INTO changes (subject, at) VALUES ('call', ?)", rows)
    check_stored_parts(connection, day_before)
    reader.snapshot(path, NOW)
    assert set(parts_read) == PARTS


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE sales SET cancelled_at = {later} WHERE id = 1",
        "UPDATE calls SET ended_at = {later} WHERE id = (SELECT max(id) FROM calls)",
        "INSERT INTO progress (task, done, total, noted_at) VALUES ('import', 1, 2, {real})",
    ],
)
def test_nothing_is_stored_that_time_alone_would_change(connection: sqlite3.Connection, write: str) -> None:
    connection.execute("DELETE FROM stored_part_checks")
    connection.execute(write.format(later=NOW + 60_000, real=real_now()))
    assert not store_finished_days(connection, NOW)
    assert not holding(connection)


def test_a_follower_stores_what_is_not_stored_and_ends_at_once(
    path: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_parts_keeper, "FIRST_LOOK_S", 0.001)
    connection.execute("DELETE FROM stored_part_checks")
    others = set(threading.enumerate())
    with StoredPartsKeeper(path):
        wait_until(lambda: holding(connection) == PARTS)
    assert set(threading.enumerate()) <= others
    connection.execute(sql("delete_stored_part_check"), {"part": "totals"})
    monkeypatch.setattr(stored_parts_keeper, "FIRST_LOOK_S", 1_000)
    with StoredPartsKeeper(path):
        pass
    assert holding(connection) == PARTS - {"totals"}


def test_a_follower_looks_at_the_change_log_before_it_forgets(
    path: Path, connection: sqlite3.Connection, parts_read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST_LOOK_S", "SOONEST_LOOK_S", "LATEST_LOOK_S"):
        monkeypatch.setattr(stored_parts_keeper, name, 0.02)
    with StoredPartsKeeper(path):
        for _ in range(5):
            with transaction(connection):
                rows = [(NOW,)] * 1_000
                connection.executemany("INSERT INTO changes (subject, at) VALUES ('state', ?)", rows)
            checked_to = {connection.execute("SELECT max(id) FROM changes").fetchone()[0]}
            wait_until(lambda: set(dict(connection.execute(CHECKS)).values()) == checked_to)  # noqa: B023
    connection.execute("DELETE FROM changes WHERE id < (SELECT max(id) FROM changes)")
    reader.snapshot(path, NOW)
    assert not parts_read


STORED_FIELDS = {
    3: """
AgentSales: id sales_calls converted sales revenue_cents new_customers squared_cents logged_in_ms
AgentWeekday: sunday_first agent_id days sales_calls sales inbound inbound_ms outbound outbound_ms
AnswerCount: queue_id agent_id question scale score answers
BusinessDay: date starts_at ends_at
CampaignSales: id sales_calls converted sales revenue_cents new_customers squared_cents contacts
CampaignWeekday: sunday_first campaign_id days sales_calls sales
ChurnLimits: at_risk_days churned_days from_gaps
Contact: customer started_at ended_at answered reason
CustomerSeller: id name phone agent_id
CustomerSums: customers revenue_cents
DayOfReasons: day reasons
DayRange: starts_on ends_on days
DayTotals: date sales_calls sales inbound inbound_ms inbound_agents outbound outbound_ms outbound_agents
FirstContact: resolved repeated pending
FruitlessAttempts: customer_id attempts first_at last_at agent_id
InvitationCount: queue_id agent_id invited answered
OtherClientsSales: team_client_id client_id sales_calls converted sales revenue_cents
PastSalesCalls: day_at agent_id campaign_id quarter calls
PlannedWorkRow: agent_id starts_ms ends_ms days
PromiseOutcome: agent_id kind hour planned late promised
PurchaseTally: segments moves activity churn members repeated
QueueHandling: queue_id answered handled handling_ms
ReasonCount: half_hour reason_id calls
RepeatedProblems: customer_id problems first_at last_at agent_id
SalesRows: by_agent by_campaign other_clients_sales
"""
}
"""By format: the fields of all stored records in their order, which alone says what a stored value is."""


def test_stored_records_have_the_fields_of_their_format() -> None:
    fields = "\n".join(f"{kind.__name__}: {' '.join(kind.__struct_fields__)}" for kind in stored_records(FinishedDays))
    assert fields == STORED_FIELDS[stored_parts.FORMAT].strip(), "Raise FORMAT: another ccmon has stored other fields."


def stored_records(stored: type[Struct]) -> list[type[Struct]]:
    """All kinds of records in the fields of one, by their names."""
    found: set[type[Struct]] = set()
    waiting: list[object] = list(get_type_hints(stored).values())
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, Struct) and kind not in found:
            found.add(kind)
            waiting += get_type_hints(kind).values()
    return sorted(found, key=lambda kind: kind.__name__)
