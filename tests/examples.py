"""How many examples a property is tried with, and how many moments of a recording: few by default, `FACTOR` times as
many examples and every moment with CCMON_TEST_PROFILE=long.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

Value = TypeVar("Value")

FACTOR = 50 if os.environ.get("CCMON_TEST_PROFILE") == "long" else 1


def examples(few: int, many: int | None = None) -> int:
    """Return the number of examples of the profile in force: ``few`` in the default one, ``many`` in the long one."""
    return few if FACTOR == 1 else many or few * FACTOR


def every(few: int) -> int:
    """Return the stride at which moments are tried in the profile in force: 1 in the long one."""
    return few if FACTOR == 1 else 1


def sample(values: Sequence[Value], few: int, turn: int = 0) -> Sequence[Value]:
    """Return every ``few``-th of the values, in the long profile all of them.

    Args:
        values: what is tried.
        few: how many of them there are for each that the default profile tries.
        turn: a number that differs from test to test, so that together they try all values.
    """
    return values[turn % every(few) :: every(few)]
