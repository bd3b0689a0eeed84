"""The tables of promised calls."""

from __future__ import annotations

from ccmon.formatting import dated
from ccmon.metrics import ratios
from ccmon.metrics.next_change import NextChange
from ccmon.report.figures import Mark, Unit
from ccmon.report.parts import Narrowed
from ccmon.report.tables import ReportColumn, Table, number_in, row

LATE_SHOWN = 15
OWNER_COLUMNS = (
    ReportColumn("name", "Agent", Unit.TEXT),
    ReportColumn("team", "Team", Unit.TEXT, rank=2),
    ReportColumn("kept", "Kept", Unit.COUNT, "Promised calls made on time."),
    ReportColumn("late", "Late", Unit.COUNT, "Promised calls made late, or due and not made."),
    ReportColumn("on_time_rate", "Kept on time", Unit.SHARE, rank=1),
    ReportColumn("overdue", "Late and open", Unit.COUNT, "Of this and earlier days, still to be made."),
)
LATE_COLUMNS = (
    ReportColumn("name", "Customer", Unit.TEXT),
    ReportColumn("kind", "What", Unit.TEXT, rank=1),
    ReportColumn("owner", "Owed by", Unit.TEXT),
    ReportColumn("due", "Was due", Unit.TEXT),
    ReportColumn("overdue_ms", "Late by", Unit.HOURS),
)


def owners(narrowed: Narrowed) -> Table:
    """Who owed promised calls, those with most late ones first."""
    found = []
    for owner in narrowed.covered.floor.follow_ups.owners or ():
        late = owner.kept.decided - owner.kept.on_time
        if owner.kept.decided or owner.overdue:
            found.append(
                row(
                    owner.name,
                    owner.team,
                    owner.kept.on_time,
                    (late, Mark.LATE if late else Mark.NONE),
                    ratios.share(owner.kept.on_time, owner.kept.decided),
                    (owner.overdue, Mark.LATE if owner.overdue else Mark.NONE),
                )
            )
    most_first = "late", "overdue", "kept"
    found.sort(key=lambda each: (*(-number_in(each, OWNER_COLUMNS, key) for key in most_first), each.name.casefold()))
    return Table(
        key="owners",
        title="Promised calls by agent",
        columns=OWNER_COLUMNS,
        rows=tuple(found),
        order="Most late ones first.",
        empty="No call was promised for this time.",
    )


def late_promises(narrowed: Narrowed) -> Table:
    """Promised calls that are late and still to be made, the oldest first."""
    floor, now = narrowed.floor, NextChange(narrowed.floor.at)
    items = [item for item in floor.follow_ups.items if item.is_overdue(now)]
    return Table(
        key="late_promises",
        title="Late and still to be made",
        columns=LATE_COLUMNS,
        rows=tuple(
            row(
                item.customer or "unknown",
                item.kind,
                item.owner or "nobody",
                dated(item.due_at, narrowed.zone, floor.at),
                (item.overdue_ms(floor.at), Mark.LATE),
            )
            for item in items[:LATE_SHOWN]
        ),
        order="The oldest first." if len(items) <= LATE_SHOWN else f"The oldest {LATE_SHOWN} of {len(items)}.",
        empty="None.",
    )
