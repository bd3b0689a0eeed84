"""``ccmon import table`` and ``ccmon follow-up`` as they are typed."""

from __future__ import annotations

import io
import os
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ccmon import cli
from ccmon.accounts import account_name, acting_person
from ccmon.cli import questions
from ccmon.database import database_file
from ccmon.database.sqlite_errors import MAY_ONLY_READ
from ccmon.formatting import UNKNOWN
from ccmon.metrics.opening_hours import WEEKDAYS
from tests.databases import new_database, rows

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")


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
    assert status == 3
    assert out.splitlines() == [
        "The first rows as they would be stored:",
        "line  reference  name",
        "   2  K-1        Ada",
        "   3  K-2        Bea",
        "customers: 2 rows would be added, 0 changed, 0 as before, 2 refused",
    ]
    assert err.splitlines() == [
        f"{file} line 4: the same customer stands on line 2 already, with another name; only that one goes in",
        f"{file} line 5: a customer needs a reference or a phone number to be known by",
    ]
    refused = "2 refused\n"  # only those of calls are kept
    _, out, told = run("import", "table", "customers", str(file))
    assert (out, told) == (f"customers: 2 rows added, 0 changed, 0 as before, {refused}", err)
    again = run("import", "table", "customers", str(file))[1]
    assert again == f"customers: 0 rows added, 0 changed, 2 as before, {refused}"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_has_come_through_a_pipe_is_shown_on_a_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool
) -> None:
    text = "reference;name\n" + "".join(f"K-{number};{'x' * 500}\n" for number in range(3_000))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    status, out, err = run("import", "table", "customers", "-")
    assert (status, out) == (0, "customers: 3,000 rows added, 0 changed, 0 as before, 0 refused\n")
    if is_terminal:
        assert re.search(r"reading 1\.5 MB", re.sub(r"\x1b\[[\d;]*m", "", err))
    else:
        assert err == ""


def test_what_changes_of_settings_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"

    def told(kind: str, text: str, *words: str) -> list[str]:
        file.write_text(text, encoding="utf-8")
        status, out, err = run("import", "table", kind, str(file), *words)
        assert (status, err) == (0, "")
        return out.splitlines()

    assert told("opening-hours", "weekday,hours\nmonday,9-17\nsunday,closed\n") == [
        "opening-hours: 2 rows added, 0 changed, 0 as before, 0 refused"
    ]
    text = "weekday,hours\nmonday,10:00-18:00\ntuesday,9-17\nsunday,closed\n"
    changed = "opening_hours.monday: 09:00-17:00 → 10:00-18:00"
    assert told("opening-hours", text, "--dry-run")[-2:] == [
        changed, "opening-hours: 1 row would be added, 1 changed, 1 as before, 0 refused"
    ]  # fmt: skip
    assert told("opening-hours", text) == [changed, "opening-hours: 1 row added, 1 changed, 1 as before, 0 refused"]
    assert told("opening-hours", text) == ["opening-hours: 0 rows added, 0 changed, 3 as before, 0 refused"]
    quotas = "scope,period,starts_on,sales,conversion\ncentre,day,2026-11-02,{},0.2\n"
    assert len(told("quotas", quotas.format(30))) == 1
    assert told("quotas", quotas.format(40))[:-1] == ["quotas.centre.day.sales: 30 → 40 from 2026-11-02 on"]
    later = "scope,period,starts_on,sales,conversion\ncentre,day,2026-12-01,50,0.3\n"
    assert told("quotas", later)[:-1] == [
        "quotas.centre.day.sales: 40 → 50 from 2026-12-01 on",
        "quotas.centre.day.conversion: 20 % → 30 % from 2026-12-01 on",
    ]
    agents = [f"a{number:02}" for number in range(23)]
    assert len(told("agents", "login,name\n" + "".join(f"{login},x\n" for login in agents))) == 1
    for words, where in ((("--dry-run",), ""), ((), "; ccmon config log shows them")):
        said = told("agents", "login,name\n" + "".join(f"{login},{login}\n" for login in agents), *words)
        said = said[7:] if words else said  # below the first rows
        assert said[:20] == [f"agents.{login}.name: x → {login}" for login in agents[:20]]
        assert said[20] == f"and 3 other changes{where}."
        assert len(said) == 22


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_days_of_a_week_that_overlap_do_not_go_in(run: Run, path: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "week.csv"
    file.write_text("weekday,hours\nmonday,9-17\nsunday,22:00-06:00\n", encoding="utf-8")
    assert run("import", "table", "opening-hours", str(file))[0] == 0
    before = rows(path, "SELECT weekday, hours FROM opening_hours ORDER BY 1")
    file.write_text("weekday,hours\nmonday,05:30-17\ntuesday,9-17\n", encoding="utf-8")
    assert run("import", "table", "opening-hours", str(file), *words) == (
        1, "", f"ccmon: {file}: Sunday is open until 06:00 of Monday, which opens at 05:30: these overlap. "
        "Nothing was changed.\n"
    )  # fmt: skip
    assert rows(path, "SELECT weekday, hours FROM opening_hours ORDER BY 1") == before
    assert rows(path, "SELECT count(*) FROM configuration_changes WHERE name = 'opening_hours.tuesday'") == [(0,)]


def test_calls_that_would_count_twice_are_asked_about(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, rules = tmp_path / "calls.csv", tmp_path / "M.toml"
    file.write_text("nr,t\n" + "".join(f"{n},2026-11-23 10:{n:02}\n" for n in range(12)), "utf-8")
    words = ("import", "table", "calls", str(file), "--mapping", str(rules))
    rules.write_text('source = "calls"\ncall.entered_at = "t"\ncall.call_id = { row = true }\n')
    assert run(*words)[1].startswith("calls: 12 rows added")
    rules.write_text('source = "calls"\ncall.entered_at = "t"\ncall.call_id = "nr"\n')
    monkeypatch.setattr(questions, "can_ask", lambda: False)
    status, out, err = run(*words)
    assert (status, out) == (1, "")
    assert err.startswith("ccmon: Nothing was changed. Most calls are in the database already")
    assert err.endswith("Or add --yes, if they are other calls.\n")
    status, out, err = run(*words, "--dry-run")
    assert (status, out.splitlines()[-1]) == (0, "calls: 12 rows would be added, 0 changed, 0 as before, 0 refused")
    assert err.startswith("Most calls are in the database already")
    asked: list[str] = []
    monkeypatch.setattr(questions, "can_ask", lambda: True)

    def agreed(question: str) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr(questions, "agreed", agreed)
    status, out, err = run(*words)
    assert (status, err) == (0, "")
    assert out.startswith("Most calls are in the database already")
    assert out.endswith("\nNothing was changed.\n")
    assert run(*words)[1].endswith("calls: 12 rows added, 0 changed, 0 as before, 0 refused\n")
    assert asked == ["Import them all the same?"] * 2
    assert run(*words, "--yes")[1] == "calls: 0 rows added, 0 changed, 12 as before, 0 refused\n"


def test_calls_from_a_guess_to_the_database(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(
        "id,start,answer,end,agent\n1,2026-11-23 10:00:00,2026-11-23 10:00:10,2026-11-23 10:05:00,eva\n", "utf-8"
    )
    status, guessed, _ = run("import", "table", "calls", str(file), "--guess")
    assert status == 0
    mapping = tmp_path / "m.toml"
    mapping.write_text(guessed, encoding="utf-8")
    added = "calls: 1 row added, 0 changed, 0 as before, 0 refused\n"
    assert run("import", "table", str(file), "--mapping", str(mapping))[1] == added, "KIND may be left out for calls"
    assert run("import", "table", "calls", str(file), "--mapping", str(mapping))[1] == added.replace(
        "1 row", "0 rows"
    ).replace("0 as", "1 as")


def test_what_a_guess_was_unsure_of_is_said_by_the_import(run: Run, tmp_path: Path) -> None:
    file, mapping = tmp_path / "calls.csv", tmp_path / "m.toml"
    rows = (f"{n},2026-11-23 10:{n:02}:00,{'Resolved' if n % 2 else 'abandoned'},x,\n" for n in range(10))
    file.write_text(f"id,start,Outcome,Remark,Zip\n{''.join(rows)}", "utf-8")
    mapping.write_text(run("import", "table", "calls", str(file), "--guess")[1], "utf-8")
    for words in (["--dry-run"], []):
        status, out, err = run("import", "table", "calls", str(file), "--mapping", str(mapping), *words)
        assert status == 0
        assert out.splitlines()[-1].startswith("calls: 10 rows")
        assert err.splitlines()[1:] == [
            f"{mapping} line 12 is UNSURE: nothing says when a call ended: ended_at = {{ … }}",
            f'{mapping} line 14, outcome, is UNSURE: what "Resolved" means',
            f"{mapping} line 15, queue, is UNSURE: no column names the queue",
            f"{mapping} line 18 is UNSURE: 50 % of the rows are of callers who were not answered, and do not say "
            "when they gave up. A minute is assumed, so that they are not taken for callers who hung up at once; "
            "their waits mean nothing.",
            "Look at what is UNSURE, correct the mapping, and delete the marks.",
            "Columns that are not used: Remark, Zip.",
        ]


def test_sales_from_a_guess_without_a_kind_to_the_database(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, mapping = tmp_path / "bestellingen.csv", tmp_path / "m.toml"
    file.write_text("Datum;Bedrag\n" + "".join(f"{day:02}-11-2020;{day},50 €\n" for day in range(1, 16)), "utf-8")
    status, guessed, err = run("import", "table", str(file), "--guess")
    assert (status, err) == (0, "")
    mapping.write_text(guessed, encoding="utf-8")
    words = ("import", "table", str(file), "--mapping", str(mapping))
    status, out, err = run(*words)
    assert (status, out) == (0, "sales: 15 rows added, 0 changed, 0 as before, 0 refused\n")
    assert err.splitlines()[0].startswith(f"{mapping} line 13, reference, is UNSURE: no column names the sale; ")
    assert run(*words)[1] == "sales: 0 rows added, 0 changed, 15 as before, 0 refused\n"
    mapping.write_text(guessed.replace('["Datum", "Bedrag"]', '["Bedrag"]'), encoding="utf-8")
    monkeypatch.setattr(questions, "can_ask", lambda: False)
    status, out, err = run(*words)
    assert (status, out) == (1, "")
    assert "Nothing was changed. Most of these sales are in the database already" in err
    assert err.endswith("Or add --yes, if they are other sales.\n")
    assert run(*words, "--yes")[1] == "sales: 15 rows added, 0 changed, 0 as before, 0 refused\n"
    assert run("import", "table", "surveys", str(file), "--mapping", str(mapping))[2].endswith(
        "is for sales, and the table is said to be of surveys: name one kind.\n"
    )


def test_rows_that_the_mapping_leaves_out_are_counted(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("t,kind\n2021-11-23 10:00,in\n2021-11-23 10:01,test\n2021-11-23 10:02,out\n", encoding="utf-8")
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'source = "x"\n[call]\nentered_at = "t"\n[only]\nkind = ["in", "test"]\n'
        '[[except]]\nwhen = { kind = "test" }\nskip = true\n',
        encoding="utf-8",
    )
    assert run("import", "table", "calls", str(file), "--mapping", str(mapping))[1] == (
        "calls: 1 row added, 0 changed, 0 as before, 0 refused, 2 left out by the mapping\n"
    )


def test_many_refused_rows_are_told_by_their_reasons(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    rows = ["", *(f"x{row}" for row in range(12)), *[""] * 14, "2021-11-23 10:00"]
    file.write_text("id,t\n" + "".join(f"{number},{cell}\n" for number, cell in enumerate(rows)), encoding="utf-8")
    mapping = tmp_path / "m.toml"
    mapping.write_text('source = "x"\n[call]\ncall_id = "id"\nentered_at = "t"\n', encoding="utf-8")
    words = ("import", "table", "calls", str(file), "--mapping", str(mapping), "--dry-run")
    status, out, err = run(*words)
    assert (status, out.splitlines()[-1]) == (3, "calls: 1 row would be added, 0 changed, 0 as before, 27 refused")
    assert err.splitlines()[:3] == [
        f"{file} 15 rows, lines 2, 15-28: has no moment at which the call came in",
        f"{file} 12 rows, lines 3-14: entered_at (t) is 'x0', no moment such as 2026-11-23 14:30:00; "
        "also 'x1', 'x2', 'x3', 'x4' and 7 more",
        "--all-refused shows each of them.",
    ]
    assert run(*words, "--all-refused")[2].count("has no moment at which") == 15
    assert run(*words[:-1])[1].endswith("27 refused (ccmon sources --rejected shows them)\n")


def test_a_table_of_an_sqlite_file_is_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "crm.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE people (reference, name)")
        connection.execute("INSERT INTO people VALUES ('K-1', 'Ada')")
        connection.execute("CREATE TABLE calls (id, calldate)")
        connection.execute("INSERT INTO calls VALUES ('c-1', '2021-11-23 10:00:00')")
    assert "several tables: calls, people" in run("import", "table", "customers", str(file))[2]
    assert run("import", "table", "customers", str(file), "--table", "people")[1].startswith("customers: 1 row added")
    assert 'table = "calls"' in run("import", "table", "calls", str(file), "--guess", "--table", "calls")[1]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("import", "table", "shoes", "x.csv"), 2, "shoes is not a kind of table"),
        (("import", "table", "sales", "x.csv"), 1, "There is no file x.csv; check its path."),
        (("import", "table", "sales", "x.csv", "--guess"), 1, "There is no file x.csv; check its path."),
        (("import", "table", "calls", "x.csv"), 1, "--guess > M.toml"),
        (("import", "table", "customers"), 2, "name the file: ccmon import table customers FILE"),
        (("import", "table", "calls", "--guess"), 2, "name the file: ccmon import table calls FILE"),
        (("import", "table", "x.csv"), 1, "There is no file x.csv; check its path."),
        (("follow-up", "done", "7"), 1, "There is no follow-up 7"),
        (("follow-up", "move", "7", "soon", "--by", "agent"), 2, "'soon' is not a time"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run: Run, words: tuple[str, ...], status: int, sentence: str) -> None:
    ended, out, err = run(*words)
    assert (ended, out) == (status, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_all_that_a_command_lacks_is_told_at_once(run: Run) -> None:
    assert (
        "Missing ID, TIME and --by (customer or agent). Try: ccmon follow-up move --help" in run("follow-up", "move")[2]
    )
    assert "Missing TIME and --by" in run("follow-up", "move", "7", "--who", "sam")[2]
    assert "Missing option '--by'" in run("follow-up", "move", "7", "today")[2]


def test_a_follow_up_for_a_day_is_due_by_its_end_and_while_closed_at_the_opening(run: Run, path: Path) -> None:
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO clock VALUES (1, 0, 1795440600000, 0)")  # Monday, 2026-11-23 14:30 in Amsterdam
    at = 1_795_440_600_000
    connection.execute(
        f"INSERT INTO follow_ups (id, created_at, due_at, promised_at) VALUES (1, 0, {at}, {at}), (2, 0, {at}, {at})"
    )
    for weekday, hours in zip(WEEKDAYS, ["09:00-18:00"] * 5 + ["closed"] * 2, strict=True):
        connection.execute("INSERT INTO opening_hours (weekday, hours) VALUES (?, ?)", (weekday, hours))
    connection.close()

    def moved(number: str, to: str) -> list[str]:
        return run("follow-up", "move", number, to, "--by", "customer")[1].splitlines()

    rest = "  nobody  unknown customer  call back"
    assert moved("1", "Tomorrow") == [f"1  due 2026-11-24 23:59{rest}"]
    assert moved("1", "today") == [f"1  due 2026-11-23 23:59{rest}"]
    assert moved("2", "2026-12-06") == [
        f"2  due 2026-12-07 09:00, promised 2026-12-06 23:59{rest}",
        "The site is closed on 2026-12-06 23:59: it counts as due when it opens, on 2026-12-07 09:00.",
    ]
    assert moved("1", "2026-12-07T08:00")[1].endswith("it counts as due when it opens, on 2026-12-07 09:00.")
    assert moved("1", "2026-12-07T09:30") == [f"1  due 2026-12-07 09:30{rest}"]
    assert run("follow-up", "move", "1", "fri", "10:00", "--by", "agent")[1].startswith("1  due 2026-11-27 10:00, ")
    assert moved("1", "9:30") == []
    assert run("follow-up", "move", "1", "9:30", "--by", "agent")[2] == (
        "ccmon: 9:30 has passed: it is 14:30:00 on 2026-11-23 in Europe/Amsterdam; write tomorrow 9:30, or a later "
        "time.\n"
    )
    assert moved("1", "2026-12-07T09:30") == [f"1  due 2026-12-07 09:30{rest}"]
    assert run("follow-up", "list")[1].splitlines() == [
        f"2  due 2026-12-07 09:00, promised 2026-12-06 23:59{rest}",
        f"1  due 2026-12-07 09:30{rest}",
    ]


def test_a_follow_up_is_moved_handed_over_and_done(run: Run, path: Path) -> None:
    connection = database_file.open_writer(path)
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
    how = (
        "They come in by ccmon follow-up add, by ccmon import table follow-ups FILE, "
        "or by SQL (docs/database.md, follow_ups).\n"
    )
    assert run("follow-up", "list")[1] == f"No follow-up is open. {how}"
    assert run("follow-up", "list", "--agent", "eva")[1] == f"No follow-up of eva is open. {how}"
    for words in (("follow-up",), ("follow-up", "--help")):
        assert how.strip() in " ".join("".join(run(*words)[1:]).split())
    assert run("follow-up", "history", "1")[1].splitlines() == [
        "2026-11-23 14:30  sam  moved (by the agent: sick): due_at 2026-11-23 15:30 → 2026-11-24 09:00",
        "2026-11-23 14:30  sam  handed_over: agent_id 1 → 2",
        "2026-11-23 14:30  sam  done: done_at ? → 2026-11-23 14:30, outcome ? → reached".replace("?", UNKNOWN),
    ]
    undone = run("follow-up", "undo", "1", "--act", "done", "--who", "sam")[1]
    assert undone.startswith("1  due 2026-11-24 09:00, promised 2026-11-23 15:30  Omar")
    assert run("follow-up", "history", "1")[1].splitlines()[3:] == [
        "2026-11-23 14:30  sam  undone: done_at 2026-11-23 14:30 → ?, outcome reached → ?".replace("?", UNKNOWN)
    ]
    assert run("follow-up", "undo", "1", "--who", "sam")[0] == 1


def test_an_act_is_noted_as_of_the_account_that_asked_for_it(
    run: Run, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO follow_ups (id, created_at, due_at, promised_at) VALUES (1, 0, 1, 1)")
    connection.close()
    monkeypatch.setenv("SUDO_USER", "maria")
    monkeypatch.setenv("LOGNAME", "somebody")
    run("follow-up", "done", "1", "--outcome", "reached")
    assert f"  {acting_person()}  done:" in run("follow-up", "history", "1")[1]
    assert acting_person() == f"maria ({account_name()})"


def test_an_agent_is_named_without_accents_and_the_nearest_is_proposed(run: Run, path: Path) -> None:
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO agents (login, name) VALUES ('1008@default', 'Eve Lévy'), ('zoe', 'Zoë')")
        connection.execute(
            "INSERT INTO follow_ups (id, created_at, due_at, promised_at) VALUES (1, 0, ?1, ?1)", (1_795_440_600_000,)
        )
    assert "  Eve Lévy  " in run("follow-up", "hand-over", "1", "eve levy")[1]
    assert "  Zoë  " in run("follow-up", "hand-over", "1", "ZOE")[1]
    assert "; did you mean 'Eve Lévy'?\n" in run("follow-up", "hand-over", "1", "eve")[2]
    assert "  Zoë  " in run("follow-up", "list", "--agent", "zoé")[1]


@pytest.mark.parametrize(
    ("typed", "outcome", "told"),
    [
        ("reachd", "reachd", "did you mean reached? To undo it: ccmon follow-up undo 1"),
        ("Cancelled", "cancelled", ""),
        ("no reached", "no reached", "did you mean not reached?"),
        ("bought it in the shop", "bought it in the shop", ""),
    ],
)
def test_an_outcome_that_looks_like_a_slip_is_told(run: Run, path: Path, typed: str, outcome: str, told: str) -> None:
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO follow_ups (id, created_at, due_at, promised_at) VALUES (1, 0, 9, 9)")
    status, out, err = run("follow-up", "done", "1", "--outcome", typed)
    assert status == 0
    assert out.startswith(f"1  {outcome} ")
    assert (told in err) if told else err == ""


ORDERS = (
    "reference,sold_at,amount,agent,customer\nO1,2026-11-03,5,eva,K-1\nO2,2026-11-03,6,omar,K-1\nO3,2026-11-03,7,,\n"
)


@pytest.fixture
def orders(tmp_path: Path) -> str:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    return str(file)


def test_the_first_command_says_how_the_names_in_it_come_in(run: Run, path: Path, orders: str) -> None:
    status, out, err = run("import", "table", "sales", orders)
    assert (status, out.count("\n")) == (3, 1)
    assert out.endswith("1 row added, 0 changed, 0 as before, 2 refused\n")
    assert err.splitlines()[-1] == (
        "2 agents and 1 customer are not known: add them with --add-missing agents,customers, or import them first "
        "(ccmon import table agents FILE)."
    )
    status, out, err = run("import", "table", "sales", orders, "--add-missing", "agents, customers")
    assert status == 0
    assert out.endswith("2 rows added, 0 changed, 1 as before, 0 refused\n")
    assert "Added as rows name them: 2 agents and 1 customer." in err
    assert rows(path, "SELECT login FROM agents ORDER BY login") == [("eva",), ("omar",)]


@pytest.mark.parametrize("agrees", [True, False])
def test_a_person_is_asked_whether_names_are_added(
    run: Run, path: Path, orders: str, monkeypatch: pytest.MonkeyPatch, *, agrees: bool
) -> None:
    asked: list[str] = []

    def agreed(question: str) -> bool:
        asked.append(question)
        return agrees

    monkeypatch.setattr(questions, "can_ask", lambda: True)
    monkeypatch.setattr(questions, "agreed", agreed)
    status, out, _ = run("import", "table", "sales", orders)
    assert asked == ["Add them, with nothing but these names?"]
    assert "2 agents and 1 customer that rows name are not known: eva, omar; " in out
    added, refused = (3, 0) if agrees else (1, 2)
    assert out.endswith(f"{added} row{'s' * (added > 1)} added, 0 changed, 0 as before, {refused} refused\n")
    assert status == (0 if agrees else 3)
    assert len(rows(path, "SELECT 1 FROM agents")) == 2 * agrees


def test_what_cannot_be_added_is_wrong_usage(run: Run, orders: str) -> None:
    for said, reason in (("orders", "orders cannot be added so"), (",", "nothing cannot be added so")):
        status, _, err = run("import", "table", "sales", orders, "--add-missing", said)
        assert status == 2
        assert reason in err
    status, _, err = run("import", "table", "sales", orders, "--add-missing", "all")
    assert status == 0
    status, _, err = run("import", "table", "calls", orders, "--add-missing", "all", "--mapping", "M.toml")
    assert status != 0


def test_empty_answers_are_skipped_and_counted(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("reference,answered_at,score,scale\nU1,2026-11-02,4,5\nU2,2026-11-02,,5\n", encoding="utf-8")
    status, out, err = run("import", "table", "surveys", str(file))
    assert (status, err) == (0, "")
    assert out.endswith("1 row added, 0 changed, 0 as before, 0 refused, 1 empty answer skipped\n")


@pytest.mark.parametrize(
    "words", [("import", "table", "sales", "FILE"), ("import", "table", "sales", "FILE", "--dry-run"),
              ("config", "set", "site.margin", "many"), ("follow-up", "done", "999"), ("follow-up", "undo", "999")],
)  # fmt: skip
def test_who_may_not_write_hears_so_before_what_is_wrong(
    run: Run, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("reference,customer,sold_at,amount\no1,C9,2026-11-20 10:00,5\n")
    given = [str(file) if word == "FILE" else word for word in words]
    assert (
        run(*given)[2]
        .strip()
        .endswith(
            (
                "(ccmon import table customers FILE).",
                "such as 0.15 or 15 %.",
                "ccmon follow-up list shows those that are open.",
            )
        )
    )
    monkeypatch.setattr(os, "access", lambda _, asked, **__: asked != os.W_OK)
    said = f"ccmon: {path} {MAY_ONLY_READ}\n"
    assert run(*given) == (1, "", said)
