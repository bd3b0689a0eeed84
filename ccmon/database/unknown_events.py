"""Counts the events of a source that ccmon does not know, by name: a switch's new one is told from a garbled log."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Final

from ccmon.database.source_records import storable
from ccmon.database.sql_files import sql

MOST: Final = 100
"""How many names are counted separately, of each source."""
FURTHER: Final = "…"
"""Stands for all further names."""
_LONGEST_NAME: Final = 40


def count(counted: Counter[str], event: str) -> None:
    """Count an event by its name, in bounded memory: a log may hold anything."""
    name = storable(event[:_LONGEST_NAME])
    counted[name if name in counted or len(counted) < MOST else FURTHER] += 1


def write(connection: sqlite3.Connection, source: str, counted: Counter[str]) -> int:
    """Add counts to those of a source, and empty them; return how many records they were."""
    for event, records in counted.items():
        row = {"source": source, "event": event, "records": records, "most": MOST, "further": FURTHER}
        connection.execute(sql("count_unknown_event"), row)
    records = counted.total()
    counted.clear()
    return records
