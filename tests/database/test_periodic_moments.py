"""Periodic figures at the edges: nothing there, looked back at, odd rows; no figure of an empty set."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from math import e
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ccmon.database import database_file, floor_reader, reader
from ccmon.database.driver import Database
from ccmon.database.periodic_reader import read_periodic_data
from ccmon.database.reading_cache import ReadingCache
from ccmon.model.sales import OtherCurrency, QuotaFigures, SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.simulator.history import seed
from ccmon.snapshot import assemble
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.narrow import Filters
from ccmon.snapshot.periodic import periodic_figures
from ccmon.views.alarms import alarm_sentence
from ccmon.views.sales import SalesPanel
from ccmon.views.view_context import ViewContext
from tests.databases import new_database
from tests.floors import day_quota, known
from tests.status_json import snapshot_object

ZONE = ZoneInfo("Europe/Amsterdam")
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOON = round(datetime(2026, 11, 23, 12, tzinfo=ZONE).timestamp() * 1000)


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    connection = database_file.open_writer(path)
    try:
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()


def insert(connection: sqlite3.Connection, table: str, **values: Any) -> int:
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))
    return int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])


def call(connection: sqlite3.Connection, at: int, **values: Any) -> int:
    number = connection.execute("SELECT count(*) FROM calls").fetchone()[0]
    row = {"source": "test", "call_id": str(number), "queue_id": 1, "agent_id": 1, "entered_at": at}
    row |= {"answered_at": at + 5_000, "ended_at": at + MINUTE, "outcome": "answered"}
    return insert(connection, "calls", **(row | values))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(
        tmp_path_factory.mktemp("fresh") / "calls.db", time_zone="Europe/Amsterdam", name="Utrecht", currency="EUR"
    )
    with writing(path) as connection:
        insert(connection, "clients", name="Noord")
        insert(connection, "queues", name="sales", purpose="sales", client_id=1)
        insert(connection, "queues", name="service", purpose="service")
        insert(connection, "teams", name="North", client_id=1)
        insert(connection, "agents", login="1", name="Anna", team_id=1)
        insert(connection, "agents", login="2", name="Bram", team_id=1)
        for number in range(1, 6):
            insert(connection, "customers", id=number, name=f"Customer {number}", phone=f"+3120{number}")
    return path


@pytest.fixture
def path(fresh: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "calls.db"
    shutil.copy(fresh, copy)
    return copy


def centre(snapshot: FloorSnapshot) -> SalesFigures:
    return snapshot.sales[0]


def quota_of(snapshot: FloorSnapshot, scope: str, period: str = "day", number: int | None = None) -> QuotaFigures:
    [found] = [
        quota
        for line in snapshot.sales
        for quota in line.quotas
        if line.kind == scope and quota.period == period and number in {None, line.id}
    ]
    return found


def ratios(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every share of the JSON object, by its key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ratios(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from ratios(inner, name)
    elif isinstance(value, float) and not name.endswith("_s"):
        yield name, value


# Nothing there


def test_nothing_is_said_of_an_empty_floor(path: Path) -> None:
    snapshot = reader.snapshot(path, NOON)
    assert (snapshot.retention, snapshot.problems, snapshot.low_scores, snapshot.unresolved_customers) == (
        None,
        None,
        (),
        (),
    )
    assert snapshot.satisfaction == ()
    assert snapshot.resources is not None
    assert snapshot.resources.labour_cents is None
    assert snapshot.resources.cost_per_contact_cents is None
    whole = snapshot_object(snapshot)
    assert dict(ratios(whole)) == {"service_level_target": 0.8, "incrementality": 1.0}, "no 0 % or 100 % of nothing"


def test_a_database_of_no_names_at_all(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    whole = snapshot_object(reader.snapshot(path, NOON))
    assert dict(ratios(whole)) == {"incrementality": 1.0}


def test_a_quota_without_sales_is_missing_all_and_projects_nothing(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "quotas", scope="centre", period="day", starts_on="2026-11-01", sales=10, conversion=0.2)
        insert(connection, "quotas", scope="centre", period="month", starts_on="2026-11-01", sales=0)
        insert(connection, "shifts", agent_id=1, starts_at=NOON - 3 * HOUR, ends_at=NOON + HOUR)
    snapshot = reader.snapshot(path, NOON)
    day = quota_of(snapshot, "centre")
    assert (day.sales, day.missing, day.attainment, day.basis) == (0, 10, 0.0, "linear")
    assert (day.share, day.expected_by_now, day.pace) == (0.75, 7.5, 0.0)
    assert day.forecast is not None
    assert day.forecast.expected == pytest.approx(0.5 / 3), "half a sale in three quarters of the day"
    assert (day.forecast.low, day.forecast.high) == (0, 1)
    assert 0 < (day.chance or 0) < 1e-4
    assert day.required_per_hour == 10.0
    assert day.required_conversion is None
    assert day.verdict == "cannot tell yet"
    month = quota_of(snapshot, "centre", "month")
    assert (month.attainment, month.pace, month.missing, month.chance) == (None, None, None, None), "a quota of 0"


def test_a_quota_goes_by_the_opening_hours_that_are_set(path: Path) -> None:
    """At noon of a Monday, three of seven hours have passed: a break is no opening time, and shifts do not matter."""
    with writing(path) as connection:
        for period in ("day", "week"):
            insert(connection, "quotas", scope="centre", period=period, starts_on="2026-11-01", sales=70)
        insert(connection, "shifts", agent_id=1, starts_at=NOON - 3 * HOUR, ends_at=NOON + HOUR)
        insert(connection, "opening_hours", weekday="monday", hours="09:00-12:30, 13:30-17:00")
        insert(connection, "opening_hours", weekday="tuesday", hours="10:00-14:00")
        insert(connection, "opening_hours", weekday="wednesday", hours="closed")
        insert(connection, "opening_hours", weekday="saturday", hours="09:00-11:00")
        insert(connection, "holidays", day="2026-11-26", name="Feast")
        insert(connection, "holidays", day="2026-11-27", name="Eve", hours="09:00-10:00")
    snapshot = reader.snapshot(path, NOON)
    day, week = quota_of(snapshot, "centre"), quota_of(snapshot, "centre", "week")
    assert (day.basis, day.share, day.expected_by_now) == ("linear", 3 / 7, 30.0)
    assert day.required_per_hour == 70 / 4
    assert week.required_per_hour == 70 / (4 + 4 + 1 + 2), "the rest of today, Tuesday, the short Friday, Saturday"
    assert week.share == pytest.approx(3 / 7 / 4), "of Monday, Tuesday, Friday and Saturday"
    assert quota_of(reader.snapshot(path, NOON + HOUR), "centre").share == 3.5 / 7
    assert quota_of(reader.snapshot(path, NOON + 8 * HOUR), "centre").required_per_hour is None


def test_a_quota_on_a_closed_day_expects_nothing_by_the_clock(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "quotas", scope="centre", period="day", starts_on="2026-11-01", sales=70)
        insert(connection, "shifts", agent_id=1, starts_at=NOON - 3 * HOUR, ends_at=NOON + HOUR)
        insert(connection, "holidays", day="2026-11-23", name="Feast")
    day = quota_of(reader.snapshot(path, NOON), "centre")
    assert (day.basis, day.share, day.pace, day.required_per_hour) == (None, None, None, None)


def test_opening_hours_that_cannot_be_read_are_not_known(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "quotas", scope="centre", period="day", starts_on="2026-11-01", sales=10)
        insert(connection, "opening_hours", weekday="monday", hours="in the morning")
        insert(connection, "shifts", agent_id=1, starts_at=NOON - 3 * HOUR, ends_at=NOON + HOUR)
    assert quota_of(reader.snapshot(path, NOON), "centre").share == 0.75


def test_a_quota_where_nothing_shows_the_opening_hours(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "quotas", scope="centre", period="day", starts_on="2026-11-01", sales=10)
        call(connection, NOON - HOUR)
    day = quota_of(reader.snapshot(path, NOON), "centre")
    assert (day.share, day.basis, day.pace, day.forecast, day.required_per_hour) == (None, None, None, None, None)
    assert day.verdict is None, "no conversion was asked for"


# Quotas


# A quota whose period began before the first data


@pytest.mark.parametrize(
    ("first_call", "first_sale", "known_since"),
    [
        (8, 8, "2026-11-15"),  # a month of which half is known
        (8, 4, "2026-11-19"),  # calls without any sale: sales were not noted yet
        (8, 16, "2026-11-15"),  # orders of before the first call are history that a shop brings along
        (None, 8, "2026-11-15"),  # sales alone are known
        (21, 21, "2026-11-02"),  # 1 November is a Sunday, and Sundays are worked
        (22, 22, None),
        (None, None, "2026-11-23"),  # nothing was sold before today
    ],
)
def test_a_month_that_began_before_the_first_data_says_nothing_of_its_quota(
    path: Path, first_call: int | None, first_sale: int | None, known_since: str | None
) -> None:
    """What was sold before the first data is unknown, and not 0."""
    with writing(path) as connection:
        for scope, number in (("centre", 0), ("team", 1), ("agent", 1)):
            insert(
                connection, "quotas", scope=scope, scope_id=number, period="month", starts_on="2026-11-01", sales=400,
                revenue_cents=100_000, conversion=0.2,
            )  # fmt: skip
        insert(connection, "shifts", agent_id=1, starts_at=NOON - 3 * HOUR, ends_at=NOON + 3 * HOUR)
        for days in range(1, (first_call or 0) + 1):
            call(connection, NOON - days * DAY)
        for days in range(1, (first_sale or 0) + 1):
            insert(connection, "sales", agent_id=1, sold_at=NOON - days * DAY, amount_cents=100)
    snapshot = reader.snapshot(path, NOON)
    for scope in ("centre", "team", "agent"):
        month = quota_of(snapshot, scope, "month")
        said = (month.attainment, month.expected_by_now, month.pace, month.forecast, month.missing, month.chance,
                month.verdict, month.required_per_hour, month.revenue_attainment, month.revenue_pace)  # fmt: skip
        assert month.first_known_day == known_since
        assert month.sales == (first_sale or 0), "what is known is shown all the same"
        assert {each is None for each in said} == {known_since is not None}, scope
    shown = next(line for line in snapshot_object(snapshot)["sales"] if line["scope"] == "team")["quotas"][0]
    assert (shown["known_since"], shown["chance"] is None) == (known_since, known_since is not None)


@pytest.mark.parametrize("days_ago", [(3, 10, 20, 90), (90,)])
def test_a_site_that_sells_seldom_is_known_since_its_oldest_rows(path: Path, days_ago: tuple[int, ...]) -> None:
    """Its last eight weeks may begin without a sale, or have none: nothing was sold then."""
    with writing(path) as connection:
        for scope, number in (("centre", 0), ("team", 1)):
            for period in ("week", "month"):
                insert(
                    connection, "quotas", scope=scope, scope_id=number, period=period, starts_on="2026-11-01",
                    sales=40, conversion=0.2,
                )  # fmt: skip
        insert(connection, "shifts", agent_id=1, starts_at=NOON - 3 * HOUR, ends_at=NOON + 3 * HOUR)
        for days in range(1, 101):
            call(connection, NOON - days * DAY)
        for days in days_ago:
            insert(connection, "sales", agent_id=1, sold_at=NOON - days * DAY, amount_cents=100)
    snapshot = reader.snapshot(path, NOON)
    for scope in ("centre", "team"):
        month = quota_of(snapshot, scope, "month")
        assert month.first_known_day is None
        assert month.sales == len(days_ago) - 1
        assert month.pace is not None
        assert month.pace < 0.2
        assert month.chance is not None
        assert month.chance < 0.05
        assert quota_of(snapshot, scope, "week").first_known_day is None


def test_a_quota_that_is_met_by_what_is_known_is_met(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "quotas", scope="centre", period="month", starts_on="2026-11-01", sales=3)
        for days in range(1, 4):
            call(connection, NOON - days * DAY)
            insert(connection, "sales", agent_id=1, sold_at=NOON - days * DAY, amount_cents=100)
    month = quota_of(reader.snapshot(path, NOON), "centre", "month")
    assert (month.first_known_day, month.chance, month.missing, month.required_per_hour) == ("2026-11-20", 1.0, 0, 0.0)
    assert (month.attainment, month.pace) == (None, None), "by how much is not known"


def test_a_week_is_missed_in_part_by_the_days_that_are_worked(path: Path) -> None:
    """The first data came on Tuesday; that Monday is worked shows by the calendar alone."""
    at = NOON + 3 * DAY
    with writing(path) as connection:
        insert(connection, "quotas", scope="centre", period="week", starts_on="2026-11-01", sales=30)
        for days in range(2):
            call(connection, NOON + (1 + days) * DAY)
            insert(connection, "sales", agent_id=1, sold_at=NOON + (1 + days) * DAY, amount_cents=100)
    assert quota_of(reader.snapshot(path, at), "centre", "week").first_known_day == "2026-11-24"


def test_clients_quotas_that_do_not_add_up_to_the_centres_are_said(path: Path) -> None:
    """A team of no client carries the rest: its quota is the centre's, and no client's."""
    with writing(path) as connection:
        insert(connection, "clients", name="Zuid")
        for scope, number, sales in (("centre", 0, 100), ("client", 1, 40), ("client", 2, 35), ("team", 1, 40)):
            insert(
                connection, "quotas", scope=scope, scope_id=number, period="day", starts_on="2026-11-01", sales=sales
            )
    snapshot = reader.snapshot(path, NOON)
    assert quota_of(snapshot, "centre").quota_of_no_client == 25
    assert quota_of(snapshot, "team").quota_of_no_client is None
    said = "The clients' quotas add up to 75 of the centre's 100: 25 are in no client's quota."
    context = ViewContext.of(snapshot)
    panel = SalesPanel()
    assert "".join(span.text for line in panel.below(context, 120, 5) for span in line).strip() == said
    client = next(row for row in panel.rows(context) if row.sales.kind == "client")
    assert said in [detail.label for detail in panel.details(client, context)]
    assert panel.below(ViewContext.of(snapshot, filters=Filters(client="Noord")), 120, 5) == ()
    with writing(path) as connection:
        connection.execute("UPDATE quotas SET sales = 60 WHERE scope_id = 2")
    assert panel.below(ViewContext.of(reader.snapshot(path, NOON)), 120, 5) == (), "they add up"


def test_outbound_and_inbound_each_go_by_the_course_of_their_own_sales_calls(path: Path) -> None:
    """Inbound sells in the morning, outbound in the afternoon: at noon one has done 80 % of its day, the other 20 %."""
    with writing(path) as connection:
        insert(connection, "teams", name="Outbound")
        insert(connection, "agents", login="3", name="Chris", team_id=2)
        insert(connection, "campaigns", name="Upgrade", purpose="sales")
        for scope, number in (("centre", 0), ("team", 1), ("team", 2), ("campaign", 1), ("agent", 3)):
            insert(connection, "quotas", scope=scope, scope_id=number, period="day", starts_on="2026-11-01", sales=10)
        dialled = {"direction": "outbound", "queue_id": None, "agent_id": 3, "campaign_id": 1}
        for week in range(1, 5):
            then = NOON - 7 * DAY * week
            for place in range(10):
                call(connection, then + (-HOUR if place < 8 else HOUR))
                call(connection, then + (-HOUR if place < 2 else HOUR), **dialled, right_party=1)
                call(connection, then - 2 * HOUR, **dialled, right_party=0)
        call(connection, NOON - HOUR)
    snapshot = reader.snapshot(path, NOON)
    days = [(line, quota) for line in snapshot.sales for quota in line.quotas if quota.period == "day"]
    shares = {(line.kind, line.id): quota.share for line, quota in days}
    assert shares == {
        ("centre", None): pytest.approx(0.5),
        ("team", 1): pytest.approx(0.8),
        ("team", 2): pytest.approx(0.2),
        ("campaign", 1): pytest.approx(0.2),
        ("agent", 3): pytest.approx(0.2),
    }
    assert quota_of(snapshot, "campaign").rests_on == "4 Mondays"
    assert quota_of(snapshot, "campaign").expected_by_now == pytest.approx(2.0)


def test_a_scope_of_few_days_goes_by_the_clock_and_says_so(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "quotas", scope="agent", scope_id=2, period="day", starts_on="2026-11-01", sales=10)
        insert(connection, "quotas", scope="agent", scope_id=1, period="day", starts_on="2026-11-01", sales=10)
        insert(connection, "shifts", agent_id=1, starts_at=NOON - 2 * HOUR, ends_at=NOON + 2 * HOUR)
        insert(connection, "shifts", agent_id=2, starts_at=NOON - HOUR, ends_at=NOON + 3 * HOUR)
        for week in range(1, 5):
            call(connection, NOON - 7 * DAY * week, agent_id=1)
            if week < 4:
                call(connection, NOON - 7 * DAY * week, agent_id=2)
    snapshot = reader.snapshot(path, NOON)
    assert quota_of(snapshot, "agent", number=1).rests_on == "4 Mondays"
    new = quota_of(snapshot, "agent", number=2)
    assert (new.basis, new.rests_on, new.share) == ("linear", "linear", 0.25), "one of the four hours of the own shift"


def test_forecast_range_and_chance_of_a_row_agree(path: Path) -> None:
    """A chance of 40 % beside an end of 0 (0-0), or a met quota in doubt, cannot be."""
    with writing(path) as connection:
        for number, sales in ((1, 1), (2, 4)):
            insert(
                connection, "quotas", scope="agent", scope_id=number, period="day", starts_on="2026-11-01", sales=sales
            )
        for week in range(1, 5):
            for hour in (-3, -2, -1, 1, 2, 3):
                for agent_id in (1, 2):
                    at = NOON - 7 * DAY * week + hour * HOUR
                    made = call(connection, at, agent_id=agent_id)
                    if hour % 2:
                        insert(connection, "sales", call_id=made, agent_id=agent_id, sold_at=at, amount_cents=100)
        for _ in range(4):
            insert(connection, "sales", agent_id=2, sold_at=NOON - HOUR, amount_cents=100)
    snapshot = reader.snapshot(path, NOON)
    none_yet, met = (quota_of(snapshot, "agent", number=number) for number in (1, 2))
    assert none_yet.forecast is not None
    assert none_yet.chance is not None
    assert (none_yet.sales, none_yet.forecast.low) == (0, 0)
    assert none_yet.forecast.high >= 1
    assert none_yet.remaining is not None
    assert none_yet.forecast.expected == none_yet.remaining.mean == pytest.approx(3 * 56.5 / 85), (
        "three calls; 16 of 24 sold, the team's 40 of 60, and half a sale of half a call each way"
    )
    assert none_yet.chance == pytest.approx(
        1
        - (1 + none_yet.remaining.mean * none_yet.remaining.relative_variance)
        ** (-1 / none_yet.remaining.relative_variance)
    )
    assert (met.chance, met.missing) == (1.0, 0)
    assert met.forecast is not None
    assert met.forecast.low >= 4


def test_a_teams_quota_is_spread_by_scheduled_hours(path: Path) -> None:
    with writing(path) as connection:
        insert(connection, "quotas", scope="team", scope_id=1, period="day", starts_on="2026-11-01", sales=10)
        insert(connection, "shifts", agent_id=1, starts_at=NOON - 3 * HOUR, ends_at=NOON + 3 * HOUR)
        insert(connection, "shifts", agent_id=2, starts_at=NOON - HOUR, ends_at=NOON + HOUR)
    snapshot = reader.snapshot(path, NOON)
    parts = {line.name: line.quotas[0] for line in snapshot.sales if line.kind == "agent"}
    assert {name: (part.quota_sales, part.is_spread) for name, part in parts.items()} == {
        "Anna": (8, True),
        "Bram": (2, True),
    }
    with writing(path) as connection:
        insert(connection, "quotas", scope="agent", scope_id=2, period="day", starts_on="2026-11-01", sales=6)
    snapshot = reader.snapshot(path, NOON)
    parts = {line.name: line.quotas[0] for line in snapshot.sales if line.kind == "agent"}
    assert {name: (part.quota_sales, part.is_spread) for name, part in parts.items()} == {
        "Anna": (4, True),
        "Bram": (6, False),
    }


def test_a_later_quota_takes_the_place_of_an_earlier_one(path: Path) -> None:
    with writing(path) as connection:
        for starts_on, sales in (("2026-11-01", 10), ("2026-11-23", 20), ("2026-11-24", 30)):
            insert(connection, "quotas", scope="centre", period="week", starts_on=starts_on, sales=sales)
    assert quota_of(reader.snapshot(path, NOON), "centre", "week").quota_sales == 20


# Money


def test_two_currencies_are_never_added(path: Path) -> None:
    with writing(path) as connection:
        number = call(connection, NOON - HOUR, customer_id=1)
        for cents, currency in ((1000, None), (2000, "EUR"), (7000, "USD")):
            sale = {"call_id": number, "agent_id": 1, "customer_id": 1, "sold_at": NOON - HOUR, "amount_cents": cents}
            insert(connection, "sales", currency=currency, **sale)
    line = centre(reader.snapshot(path, NOON))
    assert (line.sales, line.converted, line.revenue_cents) == (3, 1, 3000)
    assert line.detail is not None
    assert (line.detail.orders, line.detail.average_order_cents, line.detail.new_customers) == (2, 1500, 1)
    assert line.detail.other_currencies == (OtherCurrency("USD", 1, 7000, 7000),)


def test_a_cancelled_sale_is_gross_and_not_net_on_the_day_it_was_sold(path: Path) -> None:
    with writing(path) as connection:
        number = call(connection, NOON - 3 * HOUR, customer_id=1)
        sale = {"call_id": number, "agent_id": 1, "customer_id": 1, "sold_at": NOON - 3 * HOUR, "amount_cents": 1000}
        insert(connection, "sales", cancelled_at=NOON - HOUR, **sale)
    before, after = reader.snapshot(path, NOON - 2 * HOUR), reader.snapshot(path, NOON)
    assert [(centre(s).sales, centre(s).revenue_cents) for s in (before, after)] == [(1, 1000), (0, 0)]
    details = [centre(before).detail, centre(after).detail]
    assert [(d.gross_cents, d.net_cents, d.new_customers, d.revised) for d in details if d] == [
        (1000, 1000, 1, False),
        (1000, 0, 0, True),
    ]
    assert before.retention is not None
    assert before.retention.one_time == 1
    assert after.retention is not None
    assert after.retention.customers == 0


def test_more_sales_than_calls_are_no_conversion(path: Path) -> None:
    with writing(path) as connection:
        call(connection, NOON - HOUR)
        for _ in range(2):
            insert(connection, "sales", agent_id=1, sold_at=NOON - HOUR, amount_cents=500)
    line = centre(reader.snapshot(path, NOON))
    assert (line.sales_calls, line.converted, line.conversion, line.conversion_interval) == (1, 2, None, None)


def test_costs_are_unknown_without_wages_and_flagged_where_some_are_missing(path: Path) -> None:
    with writing(path) as connection:
        connection.execute("UPDATE agents SET hourly_cost_cents = 3000 WHERE id = 1")
        for agent in (1, 2):
            state = {"agent_id": agent, "state": "ready", "started_at": NOON - 2 * HOUR}
            insert(connection, "agent_states", **state)
        call(connection, NOON - HOUR // 4)
    figures = reader.snapshot(path, NOON).resources
    assert figures is not None
    assert (figures.labour_cents, figures.agents_without_cost, figures.cost_per_contact_cents) == (6000, 1, 6000)
    assert (figures.cost_per_new_customer_cents, figures.cost_per_kept_customer_cents) == (None, None)
    assert any("without a known hourly cost" in sentence for sentence in figures.assumptions)


def test_what_has_not_brought_its_cost_is_not_paid_back(path: Path) -> None:
    """28 days to the day, of a month of 30.4 each: what brings half a month's cost in a month is not back in two."""
    with writing(path) as connection:
        row = {"goal": "acquisition", "starts_on": "2026-10-27", "ends_on": "2026-11-23", "cost_cents": 100_000}
        for name, revenue in (("half", 49_000), ("short", 99_999), ("back", 100_000), ("twice", 200_000)):
            insert(connection, "investments", name=name, revenue_cents=revenue, **row)
    value = reader.snapshot(path, NOON).value
    assert value is not None
    rows = {row.name: row for row in value.rows}
    assert {name: rows[name].payback_months for name in ("half", "short")} == {"half": None, "short": None}
    assert rows["half"].roi == pytest.approx(-0.51)
    assert rows["back"].payback_months == pytest.approx(28 / (365.25 / 12)), "the whole stretch"
    assert rows["twice"].payback_months == pytest.approx(14 / (365.25 / 12)), "half of it"


def test_investments_without_customers_or_revenue_say_nothing_of_them(path: Path) -> None:
    with writing(path) as connection:
        row = {"goal": "acquisition", "starts_on": "2026-10-01", "cost_cents": 100_000}
        insert(connection, "investments", name="Nobody came", customers_won=0, revenue_cents=0, **row)
        insert(connection, "investments", name="Nobody counted", **row)
        insert(connection, "investments", name="Later", **(row | {"starts_on": "2026-12-01"}))
    value = reader.snapshot(path, NOON).value
    assert value is not None
    others = {row.name: row for row in value.rows if not row.is_centre}
    assert set(others) == {"Nobody came", "Nobody counted"}
    assert (others["Nobody came"].cost_per_customer_cents, others["Nobody came"].roi) == (None, -1.0)
    assert others["Nobody came"].payback_months is None
    assert (others["Nobody counted"].cost_per_customer_cents, others["Nobody counted"].roi) == (None, None)


# Service


def test_one_bad_answer_is_an_alarm_until_somebody_calls(path: Path) -> None:
    with writing(path) as connection:
        number = call(connection, NOON - 2 * HOUR, customer_id=1)
        answer = {"call_id": number, "agent_id": 1, "customer_id": 1, "score": 1, "scale": 5}
        insert(connection, "surveys", answered_at=NOON - HOUR, **answer)
        call(connection, NOON - 10 * MINUTE, customer_id=1, direction="outbound", queue_id=None)
    before, after = reader.snapshot(path, NOON - 30 * MINUTE), reader.snapshot(path, NOON)
    [alarm] = [alarm for alarm in before.alarms if alarm.rule == "low_score"]
    assert alarm_sentence(alarm, before) == "Customer 1: score 1 of 5 (Anna, sales). Call the customer back."
    assert [alarm for alarm in after.alarms if alarm.rule == "low_score"] == []
    assert known(before.satisfaction)[0].top_two_box is None, "one answer is no score"
    assert (known(before.satisfaction)[0].answers, known(before.satisfaction)[0].confidence) == (1, "hidden")


def test_a_promise_mends_a_bad_answer(path: Path) -> None:
    with writing(path) as connection:
        number = call(connection, NOON - 2 * HOUR, customer_id=1)
        answer = {"call_id": number, "agent_id": 1, "customer_id": 1, "score": 1, "scale": 5}
        insert(connection, "surveys", answered_at=NOON - HOUR, **answer)
        due = {"due_at": NOON + HOUR, "promised_at": NOON + HOUR, "created_at": NOON - 30 * MINUTE}
        insert(connection, "follow_ups", customer_id=1, agent_id=1, **due)
    assert len(known(reader.snapshot(path, NOON - 40 * MINUTE).low_scores)) == 1
    assert reader.snapshot(path, NOON).low_scores == ()


# Looking back


def test_a_follow_up_moved_and_handed_over_since_stands_where_it_stood(path: Path) -> None:
    with writing(path) as connection:
        due = {"due_at": NOON + HOUR, "promised_at": NOON + HOUR, "created_at": NOON - HOUR}
        number = insert(connection, "follow_ups", customer_id=1, agent_id=1, **due)
    before = reader.snapshot(path, NOON)
    with writing(path) as connection:
        log: dict[str, Any] = {"who": "test", "subject": "follow_up", "subject_id": number}
        moved = f'{{"due_at": {NOON + HOUR}}}', f'{{"due_at": {NOON + DAY}}}'
        insert(connection, "audit", acted_at=NOON + MINUTE, act="moved", before=moved[0], after=moved[1], **log)
        log |= {"act": "handed_over", "before": '{"agent_id": 1}', "after": '{"agent_id": 2}'}
        insert(connection, "audit", acted_at=NOON + 2 * MINUTE, **log)
        connection.execute("UPDATE follow_ups SET due_at = ?, agent_id = 2", (NOON + DAY,))
    assert reader.snapshot(path, NOON).follow_ups == before.follow_ups
    [item] = before.follow_ups.items
    assert (item.owner, item.due_at) == ("Anna", NOON + HOUR)
    assert reader.snapshot(path, NOON + 3 * MINUTE).follow_ups.items == ()


def test_what_was_shown_live_is_shown_again_later(tmp_path: Path) -> None:
    """A floor up to a moment, and the same floor some hours on, looked back at."""
    morning, evening = NOON - 100 * MINUTE, NOON + 4 * HOUR
    shown = []
    for until in (morning, evening):
        path = new_database(tmp_path / f"{until}.db", time_zone="Europe/Amsterdam", currency="EUR")
        seed(path, days=8, agents=6, seed=3, until=until)
        shown.append(reader.snapshot(path, morning))
    live, again = (
        replace(s, sources=(), data_at=None, alarms=tuple(a for a in s.alarms if a.rule != "data_age")) for s in shown
    )
    for name in (
        "sales", "handling", "follow_ups", "satisfaction", "low_scores", "retention", "unresolved_customers",
        "second_purchases",
        "problems", "resources", "value", "alarms",
    ):  # fmt: skip
        assert getattr(again, name) == getattr(live, name), name


def test_customers_are_counted_all_however_many_are_listed(path: Path) -> None:
    """Of each list, more customers than it ever held: all are counted, and counted for their client."""
    days_before = NOON - 86 * DAY
    with writing(path) as connection:
        for number in range(10, 10 + 260):
            insert(connection, "customers", id=number, name=f"Called {number}", phone=f"+31{number}")
            call(connection, NOON - 20 * DAY + number * 1000, call_id=f"first {number}", customer_id=number)
            for attempt in range(2):
                call(connection, NOON - DAY + attempt * HOUR + number * 1000, call_id=f"{attempt} {number}",
                     direction="outbound", queue_id=None, customer_id=number, answered_at=None,
                     outcome="abandoned")  # fmt: skip
        for number in range(1000, 1000 + 230):
            insert(connection, "customers", id=number, name=f"Buyer {number}")
            insert(connection, "sales", customer_id=number, agent_id=1, sold_at=days_before, amount_cents=100)
    snapshot = reader.snapshot(path, NOON)
    assert (len(snapshot.unresolved_customers or ()), len(snapshot.second_purchases or ())) == (260, 230)
    assert all(each.customer and each.client == "Noord" for each in snapshot.second_purchases or ())
    whole = snapshot_object(snapshot)
    assert (whole["not_given_up_count"], len(whole["not_given_up"])) == (260, 200)
    assert (whole["second_purchases_count"], len(whole["second_purchases"])) == (230, 200)


def test_a_poll_within_the_minute_makes_no_line_of_sales_anew(path: Path) -> None:
    """The course of a day steps at full minutes: what a poll a second does must not go through past days each time."""
    with writing(path) as connection:
        insert(connection, "quotas", scope="centre", period="day", starts_on="2026-11-01", sales=10)
        for week in range(1, 5):
            call(connection, NOON - 7 * DAY * week - HOUR)
            call(connection, NOON - 7 * DAY * week + HOUR)
        call(connection, NOON - HOUR)
    connection = database_file.open_reader(path)
    try:
        database = Database(connection)
        facts = floor_reader.read_floor_data(database, NOON, is_latest=True)
        known_now = periodic_figures(
            read_periodic_data(
                database, NOON, ReadingCache(), site=facts.site, day=facts.day, directory=facts.directory
            )
        )
    finally:
        connection.close()
    cache = InputCache()
    first, same, later = (
        assemble(facts, NOON + ahead, periodic=known_now, cache=cache).sales[0] for ahead in (0, 59_999, 60_000)
    )
    assert known(day_quota(first)).rests_on == "4 Mondays"
    assert same is first
    assert later is not first


@pytest.mark.parametrize(
    ("state", "works_on"), [(None, 0.95 / e), ("ready", 1.0), ("logged_out", 0.1)], ids=["late", "here", "gone"]
)
def test_an_agents_rest_goes_by_the_hours_left_and_by_who_is_there(
    path: Path, state: str | None, works_on: float
) -> None:
    """Two calls in each planned hour after noon on four Mondays; today three hours of work are left after a pause."""
    with writing(path) as connection:
        insert(connection, "quotas", scope="agent", scope_id=1, period="day", starts_on="2026-11-01", sales=10)
        insert(connection, "pause_reasons", reason="Lunch")
        for week in range(1, 5):
            then = NOON - 7 * DAY * week
            insert(connection, "shifts", agent_id=1, starts_at=then - 20 * MINUTE, ends_at=then + 4 * HOUR)
            for number in range(8):
                made = call(connection, then + (number * 30 + 1) * MINUTE)
                insert(connection, "sales", call_id=made, agent_id=1, sold_at=then + 5 * HOUR, amount_cents=100)
        insert(connection, "shifts", agent_id=1, starts_at=NOON - 20 * MINUTE, ends_at=NOON + 2 * HOUR)
        lunch = NOON + 2 * HOUR, NOON + 3 * HOUR
        insert(connection, "shifts", agent_id=1, starts_at=lunch[0], ends_at=lunch[1], activity="lunch")
        insert(connection, "shifts", agent_id=1, starts_at=lunch[1], ends_at=lunch[1] + HOUR)
        # The agent's states are told at all.
        yesterday = {"started_at": NOON - 25 * HOUR, "ended_at": NOON - 24 * HOUR}
        insert(connection, "agent_states", agent_id=1, state="ready", **yesterday)
        if state is not None:
            began = NOON - 15 * MINUTE
            ended = None if state == "ready" else NOON - MINUTE
            insert(connection, "agent_states", agent_id=1, state="ready", started_at=began, ended_at=ended)
            if ended is not None:
                insert(connection, "agent_states", agent_id=1, state="logged_out", started_at=ended)
    quota = quota_of(reader.snapshot(path, NOON), "agent", number=1)
    assert quota.calls_left == pytest.approx(3 * 2 * works_on, rel=0.01)
    assert quota.remaining is not None
    # Each call has sold: 32 of 32, the team's 60 of 60, and half a call that has not.
    assert quota.remaining.mean == pytest.approx((quota.calls_left or 0) * 92.5 / 93)
    assert (quota.remaining.relative_variance > 1) == (works_on < 1), "all of it, or nothing"


def test_what_is_owed_counts_those_overdue_from_earlier_days(path: Path) -> None:
    with writing(path) as connection:
        for number, days in ((91, 3), (92, 2), (93, 0)):
            insert(connection, "follow_ups", id=number, agent_id=1, kind="call back", created_at=NOON - 4 * DAY,
                   due_at=NOON - days * DAY + HOUR, promised_at=NOON - days * DAY + HOUR)  # fmt: skip
    [eva] = [owner for owner in reader.snapshot(path, NOON).follow_ups.owners or () if owner.agent_id == 1]
    assert (eva.open_count, eva.due_today, eva.overdue) == (3, 1, 2)


@pytest.mark.parametrize(("begins", "why"), [(1, "record"), (-1, "not logged in")])
def test_nobody_is_missed_before_their_shift_begins(path: Path, begins: int, why: str) -> None:
    with writing(path) as connection:
        insert(connection, "agent_states", agent_id=1, state="logged_out", started_at=NOON - 6 * HOUR)
        insert(connection, "shifts", agent_id=1, starts_at=NOON + begins * HOUR, ends_at=NOON + 5 * HOUR)
        insert(connection, "follow_ups", id=91, agent_id=1, kind="call back", created_at=NOON - DAY,
               due_at=NOON + 3 * HOUR, promised_at=NOON + 3 * HOUR)  # fmt: skip
    [item] = [item for item in reader.snapshot(path, NOON).follow_ups.items if item.id == 91]
    assert item.late_reason is not None
    assert item.late_reason.why == why
