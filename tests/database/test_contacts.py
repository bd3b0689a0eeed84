"""Contacts are the same, whichever way they are read."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from ccmon.database import contacts, past_contacts
from ccmon.database.driver import Database
from ccmon.database.floor_reader import read_directory
from ccmon.database.moments import read_site_and_day
from ccmon.database.query_context import QueryContext, read_context
from ccmon.metrics.first_contact import Contact, RepeatContacts, repeated
from tests.databases import new_database
from tests.floors import moment

if TYPE_CHECKING:
    from ccmon.snapshot.periodic_data import FinishedDays

START = moment("2026-11-23T08:00:00")
VISIT = (
    "INSERT INTO calls (source, call_id, visit, direction, queue_id, customer_id, caller, agent_id, entered_at,"
    " answered_at, ended_at, outcome) VALUES ('s', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Calls of one or two visits, by customers and by mere numbers, some of them outbound, open or coded."""
    chance = random.Random(7)
    with closing(sqlite3.connect(new_database(tmp_path / "calls.db", time_zone="UTC"), isolation_level=None)) as opened:
        opened.execute("BEGIN")
        for id_ in (1, 2, 3):
            opened.execute("INSERT INTO agents (id, login) VALUES (?, ?)", (id_, f"a{id_}"))
            opened.execute("INSERT INTO queues (id, name) VALUES (?, ?)", (id_, f"q{id_}"))
            opened.execute("INSERT INTO contact_reasons (id, name) VALUES (?, ?)", (id_, f"r{id_}"))
        opened.executemany("INSERT INTO customers (id) VALUES (?)", [(id_,) for id_ in range(1, 40)])
        for number in range(400):
            customer = chance.choice([None, *range(1, 40)])
            entered = START + chance.randrange(8 * 3_600_000)
            direction = chance.choice(["inbound", "inbound", "outbound"])
            for visit in range(1, chance.choice([2, 2, 3])):
                answered = chance.choice([None, entered + 9_000])
                ended = chance.choice([None, entered + 90_000])
                outcome = ended and ("answered" if answered else "abandoned")
                row = (f"c{number}", visit, direction, visit, customer, f"0612{number % 50}", visit, entered)
                found = opened.execute(VISIT, (*row, answered, ended, outcome))
                if chance.random() < 0.5:
                    opened.execute(
                        "INSERT INTO call_reasons (call_id, reason_id) VALUES (?, ?)",
                        (found.lastrowid, chance.choice([1, 2, 3])),
                    )
                entered += 60_000
        opened.execute("COMMIT")
        yield opened


WINDOW = {"since": START, "until": START + 6 * 3_600_000, "at": START + 5 * 3_600_000}


def read(connection: sqlite3.Connection, *, one_in: int = 1, of_customers: bool = False) -> list[contacts.Credited]:
    """All contacts of the window in an order of their own."""
    batches = past_contacts.read_contacts(Database(connection), WINDOW, one_in=one_in, of_customers=of_customers)
    return sorted(chain.from_iterable(batches), key=repr)


@pytest.mark.parametrize("one_in", [1, 2, 5])
def test_contacts_of_customers_are_those_that_are_found_by_customer(
    connection: sqlite3.Connection, one_in: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read(connection, one_in=one_in, of_customers=True)
    monkeypatch.setattr(contacts, "ENTRIES_READ_FOR_ONE", 0)
    assert found == read(connection, one_in=one_in, of_customers=True)
    assert len(found) > 100 // one_in
    assert len({contact.customer for contact, _ in found}) > 25 // one_in
    everyone = read(connection, one_in=one_in)
    assert {contact.customer for contact, _ in found} < {contact.customer for contact, _ in everyone}


def test_a_customers_contacts_are_in_one_batch_of_a_few_customers(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read(connection)
    monkeypatch.setattr(contacts, "BATCH", 10)
    *batches, rest = past_contacts.read_contacts(Database(connection), WINDOW, one_in=1, of_customers=False)
    assert sorted(chain(*batches, rest), key=repr) == expected
    most = max(Counter(contact.customer for contact, _ in expected).values())
    assert len(batches) > 5
    assert all(10 <= len(batch) < 10 + most for batch in batches)
    customers = [customer for batch in (*batches, rest) for customer in {contact.customer for contact, _ in batch}]
    assert len(set(customers)) == len(customers)


@pytest.mark.parametrize("by_customer", [False, True])
@pytest.mark.parametrize("one_in", [1, 2])
def test_customers_with_one_call_look_back_as_if_read_one_by_one(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, one_in: int, *, by_customer: bool
) -> None:
    for number, caller in enumerate([*map(str, range(100, 130)), "061207", "Anonymous", "unknown", None]):
        row = (f"one{number}", 1, "inbound", 1, None, caller, 1, START + 3_600_000 + number, None, None, None)
        reason = (connection.execute(VISIT, row).lastrowid, 1 + number % 3)
        connection.execute("INSERT INTO call_reasons (call_id, reason_id) VALUES (?, ?)", reason)
    before = [Contact(who, START - 900_000, START - 600_000, True, 1) for who in (*range(1, 9), "061207", "101", "102")]
    database, at = Database(connection), START + 5 * 3_600_000
    site, day = read_site_and_day(database, at)
    context = QueryContext(site, day, date(2026, 11, 23), (), {"at": at}, read_directory(database, day.date))
    window = context.window(day.starts_at, day.ends_at)
    expected: defaultdict[int | None, list[bool | None]] = defaultdict(list)
    for batch in past_contacts.read_contacts(database, window, one_in=one_in, of_customers=by_customer):
        again = repeated([*before, *(contact for contact, _ in batch)], day.starts_at, at + 1)[len(before) :]
        for (_, (queue_id, _)), each in zip(batch, again, strict=True):
            expected[queue_id].append(each)
    finished = SimpleNamespace(
        recent_contacts={contact.customer: (contact,) for contact in before},
        one_customer_in=one_in,
        contacts_of_customers=by_customer,
    )
    if by_customer:
        monkeypatch.setattr(contacts, "ENTRIES_READ_FOR_ONE", 0)
    found = contacts.read_repeats(database, context, at, cast("FinishedDays", finished)).by_queue()
    assert found == {queue: RepeatContacts(sum(map(bool, again)), len(again)) for queue, again in expected.items()}
    assert sum(each.repeats for each in found.values()) > 5


def test_a_queue_that_only_unknown_callers_called_has_no_contacts(connection: sqlite3.Connection) -> None:
    for table in ("call_reasons", "calls"):
        connection.execute(f"DELETE FROM {table}")
    for queue, caller in ((1, "Anonymous"), (2, "0612"), (2, "0613")):
        row = (f"{caller}", 1, "inbound", queue, None, caller, 1, START, None, None, None)
        connection.execute(VISIT, row)
    database, at = Database(connection), START + 60_000
    site, day = read_site_and_day(database, at)
    context = QueryContext(site, day, date(2026, 11, 23), (), {"at": at}, read_directory(database, day.date))
    finished = SimpleNamespace(recent_contacts={}, one_customer_in=1, contacts_of_customers=False)
    found = contacts.read_repeats(database, context, at, cast("FinishedDays", finished)).by_queue()
    assert found == {2: RepeatContacts(0, 2)}


def test_withheld_numbers_are_not_those_of_one_caller(connection: sqlite3.Connection) -> None:
    for table in ("call_reasons", "calls"):
        connection.execute(f"DELETE FROM {table}")
    for id_, customer, caller in ((1, None, "Anonymous"), (2, None, "Anonymous"), (3, 7, "Anonymous"), (4, 7, "0612")):
        connection.execute(VISIT, (f"c{id_}", 1, "inbound", 1, customer, caller, 1, START, None, None, None))
        connection.execute("UPDATE calls SET id = ? WHERE call_id = ?", (id_, f"c{id_}"))
    database, at = Database(connection), START + 60_000
    site, day = read_site_and_day(database, at)
    context = read_context(database, at, site=site, day=day, directory=read_directory(database, day.date))
    finished = cast("FinishedDays", SimpleNamespace(recent_contacts={}, one_customer_in=1, contacts_of_customers=False))
    by_caller = contacts.read_visits_by_caller(database, context, finished)
    for call, expected in ((1, {1}), (3, {3, 4}), (4, {3, 4})):
        visits = contacts._visits_of_callers(database, contacts._sample(context, finished), [call], by_caller)
        assert {visit.id for visit in visits} == expected


def test_a_call_is_one_contact_of_all_its_visits(connection: sqlite3.Connection) -> None:
    for table in ("call_reasons", "calls"):
        connection.execute(f"DELETE FROM {table}")
    for visit, customer, caller, queue, entered, answered, ended in (
        (1, None, "0612", 1, 0, None, 50_000),
        (2, 7, "0613", 2, 60_000, 70_000, 80_000),
        (3, 8, None, 3, 90_000, None, 95_000),
    ):
        times = (None if each is None else START + each for each in (entered, answered, ended))
        outcome = "answered" if answered else "abandoned"
        connection.execute(VISIT, ("c", visit, "inbound", queue, customer, caller, queue, *times, outcome))
    connection.execute(VISIT, ("d", 1, "inbound", 1, 7, "0699", 1, START + 100_000, None, None, None))
    connection.execute(VISIT, ("e", 1, "inbound", 1, None, "Anonymous", 1, START + 100_000, None, None, None))
    transferred = Contact(7, START, START + 95_000, True, None)
    again = Contact(7, START + 100_000, None, False, None)
    assert read(connection) == [(transferred, (2, 2)), (again, (1, 1))]
