"""``ccmon openmetrics``: what it prints, what its file holds, and who gets which reading at the port."""

from __future__ import annotations

import io
import os
import stat
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from ccmon.cli import run_openmetrics
from ccmon.cli.live_readings import LiveReadings
from ccmon.cli.run_openmetrics import LiveMetrics, Wanted, address
from ccmon.database import database_file
from ccmon.errors import CcmonError, UsageError
from ccmon.model.snapshot import FloorSnapshot
from ccmon.report.openmetrics import exposition, exposition_without_data
from ccmon.snapshot.narrow import NO_FILTER, Filters
from ccmon.sources.stop import Stop
from tests.busy_floor import busy_floor
from tests.commands import ccmon, done, one_line
from tests.floors import floor
from tests.processes import join, wait_until
from tests.report.test_openmetrics import value, values
from tests.snapshot.seeded_floor import still_floor


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A seeded floor whose clock stands still."""
    return still_floor(tmp_path / "calls.db")


def test_once_on_standard_output(path: Path) -> None:
    found = values(done("openmetrics", "--db", path))
    assert value(found, "ccmon_up") == 1
    queues = {dict(labels)["queue"] for name, labels in found if name == "ccmon_queue_offered"}
    assert len(queues) > 1
    one = values(done("openmetrics", "--db", path, "--queue", min(queues).upper()))
    assert {dict(labels)["queue"] for name, labels in one if name == "ccmon_queue_offered"} == {min(queues)}
    assert value(one, "ccmon_centre_offered") == value(found, "ccmon_queue_offered", queue=min(queues))
    assert not [name for name, _ in found if name.startswith("ccmon_agent_")]
    assert [name for name, _ in values(done("openmetrics", "--db", path, "--agents")) if name == "ccmon_agent_state"]


def test_a_name_that_is_not_there_is_an_error(path: Path) -> None:
    assert 'There is no queue named "nobody\'s"' in one_line(ccmon("openmetrics", "--db", path, "--queue", "nobody's"))


def test_a_file_is_replaced_and_says_so_where_there_are_no_figures(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "ccmon.prom"
    mask = os.umask(0o022)
    try:
        assert done("openmetrics", "--db", path, "--output", file) == ""
    finally:
        os.umask(mask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644, "another account reads it"
    assert value(values(file.read_text()), "ccmon_up") == 1
    assert len(values(file.read_text())) > 100
    assert "There is no database" in one_line(ccmon("openmetrics", "--db", tmp_path / "absent.db", "--output", file))
    assert file.read_text() == exposition_without_data()
    assert sorted(each.name for each in tmp_path.iterdir() if "prom" in each.name) == ["ccmon.prom"]


def test_a_file_that_nobody_collects_is_noted(path: Path, tmp_path: Path) -> None:
    run = ccmon("openmetrics", "--db", path, "--output", tmp_path / "ccmon.txt")
    assert (run.returncode, run.stdout) == (0, "")
    assert "reads only files whose names end in .prom" in run.stderr
    assert (tmp_path / "ccmon.txt").exists()


def test_a_file_that_cannot_be_written_is_an_error(path: Path, tmp_path: Path) -> None:
    said = one_line(ccmon("openmetrics", "--db", path, "--output", tmp_path / "absent" / "ccmon.prom"))
    assert said.endswith("ccmon.prom cannot be written: No such file or directory; check its path.")


def test_where_neither_can_be_used_the_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "absent" / "ccmon.prom"
    for more in ((), ("--every", "5")):
        said = one_line(ccmon("openmetrics", "--db", tmp_path / "absent.db", "--output", file, *more))
        assert "There is no database" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--every", "5"], "add --output FILE"),
        (["--allow-remote"], "add --listen HOST:PORT"),
        (["--listen", "127.0.0.1:1", "--output", "x.prom"], "leave one of them out"),
        (["--listen", "127.0.0.1:1", "--every", "5"], "leave one of them out"),
        (["--output", "x.prom", "--every", "nan"], "nan is not a number of seconds"),
        (["--output", "x.prom", "--every", "0"], "0 is not between 1"),
        (["--listen", "9469"], "is not HOST:PORT, such as 127.0.0.1:9469."),
        (["--listen", "127.0.0.1:x"], "is not HOST:PORT"),
        (["--listen", "127.0.0.1:65536"], "is not HOST:PORT"),
        (["--listen", "0.0.0.0:9469"], "add --allow-remote"),
        (["--listen", "[::]:9469"], "add --allow-remote"),
        (["--listen", "192.0.2.1:9469"], "other machines can reach that address"),
    ],
)
def test_wrong_usage_is_2(path: Path, words: list[str], says: str) -> None:
    assert says in one_line(ccmon("openmetrics", "--db", path, *words), 2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:9469", ("127.0.0.1", 9469)),
        ("127.1.2.3:0", ("127.1.2.3", 0)),
        ("[::1]:65535", ("::1", 65535)),
    ],
)
def test_an_address_of_this_machine_alone_is_taken(text: str, found: tuple[str, int]) -> None:
    assert address(text, allow_remote=False) == found


def test_another_address_is_taken_if_that_is_said() -> None:
    assert address("0.0.0.0:9469", allow_remote=True) == ("0.0.0.0", 9469)
    with pytest.raises(UsageError, match="knows no address of that name"):
        address("no-such-host.invalid:9469", allow_remote=True)


class Readings:
    """Readings that give what they are told to, and notice whether two go on at a time."""

    def __init__(self, answer: FloorSnapshot | str) -> None:
        self.answer = answer
        self.made = 0
        self.at_once = self.most_at_once = 0
        self.may_end = threading.Event()
        self.may_end.set()

    def read_all(self, *, whole: bool) -> FloorSnapshot:
        assert whole
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.made += 1
        assert self.may_end.wait(600)
        self.at_once -= 1
        if isinstance(self.answer, str):
            raise CcmonError(self.answer)
        return self.answer


class Clock:
    """A clock that goes when it is told to."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def live(readings: Readings, clock: Callable[[], float], filters: Filters = NO_FILTER) -> LiveMetrics:
    return LiveMetrics(Wanted(None, filters, agents=False), cast("LiveReadings", readings), clock=clock)


def test_there_is_at_most_one_reading_a_second_however_many_ask() -> None:
    readings, clock = Readings(busy_floor(24)), Clock()
    metrics = live(readings, clock)
    assert metrics.text() == metrics.text() == exposition(busy_floor(24))
    assert readings.made == 1
    readings.answer = floor(5)
    clock.now_s = 0.99
    assert metrics.text() == exposition(busy_floor(24))
    clock.now_s = 1.0
    assert metrics.text() == exposition(floor(5))
    assert readings.made == 2


def test_two_who_ask_at_once_get_one_reading() -> None:
    readings = Readings(busy_floor(24))
    metrics = live(readings, Clock())
    readings.may_end.clear()
    got: list[str] = []
    asking = [threading.Thread(target=lambda: got.append(metrics.text()), daemon=True) for _ in range(5)]
    for each in asking:
        each.start()
    readings.may_end.set()
    for each in asking:
        join(each)
    assert (readings.made, readings.most_at_once) == (1, 1)
    assert got == [exposition(busy_floor(24))] * 5


def test_that_the_database_is_away_is_said_once_and_no_old_figure_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    readings, clock = Readings(busy_floor(24)), Clock()
    metrics = live(readings, clock)
    metrics.text()
    said = []
    for answer in ("It is locked.", "It is locked.", "It is gone.", busy_floor(24), "It is gone."):
        readings.answer = answer
        clock.now_s += 1
        text = metrics.text()
        assert text == (exposition_without_data() if isinstance(answer, str) else exposition(busy_floor(24)))
        said.append(capsys.readouterr().err)
    assert said == ["ccmon: It is locked.\n", "", "ccmon: It is gone.\n", "", "ccmon: It is gone.\n"]


def test_filters_hold_at_each_reading() -> None:
    whole = busy_floor(24)
    name = whole.queues[0].name
    found = values(live(Readings(whole), Clock(), Filters(queue=name)).text())
    assert {dict(labels)["queue"] for label, labels in found if label == "ccmon_queue_offered"} == {name}


def test_the_end_waits_for_a_reading_and_then_there_is_none() -> None:
    readings, clock = Readings(busy_floor(24)), Clock()
    metrics = live(readings, clock)
    readings.may_end.clear()
    asking = threading.Thread(target=metrics.text, daemon=True)
    asking.start()
    wait_until(lambda: readings.at_once, what="the reading")
    ending = threading.Thread(target=metrics.end, daemon=True)
    ending.start()
    assert ending.is_alive()
    readings.may_end.set()
    for each in (asking, ending):
        join(each)
    clock.now_s += 10
    assert metrics.text() == exposition_without_data()
    assert readings.made == 1


class Waits(Stop):
    """Somebody who asks to stop after some waits, before each of which something happens."""

    def __init__(self, *happens: Callable[[], object]) -> None:
        super().__init__()
        self.happens = list(happens)
        self.waited: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        if not self.happens:
            return True
        self.happens.pop(0)()
        return False


def test_a_file_is_written_again_until_stopped_and_then_has_no_figures(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, away = tmp_path / "ccmon.prom", tmp_path / "away.db"
    monkeypatch.setattr(run_openmetrics, "AT_MOST_EVERY_S", 0)
    seen: list[float | None] = []

    def note(metric: str = "ccmon_up") -> None:
        seen.append(value(values(file.read_text()), metric))

    def more_queues() -> None:
        note("ccmon_up")
        with closing(database_file.open_writer(path)) as connection:
            connection.execute("INSERT INTO queues (name) VALUES ('new')")

    def database_away() -> None:
        assert value(values(file.read_text()), "ccmon_queue_offered", queue="new") == 0
        note()
        path.rename(away)

    def database_back() -> None:
        note()
        away.rename(path)

    stop = Waits(more_queues, database_away, database_back, note)
    monkeypatch.setattr(run_openmetrics, "Stop", lambda: stop)
    run_openmetrics.write_file(Wanted(path, NO_FILTER, agents=False), file, every_s=7)
    assert seen == [1, 1, 0, 1]
    assert file.read_text() == exposition_without_data()
    assert 6 < stop.waited[0] <= 7
    assert capsys.readouterr().err.count("There is no database") == 1


def test_a_file_that_cannot_be_written_for_a_while_is_no_end(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "collected"
    folder.mkdir()
    moved = tmp_path / "moved"
    stop = Waits(lambda: folder.rename(moved), lambda: None, lambda: moved.rename(folder), lambda: None)
    monkeypatch.setattr(run_openmetrics, "Stop", lambda: stop)
    run_openmetrics.write_file(Wanted(path, NO_FILTER, agents=False), folder / "ccmon.prom", every_s=5)
    assert capsys.readouterr().err.count("cannot be written") == 1
    assert (folder / "ccmon.prom").read_text() == exposition_without_data()


def test_what_a_terminal_gets_is_harmless(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        encoding = "ascii"
        buffer = io.BytesIO()

        def isatty(self) -> bool:
            return True

    whole = busy_floor(24)
    hostile = replace(whole, queues=(replace(whole.queues[0], name="\x1b]0;ö\x07"), *whole.queues[1:]))
    monkeypatch.setattr(run_openmetrics, "read_once", lambda *_, **__: (hostile, False))
    monkeypatch.setattr(sys, "stdout", cast("Any", Terminal()))
    run_openmetrics.print_once(Wanted(path, NO_FILTER, agents=False))
    written = Terminal.buffer.getvalue().decode("ascii")
    assert "ccmon_queue_offered" in written
    assert "\x1b" not in written
    assert written.endswith("# EOF\n")
