"""From the rows of the database to the one record that a frame is drawn from.

`assemble` is pure: the same rows and moment give the same snapshot. `assemble_cached` gives it too, for a reader who
polls: it makes again only what has changed since the last one. Records hold when a state or a wait began, not how long
it has lasted. What depends on the moment itself is computed here: follow-ups due, alarms, expectations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ccmon.language import gettext as _
from ccmon.metrics.next_change import NextChange
from ccmon.model.alarms import Alarm
from ccmon.model.sales import SalesFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.agent_totals import AgentTotalsByTeam
from ccmon.snapshot.agents import AgentsOfTheDay
from ccmon.snapshot.alarm_order import merged, ordered
from ccmon.snapshot.alarms import FloorAlarms, FollowUpAlarms, customer_alarms, source_and_follow_up_alarms
from ccmon.snapshot.cached_snapshot import CachedSnapshot, of_the_day
from ccmon.snapshot.chunked_rows import ChunkedRows
from ccmon.snapshot.costs import resource_figures
from ccmon.snapshot.data_moments import DataMoments
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.follow_ups import FollowUpsOfTheDay
from ccmon.snapshot.handling import handling_figures
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.members import MembersByAgent
from ccmon.snapshot.open_calls import OpenCalls
from ccmon.snapshot.opening_hours import BusinessDayOpening
from ccmon.snapshot.periodic import PeriodicFigures
from ccmon.snapshot.periodic_rows import PlannedTime
from ccmon.snapshot.queues import QueuesOfTheDay
from ccmon.snapshot.retention import unresolved_customers
from ccmon.snapshot.sales import SalesByScope
from ccmon.snapshot.scopes import CENTRE
from ccmon.snapshot.staffing import StaffingByQueue
from ccmon.snapshot.time_at_work import TimeAtWork


def assemble(
    data: FloorData,
    at: int,
    *,
    periodic: PeriodicFigures | None = None,
    cache: InputCache | None = None,
) -> FloorSnapshot:
    """The floor at ``at``, which lies in the business day of the rows.

    Args:
        data: the rows of the moment.
        at: the moment.
        periodic: what is not read at each poll; None if it has not been read yet.
        cache: parts computed before from the same rows; what is computed now is added. Only saves time.
    """
    return assemble_cached(data, at, periodic=periodic, cache=cache or InputCache()).snapshot


class _FloorCache:
    """What is cached between snapshots of a business day, while the directory is the same.

    All parts are of the same snapshot: each takes from the others what has changed.
    """

    def __init__(self, directory: Directory, opening: BusinessDayOpening) -> None:
        self.totals = AgentTotalsByTeam(directory)
        self.members = MembersByAgent()
        self.agents = AgentsOfTheDay(directory)
        self.staffing = StaffingByQueue()
        self.calls = OpenCalls()
        self.queues = QueuesOfTheDay(directory)
        self.sales = SalesByScope(directory)
        self.alarms = FloorAlarms()
        self.follow_up_alarms = FollowUpAlarms()
        self.time = TimeAtWork()
        self.opening = opening

    def update(self, data: FloorData, periodic: PeriodicFigures | None, when: NextChange) -> Collection[int]:
        """Take the rows about agents and calls; return the ids of agents with a change."""
        touched = {*self.totals.update(data.agent_days), *self.members.update(data.members)}
        answers = periodic.answers if periodic else {}
        touched |= self.agents.update(data, self.totals, self.members, answers, when, touched=touched).keys()
        self.staffing.known = bool(data.members)
        for agent_id in touched:
            self.staffing.update(agent_id, self.agents.by_id.get(agent_id), self.members.of(agent_id))
        self.calls.update(data, when)
        return touched

    def alarms_of(
        self, snapshot: FloorSnapshot, when: NextChange, touched: Collection[int]
    ) -> tuple[ChunkedRows[Alarm], tuple[Alarm, ...]]:
        """The alarms about agents that are lines of their own, and those about queues and customers."""
        self.alarms.update(snapshot, self.agents.by_id, self.members.paused, when, touched=touched)
        return self.alarms.of_agents, (*self.alarms.others, *customer_alarms(snapshot, when))

    def sales_lines(
        self,
        data: FloorData,
        periodic: PeriodicFigures | None,
        when: NextChange,
        *,
        known_until: int,
        touched: Collection[int],
        cache: InputCache,
    ) -> Sequence[SalesFigures]:
        """The lines of sales, after an update."""
        return self.sales.update(
            data,
            self.totals,
            self.agents.by_id,
            periodic.rows if periodic else None,
            when,
            details=periodic.details if periodic else {},
            baseline=periodic.baseline if periodic else None,
            known_until=known_until,
            touched=touched,
            cache=cache,
        )


def _floor_cache(data: FloorData) -> _FloorCache:
    opening = BusinessDayOpening(data.directory.calendar, data.day, ZoneInfo(data.site.time_zone))
    return _FloorCache(data.directory, opening)


def assemble_cached(data: FloorData, at: int, *, periodic: PeriodicFigures | None, cache: InputCache) -> CachedSnapshot:
    """The snapshot that `assemble` returns, with what is needed to show it at later moments."""
    periodic_today = of_the_day(periodic, data)
    moments, when = DataMoments.of_data(data, at), NextChange(at)
    when_known = when if moments.data_ends_at is None else NextChange(moments.data_ends_at)
    floor_cache = cache.get("floor", (data.directory, data.day, data.site), _floor_cache, data)
    totals, members, agents = floor_cache.totals, floor_cache.members, floor_cache.agents
    touched = floor_cache.update(data, periodic_today, when)
    owners = periodic_today.follow_up_inputs if periodic_today else None
    follow_ups = cache.get("follow-ups", (floor_cache, owners, bool(data.progress)), FollowUpsOfTheDay, owners)
    calls, staffing = floor_cache.calls, floor_cache.staffing
    queues = floor_cache.queues.update(data, calls.by_queue, staffing, agents.tracked, when_known)
    snapshot = FloorSnapshot(
        at=at,
        data_at=moments.data_at,
        data_ends_at=moments.data_ends_at,
        time_zone=data.site.time_zone,
        site=data.site.name,
        currency=data.site.currency,
        day=data.day,
        queues=queues,
        total=cache.get("total", (queues, staffing.together), floor_cache.queues.total, staffing.together),
        waiting=calls.waiting(data.directory.queues),
        agents=agents.all,
        memberships=members.all,
        sales=floor_cache.sales_lines(
            data, periodic_today, when, known_until=when_known.at, touched=touched, cache=cache
        ),
        handling=handling_figures(data, totals, periodic_today.baseline if periodic_today else None, cache),
        follow_ups=follow_ups.update(data, agents.by_id, NextChange(at), touched=touched),
        alarms=(),
        sources=tuple(data.sources),
        progress=tuple(data.progress),
        incomplete=_incomplete(data, periodic_today),
        alarm_limits=data.directory.alarm_limits,
        alarm_history=data.alarm_history,
        opening_hours=floor_cache.opening.at(when),
        moved=data.moved if data.moved is not None and when.reached(data.moved.at) else None,
    )
    hourly_costs = periodic_today.rows.hourly_costs if periodic_today else {}
    floor_cache.time.update(agents.by_id, hourly_costs, when_known, touched=touched)
    if periodic_today is not None:
        snapshot = _with_periodic(snapshot, data, periodic_today, totals, time=floor_cache.time, cache=cache)
    agent_alarms, queue_and_customer_alarms = floor_cache.alarms_of(snapshot, when_known, touched)
    others = source_and_follow_up_alarms(snapshot, floor_cache.follow_up_alarms, follow_ups.edition)
    in_order = ordered(chain(others, queue_and_customer_alarms), when_known)
    alarms = cache.reuse_if_equal("alarms", merged(agent_alarms, in_order, when_known.at))
    return CachedSnapshot(
        data=data,
        periodic=periodic,
        snapshot=replace(snapshot, alarms=alarms, due_moments=data.due_moments),
        agents=agents.by_id,
        agent_alarms=agent_alarms,
        queue_and_customer_alarms=queue_and_customer_alarms,
        source_and_follow_up_alarms=others,
        time=floor_cache.time,
        until=when.next_at,
        follow_ups=follow_ups,
        follow_up_alarms=floor_cache.follow_up_alarms,
    )


def _with_periodic(
    snapshot: FloorSnapshot,
    data: FloorData,
    periodic: PeriodicFigures,
    agent_totals: AgentTotalsByTeam,
    *,
    time: TimeAtWork,
    cache: InputCache,
) -> FloorSnapshot:
    return replace(
        snapshot,
        periodic_at=periodic.rows.at,
        satisfaction=periodic.satisfaction,
        low_scores=periodic.low_scores,
        lost_callers=periodic.rows.lost_callers,
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
            cache=cache,
        ),
        value=periodic.value,
        shift_ends=cache.get("shift ends", (periodic.rows.planned,), _shift_ends, periodic.rows.planned),
    )


def _shift_ends(planned: Mapping[int, PlannedTime]) -> Mapping[int, int]:
    return {agent_id: shift.ends_at for agent_id, shift in planned.items()}


def _incomplete(data: FloorData, periodic: PeriodicFigures | None) -> str | None:
    """Why some figures, which will be known soon, are unknown now; None if all are known."""
    if data.progress:
        work = data.progress[0]
        named = f"{work.task[:1].upper()}{work.task[1:]}"
        return _("{work}: {percent} % done; until then what rests on past days is unknown.").format(
            work=named, percent=work.percent
        )
    if periodic is None or periodic.rows.finished is None:
        return _("These figures are being read.")
    return None
