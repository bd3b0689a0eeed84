"""What the benchmarks measure on is what they say: floors whose totals hold, logs that ccmon understands whole."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks import databases, traffic
from benchmarks.results import Figure
from benchmarks.terminal import Terminal
from ccmon.sources.queue_log.history import import_logs
from ccmon.store import database, totals
from ccmon.store.reader import snapshot


def test_synthetic_floor_has_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "floor.db"
    databases.build(path, agents=20, history=300, today=200)
    connection = database.open_reader(path)
    try:
        assert totals.check(connection) == []
    finally:
        connection.close()
    floor = snapshot(path)
    assert floor.total.offered == 200
    assert len(floor.agents) == 20
    assert all(agent.since is not None for agent in floor.agents)


def test_synthetic_log_is_understood_whole(tmp_path: Path) -> None:
    log, path = tmp_path / "queue_log", tmp_path / "calls.db"
    traffic.write_log(log, records=2_000, agents=20, starts_at_s=int(time.time()) - 3_600)
    records = [line.split("|") for line in log.read_text().splitlines()]
    database.create(path, time_zone=databases.afternoon_zone())
    import_logs(path, [str(log)], source="queue-log", encoding="utf-8", members=None)
    total = snapshot(path).total
    assert total.offered == sum(record[4] == "ENTERQUEUE" for record in records)
    assert total.answered == sum(record[4] == "CONNECT" for record in records)
    assert total.abandoned == sum(record[4] == "ABANDON" for record in records)
    assert snapshot(path).sources[0].rejected == 0


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("case", "name", 2.0, "ms"), None),
        (Figure("case", "name", 2.0, "ms", goal=2), True),
        (Figure("case", "name", 2.1, "ms", goal=2), False),
        (Figure("case", "name", 2.1, "lines/s", goal=2, at_least=True), True),
        (Figure("case", "name", 3.1, "ms", beside=2, goal_ratio=1.5), False),
        (Figure("case", "name", 3.0, "ms", beside=2, goal_ratio=1.5), True),
        (Figure("case", "name", 3.0, "ms", goal_ratio=1.5), None),
    ],
)
def test_goal_is_met_or_missed(figure: Figure, met: bool | None) -> None:
    assert figure.met is met


def test_terminal_shows_what_was_written_and_says_how_it_ended() -> None:
    with Terminal(
        ["sh", "-c", r"printf '\033[2;3Hhere\033[?2026l \033]0;title\007now'; read line; exit 3"]
    ) as terminal:
        assert terminal.wait_for("now").splitlines()[1] == "  here now"
        terminal.send("\n")
        assert terminal.wait_for_exit() == 3
