"""``ccmon follow-up add`` and ``list --json`` as they are typed."""

from __future__ import annotations

import io
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ccmon.cli import import_table as import_cli
from ccmon.cli.follow_up import list_open
from ccmon.configuration.table_import import import_table
from ccmon.database import database_file
from ccmon.formatting import UNKNOWN
from ccmon.model.follow_ups import FollowUp
from ccmon.real_time import real_now
from ccmon.report import json as status_json
from ccmon.report.follow_up_json import KEYS
from tests.commands import ccmon, done, one_line, status
from tests.databases import new_database, rows
from tests.floors import moment

PAGE = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
NOW = moment("2026-11-23T14:30:00+01:00")
HOUR = 3_600_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now()))
        connection.execute("INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva'), (2, 'omar', NULL)")
        connection.execute(
            "INSERT INTO customers (id, reference, name, phone) VALUES (1, 'K-1', 'Ada \x1b[2J', '0612')"
        )
        connection.executemany(
            "INSERT INTO follow_ups (id, reference, customer_id, agent_id, created_at, due_at, promised_at, note) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (1, "F-1", 1, 1, NOW - 9 * HOUR, NOW - HOUR, NOW - 2 * HOUR, "x"),
                (2, None, None, None, NOW - HOUR, NOW - 60_000, NOW, None),
                (3, None, 1, 2, NOW, NOW + 100 * HOUR, NOW, None),
            ],
        )
    return path


class Screen(io.StringIO):
    """A terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_lines_on_a_terminal_are_broken_between_words_and_elsewhere_never(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = done("follow-up", "list", "--db", path)
    file = tmp_path / "s.csv"
    file.write_text("reference,sold_at,amount,agent\nS-1,yesterday,x,nobody\n")
    refused = ccmon("import", "table", "sales", file, "--db", path).stderr
    assert (len(piped.splitlines()), len(refused.splitlines())) == (3, 2)
    monkeypatch.setenv("COLUMNS", "60")
    screens = Screen(), Screen()
    monkeypatch.setattr("sys.stdout", screens[0])
    monkeypatch.setattr("sys.stderr", screens[1])
    list_open(agent=None, as_json=False, db=path)
    report = import_table(path, "sales", file)
    import_cli._show("sales", file, report, dry_run=False, all_rejected=False, are_kept=False)
    for text, screen in zip((piped, refused), screens, strict=True):
        shown = screen.getvalue().replace("\nsales: 0 rows", "\n").splitlines()
        assert all(len(line) <= 60 or " " not in line.strip() for line in shown)
        assert len(shown) > len(text.splitlines())
        assert screen.getvalue().split()[: len(text.split())] == text.split()


def items(path: Path, *words: str) -> list[dict[str, Any]]:
    found = json.loads(done("follow-up", "list", "--json", *words, "--db", path))
    assert found["at"] == "2026-11-23T14:30:00+01:00"
    listed: list[dict[str, Any]] = found["items"]
    return listed


def test_the_open_ones_are_listed_with_the_keys_of_the_status(path: Path) -> None:
    found = items(path)
    assert [item["id"] for item in found] == [1, 2, 3]
    assert found[0] == {
        "id": 1,
        "reference": "F-1",
        "customer": "Ada \x1b[2J",
        "customer_reference": "K-1",
        "phone": "0612",
        "owner": "Eva",
        "kind": "call back",
        "created_at": "2026-11-23T05:30:00+01:00",
        "due_at": "2026-11-23T13:30:00+01:00",
        "overdue_s": 3600.0,
        "promised_at": "2026-11-23T12:30:00+01:00",
        "note": "x",
    }
    assert [item["overdue_s"] for item in found] == [3600.0, None, None]
    shown = status(path)["follow_ups"]["items"]
    common = [key.name for key in status_json.keys(FollowUp) if key.name in KEYS]
    assert len(common) == 9
    assert [{key: item[key] for key in common} for item in found[:2]] == [
        {key: item[key] for key in common} for item in shown
    ]
    assert {key.name for key in status_json.keys(FollowUp)} - set(common) == {"late_chance", "late_reason"}
    assert done("follow-up", "list", "--json", "--db", path).isascii()


def test_outside_opening_hours_it_counts_as_due_at_the_next_opening(path: Path) -> None:
    done("config", "set", "opening_hours.monday", "08:00-13:00", "--db", path)
    done("config", "set", "opening_hours.tuesday", "09:00-17:00", "--db", path)
    assert [(item["id"], item["due_at"][:16]) for item in items(path)][:2] == [
        (1, "2026-11-24T09:00"), (2, "2026-11-24T09:00"),
    ]  # fmt: skip
    assert items(path)[0]["overdue_s"] is None
    said = done("follow-up", "add", "K-1", "16:00", "--db", path)
    assert said.splitlines()[1] == (
        "The site is closed on 2026-11-23 16:00: it counts as due when it opens, on 2026-11-24 09:00."
    )


def test_only_those_of_an_agent(path: Path) -> None:
    assert [item["id"] for item in items(path, "--agent", "omar")] == [3]
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("DELETE FROM follow_ups")
    assert items(path) == []


def test_the_keys_are_documented(path: Path) -> None:
    _, _, below = PAGE.partition("| key | what it is |\n|---|---|\n")
    documented = dict(re.findall(r"^\| (\w+) \| (.+) \|$", below, re.MULTILINE))
    assert list(documented.items()) == list(KEYS.items())
    assert list(items(path)[0]) == list(KEYS)


def test_one_is_added_and_its_adding_undone(path: Path) -> None:
    words = ("--agent", "eva", "--kind", "complaint", "--note", "The bill", "--who", "sam", "--db", path)
    said = done("follow-up", "add", "06 12", "tomorrow", "9:30", *words)
    assert said == "4  due 2026-11-24 09:30  Eva  Ada ␛[2J  complaint  The bill\n"
    assert [(item["id"], item["owner"], item["note"]) for item in items(path)][2] == (4, "Eva", "The bill")
    history = done("follow-up", "history", "4", "--db", path)
    added = f"agent_id {UNKNOWN} → 1, kind {UNKNOWN} → complaint, "
    assert history.startswith(f"2026-11-23 14:30  sam  added: {added}")
    assert f"due_at {UNKNOWN} → 2026-11-24 09:30" in history
    gone = done("follow-up", "undo", "4", "--who", "sam", "--db", path)
    assert gone == "Follow-up 4 is gone: it had been added, and nothing else.\n"
    assert rows(path, "SELECT id FROM follow_ups ORDER BY id") == [(1,), (2,), (3,)]
    assert rows(path, "SELECT who, act, undoes FROM audit ORDER BY id") == [
        ("sam", "added", None),
        ("sam", "undone", 1),
    ]


def test_a_new_customer_needs_a_name(path: Path) -> None:
    said = one_line(ccmon("follow-up", "add", "+31 20 123", "2 h", "--db", path))
    assert "for a new customer add --name NAME" in said
    assert "Fay" in done("follow-up", "add", "+31 20 123", "2 h", "--name", "Fay", "--db", path)
    assert rows(path, "SELECT name, phone, reference FROM customers WHERE id = 2") == [("Fay", "+3120123", None)]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("K-1", "9:30"), 2, "9:30 has passed"),
        (("K-1", "soon"), 2, "'soon' is not a time"),
        (("K-1",), 2, "Missing argument"),
        (("K-9", "16:00"), 1, "There is no customer 'K-9'"),
        (("K-1", "16:00", "--agent", "zoe"), 1, "no agent 'zoe'"),
    ],
)
def test_what_cannot_be_added_is_told(path: Path, words: tuple[str, ...], status: int, said: str) -> None:
    assert said in one_line(ccmon("follow-up", "add", *words, "--db", path), status)


def test_what_is_overdue_is_marked_and_a_reference_is_shown(path: Path) -> None:
    with database_file.open_for_writing(path) as connection, connection:
        for number, minutes in ((1, 16), (2, 14)):
            at = NOW - minutes * 60_000
            connection.execute("UPDATE follow_ups SET due_at = ?, promised_at = ? WHERE id = ?", (at, at, number))
    first, second, *_ = done("follow-up", "list", "--db", path).splitlines()
    assert first.startswith("1 (F-1)  overdue since 2026-11-23 14:14  ")
    assert second.startswith("2  due 2026-11-23 14:16  "), "its grace of 15 min is not over"


def test_that_nothing_was_done_is_said(path: Path) -> None:
    assert done("follow-up", "history", "1", "--db", path) == "Nothing was done to follow-up 1 since it came in.\n"
