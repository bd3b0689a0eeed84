"""The machine's clock."""

from __future__ import annotations

import time


def real_now() -> int:
    """Real time, Unix milliseconds. A floor may be simulated: its time comes from the database."""
    return time.time_ns() // 1_000_000
