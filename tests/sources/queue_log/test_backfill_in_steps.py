"""A follower that meets a log of before what is known takes it in by steps: one that is killed has got somewhere."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from unittest.mock import patch

import pytest

from ccmon.database import imported_records, totals
from ccmon.sources.queue_log.follow import Follower
from ccmon.sources.queue_log.tail import LogPosition
from tests.databases import open_copy
from tests.examples import sample
from tests.sources.queue_log.database_contents import contents_by
from tests.sources.queue_log.test_import import BASE, between_seconds, rows, take
from tests.sources.queue_log.test_import_order import in_one_go, of_calls
from tests.sources.queue_log.test_recording import log

MODULE = "ccmon.sources.queue_log.follow"


class Killed(BaseException):
    """As by SIGKILL: what is not committed is lost."""


def follow_until_killed(path: Path, file: Path, steps: int, block: int = 700) -> bool:
    """Follow in steps of 40 lines; whether it was killed, before the commit of the next step after so many.

    Args:
        path: the database.
        file: the log.
        steps: after how many it is killed.
        block: how many bytes are read at once.
    """
    commits = 0
    commit = Follower._commit

    def counted(self: Follower, place: LogPosition) -> None:
        nonlocal commits
        if commits == steps:
            raise Killed
        commits += 1
        commit(self, place)

    with (
        patch(f"{MODULE}._STEP_LINES", 40),
        patch(f"{MODULE}._BLOCK", block),
        patch.object(Follower, "_commit", counted),
    ):
        follower = Follower(path, file, source="queue-log", say=lambda _: None)
        try:
            follower._resume()
        except Killed:
            return True
        finally:
            follower._writer.close()
        return False


def records(path: Path) -> int:
    ((found,),) = rows(path, "SELECT records FROM sources")
    return int(found)


@pytest.mark.usefixtures("_kept_or_not")
@pytest.mark.parametrize("known_from", [300, 700, 1168])
def test_a_follower_that_is_killed_again_and_again_takes_in_an_older_log(empty_database: Path, known_from: int) -> None:
    """Its later part was imported first: up to where that begins the log lies in a gap."""
    lines = log().splitlines(keepends=True)
    expected = in_one_go(empty_database, log())
    with open_copy(empty_database) as (path, connection):
        file = path.with_name("queue_log")
        file.write_bytes(b"".join(lines))
        if known_from < len(lines):
            later = path.with_name("later")
            later.write_bytes(b"".join(lines[between_seconds(lines, known_from) : 1100]))
            take(path, later)
        before = sum(count for (count,) in rows(path, "SELECT records FROM sources"))
        for _ in range(40):
            killed = follow_until_killed(path, file, steps=2)
            assert records(path) > before or not killed, "each time it gets somewhere"
            assert records(path) - before < 150, "in two steps"
            before = records(path)
            if not killed:
                break
        assert not killed
        found = contents_by(connection)
        assert totals.check(connection) == []
    for table in ("calls", "agents", "queues", "rejected_lines"):
        assert found[table] == expected[table], table
    if imported_records.RECORDS_OF_PART:
        for table in ("missed_calls", "queue_members", "queue_pauses", "agent_states"):
            assert found[table] == expected[table], table
    assert of_calls(found["agent_states"]) == of_calls(expected["agent_states"])
    assert before == len(lines)


def in_half_minutes(line: bytes) -> bytes:
    """A line of a log whose clock moves on each half minute."""
    moment, _, rest = line.partition(b"|")
    return b"%d|%b" % (int(moment) // 30 * 30, rest)


@pytest.mark.usefixtures("_kept_or_not")
def test_a_step_may_end_amid_the_records_of_one_second(empty_database: Path) -> None:
    lines = [in_half_minutes(line) for line in log().splitlines(keepends=True)]
    expected = in_one_go(empty_database, b"".join(lines))
    with open_copy(empty_database) as (path, connection):
        file, later = path.with_name("queue_log"), path.with_name("later")
        file.write_bytes(b"".join(lines))
        later.write_bytes(b"".join(lines[between_seconds(lines, 700) : 1100]))
        take(path, later)
        while follow_until_killed(path, file, steps=1, block=3000):
            pass
        found = contents_by(connection)
        assert totals.check(connection) == []
    for table in ("calls", "agents", "queues", "rejected_lines"):
        assert found[table] == expected[table], table
    assert of_calls(found["agent_states"]) == of_calls(expected["agent_states"])


def test_alike_records_of_one_second_on_both_sides_of_a_step_all_count(path: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    later.write_text(f"{BASE + 900}|9.1|q|NONE|ENTERQUEUE||1|1\n")
    take(path, later)
    entered = [f"{BASE + n // 100}|1.1|q|Ann|RINGNOANSWER|3000\n" for n in range(400)]
    file = tmp_path / "queue_log"
    file.write_text(f"{BASE}|1.1|q|NONE|ENTERQUEUE||1|1\n" + "".join(entered))
    for _ in range(2):
        while follow_until_killed(path, file, steps=100):
            pass
        assert records(path) == 402
        assert rows(path, "SELECT count(*) FROM missed_calls") == [(400,)]


@pytest.mark.parametrize(("back", "steps"), sample(list(product((1, 30, 3000), (1, 3, 100))), 2))
def test_records_of_an_earlier_second_than_the_step_before_are_taken_in(
    path: Path, tmp_path: Path, back: int, steps: int
) -> None:
    """A clock set back, or threads a second apart: whether it goes on or was killed, nothing is lost or taken twice."""
    later = tmp_path / "later"
    later.write_text(f"{BASE + 9000}|9.1|q|NONE|ENTERQUEUE||1|1\n")
    take(path, later)
    file = tmp_path / "queue_log"
    pairs = [(f"{BASE + n + back}|a{n}", f"{BASE + n}|b{n}") for n in range(0, 400, 2)]
    file.write_text("".join(f"{record}|q|NONE|ENTERQUEUE||1|1\n" for pair in pairs for record in pair))
    for _ in range(2):
        while follow_until_killed(path, file, steps=steps):
            pass
        assert records(path) == 401
        assert rows(path, "SELECT count(*), count(DISTINCT call_id) FROM calls") == [(401, 401)]
