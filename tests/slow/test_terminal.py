"""The monitor as a process in a real pseudo-terminal: it starts, shows trouble and recovery, and ends well."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.terminal import NothingCameError, Terminal, terminal_environment
from ccmon.database.writer import Writer
from ccmon.events import AgentLoggedIn, CallEntered
from ccmon.real_time import real_now
from tests.databases import new_database
from tests.processes import CCMON


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam", name="Utrecht")
    tell(path, "support")
    return path


def tell(path: Path, queue: str) -> None:
    """One caller enters a queue now."""
    now = real_now()
    with Writer(path, source="pbx", kind="queue-log") as writer:
        writer.apply([AgentLoggedIn(now, "Ana"), CallEntered(now, f"call-{queue}", queue, "\x1b]0;x\x07[b]")])
        writer.commit(checked_at=now)


def monitor(database: Path, *options: str, size: tuple[int, int] = (100, 30), **environment: str | None) -> Terminal:
    return Terminal([CCMON, "monitor", "--db", database, *options], size=size, env=terminal_environment(**environment))


def hang_up(terminal: Terminal) -> None:
    terminal.hang_up()


ENDINGS: list[tuple[str, Callable[[Terminal], None], int]] = [
    ("q", lambda terminal: terminal.send("q"), 0),
    ("ctrl-c", lambda terminal: terminal.send("\x03"), 0),
    ("SIGTERM", lambda terminal: terminal.process.send_signal(signal.SIGTERM), 128 + signal.SIGTERM),
    ("SIGHUP", lambda terminal: terminal.process.send_signal(signal.SIGHUP), 128 + signal.SIGHUP),
    ("SIGINT", lambda terminal: terminal.process.send_signal(signal.SIGINT), 128 + signal.SIGINT),
    ("SIGQUIT", lambda terminal: terminal.process.send_signal(signal.SIGQUIT), 128 + signal.SIGQUIT),
    ("terminal closed", hang_up, 128 + signal.SIGHUP),
]


@pytest.mark.parametrize(("end", "status"), [pytest.param(end, status, id=name) for name, end, status in ENDINGS])
def test_every_ending_restores_the_terminal_and_tells_the_truth(
    database: Path, end: Callable[[Terminal], None], status: int
) -> None:
    with monitor(database) as terminal:
        terminal.wait_for("support")
        assert terminal.is_raw()
        end(terminal)
        assert (terminal.process.wait() if end is hang_up else terminal.wait_for_exit()) == status
        if end is not hang_up:
            assert not terminal.is_raw()
            while terminal.read():
                pass
            written = b"".join(data for _, data in terminal.output)
            assert b"\x1b[?1049l" in written[written.rindex(b"\x1b[?1049h") :]
            assert b"\x1b[?25h" in written[written.rindex(b"\x1b[?25l") :]
            assert b"Traceback" not in written


def test_it_can_be_stopped_and_goes_on(database: Path) -> None:
    """As by Ctrl-Z from another terminal: the shell has its terminal meanwhile."""
    with monitor(database) as terminal:
        terminal.wait_for("support")
        terminal.process.send_signal(signal.SIGTSTP)
        stat = Path(f"/proc/{terminal.process.pid}/stat")
        assert terminal.watch(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T")
        assert not terminal.is_raw()
        tell(database, "sales")
        terminal.process.send_signal(signal.SIGCONT)
        terminal.wait_for("sales")
        assert terminal.is_raw()
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_a_terminal_that_does_not_read_holds_up_no_ending(database: Path) -> None:
    with monitor(database) as terminal:
        terminal.wait_for("support")
        # Nobody reads from here on: what is written fills the terminal's buffer.
        for _ in range(40):
            terminal.send("12345?\x1b")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait() == 128 + signal.SIGTERM
        assert not terminal.is_raw()


def test_trouble_is_said_and_goes_away(database: Path) -> None:
    away = database.with_suffix(".away")
    with monitor(database) as terminal:
        terminal.wait_for("support")
        database.rename(away)
        terminal.wait_for("no database")
        away.rename(database)
        terminal.wait_for("support")
        terminal.wait_for("Utrecht · everything")
        other = database.with_suffix(".other")
        new_database(other, time_zone="Europe/Amsterdam", name="Rotterdam")
        tell(other, "sales")
        shutil.move(other, database)
        terminal.wait_for("Rotterdam · everything")
        new_database(other, time_zone="Europe/Amsterdam")
        newer = sqlite3.connect(other, isolation_level=None)
        newer.execute("PRAGMA user_version = 9999")
        newer.close()
        shutil.move(other, database)
        terminal.wait_for("newer")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_a_callers_escape_sequence_reaches_no_terminal(database: Path) -> None:
    with monitor(database) as terminal:
        terminal.wait_for("support")
        terminal.send("1j\r")
        terminal.wait_for("Esc closes")
        terminal.send("G")
        terminal.wait_for("␛]0;x␇[b]")
        assert not any(b"\x1b]0;x" in data for _, data in terminal.output)


def test_resizing_in_both_directions(database: Path) -> None:
    with monitor(database) as terminal:
        terminal.wait_for("support")
        for columns, rows, text in ((20, 5, "ccmon needs"), (80, 24, "5 Follow-ups"), (200, 60, "ASA")):
            terminal.resize(columns, rows)
            terminal.wait_for(text)


def test_no_colour_and_ascii_are_respected(database: Path) -> None:
    with monitor(database, NO_COLOR="1", LANG="C", LC_ALL=None, LC_CTYPE=None) as terminal:
        terminal.wait_for("support")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        written = b"".join(data for _, data in terminal.output)
        assert written.isascii()
        assert not any(b"\x1b[3%dm" % colour in written for colour in range(8))


@pytest.mark.parametrize("stdin", [subprocess.DEVNULL, subprocess.PIPE])
def test_without_a_terminal_it_names_status(database: Path, stdin: int) -> None:
    for words in (["monitor"], []):
        run = subprocess.run(
            [CCMON, *words, "--db", database],
            stdin=stdin,
            capture_output=True,
            text=True,
            check=False,
            env=terminal_environment(),
        )
        assert run.returncode == 1
        assert run.stdout == ""
        assert len(run.stderr.splitlines()) == 1
        assert "ccmon status" in run.stderr


def test_a_dumb_terminal_is_told_about_status(database: Path) -> None:
    with monitor(database, TERM="dumb") as terminal:
        assert terminal.wait_for_exit() == 1
        text = " ".join(terminal.text().split())
        assert "ccmon status" in text
        assert not any(b"\x1b" in data for _, data in terminal.output)


def test_a_log_file_for_errors_does_not_blank_the_screen(database: Path, tmp_path: Path) -> None:
    log = tmp_path / "errors.log"
    shell = ["sh", "-c", f"exec {CCMON} monitor --db {database} 2> {log}"]
    with Terminal(shell, size=(100, 30), env=terminal_environment()) as terminal:
        terminal.wait_for("support")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
    assert log.stat().st_size == 0


def test_terminal_shows_what_was_written_and_says_how_it_ended() -> None:
    with Terminal(
        ["sh", "-c", r"printf '\033[2;3Hhere\033[?2026l \033]0;title\007now'; read line; exit 3"]
    ) as terminal:
        assert terminal.wait_for("now").splitlines()[1] == "  here now"
        terminal.send("\n")
        assert terminal.wait_for_exit() == 3


def test_what_an_ended_program_cannot_show_any_more_is_not_waited_for() -> None:
    with Terminal(["sh", "-c", "echo last words; exit 3"]) as terminal:
        with pytest.raises(NothingCameError) as raised:
            terminal.wait_for("more")
        assert str(raised.value).startswith("'more' did not come on the screen; the program ended with status 3:\nlast")
        assert terminal.wait_for("last words")
