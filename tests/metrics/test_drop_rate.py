"""Silent outbound calls (metrics.md 8.4)."""

from __future__ import annotations

import pytest

from ccmon.metrics.dialler_abandonment import (
    DAY_MS,
    campaign_window,
    drop_rate,
    ofcom_drop_rate,
    rolling_window,
    within_safe_harbour,
)


def test_three_per_cent_of_those_a_person_answered() -> None:
    assert drop_rate(30, 1000) == 0.03
    assert within_safe_harbour(30, 1000) is True
    assert within_safe_harbour(31, 1000) is False
    assert within_safe_harbour(3, 100) is True, "compared in whole numbers, so that 3 of 100 is not a hair above"
    assert drop_rate(0, 0) is None
    assert within_safe_harbour(0, 0) is None
    assert drop_rate(5, 4) is None


def test_ofcom_takes_the_machines_out_of_the_drops() -> None:
    """960 handled, 240 machines: m = 0.2; 30 drops become 24; 24 / 984."""
    assert ofcom_drop_rate(30, 960, 240) == pytest.approx(24 / 984)
    assert ofcom_drop_rate(30, 970, 0) == pytest.approx(0.03)
    assert ofcom_drop_rate(3, 0, 0) is None
    assert ofcom_drop_rate(0, 0, 5) is None


def test_windows() -> None:
    start = 1_000 * DAY_MS
    assert rolling_window(start) == (970 * DAY_MS, start)
    assert campaign_window(start, start + 10 * DAY_MS) == (start, start + 10 * DAY_MS)
    assert campaign_window(start, start + 30 * DAY_MS) == (start + 30 * DAY_MS, start + 30 * DAY_MS)
    assert campaign_window(start, start + 65 * DAY_MS) == (start + 60 * DAY_MS, start + 65 * DAY_MS)
    with pytest.raises(ValueError, match="not started"):
        campaign_window(start, start - 1)
