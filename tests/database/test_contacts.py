"""Contacts are the same, whichever way they are read."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import contacts
from ccmon.database.driver import Database
from tests.databases import new_database
from tests.floors import moment

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


@pytest.mark.parametrize("one_in", [1, 2, 5])
def test_contacts_of_customers_are_those_that_are_found_by_customer(
    connection: sqlite3.Connection, one_in: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(connection)
    window = {"since": START, "until": START + 6 * 3_600_000, "at": START + 5 * 3_600_000}
    found = contacts.read_contacts(database, window, one_in=one_in, of_customers=True)
    monkeypatch.setattr(contacts, "ENTRIES_READ_FOR_ONE", 0)
    assert found == contacts.read_contacts(database, window, one_in=one_in, of_customers=True)
    assert len(found) > 100 // one_in
    assert len({contact.customer for contact, _ in found}) > 25 // one_in
    everyone = contacts.read_contacts(database, window, one_in=one_in, of_customers=False)
    assert {contact.customer for contact, _ in found} < {contact.customer for contact, _ in everyone}
