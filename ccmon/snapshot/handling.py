"""Handling time by centre, queue and team, inbound and outbound apart (metrics.md 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial, reduce

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.means import average, nearest_rank
from ccmon.model.calls import Direction
from ccmon.model.handling import HandlingFigures
from ccmon.snapshot.agents import AgentDays
from ccmon.snapshot.baseline import WeekdayBaseline
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.live_records import AgentTotals
from ccmon.snapshot.live_rows import LiveRows
from ccmon.snapshot.scopes import NamedScope

P90_FROM = 10
"""Handled calls below which a 90th percentile says nothing (metrics.md 5)."""


class HandlingSums(Struct, frozen=True):
    """Handled calls and their times."""

    handled: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int

    def plus(self, other: HandlingSums) -> HandlingSums:
        """Both together."""
        return HandlingSums(
            self.handled + other.handled,
            self.talk_ms + other.talk_ms,
            self.hold_ms + other.hold_ms,
            self.wrap_up_ms + other.wrap_up_ms,
        )


class Percentiles(Struct, frozen=True):
    """Of handling times, in milliseconds."""

    median_ms: int | None = None
    p90_ms: int | None = None


NOTHING = HandlingSums(0, 0, 0, 0)
NO_PERCENTILES = Percentiles()
NO_CALLS: Mapping[int, int] = {}


def handling_figures(
    live: LiveRows, days: AgentDays, usual: WeekdayBaseline | None, cache: IdentityCache
) -> tuple[HandlingFigures, ...]:
    """The centre inbound and outbound, each queue, then each team with handled calls; beside the same weekdays."""
    directory, centre = live.directory, NamedScope.centre(live.site.name)
    by_queue = {
        queue_id: HandlingSums(row.handled, row.talk_ms, row.hold_ms, row.wrap_up_ms)
        for queue_id, row in live.queue_sums.items()
    }
    inbound = reduce(HandlingSums.plus, by_queue.values(), NOTHING)
    whole = cache.get(
        "inbound", tuple(live.histograms.values()), lambda: _percentiles(_merged(live.histograms.values()))
    )
    outbound = cache.get("outbound", (live.outbound_histogram,), lambda: _percentiles(live.outbound_histogram))
    lines = [
        _line(centre, Direction.INBOUND, inbound, whole, usual=usual),
        _line(centre, Direction.OUTBOUND, _outbound(days.together), outbound, usual=usual),
    ]
    past = cache.get("usual handling", (live.past,), lambda: _usual_by_queue(live))
    for queue in directory.queues.values():
        histogram = live.histograms.get(queue.id, NO_CALLS)
        percentiles = cache.get(("handling", queue.id), (histogram,), partial(_percentiles, histogram))
        sums = by_queue.get(queue.id, NOTHING)
        line = _line(NamedScope.of("queue", queue), Direction.INBOUND, sums, percentiles, queue.handling_target_ms)
        lines.append(replace(line, usual_aht_ms=past.get(queue.id)))
    for team in directory.teams.values():
        row = days.by_team.get(team.id)
        if row is not None:
            for direction, sums in ((Direction.INBOUND, _inbound(row)), (Direction.OUTBOUND, _outbound(row))):
                if sums.handled:
                    lines.append(_line(NamedScope.of("team", team), direction, sums, NO_PERCENTILES, usual=usual))
    return tuple(lines)


def _inbound(totals: AgentTotals) -> HandlingSums:
    return HandlingSums(totals.inbound, totals.inbound_talk_ms, totals.inbound_hold_ms, totals.inbound_wrap_up_ms)


def _outbound(totals: AgentTotals) -> HandlingSums:
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


def _line(
    scope: NamedScope,
    direction: Direction,
    sums: HandlingSums,
    percentiles: Percentiles,
    target_ms: int | None = None,
    *,
    usual: WeekdayBaseline | None = None,
) -> HandlingFigures:
    return HandlingFigures(
        scope=scope.kind,
        id=scope.id,
        name=scope.name,
        client=scope.client,
        direction=direction,
        handled=sums.handled,
        talk_ms=sums.talk_ms,
        hold_ms=sums.hold_ms,
        wrap_up_ms=sums.wrap_up_ms,
        median_ms=percentiles.median_ms,
        p90_ms=percentiles.p90_ms,
        target_ms=target_ms,
        usual_aht_ms=usual.work(scope.key, direction.value).mean_ms if usual else None,
    )


def _usual_by_queue(live: LiveRows) -> dict[int, float | None]:
    """Mean handling time of each queue over the same weekdays."""
    sums: dict[int, tuple[int, int]] = {}
    for past in live.past.same_weekdays:
        for queue_id, rows in past.quarters.items():
            handled, spent_ms = sums.get(queue_id, (0, 0))
            sums[queue_id] = handled + sum(row.handled for row in rows), spent_ms + sum(row.handling_ms for row in rows)
    return {queue_id: average(spent_ms, handled) for queue_id, (handled, spent_ms) in sums.items()}
