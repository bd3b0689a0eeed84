"""How near a time in a state is to its limit."""

from __future__ import annotations

import pytest

from ccmon.metrics.next_change import NextChange
from ccmon.metrics.time_in_state import TimeStep, limit_by_usual, step_of
from ccmon.time_units import MINUTE_MS, NEVER

LIMIT = 20 * MINUTE_MS


@pytest.mark.parametrize(
    ("minutes", "milliseconds", "step", "next_change"),
    [
        (0, 0, TimeStep.CALM, 15 * MINUTE_MS),
        (15, -1, TimeStep.CALM, 15 * MINUTE_MS),
        (15, 0, TimeStep.NEAR, LIMIT + 1),
        (20, 0, TimeStep.NEAR, LIMIT + 1),
        (20, 1, TimeStep.OVER, NEVER),
    ],
)
def test_a_time_is_near_its_limit_from_three_quarters_on_and_over_it_as_its_alarm(
    minutes: int, milliseconds: int, step: TimeStep, next_change: int
) -> None:
    since = 7_000
    when = NextChange(since + minutes * MINUTE_MS + milliseconds)
    assert step_of(since, LIMIT, when) is step
    assert when.next_at == (NEVER if next_change == NEVER else since + next_change)


@pytest.mark.parametrize(
    ("total_ms", "calls", "minutes"),
    [
        (5 * 40_000, 5, 2),  # three times 0:40
        (5 * 40_001, 5, 3),
        (4 * 40_000, 4, 20),  # too few calls
        (0, 9, 20),
        (10 * 10 * MINUTE_MS, 10, 20),  # never above the limit of the alarm
    ],
)
def test_what_is_usual_gives_a_limit_in_whole_minutes(total_ms: int, calls: int, minutes: int) -> None:
    assert limit_by_usual(total_ms, calls, LIMIT) == minutes * MINUTE_MS
