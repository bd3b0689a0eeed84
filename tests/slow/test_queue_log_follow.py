"""Following a log that is written, rotated, cut and killed over: real processes, and steps in this one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ccmon.database import database_file, totals
from ccmon.sources.queue_log import follow
from ccmon.sources.queue_log.follow import Follower
from ccmon.sources.queue_log.import_files import import_logs
from tests.databases import new_database
from tests.sources.queue_log.database_contents import contents
from tests.sources.queue_log.test_recording import log
from tests.sources.queue_log.test_rejected_records import AT, DATA, log_of, rows_of, take, write

PATIENCE_S = 180


def until(condition: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    """Wait for a condition, for as long as the process lives; what takes minutes will not come."""
    given_up_at = time.monotonic() + PATIENCE_S
    while not condition():
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < given_up_at, "waited in vain"
        time.sleep(0.02)


def until_records(path: Path, count: int, process: subprocess.Popen[str]) -> None:
    """By one connection: to open one takes ten times as long as to look."""
    with closing(database_file.open_reader(path)) as connection:
        until(lambda: records_in(connection) == count, process)


def until_place(path: Path, reached: Callable[[int], bool], process: subprocess.Popen[str]) -> None:
    with closing(database_file.open_reader(path)) as connection:
        until(lambda: reached(place_in(connection)), process)


@contextmanager
def following(path: Path, file: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "ccmon", "follow", "queue-log", str(file), "--db", str(path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()


def records_in(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT coalesce(sum(records), 0) FROM sources").fetchone()
    return int(count)


def records(path: Path) -> int:
    with closing(database_file.open_reader(path)) as connection:
        return records_in(connection)


def floor(path: Path) -> dict[str, object]:
    found: dict[str, object] = dict(contents(path))
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="Europe/Paris")


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, object]:
    whole = new_database(tmp_path / "whole.db", time_zone="Europe/Paris")
    (tmp_path / "whole").write_bytes(log())
    import_logs(whole, [str(tmp_path / "whole")], source="queue-log")
    return floor(whole)


class Stepped:
    """A follower in this process: takes what is there each time it is asked."""

    def __init__(self, path: Path, file: Path) -> None:
        self.said: list[str] = []
        self.follower = Follower(path, file, source="queue-log", say=self.said.append)
        self.follower._resume()

    def step(self) -> None:
        while self.follower._poll():
            pass

    def end(self) -> None:
        self.follower.stopping.ask()
        self.follower.run()


def test_live_lines_wait_for_their_end(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    stepped = Stepped(path, file)
    stepped.step()
    assert "not there yet" in stepped.said[0]
    with file.open("wb", buffering=0) as out:
        out.write(b"1795422965|1.1|sales|NONE|ENTERQUEUE||100|1\n1795422966|1.1|sales|Ann|CONN")
        stepped.step()
        assert records(path) == 1
        out.write(b"ECT|1|1.2|1\n")
        stepped.step()
        assert records(path) == 2
    stepped.end()
    assert [row[8] for row in contents(path)["calls"]] == ["Ann"]


def test_a_log_that_cannot_be_looked_at_is_not_said_to_be_quiet(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is still open, but whether it has been rotated meanwhile is not seen."""
    file, elsewhere = tmp_path / "logs/queue_log", tmp_path / "elsewhere"
    file.parent.mkdir()
    file.write_bytes(b"1795422965|1.1|sales|NONE|ENTERQUEUE||100|1\n")
    stepped = Stepped(path, file)
    stepped.step()
    file.parent.rename(elsewhere)
    file.parent.touch()
    known = rows_of(path, "SELECT checked_at FROM sources")

    def waits(_: float) -> bool:
        assert rows_of(path, "SELECT checked_at FROM sources") == known
        assert "queue_log cannot be read: Not a directory" in rows_of(path, "SELECT last_error FROM sources")[0][0]
        file.parent.unlink()
        elsewhere.rename(file.parent)
        return False

    monkeypatch.setattr(follow, "_HEARTBEAT_S", 0.0)
    monkeypatch.setattr(stepped.follower.stopping, "wait", waits)
    stepped.follower._with_retries(stepped.follower._poll)
    assert stepped.said == [f"{file} cannot be read: Not a directory; check its path. Trying again until it works."]
    with file.open("ab") as out:
        out.write(b"1795422966|1.1|sales|Ann|CONNECT|1|1.2|1\n")
    stepped.step()
    assert records(path) == 2
    stepped.end()


def test_another_log_under_the_same_name_is_not_taken_for_a_rotated_one(path: Path, tmp_path: Path) -> None:
    for name in ("queue_log", "other"):
        (tmp_path / name).write_bytes(b"1795422965|1.1|sales|NONE|ENTERQUEUE||100|1\n")
        stepped = Stepped(path, tmp_path / name)
        stepped.step()
        stepped.end()
    assert [said for said in stepped.said if "give it a name of its own with --source" in said] == stepped.said


def rename(file: Path, number: int) -> None:
    file.rename(file.with_name(f"queue_log.{number}"))


def copy_and_truncate(file: Path, number: int) -> None:
    shutil.copy(file, file.with_name(f"queue_log.{number}"))
    os.truncate(file, 0)


@pytest.mark.parametrize("rotate", [rename, copy_and_truncate])
@pytest.mark.parametrize("seed", range(4))
def test_rotation_at_any_moment(
    path: Path, tmp_path: Path, expected: dict[str, object], rotate: Callable[[Path, int], None], seed: int
) -> None:
    """The log is rotated, and the follower looks, stops and starts, at random: the floor is that of the whole log."""
    chance = random.Random(seed)
    file = tmp_path / "queue_log"
    data, done, number = log(), 0, 0
    file.touch()
    stepped = Stepped(path, file)
    while done < len(data):
        size = chance.randrange(1, 6000)
        # A new file begins with a line: what the engine writes into one file, it finishes there.
        with file.open("ab") as out:
            out.write(data[done : done + size])
        done += size
        for _ in range(chance.randrange(3)):
            stepped.step()
        if chance.random() < 0.3:
            end = data.find(b"\n", done - 1) + 1 or len(data)
            with file.open("ab") as out:
                out.write(data[done:end])
            done = max(done, end)
            if chance.random() < 0.5:
                stepped.step()
            rotate(file, number)
            number += 1
            if chance.random() < 0.5 and rotate is rename:
                stepped.step()
                # The engine writes on into the moved file until its reload.
                end = data.find(b"\n", done + 200) + 1 or len(data)
                with file.with_name(f"queue_log.{number - 1}").open("ab") as out:
                    out.write(data[done:end])
                done = max(done, end)
        if chance.random() < 0.3:
            stepped.end()
            stepped = Stepped(path, file)
    stepped.step()
    stepped.end()
    assert floor(path) == expected


@pytest.mark.parametrize("begun", [b"", b"1795422965|1.0|sales|NONE|ENTERQUEUE||100|1\n"])
def test_two_rotations_between_two_looks(path: Path, tmp_path: Path, begun: bytes) -> None:
    """Two rules that rotate the log one after the other, or a follower that was held up."""
    file = tmp_path / "queue_log"
    rename_of_long_ago = file.with_name("queue_log.9")
    rename_of_long_ago.write_bytes(b"1795420000|0.1|sales|NONE|ENTERQUEUE||100|1\n")
    file.write_bytes(begun)
    stepped = Stepped(path, file)
    stepped.step()
    for number in range(3):
        rename(file, number)
        file.write_bytes(f"{1795422970 + number}|2.{number}|sales|NONE|ENTERQUEUE||100|1\n".encode())
    stepped.step()
    stepped.end()
    found = [row[1] for row in contents(path)["calls"]]
    assert sorted(found) == [*(["1.0"] if begun else []), "2.0", "2.1", "2.2"]


def test_what_was_rotated_between_an_import_and_the_first_follower(path: Path, tmp_path: Path) -> None:
    file, older, unwanted = (tmp_path / name for name in ("queue_log", "queue_log.2", "queue_log.3"))
    calls = [f"{1795422965 + each}|1.{each}|sales|NONE|ENTERQUEUE||100|1\n" for each in range(5)]
    for each, text in zip((unwanted, older, file), calls[:3], strict=True):
        each.write_text(text)
        os.utime(each, (1795422965, 1795422965))
    import_logs(path, [str(older), str(file)], source="queue-log")
    with file.open("a") as out:
        out.write(calls[3])
    rename(file, 1)
    file.write_text(calls[4])
    stepped = Stepped(path, file)
    stepped.end()
    found = [row[1] for row in contents(path)["calls"]]
    assert sorted(found) == ["1.1", "1.2", "1.3", "1.4"]
    assert stepped.said == []


def test_a_line_that_a_rotation_after_an_import_cut_off_is_told(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    calls = [f"{1795422965 + each}|1.{each}|sales|NONE|ENTERQUEUE||100|1\n" for each in range(3)]
    file.write_text(calls[0])
    import_logs(path, [str(file)], source="queue-log")
    with file.open("a") as out:
        out.write(calls[1].rstrip("\n"))
    rename(file, 1)
    file.write_text(calls[2])
    Stepped(path, file).end()
    assert [row[1] for row in contents(path)["calls"]] == ["1.0", "1.2"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT reason FROM rejected_lines").fetchall() == [("has no end",)]


def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(
    path: Path, tmp_path: Path, expected: dict[str, object]
) -> None:
    chance = random.Random(3)
    file = tmp_path / "queue_log"
    file.touch()
    data, done = log(), 0
    with file.open("ab", buffering=0) as out:
        while done < len(data):
            with following(path, file) as process:
                assert process.stderr is not None
                assert process.stderr.readline().startswith("ccmon: following")
                for _ in range(chance.randrange(1, 8)):
                    size = chance.randrange(1, 9000)
                    chunk, before = data[done : done + size], records(path)
                    out.write(chunk)
                    done += size
                    if chance.random() < 0.5 and b"\n" in chunk:
                        until(lambda: records(path) > before, process)  # noqa: B023
                process.send_signal(signal.SIGKILL)
                process.wait()
    with following(path, file) as process:
        until_records(path, 1168, process)
    assert floor(path) == expected


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_well(path: Path, tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "queue_log"
    file.write_bytes(log())
    with following(path, file) as process:
        until_records(path, 1168, process)
        process.send_signal(number)
        _, err = process.communicate()
        assert process.returncode == 0, err
        assert err.count("\n") == 1
    connection = database_file.open_reader(path)
    assert connection.execute("SELECT following FROM sources").fetchone() == (1,), "its news is still expected"
    connection.close()


def test_a_database_taken_away_is_told_of_and_a_new_one_is_filled(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    lines = log().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:500]))
    with following(path, file) as process:
        until_records(path, 500, process)
        for part in tmp_path.glob(f"{path.name}*"):
            part.unlink()
        with file.open("ab") as out:
            out.write(b"".join(lines[500:]))
        assert process.stderr is not None
        assert "was removed or replaced while it was in use; " in [process.stderr.readline() for _ in range(2)][1]
        new_database(path, time_zone="Europe/Amsterdam")
        until_records(path, 1168, process)


def test_one_follower_a_source(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    file.write_bytes(log())
    with following(path, file) as process:
        until_records(path, 1168, process)
        for command in ("follow", "import"):
            second = subprocess.run(
                [sys.executable, "-m", "ccmon", command, "queue-log", str(file), "--db", str(path)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert second.returncode == 1
            assert "is writing the source" in second.stderr
            assert second.stderr.count("\n") == 1


def test_an_import_between_two_followers(path: Path, tmp_path: Path, expected: dict[str, object]) -> None:
    """Whatever was imported while nobody followed is not taken in again."""
    lines = log().splitlines(keepends=True)
    file = tmp_path / "queue_log"
    file.write_bytes(b"".join(lines[:300]))
    stepped = Stepped(path, file)
    stepped.end()
    file.write_bytes(b"".join(lines[:700]))
    import_logs(path, [str(file)], source="queue-log")
    file.write_bytes(log())
    stepped = Stepped(path, file)
    stepped.end()
    assert floor(path) == expected


def test_a_log_replaced_by_an_edited_one(path: Path, tmp_path: Path, expected: dict[str, object]) -> None:
    file = tmp_path / "queue_log"
    lines = log().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:500]))
    stepped = Stepped(path, file)
    (tmp_path / "edited").write_bytes(b"".join(lines[100:500]))
    (tmp_path / "edited").replace(file)
    stepped.step()
    with file.open("ab") as out:
        out.write(b"".join(lines[500:]))
    stepped.step()
    stepped.end()
    assert floor(path) == expected


def test_a_locked_database_is_waited_for(
    path: Path, tmp_path: Path, expected: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_file, "_WRITER_TIMEOUT_S", 0.01)
    monkeypatch.setattr("ccmon.sources.queue_log.follow._RETRY_S", 0.01)
    file = tmp_path / "queue_log"
    file.write_bytes(log()[:5000])
    follower_said: list[str] = []
    follower = Follower(path, file, source="queue-log", say=follower_said.append)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    def say(sentence: str) -> None:
        follower_said.append(sentence)
        file.write_bytes(log())
        blocker.execute("ROLLBACK")
        monkeypatch.setattr(follower, "_heartbeat", follower.stopping.ask)

    monkeypatch.setattr(follower, "_say", say)
    follower.run()
    blocker.close()
    assert len(follower_said) == 1
    assert "locked" in follower_said[0]
    assert floor(path) == expected


def test_a_follower_lives_through_the_corpus_and_a_restart(path: Path, tmp_path: Path) -> None:
    """Every nasty line that was ever found is in tests/data/nasty/queue_log."""
    file = Path(shutil.copy(DATA / "nasty" / "queue_log", tmp_path / "queue_log"))
    last = f"{AT + 9_999_9}|last|sales|NONE|ENTERQUEUE||1|1\n"
    for number in range(2):
        with file.open("a") as out:
            out.write(last.replace("last", f"last{number}"))
        with following(path, file) as process:
            until(lambda n=number: bool(rows_of(path, f"SELECT 1 FROM calls WHERE call_id = 'last{n}'")), process)  # type: ignore[misc]
            process.send_signal(signal.SIGTERM)
            process.communicate()
            assert process.returncode == 0
    again = rows_of(path, "SELECT count(*) FROM calls")
    take(path, file)
    assert rows_of(path, "SELECT count(*) FROM calls") == again


SLOWLY = """
import sys
from ccmon.sources.queue_log import follow
follow._STEP_LINES, follow._BLOCK = 1000, 1 << 14
from ccmon.cli import main
sys.argv[0] = "ccmon"
main()
"""


def place_in(connection: sqlite3.Connection) -> int:
    found = connection.execute("SELECT json_extract(position, '$.offset') FROM sources").fetchone()
    return int(found[0] or 0) if found else 0


def place(path: Path) -> int:
    with closing(database_file.open_reader(path)) as connection:
        return place_in(connection)


@pytest.mark.parametrize("known", [0, 300])
def test_a_follower_that_is_killed_before_it_has_caught_up_gets_on(path: Path, tmp_path: Path, known: int) -> None:
    """``known``: calls of the log's middle that were imported before, so that its beginning fills a gap."""
    lines = log_of(5000)
    file = write(tmp_path / "queue_log", *lines)
    size = file.stat().st_size
    whole = new_database(tmp_path / "whole.db", time_zone="Europe/Paris")
    for each in (path, whole):
        if known:
            take(each, write(tmp_path / "part", *lines[5000 : 5000 + 5 * known]))
    command = [sys.executable, "-c", SLOWLY, "follow", "queue-log", str(file), "--db", str(path)]
    places = [place(path)]
    for _ in range(3):
        killed = subprocess.Popen(command, stderr=subprocess.DEVNULL, text=True)
        until_place(path, lambda now: now > places[-1] or now == size, killed)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        places.append(place(path))
    assert places == sorted(set(places))
    assert places[-1] < size, "killed before it had caught up"
    with following(path, file) as process:
        until_place(path, lambda now: now == size, process)
    with following(whole, file) as process:
        until_place(whole, lambda now: now == size, process)
    assert contents(path) == contents(whole)
    with closing(sqlite3.connect(path)) as connection:
        assert totals.check(connection) == []
