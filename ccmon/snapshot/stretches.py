"""The rows of several days, or parts of days, added up as if they were those of one long day.

Counts, lengths of time and histograms are added, never ratios (metrics.md 1.4). What is counted by day stays counted by
day: each visit by the targets of its own day, a call that two days' orders convert on both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import astuple

from ccmon.snapshot.floor_rows import AgentTotals, CampaignTotals, QueueTotals

Row = TypeVar("Row", bound=Struct)


class TotalsOfPart(Struct, frozen=True):
    """The totals of a day or of a part of one: fields of `FloorData`."""

    queue_totals: Mapping[int, QueueTotals]
    quarters: Mapping[int, Sequence[QueueTotals]]
    longest_waits: Mapping[int, int | None]
    histograms: Mapping[int, Mapping[int, int]]
    outbound_histogram: Mapping[int, int]
    agent_days: Sequence[AgentTotals]
    campaign_days: Sequence[CampaignTotals]


NO_TOTALS = TotalsOfPart({}, {}, {}, {}, {}, (), ())


def added_up(parts: Sequence[TotalsOfPart], starts_at: int) -> dict[str, Any]:
    """The totals of all parts together, as fields of `FloorData`.

    Args:
        parts: in the order of time.
        starts_at: when the first of them starts.
    """
    quarters: defaultdict[int, list[QueueTotals]] = defaultdict(list)
    histograms: defaultdict[int, Counter[int]] = defaultdict(Counter)
    outbound: Counter[int] = Counter()
    waits: defaultdict[int, list[int]] = defaultdict(list)
    for part in parts:
        for queue_id, rows in part.quarters.items():
            quarters[queue_id].extend(rows)
        for queue_id, calls in part.histograms.items():
            histograms[queue_id].update(calls)
        outbound.update(part.outbound_histogram)
        for queue_id, wait_s in part.longest_waits.items():
            if wait_s is not None:
                waits[queue_id].append(wait_s)
    of_queues = _summed(row for part in parts for row in part.queue_totals.values())
    return {
        "queue_totals": {
            queue_id: QueueTotals(queue_id, starts_at, *astuple(row)[2:]) for queue_id, row in of_queues.items()
        },
        "quarters": dict(quarters),
        "longest_waits": {queue_id: max(of_queue) for queue_id, of_queue in waits.items()},
        "histograms": dict(histograms),
        "outbound_histogram": outbound,
        "agent_days": [*_summed(row for part in parts for row in part.agent_days).values()],
        "campaign_days": [*_summed(row for part in parts for row in part.campaign_days).values()],
    }


def _summed(rows: Iterable[Row]) -> dict[int, Row]:
    """The sums of rows by their first field, which names what they are about."""
    by_id: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
    kind: type[Row] | None = None
    for row in rows:
        kind = type(row)
        number, *counts = astuple(row)
        by_id[number].append(tuple(counts))
    if kind is None:
        return {}
    return {
        number: kind(number, *[sum(column) for column in zip(*counts, strict=True)])
        for number, counts in sorted(by_id.items())
    }
