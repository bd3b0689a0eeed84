"""A seed makes no search for reference cycles, so each simulated day must be freed without one."""

from __future__ import annotations

import weakref
from pathlib import Path
from unittest.mock import patch

from ccmon.simulator import history
from ccmon.simulator.floor import SimulatedFloor
from tests.databases import new_database
from tests.slow.test_live_floor import AGENTS, NOON, SEED


def test_the_floor_of_a_day_that_is_written_is_freed_at_once(tmp_path: Path) -> None:
    floors: list[weakref.ref[SimulatedFloor]] = []
    freed: list[bool] = []

    class NotedFloor(SimulatedFloor):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            floors.append(weakref.ref(self))

    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with patch.object(history, "SimulatedFloor", NotedFloor):
        history.seed(
            path,
            days=3,
            agents=AGENTS,
            seed=SEED,
            until=NOON,
            progress=lambda done, total: freed.append(floors[done - 1]() is None),
        )
    assert freed[:3] == [True, True, True]
