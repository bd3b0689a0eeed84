"""The statements about totals that ccmon executes, by their names. Some names stand for several statements at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ccmon.database.total_sql import queries, triggers
from ccmon.database.total_sql.definitions import TOTALS


def generators() -> Mapping[str, Callable[[], str]]:
    """What generates the text of each name."""
    return {
        "as_of_totals": queries.as_of,
        "delete_totals": queries.delete_totals,
        "missing_queue_days": queries.missing_queue_days,
        "insert_missing_queue_days": queries.insert_missing_queue_days,
        "track_touched_hours": triggers.track_touched_hours,
        "untrack_touched_hours": triggers.untrack_touched_hours,
        **{f"differences_{table}": partial(queries.differences, table) for table in TOTALS},
        **{f"recount_{table}": partial(queries.recount, table) for table in TOTALS},
    }
