"""The benchmarks as somebody types them."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import databases, polls, postgres
from benchmarks.terminal import Terminal, terminal_environment
from benchmarks.thirty import has_failed
from ccmon.database.reader import snapshot

ROOT = Path(__file__).parent.parent.parent


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=terminal_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_case_as_json_beside_an_earlier_run(tmp_path: Path) -> None:
    """Missed goals are no error of ours: the exit status may be 1, the object is whole all the same."""
    old = tmp_path / "old.json"
    old.write_text(
        json.dumps({"figures": [{"case": "commands", "name": "ccmon --help", "value": 100.0, "ratio": 1.25}]})
    )
    shown = run("--quick", "--only", "commands", "--json", "--compare", old)
    assert shown.returncode in {0, 1}, shown.stderr
    result = json.loads(shown.stdout)
    assert result["failed"] == []
    assert result["machine"]["executable"] == sys.executable
    assert result["machine"]["python"].startswith("CPython 3")
    assert result["machine"]["additions_ms"] > 0
    help_, version = result["figures"]
    assert (help_["name"], help_["compared_with"], help_["before"]) == ("ccmon --help", "bare Typer", 1.25)
    assert (version["name"], version["before"]) == ("ccmon --version", None)
    for figure in result["figures"]:
        assert figure["ratio"] == pytest.approx(figure["value"] / figure["reference"])
        assert figure["processor"] > 0
        assert figure["met"] is (figure["ratio"] <= figure["goal"])


@pytest.mark.skipif(not list(postgres.SERVERS.glob("*/bin/postgres")), reason="no PostgreSQL server")
def test_a_server_of_its_own_runs_unprivileged_and_leaves_nothing() -> None:
    with postgres.server() as folder:
        sockets = [path for path in folder.iterdir() if path.is_socket()]
        assert len(sockets) == 1
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert (folder / "data").stat().st_uid == Path(f"/proc/{pid}").stat().st_uid
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(sockets[0]))
        client.close()
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_an_earlier_run_that_is_none_is_told_of(tmp_path: Path) -> None:
    shown = run("--quick", "--only", "commands", "--compare", tmp_path / "none.json")
    assert shown.returncode == 2
    assert "none.json" in shown.stderr
    assert "Traceback" not in shown.stderr


# The sentence comes over a text of which some letters stand there already: those are not written.
WELL = r"\x1b[H\x1b[2J; the flowers are from 14:32:07."
FAILING = WELL + r"\x1b[1;7Hfigures"
SHOW = "import sys, time; sys.stdout.write('{}'); sys.stdout.flush(); time.sleep(60)"


@pytest.mark.parametrize(("written", "failed"), [(FAILING, True), (WELL, False)])
def test_a_monitor_that_shows_old_figures_has_failed_however_it_is_written(written: str, failed: bool) -> None:
    with Terminal([sys.executable, "-c", SHOW.format(written)]) as terminal:
        terminal.wait_for("14:32:07")
        assert has_failed(terminal) is failed


def test_a_monitor_that_has_ended_has_failed() -> None:
    with Terminal([sys.executable, "-c", "print('done')"]) as terminal:
        terminal.wait_for_exit()
        assert has_failed(terminal)


def test_a_long_history_costs_what_is_measured_of_it(tmp_path: Path) -> None:
    """Three polls of each kind on two small floors: every step is gone."""
    paths = [tmp_path / "few.db", tmp_path / "many.db"]
    for path, history in zip(paths, (10, 100), strict=True):
        databases.build(path, agents=20, history=history, today=20)
    before = [[agent.since for agent in snapshot(path).agents] for path in paths]
    few, many = asyncio.run(polls.measure(paths, 3)).databases
    assert min(took.processor for times in (few, many) for took in times) > 0
    for path, old in zip(paths, before, strict=True):
        changed = [agent.since != since for agent, since in zip(snapshot(path).agents, old, strict=True)]
        assert changed == [True] * 3 + [False] * 17, "each poll after a change had one to read"
