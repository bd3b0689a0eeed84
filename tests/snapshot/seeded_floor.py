"""A seeded Monday afternoon after a month of days: shifts, quotas, promises, open calls."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ccmon.simulator.history import seed
from tests.databases import new_database, shared

ZONE = "Europe/Amsterdam"
NOW = round(datetime(2026, 11, 23, 14, 32, 7, 250_000, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


def seeded_database() -> Path:
    """Return the database of that afternoon, which nobody may change."""

    def fill(folder: Path) -> None:
        seed(new_database(folder / "calls.db", time_zone=ZONE, currency="EUR"), days=30, agents=12, seed=3, until=NOW)

    return shared("month of twelve agents", fill) / "calls.db"
