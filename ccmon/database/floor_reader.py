"""Reads the rows of one moment that a poll needs: today's figures, from the totals or as of an earlier moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ccmon.database.alarm_history import AlarmHistoryReader
from ccmon.database.alarm_limits import read_alarm_limits
from ccmon.database.driver import Database, Parameters
from ccmon.database.json_text import dumps
from ccmon.database.moments import NewestMoment, read_site_and_day
from ccmon.database.opening_calendar import read_opening_calendar
from ccmon.model.agents import Membership
from ccmon.model.alarm_limits import NO_LIMITS
from ccmon.model.business_day import BusinessDay, same_weekdays
from ccmon.model.due_moments import DueMoments
from ccmon.model.opening_hours import OpeningCalendar, OpenStretch
from ccmon.model.site import Site, SiteMove
from ccmon.model.sources import Progress, Source
from ccmon.snapshot.directory import AgentEntry, Campaign, Client, Directory, Queue, Quota, Team
from ccmon.snapshot.floor_data import FloorData, OpeningHours, PastDay, PastDays
from ccmon.snapshot.floor_rows import (
    AgentTotals,
    CampaignTotals,
    DayEdges,
    EarlierCall,
    OpenCallRow,
    OpenFollowUpRow,
    OtherClientsSales,
    PastQuarter,
    PromiseRow,
    QueueTargets,
    QueueTotals,
    StateRow,
    TrackedSubject,
)
from ccmon.time_units import NEVER, QUARTER_MS

RECENT_DAYS = 14
DAYS_FOR_HOURS = 4
"""How many worked days show the usual working hours by their first and last calls."""


def read_floor_data(
    database: Database,
    at: int,
    *,
    is_latest: bool,
    own_limits: Mapping[str, int] = NO_LIMITS,
    history: AlarmHistoryReader | None = None,
) -> FloorData:
    """The rows of a moment: from the totals if it is the latest, else from the calls, without what came later.

    Args:
        database: the database.
        at: the moment.
        is_latest: whether nothing in the database is after the moment. What is after now belongs to now.
        own_limits: those of alarms of the person who looks (`AlarmLimits.own`).
        history: reads what alarms need to know of the time before, and keeps it; None: nobody keeps it.
    """
    site, day = read_site_and_day(database, at)
    directory = read_directory(database, day.date, own_limits)
    progress = database.rows("progress", Progress)
    due_moments = DueMoments.of_site(directory.calendar, site)
    parameters = parameters_of(site, day, at)
    known_as_of = NEVER if is_latest else at
    if is_latest:
        found = _present_rows(database, {**parameters, "queues": dumps(list(directory.queues))})
        found |= follow_ups(database, parameters, day, due_moments)
        newest_at, _ = newest_moment(database, at)
    else:
        from ccmon.database.as_of import as_of_rows  # noqa: PLC0415 (what is live needs none of it)

        found = as_of_rows(database, {**parameters, "due_since": due_moments.since(day.starts_at)}, due_moments)
        newest = database.one_row("as_of_newest_moment", NewestMoment, parameters)
        newest_at = _until(newest, at)
    data = FloorData(
        site=site,
        day=day,
        directory=directory,
        past=past_days(database, site, day, directory.calendar, complete=not progress),
        progress=progress,
        newest_at=newest_at,
        targets={row.queue_id: row for row in database.rows("queue_targets", QueueTargets, parameters)},
        sources=database.rows("sources_and_heartbeats", Source),
        earlier_calls_handled_today=handled_by(earlier_calls_handled_today(database, site, day), at),
        tracked=_tracked(database, directory, {**parameters, "at": known_as_of}, found),
        other_clients_sales=other_clients_sales(database, day, known_as_of),
        moved=database.row("site_move", SiteMove),
        **found,
    )
    history = history or AlarmHistoryReader()
    return replace(data, alarm_history=history.read(database, data, at, known_as_of))


def _tracked(
    database: Database, directory: Directory, parameters: Parameters, found: Mapping[str, Any]
) -> list[TrackedSubject]:
    """Agents and queues whose states or members are known: for those in a state or served, that needs no query."""
    at_work = directory.agents.keys() & {row.agent_id for row in found["states"]}
    served = directory.queues.keys() & {row.queue_id for row in found["members"]}
    rows = [TrackedSubject("agent", agent) for agent in at_work] + [TrackedSubject("queue", queue) for queue in served]
    rows += tracked_subjects(database, parameters, directory.agents.keys() - at_work, directory.queues.keys() - served)
    return sorted(rows, key=attrgetter("what", "id"))


def tracked_subjects(
    database: Database, parameters: Parameters, agents: Collection[int], queues: Collection[int]
) -> list[TrackedSubject]:
    """Those of agents in no state and of queues that nobody serves whose states or members are known all the same."""
    if not agents and not queues:
        return []
    own = {"agents": dumps(list(agents)), "queues": dumps(list(queues))}
    return database.rows("tracked", TrackedSubject, {**parameters, **own})


def parameters_of(site: Site, day: BusinessDay, at: int) -> Parameters:
    """The parameters common to all queries about a moment."""
    return {
        "at": at,
        "day_starts_at": day.starts_at,
        "day_ends_at": day.ends_at,
        "may_be_open_since": day.starts_at - site.max_open_ms,
    }


def newest_moment(database: Database, at: int) -> tuple[int | None, bool]:
    """The newest moment up to ``at``, and whether there is any later one.

    Only switch reports count if there are any: a sale of today does not turn yesterday's calls into today's.
    """
    return newest_until(database, newest_of_all(database), at)


def newest_of_all(database: Database) -> NewestMoment:
    """The newest moments, of the future too."""
    return database.one_row("newest_moment", NewestMoment, {"until": NEVER})


def newest_until(database: Database, newest: NewestMoment, at: int) -> tuple[int | None, bool]:
    """As `newest_moment`, by the newest moments of all."""
    is_ahead = newest.anything_at > at
    if is_ahead:
        newest = database.one_row("newest_moment", NewestMoment, {"until": at})
    return _until(newest, at), is_ahead


def _until(newest: NewestMoment, at: int) -> int | None:
    moment = newest.reported_at or newest.anything_at
    return min(moment, at) if moment else None


def earlier_calls_handled_today(database: Database, site: Site, day: BusinessDay) -> list[EarlierCall]:
    """Calls from before a business day that are handled in it, including those that end after now."""
    edges = {"day_starts_at": day.starts_at, "max_open_ms": site.max_open_ms}
    return database.rows("earlier_calls_handled_today", EarlierCall, edges)


def handled_by(calls: Iterable[EarlierCall], at: int) -> list[EarlierCall]:
    """Those of the calls that are over at a moment."""
    return [call for call in calls if call.wrapped_up_at <= at] if calls else []


def _present_rows(database: Database, parameters: Parameters) -> dict[str, Any]:
    """What changes with each call, as it is now."""
    return {
        "states": database.rows("open_states", StateRow),
        "calls": database.rows("open_calls", OpenCallRow, parameters),
        "members": database.rows("current_members", Membership),
        **day_totals(database, parameters),
    }


def day_totals(database: Database, parameters: Parameters) -> dict[str, Any]:
    """The totals of a business day, as they are kept: fields of `FloorData`."""
    sums = {row.queue_id: row for row in database.rows("queue_totals", QueueTotals, parameters)}
    of_all = {**parameters, "since": parameters["day_starts_at"], "queues": dumps(list(sums))}
    quarters = by_queue(database.rows("quarter_totals", QueueTotals, of_all))
    return {
        "queue_totals": sums,
        "agent_days": database.rows("agent_totals", AgentTotals, parameters),
        "longest_waits": database.pairs("longest_waits_of_queues", parameters),
        "campaign_days": database.rows("campaign_totals", CampaignTotals, parameters),
        "quarters": {queue_id: quarters.get(queue_id, []) for queue_id in sums},
        "histograms": {
            queue_id: database.pairs("inbound_handling_times", {**parameters, "queue_id": queue_id})
            for queue_id in sums
            if sums[queue_id].handled
        },
        "outbound_histogram": database.pairs("outbound_handling_times", parameters),
    }


def by_queue(rows: Iterable[QueueTotals]) -> Mapping[int, Sequence[QueueTotals]]:
    """Quarters of an hour by queue, in order."""
    found: defaultdict[int, list[QueueTotals]] = defaultdict(list)
    for row in rows:
        found[row.queue_id].append(row)
    return found


def follow_ups(database: Database, parameters: Parameters, day: BusinessDay, due_moments: DueMoments) -> dict[str, Any]:
    """Follow-ups that are open, promised or done today, as they are now."""
    own = {**parameters, "due_since": due_moments.since(day.starts_at)}
    counts_as = due_moments.counts_as
    due = database.rows("open_follow_ups_due", OpenFollowUpRow, own)
    promises = database.rows("promises_of_day", PromiseRow, own)
    return {
        "follow_ups": [row for row in due if counts_as(row.due_at) < day.ends_at],
        "promises": [row for row in promises if day.starts_at <= counts_as(row.promised_at) < day.ends_at],
        "follow_ups_done": database.pairs("follow_ups_done_of_day", parameters),
    }


def other_clients_sales(database: Database, day: BusinessDay, known_as_of: int = NEVER) -> list[OtherClientsSales]:
    """Sales of a business day by agents of one client's teams for another's campaigns, as known at a moment."""
    window = {"at": known_as_of, "since": day.starts_at, "until": day.ends_at}
    return database.rows("sales_for_other_clients", OtherClientsSales, window)


def read_directory(database: Database, date: str, own_limits: Mapping[str, int] = NO_LIMITS) -> Directory:
    """Names, targets and quotas as valid on a date, with limits of alarms as they are for a person."""
    quotas = database.rows("directory_quotas", Quota, {"date": date})
    return Directory(
        clients={row.id: row for row in database.rows("directory_clients", Client)},
        teams={row.id: row for row in database.rows("directory_teams", Team)},
        agents={row.id: row for row in database.rows("directory_agents", AgentEntry)},
        queues={row.id: row for row in database.rows("directory_queues", Queue)},
        campaigns={row.id: row for row in database.rows("directory_campaigns", Campaign)},
        quotas={(row.period, row.scope, row.scope_id): row for row in quotas},
        alarm_limits=read_alarm_limits(database, own_limits),
        calendar=read_opening_calendar(database),
    )


def past_days(
    database: Database,
    site: Site,
    day: BusinessDay,
    calendar: OpeningCalendar,
    *,
    complete: bool,
    last: PastDays | None = None,
    touched: Collection[int] = (),
) -> PastDays:
    """Days before today; none of them while their rows are still coming in.

    Args:
        database: the database.
        site: the site.
        day: today.
        calendar: the opening hours and holidays that are set: days that are not usual are left out.
        complete: whether all rows of the past are there.
        last: the past days as read before, if any; returned if they still hold.
        touched: moments of calls that have changed since.
    """
    days = database.rows("previous_business_days", BusinessDay, {"day_starts_at": day.starts_at})
    days = [past for past in days if calendar.is_usual(date.fromisoformat(past.date))] if complete else []
    same = same_weekdays(day, days)
    today = {"day_starts_at": day.starts_at, "day_ends_at": day.ends_at}
    opening = _set_hours(calendar, site, day)
    if opening is None:
        shifts = database.row("shift_edges", DayEdges, today)
        opening = None if shifts is None else OpeningHours((OpenStretch(shifts.first_at, shifts.last_at),), calendar)
    if opening is None:
        opening = _usual_hours(site, day, calendar, (_edges(database, past) for past in days[:RECENT_DAYS]))
    known = {} if last is None else {past.day: past for past in last.same_weekdays}
    for past in known.keys() & same:
        if any(past.starts_at <= at < past.ends_at for at in touched):
            del known[past]
    alike = tuple(known[past] if past in known else _past_day(database, past) for past in same)
    if last is not None and (last.same_weekdays, last.opening) == (alike, opening):
        return last
    return PastDays(same_weekdays=alike, opening=opening)


def _past_day(database: Database, day: BusinessDay) -> PastDay:
    edges = {"starts_at": day.starts_at, "ends_at": day.ends_at}
    by_queue = groupby(database.rows("past_day_quarters", PastQuarter, edges), attrgetter("queue_id"))
    return PastDay(day, {queue_id: list(rows) for queue_id, rows in by_queue})


def _edges(database: Database, day: BusinessDay) -> DayEdges | None:
    return database.row("past_day_edges", DayEdges, {"starts_at": day.starts_at, "ends_at": day.ends_at})


def _set_hours(calendar: OpeningCalendar, site: Site, day: BusinessDay) -> OpeningHours | None:
    """The opening hours that the site has set for a day; None where they are not known."""
    stretches = calendar.stretches(day, ZoneInfo(site.time_zone))
    return None if stretches is None else OpeningHours(stretches, calendar)


def _usual_hours(
    site: Site, day: BusinessDay, calendar: OpeningCalendar, days: Iterable[DayEdges | None]
) -> OpeningHours | None:
    """Median of the first and of the last quarters with calls on the last worked days, by today's wall clock."""
    zone = ZoneInfo(site.time_zone)
    worked = list(islice((edges for edges in days if edges is not None), DAYS_FOR_HOURS))
    if not worked:
        return None
    opens = _median(_time_of_day(edges.first_at, zone) for edges in worked)
    closes = _median(_time_of_day(edges.last_at, zone) for edges in worked)
    usual = OpenStretch(_on(day, opens, zone), _on(day, closes, zone) + QUARTER_MS)
    return OpeningHours((usual,), calendar)


def _median(times: Iterable[time]) -> time:
    ordered = sorted(times)
    return ordered[(len(ordered) - 1) // 2]


def _time_of_day(at: int, zone: ZoneInfo) -> time:
    return datetime.fromtimestamp(at / 1000, zone).time()


def _on(day: BusinessDay, time_of_day: time, zone: ZoneInfo) -> int:
    """The moment of a wall-clock time in a business day; after midnight if the time is before the day's start."""
    on = date.fromisoformat(day.date)
    moment = round(datetime.combine(on, time_of_day, zone).timestamp() * 1000)
    if moment < day.starts_at:
        moment = round(datetime.combine(on + timedelta(days=1), time_of_day, zone).timestamp() * 1000)
    return moment
