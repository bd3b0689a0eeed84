"""Handling time by centre, queue and team, inbound and outbound apart (metrics.md 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial

from msgspec.structs import replace

from ccmon.metrics.wait_times import average, nearest_rank
from ccmon.model.calls import Direction
from ccmon.model.handling import HandlingFigures
from ccmon.snapshot.agents import AgentDays, columns_added
from ccmon.snapshot.baseline import WeekdayBaseline
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.live_rows import LiveRows, Row, Rows

P90_FROM = 10
"""Handled calls below which a 90th percentile says nothing (metrics.md 5)."""

Sums = tuple[int, int, int, int]
"""Handled calls; talk, hold and wrap-up in milliseconds."""
NOTHING: Sums = (0, 0, 0, 0)
Ranks = tuple[int | None, int | None]
UNRANKED: Ranks = (None, None)


def handling_figures(
    facts: LiveRows, days: AgentDays, usual: WeekdayBaseline | None, cache: IdentityCache
) -> tuple[HandlingFigures, ...]:
    """The centre inbound and outbound, each queue, then each team with handled calls; beside the same weekdays."""
    directory, site = facts.directory, facts.site.name or "All"
    by_queue = {queue_id: _sums(row[11:15]) for queue_id, row in facts.queue_sums.items()}
    inbound = _sums(columns_added([*by_queue.values()])[:4])
    whole = cache.get("inbound", tuple(facts.histograms.values()), lambda: _ranks(_merged(facts.histograms.values())))
    outbound = cache.get("outbound", (facts.outbound_histogram,), partial(_ranks_of, facts.outbound_histogram))
    lines = [
        _line(("centre", None, site, None), Direction.INBOUND, inbound, whole, usual=usual),
        _line(("centre", None, site, None), Direction.OUTBOUND, _outbound(days.together), outbound, usual=usual),
    ]
    past = cache.get("usual handling", (facts.past,), lambda: _usual_by_queue(facts))
    for queue in directory.queues.values():
        rows = facts.histograms.get(queue.id, ())
        ranks = cache.get(("handling", queue.id), (rows,), partial(_ranks_of, rows))
        sums = by_queue.get(queue.id, NOTHING)
        who = ("queue", queue.id, queue.name, queue.client)
        line = _line(who, Direction.INBOUND, sums, ranks, queue.handling_target_ms)
        lines.append(replace(line, usual_aht_ms=past.get(queue.id)))
    for team in directory.teams.values():
        row = days.by_team.get(team.id)
        if row is not None:
            for direction, sums in ((Direction.INBOUND, _inbound(row)), (Direction.OUTBOUND, _outbound(row))):
                if sums[0]:
                    who = ("team", team.id, team.name, team.client)
                    lines.append(_line(who, direction, sums, UNRANKED, usual=usual))
    return tuple(lines)


def _inbound(row: Row) -> Sums:
    return _sums((row[1], *row[3:6]))


def _outbound(row: Row) -> Sums:
    return _sums((row[2], *row[6:9]))


def _sums(row: Row) -> Sums:
    handled, talk_ms, hold_ms, wrap_up_ms = row
    return handled, talk_ms, hold_ms, wrap_up_ms


def _merged(histograms: Iterable[Rows]) -> Counter[int]:
    whole: Counter[int] = Counter()
    for rows in histograms:
        whole.update(dict(rows))
    return whole


def _ranks_of(rows: Rows) -> Ranks:
    return _ranks(dict(rows))


def _ranks(histogram: Mapping[int, int]) -> Ranks:
    """Median and 90th percentile in milliseconds."""
    median, p90 = nearest_rank(histogram, 0.5), nearest_rank(histogram, 0.9)
    enough = sum(histogram.values()) >= P90_FROM
    return None if median is None else median * 1000, p90 * 1000 if enough and p90 is not None else None


def _line(
    who: tuple[str, int | None, str, str | None],
    direction: Direction,
    sums: Sums,
    ranks: Ranks,
    target_ms: int | None = None,
    *,
    usual: WeekdayBaseline | None = None,
) -> HandlingFigures:
    scope, identity, name, client = who
    handled, talk_ms, hold_ms, wrap_up_ms = sums
    return HandlingFigures(
        scope=scope,
        id=identity,
        name=name,
        client=client,
        direction=direction,
        handled=handled,
        talk_ms=talk_ms,
        hold_ms=hold_ms,
        wrap_up_ms=wrap_up_ms,
        median_ms=ranks[0],
        p90_ms=ranks[1],
        target_ms=target_ms,
        usual_aht_ms=usual.work((scope, identity or 0), direction.value).mean_ms if usual else None,
    )


def _usual_by_queue(facts: LiveRows) -> dict[int, float | None]:
    """Mean handling time of each queue over the same weekdays."""
    sums: dict[int, tuple[int, int]] = {}
    for past in facts.past.same_weekdays:
        for queue_id, rows in past.quarters.items():
            handled, spent_ms = sums.get(queue_id, (0, 0))
            sums[queue_id] = handled + sum(row[4] for row in rows), spent_ms + sum(row[5] for row in rows)
    return {queue_id: average(spent_ms, handled) for queue_id, (handled, spent_ms) in sums.items()}
