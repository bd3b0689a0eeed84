"""Reads the data of the business days before today, once an hour; parts affected by corrections of old rows, again.

Each part is cached under its name in `ccmon.database.change_log.ALL_PARTS`.
"""

from __future__ import annotations

from collections import ChainMap
from typing import Any

from ccmon.database.driver import Database
from ccmon.database.query_context import QueryContext
from ccmon.database.reading_cache import ReadingCache
from ccmon.database.stored_parts import Fields, StoredParts
from ccmon.snapshot.periodic_data import FinishedDays
from ccmon.snapshot.periodic_rows import PastRecords
from ccmon.time_units import HOUR_MS


def read_finished_days(
    database: Database, context: QueryContext, at: int, cache: ReadingCache, stored: StoredParts | None
) -> FinishedDays:
    """The data of the finished business days, as far as it is needed today.

    Args:
        database: the database.
        context: the moment.
        at: the moment.
        cache: what has been read before; the same object is returned while nothing is read again.
        stored: its stored parts; None if less was known at the moment.
    """
    read_for = context.site, context.day.date, at // HOUR_MS

    def part(name: str, *fingerprint: object) -> Fields:
        def read_part() -> Fields:
            from ccmon.database import finished_days_parts  # noqa: PLC0415 (a single reading finds all parts stored)

            return finished_days_parts.READ[name](database, context, *fingerprint)

        return cache.get(
            name,
            (read_for, fingerprint),
            read_part if stored is None else lambda: stored.get(name, fingerprint, read_part),
        )

    unusual = context.unusual_days
    totals = part("totals", unusual)
    past = database.one_row("past_records", PastRecords)
    finished = part("calls_and_orders", past, totals["day_totals"], unusual)
    read = (
        finished,
        totals,
        part("sales"),
        part("kept_customers"),
        part("promises", context.closed_times),
        part("closing_customers", finished["closing"]),
        part("planned_time"),
        part("unreached"),
        part("surveys", stored is not None),
    )
    ids = tuple(map(id, read))
    return cache.get("all of finished days", ids, lambda: _JoinedParts(read)).days


class _JoinedParts:
    """The finished days with the parts they were made from, to keep these alive as long."""

    def __init__(self, parts: tuple[dict[str, Any], ...]) -> None:
        self.parts = parts
        self.days = FinishedDays(**ChainMap(*parts))
