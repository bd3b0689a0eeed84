"""Ctrl-C and other signals at every moment of a start: no traceback, no raw terminal, a true exit status."""

from __future__ import annotations

import signal
import sys
import tomllib
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal, terminal_environment
from tests.databases import new_database
from tests.processes import wait_until

ROOT = Path(__file__).parents[2]

# Interrupts itself when a module is first asked for, as Ctrl-C would: all before it is loaded, and nothing after.
AT_IMPORT = """
import os, runpy, signal, sys
name = sys.argv.pop(1)
def interrupt(event, details, seen=[]):
    if event == 'import' and details[0] == name and not seen:
        seen.append(name)
        os.write(2, b'interrupted here\\r\\n')
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(interrupt)
runpy.run_module('ccmon', run_name='__main__', alter_sys=True)
"""

# Sends itself a signal as soon as the terminal is set for a screen.
AT_SCREEN = """
import os, sys
from ccmon.__main__ import main
from ccmon.monitor.terminal_driver import TerminalDriver
number, start = int(sys.argv.pop(1)), TerminalDriver.start_application_mode
def interrupt(self):
    start(self)
    os.kill(os.getpid(), number)
TerminalDriver.start_application_mode = interrupt
main()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="UTC")


def run(*words: object, cwd: Path, **environment: str) -> tuple[int, str, bool]:
    """Run a program in a terminal to its end: exit status as a shell tells it, all it wrote, whether it is left raw."""
    with Terminal(
        [sys.executable, "-c", *map(str, words)], env=terminal_environment(**environment), cwd=cwd
    ) as terminal:
        status = terminal.wait_for_exit()
        raw = terminal.is_raw()
        while terminal.read():
            pass
        written = b"".join(data for _, data in terminal.output).decode(errors="replace")
    return (status if status >= 0 else 128 - status), written, raw


MONITOR = [
    "ccmon.cli",
    "ccmon.cli.direct",
    "ccmon.cli.run_monitor",
    "ccmon.settings",
    "ccmon.monitor",
    "ccmon.monitor.shutdown",
    "asyncio",
    "ccmon.monitor.app",
    "textual.app",
    "textual.message_pump",
    "rich.console",
    "ccmon.model",
    "ccmon.database.live_reader",
    "sqlite3",
    "textual.drivers.linux_driver",
    "aiosqlite",
]
OTHERS = [
    (
        "status",
        [
            "ccmon.cli",
            "ccmon.cli.direct",
            "ccmon.cli.run_status",
            "ccmon.database.reader",
            "sqlite3",
            "ccmon.report.text",
        ],
    )
]
OTHERS += [
    ("doctor", ["typer", "ccmon.cli.options", "ccmon.database.doctor"]),
    ("sources", ["ccmon.cli.options", "ccmon.database.source_status"]),
]
OTHERS += [
    ("init", ["ccmon.database.database_file", "ccmon.database.creation"]),
    ("demo", ["ccmon.simulator.process", "textual.app", "ccmon.monitor.poller"]),
]


@pytest.mark.parametrize(
    ("command", "module"),
    [("monitor", module) for module in MONITOR] + [(command, each) for command, names in OTHERS for each in names],
)
def test_ctrl_c_while_it_is_loading_is_silent(database: Path, tmp_path: Path, command: str, module: str) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    where = [] if command == "demo" else ["--db", database]
    status, written, raw = run(AT_IMPORT, module, command, *where, cwd=tmp_path, TMPDIR=str(place))
    assert "interrupted here" in written
    assert status == 128 + signal.SIGINT
    assert not raw
    said = written.split("interrupted here")[1].strip()
    if module == "aiosqlite":  # the screen is there by now
        assert "Traceback" not in said
    else:
        assert said in {"", "ccmon: stopped."}
    wait_until(lambda: not list(place.iterdir()), what="the end of the floor, and its directory's")


@pytest.mark.parametrize("command", [["follow", "queue-log", "no-log"], ["import", "queue-log", "no-log"]])
def test_ctrl_c_before_a_log_is_read_is_silent(database: Path, tmp_path: Path, command: list[str]) -> None:
    status, written, _ = run(AT_IMPORT, "ccmon.database.writer", *command, "--db", database, cwd=tmp_path)
    assert status == 128 + signal.SIGINT
    assert written.split("interrupted here")[1].strip() in {"", "ccmon: stopped."}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_screen_is_set_up_restores_the_terminal(
    database: Path, tmp_path: Path, number: signal.Signals
) -> None:
    status, written, raw = run(AT_SCREEN, int(number), "monitor", "--db", database, cwd=tmp_path)
    assert status == 128 + number
    assert not raw
    assert "\x1b[?1049l" in written[written.rindex("\x1b[?1049h") :]
    assert "Traceback" not in written


def test_the_command_begins_with_what_is_tested_here() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"ccmon": "ccmon.__main__:main"}


def test_an_ignored_interrupt_stays_ignored(database: Path) -> None:
    """Whoever starts it in the background of a script has said so."""
    ask = "import signal, sys, ccmon.cli as c; signal.signal(2, signal.SIG_IGN); sys.argv = ['ccmon', '--version'];"
    ask += (
        "from ccmon.__main__ import main\ntry: main()\nexcept SystemExit: print(signal.getsignal(2) is signal.SIG_IGN)"
    )
    _, written, _ = run(ask, cwd=database.parent)
    assert "True" in written
