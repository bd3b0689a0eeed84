"""From the facts of the database to the one record that a frame is drawn from.

`assemble` is pure: the same facts and moment give the same snapshot, whoever read them. It adds what runs on between
two reads: time in state, waits, follow-ups that fall due.
"""

from __future__ import annotations

from msgspec.structs import replace

from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.sources import SourceHealth
from ccmon.snapshot.agents import AgentDays, agent_figures, memberships, queues_served
from ccmon.snapshot.alarms import find_alarms, known_until
from ccmon.snapshot.costs import resource_figures
from ccmon.snapshot.follow_ups import follow_up_figures
from ccmon.snapshot.handling import handling_figures
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.live_rows import LiveRows
from ccmon.snapshot.periodic import PeriodicFigures
from ccmon.snapshot.queues import OpenCalls, StaffingByQueue, queue_figures, summed, waiting_calls
from ccmon.snapshot.retention import unresolved_customers
from ccmon.snapshot.sales import SalesLines


def assemble(
    facts: LiveRows,
    at: int,
    *,
    business: PeriodicFigures | None = None,
    cache: IdentityCache | None = None,
) -> FloorSnapshot:
    """The floor at ``at``, which lies in the business day of the facts.

    Args:
        facts: the rows.
        at: the moment.
        business: what is not read at each poll; None where it has not been read yet.
        cache: parts made before of the same rows; what is made now is added. Only saves time.
    """
    cache = cache or IdentityCache()
    members = cache.get("members", (facts.directory, facts.members, facts.pauses), lambda: memberships(facts))
    served = cache.get("served", (members,), lambda: queues_served(members))
    days = AgentDays(facts, cache)
    if business is not None and business.facts.day != facts.day:
        business = None
    sources = tuple(
        SourceHealth(
            row.name,
            row.kind,
            bool(row.following),
            row.last_record_at,
            row.checked_at,
            row.records,
            row.rejected,
            bool(row.heartbeat),
        )
        for row in facts.sources
    )
    data_at = _data_at(facts, sources, at)
    # Nothing runs on in data that has ended.
    known_at = known_until(data_at, at, sources)
    agents = agent_figures(facts, days.by_agent, served, business.answers if business else {}, at)
    known = (business.facts, business.details) if business else None
    calls = OpenCalls(facts, at)
    staffing_count = StaffingByQueue(members, agents)
    queues = queue_figures(facts, calls, staffing_count, cache, known_at)
    snapshot = FloorSnapshot(
        at=at,
        data_at=data_at,
        known_at=known_at,
        time_zone=facts.site.time_zone,
        site=facts.site.name,
        currency=facts.site.currency,
        day=facts.day,
        queues=queues,
        total=summed(queues, "All queues", staffing_count.together, cache),
        waiting=waiting_calls(facts, calls),
        agents=agents,
        memberships=members,
        sales=SalesLines(facts, agents, cache, known, at, known_at=known_at).all(days),
        handling=handling_figures(facts, days, business.usual if business else None, cache),
        follow_ups=follow_up_figures(facts, {agent.id: agent for agent in agents}, business, at),
        alarms=(),
        sources=sources,
        progress=tuple(facts.progress),
        incomplete=_incomplete(facts, business),
        pause_limits=facts.directory.pause_limits,
    )
    if business is not None:
        snapshot = replace(
            snapshot,
            business_at=business.facts.at,
            satisfaction=business.satisfaction,
            low_scores=business.low_scores,
            retention=business.retention,
            stuck=unresolved_customers(business.facts, facts, cache),
            second_purchases=business.second_purchases,
            problems=business.problems,
            resources=resource_figures(
                business.facts,
                business.usual,
                business.handling_shares,
                days=days,
                agents=agents,
                known_at=known_at,
                centre=business.details.get(("centre", 0)),
            ),
            value=business.value,
        )
    return replace(snapshot, alarms=find_alarms(snapshot))


def _incomplete(facts: LiveRows, business: PeriodicFigures | None) -> str | None:
    """Why figures are unknown that will be known soon; None where all is known."""
    if facts.progress:
        work = facts.progress[0]
        named = f"{work.task[:1].upper()}{work.task[1:]}"
        return f"{named}: {work.percent} % done; until then what rests on past days is unknown."
    if business is None or business.facts.finished is None:
        return "These figures are being read."
    return None


def _data_at(facts: LiveRows, sources: tuple[SourceHealth, ...], at: int) -> int | None:
    """The newest moment for which the database is known to be complete.

    Every followed source must have been looked at by then; without one, it is the newest moment that any row tells of.
    """
    checked = [source.checked_at for source in sources if source.following and source.checked_at is not None]
    newest_at = min(checked) if checked else facts.newest_at
    return newest_at if newest_at is None else min(newest_at, at)
