"""Handling time by centre, queue and team, inbound and outbound separately (metrics.md 7)."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import asdict, replace

from ccmon.metrics.counts import Counts
from ccmon.metrics.means import CachedRank, nearest_ranks
from ccmon.model.calls import DIRECTIONS, Direction
from ccmon.model.handling import HandlingFigures
from ccmon.model.scopes import NamedScope
from ccmon.snapshot.agent_totals import AgentTotalsByTeam, GroupTotals
from ccmon.snapshot.baseline import NO_HANDLED_CALLS, HandledCalls, WeekdayBaseline
from ccmon.snapshot.directory import Queue, Team
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import QueueTotals
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.scopes import centre, named, scope_of

P90_FROM = 10
"""With fewer handled calls, a 90th percentile says nothing (metrics.md 5)."""


class HandlingSums(Counts, frozen=True):
    """Handled calls and their times."""

    handled: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int


class Percentiles(Struct, frozen=True):
    """Percentiles of handling times, in milliseconds."""

    median_ms: int | None = None
    p90_ms: int | None = None


NO_HANDLING = HandlingSums(0, 0, 0, 0)
NO_PERCENTILES = Percentiles()
NO_CALLS: Mapping[int, int] = {}


class _CountedTimes:
    """Handling times of calls, and their percentiles."""

    def __init__(self) -> None:
        self.percentiles = NO_PERCENTILES
        self._calls: dict[int, int] = {}
        self._values: list[int] = []
        """The times that occur, in order, in seconds."""
        self._count = 0
        self._ranks = CachedRank(0.5), CachedRank(0.9)

    def add(self, changes: Sequence[tuple[int, int]]) -> None:
        """Add calls: times, with the number of calls, below 0 for calls that are gone."""
        calls = self._calls
        known = bool(calls)
        for value, change in changes:
            number = calls.get(value, 0) + change
            if number:
                if known and value not in calls:
                    insort(self._values, value)
                calls[value] = number
            elif calls.pop(value, 0):
                del self._values[bisect_left(self._values, value)]
            self._count += change
        if not known:
            self._values = sorted(calls)
        median, p90 = (rank.update(changes, calls, self._values, self._count) for rank in self._ranks)
        self.percentiles = _percentiles_of(median, p90, self._count)


class CachedHandlingTimes:
    """Handling times of each queue and of all together, updated from one snapshot to the next."""

    def __init__(self) -> None:
        self._by_queue: Mapping[int, Mapping[int, int]] = {}
        self._of_queues: defaultdict[int, _CountedTimes] = defaultdict(_CountedTimes)
        self._whole = _CountedTimes()

    def update(self, by_queue: Mapping[int, Mapping[int, int]]) -> Percentiles:
        """Take the histograms of another moment; return the percentiles of all together."""
        before, self._by_queue = self._by_queue, by_queue
        if before is not by_queue:
            for queue_id in before.keys() | by_queue.keys():
                old, new = before.get(queue_id, NO_CALLS), by_queue.get(queue_id, NO_CALLS)
                if old is not new:
                    changes = [
                        (time, calls - old.get(time, 0)) for time, calls in new.items() if old.get(time) != calls
                    ]
                    changes += [(time, -old[time]) for time in old.keys() - new.keys()]
                    self._of_queues[queue_id].add(changes)
                    self._whole.add(changes)
        return self._whole.percentiles

    def of_queue(self, queue_id: int) -> Percentiles:
        """The percentiles of a queue, after an update."""
        return self._of_queues[queue_id].percentiles if queue_id in self._of_queues else NO_PERCENTILES


def handling_figures(
    data: FloorData, agent_totals: AgentTotalsByTeam, baseline: WeekdayBaseline | None, cache: InputCache
) -> tuple[HandlingFigures, ...]:
    """The centre in each direction, each queue, then each team with handled calls, beside the usual averages."""
    rows = data.directory, data.site.name, data.queue_totals, data.histograms, data.outbound_histogram, data.past
    made_of = *rows, agent_totals.by_team, agent_totals.together, baseline
    return cache.get("handling", made_of, _lines, data, agent_totals, baseline, cache)


def _lines(
    data: FloorData, agent_totals: AgentTotalsByTeam, baseline: WeekdayBaseline | None, cache: InputCache
) -> tuple[HandlingFigures, ...]:
    lines = _Lines(baseline, cache)
    inbound = cache.get("inbound", (data.queue_totals,), _together, data)
    times = cache.get("handling times", (), CachedHandlingTimes)
    merged = times.update(data.histograms)
    outbound = cache.get("outbound", (data.outbound_histogram,), _percentiles, data.outbound_histogram)
    site = centre(data.site.name)
    found = [
        lines.of(site, Direction.INBOUND, inbound, merged),
        lines.of(site, Direction.OUTBOUND, handled_in(agent_totals.together, Direction.OUTBOUND), outbound),
    ]
    past = cache.get("usual handling", (data.past,), _usual_by_queue, data)
    for queue in data.directory.queues.values():
        rows = queue, data.queue_totals.get(queue.id), times.of_queue(queue.id), past.get(queue.id)
        found += cache.get(("handling of queue", queue.id), rows, lines.of_queue, *rows)
    for team in data.directory.teams.values():
        row = agent_totals.by_team.get(team.id)
        if row is not None:
            found += cache.get(("handling of team", team.id), (team, row, baseline), lines.of_team, team, row)
    return tuple(found)


class _Lines:
    """Makes lines, each the same object as before while nothing in it has changed."""

    def __init__(self, baseline: WeekdayBaseline | None, cache: InputCache) -> None:
        self._baseline, self._cache = baseline, cache

    def of(
        self, scope: NamedScope, direction: Direction, sums: HandlingSums, percentiles: Percentiles
    ) -> HandlingFigures:
        """The line of a scope, with its usual average."""
        usual = self._baseline.work(scope_of(scope), direction.value).mean_ms if self._baseline else None
        line = HandlingFigures(
            **asdict(scope),
            direction=direction,
            **asdict(sums),
            **asdict(percentiles),
            target_ms=None,
            usual_aht_ms=usual,
        )
        return self._cache.reuse_if_equal(("handling line", scope_of(scope), direction), line)

    def of_queue(
        self, queue: Queue, row: QueueTotals | None, percentiles: Percentiles, usual_ms: float | None
    ) -> list[HandlingFigures]:
        """The line of a queue."""
        sums = NO_HANDLING if row is None else _sums(row)
        line = self.of(named("queue", queue), Direction.INBOUND, sums, percentiles)
        return [replace(line, target_ms=queue.handling_target_ms, usual_aht_ms=usual_ms)]

    def of_team(self, team: Team, row: GroupTotals) -> list[HandlingFigures]:
        """The lines of a team, one for each direction in which it has handled calls."""
        of_team = ((direction, handled_in(row, direction)) for direction in DIRECTIONS)
        return [
            self.of(named("team", team), direction, sums, NO_PERCENTILES) for direction, sums in of_team if sums.handled
        ]


def _sums(row: QueueTotals) -> HandlingSums:
    return HandlingSums(row.handled, row.talk_ms, row.hold_ms, row.wrap_up_ms)


def _together(data: FloorData) -> HandlingSums:
    return sum(map(_sums, data.queue_totals.values()), NO_HANDLING)


def handled_in(totals: GroupTotals, direction: Direction) -> HandlingSums:
    """The calls that agents handled in a direction."""
    if direction is Direction.INBOUND:
        return HandlingSums(totals.inbound, totals.inbound_talk_ms, totals.inbound_hold_ms, totals.inbound_wrap_up_ms)
    return HandlingSums(totals.outbound, totals.outbound_talk_ms, totals.outbound_hold_ms, totals.outbound_wrap_up_ms)


def _percentiles(histogram: Mapping[int, int]) -> Percentiles:
    """Median and 90th percentile in milliseconds."""
    median, p90 = nearest_ranks(histogram, 0.5, 0.9)
    return _percentiles_of(median, p90, sum(histogram.values()))


def _percentiles_of(median_s: int | None, p90_s: int | None, count: int) -> Percentiles:
    return Percentiles(
        median_ms=None if median_s is None else median_s * 1000,
        p90_ms=p90_s * 1000 if count >= P90_FROM and p90_s is not None else None,
    )


def _usual_by_queue(data: FloorData) -> dict[int, float | None]:
    """Mean handling time of each queue on past days of today's weekday."""
    found: defaultdict[int, HandledCalls] = defaultdict(lambda: NO_HANDLED_CALLS)
    for past in data.past.same_weekdays:
        for queue_id, rows in past.quarters.items():
            found[queue_id] += HandledCalls(sum(row.handled for row in rows), sum(row.handling_ms for row in rows))
    return {queue_id: work.mean_ms for queue_id, work in found.items()}
