"""``ccmon demo`` and ``ccmon seed`` as somebody types them: what stands on the screen, and what is left afterwards."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal, terminal_environment
from tests.commands import ccmon, done, status
from tests.databases import new_database, rows
from tests.processes import CCMON, run_process, running_with, wait_until

ENDINGS = {"q": "quit", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up", signal.SIGKILL: "killed"}


def demo(place: Path, *arguments: str) -> Terminal:
    """A demo with a temporary directory of its own, small enough to be ready soon."""
    env = terminal_environment(TMPDIR=str(place), TZ="Europe/Amsterdam")
    return Terminal([str(CCMON), "demo", "--agents", "20", "--days", "2", *arguments], env=env)


def floors(place: Path) -> list[int]:
    """The floor processes that write into a temporary directory."""
    return running_with(f"ccmon.simulator\0{place}")


@pytest.mark.parametrize("ending", ENDINGS, ids=ENDINGS.get)
def test_a_demo_shows_a_live_floor_and_leaves_nothing(tmp_path: Path, ending: str | signal.Signals) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for("Aurora Service")
        terminal.wait_for("talking")  # the frame comes in pieces: the alarms before the figures
        assert len(floors(tmp_path)) == 1
        assert len(list(tmp_path.iterdir())) == 1
        if isinstance(ending, signal.Signals):
            os.kill(terminal.process.pid, ending)
        else:
            terminal.send(ending)
        assert terminal.wait_for_exit() == (
            0 if ending == "q" else -9 if ending is signal.SIGKILL else 128 + int(ending)
        )
        wait_until(lambda: not floors(tmp_path), what="the end of the floor")
        wait_until(lambda: not list(tmp_path.iterdir()), what="an empty temporary directory")


def test_what_a_demo_has_written_is_sound_once_its_past_is_filled_in(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for("Aurora Service")
        (folder,) = tmp_path.iterdir()
        path = folder / "calls.db"
        wait_until(lambda: rows(path, "SELECT done, total FROM progress") == [(2, 2)], what="the past days")
        found = ccmon("doctor", "--db", path)
        assert found.returncode == 0, found.stdout
        assert "filled to 2061-01-01" in found.stdout
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_a_floor_that_dies_is_told_of(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for("Aurora Service")
        (floor,) = floors(tmp_path)
        os.kill(floor, signal.SIGKILL)
        wait_until(lambda: not floors(tmp_path))
        terminal.wait_for("Aurora Service")
        terminal.send("q")
        assert terminal.wait_for_exit() == 1
        assert "The simulated floor ended before the screen did" in terminal.text()
    assert not list(tmp_path.iterdir())


def test_a_demo_without_a_terminal_says_so_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    run = run_process("demo", "--agents", "20", "--days", "0")
    assert run.returncode == 1
    assert "ccmon status" in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert not floors(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_demo_can_keep_its_database(tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    with demo(tmp_path, "--db", str(kept)) as terminal:
        terminal.wait_for("Aurora Service")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
    shown = status(kept)
    assert len(shown["queues"]) == 6


def test_a_demo_spares_a_database_with_other_data(tmp_path: Path) -> None:
    real = new_database(tmp_path / "real.db", time_zone="UTC")
    records = "1795000000|1|help|NONE|ENTERQUEUE||+31201234567|1\n1795000009|1|help|NONE|ABANDON|1|1|9\n"
    (tmp_path / "queue_log").write_text(records)
    done("import", "queue-log", tmp_path / "queue_log", "--db", real)
    for command in ("demo", "seed"):
        run = ccmon(command, "--db", real)
        assert run.returncode == 1
        assert "holds data that is not demo data" in run.stderr
        assert len(run.stderr.splitlines()) == 1
    assert [queue["name"] for queue in status(real, "--at", "2026-11-18T18:00")["queues"]] == ["help"]


def test_seed_fills_an_empty_database_up_to_a_moment(tmp_path: Path) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    arguments = ["--days", "1", "--agents", "12", "--seed", "5", "--until", "2026-11-20T11:30"]
    run = ccmon("seed", "--db", path, *arguments)
    assert re.fullmatch(r".*: \d+ calls of 2 days, until 2026-11-20 11:30 \(Europe/Amsterdam\)\.\n", run.stdout)
    assert not run.stderr, "progress is for terminals"
    shown = status(path, "--at", "2026-11-20T11:30")
    assert shown["total"]["offered"] > 30
    assert "2026-11-20T11:25:00+01:00" < shown["data_at"] <= "2026-11-20T11:30:00+01:00"
    assert any(agent["state"] == "talking" for agent in shown["agents"])
    run = ccmon("seed", "--db", path, "--until", "half past nine")
    assert run.returncode == 2
    assert "is not a time" in run.stderr
