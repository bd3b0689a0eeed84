"""What is kept of customers' purchases is what a walk through all orders gives, whoever writes, at every moment."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.database import past_purchases, totals
from ccmon.database.database_file import open_writer
from ccmon.database.driver import Database
from ccmon.database.floor_reader import read_directory
from ccmon.database.moments import read_site_and_day
from ccmon.database.past_purchases import PastPurchases, read_past_purchases
from ccmon.database.query_context import BusinessDates, QueryContext
from ccmon.metrics import retention
from tests.database.recount import kept, recounted
from tests.database.test_totals import Operation, run_statement
from tests.databases import new_database, open_copy
from tests.examples import examples
from tests.floors import moment

NOON = moment("2026-11-23T12:00:00")
DAY = 86_400_000
FIRST_DAY = NOON - 1100 * DAY
CUSTOMERS = 6
TABLES = ("purchase_days", "customer_purchases", "buyer_days", "purchase_gaps")

days_ago = st.one_of(
    st.sampled_from([0, 1, 2, 27, 28, 29, 30, 60, 89, 90, 91, 180, 181, 363, 364, 365, 366, 393]),
    st.integers(0, 1000),
)
moments = st.builds(lambda days, hours: NOON - days * DAY + hours * 3_600_000, days_ago, st.integers(-13, 13))
customers = st.one_of(st.none(), st.integers(1, CUSTOMERS), st.integers(1, CUSTOMERS))
ids = st.integers(1, 40)
INSERT = (
    "INTO sales (id, customer_id, sold_at, amount_cents, cancelled_at, reference)"
    " VALUES (:id, :customer_id, :sold_at, 100, :cancelled_at, :reference)"
)
Order = dict[str, object]


@st.composite
def orders(draw: st.DrawFn) -> Order:
    sold = draw(moments)
    cancelled = draw(st.one_of(st.none(), st.none(), st.none(), st.integers(0, 40 * DAY)))
    return {
        "id": draw(st.one_of(st.none(), ids)),
        "customer_id": draw(customers),
        "sold_at": sold,
        "cancelled_at": None if cancelled is None else sold + cancelled,
        "reference": draw(st.one_of(st.none(), st.sampled_from(["A1", "A2"]))),
    }


@st.composite
def statements(draw: st.DrawFn) -> Operation:
    """One statement as any program may send it."""
    kind = draw(
        st.sampled_from(["insert", "insert", "replace", "ignore", "move", "cancel", "revive", "give", "delete"])
    )
    which: dict[str, object] = {"which": draw(ids)}
    match kind:
        case "insert" | "replace" | "ignore":
            verb = {"insert": "INSERT", "replace": "INSERT OR REPLACE", "ignore": "INSERT OR IGNORE"}[kind]
            return f"{verb} {INSERT}", draw(orders())
        case "move":
            return "UPDATE sales SET sold_at = :at WHERE id = :which", {**which, "at": draw(moments)}
        case "cancel":
            return "UPDATE sales SET cancelled_at = :at WHERE id = :which", {**which, "at": draw(moments)}
        case "revive":
            return "UPDATE sales SET cancelled_at = NULL WHERE id >= :which", which
        case "give":
            return "UPDATE sales SET customer_id = :who WHERE id >= :which", {**which, "who": draw(customers)}
    return "DELETE FROM sales WHERE id >= :which AND id < :which + 3", which


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        path = new_database(Path(directory) / "template.db", time_zone="Europe/Amsterdam", currency="EUR")
        with closing(open_writer(path)) as connection:
            connection.executemany("INSERT INTO customers (id) VALUES (?)", [(id_ + 1,) for id_ in range(CUSTOMERS)])
            near = (FIRST_DAY, NOON + 30 * DAY)
            connection.execute("DELETE FROM business_days WHERE starts_at NOT BETWEEN ? AND ?", near)
        yield path


@contextmanager
def filled(template: Path, rows: list[Order]) -> Iterator[sqlite3.Connection]:
    """A copy with some orders."""
    with open_copy(template, foreign_keys=False) as (_, connection):
        for row in rows:
            run_statement(connection, (f"INSERT OR IGNORE {INSERT}", row))
        yield connection


def of_purchases(found: dict[str, dict[tuple[object, ...], dict[str, int]]]) -> object:
    return {table: found[table] for table in TABLES}


many_orders = st.lists(orders(), max_size=30)


@settings(max_examples=examples(20, 3_000))
@given(rows=many_orders, steps=st.lists(statements(), max_size=12), recursive=st.booleans())
def test_kept_purchases_equal_a_recount_after_any_statements(
    template: Path, rows: list[Order], steps: list[Operation], recursive: bool
) -> None:
    with filled(template, rows) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        connection.execute("BEGIN")
        for step in steps:
            run_statement(connection, step)
        assert of_purchases(kept(connection)) == of_purchases(recounted(connection))
        assert totals.check(connection) == []


@settings(max_examples=examples(6, 1_000))
@given(rows=many_orders, loaded=st.lists(statements(), min_size=1, max_size=8), after=statements())
def test_a_bulk_load_leaves_purchases_right_and_their_triggers_in_place(
    template: Path, rows: list[Order], loaded: list[Operation], after: Operation
) -> None:
    with filled(template, rows) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection):
            for step in loaded:
                run_statement(connection, step)
        assert of_purchases(kept(connection)) == of_purchases(recounted(connection))
        assert totals.check(connection) == []
        run_statement(connection, after)
        assert totals.check(connection) == []
        totals.rebuild(connection)
        assert of_purchases(kept(connection)) == of_purchases(recounted(connection))


def test_wrong_purchases_are_found_and_counted_anew(template: Path) -> None:
    unknown = {"id": None, "cancelled_at": None, "reference": None}
    rows: list[Order] = [{**unknown, "customer_id": 1, "sold_at": NOON - days * DAY} for days in (1, 40, 90, 500)]
    with filled(template, rows) as connection:
        connection.execute("UPDATE buyer_days SET repeated = 7")
        connection.execute("UPDATE customer_purchases SET third_last_at = 5")
        connection.execute("DELETE FROM purchase_gaps")
        wrong = {difference.table for difference in totals.check(connection)}
        assert wrong == {"buyer_days", "customer_purchases", "purchase_gaps"}
        connection.execute("BEGIN")
        totals.rebuild(connection)
        assert totals.check(connection) == []


def context_of(database: Database, at: int) -> QueryContext:
    site, day = read_site_and_day(database, at)
    edges = {"day_starts_at": day.starts_at, "day_ends_at": day.ends_at}
    directory = read_directory(database, day.date)
    return QueryContext(site, day, date.fromisoformat(day.date), (), {"at": at, **edges}, directory)


def both_ways(connection: sqlite3.Connection, at: int, calls: list[tuple[int, int]]) -> tuple[object, object]:
    """By what is kept, and by a walk through all orders."""
    database = Database(connection)
    context = context_of(database, at)
    dates = BusinessDates(context.site)
    reached: dict[int, list[date]] = {}
    for customer, days in calls:
        reached.setdefault(customer, []).append(dates.of((at - days * DAY) // 60_000))
    walked = past_purchases._counted_anew(database, context, reached)
    return comparable(read_past_purchases(database, context, reached)), comparable(walked)


def comparable(found: PastPurchases) -> object:
    counts = (found.tally.segments, found.tally.moves, found.tally.activity, found.tally.churn)
    return [+each for each in (*counts, found.tally.members, found.tally.repeated)], found.limits, found.closing


@settings(max_examples=examples(40, 7_500))
@given(
    rows=st.lists(orders(), max_size=40),
    at=st.one_of(st.just(NOON), moments),
    calls=st.lists(st.tuples(st.integers(1, CUSTOMERS + 1), st.integers(1, 28)), max_size=4),
    gaps_that_say_something=st.sampled_from([1, 3, 10, 100]),
)
def test_purchases_before_a_day_are_what_a_walk_through_the_orders_gives(
    template: Path,
    rows: list[Order],
    at: int,
    calls: list[tuple[int, int]],
    gaps_that_say_something: int,
) -> None:
    """Also where short gaps make the limits short."""
    with filled(template, rows) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "ENOUGH_GAPS", gaps_that_say_something)
        by_counts, walked = both_ways(connection, at, calls)
        assert by_counts == walked


def test_orders_of_later_days_cost_no_walk_unless_they_are_many(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sale with a wrong date would cost each reading seconds."""
    rows: list[Order] = [
        {"id": None, "cancelled_at": None, "reference": None, "customer_id": customer, "sold_at": NOON + days * DAY}
        for customer, days in [(1, -3), (1, 20), (2, -500), (2, -300), (2, 9), (3, 9), (4, -3)]
    ]
    walks = 0
    walk = past_purchases._counted_anew

    def counted(*asked: Any) -> PastPurchases:
        nonlocal walks
        walks += 1
        return walk(*asked)

    with filled(template, rows) as connection:
        database = Database(connection)
        context = context_of(database, NOON)
        walked = comparable(walk(database, context, {}))
        monkeypatch.setattr(past_purchases, "_counted_anew", counted)
        assert comparable(read_past_purchases(database, context, {})) == walked
        assert walks == 0
        monkeypatch.setattr(past_purchases, "LATER_BUYERS_AT_MOST", 2)
        assert comparable(read_past_purchases(database, context, {})) == walked
        assert walks == 1
