"""How many examples a property is tried with, and how many moments of a recording: few by default, `FACTOR` times as
many examples and every moment with CCMON_TEST_PROFILE=long.
"""

from __future__ import annotations

import os

FACTOR = 50 if os.environ.get("CCMON_TEST_PROFILE") == "long" else 1


def examples(few: int) -> int:
    """Return the number of examples of the profile in force, where ``few`` is that of the default one."""
    return few * FACTOR


def every(few: int) -> int:
    """Return the stride at which moments are tried in the profile in force: 1 in the long one."""
    return few if FACTOR == 1 else 1
