"""Requests to stop, from a signal or another thread."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


class Stop:
    """Whether somebody asked to stop, and a wait that ends when somebody does.

    A signal's handler interrupts whatever the main thread does, so asking takes no lock: one that the interrupted code
    holds (`threading.Event` has one) would never be released.
    """

    def __init__(self) -> None:
        self._asked = False
        self._told, self._tell = os.pipe()
        os.set_blocking(self._tell, False)

    def __del__(self) -> None:
        for end in (self._told, self._tell):
            with suppress(OSError):
                os.close(end)

    @property
    def asked(self) -> bool:
        """Whether somebody has asked to stop."""
        return self._asked

    def ask(self) -> None:
        """Ask to stop."""
        self._asked = True
        with suppress(BlockingIOError):  # the pipe is full of requests
            os.write(self._tell, b"\0")

    def fileno(self) -> int:
        """A descriptor that can be read once somebody has asked: for whoever waits for something else as well."""
        return self._told

    def wait(self, seconds: float) -> bool:
        """Wait, at most until somebody asks to stop; return whether somebody did."""
        waiting = select.poll()
        waiting.register(self._told, select.POLLIN)
        waiting.poll(seconds * 1000)
        return self._asked

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take SIGTERM, SIGINT and SIGHUP as requests; a second one has the effect that it had before."""
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}

        def asked(number: int, _frame: FrameType | None) -> None:
            self.ask()
            signal.signal(number, before[signal.Signals(number)])

        for number in before:
            signal.signal(number, asked)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
