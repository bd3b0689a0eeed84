"""The settings of the site that lie in the database, by section: the columns of `KINDS`, and of the table ``site``."""

from __future__ import annotations

from ccmon.database.table_specs import KINDS, CellType, ColumnSpec, TableSpec
from ccmon.time_units import HOUR_MS, MINUTE_MS

SITE = TableSpec(
    "site",
    "the site itself",
    (("name",),),
    (
        ColumnSpec("name", CellType.TEXT, "name of the site", "name"),
        ColumnSpec("time_zone", CellType.TEXT, "zone of its days; fixed from the first call on", "time_zone"),
        ColumnSpec("day_starts", CellType.LENGTH, "time at which a business day begins", "day_starts_ms", default=0),
        ColumnSpec("currency", CellType.CURRENCY, "what all amounts are in", "currency"),
        ColumnSpec("follow_up_grace", CellType.LENGTH, "a follow-up is overdue this long after its due moment",
                   "follow_up_grace_ms", default=15 * MINUTE_MS),
        ColumnSpec("max_open", CellType.LENGTH, "the end of a call open for longer is unknown", "max_open_ms",
                   default=4 * HOUR_MS),
        ColumnSpec("margin", CellType.SHARE, "share of the revenue that is earned; none: all of it", "margin"),
        ColumnSpec("incrementality", CellType.SHARE, "share of the sales that would not have come by themselves",
                   "incrementality", default=1),
    ),
)  # fmt: skip
"""The one row of the table ``site``."""

SECTIONS = {
    "site": SITE,
    **{
        name.replace("-", "_"): KINDS[name]
        for name in ("clients", "teams", "queues", "campaigns", "agents", "pause-reasons", "contact-reasons", "quotas")
    },
}
"""The sections of the database's settings; each comes after those that its rows name."""

TARGETS = ("service_level_threshold", "service_level_target", "short_abandon")
"""Columns of queues that a business day keeps as they were at its first call (table ``queue_days``)."""


def own_columns(spec: TableSpec) -> dict[str, ColumnSpec]:
    """The columns by name that are settings: without those by which a row is known."""
    keys = () if spec is SITE else spec.keys[0]
    return {column.name: column for column in spec.columns if column.name not in keys}
