"""A switch that crashes: nothing that was shown of answered calls is revised, their length alone is unknown (1.5)."""

from __future__ import annotations

import lzma
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from ccmon.database import database_file, floor_reader, reader, totals
from ccmon.database.driver import Database
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot import assemble
from ccmon.sources.queue_log.import_files import import_logs
from tests.databases import new_database

RECORDING = Path(__file__).parents[1] / "data" / "asterisk_run1" / "queue_log.xz"
DOWN_S = 20
"""From the last record before the crash to the start of the switch."""


@cache
def lines() -> tuple[str, ...]:
    return tuple(lzma.open(RECORDING, "rt", encoding="utf-8").read().splitlines(keepends=True))


def moment_s(line: str) -> int:
    return int(line.split("|", 1)[0])


def from_log(path: Path, log: Sequence[str]) -> Path:
    new_database(path, time_zone="Europe/Amsterdam")
    file = path.with_suffix(".log")
    file.write_text("".join(log), encoding="utf-8")
    import_logs(path, [str(file)], source="pbx")
    return path


def shown(total: QueueFigures) -> tuple[object, ...]:
    """What a restart may not revise."""
    return (
        total.answered,
        total.answered_in_threshold,
        total.answered_wait_ms,
        total.asa_ms,
        total.abandoned,
        total.handled,
        total.aht_ms,
        total.service_level,
    )


def by_totals_and_by_rows(path: Path, at: int) -> list[FloorSnapshot]:
    with closing(database_file.open_reader(path)) as connection:
        return [
            assemble(floor_reader.read_floor_data(Database(connection), at, is_latest=live), at)
            for live in (True, False)
        ]


@pytest.mark.parametrize("cut", [0.3, 0.55, 0.8])
def test_what_was_answered_before_a_queuestart_stays_answered(tmp_path: Path, cut: float) -> None:
    crash_s = moment_s(lines()[int(cut * len(lines()))])
    start_s = crash_s + DOWN_S
    told = [line for line in lines() if moment_s(line) <= crash_s]
    started = f"{start_s}|NONE|NONE|NONE|QUEUESTART|\n"
    before = reader.snapshot(from_log(tmp_path / "before.db", told), crash_s * 1000)
    path = from_log(tmp_path / "after.db", [*told, started])
    assert before.total.talking > 0
    assert before.total.open > 0
    for after in by_totals_and_by_rows(path, start_s * 1000):
        for was, now in zip((*before.queues, before.total), (*after.queues, after.total), strict=True):
            assert shown(now) == shown(was)
            assert (now.cut_off, now.unknown, now.open, now.talking) == (was.talking, was.open, 0, 0)
            assert now.offered == now.finished + now.unknown + now.open
    # The moment before the crash is told as it was shown then.
    earlier = reader.snapshot(path, crash_s * 1000)
    assert [shown(queue) for queue in earlier.queues] == [shown(queue) for queue in before.queues]
    assert (earlier.total.talking, earlier.total.cut_off) == (before.total.talking, 0)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT class, handled, talk_ms, ended_at, agent_id > 0 FROM calls"
            " WHERE outcome = 'unknown' AND answered_at IS NOT NULL"
        ).fetchall()
        assert rows == [("answered", 0, None, start_s * 1000, 1)] * before.total.talking
        assert totals.check(connection) == []


def test_the_day_goes_on_after_the_restart(tmp_path: Path) -> None:
    """The calls of after it count beside those of before, which are told of no more."""
    crash_s = moment_s(lines()[len(lines()) // 2])
    told = [line for line in lines() if moment_s(line) <= crash_s]
    over = {line.split("|")[1] for line in told} - {"NONE", "MANAGER", "REALTIME"}
    later = [line for line in lines() if moment_s(line) > crash_s and line.split("|")[1] not in over]
    end = moment_s(lines()[-1]) * 1000
    before = reader.snapshot(from_log(tmp_path / "before.db", told), crash_s * 1000).total
    beyond = reader.snapshot(from_log(tmp_path / "beyond.db", later), end).total
    started = f"{crash_s}|NONE|NONE|NONE|QUEUESTART|\n"
    by_totals, by_rows = by_totals_and_by_rows(from_log(tmp_path / "all.db", [*told, started, *later]), end)
    assert by_totals.queues == by_rows.queues
    whole = by_totals.total
    for count in ("offered", "answered", "answered_in_threshold", "answered_wait_ms", "handled", "talk_ms", "diverted"):
        assert getattr(whole, count) == getattr(before, count) + getattr(beyond, count), count
    assert (whole.cut_off, whole.unknown, beyond.cut_off) == (before.talking, before.open, 0)
