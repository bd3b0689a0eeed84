"""``ccmon alarms`` as it is typed: what stands, the log, what is done about one, and a command for each."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ccmon.cli.alarm_command import RETRY_S, Teller, Told
from ccmon.database import database_file
from ccmon.real_time import real_now
from ccmon.report.alarm_lines import LOG_KEYS
from ccmon.snapshot.alarms import find_alarms
from tests.commands import ccmon, done
from tests.databases import new_database, rows
from tests.floors import moment
from tests.processes import wait_until
from tests.snapshot.alarm_floors import AT, quiet, with_queue

PAGE = (Path(__file__).parents[2] / "docs" / "alarms.md").read_text(encoding="utf-8")
NOW = moment("2026-11-23T14:30:00+01:00")
MINUTE = 60_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """At half past two a caller has waited for five minutes, and Eva has been paused for an hour."""
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO clock (id, floor_at, real_at, speed) VALUES (1, ?, ?, 0)", (NOW, real_now()))
        connection.execute("INSERT INTO queues (id, name) VALUES (1, 'Sales'), (2, 'Care \x1b[2J')")
        connection.execute("INSERT INTO agents (id, login, name) VALUES (1, 'eva', 'Eva'), (2, 'omar', 'Omar')")
        connection.execute(
            "INSERT INTO queue_members (queue_id, agent_id, started_at) VALUES (1, 2, ?)", (NOW - 60 * MINUTE,)
        )
        connection.executemany(
            "INSERT INTO agent_states (agent_id, state, started_at) VALUES (?, ?, ?)",
            [(1, "paused", NOW - 60 * MINUTE), (2, "ready", NOW - 60 * MINUTE)],
        )
        connection.executemany(
            "INSERT INTO calls (source, call_id, queue_id, entered_at, ended_at, outcome) "
            "VALUES ('test', ?, ?, ?, ?, ?)",
            [
                ("1", 1, NOW - 5 * MINUTE, None, None),
                ("2", 2, NOW - 60 * MINUTE, NOW - 58 * MINUTE, "abandoned"),
            ],
        )
    return path


def alarms(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done("alarms", "--json", "--db", path))["alarms"]
    return found


def test_what_stands_is_listed(path: Path) -> None:
    assert done("alarms", "--db", path).splitlines() == [
        "act    longest_wait Sales, since 14:26",
        "    Sales: longest wait 5 min. 1 agent ready: see why nobody answers.",
        "watch  pause Eva, since 13:30",
        "    Eva: paused for 1 h (no reason, limit 20 min).",
    ]
    assert [(alarm["rule"], alarm["severity"]) for alarm in alarms(path)] == [
        ("longest_wait", "act"),
        ("pause", "watch"),
    ]


def test_the_log_of_the_day_has_what_has_cleared_too(path: Path) -> None:
    lines = done("alarms", "--log", "--db", path).splitlines()
    assert lines == [
        "2026-11-23: 3 alarms, 2 of them to act on.",
        "13:31  until 13:42  act    Care ␛[2J: longest wait over 1 min (10 min)",
        "13:50  stands       watch  Eva: paused for longer than 20 min (39 min)",
        "14:26  stands       act    Sales: longest wait over 1 min (3 min 59 s)",
    ]
    found = json.loads(done("alarms", "--log", "--json", "--db", path))
    assert found["date"] == "2026-11-23"
    assert list(found["alarms"][0]) == list(LOG_KEYS)
    assert found["alarms"][0]["cleared_at"] == "2026-11-23T13:42:00+01:00"
    assert json.loads(done("alarms", "--log", "--date", "yesterday", "--json", "--db", path))["alarms"] == []


def test_every_key_of_the_log_is_explained() -> None:
    assert [key for key in LOG_KEYS if f"`{key}`" not in PAGE] == []


def test_who_has_an_alarm_is_seen_by_all_until_it_is_given_back(path: Path) -> None:
    assert (
        done("alarms", "have", "longest-wait", "sales", "--who", "ann", "--db", path) == "ann has longest_wait Sales.\n"
    )
    assert [(alarm["rule"], alarm["taken_by"]) for alarm in alarms(path)] == [("pause", None), ("longest_wait", "ann")]
    assert "see why nobody answers. (ann has it)" in done("alarms", "--db", path)
    assert done("alarms", "release", "longest_wait", "--who", "ann", "--db", path) == "Nobody has longest_wait Sales.\n"
    assert [alarm["taken_by"] for alarm in alarms(path)] == [None, None]
    found = rows(path, "SELECT acted_at, rule, subject, act, who, until FROM alarm_acts ORDER BY id")
    assert found == [
        (NOW, "longest_wait", "Sales", "have", "ann", None),
        (NOW, "longest_wait", "Sales", "release", "ann", None),
    ]


def test_an_alarm_that_does_not_stand_by_limits_of_ones_own_cannot_be_taken(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[alarms]\npause = "2 h"\nlongest_wait = "4 min"\n')
    refused = ccmon("alarms", "have", "pause", "--db", path, CCMON_SETTINGS=str(file))
    assert "No alarm pause stands. Those that do: longest_wait Sales." in refused.stderr
    assert done("alarms", "have", "longest_wait", "--db", path, CCMON_SETTINGS=str(file))


def test_quiet_has_an_end(path: Path) -> None:
    said = done("alarms", "quiet", "pause", "--for", "15 min", "--who", "ann", "--db", path)
    assert said == "Quiet about pause Eva until 14:45.\n"
    assert [alarm["quiet_until"] for alarm in alarms(path)] == [None, "2026-11-23T14:45:00+01:00"]
    assert done("alarms", "quiet", "pause", "--db", path) == "Quiet about pause Eva until 15:00.\n"
    assert done("alarms", "quiet", "pause", "--until", "16:15", "--db", path) == "Quiet about pause Eva until 16:15.\n"
    ends = done("alarms", "quiet", "pause", "--until", "shift", "--db", path)
    assert ends == "Quiet about pause Eva until Tue 24 Nov 00:00.\n"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (
            ("have", "talk"),
            1,
            "No alarm talk stands. Those that do: longest_wait Sales; pause Eva.",
        ),
        (
            ("have", "pause", "Omar"),
            1,
            "No alarm pause about Omar stands. Those that do: longest_wait Sales; pause Eva.",
        ),
        (("quiet", "pause", "--for", "1 h", "--until", "17:00"), 2, "it does not go with --until."),
        (
            ("quiet", "pause", "--until", "9:00"),
            2,
            "9:00 has passed: it is 14:30:00 on 2026-11-23 in Europe/Amsterdam",
        ),
        (("--date", "yesterday"), 2, "it goes with --log."),
        (("--exec", "true", "--json"), 2, "it goes with neither --log nor --json."),
        (("--exec", "''"), 2, ""),
        (("--state", "x"), 2, "it goes with --exec."),
    ],
)
def test_what_cannot_be_done_is_said(path: Path, words: tuple[str, ...], status: int, said: str) -> None:
    run = ccmon("alarms", *words, "--db", path)
    assert (run.returncode, run.stdout) == (status, "")
    assert said in " ".join(run.stderr.split())
    assert rows(path, "SELECT count(*) FROM alarm_acts") == [(0,)]


class Heard:
    """Notes what is told, and says whether it could be."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self.succeeds = True

    def __call__(self, event: Any) -> bool:
        self.events.append((event["event"], event["alarm"]["subject"]))
        return self.succeeds


WAITS = with_queue(waiting=1, longest_wait_since=AT - 90_000, agents_ready=1, agents_needed=None)
WITH_ALARM = replace(WAITS, alarms=find_alarms(WAITS), incomplete=None)
CALM = replace(quiet(), incomplete=None)


def test_each_alarm_is_told_once_when_it_opens_and_once_when_it_clears(tmp_path: Path) -> None:
    heard, file = Heard(), tmp_path / "state" / "told.json"
    teller = Teller(Told(file), heard)
    for floor in (CALM, WITH_ALARM, WITH_ALARM, replace(CALM, incomplete="These figures are being read.")):
        teller.look_at(floor)
    assert heard.events == [("opened", "Sales")]
    again = Teller(Told(file), heard)
    again.look_at(WITH_ALARM)
    assert heard.events == [("opened", "Sales")], "after a restart nothing is told twice"
    again.look_at(CALM)
    again.look_at(CALM)
    assert heard.events == [("opened", "Sales"), ("cleared", "Sales")]
    assert Told(file).alarms == {}


def test_what_becomes_part_of_another_alarm_has_not_cleared(tmp_path: Path) -> None:
    [alarm] = WITH_ALARM.alarms
    alone = replace(WITH_ALARM, alarms=(replace(alarm, subject="Care"),))
    within = replace(WITH_ALARM, alarms=(replace(alarm, parts=alone.alarms),))
    heard = Heard()
    teller = Teller(Told(tmp_path / "told.json"), heard)
    for floor in (alone, within, alone, CALM):
        teller.look_at(floor)
    assert heard.events == [("opened", "Care"), ("opened", "Sales"), ("cleared", "Sales"), ("cleared", "Care")]


def test_nothing_is_told_of_an_alarm_that_is_to_be_quiet(tmp_path: Path) -> None:
    [alarm] = WITH_ALARM.alarms
    heard = Heard()
    teller = Teller(Told(tmp_path / "told.json"), heard)
    teller.look_at(replace(WITH_ALARM, alarms=(replace(alarm, quiet_until=AT + MINUTE),)))
    assert heard.events == []
    teller.look_at(WITH_ALARM)
    assert heard.events == [("opened", "Sales")]


def test_what_could_not_be_told_is_told_again_after_a_minute(tmp_path: Path) -> None:
    heard, now = Heard(), [0.0]
    teller = Teller(Told(tmp_path / "told.json"), heard, lambda: now[0])
    heard.succeeds = False
    for at in (0.0, RETRY_S - 1, RETRY_S):
        now[0] = at
        teller.look_at(WITH_ALARM)
    assert len(heard.events) == 2
    heard.succeeds = True
    now[0] = 2 * RETRY_S
    teller.look_at(WITH_ALARM)
    teller.look_at(WITH_ALARM)
    assert len(heard.events) == 3


def test_a_file_of_another_kind_is_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "told.json"
    for text in ("[]", '{"told": 5}', '{"told": [{}]}', "x"):
        file.write_text(text)
        assert Told(file).alarms == {}


def test_a_command_is_run_with_json_on_its_standard_input(path: Path, tmp_path: Path) -> None:
    """What is foreign never becomes a word of a command."""
    script, out = tmp_path / "tell.py", tmp_path / "told.txt"
    script.write_text(f"import sys; open({str(out)!r}, 'a').write(sys.stdin.read())")
    command = f"{sys.executable} {script}"
    running = subprocess.Popen(
        [sys.executable, "-m", "ccmon", "alarms", "--exec", command, "--state", tmp_path / "told.json", "--db", path],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: (tmp_path / "told.json").exists() and len(Told(tmp_path / "told.json").alarms) == 2)
    finally:
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (0, "")
    events = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(event["event"], event["alarm"]["rule"]) for event in events] == [
        ("opened", "longest_wait"),
        ("opened", "pause"),
    ]
    assert events[0]["alarm"] == alarms(path)[0]
