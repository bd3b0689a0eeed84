"""What only one of two databases has, once somebody has gone on working in both."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ccmon import settings
from ccmon.database import follow_ups
from ccmon.database.database_file import open_for_writing
from ccmon.database.site import zone_of_database
from ccmon.formatting import iso_minute
from ccmon.setup import screen
from ccmon.setup.left_records import LeftRecords, left_records, open_left_follow_ups
from ccmon.time_units import HOUR_MS
from tests.databases import new_database
from tests.setup.machines import Run, machine
from tests.setup.test_session import without_blanks

NOW = 1_795_440_600_000


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "here").mkdir()
    path = new_database(tmp_path / "here/calls.db", time_zone="Europe/Amsterdam", currency="EUR")
    with open_for_writing(path) as connection, connection:
        connection.execute("INSERT INTO clock VALUES (1, 0, ?, 0)", (NOW,))
        connection.execute("INSERT INTO customers (reference) VALUES ('K-1')")
        for number, ended_at in (("1", NOW - 5), ("2", None), ("10", NOW - 3)):
            connection.execute(
                "INSERT INTO calls (source, call_id, entered_at, ended_at) VALUES ('s', ?, ?, ?)",
                (number, NOW - 9, ended_at),
            )
        connection.execute("INSERT INTO sales (call_id, sold_at, amount_cents) VALUES (1, 7, 100), (1, 7, 100)")
        connection.execute("INSERT INTO surveys (call_id, answered_at, score, scale) VALUES (1, 7, 4, 5)")
    follow_ups.add(path, "K-1", NOW + HOUR_MS, who="anna")
    follow_ups.add(path, "K-1", NOW + 2 * HOUR_MS, who="anna")
    return path


@pytest.fixture
def there(here: Path, tmp_path: Path) -> Path:
    (tmp_path / "there").mkdir()
    return Path(shutil.copy(here, tmp_path / "there/calls.db"))


def test_nothing_is_left_of_a_copy_that_goes_on(here: Path, there: Path) -> None:
    assert not left_records(here, there)
    follow_ups.settle(there, "1", who="anna")
    with open_for_writing(there) as connection, connection:
        connection.execute("INSERT INTO calls (source, call_id, entered_at) VALUES ('s', '11', 1), ('t', '1', 1)")
        connection.execute("UPDATE calls SET ended_at = 9 WHERE call_id = '2'")
        connection.execute("INSERT INTO sales (sold_at, amount_cents) VALUES (9, 100)")
    left = left_records(here, there)
    assert (left.calls, left.sales, left.answers, left.acts) == (0, 0, 0, 0)
    assert (left.in_both, left.only_here) == ((1,), ()), "it stands otherwise"
    back = left_records(there, here)
    assert (back.calls, back.sales, back.acts) == (3, 1, 1)


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("INSERT INTO calls (source, call_id, entered_at) VALUES ('s', '0', 1)", LeftRecords(calls=1)),
        ("INSERT INTO calls (source, call_id, entered_at) VALUES ('z', '9', 1)", LeftRecords(calls=1)),
        ("INSERT INTO calls (source, call_id, visit, entered_at) VALUES ('s', '2', 2, 1)", LeftRecords(calls=1)),
        ("UPDATE calls SET ended_at = 9 WHERE call_id = '2'", LeftRecords(calls=1)),
        ("UPDATE sales SET cancelled_at = 9", LeftRecords(sales=2)),
        ("INSERT INTO sales (call_id, sold_at, amount_cents) VALUES (1, 7, 100)", LeftRecords(sales=1)),
        ("UPDATE surveys SET score = 5", LeftRecords(answers=1)),
        ("INSERT INTO customers (phone) VALUES ('020')", LeftRecords(customers=1)),
    ],
)
def test_each_record_that_is_missing_or_stands_otherwise_is_left(
    here: Path, there: Path, statement: str, left: LeftRecords
) -> None:
    with open_for_writing(here) as connection, connection:
        connection.execute(statement)
    assert left_records(here, there) == left


def test_a_follow_up_that_was_settled_in_one_is_named_with_its_act(here: Path, there: Path) -> None:
    follow_ups.settle(here, "2", who="anna", outcome="reached")
    follow_ups.add(here, "K-1", NOW + 3 * HOUR_MS, who="anna")
    zone = zone_of_database(here)
    now, due, later = (iso_minute(NOW + hours * HOUR_MS, zone) for hours in (0, 2, 3))
    left = left_records(here, there)
    assert left.in_words() == (
        f"2 follow-ups (number 2: reached {now}; there due {due}, nobody; number 3: due {later}, nobody), "
        "2 acts on follow-ups"
    )
    assert (left.in_both, left.only_here) == ((2,), (3,))
    follow_ups.settle(there, "2", who="anna", outcome="reached", note="only there")
    assert "number 2: other notes or promise" in left_records(here, there).in_words()
    follow_ups.settle(here, "3", who="anna")
    follow_ups.add(here, "K-1", NOW + 4 * HOUR_MS, who="anna")
    only = f"number 4: due {iso_minute(NOW + 4 * HOUR_MS, zone)}, nobody"
    assert open_left_follow_ups(here, there) == (only,), "one that is settled is not to be done any more"


def test_all_of_it_is_left_where_there_is_no_other(here: Path) -> None:
    left = left_records(here, None)
    assert (left.calls, left.sales, left.answers, left.customers, left.acts) == (3, 2, 1, 1, 2)
    assert (left.only_here, left.in_both) == ((1, 2), ())
    assert left.in_words(calls_come=True).startswith("3 calls (what the log holds of them comes from it), 2 sales, ")


def test_a_sentence_of_setup_is_never_cut() -> None:
    text = " ".join(map(str, range(200)))
    assert " ".join(screen.with_commands([text], 30)) == text
    assert screen.with_commands(["", "a" * 30], 20) == ["", "a" * 20, "a" * 10]


def test_of_many_follow_ups_the_first_are_named() -> None:
    left = LeftRecords(calls=2, answers=2, follow_ups=("1: a", "2: b", "3: c", "4: d", "5: e", "6: f"))
    assert left.in_words() == "2 calls, 2 survey answers, 6 follow-ups (1: a; 2: b; 3: c; 4: d; 2 more)"


def test_a_way_back_names_what_would_be_left_behind(root: Path, tmp_path: Path) -> None:
    """As an administrator met it: both have the same calls, sales and promises, and one was settled in the one."""
    old, new = settings.default_database(), tmp_path / "new.db"
    Run(machine(root), service="no")
    with open_for_writing(old) as connection, connection:
        connection.execute("INSERT INTO customers (reference) VALUES ('K-1')")
        connection.execute("INSERT INTO clock VALUES (1, 0, ?, 0)", (NOW,))
    follow_ups.add(old, "K-1", NOW + HOUR_MS, who="anna")
    Run(machine(root), database=str(new), service="no")
    follow_ups.settle(new, "1", who="anna", outcome="reached")
    told = without_blanks(Run(machine(root), database=str(old), service="no").text)
    at, due = (iso_minute(NOW + ms, zone_of_database(new)) for ms in (0, HOUR_MS))
    acts = f"1 follow-up (number 1: reached {at}; there due {due}, nobody), 1 act on follow-ups"
    assert without_blanks(f"{new} has what {old} has not, and it stays there: {acts}; nothing reads") in told
    assert f"follow-uphistory1--db{new}" in told
    assert (
        without_blanks(f"Two databases cannot be made one. To have all that {new} has, with its settings, in the")
        in told
    )
    assert f"restoreFILE--db{old}" in told
