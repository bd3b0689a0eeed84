"""The machine's clock."""

from __future__ import annotations

import time


def real_now() -> int:
    """Real time, Unix milliseconds. The time of a floor, which may be a simulated one, is the database's."""
    return time.time_ns() // 1_000_000
