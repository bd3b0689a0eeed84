"""Textual's driver for us: it writes to standard output, and knows whether the terminal has taken the last frame.

What a terminal has not read yet lies in the kernel's buffer, and over SSH in the server's; a pseudo-terminal does not
tell how much that is (TIOCOUTQ is always 0 there, and its buffer takes thirty small frames before a write waits). So a
question that every terminal answers follows each frame: while the answer is out, no other frame is made, and what is
shown when the terminal reads again is one old frame and a fresh one.
"""

from __future__ import annotations

import fcntl
import struct
import sys
import termios
import threading
import time
from contextlib import suppress
from typing import Any, Final

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

FIRST_PATIENCE_S: Final = 15.0
"""An answer that has not come after this is taken for lost, and the next for twice as long."""
LEAVING_S: Final = 0.15
"""How long an answer is waited for at the end: it must not come when a shell reads again."""
RECENT_S: Final = 1.0

_MODE_QUESTION: Final = "\x1b[?2026$p"
_PLACE_QUESTION: Final = "\x1b[6n"


class FloorDriver(LinuxDriver):
    """Textual's driver, writing to standard output: standard error may be a log file."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file = sys.__stdout__ or sys.__stderr__
        self._question: str | None = None
        """What this terminal is known to answer."""
        self._asked_at: float | None = None
        """When the question went out that has no answer yet."""
        self._patience_s = FIRST_PATIENCE_S
        self._answered = threading.Event()

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has not taken yet what was sent."""
        writer = self._writer_thread
        if writer is not None and not writer._queue.empty():
            return True
        with suppress(OSError):  # a serial line tells; a pseudo-terminal always says 0
            if struct.unpack("i", fcntl.ioctl(1, termios.TIOCOUTQ, bytes(4)))[0]:
                return True
        return self._asked_at is not None and time.monotonic() - self._asked_at < self._patience_s

    def ask(self) -> None:
        """Ask the terminal to answer when it has come to here: a frame has just been sent."""
        if self._question is not None:
            if self._asked_at is not None:
                self._patience_s *= 2
            self._asked_at = time.monotonic()
            self._answered.clear()
            self.write(self._question)
            self.flush()

    def process_message(self, message: Message) -> None:
        """Take the answers out of what comes from the terminal."""
        if isinstance(message, TerminalSupportsSynchronizedOutput):
            known = self._question == _MODE_QUESTION
            self._question = _MODE_QUESTION
            self._take_answer()
            if known:
                return
        elif isinstance(message, events.CursorPosition):
            self._question = self._question or _PLACE_QUESTION
            self._take_answer()
            return
        super().process_message(message)

    def start_application_mode(self) -> None:
        """Start, and find out which question this terminal answers: not all know of modes, such as tmux 3.3."""
        self._question = self._asked_at = None
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self.input_tty:
            self.write(_PLACE_QUESTION)
            self.flush()

    def disable_input(self) -> None:
        """Stop reading, after the answer that is surely on its way."""
        if self._asked_at is not None and time.monotonic() - self._asked_at < RECENT_S:
            self._answered.wait(LEAVING_S)
        super().disable_input()

    def _take_answer(self) -> None:
        self._asked_at = None
        self._patience_s = FIRST_PATIENCE_S
        self._answered.set()
