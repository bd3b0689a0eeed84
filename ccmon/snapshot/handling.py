"""Handling time by centre, queue and team, inbound and outbound apart (metrics.md 7)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from ccmon.figures.waits import nearest_rank
from ccmon.model import Direction, HandlingFigures
from ccmon.snapshot.facts import Facts

P90_FROM = 10
"""Handled calls below which a 90th percentile says nothing (metrics.md 5)."""

Sums = tuple[int, int, int, int]
"""Handled calls; talk, hold and wrap-up in milliseconds."""
NOTHING: Sums = (0, 0, 0, 0)


def handling_figures(facts: Facts) -> tuple[HandlingFigures, ...]:
    """The centre inbound and outbound, each queue, then each team with handled calls."""
    histograms: defaultdict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    whole: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for direction, queue_id, handling_s, calls in facts.handling_histogram:
        if direction == Direction.INBOUND and not queue_id:
            continue
        histograms[direction, queue_id][handling_s] = calls
        whole[direction][handling_s] += calls
    by_queue, outbound, teams = _queue_sums(facts), _outbound(facts), _team_sums(facts)
    inbound: Sums = _added(by_queue.values())
    site = facts.site.name or "All"
    lines = [
        _line("centre", None, site, None, direction=Direction.INBOUND, sums=inbound, histogram=whole["inbound"]),
        _line("centre", None, site, None, direction=Direction.OUTBOUND, sums=outbound, histogram=whole["outbound"]),
    ]
    lines += [
        _line(
            "queue",
            q.id,
            q.name,
            q.client,
            direction=Direction.INBOUND,
            sums=by_queue.get(q.id, NOTHING),
            histogram=histograms["inbound", q.id],
            target_ms=q.handling_target_ms,
        )
        for q in facts.directory.queues.values()
    ]
    for (team_id, direction), sums in sorted(teams.items()):
        team = facts.directory.teams[team_id]
        lines.append(_line("team", team.id, team.name, team.client, direction=direction, sums=sums))
    return tuple(lines)


def _queue_sums(facts: Facts) -> dict[int, Sums]:
    sums: dict[int, Sums] = {}
    for row in facts.quarters:
        sums[row[0]] = _added((sums.get(row[0], NOTHING), row[13:17]))
    return sums


def _outbound(facts: Facts) -> Sums:
    return _added((row[2], *row[6:9]) for row in facts.agent_days)


def _team_sums(facts: Facts) -> dict[tuple[int, Direction], Sums]:
    agents = facts.directory.agents
    teams: dict[tuple[int, Direction], Sums] = {}
    for row in facts.agent_days:
        agent = agents.get(row[0])
        if agent is None or agent.team_id is None:
            continue
        for direction, sums in ((Direction.INBOUND, (row[1], *row[3:6])), (Direction.OUTBOUND, (row[2], *row[6:9]))):
            if sums[0]:
                key = agent.team_id, direction
                teams[key] = _added((teams.get(key, NOTHING), sums))
    return teams


def _added(sums: Iterable[tuple[int, ...]]) -> Sums:
    columns = [sum(column) for column in zip(*sums, strict=True)]
    return tuple(columns) if columns else NOTHING


def _line(
    scope: str,
    identity: int | None,
    name: str,
    client: str | None,
    *,
    direction: Direction,
    sums: Sums,
    histogram: Mapping[int, int] | None = None,
    target_ms: int | None = None,
) -> HandlingFigures:
    median = p90 = None
    if histogram:
        median = nearest_rank(histogram, 0.5)
        p90 = nearest_rank(histogram, 0.9) if sum(histogram.values()) >= P90_FROM else None
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
        median_ms=None if median is None else median * 1000,
        p90_ms=None if p90 is None else p90 * 1000,
        target_ms=target_ms,
    )
