"""A terminal that stops reading for a while: what it gets when it reads again is hardly older than now."""

from __future__ import annotations

import fcntl
import os
import re
import termios
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.terminal import Replay, Terminal, terminal_environment
from ccmon.database.writer import Writer
from ccmon.events import CallEntered
from ccmon.monitor.terminal_driver import FIRST_PATIENCE_S, TerminalDriver
from ccmon.real_time import real_now
from tests.databases import new_database
from tests.processes import CCMON, running_with, wait_until

CHANGES = 15
PLACE_QUESTION = b"\x1b[6n"
SYNCHRONIZED = b"\x1b[?2026h"


class OldTerminal(Terminal):
    """Knows no modes, as tmux 3.3 does not; it tells where its cursor is, as every terminal does."""

    def _answer(self, data: bytes) -> None:
        for _ in range(data.count(PLACE_QUESTION)):
            self.send(b"\x1b[7;1R")


class MuteTerminal(Terminal):
    """Answers nothing."""

    def _answer(self, data: bytes) -> None:
        pass


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="UTC", name="Utrecht")


def command(database: Path) -> Sequence[str]:
    return [str(CCMON), "monitor", "--db", str(database), "--refresh", "0.2"]


def reads(process: int) -> int:
    """How often a process has read from a file."""
    found = re.search(r"^syscr: (\d+)$", Path(f"/proc/{process}/io").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def change(database: Path, writer: Writer, number: int, process: int) -> None:
    """One more caller, and wait until the monitor has read of him."""
    before = reads(process)
    now = real_now()
    writer.apply([CallEntered(now, f"call-{number}", "support", None)])
    writer.commit(checked_at=now)
    wait_until(lambda: reads(process) > before, what="a poll of the monitor")


def shows(number: int) -> re.Pattern[str]:
    return re.compile(rf"offered +{number} ")


@pytest.mark.parametrize(("kind", "frame"), [(Terminal, SYNCHRONIZED), (OldTerminal, PLACE_QUESTION)])
def test_at_most_two_old_frames_come_when_it_reads_again(database: Path, kind: type[Terminal], frame: bytes) -> None:
    with Writer(database, source="pbx", kind="queue-log") as writer, kind(command(database)) as terminal:
        change(database, writer, 1, terminal.process.pid)
        terminal.wait_for(shows(1))
        for number in range(2, CHANGES + 1):  # nobody reads meanwhile
            change(database, writer, number, terminal.process.pid)
        stopped = len(terminal.output)
        terminal.wait_for(shows(CHANGES))
        replay = Replay(terminal.columns, terminal.rows)
        for _, data in terminal.output[:stopped]:
            replay.feed(data)
        late = b"".join(data for _, data in terminal.output[stopped:]).split(frame)
        old = 0
        for each in late:
            replay.feed(each)
            old += shows(CHANGES).search(replay.text()) is None
        # What comes before the first mark is the rest of a frame from before.
        assert old - 1 <= 2
        change(database, writer, CHANGES + 1, terminal.process.pid)
        terminal.wait_for(shows(CHANGES + 1))
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert not terminal.is_raw()


def test_a_terminal_that_answers_nothing_is_drawn_on_all_the_same(database: Path) -> None:
    with Writer(database, source="pbx", kind="queue-log") as writer, MuteTerminal(command(database)) as terminal:
        for number in range(1, 8):
            change(database, writer, number, terminal.process.pid)
            terminal.wait_for(shows(number))
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_no_answer_is_left_for_the_shell(database: Path) -> None:
    """After the end nothing of what the terminal has answered stands in its input."""
    with Writer(database, source="pbx", kind="queue-log") as writer:
        shell = ["sh", "-c", f'{" ".join(command(database))}; read line; echo "got<$line>"']
        with Terminal(shell, env=terminal_environment()) as terminal:
            change(database, writer, 1, os.getpid())
            terminal.wait_for(shows(1))
            terminal.send("q")
            assert terminal.watch(lambda: len(running_with(str(database))) == 1)  # the shell is left
            assert not terminal.is_raw()
            terminal.send("\n")
            terminal.wait_for("got<>")


@pytest.fixture
def floor_driver() -> TerminalDriver:
    made = object.__new__(TerminalDriver)
    made._writer_thread = None
    made._question, made._asked_at, made._patience_s = "\x1b[6n", None, FIRST_PATIENCE_S
    made._answered = threading.Event()
    return made


def test_an_answer_that_got_lost_is_waited_for_ever_longer_but_not_for_ever(
    floor_driver: TerminalDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    sent: list[str] = []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(TerminalDriver, "write", lambda _, text: sent.append(text))
    monkeypatch.setattr(TerminalDriver, "flush", lambda _: None)

    def drawn_until(end: float) -> list[float]:
        moments: list[float] = []
        while now[0] < end:
            if not floor_driver.is_behind:
                moments.append(now[0])
                floor_driver.write(floor_driver.question())
            now[0] += 1.0
        return moments

    assert drawn_until(180.0) == [100.0, 115.0, 145.0]
    floor_driver._take_answer()
    assert not floor_driver.is_behind
    assert drawn_until(205.0) == [180.0, 195.0]
    assert set(sent) == {"\x1b[6n"}


def test_what_a_line_still_holds_is_waited_for(floor_driver: TerminalDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(_: int, request: int, __: Any) -> bytes:
        assert request == termios.TIOCOUTQ
        return (3).to_bytes(4, "little")

    assert not floor_driver.is_behind
    monkeypatch.setattr(fcntl, "ioctl", held)
    assert floor_driver.is_behind
