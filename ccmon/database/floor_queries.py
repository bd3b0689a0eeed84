"""Reads the rows of one moment that a poll needs: today's figures, from the totals or as of an earlier moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ccmon.database.as_of import AuditRow, FollowUpRow, follow_up_rows, totals
from ccmon.database.driver import Database, Parameters
from ccmon.database.poll_cache import PollCache
from ccmon.errors import CcmonError
from ccmon.model.agents import Membership
from ccmon.model.business_day import BusinessDay
from ccmon.model.sources import Progress, SourceHealth
from ccmon.snapshot.directory import AgentEntry, Campaign, Client, Directory, Queue, Quota, Team
from ccmon.snapshot.floor_data import FloorData, OpeningHours, PastDay, PastDays
from ccmon.snapshot.floor_rows import (
    AgentTotals,
    CampaignTotals,
    EarlierCall,
    NewestMoment,
    OpenCallRow,
    OpenFollowUpRow,
    OtherClientsSales,
    PastQuarter,
    PromiseRow,
    QueueSums,
    QueueTargets,
    StateRow,
    TrackedSubject,
)
from ccmon.snapshot.site import Clock, Site
from ccmon.time_units import DAY_MS, NEVER, QUARTER_MS

SAME_WEEKDAYS = 8
RECENT_DAYS = 14
DAYS_FOR_HOURS = 4
"""Worked days whose first and last call show the usual hours of work."""


def read_floor_data(database: Database, at: int, *, is_latest: bool, cache: PollCache | None = None) -> FloorData:
    """The rows of a moment: from the totals where it is the latest, else from the calls, without what came later.

    Args:
        database: the database.
        at: the moment.
        is_latest: whether nothing in the database lies after the moment.
        cache: what an earlier poll of the same database has read; this one adds to it.
    """
    cache = cache or PollCache()
    site, day, directory = read_site_day_and_directory(database, at, cache)
    progress = database.rows("progress", Progress)
    parameters: Parameters = {
        "at": at,
        "until": at,
        "day_starts_at": day.starts_at,
        "day_ends_at": day.ends_at,
        "open_since": min(day.starts_at, at - site.max_open_ms),
        "max_open_ms": site.max_open_ms,
    }
    if not is_latest:
        cache = PollCache()
    past = cache.get("past", (day.date, bool(progress)), lambda: _past_days(database, site, day, complete=not progress))
    found = _live_rows(database, parameters, directory, cache) if is_latest else _as_of_rows(database, parameters)
    newest_at = _newest_moment(database, parameters, is_latest=is_latest)
    return FloorData(
        site=site,
        day=day,
        directory=directory,
        past=past,
        progress=progress,
        newest_at=newest_at if newest_at is None else min(newest_at, at),
        targets={row.queue_id: row for row in database.rows("queue_targets", QueueTargets, parameters)},
        sources=database.rows("live_sources", SourceHealth),
        handled_into_day=database.rows("handled_into_day", EarlierCall, parameters),
        tracked=database.rows("tracked", TrackedSubject, parameters),
        other_clients_sales=_other_clients_sales(database, parameters, directory, found["campaign_days"], cache),
        **found,
    )


def read_site_day_and_directory(database: Database, at: int, cache: PollCache) -> tuple[Site, BusinessDay, Directory]:
    """The site, the business day of a moment, and the names and targets.

    Raises:
        CcmonError: the database has no site, or no business day for the moment.
    """
    site, day = database.row("site", Site), database.row("business_day", BusinessDay, {"at": at})
    if site is None or day is None:
        raise CcmonError("The database does not say what site it belongs to", command="make a new one with ccmon init.")
    fingerprint = day.date, database.value("directory_fingerprint")
    return site, day, cache.get("directory", fingerprint, lambda: _directory(database, day.date))


def _newest_moment(database: Database, parameters: Parameters, *, is_latest: bool) -> int | None:
    """Of what switches report, if they do: a sale of today does not make yesterday's calls today's."""
    newest = database.the_row("newest_moment" if is_latest else "as_of_newest_moment", NewestMoment, parameters)
    return newest.reported_at or newest.anything_at or None


def _live_rows(database: Database, parameters: Parameters, directory: Directory, cache: PollCache) -> dict[str, Any]:
    """What changes with each call, as it is now."""
    sums = {row.queue_id: row for row in database.rows("live_queue_sums", QueueSums, parameters)}
    agent_days = database.rows("live_agent_days", AgentTotals, parameters)
    return {
        "queue_sums": sums,
        "agent_days": agent_days,
        "longest_waits": database.pairs("live_longest_waits", parameters),
        "campaign_days": database.rows("live_campaign_days", CampaignTotals, parameters),
        "states": database.rows("live_states", StateRow),
        "calls": database.rows("live_calls", OpenCallRow, parameters),
        "follow_ups": database.rows("live_follow_ups", OpenFollowUpRow, parameters),
        "promises": database.rows("live_promises", PromiseRow, parameters),
        "follow_ups_done": database.pairs("live_follow_ups_done", parameters),
        "members": cache.get(
            "members",
            (database.value("members_fingerprint"), directory),
            lambda: database.rows("live_members", Membership),
        ),
        **_curves(database, parameters, cache, sums, agent_days),
    }


def _curves(
    database: Database,
    parameters: Parameters,
    cache: PollCache,
    sums: Mapping[int, QueueSums],
    agent_days: Iterable[AgentTotals],
) -> dict[str, Any]:
    """Quarters and histograms: read again for the queues whose sums have changed, since a curve has many rows."""
    day_at = parameters["day_starts_at"]

    def quarters(queue: QueueSums) -> Sequence[QueueSums]:
        own = {**parameters, "queue_id": queue.queue_id}
        name = "quarters", queue.queue_id
        return cache.get(name, (day_at, queue), lambda: database.rows("live_quarters", QueueSums, own))

    def histogram(queue: QueueSums) -> Mapping[int, int]:
        own = {**parameters, "queue_id": queue.queue_id}
        name = "histogram", queue.queue_id
        handled = day_at, queue.handled, queue.talk_ms, queue.hold_ms, queue.wrap_up_ms
        return cache.get(name, handled, lambda: database.pairs("live_histogram", own))

    times = [(row.outbound, row.outbound_talk_ms, row.outbound_hold_ms, row.outbound_wrap_up_ms) for row in agent_days]
    outbound = cache.get(
        "outbound histogram",
        (day_at, tuple(map(sum, zip(*times, strict=True)))),
        lambda: database.pairs("live_outbound_histogram", parameters),
    )
    return {
        "quarters": {queue_id: quarters(queue) for queue_id, queue in sums.items()},
        "histograms": {queue_id: histogram(queue) for queue_id, queue in sums.items() if queue.handled},
        "outbound_histogram": outbound,
    }


def _as_of_rows(database: Database, parameters: Parameters) -> dict[str, Any]:
    """What changes with each call, as it was at an earlier moment."""
    follow_ups = database.rows("as_of_follow_ups", FollowUpRow, parameters)
    audit = database.rows("as_of_audit", AuditRow, parameters)
    return {
        "states": database.rows("as_of_states", StateRow, parameters),
        "calls": database.rows("as_of_calls", OpenCallRow, parameters),
        "members": database.rows("as_of_members", Membership, parameters),
        **follow_up_rows(follow_ups, audit, parameters),
        **totals(database.pairs("as_of_totals", parameters), parameters),
    }


def _other_clients_sales(
    database: Database,
    parameters: Parameters,
    directory: Directory,
    campaign_days: Iterable[CampaignTotals],
    cache: PollCache,
) -> Sequence[OtherClientsSales]:
    """Read again when a campaign has a sales call or an order more."""
    window = {"at": parameters["at"], "since": parameters["day_starts_at"], "until": parameters["day_ends_at"]}
    fingerprint = window["since"], directory, [replace(day, attempts=0, contacts=0) for day in campaign_days]
    return cache.get(
        "other clients' sales",
        fingerprint,
        lambda: database.rows("sales_for_other_clients", OtherClientsSales, window),
    )


def is_latest(database: Database, at: int) -> bool:
    """Whether nothing in the database lies after ``at``, so that the totals are those of exactly this moment."""
    if database.the_row("newest_moment", NewestMoment, {"until": NEVER}).anything_at > at:
        return False
    since = at - max(database.the_row("site", Site).max_open_ms, DAY_MS)
    return not database.value("has_changes_after", {"at": at, "since": since})


def _directory(database: Database, date: str) -> Directory:
    quotas = database.rows("directory_quotas", Quota, {"date": date})
    return Directory(
        clients={row.id: row for row in database.rows("directory_clients", Client)},
        teams={row.id: row for row in database.rows("directory_teams", Team)},
        agents={row.id: row for row in database.rows("directory_agents", AgentEntry)},
        queues={row.id: row for row in database.rows("directory_queues", Queue)},
        campaigns={row.id: row for row in database.rows("directory_campaigns", Campaign)},
        quotas={(row.period, row.scope, row.scope_id): row for row in quotas},
        pause_limits=database.pairs("directory_pause_reasons"),
    )


def _past_days(database: Database, site: Site, day: BusinessDay, *, complete: bool) -> PastDays:
    """Days before today; none of them while their rows are still coming in."""
    days = database.rows("previous_business_days", BusinessDay, {"day_starts_at": day.starts_at})
    weekday = datetime.fromisoformat(day.date).weekday()
    same = [d for d in days if datetime.fromisoformat(d.date).weekday() == weekday][:SAME_WEEKDAYS]
    if not complete:
        days = same = []
    today = {"day_starts_at": day.starts_at, "day_ends_at": day.ends_at}
    opening = database.row("shift_edges", OpeningHours, today)
    if opening is None:
        opening = _usual_hours(site, day, (_quarters(database, past) for past in days[:RECENT_DAYS]))
    return PastDays(
        same_weekdays=tuple(_past_day(database, past) for past in same),
        opening=opening,
    )


def _quarters(database: Database, day: BusinessDay) -> list[PastQuarter]:
    return database.rows("past_day_quarters", PastQuarter, {"starts_at": day.starts_at, "ends_at": day.ends_at})


def _past_day(database: Database, day: BusinessDay) -> PastDay:
    by_queue = groupby(_quarters(database, day), attrgetter("queue_id"))
    return PastDay(day, {queue_id: list(rows) for queue_id, rows in by_queue})


def _usual_hours(site: Site, day: BusinessDay, days: Iterable[list[PastQuarter]]) -> OpeningHours | None:
    """Middle of the first and of the last quarters with calls of the last worked days, by today's wall clock."""
    zone = ZoneInfo(site.time_zone)
    last_worked = islice((rows for rows in days if rows), DAYS_FOR_HOURS)
    worked = [sorted(rows, key=attrgetter("quarter_at")) for rows in last_worked]
    if not worked:
        return None
    opens = _middle(_time_of_day(rows[0].quarter_at, zone) for rows in worked)
    closes = _middle(_time_of_day(rows[-1].quarter_at, zone) for rows in worked)
    return OpeningHours(_on(day, opens, zone), _on(day, closes, zone) + QUARTER_MS)


def _middle(times: Iterable[time]) -> time:
    ordered = sorted(times)
    return ordered[(len(ordered) - 1) // 2]


def _time_of_day(at: int, zone: ZoneInfo) -> time:
    return datetime.fromtimestamp(at / 1000, zone).time()


def _on(day: BusinessDay, time_of_day: time, zone: ZoneInfo) -> int:
    """The moment of a wall-clock time in a business day; after midnight where the day starts later than that."""
    date = datetime.fromisoformat(day.date).date()
    moment = round(datetime.combine(date, time_of_day, zone).timestamp() * 1000)
    if moment < day.starts_at:
        moment = round(datetime.combine(date + timedelta(days=1), time_of_day, zone).timestamp() * 1000)
    return moment


def floor_time(clock: Clock | None, real_at: int) -> int:
    """Floor time at a moment of real time; the same where there is no clock of a simulated floor."""
    return real_at if clock is None else round(clock.floor_at + (real_at - clock.real_at) * clock.speed)
