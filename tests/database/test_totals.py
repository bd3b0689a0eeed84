"""Whoever writes, and whatever is corrected later, the totals equal a recount in plain Python (recount.py)."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, astuple

from ccmon.database import database_file, floor_reader, totals
from ccmon.database.driver import Database
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import AgentTotals, CampaignTotals, QueueTotals
from tests.database.recount import kept, recounted
from tests.databases import new_database, open_copy
from tests.examples import examples

NOON = 1_792_926_000_000  # 2026-10-25T12:00+01:00 in Amsterdam: a day of 25 hours
MINUTE = 60_000
HOUR = 60 * MINUTE

moments = st.one_of(
    st.sampled_from(
        [NOON, NOON - 12 * HOUR, NOON - 13 * HOUR, NOON + 12 * HOUR, NOON + 12 * HOUR - 1, NOON + 15 * MINUTE]
    ),
    st.integers(NOON - 30 * HOUR, NOON + 30 * HOUR),
)
later = st.one_of(
    st.none(), st.sampled_from([0, 4999, 5000, 5001, 20_000, 20_001, 599_999, 612_345]), st.integers(-5, 10**7)
)
ids = st.integers(1, 4)
maybe = st.one_of(st.none(), ids)


def _after(start: int, length: int | None) -> int | None:
    return None if length is None else start + length


@st.composite
def calls(draw: st.DrawFn) -> dict[str, object]:
    entered = draw(moments)
    answered = _after(entered, draw(later))
    ended = _after(answered or entered, draw(later))
    outcomes = ["answered", "abandoned", "timeout", "no_agents", "incompatible", "exit_key", "withdrawn", "blocked"]
    return {
        "id": draw(st.one_of(st.none(), ids)),
        "source": "s",
        "call_id": draw(st.sampled_from("abc")),
        "visit": draw(st.sampled_from([1, 1, 2, None])),
        "direction": draw(st.sampled_from(["inbound", "inbound", "outbound"])),
        "queue_id": draw(st.one_of(st.none(), st.integers(1, 2))),
        "campaign_id": draw(st.one_of(st.none(), st.integers(1, 2))),
        "agent_id": draw(st.one_of(st.none(), st.integers(1, 2))),
        "entered_at": entered,
        "answered_at": answered,
        "ended_at": ended,
        "wrapped_up_at": _after(ended or entered, draw(later)),
        "wrapping_up": draw(st.sampled_from([None, 0, 1])),
        "hold_ms": draw(st.one_of(st.none(), st.integers(0, 700_000))),
        "outcome": draw(st.sampled_from([None, "unknown", *outcomes])),
        "right_party": draw(st.sampled_from([None, 0, 1])),
    }


@st.composite
def agent_states(draw: st.DrawFn) -> dict[str, object]:
    started = draw(moments)
    states = ["ready", "ringing", "dialling", "talking", "hold", "wrap_up", "paused", "unavailable", "logged_out"]
    return {
        "id": draw(maybe),
        "agent_id": draw(st.integers(1, 2)),
        "state": draw(st.sampled_from(states)),
        "started_at": started,
        "ended_at": _after(started, draw(st.one_of(later, st.integers(0, 60 * HOUR)))),
    }


@st.composite
def sales(draw: st.DrawFn) -> dict[str, object]:
    return {
        "id": draw(maybe),
        "call_id": draw(st.one_of(st.none(), st.integers(1, 2))),
        "agent_id": draw(st.one_of(st.none(), st.integers(1, 2))),
        "campaign_id": draw(st.one_of(st.none(), st.integers(1, 2))),
        "customer_id": draw(st.one_of(st.none(), st.integers(1, 2))),
        "sold_at": draw(moments),
        "amount_cents": draw(st.integers(-100, 10_000)),
        "currency": draw(st.sampled_from([None, "EUR", "USD"])),
        "cancelled_at": draw(st.sampled_from([None, None, NOON])),
        "reference": draw(st.sampled_from([None, None, "A1", "A2"])),
    }


@st.composite
def missed_calls(draw: st.DrawFn) -> dict[str, object]:
    return {
        "id": draw(maybe),
        "agent_id": draw(st.integers(1, 2)),
        "missed_at": draw(moments),
        "ring_ms": draw(st.sampled_from([0, 999, 1000, 15_000])),
    }


ROWS = {"calls": calls(), "agent_states": agent_states(), "sales": sales(), "missed_calls": missed_calls()}
Operation = tuple[str, dict[str, object]]


def _insert(table: str, verb: str, row: dict[str, object], conflict: str = "") -> Operation:
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    return f"{verb} INTO {table} ({columns}) VALUES ({values}) {conflict}", row


def _upsert(table: str, row: dict[str, object]) -> Operation:
    target = "(source, call_id, visit)" if table == "calls" else "(id)"
    kept_columns = {"id", "source", "call_id", "visit"} if table == "calls" else {"id"}
    changes = ", ".join(f"{name} = excluded.{name}" for name in row if name not in kept_columns)
    return _insert(table, "INSERT", row, f"ON CONFLICT {target} DO UPDATE SET {changes}")


def _update(table: str, row: dict[str, object], id_: int, verb: str) -> Operation:
    changes = ", ".join(f"{name} = :{name}" for name in row if name != "id")
    key = ", id = coalesce(:id, id)" if row.get("id") else ""
    return f"{verb} {table} SET {changes}{key} WHERE id = :which", {**row, "which": id_}


OTHER_STATEMENTS: list[Operation] = [
    ("UPDATE queues SET purpose = 'sales'", {}),
    ("UPDATE queues SET purpose = 'service' WHERE id = 1", {}),
    ("UPDATE queues SET service_level_threshold_ms = 5000, short_abandon_ms = 0", {}),
    ("UPDATE queue_days SET service_level_threshold_ms = 0, short_abandon_ms = 20000 WHERE queue_id = 1", {}),
    ("UPDATE site SET currency = 'USD'", {}),
    ("UPDATE site SET currency = NULL", {}),
    ("UPDATE agents SET team_id = 1", {}),
    ("DELETE FROM queue_days WHERE queue_id = 2", {}),
    ("UPDATE sales SET cancelled_at = sold_at", {}),
    ("UPDATE calls SET agent_id = 2", {}),
    ("UPDATE calls SET queue_id = 3 - queue_id", {}),
    ("UPDATE calls SET queue_id = NULL WHERE id = 1", {}),
    ("UPDATE calls SET direction = iif(direction = 'inbound', 'outbound', 'inbound')", {}),
    (f"UPDATE sales SET sold_at = sold_at + {24 * HOUR} WHERE id = 2", {}),
    ("DELETE FROM calls", {}),
]
"""Statements on what the totals depend on besides, and on many rows at once."""


@st.composite
def operations(draw: st.DrawFn, tables: tuple[str, ...] = tuple(ROWS)) -> Operation:
    """One statement as any program may send it."""
    table = draw(st.sampled_from(tables))
    row = draw(ROWS[table])
    kind = draw(st.sampled_from(["insert", "replace", "replace", "ignore", "upsert", "update", "update", "delete"]))
    verbs = {"insert": "INSERT", "replace": "INSERT OR REPLACE", "ignore": "INSERT OR IGNORE"}
    if kind in verbs:
        return _insert(table, verbs[kind], row)
    if kind == "upsert":
        return _upsert(table, row)
    if kind == "update":
        verb = draw(st.sampled_from(["UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"]))
        return _update(table, row, draw(ids), verb)
    return f"DELETE FROM {table} WHERE id = :id", {"id": draw(ids)}


@st.composite
def histories(draw: st.DrawFn) -> list[Operation]:
    """Statements on one table mostly: rows in each other's way are what is hard."""
    table = draw(st.sampled_from(list(ROWS)))
    mostly = operations((table,))
    steps = st.one_of(mostly, mostly, mostly, operations(), st.sampled_from(OTHER_STATEMENTS))
    return draw(st.lists(steps, min_size=1, max_size=12))


INSERT_CALL = (
    "INSERT INTO calls (id, source, call_id, queue_id, agent_id, entered_at, answered_at, ended_at, outcome)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_STATE = "INSERT INTO agent_states (id, agent_id, state, started_at, ended_at) VALUES (?, ?, ?, ?, ?)"
INSERT_MISSED = "INSERT INTO missed_calls (id, agent_id, missed_at, ring_ms) VALUES (?, ?, ?, ?)"
INSERT_SALE = (
    "INSERT INTO sales (id, call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents, reference)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def template_of(path: Path) -> Path:
    """Fill an empty database with some rows to change."""
    with closing(database_file.open_writer(path)) as connection:
        for id_ in (1, 2):
            connection.execute("INSERT INTO agents (id, login) VALUES (?, ?)", (id_, f"a{id_}"))
            connection.execute("INSERT INTO queues (id, name) VALUES (?, ?)", (id_, f"q{id_}"))
            connection.execute("INSERT INTO campaigns (id, name) VALUES (?, ?)", (id_, f"c{id_}"))
            connection.execute("INSERT INTO customers (id) VALUES (?)", (id_,))
        connection.execute("UPDATE queues SET purpose = 'sales' WHERE id = 1")
        connection.execute("INSERT INTO teams (id, name) VALUES (1, 'North')")
        for id_, (call_id, entered_at, length) in enumerate(
            [("a", NOON, 5000), ("b", NOON + MINUTE, 40_000), ("c", NOON + 13 * HOUR, 700_000)], 1
        ):
            row = (id_, "s", call_id, 1, 1, entered_at, entered_at + length, entered_at + 2 * length, "answered")
            connection.execute(INSERT_CALL, row)
            connection.execute(INSERT_STATE, (id_, 1, "ready", entered_at, entered_at + length * 100))
            connection.execute(INSERT_MISSED, (id_, 1, entered_at, 15_000))
            connection.execute(INSERT_SALE, (id_, 1, 1, 1, 1, NOON + id_, 100 * id_, None if id_ == 3 else f"A{id_}"))
        near = (NOON - 10 * 24 * HOUR, NOON + 10 * 24 * HOUR)
        connection.execute("DELETE FROM business_days WHERE starts_at NOT BETWEEN ? AND ?", near)
    return path


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        path = new_database(Path(directory) / "template.db", time_zone="Europe/Amsterdam", currency="EUR")
        yield template_of(path)


def run_statement(connection: sqlite3.Connection, operation: Operation) -> None:
    with suppress(sqlite3.IntegrityError):
        connection.execute(*operation)


@contextmanager
def _copy(template: Path, *, empty: bool = False) -> Iterator[sqlite3.Connection]:
    with open_copy(template, foreign_keys=False) as (_, connection):
        if empty:
            for table in (*ROWS, "queue_quarters", "queue_days", "agent_days", "campaign_days"):
                connection.execute(f"DELETE FROM {table}")
        yield connection


@settings(max_examples=examples(20, 2_000))
@given(steps=histories(), recursive=st.booleans(), one_transaction=st.booleans())
def test_totals_equal_a_recount_after_any_statements_of_a_foreign_program(
    template: Path, steps: list[Operation], recursive: bool, one_transaction: bool
) -> None:
    with _copy(template) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        if one_transaction:
            connection.execute("BEGIN")
        for step in steps:
            run_statement(connection, step)
        assert kept(connection) == recounted(connection)
        assert totals.check(connection) == []


def test_a_row_that_an_insert_updated_and_another_replaced_is_counted_out_once(template: Path) -> None:
    state = "INTO agent_states (id, agent_id, state, started_at, ended_at) VALUES (?, 1, 'ready', ?, NULL)"
    with _copy(template) as connection:
        connection.execute(f"INSERT {state} ON CONFLICT (id) DO UPDATE SET ended_at = NULL", (1, NOON))
        # An agent has one open state: that of before goes.
        connection.execute(f"INSERT OR REPLACE {state}", (None, NOON))
        assert connection.execute("SELECT count(*) FROM agent_states WHERE id = 1").fetchone() == (0,)
        assert kept(connection) == recounted(connection)


@settings(max_examples=examples(5, 500))
@given(
    before=st.lists(operations(), max_size=6),
    loaded=st.lists(operations(), min_size=1, max_size=8),
    after=st.lists(operations(), max_size=4),
)
def test_a_bulk_load_leaves_the_totals_right_and_the_triggers_in_place(
    template: Path, before: list[Operation], loaded: list[Operation], after: list[Operation]
) -> None:
    with _copy(template) as connection:
        for step in before:
            run_statement(connection, step)
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection):
            for step in loaded:
                run_statement(connection, step)
        assert kept(connection) == recounted(connection)
        connection.execute("COMMIT")
        for step in after:
            run_statement(connection, step)
        assert kept(connection) == recounted(connection)


DAY = 24 * HOUR


@st.composite
def new_rows(draw: st.DrawFn) -> Operation:
    """A row that stands in no other's way, on one of many days."""
    table = draw(st.sampled_from(["calls", "calls", "agent_states", "missed_calls", "sales"]))
    row = {name: value for name, value in draw(ROWS[table]).items() if name not in ("id", "visit", "reference")}
    days = draw(st.integers(-7, 6)) * DAY  # the calendar of the template ends soon after
    moved = {name: value + days for name, value in row.items() if name.endswith("_at") and isinstance(value, int)}
    verb = "INSERT OR IGNORE" if table == "agent_states" else "INSERT"  # an agent has one open state
    return _insert(table, verb, row | moved | ({"call_id": str(draw(st.uuids()))} if table == "calls" else {}))


@settings(max_examples=examples(8, 1_000))
@given(
    before=st.lists(st.one_of(new_rows(), operations()), max_size=8),
    loaded=st.lists(new_rows(), min_size=1, max_size=20),
    changed=st.lists(operations(("calls", "agent_states")), max_size=2),
    appends_to=st.sampled_from([None, "calls", "calls", "agent_states", "missed_calls", "sales"]),
)
def test_new_rows_add_up_to_what_was_there(
    template: Path, before: list[Operation], loaded: list[Operation], changed: list[Operation], appends_to: str | None
) -> None:
    with _copy(template) as connection:
        for step in before:
            run_statement(connection, step)
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection, appends_to=appends_to):
            for step in [*loaded, *changed] if appends_to is None else loaded:
                if appends_to is None or f" INTO {appends_to} " in step[0]:
                    run_statement(connection, step)
        assert kept(connection) == recounted(connection)
        assert totals.check(connection) == []


@settings(max_examples=examples(5, 500))
@given(
    loaded=st.lists(new_rows(), min_size=1, max_size=20),
    changed=st.lists(operations(), max_size=4),
    sells=st.booleans(),
)
def test_the_first_rows_of_a_database_are_counted(
    template: Path, loaded: list[Operation], changed: list[Operation], sells: bool
) -> None:
    """Those with a sale among them are counted as a whole."""
    with _copy(template) as connection:
        for table in ("sales", "missed_calls", "agent_states", "calls"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection):
            for step in [*loaded, *changed]:
                if sells or " sales " not in step[0]:
                    run_statement(connection, step)
        assert kept(connection) == recounted(connection)
        assert totals.check(connection) == []


def test_days_that_only_new_rows_touch_are_not_counted_again(template: Path) -> None:
    with _copy(template) as connection:
        connection.execute("UPDATE queue_quarters SET offered = 1000")
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection):
            connection.execute(INSERT_CALL, (9, "s", "z", 1, 1, NOON, NOON + 1000, NOON + 2000, "answered"))
            connection.execute(INSERT_STATE, (9, 1, "talking", NOON - 7 * DAY, NOON - 7 * DAY + 1))
        offered = connection.execute("SELECT offered, count(*) FROM queue_quarters GROUP BY 1 ORDER BY 1").fetchall()
        assert offered == [(1000, 1), (1001, 1)]


CALL = f"INTO calls (source, call_id, visit, queue_id, entered_at) VALUES ('s', '%s', %s, 2, {NOON + HOUR})"
SALE = "INTO sales (id, reference, call_id, agent_id, sold_at, amount_cents) VALUES (%s, %s, %s, 1, %s, 1)"
SOLD_LATER = [f"INSERT {SALE % (7, 'NULL', 1, NOON + 24 * HOUR)}"]
TO_SERVICE = "UPDATE calls SET queue_id = 2 WHERE id = 1"
HARD_CASES: dict[str, list[str]] = {
    "a call takes the key of another by a visit of NULL": [
        "UPDATE OR REPLACE calls SET call_id = 'b', visit = NULL WHERE id = 1"
    ],
    "a call that is cut off": ["UPDATE calls SET outcome = 'unknown' WHERE id = 1"],
    "a call served without a moment of answer": ["UPDATE calls SET answered_at = NULL WHERE id = 1"],
    "a call replaces one of its key": [f"INSERT OR REPLACE {CALL % ('a', 1)}"],
    "a NULL that REPLACE turns into the default": [f"INSERT OR REPLACE {CALL % ('a', 'NULL')}"],
    "a call replaces two": [
        f"INSERT OR REPLACE INTO calls (id, source, call_id, queue_id, entered_at) VALUES (1, 's', 'b', 1, {NOON})"
    ],
    "many calls replaced in one statement": [
        "REPLACE INTO calls (source, call_id, visit, entered_at) SELECT source,"
        " call_id, visit, entered_at + 1 FROM calls"
    ],
    "an ignored insert leaves a note of a row that is then deleted and made again": [
        f"INSERT OR IGNORE {CALL % ('a', 1)}",
        "DELETE FROM calls WHERE id = 1",
        f"INSERT {CALL % ('a', 1)}",
        f"INSERT {CALL % ('z', 1)}",
    ],
    "an ignored insert leaves a note of a row that is then given another id": [
        "INSERT OR IGNORE INTO agent_states (id, agent_id, state, started_at) VALUES (1, 2, 'ready', 0)",
        "UPDATE agent_states SET id = 9 WHERE id = 1",
        "INSERT INTO agent_states (id, agent_id, state, started_at, ended_at)"
        f" VALUES (1, 2, 'paused', {NOON}, {NOON + 9})",
    ],
    "a call takes the key of another": ["UPDATE OR REPLACE calls SET call_id = 'b' WHERE id = 1"],
    "a call takes the id of another": ["UPDATE OR REPLACE calls SET id = 2 WHERE id = 1"],
    "a second sale on a call, and the first cancelled": [
        f"INSERT {SALE % (7, 'NULL', 1, NOON)}",
        "UPDATE sales SET cancelled_at = 1 WHERE id = 1",
    ],
    "sales on one call on two days": [f"INSERT {SALE % (7, 'NULL', 1, NOON + 24 * HOUR)}"],
    "a sale replaced by its reference": [f"INSERT OR REPLACE {SALE % ('NULL', repr('A1'), 1, NOON)}"],
    "the only sale of a call replaced by its reference": [
        "DELETE FROM sales WHERE id > 1",
        f"INSERT OR REPLACE {SALE % ('NULL', repr('A1'), 1, NOON)}",
    ],
    "the two sales of a call replaced at once": [
        "DELETE FROM sales WHERE id = 3",
        f"INSERT OR REPLACE {SALE % (1, repr('A2'), 'NULL', NOON)}",
    ],
    "a sale whose id and reference belong to two": [f"INSERT OR REPLACE {SALE % (1, repr('A2'), 1, NOON)}"],
    "a sale takes the reference of another": ["UPDATE OR REPLACE sales SET reference = 'A2' WHERE id = 1"],
    "a state over three days": [f"UPDATE agent_states SET ended_at = {NOON + 50 * HOUR} WHERE id = 1"],
    "a state replaced": ["REPLACE INTO agent_states (id, agent_id, state, started_at) VALUES (1, 1, 'ready', 0)"],
    "an open state replaced by another": [
        f"INSERT INTO agent_states (agent_id, state, started_at) VALUES (1, 'ready', {NOON})",
        f"REPLACE INTO agent_states (agent_id, state, started_at) VALUES (1, 'paused', {NOON + 1})",
    ],
    "a missed call replaced": [
        f"REPLACE INTO missed_calls (id, agent_id, missed_at, ring_ms) VALUES (1, 2, {NOON}, 9)"
    ],
    "another currency": ["UPDATE sales SET currency = 'USD' WHERE id = 1", "UPDATE site SET currency = 'USD'"],
    "another site": [
        "UPDATE sales SET currency = 'EUR'",
        "DELETE FROM site",
        "INSERT INTO site (id, time_zone, currency, created_at) VALUES (1, 'Europe/Amsterdam', 'USD', 0)",
    ],
    "a queue that no longer sells": ["UPDATE queues SET purpose = 'service' WHERE id = 1"],
    "a queue that sells, whose calls had orders before": [
        "UPDATE calls SET queue_id = 2",
        "UPDATE queues SET purpose = 'sales' WHERE id = 2",
    ],
    "a call with orders of two days goes to a queue that does not sell": [*SOLD_LATER, TO_SERVICE],
    "a call with orders was dialled": [TO_SERVICE, "UPDATE calls SET direction = 'outbound' WHERE id = 1"],
    "a call with orders is of no queue": ["UPDATE calls SET queue_id = NULL WHERE id = 1"],
    "a call with orders is gone": [TO_SERVICE, "DELETE FROM calls WHERE id = 1"],
    "a call with orders is replaced under another id": [TO_SERVICE, f"INSERT OR REPLACE {CALL % ('a', 1)}"],
    "a call with orders is known under another id": [TO_SERVICE, "UPDATE calls SET id = 9 WHERE id = 1"],
    "a call comes after its orders": [
        f"INSERT {SALE % (7, 'NULL', 9, NOON)}",
        f"INSERT {SALE % (8, 'NULL', 9, NOON + 24 * HOUR)}",
        f"INSERT INTO calls (id, source, call_id, queue_id, entered_at) VALUES (9, 's', 'z', 2, {NOON})",
    ],
    "a queue replaced": ["REPLACE INTO queues (id, name, purpose) VALUES (1, 'q1', 'retention')"],
    "other targets for a day": [
        "UPDATE calls SET answered_at = NULL, outcome = 'abandoned' WHERE id = 1",
        "UPDATE queue_days SET service_level_threshold_ms = 40000, short_abandon_ms = 10000",
    ],
    "targets taken away": ["DELETE FROM queue_days"],
    "targets replaced": [
        "REPLACE INTO queue_days (queue_id, day_at, service_level_threshold_ms, service_level_target, short_abandon_ms)"
        " SELECT queue_id, day_at, 0, 0.5, 0 FROM queue_days"
    ],
    "a short abandon to the millisecond": [
        "UPDATE calls SET answered_at = NULL, ended_at = entered_at + 5000, outcome = 'abandoned' WHERE id = 1"
    ],
}


ON_WHAT_ELSE_COUNTS = re.compile(r"(UPDATE|INTO|FROM) (queues|queue_days|site)\b")
"""A bulk load changes nothing of it."""
DAY_AT, DAY_ENDS_AT = NOON - 13 * HOUR, NOON + 12 * HOUR
"""The day of `NOON`, which has 25 hours."""


def _of_the_day(row: dict[str, object]) -> bool:
    told = [value for name, value in row.items() if name.endswith("_at") and isinstance(value, int)]
    return min(told) >= DAY_AT and max(told) < DAY_ENDS_AT


def _counts_any(row: QueueTotals | AgentTotals | CampaignTotals) -> bool:
    """Whether a row of totals counts anything: one of zeros is as good as none."""
    return any(value for name, value in asdict(row).items() if not name.endswith(("_id", "starts_at")))


def _figures(rows: FloorData) -> dict[str, object]:
    """What is counted of a day."""
    return {
        "queues": sorted(filter(_counts_any, rows.queue_totals.values()), key=astuple),
        "agents": sorted(filter(_counts_any, rows.agent_days), key=astuple),
        "campaigns": sorted(filter(_counts_any, rows.campaign_days), key=astuple),
        "quarters": sorted(
            (row for quarters in rows.quarters.values() for row in filter(_counts_any, quarters)), key=astuple
        ),
        "longest": {queue_id: wait_s for queue_id, wait_s in rows.longest_waits.items() if wait_s is not None},
        "handling": {queue_id: counts for queue_id, counts in rows.histograms.items() if counts},
        "outbound": rows.outbound_histogram,
    }


@given(rows=st.lists(st.one_of(*(ROWS[table] for table in ("calls", "missed_calls"))).filter(_of_the_day), max_size=8))
def test_the_totals_as_of_a_moment_are_those_that_are_kept(template: Path, rows: list[dict[str, object]]) -> None:
    """Cut off, served without a moment of answer, still open: what the rows say then is what the triggers keep."""
    with _copy(template, empty=True) as connection:
        for row in rows:
            table = "calls" if "entered_at" in row else "missed_calls"
            run_statement(connection, _insert(table, "INSERT", row))
        kept_ones, counted = (
            floor_reader.read_floor_data(Database(connection), DAY_ENDS_AT - 1, is_latest=live)
            for live in (True, False)
        )
        assert _figures(counted) == _figures(kept_ones)


@pytest.mark.parametrize("recursive", [False, True])
@pytest.mark.parametrize("case", HARD_CASES)
def test_totals_equal_a_recount_in_hard_cases(template: Path, case: str, recursive: bool) -> None:
    with _copy(template) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        for statement in HARD_CASES[case]:
            run_statement(connection, (statement, {}))
        assert kept(connection) == recounted(connection)
        assert totals.check(connection) == []


@pytest.mark.parametrize("case", [case for case in HARD_CASES if not ON_WHAT_ELSE_COUNTS.search(str(HARD_CASES[case]))])
def test_a_bulk_load_counts_hard_cases_as_well(template: Path, case: str) -> None:
    with _copy(template) as connection:
        for statement in SOLD_LATER:
            connection.execute(statement)
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection):
            for statement in HARD_CASES[case]:
                run_statement(connection, (statement, {}))
        assert kept(connection) == recounted(connection)


def test_a_wait_that_is_corrected_is_no_longest_wait(template: Path) -> None:
    with _copy(template) as connection:
        connection.execute("UPDATE calls SET answered_at = entered_at + 7000 WHERE call_id = 'b'")
        waits = "SELECT wait_s, visits FROM wait_histogram WHERE day_at = ? ORDER BY 1"
        assert connection.execute(waits, (DAY_AT,)).fetchall() == [(5, 1), (7, 1)]


def test_a_bulk_load_replaces_no_row_unseen(template: Path) -> None:
    with _copy(template) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with totals.bulk_load(connection), pytest.raises(sqlite3.IntegrityError, match="has this id"):
            connection.execute("UPDATE OR REPLACE agent_states SET id = 3 WHERE id = 1")
        assert kept(connection) == recounted(connection)


def test_a_failed_bulk_load_rolls_back_to_working_triggers(template: Path) -> None:
    row = "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('s', ?, 1, ?)"
    with _copy(template, empty=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(ZeroDivisionError), totals.bulk_load(connection):
            connection.execute(row, ("a", NOON))
            raise ZeroDivisionError
        connection.execute("ROLLBACK")
        connection.execute(row, ("b", NOON))
        assert kept(connection) == recounted(connection)
        assert connection.execute("SELECT sum(offered) FROM queue_quarters").fetchone() == (1,)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(0, 1), (-1, 1), (-1, 0), (0, DAY), (-1000, 1000), (-3 * DAY, HOUR), (-DAY, 2 * DAY), (HOUR, DAY), (1, DAY + 1)],
)
def test_a_state_at_the_edges_of_business_days_counts_in_each_as_long_as_it_lasts_there(
    template: Path, starts: int, ends: int
) -> None:
    """A recount counts states in the day in which they begin apart from those that go on into it."""
    with _copy(template, empty=True) as connection:
        connection.execute(INSERT_STATE, (1, 1, "ready", DAY_AT + starts, DAY_AT + ends))
        assert totals.check(connection) == []
        connection.execute("BEGIN")
        totals.rebuild(connection)
        connection.execute("COMMIT")
        assert kept(connection) == recounted(connection)
        assert connection.execute("SELECT sum(ready_ms) FROM agent_days").fetchone() == (ends - starts,)


def test_check_names_each_wrong_figure_and_rebuild_mends_it(template: Path) -> None:
    with _copy(template, empty=True) as connection:
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, agent_id, entered_at, answered_at, ended_at)"
            " VALUES ('s', 'a', 1, 1, ?, ?, ?)",
            (NOON, NOON + 7000, NOON + 67_000),
        )
        connection.execute("UPDATE queue_quarters SET answered = 2")
        connection.execute("DELETE FROM wait_histogram")
        connection.execute("INSERT INTO campaign_days (day_at, campaign_id, sales) VALUES (?, 1, 5)", (NOON,))
        assert totals.check(connection) == [
            totals.Difference("queue_quarters", (1, NOON), "answered", 2, 1),
            totals.Difference("wait_histogram", (1, NOON - 13 * HOUR, 7), "visits", 0, 1),
            totals.Difference("campaign_days", (NOON, 1), "sales", 5, 0),
        ]
        connection.execute("BEGIN")
        totals.rebuild(connection)
        connection.execute("COMMIT")
        assert totals.check(connection) == []
        assert kept(connection) == recounted(connection)


def test_a_changed_target_counts_from_the_next_business_day_unless_recomputed(template: Path) -> None:
    row = "INSERT INTO calls (source, call_id, queue_id, entered_at, answered_at) VALUES ('s', ?, 1, ?, ?)"
    in_threshold = "SELECT sum(answered_in_threshold) FROM queue_quarters"
    with _copy(template, empty=True) as connection:
        connection.execute(row, ("a", NOON, NOON + 15_000))
        connection.execute("UPDATE queues SET service_level_threshold_ms = 10000")
        connection.execute(row, ("b", NOON + 1, NOON + 15_001))
        assert connection.execute(in_threshold).fetchone() == (2,)
        connection.execute(row, ("c", NOON + 24 * HOUR, NOON + 24 * HOUR + 15_000))
        assert connection.execute(in_threshold).fetchone() == (2,)
        connection.execute("BEGIN")
        totals.rebuild(connection, recompute_targets=True)
        connection.execute("COMMIT")
        assert connection.execute(in_threshold).fetchone() == (0,)
        assert totals.check(connection) == []
