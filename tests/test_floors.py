"""The hand-made floor is one that a snapshot could be: its counts add up."""

from __future__ import annotations

import pytest

from ccmon.model.queues import QueueFigures
from tests import floors


@pytest.mark.parametrize("agents", [1, 24, 200])
def test_counts_add_up(agents: int) -> None:
    snapshot = floors.floor(agents)
    assert len(snapshot.agents) == agents
    for queue in (*snapshot.queues, snapshot.total):
        assert queue.offered == queue.finished + queue.unknown + queue.open
        assert queue.waiting == queue.open
        assert 0 <= (queue.service_level or 0) <= 1
    assert sum(queue.waiting for queue in snapshot.queues) == len(snapshot.waiting) == snapshot.total.waiting
    assert all(line.conversion is None or 0 <= line.conversion <= 1 for line in snapshot.sales)


def test_same_floor_each_time() -> None:
    assert floors.floor(24) == floors.floor(24)


def test_empty_floor_knows_nothing() -> None:
    total: QueueFigures = floors.empty_floor().total
    assert total.service_level is None
    assert total.asa_ms is None
