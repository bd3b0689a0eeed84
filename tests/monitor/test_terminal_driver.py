"""The driver: input waits without looking, and a frame is written at once."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

from ccmon.monitor.terminal_driver import (
    MODE_QUESTION,
    MOST_WRITTEN_IMMEDIATELY,
    READ_BYTES,
    UNFINISHED_S,
    ExitEvent,
    TerminalDriver,
)
from tests.processes import join, wait_until


class Written(WriterThread):
    """Keeps what is to be written."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def write(self, text: str) -> None:
        self.texts.append(text)


class PipedDriver(TerminalDriver):
    """Reads a pipe."""

    def __init__(self) -> None:
        self.fileno, self.keyboard = os.pipe()
        self._debug = False
        self.exit_event = ExitEvent()
        self.keys: list[str] = []
        self._writer_thread = Written()
        self._question: str | None = None
        self._asked_at: float | None = None
        self._answered = threading.Event()

    def process_message(self, message: Message) -> None:
        if isinstance(message, Key):
            self.keys.append(message.key)


@contextmanager
def running() -> Iterator[PipedDriver]:
    driver = PipedDriver()
    thread = threading.Thread(target=driver.run_input_thread, daemon=True)
    thread.start()
    yield driver
    driver.exit_event.set()
    thread.join(10)
    assert not thread.is_alive()
    os.close(driver.fileno)


def test_the_exit_event_wakes_who_waits_for_its_file_and_stays_set() -> None:
    event = ExitEvent()
    assert select.select([event], (), (), 0)[0] == []
    for _ in range(2):
        event.set()
        event.clear()
        assert event.is_set()
        assert select.select([event], (), (), 0)[0] == [event]


def test_every_thread_that_reads_ends_even_if_only_one_is_waited_for() -> None:
    with running() as driver:
        others = [threading.Thread(target=driver.run_input_thread, daemon=True) for _ in range(3)]
        for thread in others:
            thread.start()
        driver.exit_event.set()
        others[0].join(10)
        driver.exit_event.clear()  # as Textual does once the thread that it knows of has ended
        for thread in others:
            thread.join(10)
            assert not thread.is_alive()


def test_what_is_typed_arrives() -> None:
    with running() as driver:
        os.write(driver.keyboard, b"a\x1b[A")
        wait_until(lambda: driver.keys == ["a", "up"])
        os.write(driver.keyboard, b"\x1b")
        wait_until(lambda: driver.keys == ["a", "up", "escape"])
        os.write(driver.keyboard, "\u00e9".encode()[:1])
        wait_until(lambda: not select.select([driver.fileno], (), (), 0)[0])  # half a letter has been read alone
        os.write(driver.keyboard, "\u00e9".encode()[1:])
        wait_until(lambda: driver.keys[3:] == ["\u00e9"])
        os.write(driver.keyboard, b"\xff\xfeb")
        wait_until(lambda: driver.keys[-1] == "b")


def test_input_is_waited_for_without_a_look_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float | None] = []
    wait = select.select

    def noting(*arguments: Any) -> Any:
        waits.append(arguments[3])
        return wait(*arguments)

    monkeypatch.setattr(select, "select", noting)
    with running() as driver:
        os.write(driver.keyboard, b"a")
        wait_until(lambda: driver.keys == ["a"] and len(waits) == 2)
        assert waits == [None, None]
        os.write(driver.keyboard, b"\x1b")
        wait_until(lambda: driver.keys == ["a", "escape"] and waits[-1] is None)
        assert UNFINISHED_S in waits[2:]


def test_the_answer_to_a_frame_is_taken_and_is_no_key() -> None:
    with running() as driver:
        driver._question, driver._asked_at = MODE_QUESTION, 1.0
        os.write(driver.keyboard, b"\x1b[?2026;2$y")
        wait_until(driver._answered.is_set)
        assert driver._asked_at is None
        driver._answered.clear()
        os.write(driver.keyboard, b"\x1b[?2026;2$ya")
        wait_until(lambda: driver.keys == ["a"])


def test_input_that_has_ended_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[bytes] = []
    read = os.read

    def noting(file: int, size: int) -> bytes:
        if size == READ_BYTES:
            found.append(read(file, size))
            return found[-1]
        return read(file, size)

    monkeypatch.setattr(os, "read", noting)
    with running() as driver:
        os.close(driver.keyboard)
        wait_until(lambda: found)
    assert found == [b""]


def test_a_frame_is_written_at_once() -> None:
    driver = PipedDriver()
    writer = driver._writer_thread
    assert isinstance(writer, Written)
    with driver.one_frame():
        driver.write("a")
        other = threading.Thread(target=driver.write, args=("of another thread",), daemon=True)
        other.start()
        join(other)
        driver.write("b")
    driver.write("c")
    with driver.one_frame():
        pass
    assert writer.texts == ["of another thread", "ab", "c"]


@contextmanager
def writing() -> Iterator[tuple[PipedDriver, int]]:
    """A driver whose first frame the terminal has answered, and the end that the terminal reads."""
    driver = PipedDriver()
    reads, writes = os.pipe()
    with os.fdopen(reads, "rb"), os.fdopen(writes, "w") as file:
        driver._file = file
        driver._question = MODE_QUESTION
        with driver.one_frame():
            driver.write("first")
            driver.write(driver.question())
        driver._take_answer()
        assert written_by_thread(driver) == [f"first{MODE_QUESTION}"]
        yield driver, reads
    os.close(driver.fileno)
    os.close(driver.keyboard)


def written_by_thread(driver: PipedDriver) -> list[str]:
    assert isinstance(driver._writer_thread, Written)
    return driver._writer_thread.texts


def test_a_small_frame_is_written_at_once_where_the_last_one_was_answered() -> None:
    with writing() as (driver, terminal):
        for text in ("second", "thir\N{LATIN SMALL LETTER E WITH ACUTE}d"):
            with driver.one_frame():
                driver.write(text)
                driver.write(driver.question())
            assert os.read(terminal, READ_BYTES).decode() == text + MODE_QUESTION
            driver._take_answer()
        assert len(written_by_thread(driver)) == 1


def test_what_comes_before_the_answer_goes_to_the_thread_in_its_order() -> None:
    with writing() as (driver, terminal):
        driver.write("second")
        driver.write("third")
        driver._take_answer()  # of an earlier frame: it says nothing about what has come since
        driver.write("fourth")
        assert os.read(terminal, READ_BYTES) == b"second"
        assert written_by_thread(driver)[1:] == ["third", "fourth"]


def test_a_large_frame_and_one_that_does_not_fit_go_to_the_thread() -> None:
    with writing() as (driver, _):
        large = "x" * (MOST_WRITTEN_IMMEDIATELY + 1)
        driver.write(large)
        assert written_by_thread(driver)[1:] == [large]
    with writing() as (driver, _):
        os.set_blocking(driver._written_to, False)
        with suppress(BlockingIOError):
            while True:
                os.write(driver._written_to, b"y" * READ_BYTES)
        os.set_blocking(driver._written_to, True)
        driver.write("small")
        assert written_by_thread(driver)[1:] == ["small"]


@pytest.mark.parametrize(
    ("environment", "terminal", "size"),
    [
        ({}, (120, 40), (120, 40)),
        ({"COLUMNS": "100"}, (120, 40), (100, 40)),
        ({"LINES": "30", "COLUMNS": "?"}, (120, 40), (120, 30)),
        ({}, (0, 0), (80, 24)),
        ({}, None, (80, 24)),
    ],
)
def test_the_size_is_what_textual_finds(
    environment: dict[str, str],
    terminal: tuple[int, int] | None,
    size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Output:
        def fileno(self) -> int:
            return 1

    def measured(_: int) -> os.terminal_size:
        if terminal is None:
            raise OSError
        return os.terminal_size(terminal)

    for name in ("COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "__stdout__", Output())
    monkeypatch.setattr(os, "get_terminal_size", measured)
    driver = PipedDriver()
    assert driver._get_terminal_size() == size == LinuxDriver._get_terminal_size(driver)
