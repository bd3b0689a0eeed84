"""Ends the program at once, with the terminal restored and the right exit status, whatever the terminal does.

Textual 8.2.8 has no handler for SIGHUP and SIGTERM, spins when its terminal is gone, and waits without limit for a
terminal that does not read. So signals are handled here, and a thread, the watchdog, waits until the terminal hangs up
or the program is told to end: it ends the process if the orderly way takes too long, or if the program is over but
another thread does not end.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from ccmon.errors import CcmonError

GUARD_S = 0.35
"""How long an orderly end may take (it needs 0.1 to 0.25 s) before the process is ended as it is."""
THREADS_S = 1.0
"""How long Python may wait for other threads once the program is over; then the process is ended."""
SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
RESTORE = (
    b"\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?2048l\x1b[<u\x1b[?7h\x1b[0m"
    b"\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""Switches off what Textual switched on: paste and mouse reports, keyboard protocol, the alternate screen."""


def check_terminal() -> None:
    """Raise a `CcmonError` unless input and output are a terminal that can show a screen."""
    # Over ssh, the screen may be all that this person gets: no other command can be run.
    is_remote = "SSH_CONNECTION" in os.environ
    instead = "`ccmon status` prints the same figures once."
    if not (_is_terminal(sys.__stdin__) and _is_terminal(sys.__stdout__)):
        if "SSH_ORIGINAL_COMMAND" in os.environ:  # of a command that sshd has put this one in the place of
            raise CcmonError("This account opens the screen and runs no other command: connect with ssh -t alone.")
        if is_remote and "SSH_TTY" not in os.environ:
            raise CcmonError("The monitor needs a terminal for its input and its output: connect with ssh -t.")
        raise CcmonError(f"The monitor needs a terminal for its input and its output (ssh -t); {instead}")
    if os.environ.get("TERM", "dumb") in {"", "dumb", "unknown"}:
        instead = "connect from another one." if is_remote else instead
        raise CcmonError(f"This terminal (TERM={os.environ.get('TERM', '')}) cannot show a screen; {instead}")


def _is_terminal(file: Any) -> bool:
    return file is not None and not file.closed and file.isatty()


class Shutdown:
    """Ends the program on signals and when the terminal hangs up; `enforce_exit` makes sure that it does."""

    def __init__(self, end: Callable[[int], None]) -> None:
        self._end = end
        self.is_entered = False
        """Whether it is to end the process: where only an app runs, as in a test, that is not its own."""
        self._attributes: list[Any] | None = None
        self._status: int | None = None
        """The exit status with which the program is to end; None: not yet."""
        self._wakes_watchdog = -1
        self._left = threading.Event()
        """Set once the screen has been left the orderly way."""
        self.on_forced_exit: Callable[[int], int] | None = None
        """Called with the exit status when the watchdog ends the process; returns the one to use. It must be quick."""

    def __enter__(self) -> Self:
        """Remember the terminal's settings."""
        self.is_entered = True
        with suppress(termios.error, ValueError, OSError):
            self._attributes = termios.tcgetattr(0)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """The orderly end has worked: the watchdog need not restore the terminal."""
        self._left.set()

    def listen(self) -> None:
        """Handle signals in the running loop, and start the watchdog."""
        wakes, self._wakes_watchdog = os.pipe()
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self._end, 128 + number)
            # The loop still gets the signal; this handler runs even while the loop is held up.
            signal.signal(number, lambda number, _: self.enforce_exit(128 + number))
        threading.Thread(target=self._watch, args=(wakes, loop), name="ccmon-watchdog", daemon=True).start()

    def enforce_exit(self, status: int) -> None:
        """Give the process `GUARD_S` from now to leave the screen by itself.

        A signal may call this at any moment, so it takes no lock and starts no thread.
        """
        if self._status is None:
            self._status = status
            os.write(self._wakes_watchdog, b"\0")

    def _watch(self, wakes: int, loop: asyncio.AbstractEventLoop) -> None:
        """Wait until the program is to end, and make sure that it does."""
        poll = select.poll()
        poll.register(0, 0)  # a hang-up only
        poll.register(wakes, select.POLLIN)
        poll.poll()
        status = self._status
        if status is None:
            # The program must end even if the loop is held up: nobody is looking any more.
            status = self._status = 128 + signal.SIGHUP
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._end, status)
        if not self._left.wait(GUARD_S):
            self._give_up(status)
        threading.main_thread().join()  # the program is over, and Python waits for other threads
        time.sleep(THREADS_S)
        os._exit(status)

    def _give_up(self, status: int) -> None:
        """Restore the terminal without waiting for it, and end the process."""
        with suppress(termios.error, OSError):
            termios.tcflush(1, termios.TCOFLUSH)
        with suppress(OSError):
            os.set_blocking(1, False)
            os.write(1, RESTORE)
        if self._attributes is not None:
            with suppress(termios.error, OSError):
                termios.tcsetattr(0, termios.TCSANOW, self._attributes)
        with suppress(OSError):
            os.set_blocking(1, True)
        if self.on_forced_exit is not None:
            with suppress(Exception):
                status = self.on_forced_exit(status)
        os._exit(status)
