"""Sales of the business day beside the quotas (metrics.md 8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ccmon.figures import pace
from ccmon.figures.quota import projection
from ccmon.model import BusinessDay, Purpose, SalesFigures
from ccmon.snapshot.agents import NO_DAY, AgentDays
from ccmon.snapshot.facts import Facts, PastDay, Row
from ccmon.snapshot.memo import Memo


class Sums(NamedTuple):
    """What was sold, and in how many sales calls."""

    sales_calls: int
    converted: int
    sales: int
    revenue_cents: int


class DayShare(NamedTuple):
    """How much of a usual day has gone, and by which measure."""

    share: float | None
    basis: pace.Basis | None


def sales_figures(facts: Facts, days: AgentDays, memo: Memo, at: int) -> tuple[SalesFigures, ...]:
    """The centre first, then each team and campaign, then each agent with sales calls, sales or a quota."""
    directory, quotas = facts.directory, facts.directory.quotas
    gone = day_share(facts, memo, at)
    by_campaign = {row[0]: Sums(*row[3:7]) for row in facts.campaign_days}
    lines = [_line(facts, gone, ("centre", None, facts.site.name or "All", None), _sums(days.together))]
    lines += [
        _line(facts, gone, ("team", team.id, team.name, team.client), _sums(days.by_team.get(team.id, NO_DAY)))
        for team in directory.teams.values()
        if ("team", team.id) in quotas or team.id in days.by_team
    ]
    lines += [
        _line(facts, gone, ("campaign", c.id, c.name, c.client), by_campaign.get(c.id, Sums(0, 0, 0, 0)))
        for c in directory.campaigns.values()
        if ("campaign", c.id) in quotas or c.id in by_campaign
    ]
    for agent in directory.agents.values():
        sums = _sums(days.by_agent.get(agent.id, NO_DAY))
        if sums.sales_calls or sums.sales or ("agent", agent.id) in quotas:
            lines.append(_line(facts, gone, ("agent", agent.id, agent.name, agent.client), sums))
    return tuple(lines)


def _line(facts: Facts, gone: DayShare, who: tuple[str, int | None, str, str | None], sums: Sums) -> SalesFigures:
    scope, identity, _, _ = who
    quota = facts.directory.quotas.get((scope, identity or 0))
    return SalesFigures(
        *who,
        *sums,
        facts.site.currency,
        quota.sales if quota else None,
        quota.conversion if quota else None,
        pace.expected(quota.sales if quota else None, gone.share),
        gone.basis,
        None if gone.share is None else projection(sums.sales, gone.share),
    )


def _sums(row: Row) -> Sums:
    """What a row of agent_days says of sales."""
    return Sums(row[9], row[15], row[16], row[17])


def day_share(facts: Facts, memo: Memo, at: int) -> DayShare:
    """The share of a usual day that has gone: by the sales calls of the same weekdays, or else by opening time.

    It moves on each full minute.
    """
    minute = at - at % 60_000
    shares: dict[int, DayShare] = memo.get("day share", (facts.past, facts.directory), dict)
    if minute not in shares:
        shares.clear()
        shares[minute] = _day_share(facts, minute)
    return shares[minute]


def _day_share(facts: Facts, at: int) -> DayShare:
    sales_queues = [q.id for q in facts.directory.queues.values() if q.purpose == Purpose.SALES]
    zone = ZoneInfo(facts.site.time_zone)
    share = pace.usual_share(
        [(_curve(past, sales_queues), same_time(facts.day, past.day, at, zone)) for past in facts.past.same_weekdays]
    )
    if share is not None:
        return DayShare(share, pace.Basis.USUAL_DAY)
    opens_at, closes_at = facts.past.opens_at, facts.past.closes_at
    if opens_at is None or closes_at is None:
        return DayShare(None, None)
    return DayShare(pace.linear_share(opens_at, closes_at, at), pace.Basis.LINEAR)


def _curve(past: PastDay, queue_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Answered calls of some queues by quarter: the sales calls of that day."""
    return [(row[1], row[3]) for queue_id in queue_ids for row in past.quarters.get(queue_id, ())]


def same_time(today: BusinessDay, other: BusinessDay, at: int, zone: ZoneInfo) -> int:
    """The moment in another business day that the wall clock calls the same (metrics.md 1.7)."""
    local = datetime.fromtimestamp(at / 1000, zone)
    into = local.date() - datetime.fromisoformat(today.date).date()
    date = datetime.fromisoformat(other.date).date() + timedelta(days=into.days)
    return round(datetime.combine(date, local.time(), zone).timestamp() * 1000)
