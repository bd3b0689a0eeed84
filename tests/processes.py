"""Real processes of ccmon: run one, wait for what another does, keep one following a log. Nothing waits without end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import TracebackType

from benchmarks.terminal import WATCHDOG_S, terminal_environment

CCMON = Path(sys.executable).with_name("ccmon")


def run_process(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a process of its own."""
    return subprocess.run(
        [CCMON, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=terminal_environment(),
        check=False,
        timeout=WATCHDOG_S,
    )


def join(thread: Thread) -> None:
    """Wait until a thread has ended; fail with where it stands rather than hang."""
    thread.join(WATCHDOG_S)
    if thread.is_alive():
        stack = traceback.format_stack(sys._current_frames()[thread.ident or 0])
        raise AssertionError(f"{thread.name} did not end:\n{''.join(stack)}")


def wait_until(condition: Callable[[], object], *, what: str = "what was waited for") -> None:
    """Wait for something that another process does; fail rather than hang."""
    end = time.monotonic() + WATCHDOG_S
    looked_at = time.monotonic()
    while not condition():
        now = time.monotonic()
        assert now < end, f"{what} did not come about"
        time.sleep(max(0.02, 3 * (now - looked_at)))  # whoever is waited for shares the processor
        looked_at = time.monotonic()


class Follower:
    """A `ccmon follow queue-log` process. Use it as a context manager."""

    def __init__(self, log: Path, database: Path) -> None:
        self._ended = False
        self.process = subprocess.Popen(
            [CCMON, "follow", "queue-log", log, "--db", database],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=terminal_environment(),
        )

    def __enter__(self) -> Follower:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._ended:
            self.end(signal.SIGKILL)

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal and return the exit status and everything that was printed."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        told, _ = self.process.communicate(timeout=WATCHDOG_S)
        self._ended = True
        return self.process.returncode, told


def append(log: Path, *records: str) -> None:
    """Write records to a queue log as a switch does: whole lines, stamped with the present second."""
    append_text(log, "".join(f"{int(time.time())}|{record}\n" for record in records))


def append_text(log: Path, text: str) -> None:
    """Write a text at the end of a log, as it is."""
    with log.open("a", encoding="utf-8", newline="") as file:
        file.write(text)


def running_with(word: str) -> list[int]:
    """Ids of the processes that have a word in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = entry.joinpath("cmdline").read_bytes()
            except OSError:
                continue
            if word.encode() in command:
                found.append(int(entry.name))
    return found
