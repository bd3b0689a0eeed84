"""The average handling time (metrics.md 7)."""

from __future__ import annotations

from ccmon.metrics import handling


def test_the_mean_of_nothing_is_unknown() -> None:
    assert handling.average_handling(0, 0, 0, 0) is None
    assert handling.average_handling(180_000, 20_000, 40_000, 2) == 120_000
