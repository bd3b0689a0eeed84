"""What shells are offered for names on the floor and for follow-ups; `tests/slow/test_completion.py` asks real ones."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file
from tests.commands import ccmon
from tests.configuration.site import DAY, NOON, make_site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = make_site(tmp_path / "calls.db")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO customers (id, name) VALUES (1, ?)", ('A [/x] \\";`id`$(id)',))
        connection.execute("INSERT INTO customers (id, name) VALUES (2, ?)", ("Bram " * 50,))
        connection.executemany(
            "INSERT INTO follow_ups (id, customer_id, agent_id, created_at, due_at, promised_at, done_at) "
            f"VALUES (?1, ?2, 1, 0, {NOON} + ?1, {NOON} + ?1, ?3)",
            [(9, None, None), (11, 1, None), (12, 2, None), (13, 2, NOON - DAY)],
        )
        connection.executemany(
            "INSERT INTO audit (acted_at, who, act, subject, subject_id, before, after)"
            f" VALUES ({NOON} + ?1, 'bert', ?2, 'follow_up', ?3, '{{}}', '{{}}')",
            [(1, "done", 9), (2, "undone", 9), (3, "moved", 11), (4, "done", 13)],
        )
        connection.executemany(
            "INSERT INTO sources (name, kind, following) VALUES (?, ?, ?)",
            [("queue-log", "queue-log", 1), ("Old dialler", "table", 0)],
        )
        connection.execute("INSERT INTO teams (name) VALUES (?)", ('x\\"; id',))
    return path


def offered(shell: str, typed: str, database: Path) -> list[str]:
    """What the shell is told when Tab is pressed behind what has been typed."""
    words = typed.split()
    asked = {
        "_CCMON_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": typed,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - (not typed.endswith(" "))),
        "CCMON_DB": str(database),
    }
    run = ccmon(**asked)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout.split("\n")[:-1]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ccmon status --queue sa", ["Sales", "Sales\\ NL"]),
        ("ccmon monitor --team Sales", ["Sales\\ Team"]),
        ("ccmon status --client ", ["Aurora", "Castellane"]),
        ("ccmon follow-up hand-over 11 a", ["anna"]),
        ("ccmon follow-up add K-1 2 h --agent a", ["anna"]),
        ("ccmon export ca", ["campaigns", "calls", "call-reasons"]),
        ("ccmon export totals --by queue", ["queue-day", "queue-quarter"]),
        ("ccmon export calls --team Sales", ["Sales\\ Team"]),
        ("ccmon export calls --source o", ["Old\\ dialler"]),
        ("ccmon follow-up list --agent 1", ["1002"]),
        ("ccmon follow-up move ", ["9", "11", "12"]),
        ("ccmon follow-up done 1", ["11", "12"]),
        ("ccmon follow-up undo ", ["13", "11"]),
        ("ccmon follow-up history ", ["13", "11", "9"]),
        ("ccmon sources ", ["Old\\ dialler", "pbx", "queue-log"]),
        ("ccmon sources o", ["Old\\ dialler"]),
        ("ccmon sources --forget p", ["pbx"]),
        ("ccmon sources --retire ", ["queue-log"]),
    ],
)
def test_bash_is_offered_names(site: Path, typed: str, found: list[str]) -> None:
    assert offered("bash", typed, site) == found


def test_numbers_have_their_customer_beside_them_on_one_line_without_signs_of_shells(site: Path) -> None:
    customers = ["unknown customer, call back", "A x id id , call back", ("Bram " * 12).strip()]
    fish = [f"{number}\t{customer}" for number, customer in zip((9, 11, 12), customers, strict=True)]
    assert offered("fish", "ccmon follow-up move ", site) == fish
    zsh = [f'"{number}":"{customer}"' for number, customer in zip((9, 11, 12), customers, strict=True)]
    assert "\n".join(offered("zsh", "ccmon follow-up move ", site)) == f"_arguments '*: :(({chr(10).join(zsh)}))'"
    assert "id" not in "".join(offered("zsh", "ccmon status --team ", site)), "zsh would run it"


@pytest.mark.parametrize("what", ["none", "a directory", "no database"])
def test_a_database_that_cannot_be_read_offers_nothing_and_says_nothing(tmp_path: Path, what: str) -> None:
    path = tmp_path / "calls.db"
    if what == "a directory":
        path.mkdir()
    elif what == "no database":
        path.write_text("no database" * 1000)
    for typed in ("ccmon status --queue ", "ccmon follow-up move ", "ccmon follow-up undo ", "ccmon sources "):
        assert offered("bash", typed, path) == [""]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ccmon status --only que", ["queues", "queue_window"]),
        ("ccmon status --only queues,al", ["queues,alarms"]),
        ("ccmon status --only alarms,queues,al", [""]),
        ("ccmon status --check service_level_", ["service_level_live", "service_level_target"]),
        ("ccmon status --check data", ["data_age_s"]),
        ("ccmon openmetrics --queue sa", ["Sales", "Sales\\ NL"]),
    ],
)
def test_bash_is_offered_keys_and_figures(site: Path, typed: str, found: list[str]) -> None:
    assert offered("bash", typed, site) == found
