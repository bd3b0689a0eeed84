"""``ccmon status`` as a person and a program call it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccmon.cli import main
from ccmon.database import database_file
from ccmon.formatting import UNKNOWN
from ccmon.time_units import HOUR_MS
from tests.databases import new_database
from tests.floors import moment

ZONE = "Europe/Amsterdam"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_database(tmp_path_factory.mktemp("fresh") / "calls.db", time_zone=ZONE, name="Utrecht")


@pytest.fixture
def path(fresh: Path, tmp_path: Path) -> Path:
    """A floor whose clock stands at 14:32:07, 23 November 2026."""
    path = tmp_path / "calls.db"
    shutil.copy(fresh, path)
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO clock VALUES (1, 0, ?, 1e-12)", (moment(),))
    connection.execute("INSERT INTO queues (name) VALUES ('sales')")
    connection.execute("INSERT INTO sources (name, kind, started_at) VALUES ('test', 'queue-log', 0)")
    connection.execute(
        "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('test', '1', 1, ?)", (moment() - 60_000,)
    )
    connection.close()
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["ccmon", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_text(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "status", "--db", path) == 0
    said = capsys.readouterr()
    assert "Utrecht · everything   Mon 23 Nov 2026 14:32:07" in said.out
    assert "sales: nobody staffed, longest wait" in said.out
    assert said.err == ""


def test_json(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "status", "--json", "--db", path) == 0
    whole = json.loads(capsys.readouterr().out)
    assert (whole["at"], whole["total"]["waiting"]) == ("2026-11-23T14:32:07+01:00", 1)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("14:31", "2026-11-23T14:31:00+01:00"),
        ("14:31:30", "2026-11-23T14:31:30+01:00"),
        ("13:31Z", "2026-11-23T14:31:00+01:00"),
        ("13:31:30+00:00", "2026-11-23T14:31:30+01:00"),
        ("2026-11-23T14:31", "2026-11-23T14:31:00+01:00"),
        ("2026-11-23 14:31", "2026-11-23T14:31:00+01:00"),
        ("2026-11-23T13:31Z", "2026-11-23T14:31:00+01:00"),
        ("2026-11-22", "2026-11-22T23:59:59+01:00"),
        ("yesterday 9:15", "2026-11-22T09:15:00+01:00"),
        ("2026-10-25T02:30+02:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T02:30:00+01:00"),
    ],
)
def test_earlier_moments(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, at: str
) -> None:
    assert run(monkeypatch, "status", "--json", "--at", text, "--db", path) == 0
    assert json.loads(capsys.readouterr().out)["at"] == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("23:00", "2026-11-22T23:00:00+01:00"),
        ("04:00", "2026-11-22T04:00:00+01:00"),
        ("03:59", "2026-11-23T03:59:00+01:00"),
    ],
)
def test_a_time_of_day_is_one_of_the_business_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, at: str
) -> None:
    path = new_database(tmp_path / "calls.db", time_zone=ZONE, day_starts_ms=4 * HOUR_MS)
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO clock VALUES (1, 0, ?, 1e-12)", (moment("2026-11-23T03:59:30+01:00"),))
    connection.close()
    assert run(monkeypatch, "status", "--json", "--at", text, "--db", path) == 0
    assert json.loads(capsys.readouterr().out)["at"] == at


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("15:00", "is in the future"),
        ("tomorrow", "is not a time"),
        ("25:00", "is not a time"),
        ("2026-03-29T02:30", "did not occur"),
        ("2026-10-25T02:30", "occurred twice"),
    ],
)
def test_moments_that_cannot_be_shown(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    assert run(monkeypatch, "status", "--at", text, "--db", path) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert says in said.err
    assert said.err.count("\n") == 1


def test_narrowed(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO clients (name) VALUES ('Noord'), ('Zuid')")
    connection.execute("INSERT INTO queues (name, client_id) VALUES ('northern', 1), ('southern', 2)")
    connection.execute(
        "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('test', '2', 2, ?)", (moment() - 30_000,)
    )
    connection.close()
    assert run(monkeypatch, "status", "--json", "--client", "noord", "--db", path) == 0
    whole = json.loads(capsys.readouterr().out)
    assert [queue["name"] for queue in whole["queues"]] == ["northern"]
    assert whole["total"]["waiting"] == 1
    assert {alarm["subject"] for alarm in whole["alerts"]} <= {"northern", "data"}
    assert whole["absent"]["problems"] == "Not known for one client."
    assert (whole["problems"], whole["value"], whole["not_given_up_count"]) == (None, None, 0)
    assert run(monkeypatch, "status", "--json", "--queue", "northern", "--db", path) == 0
    whole = json.loads(capsys.readouterr().out)
    assert (whole["sales"], whole["not_given_up"]) == ([], [])
    assert whole["absent"]["sales"] == "Not known for one queue."
    assert run(monkeypatch, "status", "--client", "Noord", "--db", path) == 0
    said = capsys.readouterr().out
    assert "northern" in said
    assert "southern" not in said
    assert f"Problems   {UNKNOWN} Not known for one client." in said


def test_of_a_day_before_the_data_the_text_says_when_it_begins(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "status", "--at", "2019-01-01", "--db", path) == 0
    said = capsys.readouterr().out
    assert "There was nothing on the floor yet: its data begins on 2026-11-23 14:31." in said
    assert "No data" not in said


def test_an_earlier_moment_has_the_alerts_of_then(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A caller waited for five minutes yesterday, and nobody looked."""
    at = moment() - 24 * HOUR_MS
    with closing(database_file.open_writer(path)) as connection:
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, entered_at, ended_at, outcome) "
            "VALUES ('test', 'past', 1, ?, ?, 'abandoned')",
            (at, at + 300_000),
        )

    def said(minutes: float) -> str:
        then = datetime.fromtimestamp(at / 1000 + 60 * minutes, UTC).isoformat()
        assert run(monkeypatch, "status", "--at", then, "--db", path) == 0
        return capsys.readouterr().out

    assert "sales: nobody staffed, longest wait 2 min, 1 caller waiting." in said(2)
    assert "sales: nobody was staffed while callers waited; ended 3 min ago." in said(8)
    assert "waited" not in said(15.1)


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("--queue=slaes", 'There is no queue named "slaes": did you mean "sales"?'),
        ("--queue=SAL", 'There is no queue named "SAL": did you mean "sales" or "after-sales"?'),
        ("--queue=nosuch", 'There is no queue named "nosuch": there are "after-sales", "sales", "support".'),
        ("--queue=", 'There is no queue named "": there are "after-sales", "sales", "support".'),
        ("--team=Noord", 'There is no team named "Noord": no team is known.'),
        ("--client=\x1b[2Jx", 'There is no client named "␛[2Jx": no client is known.'),
    ],
)
def test_a_name_that_is_not_there(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, says: str
) -> None:
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO queues (name) VALUES ('support'), ('after-sales')")
    connection.close()
    for form in ([], ["--json"]):
        assert run(monkeypatch, "status", option, "--db", path, *form) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.strip().endswith(says)
        assert said.err.count("\n") == 1


def test_a_team_that_has_nobody_is_not_said_not_to_be_there(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO teams (id, name) VALUES (1, 'Süd'), (2, 'Nörd')")
        connection.execute("INSERT INTO agents (login, name, team_id) VALUES ('zoë', 'Zoë', 1)")
        connection.execute("INSERT INTO queues (name) VALUES ('Rückruf')")
    for name in ("Nörd", "nord"):
        assert run(monkeypatch, "status", "--team", name, "--db", path) == 1
        assert 'The team "Nörd" has nobody now: no agent is in it.' in capsys.readouterr().err
    for option, name in (("--team", "sud"), ("--queue", "RUCKRUF")):
        assert run(monkeypatch, "status", option, name, "--db", path, "--json") == 0
        assert json.loads(capsys.readouterr().out)["absent"] != {}
    assert run(monkeypatch, "status", "--queue", "ruckrufe", "--db", path) == 1
    assert 'did you mean "Rückruf"?' in capsys.readouterr().err


def test_of_many_names_some_are_listed(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = database_file.open_writer(path)
    connection.executemany("INSERT INTO queues (name) VALUES (?)", [(f"queue {number:02}",) for number in range(30)])
    connection.close()
    assert run(monkeypatch, "status", "--queue", "zzz", "--db", path) == 1
    assert '"queue 07" and 23 more.' in capsys.readouterr().err
    assert run(monkeypatch, "status", "--queue", "queue", "--db", path) == 1
    assert capsys.readouterr().err.count(" or ") == 4


def test_a_team_as_text_and_as_json(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = database_file.open_writer(path)
    connection.execute("INSERT INTO teams (name) VALUES ('Noord'), ('Zuid')")
    connection.execute("INSERT INTO agents (login, name, team_id) VALUES ('a', 'Anna', 1), ('b', 'Bram', 2)")
    connection.execute(
        "INSERT INTO agent_states (agent_id, state, started_at) VALUES (1, 'ready', ?), (2, 'ready', ?)",
        (moment() - 60_000, moment() - 60_000),
    )
    connection.execute("INSERT INTO queue_members (queue_id, agent_id, started_at) VALUES (1, 1, 0)")
    connection.close()
    assert run(monkeypatch, "status", "--json", "--team", "noord", "--db", path) == 0
    whole = json.loads(capsys.readouterr().out)
    assert [agent["name"] for agent in whole["agents"]] == ["Anna"]
    assert [queue["name"] for queue in whole["queues"]] == ["sales"]
    assert run(monkeypatch, "status", "--team", "noord", "--db", path) == 0
    said = capsys.readouterr().out
    assert said.startswith("team Noord · Utrecht   ")
    assert "Queue: live   all teams\n" in said
    assert "Anna" in said
    assert "Bram" not in said


def test_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "status", "--db", tmp_path / "none.db") == 1
    assert "There is no database" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_json_needs_neither_a_loop_nor_a_table(path: Path) -> None:
    look = (
        "import sys; sys.argv = ['ccmon', 'status', '--json', '--db', sys.argv[1]]\n"
        "from ccmon.cli import _run\n"
        "status = _run()\n"
        "heavy = {'textual', 'asyncio', 'aiosqlite', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'{status} {heavy}' if status or heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", look, path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("more", "left"), [((), 1), (("--",), 0)])
def test_the_database_is_left_open_only_where_the_process_ends_at_once(
    path: Path, more: tuple[str, ...], left: int
) -> None:
    """Typer takes what follows a double dash."""
    script = (
        "import os, sys; from ccmon import cli; os._exit = sys.exit\n"
        "try:\n    cli.main(own_process=True)\n"
        "finally:\n    print(len(cli.left_open), file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, "status", "--db", str(path), *more], check=True, capture_output=True, text=True
    )
    assert run.stderr.strip() == str(left)


def test_a_part_of_the_day(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    connection = database_file.open_writer(path)
    connection.execute(
        "INSERT INTO calls (source, call_id, queue_id, entered_at, ended_at, outcome) "
        "VALUES ('test', '2', 1, ?1, ?1 + 60000, 'abandoned')",
        (moment() - HOUR_MS,),
    )
    connection.close()
    for option, offered, starts in (("", 2, None), ("--window=60", 2, "13:30"), ("--window=30", 1, "14:00")):
        assert run(monkeypatch, "status", "--db", path, "--json", *filter(None, [option])) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["total"]["offered"] == found["queues"][0]["offered"] == offered
        window = found["queue_window"]
        assert (window and window["starts_at"][11:16]) == starts
    assert run(monkeypatch, "status", "--db", path, "--window", "15") == 0
    assert "since 14:15" in capsys.readouterr().out
    for words, status, sentence in (
        (["--window", "45"], 2, "45 is not one of 15, 30, 60, opening."),
        (["--window", "15", "--watch"], 2, "--window is for the floor as it is once"),
        (["--window", "opening"], 1, "The site is closed, or its opening hours are not set"),
    ):
        assert run(monkeypatch, "status", "--db", path, *words) == status
        assert sentence in capsys.readouterr().err
