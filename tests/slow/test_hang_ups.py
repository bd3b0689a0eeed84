"""A terminal that goes away, at any moment and many at once, leaves no monitor behind."""

from __future__ import annotations

import random
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal, processes_of, terminal_environment, watch
from ccmon.database.writer import Writer
from ccmon.events import AgentLoggedIn, CallEntered
from ccmon.real_time import real_now
from tests.databases import new_database
from tests.examples import examples
from tests.processes import CCMON, wait_until

WITH = """
import os, signal, sys, threading
from ccmon.__main__ import main
from ccmon.monitor.terminal_driver import TerminalDriver
start, stop_reading = TerminalDriver.start_application_mode, TerminalDriver.disable_input
"""
# With a thread that nobody ends, which Python waits for.
WITH_A_HANGING_THREAD = """
def hang(self):
    start(self)
    threading.Thread(target=threading.Event().wait).start()
TerminalDriver.start_application_mode = hang
main()
"""
# With an event loop that is held up for ever.
WITH_A_HANGING_LOOP = """
def hang(self):
    start(self)
    os.write(1, b"held up")
    threading.Event().wait()
TerminalDriver.start_application_mode = hang
main()
"""
# With SIGCONT in the midst of the end.
WITH_CONTINUATIONS = """
def continued(self):
    os.kill(os.getpid(), signal.SIGCONT)
    stop_reading(self)
    os.kill(os.getpid(), signal.SIGCONT)
TerminalDriver.disable_input = continued
main()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    enter(path, "support")
    return path


def enter(path: Path, queue: str) -> None:
    """One caller enters a queue now."""
    now = real_now()
    with Writer(path, source="pbx", kind="queue-log") as writer:
        writer.apply([AgentLoggedIn(now, "Ana"), CallEntered(now, f"call-{queue}", queue, "+31201234567")])
        writer.commit(checked_at=now)


def monitor(database: Path) -> Terminal:
    return Terminal(
        [CCMON, "monitor", "--db", database, "--refresh", "0.2"], size=(100, 30), env=terminal_environment()
    )


def changed_monitor(change: str, database: Path) -> Terminal:
    return Terminal(
        [sys.executable, "-c", WITH + change, "monitor", "--db", database], size=(100, 30), env=terminal_environment()
    )


def written(terminal: Terminal) -> int:
    """Bytes so far."""
    return sum(len(data) for _, data in terminal.output)


def processor_ticks(terminal: Terminal) -> int:
    """Processor time so far, in ticks of the kernel."""
    try:
        fields = Path(f"/proc/{terminal.process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return sys.maxsize
    return int(fields[11]) + int(fields[12])


def open_pipes(process: Path) -> int:
    """Ends of pipes that a process has open."""
    return sum(file.readlink().name.startswith("pipe:") for file in (process / "fd").iterdir())


def moment_while_loading(terminal: Terminal, chance: random.Random, ticks: int) -> Callable[[], bool]:
    moment = chance.randrange(ticks)
    return lambda: processor_ticks(terminal) >= moment or written(terminal) > 0


def moment_in_the_first_frame(terminal: Terminal, chance: random.Random, _: int) -> Callable[[], bool]:
    moment = chance.randrange(1, 6000)
    return lambda: written(terminal) >= moment or "support" in terminal.text()


def moment_among_polls(terminal: Terminal, chance: random.Random, _: int) -> Callable[[], bool]:
    terminal.wait_for("support")
    moment = written(terminal) + chance.randrange(500)
    return lambda: written(terminal) >= moment


def moment_in_a_dialog(terminal: Terminal, chance: random.Random, _: int) -> Callable[[], bool]:
    terminal.wait_for("support")
    terminal.send(chance.choice(["?", ":pace", "/a", "!", "1j\r", "5jm"]))
    moment = written(terminal) + chance.randrange(4000)
    return lambda: written(terminal) >= moment or "Esc closes" in terminal.text()


MOMENTS = [moment_while_loading, moment_in_the_first_frame, moment_among_polls, moment_in_a_dialog]


@pytest.mark.parametrize("seed", range(examples(1, 4)))
def test_terminals_that_hang_up_at_random_moments_leave_no_monitor(database: Path, seed: int) -> None:
    chance = random.Random(seed)
    with ExitStack() as stack:
        first = stack.enter_context(monitor(database))
        first.wait_for("support")
        ticks = processor_ticks(first)
        terminals = [first, *(stack.enter_context(monitor(database)) for _ in range(7))]
        kinds = [MOMENTS[2], *MOMENTS, *MOMENTS[1:]]
        moments = {each: kind(each, chance, ticks) for each, kind in zip(terminals, kinds, strict=True)}
        while moments:
            due: list[Terminal] = []

            def any_due(due: list[Terminal] = due) -> bool:
                due += [terminal for terminal, has_come in moments.items() if has_come()]
                return bool(due)

            assert watch(list(moments), any_due, seconds=120)
            for terminal in due:
                terminal.hang_up()
                del moments[terminal]
        wait_until(lambda: all(terminal.process.poll() is not None for terminal in terminals), what="the end of all")
        assert not any(processes_of(terminal.session) for terminal in terminals)
        for terminal, kind in zip(terminals, kinds, strict=True):
            assert terminal.process.returncode in ({-1, 129} if kind is moment_while_loading else {129})


def test_a_thread_that_does_not_end_keeps_no_process(database: Path) -> None:
    with changed_monitor(WITH_A_HANGING_THREAD, database) as terminal:
        terminal.wait_for("support")
        terminal.hang_up()
        assert terminal.process.wait() == 128 + signal.SIGHUP
    with changed_monitor(WITH_A_HANGING_THREAD, database) as terminal:
        terminal.wait_for("support")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert not terminal.is_raw()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_loop_that_is_held_up_ends_on_a_signal(database: Path, number: signal.Signals) -> None:
    with changed_monitor(WITH_A_HANGING_LOOP, database) as terminal:
        terminal.wait_for("held up")
        terminal.process.send_signal(number)
        assert terminal.wait_for_exit() == 128 + number
        assert not terminal.is_raw()


def test_a_continuation_while_it_ends_starts_nothing_again(database: Path) -> None:
    """A terminal that hangs up sends SIGHUP and SIGCONT, a service manager SIGTERM and SIGCONT."""
    with changed_monitor(WITH_CONTINUATIONS, database) as terminal:
        terminal.wait_for("support")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert not terminal.is_raw()
        while terminal.read():
            pass
        assert b"".join(data for _, data in terminal.output).count(b"\x1b[?1049h") == 1


def test_it_goes_on_after_a_stop_that_it_could_not_prepare_for(database: Path) -> None:
    with monitor(database) as terminal:
        terminal.wait_for("support")
        process = Path(f"/proc/{terminal.process.pid}")
        pipes: list[int] = []
        for queue in ("billing", "returns"):
            terminal.process.send_signal(signal.SIGSTOP)
            assert terminal.watch(lambda: (process / "stat").read_text().rpartition(")")[2].split()[0] == "T")
            enter(database, queue)
            terminal.process.send_signal(signal.SIGCONT)
            terminal.wait_for(queue)
            assert terminal.is_raw()
            pipes.append(open_pipes(process))
        assert pipes[0] == pipes[1]  # each thread for input has one
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
