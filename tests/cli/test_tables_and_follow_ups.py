"""``ccmon import table`` and ``ccmon follow-up`` as they are typed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ccmon import cli
from ccmon.store import database

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "calls.db"
    database.create(path, time_zone="Europe/Amsterdam", currency="EUR")
    return path


@pytest.fixture
def run(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setenv("CCMON_DB", str(path))
        monkeypatch.setattr(sys, "argv", ["ccmon", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_a_table_is_tried_taken_in_and_taken_in_again(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("reference;name\nK-1;Ada\nK-2;Bea\nK-1;Cas\n;nobody\n", encoding="utf-8")
    status, out, err = run("import", "table", "customers", str(file), "--dry-run")
    assert (status, out) == (0, "2 rows would be added, 0 changed, 0 as before, 2 refused\n")
    assert err.splitlines() == [
        f"{file} line 4: the same customer stands on line 2 already, which has gone in",
        f"{file} line 5: a customer needs a reference or a phone number to be known by",
    ]
    assert run("import", "table", "customers", str(file))[1] == "2 rows added, 0 changed, 0 as before, 2 refused\n"
    assert run("import", "table", "customers", str(file))[1] == "0 rows added, 0 changed, 2 as before, 2 refused\n"


def test_calls_from_a_guess_to_the_database(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(
        "id,start,answer,end,agent\n1,2026-11-23 10:00:00,2026-11-23 10:00:10,2026-11-23 10:05:00,eva\n", "utf-8"
    )
    status, guessed, _ = run("import", "table", "calls", str(file), "--guess")
    assert status == 0
    mapping = tmp_path / "m.toml"
    mapping.write_text(guessed, encoding="utf-8")
    added = "1 rows added, 0 changed, 0 as before, 0 refused\n"
    assert run("import", "table", str(file), "--mapping", str(mapping))[1] == added, "KIND may be left out for calls"
    assert run("import", "table", "calls", str(file), "--mapping", str(mapping))[1] == added.replace(
        "1 rows", "0 rows"
    ).replace("0 as", "1 as")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("import", "table", "shoes", "x.csv"), 2, "shoes is no kind of table"),
        (("import", "table", "sales", "x.csv"), 1, "There is no file x.csv."),
        (("import", "table", "sales", "x.csv", "--guess"), 2, "only a table of calls has a mapping"),
        (("import", "table", "calls", "x.csv"), 1, "--guess > M.toml"),
        (("follow-up", "done", "7"), 1, "There is no follow-up 7"),
        (("follow-up", "move", "7", "soon", "--by", "agent"), 1, "'soon' is no time"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run: Run, words: tuple[str, ...], status: int, sentence: str) -> None:
    ended, out, err = run(*words)
    assert (ended, out) == (status, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_a_follow_up_is_moved_handed_over_and_done(run: Run, path: Path) -> None:
    connection = database.open_writer(path)
    connection.execute("INSERT INTO clock VALUES (1, 0, 1795440600000, 0)")  # 2026-11-23 14:30 in Amsterdam
    connection.execute("INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva'), (2, 'omar', 'Omar\x1b[31m')")
    connection.execute(
        "INSERT INTO follow_ups (id, agent_id, created_at, due_at, promised_at) VALUES (1, 1, 0, ?1, ?1)",
        (1_795_440_600_000 + 3_600_000,),
    )
    connection.close()
    due = "1  due 2026-11-23 15:30  Eva  unknown customer  call back\n"
    assert run("follow-up", "list")[1] == due
    moved = run("follow-up", "move", "1", "2026-11-24T09:00", "--by", "agent", "--reason", "sick", "--who", "sam")[1]
    assert moved == "1  due 2026-11-24 09:00, promised 2026-11-23 15:30  Eva  unknown customer  call back\n"
    assert "\x1b" not in run("follow-up", "hand-over", "1", "omar", "--who", "sam")[1]
    assert run("follow-up", "done", "1", "--outcome", "reached", "--who", "sam")[1].startswith(
        "1  reached 2026-11-23 14:30"
    )
    assert run("follow-up", "list")[1] == ""
    assert run("follow-up", "history", "1")[1].splitlines() == [
        "2026-11-23 14:30  sam  moved (by the agent: sick): due_at 2026-11-23 15:30 -> 2026-11-24 09:00",
        "2026-11-23 14:30  sam  handed_over: agent_id 1 -> 2",
        "2026-11-23 14:30  sam  done: done_at nothing -> 2026-11-23 14:30, outcome nothing -> reached",
    ]
