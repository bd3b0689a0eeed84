"""The tables of promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ccmon.formatting import clock, dated
from ccmon.metrics import ratios
from ccmon.metrics.next_change import NextChange
from ccmon.model.follow_ups import AgentFollowUps, FollowUp
from ccmon.report.figures import Mark, Unit
from ccmon.report.parts import Narrowed
from ccmon.report.tables import ReportColumn, Table, number_in, row, without_unknown
from ccmon.spelling import folded

LATE_SHOWN = 15
OWNER_COLUMNS = (
    ReportColumn("name", "Owner", Unit.TEXT),
    ReportColumn("team", "Team", Unit.TEXT, rank=2),
    ReportColumn("kept", "Kept", Unit.COUNT, "Promises kept on time."),
    ReportColumn("late", "Late", Unit.COUNT, "Promises done late, or due and not done."),
    ReportColumn("on_time_rate", "On time", Unit.SHARE, "Kept, of kept and late.", rank=1),
    ReportColumn("overdue", "Overdue", Unit.COUNT, "Open and past when they were due, of this time and of before."),
    ReportColumn("overdue_before", "Of before", Unit.COUNT, "Of those overdue: due before this time, not in Late."),
    ReportColumn("at_work", "At work", Unit.TEXT, "Whether the owner was at work.", rank=3),
)
LATE_COLUMNS = (
    ReportColumn("name", "Customer", Unit.TEXT),
    ReportColumn("kind", "Kind", Unit.TEXT, rank=1),
    ReportColumn("owner", "Owner", Unit.TEXT),
    ReportColumn("due", "Due", Unit.TEXT),
    ReportColumn("overdue_ms", "Overdue by", Unit.DAYS),
)


def owners(narrowed: Narrowed) -> Table:
    """The owners of promises, those with most late ones first."""
    found = []
    of_before = Counter(item.owner_id for item in late_and_open(narrowed) if not is_of_stretch(item, narrowed))
    present = {agent.id for agent in narrowed.at_work}
    idle = {owner.agent_id for owner in owners_not_at_work(narrowed)}
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
                    of_before[owner.agent_id] if of_before else None,
                    ("yes" if owner.agent_id in present else "no") if idle else None,
                )
            )
    most_first = "late", "overdue", "kept"
    found.sort(key=lambda each: (*(-number_in(each, OWNER_COLUMNS, key) for key in most_first), folded(each.name)))
    return without_unknown(
        Table(
            key="owners",
            title="Promises by owner",
            columns=OWNER_COLUMNS,
            rows=tuple(found),
            order=f"Most late ones first. Overdue: {narrowed.as_of}.",
            empty="Nothing was promised for this time.",
        )
    )


def owners_not_at_work(narrowed: Narrowed) -> Sequence[AgentFollowUps]:
    """The owners of promises who were not at work; nobody where it is not known who was."""
    present = {agent.id for agent in narrowed.at_work}
    return [
        owner
        for owner in narrowed.covered.floor.follow_ups.owners or ()
        if present and owner.agent_id not in {None, *present} and (owner.kept.decided or owner.overdue)
    ]


def late_and_open(narrowed: Narrowed) -> Sequence[FollowUp]:
    """Promises that are overdue, the oldest first."""
    now = NextChange(narrowed.floor.at)
    return [item for item in narrowed.floor.follow_ups.items if item.is_overdue(now)]


def is_of_stretch(item: FollowUp, narrowed: Narrowed) -> bool:
    """Whether an overdue promise counts among those for the time of the report; else it was due before, or moved."""
    grace = item.grace_ends_at - item.due_at
    return narrowed.stretch.starts_at <= item.promise_due_at < narrowed.floor.at - grace


def late_promises(narrowed: Narrowed) -> Table:
    """Promises that are overdue, the oldest first."""
    floor, items = narrowed.floor, late_and_open(narrowed)
    which = "The oldest first" if len(items) <= LATE_SHOWN else f"The oldest {LATE_SHOWN} of {len(items)}"
    return Table(
        key="late_promises",
        title=f"Overdue promises {narrowed.as_of}",
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
        order=f"{which}. Overdue by: from when it was due until {_until(narrowed)}.",
        empty="None.",
    )


def _until(narrowed: Narrowed) -> str:
    """The moment up to which a delay is counted; of a finished day its end."""
    stretch = narrowed.stretch
    if not stretch.is_over:
        return clock(stretch.at, narrowed.zone)
    day = stretch.last_date
    return f"the end of {day:%a} {day.day} {day:%b}"
