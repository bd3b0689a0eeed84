"""Our variant of Textual's driver: it writes to standard output and knows if the terminal has taken the last frame.

What a terminal has not read yet waits in the kernel's buffer, and over SSH in the server's; a pseudo-terminal does not
report how much that is (TIOCOUTQ is always 0 there, and its buffer takes thirty small frames before a write blocks). So
each frame is followed by a question that every terminal answers: until the answer comes, no other frame is made. A
terminal that reads again then shows one old frame and a fresh one.

It also sleeps while nothing is typed, where Textual's driver looks ten times a second, and hands each frame to the
writing thread as one text.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import sys
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

FIRST_PATIENCE_S: Final = 15.0
"""After this time without an answer it counts as lost; the next wait is twice as long."""
LEAVING_S: Final = 0.15
"""How long to wait for an answer at the end: it must not arrive when a shell reads again."""
RECENT_S: Final = 1.0
UNFINISHED_S: Final = 0.1
"""How often to check whether a key sequence that has begun to arrive is complete."""
READ_BYTES: Final = 4096
MOST_WRITTEN_IMMEDIATELY: Final = 2048
"""Characters of a frame that fit into the kernel's buffer for a terminal that has read everything else."""

MODE_QUESTION: Final = "\x1b[?2026$p"
_MODE_ANSWER: Final = re.compile(rb"\x1b\[\?2026;[0-4]\$y")
_PLACE_QUESTION: Final = "\x1b[6n"


class ExitEvent(threading.Event):
    """An event that threads can wait for together with their input: a file that becomes readable once it is set.

    Once set, it stays set. Textual clears it when the one thread that it knows of has ended: another one, not yet
    awake, would then wait for ever.
    """

    def __init__(self) -> None:
        super().__init__()
        self._reads, self._writes = os.pipe()

    def fileno(self) -> int:
        """The file that becomes readable."""
        return self._reads

    def set(self) -> None:
        """Set it, and wake the waiting threads."""
        if not self.is_set():
            super().set()
            os.write(self._writes, b"\0")

    def clear(self) -> None:
        """Do nothing: it stays set."""

    def __del__(self) -> None:
        for file in (self._reads, self._writes):
            os.close(file)


class TerminalDriver(LinuxDriver):
    """Textual's driver, writing to standard output: standard error may be a log file."""

    _frame: list[str] | None = None
    """The parts written so far of the frame being made."""
    _last_written = ""
    _is_caught_up = False
    """Whether the terminal has answered for all that was written, so that the writing thread is idle."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file = sys.__stdout__ or sys.__stderr__
        self._question: str | None = None
        """The question that this terminal is known to answer."""
        self._asked_at: float | None = None
        """When the question was sent that has no answer yet."""
        self._patience_s = FIRST_PATIENCE_S
        self._answered = threading.Event()
        self.exit_event = ExitEvent()
        self._has_terminal = False
        """Whether the terminal is set up for the screen and its input is read."""

    @contextmanager
    def one_frame(self) -> Iterator[None]:
        """Write all at once what this thread writes within."""
        self._frame, self._frame_thread = [], threading.get_ident()
        try:
            yield
        finally:
            frame, self._frame = "".join(self._frame), None
            if frame:
                self.write(frame)

    def write(self, data: str) -> None:
        """Write to the terminal, or into the frame being made, if any."""
        if self._frame is not None and self._frame_thread == threading.get_ident():
            self._frame.append(data)
        elif data:
            immediately = self._is_caught_up and len(data) <= MOST_WRITTEN_IMMEDIATELY and self._takes_more()
            self._is_caught_up, self._last_written = False, data
            if immediately:
                self._write_immediately(data.encode())
            else:
                super().write(data)

    @property
    def _written_to(self) -> int:
        """The terminal's file."""
        return self._file.fileno() if self._file is not None else 1

    def _takes_more(self) -> bool:
        """Whether the kernel accepts output for the terminal at once; it does not while the terminal is stopped."""
        poll = select.poll()
        poll.register(self._written_to, select.POLLOUT)
        return any(events == select.POLLOUT for _, events in poll.poll(0))

    def _write_immediately(self, data: bytes) -> None:
        """Write in this thread: waking the writing thread would take longer."""
        while data:
            data = data[os.write(self._written_to, data) :]

    def _get_terminal_size(self) -> tuple[int, int]:
        """Like Textual's, without importing shutil and with it three kinds of compression."""
        if sys.__stdout__ is not None and not {"COLUMNS", "LINES"} & os.environ.keys():
            with suppress(ValueError, OSError):
                columns, lines = os.get_terminal_size(sys.__stdout__.fileno())
                if columns and lines:
                    return columns, lines
        return super()._get_terminal_size()

    def run_input_thread(self) -> None:
        """Wait for input and dispatch its events, until the exit event is set; in a thread of its own."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        exit_event = self.exit_event
        waits_for: list[Any] = [self.fileno, exit_event]
        while not exit_event.is_set():
            # Only Textual knows of an unfinished sequence; where that cannot be read, look as often as Textual does.
            finished = getattr(parser, "_timeout_time", 0.0) is None
            ready, _, _ = select.select(waits_for, (), (), None if finished else UNFINISHED_S)
            if self.fileno in ready:
                data = os.read(self.fileno, READ_BYTES)
                if finished and self._question == MODE_QUESTION and _MODE_ANSWER.fullmatch(data):
                    self._take_answer()  # as after each frame: it holds no events
                    continue
                if not data:  # end of input
                    waits_for.remove(self.fileno)
                text = decode(data)  # empty for half a letter, which the parser would take for the end of input
                for event in parser.feed(text) if text else ():
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has not yet taken all that was sent."""
        writer = self._writer_thread
        if writer is not None and not writer._queue.empty():
            return True
        with suppress(OSError):  # right for a serial line; always 0 for a pseudo-terminal
            if struct.unpack("i", fcntl.ioctl(1, termios.TIOCOUTQ, bytes(4)))[0]:
                return True
        return self._asked_at is not None and time.monotonic() - self._asked_at < self._patience_s

    def question(self) -> str:
        """The question to write after a frame: the terminal answers once it has read this far. It counts as asked.

        Empty while it is not known which one this terminal answers.
        """
        if self._question is None:
            return ""
        if self._asked_at is not None:
            self._patience_s *= 2
        self._asked_at = time.monotonic()
        self._answered.clear()
        return self._question

    def process_message(self, message: Message) -> None:
        """Remove the answers from the terminal's messages."""
        if isinstance(message, TerminalSupportsSynchronizedOutput):
            known = self._question == MODE_QUESTION
            self._question = MODE_QUESTION
            self._take_answer()
            if known:
                return
        elif isinstance(message, events.CursorPosition):
            self._question = self._question or _PLACE_QUESTION
            self._take_answer()
            return
        super().process_message(message)

    def start_application_mode(self) -> None:
        """Start, and find out which question this terminal answers: some, such as tmux 3.3, do not know modes."""
        self._question = self._asked_at = None
        self.exit_event.set()  # ends a thread that still reads: each start has its own
        self.exit_event = ExitEvent()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._has_terminal = True
        if self.input_tty:
            self.write(_PLACE_QUESTION)
            self.flush()

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        self._has_terminal = False
        super().stop_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        """Continue after a stop.

        SIGCONT also comes at other times: a terminal that hangs up sends it after SIGHUP, and service managers after
        SIGTERM. Textual would then start again while it is ending, with an input thread that nobody ends.
        """
        if self._must_signal_resume:  # SIGTSTP gave the terminal back
            super()._sigcont_application()
        else:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._restart)

    def _restart(self) -> None:
        """Set up the terminal again after SIGSTOP, which left no time to give it back: a shell may have used it."""
        if self._has_terminal and self._auto_restart and os.isatty(self.fileno):
            self.suspend_application_mode()
            self._must_signal_resume = True
            self.resume_application_mode()

    def disable_input(self) -> None:
        """Stop reading, but first wait for an answer that must be on its way."""
        if self._asked_at is not None and time.monotonic() - self._asked_at < RECENT_S:
            self._answered.wait(LEAVING_S)
        super().disable_input()

    def _take_answer(self) -> None:
        self._is_caught_up = self._question is not None and self._last_written.endswith(self._question)
        self._asked_at = None
        self._patience_s = FIRST_PATIENCE_S
        self._answered.set()
