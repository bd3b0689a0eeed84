"""Lines for a program that reads them as they come: whoever stops us, or stops reading, ends that without a word."""

from __future__ import annotations

import os
import select

from ccmon.sources.stop import Stop

AT_ONCE = select.PIPE_BUF
"""So many bytes go into a pipe without waiting, once it takes any."""


class LineOutput:
    """Writes lines to a descriptor until a stop is asked for, or nobody reads them any more."""

    def __init__(self, descriptor: int, stop: Stop) -> None:
        self._descriptor = descriptor
        self._stop = stop
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether nothing more need be written."""
        return self._ended or self._stop.asked

    def write(self, line: str) -> None:
        """Write a line, as fast as it is read."""
        left = memoryview(f"{line}\n".encode())
        while left and self._is_ready():
            try:
                left = left[os.write(self._descriptor, left[:AT_ONCE]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                self._ended = True

    def wait(self, seconds: float) -> None:
        """Wait, at most until it has ended."""
        self._poll(0, seconds * 1000)

    def _is_ready(self) -> bool:
        """Wait until the next bytes can be written; whether they need be."""
        self._poll(select.POLLOUT, None)
        return not self.ended

    def _poll(self, wanted: int, wait_ms: float | None) -> None:
        waiting = select.poll()
        waiting.register(self._descriptor, wanted)
        waiting.register(self._stop, select.POLLIN)
        for descriptor, found in waiting.poll(wait_ms):
            if descriptor == self._descriptor and found & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
                self._ended = True
