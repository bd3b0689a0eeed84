"""Handling time by centre, queue and team, inbound and outbound apart (metrics.md 7)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import partial

from msgspec import Struct
from msgspec.structs import asdict, replace

from ccmon.metrics.counts import Counts
from ccmon.metrics.means import nearest_rank
from ccmon.model.calls import Direction
from ccmon.model.handling import HandlingFigures
from ccmon.model.scopes import NamedScope
from ccmon.snapshot.agent_totals import NO_TOTALS, AgentTotalsByScope
from ccmon.snapshot.baseline import NO_WORK, WeekdayBaseline, Work
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import AgentTotals
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.scopes import centre, named, scope_of

P90_FROM = 10
"""Handled calls below which a 90th percentile says nothing (metrics.md 5)."""


class HandlingSums(Counts, frozen=True):
    """Handled calls and their times."""

    handled: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int


class Percentiles(Struct, frozen=True):
    """Of handling times, in milliseconds."""

    median_ms: int | None = None
    p90_ms: int | None = None


NO_HANDLING = HandlingSums(0, 0, 0, 0)
NO_PERCENTILES = Percentiles()
NO_CALLS: Mapping[int, int] = {}


def handling_figures(
    data: FloorData, agent_totals: AgentTotalsByScope, baseline: WeekdayBaseline | None, cache: IdentityCache
) -> tuple[HandlingFigures, ...]:
    """The centre inbound and outbound, each queue, then each team with handled calls; beside the same weekdays."""
    by_queue = {
        queue_id: HandlingSums(row.handled, row.talk_ms, row.hold_ms, row.wrap_up_ms)
        for queue_id, row in data.queue_sums.items()
    }
    whole = cache.get(
        "inbound", tuple(data.histograms.values()), lambda: _percentiles(_merged(data.histograms.values()))
    )
    outbound = cache.get("outbound", (data.outbound_histogram,), lambda: _percentiles(data.outbound_histogram))

    def line(scope: NamedScope, direction: Direction, sums: HandlingSums, percentiles: Percentiles) -> HandlingFigures:
        return HandlingFigures(
            **asdict(scope),
            direction=direction,
            **asdict(sums),
            **asdict(percentiles),
            target_ms=None,
            usual_aht_ms=baseline.work(scope_of(scope), direction.value).mean_ms if baseline else None,
        )

    site = centre(data.site.name)
    lines = [
        line(site, Direction.INBOUND, sum(by_queue.values(), NO_HANDLING), whole),
        line(site, Direction.OUTBOUND, handled_in(agent_totals.together, Direction.OUTBOUND), outbound),
    ]
    past = cache.get("usual handling", (data.past,), lambda: _usual_by_queue(data))
    for queue in data.directory.queues.values():
        histogram, sums = data.histograms.get(queue.id, NO_CALLS), by_queue.get(queue.id, NO_HANDLING)
        percentiles = cache.get(("handling", queue.id), (histogram,), partial(_percentiles, histogram))
        of_queue = line(named("queue", queue), Direction.INBOUND, sums, percentiles)
        lines.append(replace(of_queue, target_ms=queue.handling_target_ms, usual_aht_ms=past.get(queue.id)))
    for team in data.directory.teams.values():
        row = agent_totals.by_team.get(team.id, NO_TOTALS)
        for direction in Direction:
            sums = handled_in(row, direction)
            if sums.handled:
                lines.append(line(named("team", team), direction, sums, NO_PERCENTILES))
    return tuple(lines)


def handled_in(totals: AgentTotals, direction: Direction) -> HandlingSums:
    """The calls that agents handled in a direction."""
    if direction is Direction.INBOUND:
        return HandlingSums(totals.inbound, totals.inbound_talk_ms, totals.inbound_hold_ms, totals.inbound_wrap_up_ms)
    return HandlingSums(totals.outbound, totals.outbound_talk_ms, totals.outbound_hold_ms, totals.outbound_wrap_up_ms)


def _merged(histograms: Iterable[Mapping[int, int]]) -> Counter[int]:
    whole: Counter[int] = Counter()
    for histogram in histograms:
        whole.update(histogram)
    return whole


def _percentiles(histogram: Mapping[int, int]) -> Percentiles:
    """Median and 90th percentile in milliseconds."""
    median, p90 = nearest_rank(histogram, 0.5), nearest_rank(histogram, 0.9)
    enough = sum(histogram.values()) >= P90_FROM
    return Percentiles(
        median_ms=None if median is None else median * 1000, p90_ms=p90 * 1000 if enough and p90 is not None else None
    )


def _usual_by_queue(data: FloorData) -> dict[int, float | None]:
    """Mean handling time of each queue over the same weekdays."""
    found: defaultdict[int, Work] = defaultdict(lambda: NO_WORK)
    for past in data.past.same_weekdays:
        for queue_id, rows in past.quarters.items():
            found[queue_id] += Work(sum(row.handled for row in rows), sum(row.handling_ms for row in rows))
    return {queue_id: work.mean_ms for queue_id, work in found.items()}
