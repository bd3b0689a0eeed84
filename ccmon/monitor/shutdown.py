"""How the program ends: at once, with the terminal restored and a true exit status, whatever the terminal does.

Textual 8.2.8 has no handler for SIGHUP and SIGTERM, spins when its terminal is gone, and waits without limit for a
terminal that does not read. So signals are handled here, a thread waits for the terminal to hang up, and a timer ends
the process where the orderly way takes too long.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from ccmon.errors import CcmonError

GUARD_S = 0.35
"""An orderly end takes 0.1 to 0.25 s; after this the process is ended as it is."""
SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
RESTORE = (
    b"\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?2048l\x1b[<u\x1b[?7h\x1b[0m"
    b"\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""What Textual switched on, switched off: paste and mouse reports, keyboard protocol, the alternate screen."""


def check_terminal() -> None:
    """Raise a `CcmonError` unless input and output are a terminal that can show a screen."""
    instead = "`ccmon status` prints the same figures once."
    if not (_is_terminal(sys.__stdin__) and _is_terminal(sys.__stdout__)):
        raise CcmonError(f"The monitor needs a terminal for its input and its output; {instead}")
    if os.environ.get("TERM", "dumb") in {"", "dumb", "unknown"}:
        raise CcmonError(f"This terminal (TERM={os.environ.get('TERM', '')}) cannot show a screen; {instead}")


def _is_terminal(file: Any) -> bool:
    return file is not None and not file.closed and file.isatty()


class Shutdown:
    """Ends the program on signals and when the terminal hangs up; `guard` makes sure that it does end."""

    def __init__(self, end: Callable[[int], None]) -> None:
        self._end = end
        self._attributes: list[Any] | None = None
        self._timer: threading.Timer | None = None
        self.at_last: Callable[[int], int] | None = None
        """Called where the guard ends the process, with the exit status; returns the one to take. It must be quick."""

    def __enter__(self) -> Self:
        """Remember how the terminal is set."""
        with suppress(termios.error, ValueError, OSError):
            self._attributes = termios.tcgetattr(0)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """The orderly way has worked: no need for the guard."""
        if self._timer is not None:
            self._timer.cancel()

    def listen(self) -> None:
        """Handle signals in the running loop, and wait in a thread for the terminal to hang up."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self._end, 128 + number)

        def wait_for_hang_up() -> None:
            poll = select.poll()
            poll.register(0, 0)
            poll.poll()
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._end, 128 + signal.SIGHUP)
            # Even a loop that is held up must end: nobody is looking any more.
            self.guard(128 + signal.SIGHUP)

        threading.Thread(target=wait_for_hang_up, name="ccmon-hang-up", daemon=True).start()

    def guard(self, status: int) -> None:
        """From now on the process has `GUARD_S` to end by itself."""
        if self._timer is None:
            self._timer = threading.Timer(GUARD_S, self._give_up, (status,))
            self._timer.daemon = True
            self._timer.start()

    def _give_up(self, status: int) -> None:
        """Restore the terminal without waiting for it, and be gone."""
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
        if self.at_last is not None:
            with suppress(Exception):
                status = self.at_last(status)
        os._exit(status)
