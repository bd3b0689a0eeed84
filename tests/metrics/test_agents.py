"""Occupancy (metrics.md 6.6)."""

from __future__ import annotations

import pytest

from ccmon.metrics import agents


def test_occupancy_of_an_hour() -> None:
    minute = 60_000
    assert agents.occupancy(36 * minute, 0, 6 * minute, 18 * minute) == pytest.approx(0.7)
    assert agents.occupancy(14 * minute, 0, 0, 0) is None
    assert agents.occupancy(15 * minute, 0, 0, 0) == 1
