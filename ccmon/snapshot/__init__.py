"""From the rows of the database to the one record that a frame is drawn from.

`assemble` is pure: the same rows and moment give the same snapshot. Records hold when a state or a wait began, not how
long it has lasted. What depends on the moment itself is computed here: follow-ups due, alarms, expectations.
"""

from __future__ import annotations

from itertools import chain

from msgspec.structs import replace

from ccmon.metrics.due_moments import DueMoments
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.agents import AgentTotalsByScope, agent_figures, queues_served
from ccmon.snapshot.alarms import AgentsToWatch, floor_alarms, follow_up_alarms, ordered, source_alarms
from ccmon.snapshot.assembled import Assembled, of_the_day
from ccmon.snapshot.costs import resource_figures
from ccmon.snapshot.data_moments import DataMoments
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.follow_ups import follow_up_figures
from ccmon.snapshot.handling import handling_figures
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.periodic import PeriodicFigures
from ccmon.snapshot.queues import ALL_QUEUES, OpenCalls, StaffingByQueue, queue_figures, summed, waiting_calls
from ccmon.snapshot.retention import unresolved_customers
from ccmon.snapshot.sales import SalesFiguresBuilder
from ccmon.snapshot.scopes import CENTRE
from ccmon.snapshot.time_at_work import TimeAtWork


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
    return assembled(data, at, periodic=periodic, cache=cache or IdentityCache()).snapshot


def assembled(data: FloorData, at: int, *, periodic: PeriodicFigures | None, cache: IdentityCache) -> Assembled:
    """The floor as `assemble` returns it, with what shows it at later moments."""
    given, periodic = periodic, of_the_day(periodic, data)
    members = cache.get("members", (data.members,), lambda: tuple(data.members))
    served = cache.get("served", (members,), lambda: queues_served(members))
    agent_totals = AgentTotalsByScope(data, cache)
    moments = DataMoments.of(data.sources, data.newest_at, at)
    due, promises_due = DueMoments(at), DueMoments(at)
    known = due if moments.data_ends_at is None else DueMoments(moments.data_ends_at)
    agents = agent_figures(data, agent_totals.by_agent, served, periodic.answers if periodic else {}, due, cache=cache)
    by_id = cache.get("agents by id", (agents,), lambda: {agent.id: agent for agent in agents})
    calls = OpenCalls(data, due)
    staffing = cache.get("staffing", (members, agents), lambda: StaffingByQueue(members, agents))
    queues = queue_figures(data, calls, staffing, cache, known)
    rows, details = (periodic.rows, periodic.details) if periodic else (None, {})
    lines = SalesFiguresBuilder(data, agents, cache, rows, due, details=details, known_until=known.at)
    snapshot = FloorSnapshot(
        at=at,
        data_at=moments.data_at,
        data_ends_at=moments.data_ends_at,
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
        follow_ups=follow_up_figures(data, by_id, periodic, promises_due, cache),
        alarms=(),
        sources=tuple(data.sources),
        progress=tuple(data.progress),
        incomplete=_incomplete(data, periodic),
        pause_limits=data.directory.pause_limits,
    )
    time = TimeAtWork(agents, periodic.rows.hourly_costs if periodic else {}, known)
    if periodic is not None:
        snapshot = _with_periodic(snapshot, data, periodic, agent_totals, time=time, cache=cache)
    watched = cache.get("agents to watch", (data.directory,), AgentsToWatch)
    alarms, promise_alarms = floor_alarms(snapshot, known, agents=watched), follow_up_alarms(snapshot, promises_due)
    of_sources, order = tuple(source_alarms(snapshot)), DueMoments(known.at)
    snapshot = replace(snapshot, alarms=ordered(chain(of_sources, alarms, promise_alarms), order))
    return Assembled(
        data=data,
        periodic=given,
        snapshot=snapshot,
        agents=by_id,
        alarms=alarms,
        promise_alarms=promise_alarms,
        source_alarms=of_sources,
        order_until=order.next_at,
        time=time,
        until=due.next_at,
        promises_until=promises_due.next_at,
        cache=cache,
    )


def _with_periodic(
    snapshot: FloorSnapshot,
    data: FloorData,
    periodic: PeriodicFigures,
    agent_totals: AgentTotalsByScope,
    *,
    time: TimeAtWork,
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
            time=time,
            known_until=snapshot.known_until,
            centre=periodic.details.get(CENTRE),
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
