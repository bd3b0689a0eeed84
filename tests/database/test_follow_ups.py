"""What a person does to a follow-up, and that each act is kept."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ccmon.cli.follow_up import follow_up_app
from ccmon.database import database_file, follow_ups, reader
from ccmon.errors import CcmonError
from ccmon.model.follow_ups import Act, FollowUpFigures
from ccmon.views.keys import KEYS
from tests.databases import new_database, open_copy, published_migrations

HOUR = 3_600_000
NOW = 1_795_440_600_000


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("promises") / "calls.db", time_zone="Europe/Amsterdam")
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO clock VALUES (1, 0, ?, 0)", (NOW,))
    connection.execute("INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva'), (2, 'omar', NULL)")
    connection.execute("INSERT INTO customers (id, reference, name) VALUES (1, 'K-1', 'Ada')")
    connection.executemany(
        "INSERT INTO follow_ups (id, reference, customer_id, agent_id, created_at, due_at, promised_at) "
        "VALUES (?, ?, 1, 1, ?, ?, ?)",
        [(number, reference, NOW - HOUR, NOW + number * HOUR, NOW + number * HOUR)
         for number, reference in ((1, "F-1"), (2, None), (3, "2"))],
    )  # fmt: skip
    connection.close()
    return path


@pytest.fixture
def path(template: Path) -> Iterator[Path]:
    with open_copy(template) as (path, _):
        yield path


@pytest.fixture
def own_path(template: Path, tmp_path: Path) -> Path:
    """For what opens several connections at a time, as the figures do."""
    return Path(shutil.copyfile(template, tmp_path / "calls.db"))


def rows(path: Path, statement: str) -> list[tuple[Any, ...]]:
    connection = database_file.open_reader(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def test_done_is_now_on_the_floors_clock_and_is_kept_with_who(path: Path) -> None:
    owed = follow_ups.settle(path, "1", who="sam", outcome="reached", note="will order")
    assert (owed.done_at, owed.outcome, owed.note, owed.owner, owed.customer) == (
        NOW,
        "reached",
        "2026-11-23 14:30 sam: will order",
        "Eva",
        "Ada",
    )
    assert [each.id for each in follow_ups.list_open_follow_ups(path)] == [2, 3]
    (act,) = follow_ups.history(path, "F-1")
    assert (act.acted_at, act.who, act.act) == (NOW, "sam", "done")
    assert act.before == {"done_at": None, "outcome": None, "note": None}
    assert act.after == {"done_at": NOW, "outcome": "reached", "note": "2026-11-23 14:30 sam: will order"}


def test_moved_by_the_agent_keeps_the_promise_and_by_the_customer_makes_a_new_one(path: Path) -> None:
    later = NOW + 9 * HOUR
    by_agent = follow_ups.move(path, "1", later, by="agent", who="sam", reason="shift ends")
    assert (by_agent.due_at, by_agent.promised_at) == (later, NOW + HOUR)
    by_customer = follow_ups.move(path, "1", later + HOUR, by="customer", who="sam")
    assert (by_customer.due_at, by_customer.promised_at) == (later + HOUR, later + HOUR)
    assert [(act.act, act.reason) for act in follow_ups.history(path, "1")] == [
        ("moved", "by the agent: shift ends"),
        ("moved", "by the customer"),
    ]


def test_a_move_that_changes_nothing_is_refused_and_not_logged(path: Path) -> None:
    later = NOW + 9 * HOUR
    follow_ups.move(path, "1", later, by="agent", who="sam")
    with pytest.raises(CcmonError, match=r"^Follow-up 1 is due on 2026-11-23 23:30 already\.$"):
        follow_ups.move(path, "1", later, by="agent", who="sam", reason="again")
    assert len(follow_ups.history(path, "1")) == 1
    promised = follow_ups.move(path, "1", later, by="customer", who="sam")
    assert promised.promised_at == later, "a promise of the same moment is a new one"


def test_handed_over(path: Path) -> None:
    owed = follow_ups.hand_over(path, "F-1", "omar", who="sam", reason="on holiday")
    assert (owed.owner, owed.agent_id) == ("omar", 2)
    assert [each.id for each in follow_ups.list_open_follow_ups(path, "eva")] == [2, 3]
    (act,) = follow_ups.history(path, "1")
    assert (act.before, act.after, act.reason) == ({"agent_id": 1}, {"agent_id": 2}, "on holiday")


def test_a_number_goes_before_a_reference_that_looks_like_one(path: Path) -> None:
    follow_ups.settle(path, "2", who="sam")
    assert rows(path, "SELECT id FROM follow_ups WHERE done_at IS NOT NULL") == [(2,)]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda path: follow_ups.settle(path, "99", who="sam"),
            "There is no follow-up 99; ccmon follow-up list shows those that are open.",
        ),
        (
            lambda path: follow_ups.settle(path, "9" * 19, who="sam"),
            f"There is no follow-up {'9' * 19}; ccmon follow-up list shows those that are open.",
        ),
        (lambda path: follow_ups.settle(path, "1", who="sam", outcome=" "), "Say how it ended: --outcome reached."),
        (
            lambda path: follow_ups.move(path, "1", NOW, by="agent", who="sam"),
            "Follow-up 1 cannot be moved into the past; give a later moment.",
        ),
        (lambda path: follow_ups.hand_over(path, "1", "eva", who="sam"), "Follow-up 1 is Eva's already."),
        (
            lambda path: follow_ups.hand_over(path, "1", "omer", who="sam"),
            "There is no agent 'omer'; did you mean 'omar'?",
        ),
        (
            lambda path: follow_ups.hand_over(path, "1", "xyz", who="sam"),
            "There is no agent 'xyz'; import the agent first.",
        ),
        (
            lambda path: follow_ups.undo(path, "2", who="sam"),
            "Nothing has been done to follow-up 2 that could be undone.",
        ),
    ],
)
def test_what_cannot_be_done_changes_nothing(path: Path, act: Any, sentence: str) -> None:
    before = rows(path, "SELECT * FROM follow_ups")
    with pytest.raises(CcmonError) as error:
        act(path)
    assert str(error.value) == sentence
    assert rows(path, "SELECT * FROM follow_ups") == before
    assert rows(path, "SELECT count(*) FROM audit") == [(0,)]


def test_what_is_settled_stays_settled(path: Path) -> None:
    follow_ups.settle(path, "1", who="sam", outcome="cancelled")
    with pytest.raises(CcmonError, match=r"^Follow-up 1 was cancelled already\.$"):
        follow_ups.move(path, "1", NOW + HOUR, by="agent", who="sam")
    assert follow_ups.settle(path, "2", who="sam").outcome == "done"
    change(path, f"UPDATE follow_ups SET done_at = {NOW} WHERE id = 3")
    for number in (2, 3):
        with pytest.raises(CcmonError, match=rf"^Follow-up {number} is done already\.$"):
            follow_ups.hand_over(path, str(number), "omar", who="sam")
    change(path, "UPDATE follow_ups SET done_at = NULL, outcome = 'reached' WHERE id = 3")
    with pytest.raises(CcmonError, match=r"^Follow-up 3 is done already \(reached\)\.$"):
        follow_ups.settle(path, "3", who="sam")


def note_of(path: Path, number: int) -> object:
    ((note,),) = rows(path, f"SELECT note FROM follow_ups WHERE id = {number}")
    return note


def change(path: Path, statement: str) -> None:
    connection = database_file.open_writer(path)
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("note", [None, "", "  "])
def test_settling_without_a_note_keeps_the_agents_own(path: Path, note: str | None) -> None:
    change(path, "UPDATE follow_ups SET note = 'wants it in writing' WHERE id = 1")
    follow_ups.settle(path, "1", who="sam", outcome="reached", note=note)
    assert note_of(path, 1) == "wants it in writing"


def test_a_note_is_appended_with_its_date_and_who(path: Path) -> None:
    change(path, "UPDATE follow_ups SET note = 'wants it in writing' WHERE id = 1")
    follow_ups.settle(path, "1", who="sam\nX", outcome="reached", note=" will order\non Friday ")
    assert note_of(path, 1) == "wants it in writing\n2026-11-23 14:30 sam X: will order on Friday"
    assert follow_ups.history(path, "1")[0].before["note"] == "wants it in writing"


def test_the_log_can_be_read_by_sql_in_any_script(path: Path) -> None:
    change(path, "UPDATE follow_ups SET note = 'vóór' WHERE id = 1")
    follow_ups.settle(path, "1", who="sam", note="Грета")
    [(before, after)] = rows(path, "SELECT before, after FROM audit")
    assert '"vóór"' in before
    assert "Грета" in after


ACTS = {
    "done": lambda path: follow_ups.settle(path, "1", who="sam", outcome="reached", note="will order"),
    "cancelled": lambda path: follow_ups.settle(path, "1", who="sam", outcome="cancelled"),
    "moved for the customer": lambda path: follow_ups.move(path, "1", NOW + 9 * HOUR, by="customer", who="sam"),
    "moved for the agent": lambda path: follow_ups.move(path, "1", NOW + 9 * HOUR, by="agent", who="sam"),
    "handed over": lambda path: follow_ups.hand_over(path, "1", "omar", who="sam"),
}


@pytest.mark.parametrize("act", ACTS)
def test_undoing_restores_exactly_what_stood_before_and_is_an_act_of_its_own(path: Path, act: str) -> None:
    change(path, "UPDATE follow_ups SET note = 'wants it in writing' WHERE id = 1")
    before = rows(path, "SELECT * FROM follow_ups")
    ACTS[act](path)
    changed = rows(path, "SELECT * FROM follow_ups")
    assert changed != before
    follow_ups.undo(path, "F-1", who="sam")
    assert rows(path, "SELECT * FROM follow_ups") == before
    did, undid = follow_ups.history(path, "1")
    assert (undid.act, undid.who, undid.before, undid.after) == ("undone", "sam", did.after, did.before)
    assert rows(path, "SELECT id, undoes FROM audit") == [(1, None), (2, 1)]
    with pytest.raises(
        CcmonError,
        match=r"^The last act on follow-up 1 was undone already \(undone by sam on 2026-11-23 14:30\)\.$",
    ):
        follow_ups.undo(path, "1", who="sam")
    ACTS[act](path)
    assert rows(path, "SELECT * FROM follow_ups") == changed, "it can be done again"
    follow_ups.undo(path, "1", who="sam")
    assert rows(path, "SELECT * FROM follow_ups") == before


@pytest.mark.parametrize("act", ACTS)
def test_an_earlier_moment_is_shown_as_it_was_through_an_act_and_its_undoing(own_path: Path, act: str) -> None:
    def owed(at: int) -> FollowUpFigures:
        return reader.snapshot(own_path, at).follow_ups

    first = owed(NOW)
    change(own_path, f"UPDATE clock SET floor_at = {NOW + 1}")
    ACTS[act](own_path)
    second = owed(NOW + 1)
    change(own_path, f"UPDATE clock SET floor_at = {NOW + 2}")
    follow_ups.undo(own_path, "1", who="sam")
    assert owed(NOW) == first
    assert owed(NOW + 1) == second
    assert owed(NOW + 2).items == first.items


def test_what_somebody_else_did_since_is_not_undone(path: Path) -> None:
    follow_ups.move(path, "1", NOW + 9 * HOUR, by="agent", who="sam")
    follow_ups.hand_over(path, "1", "omar", who="kim b")
    before = rows(path, "SELECT * FROM follow_ups")
    sentence = "Follow-up 1 has been handed over by kim b on 2026-11-23 14:30: only that can be undone, with: "
    with pytest.raises(CcmonError, match=f"^{re.escape(sentence)}ccmon follow-up undo 1 --of 'kim b'$"):
        follow_ups.undo(path, "1", who="sam")
    with pytest.raises(CcmonError, match="only that can be undone"):
        follow_ups.undo(path, "1", who="kim b", act="moved")
    assert rows(path, "SELECT * FROM follow_ups") == before
    follow_ups.undo(path, "1", who="sam", whose="kim b")
    assert [act.who for act in follow_ups.history(path, "1")] == ["sam", "kim b", "sam"]
    assert rows(path, "SELECT agent_id, due_at FROM follow_ups WHERE id = 1") == [(1, NOW + 9 * HOUR)]


@pytest.mark.parametrize("column", ["done_at = done_at + 1", "outcome = 'voicemail'", "note = 'other'"])
def test_what_another_program_changed_since_is_not_undone(path: Path, column: str) -> None:
    follow_ups.settle(path, "1", who="sam", outcome="reached", note="will order")
    change(path, f"UPDATE follow_ups SET {column} WHERE id = 1")
    before = rows(path, "SELECT * FROM follow_ups")
    with pytest.raises(CcmonError) as error:
        follow_ups.undo(path, "1", who="sam")
    assert str(error.value) == (
        "Follow-up 1 has been changed since it was settled by sam on 2026-11-23 14:30, by an import or another "
        "program: that cannot be undone any more."
    )
    assert rows(path, "SELECT * FROM follow_ups") == before
    assert rows(path, "SELECT count(*) FROM audit") == [(1,)]


def test_what_it_did_not_change_may_have_changed_since(path: Path) -> None:
    follow_ups.hand_over(path, "1", "omar", who="sam")
    change(path, "UPDATE follow_ups SET note = 'asked again' WHERE id = 1")
    follow_ups.undo(path, "1", who="sam")
    assert rows(path, "SELECT agent_id, note FROM follow_ups WHERE id = 1") == [(1, "asked again")]


def test_nothing_to_undo(path: Path) -> None:
    with pytest.raises(CcmonError, match="Nothing has been done to follow-up 2"):
        follow_ups.undo(path, "2", who="sam")
    with pytest.raises(CcmonError, match="There is no follow-up 99"):
        follow_ups.undo(path, "99", who="sam")


def test_the_log_of_an_older_database_is_kept(tmp_path: Path) -> None:
    """Undoing came with schema 7; what was done before is in the log still, and can be undone."""
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path, isolation_level=None)
    for _, script in published_migrations(6):
        connection.executescript(script)
    connection.execute(f"PRAGMA application_id = {database_file.APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 6")
    connection.execute("INSERT INTO site (id, time_zone, created_at) VALUES (1, 'UTC', 0)")
    connection.execute("INSERT INTO follow_ups (id, created_at, due_at, promised_at, done_at) VALUES (1, 0, 1, 1, 5)")
    connection.execute(
        "INSERT INTO audit VALUES (3, 5, 'sam', 'done', 'follow_up', 1, '{\"done_at\": null}', '{\"done_at\": 5}', 'x')"
    )
    connection.close()
    assert database_file.upgrade(path) == database_file.schema_version()
    (kept,) = follow_ups.history(path, "1")
    assert (kept.acted_at, kept.who, kept.act, kept.reason) == (5, "sam", "done", "x")
    assert (kept.before, kept.after) == ({"done_at": None}, {"done_at": 5})
    follow_ups.undo(path, "1", who="sam")
    assert rows(path, "SELECT done_at FROM follow_ups") == [(None,)]


def test_each_act_has_its_command_its_key_and_its_word_in_audit(path: Path) -> None:
    commands = {
        command.name or getattr(command.callback, "__name__", "") for command in follow_up_app.registered_commands
    }
    assert {act.command for act in Act} <= commands
    of_follow_ups = {key.id for key in KEYS if key.acts and not key.id.startswith("alarm_")}
    assert {act.key for act in Act} == of_follow_ups - {"add_all"}
    [(written,)] = rows(path, "SELECT sql FROM sqlite_master WHERE name = 'audit'")
    allowed = re.search(r"act IN \(([^)]*)\)", written)
    assert allowed is not None
    assert set(re.findall(r"'(\w+)'", allowed[1])) == set(Act)


def test_what_is_added_is_promised_now_and_kept_with_who(path: Path) -> None:
    added = follow_ups.add(
        path, "K-1", NOW + HOUR, who="sam", agent="EVA", kind=" complaint ", note=" about\nthe bill "
    )
    assert (added.customer, added.owner, added.kind, added.note) == ("Ada", "Eva", "complaint", "about\nthe bill")
    assert (added.created_at, added.due_at, added.promised_at, added.done_at) == (NOW, NOW + HOUR, NOW + HOUR, None)
    (act,) = follow_ups.history(path, str(added.id))
    assert (act.acted_at, act.who, act.act) == (NOW, "sam", "added")
    assert act.after == {
        "agent_id": 1, "kind": "complaint", "created_at": NOW, "due_at": NOW + HOUR, "promised_at": NOW + HOUR,
        "note": "about\nthe bill",
    }  # fmt: skip
    assert act.before == dict.fromkeys(act.after)
    assert added.id in [each.id for each in follow_ups.list_open_follow_ups(path)]


def test_nobody_and_nothing_else_need_be_said(path: Path) -> None:
    added = follow_ups.add(path, "K-1", NOW + HOUR, who="sam")
    assert (added.owner, added.kind, added.note) == (None, "call back", None)
    (default,) = rows(path, "SELECT dflt_value FROM pragma_table_info('follow_ups') WHERE name = 'kind'")
    assert default == (f"'{follow_ups.DEFAULT_KIND}'",)


def test_adding_is_undone_by_taking_it_away_once_later_acts_are(path: Path) -> None:
    ids = [row[0] for row in rows(path, "SELECT id FROM follow_ups ORDER BY id")]
    added = follow_ups.add(path, "K-1", NOW + HOUR, who="sam", agent="eva")
    name = str(added.id)
    follow_ups.move(path, name, NOW + 2 * HOUR, by="agent", who="sam")
    with pytest.raises(CcmonError, match="has been moved by sam"):
        follow_ups.undo(path, name, who="sam", act="added")
    moved_back = follow_ups.undo(path, name, who="sam")
    assert moved_back is not None
    assert moved_back.due_at == NOW + HOUR
    with pytest.raises(CcmonError, match="undone already"):
        follow_ups.undo(path, name, who="sam")
    other = follow_ups.add(path, "K-1", NOW + HOUR, who="sam")
    with pytest.raises(CcmonError, match=r"has been added by sam .* --of sam"):
        follow_ups.undo(path, str(other.id), who="omar")
    assert follow_ups.undo(path, str(other.id), who="omar", whose="sam", act="added") is None
    assert [row[0] for row in rows(path, "SELECT id FROM follow_ups ORDER BY id")] == [*ids, added.id]
    with pytest.raises(CcmonError, match="There is no follow-up"):
        follow_ups.history(path, str(other.id))
    again = follow_ups.add(path, "K-1", NOW + 3 * HOUR, who="omar")
    assert again.id == other.id, "SQLite gives the number anew"
    assert [act.who for act in follow_ups.history(path, str(again.id))] == ["omar"]
    assert follow_ups.undo(path, str(again.id), who="omar") is None
    assert [act for (act,) in rows(path, "SELECT act FROM audit ORDER BY id")] == [
        "added", "moved", "undone", "added", "undone", "added", "undone",
    ]  # fmt: skip


def test_what_has_been_changed_since_it_was_added_stays(path: Path) -> None:
    added = follow_ups.add(path, "K-1", NOW + HOUR, who="sam")
    connection = database_file.open_writer(path)
    connection.execute("UPDATE follow_ups SET kind = 'other' WHERE id = ?", (added.id,))
    with pytest.raises(CcmonError, match="has been changed since it was added"):
        follow_ups.undo(path, str(added.id), who="sam")


def test_a_customer_is_known_by_reference_else_by_number(path: Path) -> None:
    connection = database_file.open_writer(path)
    connection.execute(
        "INSERT INTO customers (id, reference, name, phone) VALUES (2, NULL, 'Bea', '+31 20 (0)123-4567'), "
        "(3, 'K-3', 'Cas', '0612'), (4, 'K-4', NULL, '06-12'), (5, '0612345', 'Dan', '1'), (6, 'K-6', 'Eli', '0612345')"
    )
    bea = follow_ups.add(path, "+31 20 123 4567", NOW + HOUR, who="sam", phone="+31201234567", new_name="Ignored")
    assert (bea.customer, bea.phone) == ("Bea", "+31 20 (0)123-4567")
    assert follow_ups.add(path, "0612345", NOW + HOUR, who="sam", phone="0612345").customer == "Dan"
    with pytest.raises(CcmonError, match=r"2 customers have the number 06 12 \(K-3, K-4\); name one by the reference"):
        follow_ups.add(path, "06 12", NOW + HOUR, who="sam", phone="0612")
    with pytest.raises(CcmonError, match="There is no customer 'K-9'; import the customer first"):
        follow_ups.add(path, "K-9", NOW + HOUR, who="sam", new_name="Nobody")
    with pytest.raises(CcmonError, match="for a new customer add --name NAME"):
        follow_ups.add(path, "0699", NOW + HOUR, who="sam", phone="0699")
    new = follow_ups.add(path, "06 99", NOW + HOUR, who="sam", phone="0699", new_name=" Fay  Li ")
    assert (new.customer, new.phone, new.customer_reference) == ("Fay Li", "0699", None)
    assert follow_ups.add(path, "0699", NOW + HOUR, who="sam", phone="0699").customer == "Fay Li"


def test_what_cannot_be_added_leaves_nothing(path: Path) -> None:
    before = rows(path, "SELECT count(*) FROM follow_ups")
    with pytest.raises(CcmonError, match="cannot be due in the past"):
        follow_ups.add(path, "K-1", NOW, who="sam")
    with pytest.raises(CcmonError, match="no agent 'zoe'"):
        follow_ups.add(path, "0699", NOW + HOUR, who="sam", phone="0699", new_name="Fay", agent="zoe")
    assert rows(path, "SELECT count(*) FROM follow_ups") == before
    assert rows(path, "SELECT count(*) FROM customers") == [(1,)]
    assert rows(path, "SELECT count(*) FROM audit") == [(0,)]
