"""From the rows of the database to the one record that a frame is drawn from.

`assemble` is pure: the same rows and moment give the same snapshot. Records hold when a state or a wait began, not how
long it has lasted. What depends on the moment itself is computed here: follow-ups due, alarms, expectations.
"""

from __future__ import annotations

from msgspec.structs import replace

from ccmon.model.snapshot import FloorSnapshot
from ccmon.model.sources import SourceHealth
from ccmon.snapshot.agents import AgentTotalsByScope, agent_figures, queues_served
from ccmon.snapshot.alarm_limits import DEFAULT_LIMITS
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.costs import resource_figures
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.follow_ups import follow_up_figures
from ccmon.snapshot.handling import handling_figures
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.periodic import PeriodicFigures
from ccmon.snapshot.queues import ALL_QUEUES, OpenCalls, StaffingByQueue, queue_figures, summed, waiting_calls
from ccmon.snapshot.retention import unresolved_customers
from ccmon.snapshot.sales import SalesFiguresBuilder


def assemble(
    data: FloorData,
    at: int,
    *,
    periodic: PeriodicFigures | None = None,
    cache: IdentityCache | None = None,
) -> FloorSnapshot:
    """The floor at ``at``, which lies in the business day of the rows.

    Args:
        data: the rows of the moment.
        at: the moment.
        periodic: what is not read at each poll; None where it has not been read yet.
        cache: parts computed before of the same rows; what is computed now is added. Only saves time.
    """
    cache = cache or IdentityCache()
    if periodic is not None and periodic.rows.day != data.day:
        periodic = None
    members = cache.get("members", (data.members,), lambda: tuple(data.members))
    served = cache.get("served", (members,), lambda: queues_served(members))
    agent_totals = AgentTotalsByScope(data, cache)
    sources = tuple(data.sources)
    data_at = _data_at(data, sources, at)
    # Nothing runs on in data that has ended.
    known_at = DEFAULT_LIMITS.known_until(data_at, at, sources)
    agents = agent_figures(data, agent_totals.by_agent, served, periodic.answers if periodic else {}, at)
    calls = OpenCalls(data, at)
    staffing = StaffingByQueue(members, agents)
    queues = queue_figures(data, calls, staffing, cache, known_at)
    rows, details = (periodic.rows, periodic.details) if periodic else (None, {})
    lines = SalesFiguresBuilder(data, agents, cache, rows, at, details=details, known_at=known_at)
    snapshot = FloorSnapshot(
        at=at,
        data_at=data_at,
        known_at=known_at,
        time_zone=data.site.time_zone,
        site=data.site.name,
        currency=data.site.currency,
        day=data.day,
        queues=queues,
        total=summed(queues, ALL_QUEUES, staffing.together, cache),
        waiting=waiting_calls(data, calls),
        agents=agents,
        memberships=members,
        sales=lines.all(agent_totals),
        handling=handling_figures(data, agent_totals, periodic.baseline if periodic else None, cache),
        follow_ups=follow_up_figures(data, {agent.id: agent for agent in agents}, periodic, at),
        alarms=(),
        sources=sources,
        progress=tuple(data.progress),
        incomplete=_incomplete(data, periodic),
        pause_limits=data.directory.pause_limits,
    )
    if periodic is not None:
        snapshot = _with_periodic(snapshot, data, periodic, agent_totals, cache)
    return replace(snapshot, alarms=find_alarms(snapshot))


def _with_periodic(
    snapshot: FloorSnapshot,
    data: FloorData,
    periodic: PeriodicFigures,
    agent_totals: AgentTotalsByScope,
    cache: IdentityCache,
) -> FloorSnapshot:
    return replace(
        snapshot,
        periodic_at=periodic.rows.at,
        satisfaction=periodic.satisfaction,
        low_scores=periodic.low_scores,
        retention=periodic.retention,
        unresolved_customers=unresolved_customers(periodic.rows, data, cache),
        second_purchases=periodic.second_purchases,
        problems=periodic.problems,
        resources=resource_figures(
            periodic.rows,
            periodic.baseline,
            periodic.handling_shares,
            agent_totals=agent_totals,
            agents=snapshot.agents,
            known_at=snapshot.runs_until,
            centre=periodic.details.get(("centre", 0)),
        ),
        value=periodic.value,
    )


def _incomplete(data: FloorData, periodic: PeriodicFigures | None) -> str | None:
    """Why figures are unknown that will be known soon; None where all is known."""
    if data.progress:
        work = data.progress[0]
        named = f"{work.task[:1].upper()}{work.task[1:]}"
        return f"{named}: {work.percent} % done; until then what rests on past days is unknown."
    if periodic is None or periodic.rows.finished is None:
        return "These figures are being read."
    return None


def _data_at(data: FloorData, sources: tuple[SourceHealth, ...], at: int) -> int | None:
    """The newest moment for which the database is known to be complete.

    Every followed source must have been looked at by then; without one, it is the newest moment of any row.
    """
    checked = [source.checked_at for source in sources if source.following and source.checked_at is not None]
    newest_at = min(checked) if checked else data.newest_at
    return newest_at if newest_at is None else min(newest_at, at)
