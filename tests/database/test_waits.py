"""A wait is the whole second of leaving less the whole second of entering, wherever it is counted (metrics.md 1.1)."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.database import database_file, floor_reader, reader, totals
from ccmon.database.driver import Database
from ccmon.database.writer import Writer
from ccmon.metrics.service_level import lost, service_level
from ccmon.metrics.wait_times import wait_ms
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot import assemble
from tests.database.test_crash import from_log, lines
from tests.databases import new_database
from tests.floors import moment
from tests.sources import test_ami_recording as manager

FOLDER = Path(__file__).parents[1] / "data" / "asterisk_run1"
NOON = moment("2026-11-23T12:00:00")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("fresh") / "calls.db", time_zone="Europe/Amsterdam")
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("INSERT INTO queues (id, name, service_level_threshold_ms) VALUES (1, 'sales', 5000)")
        connection.execute("INSERT INTO agents (id, login) VALUES (1, 'ann')")
    return path


@pytest.fixture
def path(fresh: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "calls.db"
    shutil.copy(fresh, copy)
    return copy


def add(path: Path, **row: object) -> None:
    columns = {"source": "s", "call_id": str(len(row)), "queue_id": 1, **row}
    marks = ", ".join(f":{name}" for name in columns)
    with closing(database_file.open_writer(path)) as connection:
        connection.execute(f"INSERT INTO calls ({', '.join(columns)}) VALUES ({marks})", columns)


def both(path: Path, at: int) -> Iterator[QueueFigures]:
    """The queue by the totals and by the rows."""
    with closing(database_file.open_reader(path)) as connection:
        for live in (True, False):
            yield assemble(floor_reader.read_floor_data(Database(connection), at, is_latest=live), at).queues[0]


@pytest.mark.parametrize(
    ("entered_at", "left_at", "wait"),
    [
        (0, 5_000, 5_000),
        (0, 5_999, 5_000),
        (999, 5_000, 5_000),
        (999, 1_000, 1_000),
        (1_000, 1_999, 0),
        (2_000, 1_000, 0),
        (2_500, 2_400, 0),
    ],
)
def test_the_wait_in_whole_seconds(entered_at: int, left_at: int, wait: int) -> None:
    assert wait_ms(NOON + entered_at, NOON + left_at) == wait


moments = st.integers(NOON - 90_000, NOON + 90_000)


@given(
    entered_at=moments,
    answered_at=st.none() | moments,
    ended_at=st.none() | moments,
    outcome=st.sampled_from([None, "answered", "abandoned", "timeout", "exit_key", "blocked", "unknown"]),
)
def test_sql_and_python_say_the_same_of_a_wait(
    fresh: Path, entered_at: int, answered_at: int | None, ended_at: int | None, outcome: str | None
) -> None:
    with closing(sqlite3.connect(fresh)) as connection:
        connection.execute(
            "INSERT INTO calls (source, call_id, queue_id, entered_at, answered_at, ended_at, outcome)"
            " VALUES ('s', 'a', 1, ?, ?, ?, ?)",
            (entered_at, answered_at, ended_at, outcome),
        )
        wait, kind = connection.execute("SELECT wait_ms, class FROM calls").fetchone()
        connection.rollback()
    left_at = answered_at if kind == "answered" else ended_at
    assert wait == (None if left_at is None else wait_ms(entered_at, left_at))


@pytest.mark.parametrize(("now", "wait"), [(5_949, 5), (5_999, 5), (6_000, 6), (7_999, 7)])
def test_a_caller_who_waits_counts_as_they_will_when_answered(path: Path, now: int, wait: int) -> None:
    """In time at 5 s until the sixth second begins: the answer revises nothing."""
    at, in_time = NOON + now, wait <= 5
    add(path, entered_at=NOON + 950)
    for waiting in both(path, at):
        assert waiting.waiting_past_threshold(at) == (0 if in_time else 1)
        assert waiting.service_level_live(at) == (None if in_time else 0.0)
        assert waiting.longest_wait_today_ms(at) == wait * 1000
        assert waiting.longest_wait_ms(at) == wait * 1000
    with closing(database_file.open_writer(path)) as connection:
        connection.execute("UPDATE calls SET answered_at = ?", (at,))
    for answered in both(path, at):
        assert (answered.answered_in_threshold, answered.service_level) == ((1, 1.0) if in_time else (0, 0.0))
        assert (answered.asa_ms, answered.longest_wait_today_ms(at)) == (wait * 1000, wait * 1000)


@pytest.mark.parametrize(("now", "short"), [(5_999, 1), (6_000, 0)])
def test_a_short_abandon_is_short_by_whole_seconds(path: Path, now: int, short: int) -> None:
    add(path, entered_at=NOON + 950, ended_at=NOON + now, outcome="abandoned")
    for queue in both(path, NOON + now):
        assert (queue.abandoned, queue.short_abandoned) == (1, short)
        assert queue.average_abandon_ms == (None if short else 6_000)


def served(path: Path, **row: object) -> list[QueueFigures]:
    """After two calls: one with all its moments, answered after 20 s, and the one given."""
    add(path, entered_at=NOON, answered_at=NOON + 20_000, ended_at=NOON + 60_000, outcome="answered", agent_id=1)
    add(path, entered_at=NOON, outcome="answered", **row)
    return list(both(path, NOON + 600_000))


def test_what_was_served_without_a_moment_of_answer_is_answered_without_a_wait(path: Path) -> None:
    for queue in served(path, ended_at=NOON + 90_000):
        assert (queue.answered, queue.answered_without_wait, queue.cut_off, queue.unknown) == (2, 1, 0, 0)
        assert (queue.handled, queue.aht_ms, queue.finished) == (1, 40_000, 2)
        assert (queue.answered_in_threshold, queue.service_level, queue.service_level_live(NOON + 600_000)) == (
            0,
            0.0,
            0.0,
        )
        assert (queue.asa_ms, queue.longest_wait_today_ms(NOON + 600_000)) == (20_000, 20_000)
        [quarter] = queue.quarters
        assert (quarter.answered, quarter.answered_without_wait, quarter.service_level) == (2, 1, 0.0)


def test_of_such_calls_alone_no_service_level_is_known(path: Path) -> None:
    add(path, entered_at=NOON, outcome="answered", ended_at=NOON + 90_000, agent_id=1)
    for queue in both(path, NOON + 600_000):
        assert (queue.offered, queue.answered, queue.handled, queue.open) == (1, 1, 0, 0)
        assert (queue.service_level, queue.service_level_live(NOON + 600_000), queue.asa_ms, queue.aht_ms) == (
            None,
        ) * 4
        assert queue.quarters[0].service_level is None


def test_it_is_served_only_once_it_is_over(path: Path) -> None:
    add(path, entered_at=NOON, outcome="answered", ended_at=NOON + 90_000, agent_id=1)
    for at, answered in ((NOON + 89_999, 0), (NOON + 90_000, 1)):
        queue = reader.snapshot(path, at).queues[0]
        assert (queue.answered, queue.open) == (answered, 1 - answered)


THRESHOLDS_S = {
    name: int(seconds)
    for name, seconds in re.findall(
        r"^\[(\w+)\][^\[]*?^servicelevel = (\d+)", (FOLDER / "queues.conf").read_text(), re.MULTILINE
    )
}
"""As the recorded switch was configured."""


def the_day(path: Path) -> FloorSnapshot:
    with closing(database_file.open_writer(path)) as connection:
        for name, seconds in THRESHOLDS_S.items():
            which = (seconds * 1000, name)
            connection.execute("UPDATE queues SET service_level_threshold_ms = ? WHERE name = ?", which)
        connection.execute("BEGIN")
        totals.rebuild(connection, recompute_targets=True)
        connection.execute("COMMIT")
    return reader.snapshot(path, 1_795_424_000_000)


def test_the_manager_gives_the_logs_service_level_of_the_same_day(tmp_path: Path) -> None:
    by_log, by_manager = from_log(tmp_path / "log.db", lines()), tmp_path / "manager.db"
    new_database(by_manager, time_zone="Europe/Amsterdam")
    with Writer(by_manager, source="pbx", kind="ami") as writer:
        writer.apply(manager.run())
        writer.commit()
    log, ami = the_day(by_log), the_day(by_manager)
    assert len(THRESHOLDS_S) == 3
    assert (log.total.answered, log.total.answered_in_threshold) == (195, 144)
    for one, other in zip((*log.queues, log.total), (*ami.queues, ami.total), strict=True):
        assert other.service_level_threshold_ms == one.service_level_threshold_ms
        assert (other.answered, other.answered_in_threshold) == (one.answered, one.answered_in_threshold)
        assert other.short_abandoned == one.short_abandoned
        # What an application withdraws leaves the manager's queue as a timeout does.
        released = other.timed_out + other.no_agents - (one.diverted - other.diverted)
        counts = {"answered_in_threshold": other.answered_in_threshold, "answered": other.answered}
        not_served = lost(abandoned=other.abandoned, short_abandoned=other.short_abandoned, released=released)
        assert service_level(**counts, lost=not_served) == one.service_level
        assert other.asa_ms == pytest.approx(one.asa_ms, abs=30)
