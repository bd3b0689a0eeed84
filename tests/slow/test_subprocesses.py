"""What ccmon starts is ccmon, whatever lies in the current directory and whatever the environment says of Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ccmon
from benchmarks.terminal import Terminal, terminal_environment
from ccmon.database.database_file import open_writer
from ccmon.subprocesses import command
from tests.databases import new_database
from tests.processes import CCMON, running_with

PACKAGE = Path(ccmon.__file__).parent
NAMES = ("typer", "sqlite3", "textual", "runpy", "argparse", "encodings", "sitecustomize", "usercustomize")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A directory full of modules that leave a trace of who imports them."""
    folder = tmp_path / "hostile"
    for name in (*NAMES, "ccmon", "ccmon/cli"):
        trace = f"import os; open({str(tmp_path)!r} + '/ran-%d-{Path(name).name}' % os.getpid(), 'w').close()\n"
        module = folder / f"{name}.py" if name in NAMES else folder / name / "__init__.py"
        module.parent.mkdir(exist_ok=True, parents=True)
        module.write_text(trace)
    shutil.copy(folder / "typer.py", folder / "ccmon/__main__.py")
    return folder


def traces(folder: Path, *, not_of: int = 0) -> list[str]:
    """Who imported one of the hostile modules, without one process."""
    return [file.name for file in folder.glob("ran-*") if not file.name.startswith(f"ran-{not_of}-")]


def python_variables(folder: Path) -> dict[str, str]:
    """All that the environment can tell Python to run, in a folder where only sitecustomize lies."""
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    for name in ("sitecustomize", "usercustomize"):
        shutil.copy(folder / f"{name}.py", elsewhere)
    return {"PYTHONPATH": str(elsewhere), "PYTHONSTARTUP": str(folder / "typer.py"), "PYTHONSAFEPATH": ""}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    connection = open_writer(path)
    with connection:
        connection.executemany("INSERT INTO agents (id, login) VALUES (?, ?)", [(1, "ana"), (2, "bea")])
        connection.execute("INSERT INTO customers (id, name) VALUES (1, 'Mr Tan')")
        connection.executemany(
            "INSERT INTO follow_ups (id, customer_id, agent_id, kind, created_at, due_at, promised_at)"
            " VALUES (?, 1, 1, 'offer', 1, 2, 2)",
            [(1,), (2,), (3,)],
        )
    connection.close()
    return path


def test_the_keys_that_act_run_nothing_of_the_current_directory(database: Path, hostile: Path) -> None:
    environment = terminal_environment(**python_variables(hostile))
    arguments = [str(CCMON), "monitor", "--db", str(database)]
    with Terminal(arguments, size=(100, 30), env=environment, cwd=hostile) as terminal:
        terminal.wait_for("3 overdue")
        terminal.send("5j")
        for shown, keys in (
            ("d done", "h"),
            ("Hand to whom?", "\r"),
            ("Handed to", "d"),
            ("How did it end?", "\r"),
            ("settle it", "\r"),
            ("Done (", ""),
            ("2 overdue", "jm"),
            ("Move to when?", "2 h\r"),
            ("whose wish", "\r"),
        ):
            terminal.wait_for(shown)
            terminal.send(keys)
        terminal.wait_for("Moved to")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        # The parent was told so by whoever started it: that is its own affair.
        assert traces(hostile.parent, not_of=terminal.process.pid) == []


def test_a_demo_runs_nothing_of_the_current_directory(hostile: Path, tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    environment = terminal_environment(**python_variables(hostile), TMPDIR=str(place))
    arguments = [str(CCMON), "demo", "--agents", "20", "--days", "0"]
    with Terminal(arguments, env=environment, cwd=hostile) as terminal:
        terminal.wait_for("Aurora Service")
        assert running_with(str(place))
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert traces(tmp_path, not_of=terminal.process.pid) == []


def test_a_child_is_made_of_its_parents_files_wherever_they_lie(tmp_path: Path) -> None:
    """Another copy than the installed one, found by PYTHONPATH: its children are that copy, too."""
    shutil.copytree(PACKAGE, tmp_path / "lib/ccmon", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "lib/ccmon/shows.py").write_text("import ccmon.errors, sys; print(ccmon.errors.__file__, sys.argv[1:])")
    ask = "import sys, ccmon.subprocesses as s; print(*s.command('ccmon.shows', 'a b', ''), sep='\\0', end='')"
    environment = terminal_environment(PYTHONPATH=str(tmp_path / "lib"), LC_ALL="C")
    asked = subprocess.run([sys.executable, "-P", "-c", ask], env=environment, check=True, stdout=subprocess.PIPE)
    words = asked.stdout.split(b"\0")
    shown = subprocess.run(words, env=environment, cwd="/", check=True, capture_output=True, text=True).stdout
    assert shown == f"{tmp_path}/lib/ccmon/errors.py ['a b', '']\n"


def test_a_child_speaks_its_parents_encoding() -> None:
    for mode in (0, 1):
        ask = "import ccmon.subprocesses as s; print(s.command('ccmon')[3])"
        run = subprocess.run([sys.executable, "-X", f"utf8={mode}", "-c", ask], check=True, capture_output=True)
        assert run.stdout.decode().strip() == f"utf8={mode}"
    shown = subprocess.run(command("ccmon", "--version"), check=True, capture_output=True, text=True)
    assert shown.stdout.startswith("ccmon ")


def test_nothing_else_in_ccmon_starts_a_program() -> None:
    starts = re.compile(r"sys\.executable|os\.(?:exec|spawn|posix_spawn|system|popen)|shell=True|import pty|webbrowser")
    found = {file.name for file in PACKAGE.rglob("*.py") if starts.search(file.read_text(encoding="utf-8"))}
    assert found == {"subprocesses.py", "program.py"}  # the last names ccmon in a unit, and looks at its rights
    processes = re.compile(r"subprocess\.Popen|create_subprocess|subprocess\.run|check_output")
    users = {file.name for file in PACKAGE.rglob("*.py") if processes.search(file.read_text(encoding="utf-8"))}
    assert users == {
        "alarm_command.py",  # a site's own, as words and never by a shell
        "follow_up_command.py",
        "signals.py",  # tmux, which knows its terminal
        "process.py",
        "systemd.py",
        "machine.py",
    }  # the system's: systemctl, useradd
