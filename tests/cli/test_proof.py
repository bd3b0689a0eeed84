"""``ccmon proof`` as it is typed: the sentence, the calls behind it, and what is said of a wrong name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file
from ccmon.real_time import real_now
from ccmon.report.proof import KEYS
from ccmon.views.named_figures import names_of_figures
from tests.commands import ccmon, done, one_line
from tests.databases import new_database
from tests.floors import moment

PAGE = (Path(__file__).parents[2] / "docs" / "proofs.md").read_text(encoding="utf-8")
NOW = moment("2026-11-23T14:30:00+01:00")
CALLS: Mapping[str, tuple[int, int | None, int, str]] = {
    # how long before now it entered, after how long it was answered, after how long it ended, how
    "in time": (3600, 10, 100, "answered"),
    "late": (3000, 21, 200, "answered"),
    "given up": (2000, None, 30, "abandoned"),
    "short": (1900, None, 4, "abandoned"),
    "diverted": (1800, None, 12, "exit_key"),
}  # fmt: skip
"""Visits to the queue Sales, by the caller's name."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """At half past two five visits to Sales are over, and somebody has waited for half a minute."""
    path = new_database(tmp_path_factory.mktemp("proof") / "calls.db", time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now()))
        connection.execute("INSERT INTO queues (id, name) VALUES (1, 'Sales'), (2, 'Care \x1b[2J')")
        connection.execute("INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva Lévy')")
        connection.execute("INSERT INTO sources (name, kind, started_at) VALUES ('pbx', 'queue-log', 0)")
        for name, (before_s, answered_s, ended_s, outcome) in CALLS.items():
            entered_at = NOW - before_s * 1000
            answered_at = None if answered_s is None else entered_at + answered_s * 1000
            connection.execute(
                "INSERT INTO calls (source, call_id, queue_id, caller_name, agent_id, entered_at, answered_at,"
                " ended_at, outcome) VALUES ('pbx', ?1, 1, ?1, ?2, ?3, ?4, ?5, ?6)",
                (name, 1 if answered_at else None, entered_at, answered_at, entered_at + ended_s * 1000, outcome),
            )
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, caller_name, entered_at)"
            " VALUES ('pbx', 'w', 1, 'waits\x1b', ?)",
            (NOW - 30_000,),
        )
        connection.execute("INSERT INTO agent_states (agent_id, state, started_at) VALUES (1, 'ready', ?)", (NOW,))
    return path


def test_it_says_how_the_figure_comes_about_and_lists_the_calls(path: Path) -> None:
    said = done("proof", "service_level", "--queue", "sales", "--db", path, COLUMNS="300")
    first, meaning, sentence, *rest = said.splitlines()
    assert first == "SL, Sales: 25 %"
    assert meaning.startswith("  Service level")
    assert (
        sentence == "  25.0 % = 1 answered within 20 s of 4 = 2 answered + 2 abandoned - 1 short + 1 waiting past 20 s"
    )
    assert "  left out      1 short, 1 diverted" in rest
    assert "  counted over  the day, 00:00 to 14:30" in rest
    assert "6 rows: 1 for it, 3 against it, 2 neither" in rest
    listed = [line.split() for line in rest[rest.index("6 rows: 1 for it, 3 against it, 2 neither") + 2 :]]
    assert [(row[0], row[1]) for row in listed] == [
        ("against", "14:29:30"), ("against", "13:56:40"), ("against", "13:40:00"), ("for", "13:30:00"),
        ("neither", "14:00:00"), ("neither", "13:58:20"),
    ]  # fmt: skip
    assert "\x1b" not in said


def test_so_many_rows_are_listed_as_are_asked_for(path: Path) -> None:
    said = done("proof", "service_level", "--db", path, "--rows", 2)
    assert "6 rows: 1 for it, 3 against it, 2 neither; the first 2" in said
    assert len([line for line in said.splitlines() if line.startswith("against")]) == 2
    assert "rows" not in done("proof", "service_level", "--db", path, "--rows", 0)


def test_an_earlier_moment_has_the_proof_of_then(path: Path) -> None:
    """At 13:57:10 the caller who gave up at that very second had, and nobody else had entered."""
    said = done("proof", "SL", "--db", path, "--at", "2026-11-23T13:57:10", COLUMNS="160")
    assert "33.3 % = 1 answered within 20 s of 3 = 2 answered + 1 abandoned" in said
    before = done("proof", "SL", "--db", path, "--at", "2026-11-23T13:57:09", COLUMNS="160")
    assert "33.3 % = 1 answered within 20 s of 3 = 2 answered + 1 waiting past 20 s" in before


def test_the_json_has_the_keys_that_the_page_names(path: Path) -> None:
    found = json.loads(done("proof", "service_level", "--queue", "Sales", "--db", path, "--json"))
    assert list(found) == list(KEYS)
    assert all(f"| `{key}` | {meaning} |" in PAGE for key, meaning in KEYS.items())
    assert (found["value"], found["unit"], found["shown"]) == (0.25, "ratio", "25 %")
    assert found["counted"] == {
        "value": 1, "unit": "count", "parts": [{"value": 1, "words": "answered within 20 s"}],
    }  # fmt: skip
    assert sum(part["value"] for part in found["divided_by"]["parts"]) == found["divided_by"]["value"] == 4
    assert found["left_out"] == [{"value": 1, "words": "short"}, {"value": 1, "words": "diverted"}]
    assert [row["counts"] for row in found["rows"]] == ["against"] * 3 + ["for"] + ["neither"] * 2
    assert found["rows"][0] == {
        "counts": "against", "at": "2026-11-23T14:29:30+01:00", "what": "waiting", "wait_s": 30, "spent_s": None,
        "customer": "waits\x1b", "queue": "Sales", "agent": None,
    }  # fmt: skip
    assert (found["rows_in_all"], found["since"]) == (6, "2026-11-23T00:00:00+01:00")


def test_lengths_are_seconds_in_the_json(path: Path) -> None:
    found = json.loads(done("proof", "asa", "--db", path, "--json"))
    assert (found["value"], found["unit"], found["counted"]["value"]) == (15.5, "s", 31)


def test_the_statement_alone_runs_in_sqlite(path: Path) -> None:
    said = done("proof", "lost", "--queue", "Sales", "--sql", "--db", path)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(said).fetchall()
    assert [row[1] for row in rows] == ["given up", "short"]


def test_a_figure_of_an_agent_is_found_by_name_and_by_login(path: Path) -> None:
    for name in ("eva levy", "EVA"):
        assert "1:15" not in done("proof", "handled", "--agent", name, "--db", path)
        assert done("proof", "handled", "--agent", name, "--db", path).startswith("handled, Eva Lévy: 2\n")


def test_without_a_figure_the_names_of_all_are_listed_and_each_is_one(path: Path) -> None:
    names = done("proof").split()
    assert names == list(names_of_figures())
    assert len(names) > 40


def test_every_name_of_a_figure_of_all_can_be_asked_for(path: Path) -> None:
    """None of them is an error of the program; some are of agents, queues or lines that this floor does not have."""
    for name in names_of_figures():
        run = ccmon("proof", name, "--db", path)
        assert run.returncode in {0, 1}
        assert "this should not happen" not in run.stderr
        assert run.returncode == 0 or run.stderr == f"ccmon: There is no {name} of all together.\n"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("servce_level",), 2, 'There is no figure named "servce_level": did you mean service_level?'),
        (("xyz",), 2, 'There is no figure named "xyz": ccmon proof lists the names of all.'),
        (("handled", "--agent", "Eve"), 1, 'There is no agent named "Eve".'),
        (("offered", "--agent", "Eva"), 1, "There is no offered of the agent"),
        (("agents_ready", "--sql"), 1, "Nothing can be listed of agents_ready"),
        (("asa", "--queue", "Slaes"), 1, 'There is no queue named "Slaes": did you mean "Sales"?'),
        (("asa", "--window", "opening"), 1, "The site is closed, or its opening hours are not set"),
        (("asa", "--json", "--sql"), 2, "--json has the statement among its keys"),
        (("asa", "--window", "20"), 2, "20 is not one of 15, 30, 60, opening."),
    ],
)
def test_what_cannot_be_is_said_in_one_line(path: Path, words: tuple[str, ...], status: int, said: str) -> None:
    assert said in one_line(ccmon("proof", *words, "--db", path), status)
