"""What a person does to a follow-up, and that each act is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ccmon.errors import CcmonError
from ccmon.figures.follow_up import MovedBy
from ccmon.store import database, follow_ups

HOUR = 3_600_000
NOW = 1_795_440_600_000


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("promises") / "calls.db"
    database.create(path, time_zone="Europe/Amsterdam")
    connection = database.open_writer(path)
    connection.execute("INSERT INTO clock VALUES (1, 0, ?, 0)", (NOW,))
    connection.execute("INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva'), (2, 'omar', NULL)")
    connection.execute("INSERT INTO customers (id, reference, name) VALUES (1, 'K-1', 'Ada')")
    connection.executemany(
        "INSERT INTO follow_ups (id, reference, customer_id, agent_id, created_at, due_at, promised_at) "
        "VALUES (?, ?, 1, 1, ?, ?, ?)",
        [(number, reference, NOW - HOUR, NOW + number * HOUR, NOW + number * HOUR)
         for number, reference in ((1, "F-1"), (2, None), (3, "2"))],
    )  # fmt: skip
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, template: bytes) -> Path:
    path = tmp_path / "calls.db"
    path.write_bytes(template)
    return path


def rows(path: Path, statement: str) -> list[tuple[Any, ...]]:
    connection = database.open_reader(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def test_done_is_now_on_the_floors_clock_and_is_kept_with_who(path: Path) -> None:
    owed = follow_ups.done(path, "1", who="sam", outcome="reached", note="will order")
    assert (owed.done_at, owed.outcome, owed.note, owed.owner, owed.customer) == (
        NOW,
        "reached",
        "will order",
        "Eva",
        "Ada",
    )
    assert [each.id for each in follow_ups.open_ones(path)] == [2, 3]
    (act,) = follow_ups.history(path, "F-1")
    assert (act.acted_at, act.who, act.act) == (NOW, "sam", "done")
    assert act.before == {"done_at": None, "outcome": None, "note": None}
    assert act.after == {"done_at": NOW, "outcome": "reached", "note": "will order"}


def test_moved_by_the_agent_keeps_the_promise_and_by_the_customer_makes_a_new_one(path: Path) -> None:
    later = NOW + 9 * HOUR
    by_agent = follow_ups.move(path, "1", later, by=MovedBy.AGENT, who="sam", reason="shift ends")
    assert (by_agent.due_at, by_agent.promised_at) == (later, NOW + HOUR)
    by_customer = follow_ups.move(path, "1", later + HOUR, by=MovedBy.CUSTOMER, who="sam")
    assert (by_customer.due_at, by_customer.promised_at) == (later + HOUR, later + HOUR)
    assert [(act.act, act.reason) for act in follow_ups.history(path, "1")] == [
        ("moved", "by the agent: shift ends"),
        ("moved", "by the customer"),
    ]


def test_handed_over(path: Path) -> None:
    owed = follow_ups.hand_over(path, "F-1", "omar", who="sam")
    assert (owed.owner, owed.agent_id) == ("omar", 2)
    assert [each.id for each in follow_ups.open_ones(path, "eva")] == [2, 3]
    (act,) = follow_ups.history(path, "1")
    assert (act.before, act.after) == ({"agent_id": 1}, {"agent_id": 2})


def test_a_number_goes_before_a_reference_that_looks_like_one(path: Path) -> None:
    follow_ups.done(path, "2", who="sam")
    assert rows(path, "SELECT id FROM follow_ups WHERE done_at IS NOT NULL") == [(2,)]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda path: follow_ups.done(path, "99", who="sam"), "There is no follow-up 99"),
        (lambda path: follow_ups.done(path, "1", who="sam", outcome=" "), "Say how it ended"),
        (lambda path: follow_ups.move(path, "1", NOW, by=MovedBy.AGENT, who="sam"), "into the past"),
        (lambda path: follow_ups.hand_over(path, "1", "eva", who="sam"), "is Eva's already"),
        (
            lambda path: follow_ups.hand_over(path, "1", "omer", who="sam"),
            "There is no agent 'omer'; did you mean 'omar'",
        ),
    ],
)
def test_what_cannot_be_done_changes_nothing(path: Path, act: Any, sentence: str) -> None:
    before = rows(path, "SELECT * FROM follow_ups")
    with pytest.raises(CcmonError, match=sentence):
        act(path)
    assert rows(path, "SELECT * FROM follow_ups") == before
    assert rows(path, "SELECT count(*) FROM audit") == [(0,)]


def test_what_is_settled_stays_settled(path: Path) -> None:
    follow_ups.done(path, "1", who="sam", outcome="cancelled")
    with pytest.raises(CcmonError, match="was cancelled already"):
        follow_ups.move(path, "1", NOW + HOUR, by=MovedBy.AGENT, who="sam")
    follow_ups.done(path, "2", who="sam")
    with pytest.raises(CcmonError, match="is done already"):
        follow_ups.hand_over(path, "2", "omar", who="sam")
