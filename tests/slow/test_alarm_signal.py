"""The bell and the notice over a terminal: once for what stands at the start, and no byte of a name's own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal, terminal_environment
from tests.processes import CCMON
from tests.slow.waiting_callers import wait_in, with_a_caller

HOSTILE = "Care \x1b]0;title\x07\x9d\x1b[2J; now"
TEXT = "Care ␛]0;title␇\N{REPLACEMENT CHARACTER}␛[2J; now: longest wait 5 min. 1 agent ready: see why nobody answers."


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return with_a_caller(tmp_path / "calls.db", HOSTILE)


def written(terminal: Terminal) -> bytes:
    return b"".join(data for _, data in terminal.output)


def bells(found: bytes) -> int:
    """How often the bell was rung: Textual ends a sequence of its own with the same byte."""
    return re.sub(rb"\x1b\][^\x07\x1b]*\x07", b"", found).count(b"\x07")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("xterm-kitty", b"\x1b]99;i=ccmon:d=0;ccmon\x1b\\\x1b]99;i=ccmon:p=body;", b"\x1b\\"),
        ("foot", b"\x1b]777;notify;ccmon;", b"\x1b\\"),
        ("xterm-256color", b"", b""),
    ],
    ids=["kitty", "foot", "none"],
)
def test_once_for_what_stands_and_at_most_once_a_minute(database: Path, name: str, before: bytes, after: bytes) -> None:
    environment = terminal_environment(TERM=name, TMUX=None)
    with Terminal([CCMON, "monitor", "--db", database], env=environment) as terminal:
        terminal.wait_for("1 act now")
        wait_in(database, 2)
        terminal.wait_for("2 act now")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        found = written(terminal)
    assert bells(found) == 1
    expected = [before + TEXT.encode() + after] if before else []
    assert [found.count(each) for each in expected] == [1] * len(expected)
    for start in (b"\x1b]9;", b"\x1b]777;", b"\x1b]99;"):
        assert found.count(start) == before.count(start)


@pytest.mark.parametrize(("setting", "rung"), [("off", 0), ("bell", 1)])
def test_as_it_is_set(database: Path, setting: str, rung: int) -> None:
    environment = terminal_environment(TERM="xterm-kitty", TMUX=None, CCMON_ALARM_SIGNAL=setting)
    with Terminal([CCMON, "monitor", "--db", database], env=environment) as terminal:
        terminal.wait_for("1 act now")
        wait_in(database, 2)
        terminal.wait_for("2 act now")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        found = written(terminal)
    assert bells(found) == rung
    assert b"\x1b]99;" not in found


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_through_tmux(database: Path, tmp_path: Path) -> None:
    """What tmux passes on is the bare sequence; by itself it swallows one that is not wrapped."""
    config, socket = tmp_path / "tmux.conf", tmp_path / "socket"
    config.write_text("set -g allow-passthrough on\nset -g default-terminal screen-256color\n")
    command = ["tmux", "-S", str(socket), "-f", str(config), "new-session", f"{CCMON} monitor --db {database}"]
    environment = terminal_environment(TMUX=None, KITTY_WINDOW_ID="1")
    with Terminal(command, env=environment) as terminal:
        terminal.wait_for("1 act now")
        assert terminal.watch(lambda: TEXT.encode() + b"\x1b\\" in written(terminal))
        terminal.send("q")
        terminal.wait_for_exit()
        found = written(terminal)
    assert b"\x1b]99;i=ccmon:d=0;ccmon\x1b\\\x1b]99;i=ccmon:p=body;" + TEXT.encode() + b"\x1b\\" in found
    assert bells(found) == 1
    assert b"Ptmux;" not in found
