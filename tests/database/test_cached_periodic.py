"""Periodic figures of a reader that keeps what finished days say are those of one that reads everything."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.database import contacts, database_file, driver
from ccmon.database.change_log import touched_by_now
from ccmon.database.connection import transaction
from ccmon.database.driver import Database
from ccmon.database.live_rows import LiveRows
from ccmon.database.periodic_reader import read_periodic_data
from ccmon.database.reading_cache import ReadingCache
from ccmon.database.sql_files import sql
from ccmon.database.stored_parts_keeper import check_stored_parts, store_finished_days
from ccmon.snapshot.periodic_data import FinishedDays, PeriodicData
from tests.database.test_live_rows import DIRECTORY, other_rows, plain, run
from tests.database.test_totals import (
    HOUR,
    MINUTE,
    NOON,
    OTHER_STATEMENTS,
    Operation,
    _copy,
    operations,
    template_of,
)
from tests.databases import new_database
from tests.examples import examples
from tests.snapshot.seeded_floor import NOW, ZONE, still_floor

DAY = 24 * HOUR
SEARCHED = frozenset({"not_reached", "repeated_problems"})
"""Read again every five minutes only: customers whom nobody reached."""
two, maybe_two = st.integers(1, 2), st.none() | st.integers(1, 2)
days_ago = st.sampled_from([0, 1, 2, 7, 8, 14, 27, 40, 90])


@st.composite
def rows_of_weeks(draw: st.DrawFn) -> Operation:
    """A statement on what is counted over weeks."""
    at = NOON - draw(days_ago) * DAY + draw(st.integers(-HOUR, HOUR))
    values: dict[str, object] = {"id": draw(st.integers(1, 4)), "at": at, "two": draw(two), "other": draw(maybe_two)}
    statement = draw(
        st.sampled_from(
            [
                "INSERT OR REPLACE INTO sales (id, call_id, agent_id, campaign_id, customer_id, sold_at, amount_cents)"
                " VALUES (:id, :other, :two, :other, :two, :at, 500)",
                "UPDATE sales SET sold_at = :at WHERE id = :id",
                "UPDATE sales SET customer_id = :other, agent_id = :two WHERE id = :id",
                "UPDATE sales SET cancelled_at = sold_at + 1 WHERE id = :id AND :at",
                "UPDATE sales SET sold_at = :at + 7200000 WHERE id = :id",
                "UPDATE sales SET cancelled_at = :at + 7200000 WHERE id = :id AND :at + 7200000 >= sold_at",
                "UPDATE sales SET cancelled_at = NULL WHERE id = :id AND :at",
                "UPDATE calls SET disposition = 'kept' WHERE id = :id AND :at",
                "UPDATE calls SET disposition = 'other' WHERE id = :id AND :at",
                "UPDATE queues SET purpose = 'retention' WHERE id = :two AND :at",
                "UPDATE site SET currency = 'CHF' WHERE :at",
                "DELETE FROM sales WHERE id = :id",
                "INSERT OR REPLACE INTO calls (id, source, call_id, direction, campaign_id, customer_id, agent_id,"
                " entered_at, answered_at, ended_at, outcome, right_party, disposition)"
                " VALUES (:id, 'p', :id, 'outbound', :two, :other, :two, :at, :at + 5, :at + 9, 'answered', 1, 'kept')",
                "INSERT OR REPLACE INTO calls (id, source, call_id, queue_id, customer_id, agent_id, entered_at,"
                " answered_at, ended_at, outcome)"
                " VALUES (:id, 'p', :id, :two, :other, 1, :at, :at + 5, :at + 9, 'answered')",
                "UPDATE calls SET entered_at = :at, answered_at = :at + 1, ended_at = :at + 2 WHERE id = :id",
                "DELETE FROM calls WHERE id = :id",
                "INSERT OR REPLACE INTO follow_ups (id, customer_id, agent_id, created_at, due_at, promised_at)"
                " VALUES (:id, :other, :two, :at - 5, :at, :at)",
                "UPDATE follow_ups SET done_at = promised_at, outcome = 'done' WHERE id = :id",
                "INSERT OR REPLACE INTO shifts (id, agent_id, starts_at, ends_at)"
                " VALUES (:id, :two, :at, :at + 9000000)",
                "DELETE FROM shifts WHERE id = :id",
                "INSERT OR REPLACE INTO agent_states (id, agent_id, state, started_at, ended_at)"
                " VALUES (:id + 10, :two, 'ready', :at, :at + 99999)",
                "INSERT OR REPLACE INTO call_reasons (call_id, reason_id) VALUES (:id, :two)",
                "UPDATE call_reasons SET call_id = :two WHERE call_id = :id",
                "DELETE FROM call_reasons WHERE call_id = :id",
                "UPDATE contact_reasons SET is_problem = 1 - is_problem WHERE id = :two",
                "UPDATE campaigns SET purpose = 'retention' WHERE id = :two",
                "UPDATE customers SET name = 'C' || :at WHERE id = :two",
                "INSERT INTO surveys (call_id, answered_at, score, scale) VALUES (:id, :at, 1, 5)",
                "INSERT OR REPLACE INTO surveys (id, agent_id, answered_at, score, scale)"
                " VALUES (:id, :two, :at, 4, 5)",
                "UPDATE surveys SET score = 5 - score % 5 WHERE id = :id AND :at",
                "UPDATE surveys SET answered_at = :at WHERE id = :id",
                "DELETE FROM surveys WHERE id = :id",
                "INSERT OR REPLACE INTO survey_invitations (id, call_id, sent_at) VALUES (:id, :other, :at)",
                "UPDATE survey_invitations SET delivered = 0 WHERE id = :id",
                "INSERT INTO quotas (scope, period, starts_on, sales) VALUES ('centre', 'month', '2020-01-01', 5)",
            ]
        )
    )
    return statement, {name: value for name, value in values.items() if f":{name}" in statement}


statements = st.one_of(
    rows_of_weeks(), rows_of_weeks(), operations(), other_rows(), st.sampled_from([*OTHER_STATEMENTS, *DIRECTORY])
)
Step = tuple[list[Operation], list[Operation], int, bool, Callable[[sqlite3.Connection, int], object] | None]
steps = st.lists(
    st.tuples(
        st.lists(statements, max_size=4),
        st.lists(statements, max_size=1),
        st.sampled_from([0, 0, 1000, MINUTE, 5 * MINUTE, HOUR, 12 * HOUR]),
        st.sampled_from([False, False, False, True]),
        st.sampled_from([None, check_stored_parts, store_finished_days]),
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        path = template_of(new_database(Path(directory) / "template.db", time_zone=ZONE, currency="EUR"))
        with closing(database_file.open_writer(path)) as connection:
            connection.execute("INSERT INTO contact_reasons (id, name, is_problem) VALUES (1, 'a', 0), (2, 'b', 1)")
        yield path


MISSED_LONG_AGO: Operation = (
    "INSERT INTO missed_calls (agent_id, missed_at, ring_ms) VALUES (1, :at, 1000)",
    {"at": NOON - DAY},
)
"""It makes the agent's day, with nothing sold in it."""
ANSWERED_LONG_AGO: Operation = (
    "INSERT INTO surveys (agent_id, answered_at, score, scale) VALUES (1, :at, 1, 5)",
    {"at": NOON - DAY},
)
"""It is for no call, so nothing else is written."""


SOLD_LONG_AGO: Operation = (
    "INSERT INTO sales (agent_id, sold_at, amount_cents, currency) VALUES (1, :at, 4500, 'EUR')",
    {"at": NOON - DAY},
)
OTHER_CURRENCY: Operation = ("UPDATE site SET currency = 'CHF' WHERE :at", {"at": 1})
"""The change log does not name it: each reading reads the site."""


@settings(max_examples=examples(10, 3_000))
@example(
    steps=[([SOLD_LONG_AGO], [], 0, False, None), ([], [OTHER_CURRENCY], 0, False, None)],
    foreign_keys=False,
    recursive=False,
)
@example(steps=[([], [MISSED_LONG_AGO], 0, False, None)], foreign_keys=False, recursive=False)
@example(steps=[([], [ANSWERED_LONG_AGO], 0, False, None)], foreign_keys=False, recursive=False)
@given(
    steps=steps,
    foreign_keys=st.booleans(),
    recursive=st.booleans(),
)
def test_cached_and_stored_parts_are_those_read_from_nothing(
    template: Path, steps: list[Step], foreign_keys: bool, recursive: bool
) -> None:
    with _copy(template) as connection:
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        database, live, cache, at = Database(connection), LiveRows(), ReadingCache(), NOON + HOUR
        before: FinishedDays | None = None
        for written, written_after_poll, passed, in_bulk, store in [([], [], 0, False, None), *steps]:
            run(connection, written, in_bulk=in_bulk)
            at += passed
            if store is not None:
                store(connection, at)
            live.read(database, at)
            touched = live.take_touched_parts()
            run(connection, written_after_poll, in_bulk=False)
            data = live.read(database, at)
            touched = touched_by_now(database, touched, data.day)
            cache.drop(touched)
            cached, stored = (_read(database, at, LiveRows(), each) for each in (cache, ReadingCache()))
            with transaction(connection, keep=False):
                connection.execute("DELETE FROM stored_part_checks")
                fresh = _read(database, at, LiveRows(), ReadingCache(is_reused=False))
            names = set(PeriodicData.__struct_fields__) - (set() if "unresolved" in touched.parts else SEARCHED)
            for name in names:
                assert plain(getattr(cached, name)) == plain(getattr(fresh, name)), name
            for name in PeriodicData.__struct_fields__:
                assert plain(getattr(stored, name)) == plain(getattr(fresh, name)), name
            if before is not None and plain(cached.finished) == plain(before):
                assert cached.finished is before, "what rests on it is cached by its identity"
            before = cached.finished


def _read(database: Database, at: int, live: LiveRows, cache: ReadingCache) -> PeriodicData:
    data = live.read(database, at)
    return read_periodic_data(
        database, at, cache, site=data.site, day=data.day, directory=data.directory, is_latest=True
    )


ANSWERED_CALL = (
    "INSERT OR REPLACE INTO calls (id, source, call_id, visit, queue_id, customer_id, caller, agent_id, entered_at,"
    " answered_at, ended_at, outcome) VALUES (:id, 'p', :call, :id, :two, :other, :caller, 1, :at, :at + 5, :at + 9999,"
    " 'answered')"
)
REASON = "INSERT OR REPLACE INTO call_reasons (call_id, reason_id) SELECT id, :two FROM calls WHERE id = :id"
NO_REASON = "DELETE FROM call_reasons WHERE call_id = :id"
RENAMED = "UPDATE customers SET name = 'C' || :at WHERE id = :two"


def reason_lost_and_customer_renamed(ended_ago: int) -> list[tuple[list[Operation], int]]:
    """What is read of a call that was over for so long when it was read."""
    values = {"id": 1, "call": 1, "two": 1, "other": 1, "caller": "1", "at": NOON + HOUR - ended_ago - 9999}
    written: list[list[Operation]] = [
        [(ANSWERED_CALL, values), (REASON, {"id": 1, "two": 1})],
        [],
        [],
        [(RENAMED, {"at": 7, "two": 1})],
        [(NO_REASON, {"id": 1})],
    ]
    return [(each, 0) for each in written]


calls_of_today = st.tuples(
    st.sampled_from(
        [
            ANSWERED_CALL,
            "INSERT OR IGNORE INTO calls (id, source, call_id, visit, queue_id, customer_id, caller, entered_at)"
            " VALUES (:id, 'p', :call, :id, :two, :other, :caller, :at)",
            "INSERT OR IGNORE INTO calls (source, call_id, visit, queue_id, customer_id, caller, entered_at)"
            " VALUES ('p', :call, :id, :two, :other, :caller, :at)",
            "UPDATE calls SET agent_id = 1, answered_at = entered_at, ended_at = :at, outcome = 'answered'"
            " WHERE id = :id AND entered_at <= :at AND ended_at IS NULL",
            "UPDATE calls SET caller = :caller, customer_id = :other WHERE id = :id",
            "UPDATE calls SET queue_id = :two WHERE id = :id AND agent_id IS NULL AND direction = 'inbound'",
            "DELETE FROM calls WHERE id = :id",
            REASON,
            NO_REASON,
            RENAMED,
            "UPDATE calls SET disposition = 'Kept' WHERE id = :id",
            "UPDATE calls SET disposition = NULL WHERE id = :id",
            "UPDATE queues SET purpose = 'retention' WHERE id = :two",
            "INSERT OR REPLACE INTO sales (id, call_id, agent_id, customer_id, sold_at, amount_cents)"
            " SELECT :two, id, 1, :other, :at, 500 FROM calls WHERE id = :id",
            "UPDATE sales SET cancelled_at = :at WHERE id = :two AND sold_at <= :at",
        ]
    ),
    st.fixed_dictionaries(
        {
            "id": st.integers(1, 12),
            "call": st.integers(1, 6),
            "two": two,
            "other": maybe_two,
            "caller": st.sampled_from([None, "1", "2", "anonymous"]),
            "at": st.integers(-10, 10).map(lambda minutes: NOON + HOUR + minutes * MINUTE),
        }
    ),
).map(lambda drawn: (drawn[0], {name: value for name, value in drawn[1].items() if f":{name}" in drawn[0]}))
rounds = st.lists(
    st.tuples(st.lists(calls_of_today, max_size=3), st.sampled_from([0, 1000, MINUTE])), min_size=4, max_size=12
)


@settings(max_examples=examples(20, 5_000))
@example(rounds=reason_lost_and_customer_renamed(0), together=128)
@example(rounds=reason_lost_and_customer_renamed(10 * MINUTE), together=128)
@given(rounds=rounds, together=st.sampled_from([1, 2, contacts.VISITS_COUNTED_TOGETHER]))
def test_counts_of_todays_calls_are_those_of_all_calls(
    template: Path, rounds: list[tuple[list[Operation], int]], together: int
) -> None:
    with _copy(template) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(contacts, "VISITS_COUNTED_TOGETHER", together)
        database, live, cache, at = Database(connection), LiveRows(), ReadingCache(), NOON + HOUR
        for written, passed in rounds:
            run(connection, written, in_bulk=False)
            at += passed
            data = live.read(database, at)
            cache.drop(touched_by_now(database, live.take_touched_parts(), data.day))
            cached, fresh = (_read(database, at, LiveRows(), each) for each in (cache, ReadingCache(is_reused=False)))
            for name in ("funnel", "reasons", "repeats", "concerned", "kept_customers", "sales", "histories"):
                assert plain(getattr(cached, name)) == plain(getattr(fresh, name)), name


@pytest.fixture
def floor(tmp_path: Path) -> Path:
    return still_floor(tmp_path / "calls.db")


def test_todays_calls_are_counted_once(floor: Path) -> None:
    with database_file.open_for_reading(floor) as connection:
        cache, asked = ReadingCache(), list[str]()
        connection.set_trace_callback(asked.append)
        for _ in range(2):
            asked.clear()
            _read(Database(connection), NOW, LiveRows(), cache)
        assert not [query for query in asked if "INDEXED BY calls_by_entry LEFT JOIN queues" in query]


def test_groups_of_todays_calls_share_the_few_words_that_name_them(floor: Path) -> None:
    with database_file.open_for_reading(floor) as connection:
        cache = ReadingCache()
        for _ in range(2):
            rows = _read(Database(connection), NOW, LiveRows(), cache).funnel
            words = [word for row in rows.values() for word in (row.direction, row.purpose) if word is not None]
            assert len(words) > len(set(words)) == len(set(map(id, words)))


def test_what_rests_on_orders_and_shifts_is_not_asked_for_again_where_only_calls_come(
    floor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = set[str]()

    def noted(query: str) -> str:
        asked.add(query)
        return sql(query)

    monkeypatch.setattr(driver, "sql", noted)
    with closing(database_file.open_writer(floor)) as connection:
        database, live, cache = Database(connection), LiveRows(), ReadingCache()
        for statement in (
            "SELECT 1",
            "INSERT INTO calls (source, call_id, queue_id, caller, entered_at) VALUES ('p', 'new', 1, '+31', :at)",
        ):
            connection.execute(statement, {"at": NOW - 1000})
            data = live.read(database, NOW)
            cache.drop(touched_by_now(database, live.take_touched_parts(), data.day))
            asked.clear()
            _read(database, NOW, live, cache)
    assert "sales_funnel_of_calls" in asked
    assert not asked & {"day_sales", "past_purchases", "kept_customers", "planned_time", "planned_work", "sales_funnel"}
