"""How long an agent may be in a state, and how near the time in it is to that (metrics.md 6.2)."""

from __future__ import annotations

from enum import IntEnum
from math import ceil

from ccmon.metrics.next_change import NextChange
from ccmon.time_units import MINUTE_MS

NEAR = 0.75
"""From this share of its limit on a time is near it."""
TIMES_USUAL = 3
"""How many times the usual length of a state is too long."""
CALLS_NEEDED = 5
"""With fewer calls than this nothing is usual."""


class TimeStep(IntEnum):
    """How near a time in a state is to its limit."""

    CALM = 0
    NEAR = 1
    OVER = 2


def limit_by_usual(total_ms: int, calls: int, limit_ms: int) -> int:
    """The limit in milliseconds of a state that took a total time in a number of calls: in whole minutes, rounded up.

    It is never above `limit_ms`, which is also that of too few calls.
    """
    if calls < CALLS_NEEDED or total_ms <= 0:
        return limit_ms
    return min(limit_ms, ceil(TIMES_USUAL * total_ms / calls / MINUTE_MS) * MINUTE_MS)


def step_of(since: int, limit_ms: int, when: NextChange) -> TimeStep:
    """The step at a moment of a state that began at `since`; it is over once it is longer than its limit."""
    if when.reached(since + limit_ms + 1):
        return TimeStep.OVER
    return TimeStep.NEAR if when.reached(since + ceil(limit_ms * NEAR)) else TimeStep.CALM
