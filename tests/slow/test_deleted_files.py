"""The wal and shm file are deleted or replaced under a follower and a monitor: both notice, and nothing is lost."""

from __future__ import annotations

import functools
import json
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from tests.commands import ccmon, queue
from tests.databases import followers_of, new_database
from tests.processes import CCMON, Follower, append, wait_until
from tests.slow.follow_process import FollowProcess
from tests.sources.manager_packets import caller, complete, connect, join, member
from tests.sources.manager_server import PASSWORD, USER, ManagerServer


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="UTC")


def beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)


def delete_both(database: Path) -> None:
    beside(database, "-wal").unlink()
    beside(database, "-shm").unlink()


def delete_wal(database: Path) -> None:
    beside(database, "-wal").unlink()


def delete_shm(database: Path) -> None:
    beside(database, "-shm").unlink()


def replace_by_empty(database: Path) -> None:
    for suffix in ("-wal", "-shm"):
        beside(database, ".new").touch()
        beside(database, ".new").rename(beside(database, suffix))


def replace_by_copies(database: Path) -> None:
    for suffix in ("-wal", "-shm"):
        shutil.copy(beside(database, suffix), beside(database, ".new"))
        beside(database, ".new").rename(beside(database, suffix))


WAYS = [delete_both, delete_wal, delete_shm, replace_by_empty, replace_by_copies]


def calls(database: Path) -> list[tuple[str, str | None]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT call_id, outcome FROM calls ORDER BY call_id").fetchall()


def waiting(database: Path) -> int | None:
    """Callers that a program sees which opens the database now; None while it cannot."""
    run = ccmon("status", "--json", "--db", database)
    found = [each for each in json.loads(run.stdout)["queues"] if each["name"] == "help"] if run.returncode == 0 else []
    return found[0]["waiting"] if found else None


def enter(log: Path, *numbers: int) -> None:
    append(log, *(f"CALL-{number}|help|NONE|ENTERQUEUE||+3120{number}|1" for number in numbers))


def shows(number: int) -> re.Pattern[str]:
    """The day's calls on the monitor's screen."""
    return re.compile(rf"offered +{number} ")


def sound(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("PRAGMA integrity_check")]


@pytest.mark.parametrize("lose", WAYS, ids=lambda way: way.__name__)
def test_a_follower_and_an_open_monitor_begin_anew(
    database: Path, tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    log = tmp_path / "queue_log"
    enter(log, 1, 2)
    with Follower(log, database) as follower, Terminal([CCMON, "monitor", "--db", database]) as monitor:
        wait_until(lambda: waiting(database) == 2)
        monitor.wait_for(shows(2))
        lose(database)
        enter(log, 3)
        wait_until(lambda: waiting(database) == 3, what="the third caller in a new program")
        monitor.wait_for(shows(3))
        enter(log, 4, 5)
        monitor.wait_for(shows(5))
        append(log, *(f"CALL-{number}|help|NONE|ABANDON|1|1|5" for number in (1, 2, 3)))
        wait_until(lambda: waiting(database) == 2)
        status, said = follower.end(signal.SIGTERM)
        assert status == 0
        assert "calls.db-" in said
        assert "was removed or replaced while it was in use; " in said
        assert "Trying again until it works." in said
        monitor.send("q")
        assert monitor.wait_for_exit() == 0
    assert calls(database) == [(f"CALL-{n}", "abandoned" if n < 4 else None) for n in range(1, 6)]
    assert sound(database) == ["ok"]
    with followers_of(database, "queue-log"):
        assert ccmon("doctor", "--db", database).returncode == 0


@pytest.mark.parametrize("lose", WAYS, ids=lambda way: way.__name__)
def test_an_orderly_stop_right_after_loses_nothing(
    database: Path, tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    """No matter who notices first: what is asked to stop does not look again."""
    log = tmp_path / "queue_log"
    enter(log, *range(1, 30))
    with Follower(log, database) as follower:
        wait_until(lambda: waiting(database) == 29)
        follower.process.send_signal(signal.SIGSTOP)
        lose(database)
        follower.process.send_signal(signal.SIGTERM)
        assert follower.end(signal.SIGCONT)[0] == 0
    assert len(calls(database)) == 29
    enter(log, 30)
    with Follower(log, database):
        wait_until(lambda: waiting(database) == 30)
    assert sound(database) == ["ok"]


def test_rows_that_somebody_wrote_meanwhile_stay_and_the_log_is_read_again(database: Path, tmp_path: Path) -> None:
    """What lay in the deleted file alone is in the log: it is read from the last commit that is in the database."""
    log = tmp_path / "queue_log"
    enter(log, 1, 2)
    with Follower(log, database) as follower:
        wait_until(lambda: waiting(database) == 2)
        follower.process.send_signal(signal.SIGSTOP)
        delete_both(database)
        with closing(sqlite3.connect(database)) as other, other:
            other.execute("INSERT INTO queues (name) VALUES ('of another')")
        assert calls(database) == []
        follower.process.send_signal(signal.SIGCONT)
        wait_until(lambda: waiting(database) == 2, what="the log read again")
        assert queue(database, "of another") is not None
        assert follower.end(signal.SIGTERM)[0] == 0
    assert [call for call, _ in calls(database)] == ["CALL-1", "CALL-2"]
    assert sound(database) == ["ok"]


def test_a_partly_emptied_wal_file_is_brought_in_whole(database: Path, tmp_path: Path) -> None:
    """A reader kept SQLite from bringing all of it into the database, which without the rest would be damaged."""
    log = tmp_path / "queue_log"
    enter(log, 1)
    with Follower(log, database) as follower, closing(sqlite3.connect(database)) as reader:
        wait_until(lambda: waiting(database) == 1)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM calls").fetchone()
        before = database.stat().st_mtime_ns
        number = 1
        while database.stat().st_mtime_ns == before:
            enter(log, *range(number + 1, number + 501))
            number += 500
            known = functools.partial(lambda until: len(calls(database)) == until, number)
            wait_until(known, what=f"{number} calls")
        delete_both(database)
        wait_until(lambda: beside(database, "-wal").exists(), what="a new wal file")
        assert follower.end(signal.SIGTERM)[0] == 0
    assert len(calls(database)) == number
    assert sound(database) == ["ok"]


def test_a_monitor_alone_says_what_happened_and_shows_what_is_there(database: Path, tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    enter(log, 1)
    with Follower(log, database) as follower:
        wait_until(lambda: waiting(database) == 1)
        with Terminal([CCMON, "monitor", "--db", database]) as monitor:
            monitor.wait_for(shows(1))
            follower.end(signal.SIGKILL)
            delete_both(database)
            monitor.wait_for("no data yet")  # what lay in the deleted file alone is gone for everybody
            with Follower(log, database):
                monitor.wait_for(shows(1))


@pytest.mark.parametrize("lose", [delete_both, replace_by_empty], ids=lambda way: way.__name__)
def test_a_switchs_follower_keeps_what_the_switch_does_not_tell_again(
    database: Path, tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    with (
        ManagerServer(status=lambda: member("ann")) as server,
        FollowProcess(
            tmp_path, "ami", "--port", str(server.port), "--user", USER, "--db", database, CCMON_AMI_PASSWORD=PASSWORD
        ) as following,
    ):
        following.wait_for("connected")
        server.send(join("1.1") + connect("1.1", "ann") + complete("1.1", "ann") + join("1.2"))
        wait_until(lambda: ("1.2", None) in calls(database))
        lose(database)
        server.status = lambda: member("ann") + caller("1.2", 5)
        server.send(join("1.3"))
        following.wait_for("was removed or replaced while it was in use; ")
        following.wait_for("; trying again in 1 s.")
        server.status = lambda: member("ann") + caller("1.2", 6) + caller("1.3", 1)
        wait_until(lambda: len(calls(database)) == 3)
        assert following.end() == 0
    assert calls(database) == [("1.1", "answered"), ("1.2", None), ("1.3", None)]
    assert sound(database) == ["ok"]
