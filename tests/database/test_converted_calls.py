"""An order makes a converted call of a sales call alone (metrics.md 8.2): live, of past days, and looked back at."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import floor_reader, reader, totals
from ccmon.database.driver import Database
from ccmon.database.live_rows import LiveRows
from ccmon.model.sales import Period, SalesFigures
from tests.commands import ccmon
from tests.database.recount import kept, recounted
from tests.database.test_live_rows import fields
from tests.database.test_periodic_moments import DAY, HOUR, MINUTE, NOON, call, insert, quota_of, writing
from tests.databases import new_database

SALES, SERVICE = 1, 2
Scope = tuple[str, int | None]
IN_ALL: tuple[Scope, ...] = ("centre", None), ("team", 1), ("agent", 1)
OF_CAMPAIGN: tuple[Scope, ...] = ("campaign", 1), ("client", 1)
OF_TEAMS_CLIENT: Scope = ("client", 2)


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(filled, tmp_path / "calls.db"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four answered calls of a sales queue, one with two orders; three of a service queue, two with an order."""
    path = new_database(tmp_path_factory.mktemp("filled") / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    with writing(path) as connection:
        insert(connection, "queues", id=SALES, name="sales", purpose="sales")
        insert(connection, "queues", id=SERVICE, name="service", purpose="service")
        insert(connection, "clients", id=1, name="Noord")
        insert(connection, "campaigns", id=1, name="Spring", client_id=1)
        for number, name in enumerate(("Anna", "Bram"), 1):
            insert(connection, "agents", login=str(number), name=name)
        for period in Period:
            insert(connection, "quotas", scope="centre", period=period, starts_on="2020-01-01", sales=9)
        for number, queue in enumerate([SALES] * 4 + [SERVICE] * 3):
            at = NOON - 2 * HOUR + number * MINUTE
            call_id = call(connection, at, queue_id=queue)
            for _ in range({0: 2, 4: 1, 5: 1}.get(number, 0)):
                order(connection, at + MINUTE, call_id=call_id)
    return path


def order(connection: sqlite3.Connection, at: int, **values: Any) -> None:
    row = {"agent_id": 1, "campaign_id": 1, "sold_at": at, "amount_cents": 500}
    insert(connection, "sales", **(row | values))


def counts(line: SalesFigures) -> tuple[int, int, int, int]:
    return line.sales_calls, line.converted, line.sales, line.revenue_cents


def lines(path: Path, at: int) -> dict[tuple[str, int | None], SalesFigures]:
    return {(line.kind, line.id): line for line in reader.snapshot(path, at).sales}


@pytest.mark.parametrize("is_latest", [True, False], ids=["live", "as of an earlier moment"])
def test_an_order_on_a_call_of_a_service_queue_converts_no_sales_call(path: Path, is_latest: bool) -> None:
    with writing(path) as connection:
        if not is_latest:
            later = call(connection, NOON + HOUR)
            order(connection, NOON + HOUR + MINUTE, call_id=later)
    found = lines(path, NOON)
    for scope in (("centre", None), ("agent", 1)):
        assert counts(found[scope]) == (4, 1, 4, 2000), scope
        assert found[scope].conversion == 0.25
    assert counts(found["campaign", 1]) == counts(found["client", 1]) == (0, 0, 4, 2000)
    assert counts(found["client", None]) == (4, 1, 0, 0), "a call that came in is the client's for whom the agent works"
    detail = found["centre", None].detail
    assert detail is not None
    assert (detail.inbound_calls, detail.inbound_converted, detail.inbound_conversion) == (4, 1, 0.25)
    assert (detail.orders, detail.gross_cents) == (4, 2000), "an order counts, whatever its call is"


@pytest.mark.parametrize("asked", [9, None], ids=["with a quota", "without"])
def test_finished_days_have_no_more_converted_calls(path: Path, asked: int | None) -> None:
    if asked is None:
        with writing(path) as connection:
            connection.execute("DELETE FROM quotas")
    snapshot = reader.snapshot(path, NOON + DAY)
    for period in (Period.WEEK, Period.MONTH):
        quota = quota_of(snapshot, "centre", period)
        assert (quota.sales_calls, quota.converted, quota.sales, quota.revenue_cents) == (4, 1, 4, 2000)
        assert quota.quota_sales == asked
    assert snapshot.value is not None
    assert (snapshot.value.sales_calls, snapshot.value.conversion) == (4, 0.25)


def reached(connection: sqlite3.Connection, at: int) -> int:
    """A right-party contact of the campaign."""
    return call(connection, at, direction="outbound", queue_id=None, campaign_id=1, right_party=1)


@pytest.fixture
def with_contacts(path: Path) -> Path:
    """The same with two right-party contacts of the campaign without an order, and a team that works for a client."""
    with writing(path) as connection:
        insert(connection, "clients", id=2, name="Zuid")
        insert(connection, "teams", id=1, name="Green", client_id=2)
        connection.execute("UPDATE agents SET team_id = 1")
        for scope in ("campaign", "client", "team"):
            insert(connection, "quotas", scope=scope, scope_id=1, period="week", starts_on="2020-01-01", sales=9)
        insert(connection, "quotas", scope="client", scope_id=2, period="week", starts_on="2020-01-01", sales=9)
        for number in range(2):
            reached(connection, NOON - HOUR + number * MINUTE)
    return path


@pytest.mark.parametrize("is_latest", [True, False], ids=["live", "as of an earlier moment"])
def test_a_campaign_converts_no_right_party_contact_by_an_order_on_an_inbound_call(
    with_contacts: Path, is_latest: bool
) -> None:
    if not is_latest:
        with writing(with_contacts) as connection:
            order(connection, NOON + HOUR + MINUTE, call_id=reached(connection, NOON + HOUR))
    found = lines(with_contacts, NOON)
    for scope in OF_CAMPAIGN:
        assert counts(found[scope]) == (2, 0, 4, 2000), scope
        assert found[scope].conversion == 0
    assert counts(found[OF_TEAMS_CLIENT]) == (4, 1, 0, 0)
    for scope in IN_ALL:
        assert counts(found[scope]) == (6, 1, 4, 2000), scope
    details = {scope: line.detail for scope, line in found.items()}
    for scope, expected in {
        ("centre", None): (4, 1, 2, 0), OF_TEAMS_CLIENT: (4, 1, 0, 0), ("client", 1): (0, 0, 2, 0)
    }.items():  # fmt: skip
        detail = details[scope]
        assert detail is not None
        shown = detail.inbound_calls, detail.inbound_converted, detail.right_party, detail.outbound_converted
        assert shown == expected, scope


def test_a_campaign_converts_by_orders_on_dialled_calls_and_without_a_call(with_contacts: Path) -> None:
    with writing(with_contacts) as connection:
        call_id = reached(connection, NOON - 30 * MINUTE)
        for call_of_order in (call_id, call_id, None):
            order(connection, NOON - 29 * MINUTE, call_id=call_of_order)
    found = lines(with_contacts, NOON)
    for scope in OF_CAMPAIGN:
        assert counts(found[scope]) == (3, 2, 7, 3500), scope
    assert counts(found[OF_TEAMS_CLIENT]) == (4, 1, 0, 0)
    for scope in IN_ALL:
        assert counts(found[scope]) == (7, 3, 7, 3500), scope
    # Of the finished day, in the week's quotas.
    snapshot = reader.snapshot(with_contacts, NOON + DAY)
    expected = dict.fromkeys(OF_CAMPAIGN, (3, 2, 7, 3500))
    expected |= {OF_TEAMS_CLIENT: (4, 1, 0, 0), ("team", 1): (7, 3, 7, 3500), ("centre", None): (7, 3, 7, 3500)}
    for (kind, number), sums in expected.items():
        quota = quota_of(snapshot, kind, Period.WEEK, number)
        assert (quota.sales_calls, quota.converted, quota.sales, quota.revenue_cents) == sums, kind


def test_status_as_json_says_so(path: Path) -> None:
    run = ccmon("status", "--json", "--at", "2026-11-23T12:00", "--db", path)
    assert run.returncode == 0, run.stderr
    line = json.loads(run.stdout)["sales"][0]
    [day] = [quota for quota in line["quotas"] if quota["period"] == "day"]
    assert (day["sales_calls"], day["converted"], day["sales"]) == (4, 1, 4)
    assert (line["sales_calls"], line["conversion"]) == (4, 0.25)
    assert (line["detail"]["inbound_converted"], line["detail"]["inbound_conversion"]) == (1, 0.25)


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE calls SET queue_id = {SERVICE} WHERE id = 1",
        "UPDATE calls SET queue_id = NULL WHERE id = 1",
        f"UPDATE calls SET queue_id = {SALES} WHERE id IN (5, 6)",
        "UPDATE calls SET direction = 'outbound' WHERE id = 5",
        "UPDATE queues SET purpose = 'retention'",
        "UPDATE queues SET purpose = 'sales'",
        f"INSERT OR REPLACE INTO queues (id, name, purpose) VALUES ({SALES}, 'sales', 'service')",
        "DELETE FROM calls WHERE id = 5",
        f"INSERT OR REPLACE INTO calls (source, call_id, queue_id, entered_at) VALUES ('test', '4', {SERVICE}, {NOON})",
    ],
)
@pytest.mark.parametrize("other_agent", [False, True])
def test_what_makes_a_call_another_one_changes_who_converted_it(path: Path, change: str, *, other_agent: bool) -> None:
    """An agent who has made an order on a colleague's call, too: a live reader shows it, and an earlier moment."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if other_agent:
            connection.execute("UPDATE sales SET agent_id = 2")
        live, database = LiveRows(), Database(connection)
        before = fields(live.read(database, NOON))
        connection.execute(change)
        after = fields(live.read(database, NOON))
        assert after == fields(floor_reader.read_floor_data(database, NOON, is_latest=True))
        assert after["agent_days"] != before["agent_days"]
        of_no_queue = change.startswith(
            ("UPDATE calls SET direction", "DELETE FROM calls", "INSERT OR REPLACE INTO calls")
        )
        for name in ("campaign_days", "other_clients_sales"):
            assert (after[name] != before[name]) == of_no_queue, name
        assert kept(connection) == recounted(connection)
        assert totals.check(connection) == []
        shown = floor_reader.read_floor_data(database, NOON, is_latest=False)
        assert sum(row.converted for row in shown.agent_days) == sum(
            row.converted for row in live.read(database, NOON).agent_days
        )


def test_a_bulk_load_of_calls_counts_the_orders_that_were_there_before(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        order(connection, NOON - 3 * DAY, call_id=99)
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection):
            call(connection, NOON - 2 * DAY, id=99, queue_id=SERVICE)
        assert kept(connection) == recounted(connection)
