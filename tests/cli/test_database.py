"""The command line around the database: what a shell sees."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from benchmarks.terminal import terminal_environment
from ccmon.configuration.history import record_new
from ccmon.database import creation, database_file, doctor
from ccmon.formatting import size_in_words
from ccmon.services import followed
from ccmon.services.unit import FollowUnit
from ccmon.setup.database_steps import ACT
from tests.commands import ccmon, done, one_line
from tests.database.test_database_file import BAD, fingerprint
from tests.databases import new_database
from tests.processes import CCMON, run_process
from tests.systemctl import answer, noting_systemctl


@pytest.mark.parametrize("case", ["missing", "directory", "text", "another SQLite database", "newer"])
@pytest.mark.parametrize("command", ["status", "monitor"])
def test_a_bad_path_gets_one_line_and_status_1_and_nothing_is_touched(tmp_path: Path, case: str, command: str) -> None:
    make, sentence = BAD[case]
    path = tmp_path / "calls.db"
    make(path)
    before = fingerprint(tmp_path)
    line = one_line(ccmon(command, "--db", str(path)))
    assert line.startswith("ccmon: ")
    assert sentence in line or command == "monitor"  # to a pipe, the monitor may name that first
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize("option", ["--json", "--at=12:00"])
@pytest.mark.parametrize("case", BAD)
def test_a_process_of_its_own_says_what_is_wrong_with_a_database(tmp_path: Path, case: str, option: str) -> None:
    """It opens the database in a thread, while packages are imported in part."""
    path = tmp_path / "bad.db"
    BAD[case][0](path)
    run = run_process("status", option, "--db", path)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", ccmon("status", option, "--db", path).stderr)


def test_init_makes_a_database_once(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    made = ccmon("init", "--db", str(path), "--time-zone", "Asia/Kolkata", "--name", "Pune", "--currency", "INR")
    assert (made.returncode, made.stderr) == (0, "")
    with closing(database_file.open_reader(path)) as connection:
        row = connection.execute("SELECT name, time_zone, currency FROM site").fetchone()
        assert row == ("Pune", "Asia/Kolkata", "INR")
    assert "is up to date" in ccmon("init", "--db", str(path)).stdout
    assert "exists already" in one_line(ccmon("init", "--db", str(path), "--time-zone", "UTC"))
    other = tmp_path / "other.db"
    wrong_zone = ccmon("init", "--db", str(other), "--time-zone", "Asia/Kolkatta")
    assert "did you mean Asia/Kolkata?" in one_line(wrong_zone, 2)
    assert "three capital letters" in one_line(ccmon("init", "--db", str(other), "--currency", "euro"), 2)
    assert not (tmp_path / "other.db").exists()


def test_init_takes_this_machines_zone_and_the_default_path(tmp_path: Path) -> None:
    made = ccmon("init", HOME=str(tmp_path), TZ="America/Havana")
    assert "in the time zone America/Havana" in made.stdout
    assert (tmp_path / ".local/share/ccmon/calls.db").is_file()


def test_option_goes_before_environment_before_settings(tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.db" for name in ("option", "environment", "file")}
    settings = tmp_path / "settings.toml"
    settings.write_text(f'database = "{paths["file"]}"\n')
    environment = {"CCMON_SETTINGS": str(settings)}
    assert str(paths["file"]) in one_line(ccmon("status", **environment))
    environment["CCMON_DB"] = str(paths["environment"])
    assert str(paths["environment"]) in one_line(ccmon("status", **environment))
    assert str(paths["option"]) in one_line(ccmon("status", "--db", str(paths["option"]), **environment))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("databse = 'x'", "no setting 'databse'; did you mean database?"),
        ("refresh_seconds = 0", "refresh_seconds cannot be 0; it must be a number of seconds from 0.2 to 60."),
        ("mouse = 'perhaps'", "mouse cannot be 'perhaps'; it must be yes or no (in a file true or false)."),
        ("mouse = ", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(text)
    assert sentence in one_line(ccmon("status", CCMON_SETTINGS=str(settings)))


@pytest.mark.parametrize("arguments", [("inti",), ("init", "--time"), ("--frobnicate",), ("status", "--at")])
def test_wrong_usage_is_one_line_and_status_2(arguments: tuple[str, ...]) -> None:
    assert one_line(ccmon(*arguments), status=2).startswith("ccmon: ")


def test_doctor_finds_and_mends_wrong_totals(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO queues (id, name) VALUES (1, 'sales')")
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, entered_at) VALUES ('s', 'a', 1, 1790000000000)"
        )
        connection.execute("UPDATE queue_quarters SET offered = 7")
        now = 1790000060000
        connection.execute(f"INSERT INTO clock (id, real_at, floor_at, speed) VALUES (1, {now}, {now}, 0)")
    found = ccmon("doctor", "--db", str(path))
    assert found.returncode == 1
    (line,) = (line for line in found.stdout.splitlines() if line.startswith("! wrong"))
    assert "queue_quarters       differs in 1 figure, first at " in line
    assert "queue_days           agrees with a full recount (1 row)" in found.stdout
    assert "wait_histogram       agrees with a full recount (0 rows)" in found.stdout
    assert "offered is 7, recounted 1; ccmon doctor --rebuild" in line
    mended = ccmon("doctor", "--db", str(path), "--rebuild")
    assert mended.returncode == 0, mended.stdout
    assert "! wrong" not in mended.stdout
    assert mended.stdout.endswith("\nAll is well.\n")


def test_doctor_tells_of_a_service_that_still_writes_another_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one that was moved, and not started again: all else is well."""
    noting_systemctl(tmp_path, monkeypatch)
    monkeypatch.setattr(followed, "PROCESSES", tmp_path / "proc")
    now, before = (new_database(tmp_path / name, time_zone="UTC") for name in ("now.db", "before.db"))
    command = ("/usr/bin/ccmon", "follow", "queue-log", "/var/log/queue_log", "--db")
    unit = FollowUnit(command=(*command, str(now)), database=now, needs_network=False)
    (tmp_path / "units").mkdir()
    (tmp_path / "units/ccmon-follow.service").write_text(unit.text())
    (tmp_path / "proc/77").mkdir(parents=True)
    for running, status in ((before, 1), (now, 0)):
        (tmp_path / "proc/77/cmdline").write_text("\0".join([*command, str(running), ""]))
        answer(tmp_path, "echo ActiveState=active; echo MainPID=77\n")
        found = ccmon("doctor", "--db", now)
        line = f"still writes {running}, not {now}, which its unit names: sudo systemctl daemon-reload; "
        assert (found.returncode, f"{line}sudo systemctl restart ccmon-follow\n" in found.stdout) == (
            status,
            bool(status),
        )


def test_doctor_ends_with_how_many_things_are_wrong(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    empty = ccmon("doctor", "--db", path)
    assert empty.returncode == 0, "what is only worth a look does not count"
    assert (
        "none yet: ccmon setup or ccmon import brings in your own calls, ccmon demo shows a simulated" in empty.stdout
    )
    assert empty.stdout.endswith("\nNothing is wrong, 1 thing to look at.\n")
    missing = ccmon("doctor", "--db", tmp_path / "none.db")
    assert (missing.returncode, missing.stdout.splitlines()[-1]) == (1, "1 thing is wrong.")
    assert "Exits with 1 if something is wrong" in done("doctor", "--help")


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ("ok ok", "All is well."),
        ("ok note note", "Nothing is wrong, 2 things to look at."),
        ("wrong ok", "1 thing is wrong."),
        ("wrong note wrong wrong", "3 things are wrong, 1 to look at."),
    ],
)
def test_the_doctors_sentence(verdicts: str, sentence: str) -> None:
    assert doctor.summary([doctor.Finding(each, "", "") for each in verdicts.split()]) == sentence  # type: ignore[arg-type]


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from ccmon.cli import _run; sys.argv = ['ccmon', '--help']; status = _run();"
        "heavy = {'textual', 'aiosqlite', 'asyncio', 'sqlite3', 'rich'} & set(sys.modules);"
        "print(heavy, file=sys.stderr); sys.exit(status)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr.strip()) == (0, "set()")
    assert "doctor" in finished.stdout


@pytest.mark.parametrize("option", [("--db", "{}"), ("--db={}",)])
def test_the_database_may_be_named_before_the_command(tmp_path: Path, option: tuple[str, ...]) -> None:
    path = tmp_path / "calls.db"
    words = [word.format(path) for word in option]
    assert "Made" in ccmon(*words, "init", "--time-zone", "UTC").stdout
    assert '"queues": []' in ccmon(*words, "status", "--json").stdout
    assert "no follow-up 7" in one_line(ccmon(*words, "follow-up", "done", "7"))
    assert "No such command" in one_line(ccmon(*words, "shwo"), 2)


@pytest.mark.parametrize(
    ("words", "expected"),
    [("ba", {"backup"}), ("status --", {"--json", "--at", "--db"}), ("import ", {"queue-log", "table"})],
)
def test_a_shell_is_told_which_words_may_follow(words: str, expected: set[str]) -> None:
    environment = {"COMP_WORDS": f"ccmon {words}", "COMP_CWORD": str(len(f"ccmon {words}|".split()) - 1)}
    assert expected <= set(completion("complete_bash", **environment).split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks(shell: str) -> None:
    script = completion(f"source_{shell}")
    assert f"complete_{shell}" in script
    assert "_CCMON_COMPLETE" in script


def completion(asked: str, **environment: str) -> str:
    """What a shell is told; in a process of its own, which Typer ends itself."""
    told = subprocess.run(
        [CCMON],
        env=terminal_environment(_CCMON_COMPLETE=asked, **environment),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stderr == ""
    return told.stdout


def test_seed_makes_the_database_that_it_fills(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    words = ("seed", "--db", path, "--days", 0, "--agents", 10, "--until", "2026-11-20T09:30")
    said = ccmon(*words, TZ="Asia/Kolkata").stdout
    assert said.startswith(f"Made {path}, in the time zone Asia/Kolkata.\n{path}: ")
    assert not ccmon(*words).stdout.startswith("Made")
    nowhere = tmp_path / "nowhere" / "new.db"
    assert "no directory" in one_line(ccmon("seed", "--db", nowhere, "--days", 0))


@pytest.mark.parametrize("how", ["set up", "named", "configured"])
def test_seed_spares_the_database_of_a_site_that_has_no_calls_yet(tmp_path: Path, how: str) -> None:
    path = tmp_path / "calls.db"
    if how == "set up":
        creation.create(path, time_zone="UTC", record=partial(record_new, act=ACT))
    else:
        done("init", "--db", path, *(("--name", "Us") if how == "named" else ()))
    if how == "configured":
        done("config", "set", "alarms.pause", "5 min", "--db", path)
    words = ("seed", "--db", path, "--days", 0, "--agents", 10, "--until", "2026-11-20T09:30")
    for command in (words, ("demo", "--db", path)):
        said = one_line(ccmon(*command))
        assert said.startswith(f"ccmon: {path} has been set up for a site's own calls; nothing was changed. ")
        assert "For a simulated floor: ccmon demo, or ccmon seed --db NEW" in said
        assert ("--yes" in said) == (command == words)
    assert "Nothing feeds this database yet" in done("sources", "--db", path)
    assert "calls of 1 day" in done(*words, "--yes")


def test_seed_fills_a_simulated_floor_again_that_somebody_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    words = ("seed", "--db", path, "--days", 0, "--agents", 10, "--until", "2026-11-20T09:30")
    done(*words)
    done("config", "set", "alarms.pause", "5 min", "--db", path)
    assert "calls of 1 day" in done(*words)


@pytest.mark.parametrize(
    ("writable", "asked", "read_only"), [(True, [], False), (False, [], True), (True, ["--read-only"], True)]
)
def test_who_may_only_look_is_offered_no_keys_that_change_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writable: bool, asked: list[str], read_only: bool
) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    shown: list[bool] = []
    monkeypatch.setattr("ccmon.monitor.run", lambda database, **options: shown.append(options["read_only"]))
    monkeypatch.setattr("os.access", lambda file, mode: writable or mode != os.W_OK)
    assert ccmon("monitor", "--db", path, *asked).returncode == 0
    assert shown == [read_only]


def test_backup_and_doctor_write_a_size_alike(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    done("init", "--db", path, "--time-zone", "UTC")
    made = done("backup", tmp_path / "copies", "--db", path)
    (copy,) = (tmp_path / "copies").glob("*.db")
    size = size_in_words(copy.stat().st_size)
    assert f"({size})" in made
    assert f"{copy} ({size})" in ccmon("doctor", "--db", copy).stdout  # which has no log of its own, as it says
