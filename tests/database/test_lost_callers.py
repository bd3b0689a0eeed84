"""Callers who gave up: cached, read afresh and recounted in plain Python over all rows."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.database import database_file
from ccmon.database.change_log import touched_by_now
from ccmon.database.driver import Database
from ccmon.database.live_rows import LiveRows
from ccmon.database.periodic_reader import read_periodic_data
from ccmon.database.reading_cache import ReadingCache
from ccmon.metrics.first_contact import WITHHELD
from ccmon.snapshot.periodic_data import PeriodicData
from tests.database.test_live_rows import run
from tests.database.test_totals import HOUR, MINUTE, NOON, Operation, _copy, template_of
from tests.databases import new_database
from tests.examples import examples
from tests.snapshot.seeded_floor import ZONE

DAY = 24 * HOUR
AT = NOON + HOUR


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        path = template_of(new_database(Path(directory) / "template.db", time_zone=ZONE, currency="EUR"))
        with closing(database_file.open_writer(path)) as connection:
            connection.execute("UPDATE customers SET phone = '1' WHERE id = 1")
        yield path


ENTER = (
    "INSERT OR REPLACE INTO calls (id, source, call_id, visit, queue_id, customer_id, caller, entered_at)"
    " VALUES (:id, 'p', :call, :id, :two, :other, :caller, :at)"
)
LEAVE = (
    "UPDATE calls SET ended_at = entered_at + :wait, outcome = :outcome WHERE id = :id AND answered_at IS NULL"
    " AND direction = 'inbound'"
)
ANSWER = (
    "UPDATE calls SET answered_at = max(entered_at, :at), ended_at = max(entered_at, :at) + 9000, outcome = 'answered',"
    " agent_id = 1 WHERE id = :id AND ended_at IS NULL"
)
DIAL = (
    "INSERT OR REPLACE INTO calls (id, source, call_id, visit, direction, customer_id, caller, agent_id, entered_at,"
    " answered_at, ended_at, outcome, right_party)"
    " VALUES (:id, 'd', :id, 1, 'outbound', :other, :caller, 1, :at, :at + 5, :at + 9999, 'answered', :right)"
)
PROMISE = (
    "INSERT OR REPLACE INTO follow_ups (id, customer_id, call_id, agent_id, created_at, due_at, promised_at)"
    " VALUES (:two, :other, (SELECT id FROM calls WHERE id = :id), 1, :at, :at + 7200000, :at + 7200000)"
)
DELETE = "DELETE FROM calls WHERE id = :id"
STATEMENTS = [
    ENTER,
    ENTER,
    LEAVE,
    LEAVE,
    LEAVE,
    ANSWER,
    DIAL,
    PROMISE,
    "UPDATE follow_ups SET done_at = :at, outcome = 'reached' WHERE id = :two AND created_at <= :at",
    "DELETE FROM follow_ups WHERE id = :two",
    "UPDATE calls SET caller = :caller, customer_id = :other WHERE id = :id",
    "UPDATE calls SET call_id = :call WHERE id = :id AND direction = 'inbound'",
    "UPDATE calls SET entered_at = entered_at - 86400000 WHERE id = :id AND ended_at IS NULL",
    DELETE,
    "UPDATE customers SET phone = :caller WHERE id = :two AND :caller IN ('1', '2', '345')",
    "UPDATE customers SET name = 'C' || :at WHERE id = :two",
    "INSERT OR REPLACE INTO sales (id, agent_id, customer_id, sold_at, amount_cents)"
    " VALUES (:id, 1, :other, :at - 86400000 * :id, 500)",
    "UPDATE sales SET cancelled_at = :at WHERE id = :id AND sold_at <= :at",
    "DELETE FROM sales WHERE id = :id",
    "UPDATE queues SET short_abandon_ms = 30000 WHERE id = :two",
    "UPDATE queues SET name = 'Q' || :at WHERE id = :two",
]
operations = st.tuples(
    st.sampled_from(STATEMENTS),
    st.fixed_dictionaries(
        {
            "id": st.integers(1, 9),
            "call": st.integers(1, 5),
            "two": st.integers(1, 2),
            "other": st.none() | st.integers(1, 2),
            "caller": st.sampled_from([None, "1", "2", "Anonymous", "(0)3-4 5", "345"]),
            "at": st.integers(-20, 5).map(lambda minutes: AT + minutes * MINUTE),
            "wait": st.sampled_from([1000, 5000, 6000, 40_000, 300_000]),
            "outcome": st.sampled_from(["abandoned", "abandoned", "timeout", "no_agents", "exit_key", "unknown"]),
            "right": st.sampled_from([None, 0, 1]),
        }
    ),
).map(lambda pair: (pair[0], {name: value for name, value in pair[1].items() if f":{name}" in pair[0]}))
STEPS = st.lists(
    st.tuples(st.lists(operations, max_size=8), st.sampled_from([0, 0, 1000, MINUTE, 5 * MINUTE])),
    min_size=1,
    max_size=5,
)


def values(**given: Any) -> dict[str, Any]:
    return {"id": 1, "call": 1, "two": 1, "other": None, "caller": "2", "at": AT - 10 * MINUTE} | given


def operation(statement: str, **given: Any) -> Operation:
    found = values(wait=40_000, outcome="abandoned", right=1) | given
    return statement, {name: value for name, value in found.items() if f":{name}" in statement}


LOST = [operation(ENTER), operation(LEAVE)]
PASSED_ON = [operation(ENTER, id=2, caller="1"), operation(ANSWER, id=2)]
"""Another visit of the same phone call, under another number."""


@settings(max_examples=examples(60, 3_000))
@example(steps=[(LOST, 0), ([operation(ENTER, id=2, call=2, at=AT)], 0), ([operation(ANSWER, id=2, at=AT)], 0)])
@example(steps=[(LOST, 0), ([operation(STATEMENTS[14], two=2)], 0), ([operation(PROMISE, two=2, other=2)], 0)])
@example(steps=[(LOST, 0), ([operation(DELETE)], 0)])
@example(steps=[([*LOST, *PASSED_ON], 0), ([operation(DELETE, id=2)], 0)])
@given(steps=STEPS)
def test_cached_read_afresh_and_recounted_are_the_same(
    template: Path, steps: list[tuple[list[Operation], int]]
) -> None:
    with _copy(template) as connection:
        database, live, cache, at = Database(connection), LiveRows(), ReadingCache(), AT
        for written, passed in steps:
            run(connection, written, in_bulk=False)
            at += passed
            data = live.read(database, at)
            cache.drop(touched_by_now(database, live.take_touched_parts(), data.day))
            cached = _read(database, at, cache).lost_callers
            fresh = _read(database, at, ReadingCache(is_reused=False)).lost_callers
            assert fresh is not None
            assert cached == fresh
            found = sorted(((each.id, each.times, each.state.value, each.state_at, each.lost_at, each.purchases)
                            for each in fresh.items), key=repr)  # fmt: skip
            assert found == sorted(Recount(connection, data.day.starts_at, data.day.ends_at, at).callers(), key=repr)


def _read(database: Database, at: int, cache: ReadingCache) -> PeriodicData:
    data = LiveRows().read(database, at)
    return read_periodic_data(
        database, at, cache, site=data.site, day=data.day, directory=data.directory, is_latest=True
    )


class Recount:
    """Callers who gave up, counted caller by caller over all rows of the database."""

    def __init__(self, connection: sqlite3.Connection, starts_at: int, ends_at: int, at: int) -> None:
        self.connection, self.starts_at, self.at = connection, starts_at, at
        self.calls = {call["id"]: call for call in self.rows("SELECT * FROM calls")}
        self.day = [
            call
            for call in self.calls.values()
            if starts_at <= call["entered_at"] < ends_at and call["entered_at"] <= at
        ]
        self.phones = [(row["phone"], row["id"]) for row in self.rows("SELECT id, phone FROM customers")]
        limits = self.rows("SELECT * FROM queue_days")
        self.limits = {row["queue_id"]: row["short_abandon_ms"] for row in limits if row["day_at"] == starts_at}

    def rows(self, text: str) -> list[dict[str, Any]]:
        cursor = self.connection.execute(text)
        names = [name for name, *_ in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def key(self, customer_id: int | None, number: str | None) -> str:
        bare = "345" if number == "(0)3-4 5" else number
        owners = [customer for phone, customer in self.phones if phone in {number, bare} and number is not None]
        if customer_id is None and len(owners) == 1:
            customer_id = owners[0]
        if customer_id is not None:
            return f"customer {customer_id}"
        return "" if number is None or number.lower() in WITHHELD else number

    def who(self, call: dict[str, Any]) -> str:
        return self.key(call["customer_id"], call["caller"]) or f"call {call['id']}"

    def has_come(self, moment: int | None) -> bool:
        return moment is not None and moment <= self.at

    def is_lost(self, call: dict[str, Any]) -> bool:
        if call["direction"] != "inbound" or not self.has_come(call["ended_at"]) or call["answered_at"] is not None:
            return False
        waited_s = call["ended_at"] // 1000 - call["entered_at"] // 1000
        is_short = call["outcome"] == "abandoned" and waited_s * 1000 <= self.limits.get(call["queue_id"], 5000)
        return call["outcome"] in {"abandoned", "timeout", "no_agents"} and not is_short

    def went_on(self, lost: dict[str, Any]) -> bool:
        whole = [
            call
            for call in self.calls.values()
            if (call["source"], call["call_id"]) == (lost["source"], lost["call_id"])
        ]
        return any(self.has_come(call["answered_at"]) and call["answered_at"] >= lost["entered_at"] for call in whole)

    def talks(self, who: str, last: dict[str, Any]) -> Iterator[tuple[int, str]]:
        for call in self.day:
            if (
                self.who(call) == who
                and self.has_come(call["answered_at"])
                and call["answered_at"] >= last["entered_at"]
            ):
                if call["direction"] == "inbound":
                    yield call["answered_at"], "called again"
                elif call["right_party"] != 0:
                    yield call["answered_at"], "called back"
        for made in self.promises(who):
            if self.has_come(made["done_at"]) and made["done_at"] >= last["ended_at"]:
                yield made["done_at"], "called back"

    def promises(self, who: str) -> list[dict[str, Any]]:
        found = []
        for made in self.rows("SELECT * FROM follow_ups"):
            call = self.calls.get(made["call_id"], {"customer_id": None, "caller": None})
            whose = self.key(made["customer_id"] or call["customer_id"], call["caller"])
            if whose == who and made["created_at"] <= self.at:
                found.append(made)
        return found

    def state(self, who: str, last: dict[str, Any]) -> tuple[int | None, str]:
        if who.startswith("call "):
            return None, "number withheld"
        if talks := list(self.talks(who, last)):
            return min(talks)
        waits = [
            call["entered_at"]
            for call in self.day
            if self.who(call) == who and call["direction"] == "inbound"
            and not self.has_come(call["answered_at"]) and not self.has_come(call["ended_at"])
        ]  # fmt: skip
        if waits:
            return max(waits), "waiting again"
        due = [made["due_at"] for made in self.promises(who) if not self.has_come(made["done_at"])]
        return (min(due), "call promised") if due else (None, "to call back")

    def purchases(self, who: str) -> int:
        sales = [sale for sale in self.rows("SELECT * FROM sales") if f"customer {sale['customer_id']}" == who]
        return len(
            {
                (sale["sold_at"] - self.starts_at) // DAY
                for sale in sales
                if sale["sold_at"] < self.starts_at and not self.has_come(sale["cancelled_at"])
            }
        )

    def callers(self) -> Iterator[tuple[Any, ...]]:
        losses: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for call in self.day:
            if self.is_lost(call) and not self.went_on(call):
                losses[self.who(call)].append(call)
        for who, lost in losses.items():
            last = max(lost, key=lambda call: (call["ended_at"], call["entered_at"], call["id"]))
            since, state = self.state(who, last)
            yield who, len(lost), state, since, last["ended_at"], self.purchases(who)
