"""The table of queues."""

from __future__ import annotations

from math import inf

from ccmon.model.queues import QueueFigures
from ccmon.report.figures import Better, Mark, Unit, mark_of, reaches
from ccmon.report.parts import Narrowed
from ccmon.report.tables import ReportColumn, ReportRow, Table, row, without_unknown
from ccmon.spelling import folded
from ccmon.views.handling import MUCH_OVER

QUEUE_COLUMNS = (
    ReportColumn("name", "Queue", Unit.TEXT),
    ReportColumn("offered", "Offered", Unit.COUNT, "Visits to the queue."),
    ReportColumn("answered", "Answered", Unit.COUNT, rank=4),
    ReportColumn("lost", "Lost", Unit.COUNT, "Not served: abandoned (short abandons left out), timed out, sent away."),
    ReportColumn(
        "abandonment_rate",
        "Abandonment",
        Unit.SMALL_SHARE,
        "Abandoned over finished visits, without short ones.",
        rank=3,
    ),
    ReportColumn("service_level_live", "Service level", Unit.SHARE, "Answered within the queue's threshold."),
    ReportColumn("service_level_target", "Target", Unit.SHARE),
    ReportColumn("asa_ms", "ASA", Unit.LENGTH, "Average speed of answer.", rank=2),
    ReportColumn("aht_ms", "AHT", Unit.LENGTH, "Average handling time: talk, hold and wrap-up.", rank=1),
    ReportColumn("handling_target_ms", "AHT target", Unit.LENGTH, rank=5),
)


def queues(narrowed: Narrowed) -> Table:
    """The queues, those furthest under their target first."""
    floor = narrowed.covered.floor
    at = floor.known_until

    def line(queue: QueueFigures, name: str, *, is_total: bool = False) -> ReportRow:
        level, target = queue.service_level_live(at), queue.service_level_target
        aht, aht_target = queue.aht_ms, queue.handling_target_ms
        return row(
            name,
            queue.offered,
            queue.answered,
            queue.lost,
            queue.abandonment_rate,
            (level, mark_of(level, target, Unit.SHARE, Better.MORE)),
            target,
            queue.asa_ms,
            (aht, _handling_mark(aht, aht_target)),
            aht_target,
            is_total=is_total,
        )

    def need(queue: QueueFigures) -> tuple[float, str]:
        level, target = queue.service_level_live(at), queue.service_level_target
        return inf if level is None or target is None else level - target, folded(queue.name)

    rows = [line(queue, queue.name) for queue in sorted(floor.queues, key=need) if queue.offered or queue.answered]
    if len(rows) > 1:
        rows.append(line(floor.total, "All queues", is_total=True))
    return without_unknown(
        Table(
            key="queues",
            title="Queues",
            columns=QUEUE_COLUMNS,
            rows=tuple(rows),
            order="Furthest under the target of the service level first.",
            empty="No call was offered to a queue.",
        )
    )


def _handling_mark(aht_ms: float | None, target_ms: float | None) -> Mark:
    """As on the screen: missed when it is much over its target."""
    if aht_ms is None or not target_ms:
        return Mark.NONE
    if aht_ms > MUCH_OVER * target_ms:
        return Mark.MISSED
    return Mark.REACHED if reaches(aht_ms, target_ms, Unit.LENGTH, Better.LESS) else Mark.NONE
