"""A program in a pseudo-terminal of its own: what it writes and when, what stands on its screen, how it ends.

No threads: bytes are read only while somebody watches, so a terminal that nobody watches is one that has stopped
reading. Moments are seconds of the monotonic clock. Linux only.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte

WATCHDOG_S = 300.0
"""How long to wait for something that must come before giving up: a hanging program fails instead of hanging us."""
LAST_WORDS_S = 0.1
"""How long the last that an ended program wrote may take to arrive."""

# Runs first, in the program's place: a session of its own on this terminal, and no signal ignored as our parent may do.
# (Code of ours in the child would need a fork, which a process with threads must not do.)
LAUNCH = ("env", "--default-signal=HUP,INT,QUIT,TERM", "setsid", "--ctty")

# Not known to pyte, which would print parts of them.
NOT_FOR_PYTE = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    rb"|\x1b[P_^X][^\x1b]*\x1b\\"
    rb"|\x1b\[[<>=][0-9;]*[a-zA-Z]"
    rb"|\x1b\[\??[0-9;]*[ !\"$'][a-zA-Z]"
    rb"|\x1b\[\?[0-9;]*[a-gi-km-zA-Z]"
)
UNFINISHED = re.compile(rb"\x1b(?:[\[\]P_^X][^a-zA-Z\x07\x1b]*)?$")
MODE_QUESTION = re.compile(rb"\x1b\[\?(\d+)\$p")
SYNCHRONIZED_OUTPUT = b"2026"


class NothingCameError(AssertionError):
    """The program did not show in time what was waited for; the text is its screen."""


class Terminal:
    """One program and its terminal. Use it as a context manager: leaving ends the program and all it started."""

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        *,
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.columns, self.rows = size
        self.output: list[tuple[float, bytes]] = []
        """Moment of reading and bytes, in order."""
        self._screen = Replay(self.columns, self.rows)
        self._shown = 0
        self._unanswered = b""
        self._terminal, program_side = pty.openpty()
        self.resize(*size)
        self.started_at = time.monotonic()
        try:
            self.process = subprocess.Popen(  # noqa: S603 - whoever measures or tests chooses the program
                [*LAUNCH, *(os.fspath(word) for word in command)],
                stdin=program_side,
                stdout=program_side,
                stderr=program_side,
                env=terminal_environment() if env is None else dict(env),
                cwd=cwd,
            )
        finally:
            os.close(program_side)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    @property
    def session(self) -> int:
        """The session of the program: the program's process id."""
        return self.process.pid

    def watch(self, until: Callable[[], bool], *, seconds: float = WATCHDOG_S) -> bool:
        """Read what the program writes until a condition holds (true) or the time is up (false)."""
        return watch([self], until, seconds=seconds)

    def watch_for(self, seconds: float) -> None:
        """Read what the program writes for a while."""
        watch([self], lambda: False, seconds=seconds)

    def wait_for(self, text: str | re.Pattern[str]) -> str:
        """Watch until a text stands on the screen; return the screen.

        Raises:
            NothingCameError: it did not come in time, or the program has ended without it.
        """
        pattern = re.compile(re.escape(text)) if isinstance(text, str) else text
        self.watch(lambda: pattern.search(self.text()) is not None or self._is_over())
        if pattern.search(self.text()) is None:
            ended = "" if self.process.poll() is None else f"; the program ended with status {self.process.poll()}"
            raise NothingCameError(f"{pattern.pattern!r} did not come on the screen{ended}:\n{self.text()}")
        return self.text()

    def wait_for_exit(self) -> int:
        """Watch until the program has ended, and read its last words; return its status, negative for a signal."""
        if not self.watch(lambda: self.process.poll() is not None):
            raise NothingCameError(f"the program did not end:\n{self.text()}")
        # Until its end is closed; a program that it has left behind may keep it open, and be silent.
        while self.fileno() >= 0 and select.select([self], [], [], LAST_WORDS_S)[0] and self.read():
            pass
        return self.process.wait()

    def text(self) -> str:
        """Return what stands on the screen now, lines without trailing blanks."""
        for _, data in self.output[self._shown :]:
            self._screen.feed(data)
        self._shown = len(self.output)
        return self._screen.text()

    def first_moment(self, text: str | re.Pattern[str]) -> float | None:
        """Return when a text first stood on the screen, by replaying everything that was written."""
        pattern = re.compile(re.escape(text)) if isinstance(text, str) else text
        replay = Replay(self.columns, self.rows)
        for moment, data in self.output:
            replay.feed(data)
            if pattern.search(replay.text()):
                return moment
        return None

    def send(self, keys: str | bytes) -> None:
        """Press keys."""
        os.write(self._terminal, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the program gets SIGWINCH."""
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(columns, rows)

    def is_raw(self) -> bool:
        """Tell whether the line discipline is still as a full-screen program sets it: no echo, no lines."""
        flags = termios.tcgetattr(self._terminal)[3]
        return not flags & termios.ICANON or not flags & termios.ECHO

    def hang_up(self) -> None:
        """Close our end, as a server does when the line drops."""
        if self._terminal >= 0:
            os.close(self._terminal)
            self._terminal = -1

    def end(self) -> None:
        """End the program and whatever it started in its session, and close the terminal."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in processes_of(self.session):
                _signal(pid, number)
            # The program may have to write to be able to end.
            self.watch(lambda: self.process.poll() is not None and not processes_of(self.session), seconds=2.0)
        self.hang_up()
        self.process.wait()

    def read(self) -> bool:
        """Take in what is there to read; false once the program's end is closed."""
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:
            return False
        if data:
            self.output.append((time.monotonic(), data))
            self._answer(data)
        return bool(data)

    def fileno(self) -> int:
        """Return the file descriptor of our end; -1 after a hang-up."""
        return self._terminal

    def _is_over(self) -> bool:
        """Tell whether nothing more can come: the program and all it started have ended, and all of it is read."""
        if self.process.poll() is None or processes_of(self.session):
            return False
        return self.fileno() < 0 or not (select.select([self], [], [], LAST_WORDS_S)[0] and self.read())

    def _answer(self, data: bytes) -> None:
        """Answer the question whether frames may be synchronized, as terminals of this decade do."""
        data = self._unanswered + data
        for question in MODE_QUESTION.finditer(data):
            known = b"2" if question[1] == SYNCHRONIZED_OUTPUT else b"0"
            self.send(b"\x1b[?" + question[1] + b";" + known + b"$y")
        tail = UNFINISHED.search(data)
        self._unanswered = tail[0] if tail else b""


class Replay:
    """A screen that recorded bytes are shown on again."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        self._text: str | None = None
        """What stands on the screen; None: not put together since it changed, which costs some milliseconds."""

    def feed(self, data: bytes) -> None:
        """Show some bytes; an unfinished sequence waits for its rest."""
        data = self._held + data
        tail = UNFINISHED.search(data)
        self._held = tail[0] if tail else b""
        self._text = None
        self._stream.feed(NOT_FOR_PYTE.sub(b"", data[: len(data) - len(self._held)]))

    def resize(self, columns: int, rows: int) -> None:
        """Give the screen another size."""
        self._text = None
        self._screen.resize(rows, columns)

    def text(self) -> str:
        """Return what stands on the screen, lines without trailing blanks."""
        if self._text is None:
            self._text = "\n".join(line.rstrip() for line in self._screen.display)
        return self._text


def watch(terminals: Sequence[Terminal], until: Callable[[], bool], *, seconds: float) -> bool:
    """Read what several programs write until a condition holds (true) or the time is up (false)."""
    end = time.monotonic() + seconds
    open_ones = [terminal for terminal in terminals if terminal.fileno() >= 0]
    while not until():
        left = end - time.monotonic()
        if left <= 0:
            return False
        # A program may also end or change a file without writing: look at the condition now and then.
        readable, _, _ = select.select(open_ones, [], [], min(left, 0.02))
        for terminal in readable:
            if not terminal.read():
                open_ones.remove(terminal)
    return True


def terminal_environment(**changes: str | None) -> dict[str, str]:
    """Return an environment as a supervisor's login has it, with some variables changed or (None) taken out.

    It is that of this process, which `benchmarks.environment.isolate` has made: every environment of a child comes from
    here, so that none sees this machine's.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    for name, value in changes.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    return environment


def processes_of(session: int) -> list[int]:
    """Return the ids of a session's living processes."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, _, of_session = entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[:4]
            except OSError:
                continue
            if int(of_session) == session and state != "Z":
                found.append(int(entry.name))
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until(condition: Callable[[], bool], *, seconds: float = WATCHDOG_S) -> None:
    """Wait for a condition of another process.

    Raises:
        TimeoutError: it did not come about in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not come about")
        time.sleep(0.01)
