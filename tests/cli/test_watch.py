"""``ccmon status --watch``: which lines it writes, and what ends it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.terminal import WATCHDOG_S, terminal_environment
from ccmon.cli import run_watch
from ccmon.cli.line_output import LineOutput
from ccmon.cli.live_readings import LiveReadings
from ccmon.cli.run_watch import _Watch
from ccmon.database import database_file
from ccmon.database.reader import snapshot
from ccmon.errors import CcmonError
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.narrow import Filters, narrow
from ccmon.sources.stop import Stop
from tests.busy_floor import busy_floor
from tests.commands import ccmon, one_line
from tests.databases import new_database
from tests.floors import floor
from tests.processes import CCMON, join
from tests.report.test_schema import PARTS, VALIDATOR
from tests.snapshot.seeded_floor import still_floor
from tests.status_json import snapshot_object

Answer = FloorSnapshot | str
"""What a reading gives: a floor, or the sentence of an error."""


class Lines:
    """An output that keeps what is written; waiting takes no time but its own clock's."""

    def __init__(self) -> None:
        self.ended = False
        self.now_s = 0.0
        self.written: list[dict[str, Any]] = []
        self.waited: list[float] = []

    def write(self, line: str) -> None:
        self.written.append(json.loads(line))

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now_s += seconds


def watched(answers: list[Answer], takes_s: float = 0, **options: Any) -> tuple[list[dict[str, Any]], list[float]]:
    """The lines of a watch to which readings give these answers, one after the other, and how long it waited."""
    output, left = Lines(), iter(answers)

    def read() -> FloorSnapshot:
        output.now_s += takes_s
        answer = next(left)
        output.ended = output.ended or answer is answers[-1]
        if isinstance(answer, str):
            raise CcmonError(answer)
        return answer

    _Watch(read, output, clock=lambda: output.now_s, **options).run()  # type: ignore[arg-type]
    return output.written, output.waited


def later(whole: FloorSnapshot, seconds: int, **changes: Any) -> FloorSnapshot:
    return replace(whole, at=whole.at + seconds * 1000, **changes)


WHOLE = busy_floor(24)
CHANGED = replace(WHOLE.total, waiting=WHOLE.total.waiting + 1)


def test_a_line_for_each_change() -> None:
    answers: list[Answer] = [
        WHOLE, later(WHOLE, 1), later(WHOLE, 2, total=CHANGED), later(WHOLE, 3, total=CHANGED), later(WHOLE, 4)
    ]  # fmt: skip
    lines, waited = watched(answers)
    assert [line["at"][17:19] for line in lines] == ["07", "09", "11"]
    assert [line["total"]["waiting"] for line in lines] == [
        WHOLE.total.waiting, CHANGED.waiting, WHOLE.total.waiting
    ]  # fmt: skip
    assert lines[1] == snapshot_object(later(WHOLE, 2, total=CHANGED))
    for line in lines:
        VALIDATOR.validate(line)
    assert waited == [1] * 5


def test_every_so_many_seconds_a_line_whether_anything_changed_or_not() -> None:
    lines, waited = watched([later(WHOLE, 10 * number) for number in range(4)], every_s=10)
    assert [line["at"][14:19] for line in lines] == ["32:07", "32:17", "32:27", "32:37"]
    assert waited == [10] * 4


@pytest.mark.parametrize(("takes_s", "waits_s"), [(0.25, 9.75), (10, 0), (25, 0)])
def test_the_time_that_a_reading_takes_is_part_of_the_seconds(takes_s: float, waits_s: float) -> None:
    _, waited = watched([later(WHOLE, number) for number in range(4)], takes_s=takes_s, every_s=10)
    assert waited == [waits_s] * 4


def test_of_some_keys_only_their_changes_are_written() -> None:
    answers: list[Answer] = [WHOLE, later(WHOLE, 1, total=CHANGED), later(WHOLE, 2, queues=WHOLE.queues[1:]), WHOLE]
    lines, _ = watched(answers[:3], only=["queues"])
    assert len(lines) == 2
    for line in lines:
        assert list(line) == ["at", "data_at", "data_age_s", "queues"]
        for key, value in line.items():
            PARTS[key].validate(value)
    assert len(lines[1]["queues"]) == len(lines[0]["queues"]) - 1


def test_that_the_database_is_away_is_one_line_and_that_it_is_back_a_whole_one() -> None:
    away: list[Answer] = ["There is no database.", "There is no database.", "It is locked."]
    lines, _ = watched([WHOLE, *away, later(WHOLE, 4), later(WHOLE, 5)])
    assert [line.get("error") for line in lines] == [None, "There is no database.", "It is locked.", None]
    assert list(lines[1]) == ["at", "error"]
    assert lines[1]["at"].endswith(("+01:00", "+02:00")), "the site's zone"
    assert lines[3] == snapshot_object(later(WHOLE, 4))
    lines, _ = watched([WHOLE, *away, later(WHOLE, 4)], every_s=5)
    assert [line.get("error") for line in lines] == [None, *away, None]


def test_before_the_first_reading_times_of_errors_are_in_utc() -> None:
    lines, _ = watched(["It is locked.", WHOLE])
    assert lines[0]["at"].endswith("+00:00")


def test_a_sentence_of_an_error_is_one_harmless_line() -> None:
    assert watched(["a\n\x1b]0;x\x07"])[0][0]["error"] == "a\n\x1b]0;x\x07"
    output: list[str] = []
    watch = _Watch(lambda: floor(1), Lines())  # type: ignore[arg-type]
    output.append(watch._line_of_error("a\n\x1b[2J") or "")
    assert output[0].isascii()
    assert output[0].isprintable()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reads, writes = os.pipe()
    yield reads, writes
    for end in (reads, writes):
        with suppress(OSError):
            os.close(end)


def in_thread(function: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    return thread


def test_a_line_larger_than_the_pipe_goes_to_a_slow_reader_in_whole(pipe: tuple[int, int]) -> None:
    output, line = LineOutput(pipe[1], Stop()), "x" * 300_000
    writing = in_thread(lambda: output.write(line))
    found = b""
    while not found.endswith(b"\n"):
        found += os.read(pipe[0], 5_000)
    join(writing)
    assert found == line.encode() + b"\n"
    assert not output.ended


def test_a_reader_that_has_gone_ends_it(pipe: tuple[int, int]) -> None:
    output = LineOutput(pipe[1], Stop())
    output.wait(0)
    assert not output.ended
    os.close(pipe[0])
    output.wait(WATCHDOG_S)
    assert output.ended
    other = LineOutput(pipe[1], Stop())
    other.write("x")
    assert other.ended


@pytest.mark.parametrize("waits_for", ["a reader", "the next line"])
def test_a_stop_ends_it_whatever_it_waits_for(pipe: tuple[int, int], waits_for: str) -> None:
    stop = Stop()
    output = LineOutput(pipe[1], stop)
    act = (lambda: output.write("x" * 1_000_000)) if waits_for == "a reader" else (lambda: output.wait(WATCHDOG_S))
    acting = in_thread(act)
    stop.ask()
    join(acting)
    assert output.ended


def test_a_file_is_written_to_the_end(tmp_path: Path) -> None:
    with (tmp_path / "lines").open("wb") as file:
        output = LineOutput(file.fileno(), Stop())
        for text in ("a" * 10_000, "b"):
            output.write(text)
            output.wait(0)
        assert not output.ended
    assert (tmp_path / "lines").read_text().split("\n") == ["a" * 10_000, "b", ""]


def test_readings_are_narrowed_and_whole(tmp_path: Path) -> None:
    path = still_floor(tmp_path / "calls.db")
    expected = snapshot(path)
    name = expected.queues[0].name
    with LiveReadings(path, filters=Filters(queue=name.upper())) as readings:
        first = readings.read(whole=True)
        assert snapshot_object(first) == snapshot_object(narrow(expected, Filters(queue=name)))
        assert first.satisfaction is not None
        assert len(readings.read_all().queues) == len(expected.queues)


def test_a_change_is_read_by_the_next_reading_and_an_error_is_no_end(tmp_path: Path) -> None:
    path = still_floor(tmp_path / "calls.db")
    with LiveReadings(path) as readings:
        before = readings.read()
        with closing(database_file.open_writer(path)) as connection:
            connection.execute("INSERT INTO queues (name) VALUES ('new')")
        assert len(readings.read().queues) == len(before.queues) + 1
        path.rename(tmp_path / "away.db")
        with pytest.raises(CcmonError, match="There is no database"):
            readings.read()
        (tmp_path / "away.db").rename(path)
        assert len(readings.read().queues) == len(before.queues) + 1


def test_what_the_system_refuses_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with LiveReadings(still_floor(tmp_path / "calls.db")) as readings:

        async def refuse(*_: object) -> FloorSnapshot:
            raise OSError(24, "Too many open files")

        monkeypatch.setattr(readings._reader, "snapshot", refuse)
        with pytest.raises(CcmonError, match=r"cannot be read: .*Too many open files"):
            readings.read()


@pytest.mark.parametrize(("every_s", "whole"), [(None, False), (5, True)])
def test_who_asks_seldom_waits_for_what_is_read_seldom(
    path: Path, every_s: float | None, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    class Watch:
        def __init__(self, read: Any, *_: object, **__: object) -> None:
            asked.append(read.keywords)

        def run(self) -> None:
            pass

    class Output:
        def __init__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(run_watch, "_Watch", Watch)
    monkeypatch.setattr(run_watch, "LineOutput", Output)
    with (path.parent / "lines").open("w") as file:
        monkeypatch.setattr(sys, "stdout", file)
        run_watch.run_watch(path, every_s=every_s, filters=Filters())
    assert asked == [{"whole": whole}]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--every", "5"], "--every says how often --watch writes a line; add --watch."),
        (["--watch", "--at", "14:30"], "leave one of them out"),
        (["--only", "queues"], "add --json or --watch"),
        (["--watch", "--only", "queus"], '--only: "queus" is no key of the JSON; did you mean queues?'),
        (["--watch", "--only", "queues,"], '--only: "" is no key of the JSON; the keys are at, data_at'),
        (["--watch", "--every", "0.5"], "0.5 is not between 1"),
        (["--watch", "--every", "nan"], "nan is not a number of seconds"),
        (["--watch", "--every", "x"], "is not a number"),
    ],
)
def test_wrong_usage_is_2(path: Path, words: list[str], says: str) -> None:
    assert says in one_line(ccmon("status", *words, "--db", path), 2)


def test_keys_may_have_spaces_after_their_commas(path: Path) -> None:
    run = ccmon("status", "--json", "--only", "total, queues", "--db", path)
    assert list(json.loads(run.stdout)) == ["at", "data_at", "data_age_s", "queues", "total"]


@pytest.mark.parametrize(("words", "status"), [(["--db", "absent.db"], 1), (["--queue", "nobody's"], 1)])
def test_what_is_wrong_at_the_beginning_ends_it(
    path: Path, words: list[str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    monkeypatch.setattr(run_watch._Watch, "run", lambda _: pytest.fail("it went on"))
    run = ccmon("status", "--watch", *words, CCMON_DB=str(path))
    assert one_line(run, status)


def test_a_terminal_is_for_people(path: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        run = subprocess.run(
            [CCMON, "status", "--watch", "--db", path],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
            text=True,
            env=terminal_environment(),
            check=False,
            timeout=WATCHDOG_S,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert run.returncode == 2
    assert "add --json to see them. To watch the floor yourself: ccmon monitor" in run.stderr
