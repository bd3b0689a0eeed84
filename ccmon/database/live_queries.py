"""What to ask the database for the facts of one moment, whoever does the asking.

The functions here are generators: each yields a batch of questions, pairs of a query's name and its parameters, and is
sent the rows of each. So one reading serves both drivers: sqlite3 for one look, aiosqlite for the monitor.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from ccmon.database.as_of import follow_up_rows, totals
from ccmon.database.poll_cache import PollCache
from ccmon.errors import CcmonError
from ccmon.model.business_day import BusinessDay
from ccmon.model.queues import Purpose
from ccmon.snapshot import live_rows
from ccmon.snapshot.live_rows import Directory, LiveRows, PastDay, PastDays, Row, Rows, Site

Question = tuple[str, Mapping[str, object]]
Answer = list[Row]

TOTALS = ("queue_sums", "longest_waits", "agent_days", "campaign_days")
"""Facts that come from the totals for now, and are counted from rows for an earlier moment."""
COUNTED = ("as_of_visits", "as_of_times", "as_of_missed", "as_of_sales")
OWED = ("as_of_follow_ups", "as_of_audit")
MEMBERS = ("members", "pauses")
PROMISED = ("follow_ups", "promises", "follow_ups_done")
RUNNING = ("states", "calls", "newest_moment")
"""Facts of what runs: now (live_*), or at an earlier moment (as_of_*)."""
ALWAYS = ("queue_days", "live_sources", "handled_into_day", "tracked")

AS_NAMED = (*ALWAYS, "newest_moment")

SAME_WEEKDAYS = 8
RECENT_DAYS = 14
DAYS_FOR_HOURS = 4
"""Worked days whose first and last call show the usual hours of work."""
QUARTER_MS = 900_000
NEVER = 1 << 62
"""Later than everything."""


def read_facts(
    at: int, *, live: bool, known: PollCache | None = None
) -> Generator[tuple[Question, ...], list[Answer], LiveRows]:
    """The facts of a moment: from the totals where it is live, else from the rows with all later things undone.

    Args:
        at: the moment.
        live: whether nothing lies after it.
        known: what an earlier reading of the same database has found; this one adds to it.
    """
    known = known or PollCache()
    site, day, directory, members_sign = yield from _place(at, known)
    (progress,) = yield (("progress", {}),)
    past: PastDays | None = known.get("past", (day.date, bool(progress)))
    if past is None or not live:
        past = yield from _past(site, day, complete=not progress)
        known.keep("past", (day.date, bool(progress)) if live else None, past)
    parameters = {
        "at": at,
        "until": at,
        "day_starts_at": day.starts_at,
        "day_ends_at": day.ends_at,
        "open_since": min(day.starts_at, at - site.max_open_ms),
        "max_open_ms": site.max_open_ms,
    }
    found: dict[str, Any]
    if live:
        found = yield from _now(parameters, known, members_sign)
    else:
        found = yield from _then(parameters, directory)
    found["lent"] = yield from _lent(parameters, directory, found["campaign_days"], known if live else PollCache())
    found["sources"] = found.pop("live_sources")
    [(anything_at, told_at)] = found.pop("newest_moment")
    newest_at = told_at or anything_at or None  # a sale of today does not make yesterday's calls today's
    return LiveRows(
        site=site,
        day=day,
        directory=directory,
        past=past,
        progress=progress,
        newest_at=newest_at if newest_at is None else min(newest_at, at),
        **found,
    )


def _lent(
    parameters: Mapping[str, object], directory: Directory, campaign_days: Answer, known: PollCache
) -> Generator[tuple[Question, ...], list[Answer], Answer]:
    """Sales for other clients' campaigns: read again when a campaign has a sales call or an order more."""
    sign = parameters["day_starts_at"], directory, [(row[0], *row[3:]) for row in campaign_days]
    lent: Answer | None = known.get("lent", sign)
    if lent is None:
        at, since, until = (parameters[name] for name in ("at", "day_starts_at", "day_ends_at"))
        (lent,) = yield (("sales_for_other_clients", {"at": at, "since": since, "until": until}),)
        known.keep("lent", sign, lent)
    return lent


def place(
    at: int, known: PollCache
) -> Generator[tuple[Question, ...], list[Answer], tuple[Site, BusinessDay, Directory]]:
    """The site, the business day of a moment, and the names and targets."""
    site, day, directory, _ = yield from _place(at, known)
    return site, day, directory


def _place(
    at: int, known: PollCache
) -> Generator[tuple[Question, ...], list[Answer], tuple[Site, BusinessDay, Directory, Answer]]:
    site_rows, day_rows, directory_sign, members_sign = yield (
        ("site", {}),
        ("business_day", {"at": at}),
        ("directory_fingerprint", {}),
        ("members_fingerprint", {}),
    )
    if not site_rows or not day_rows:
        raise CcmonError("The database does not say what site it belongs to", command="make a new one with ccmon init.")
    site, day = Site(*site_rows[0][:6]), BusinessDay(*day_rows[0])
    directory: Directory | None = known.get("directory", (day.date, directory_sign))
    if directory is None:
        directory = yield from _directory(day)
        known.keep("directory", (day.date, directory_sign), directory)
    return site, day, directory, members_sign


def _now(
    parameters: Mapping[str, object], known: PollCache, members_sign: Answer
) -> Generator[tuple[Question, ...], list[Answer], dict[str, Any]]:
    names = (*TOTALS, *RUNNING, *PROMISED, *ALWAYS)
    members = known.get("members", members_sign)
    asked = names if members is not None else (*names, *MEMBERS)
    answers = yield tuple((name if name in AS_NAMED else f"live_{name}", parameters) for name in asked)
    found: dict[str, Any] = dict(zip(asked, answers, strict=True))
    if members is None:
        known.keep("members", members_sign, {name: found[name] for name in MEMBERS})
    else:
        found |= members
    sums: Answer = found.pop("queue_sums")
    found["queue_sums"] = {row[0]: row[1:] for row in sums}
    found |= yield from _curves(parameters, known, sums, found["agent_days"])
    return found


def _curves(
    parameters: Mapping[str, object], known: PollCache, sums: Answer, agent_days: Answer
) -> Generator[tuple[Question, ...], list[Answer], dict[str, Any]]:
    """Quarters and histograms: read again for the queues whose sums have changed, since a curve has many rows."""
    day_at = parameters["day_starts_at"]
    signs: dict[tuple[str, int], object] = {("quarters", row[0]): (day_at, row) for row in sums}
    signs |= {("histogram", row[0]): (day_at, row[0], row[12:16]) for row in sums if row[12]}
    outbound = [sum(row[place] for row in agent_days) for place in (2, 6, 7, 8)]
    if outbound[0]:
        signs["outbound_histogram", 0] = (day_at, outbound)
    anew = [key for key, sign in signs.items() if known.get(key, sign) is None]
    answers = yield tuple((f"live_{name}", {**parameters, "queue_id": queue_id}) for name, queue_id in anew)
    for key, rows in zip(anew, answers, strict=True):
        known.keep(key, signs[key], rows)
    curves = {key: known.get(key, sign) for key, sign in signs.items()}
    return {
        "quarters": {queue_id: rows for (name, queue_id), rows in curves.items() if name == "quarters"},
        "histograms": {queue_id: rows for (name, queue_id), rows in curves.items() if name == "histogram"},
        "outbound_histogram": curves.get(("outbound_histogram", 0), []),
    }


def _then(
    parameters: Mapping[str, object], directory: Directory
) -> Generator[tuple[Question, ...], list[Answer], dict[str, Any]]:
    names = (*COUNTED, *OWED, *(f"as_of_{name}" for name in (*RUNNING, *MEMBERS)), *ALWAYS)
    answers = yield tuple((name, parameters) for name in names)
    found: dict[str, Any] = dict(zip((*COUNTED, *OWED, *RUNNING, *MEMBERS, *ALWAYS), answers, strict=True))
    found |= follow_up_rows(found.pop("as_of_follow_ups"), found.pop("as_of_audit"), parameters)
    targets = {q.id: (q.threshold_ms, q.target, q.short_abandon_ms) for q in directory.queues.values()}
    targets.update({queue_id: (threshold, target, short) for queue_id, threshold, target, short in found["queue_days"]})
    selling = frozenset(q.id for q in directory.queues.values() if q.purpose == Purpose.SALES)
    counted = totals(*(found.pop(name) for name in COUNTED), targets=targets, sales_queues=selling)
    return found | counted._asdict()


def is_live(at: int) -> Generator[tuple[Question, ...], list[Answer], bool]:
    """Whether nothing in the database lies after ``at``, so that the totals tell of exactly this moment."""
    [[(newest_at, _)]] = yield (("newest_moment", {"until": NEVER}),)
    if newest_at > at:
        return False
    (site_rows,) = yield (("site", {}),)
    since = at - max(Site(*site_rows[0][:6]).max_open_ms, 24 * 3_600_000)
    [[(later,)]] = yield (("has_changes_after", {"at": at, "since": since}),)
    return not later


def local_clock(real_at: int) -> Generator[tuple[Question, ...], list[Answer], tuple[str, int]]:
    """The site's time zone, and now on the floor's clock or the newest moment in the database if that is later."""
    site_rows, clock, [(newest_at, _)] = yield (("site", {}), ("clock", {}), ("newest_moment", {"until": NEVER}))
    return Site(*site_rows[0][:6]).time_zone, max(floor_time(clock, real_at), newest_at)


def _directory(day: BusinessDay) -> Generator[tuple[Question, ...], list[Answer], Directory]:
    clients, teams, agents, queues, campaigns, quotas, reasons = yield (
        ("directory_clients", {}),
        ("directory_teams", {}),
        ("directory_agents", {}),
        ("directory_queues", {}),
        ("directory_campaigns", {}),
        ("directory_quotas", {"date": day.date}),
        ("directory_pause_reasons", {}),
    )
    return Directory(
        clients={row[0]: live_rows.Client(*row) for row in clients},
        teams={row[0]: live_rows.Team(*row) for row in teams},
        agents={row[0]: live_rows.AgentEntry(*row) for row in agents},
        queues={row[0]: live_rows.Queue(*row) for row in queues},
        campaigns={row[0]: live_rows.Campaign(*row) for row in campaigns},
        quotas={row[:3]: live_rows.Quota(*row[:6]) for row in quotas},
        pause_limits=dict(reasons),
    )


def _past(site: Site, day: BusinessDay, *, complete: bool) -> Generator[tuple[Question, ...], list[Answer], PastDays]:
    """Days before today; none of them while their rows are still coming in."""
    (day_rows,) = yield (("previous_business_days", {"day_starts_at": day.starts_at}),)
    days = [BusinessDay(*row) for row in day_rows]
    weekday = datetime.fromisoformat(day.date).weekday()
    same = [d for d in days if datetime.fromisoformat(d.date).weekday() == weekday][:SAME_WEEKDAYS]
    if not complete:
        days = same = []
    *quarters, [(opens_at, closes_at)] = yield (
        *map(_quarters_of, same),
        ("shift_edges", {"day_starts_at": day.starts_at, "day_ends_at": day.ends_at}),
    )
    if opens_at is None:
        recent = yield tuple(map(_quarters_of, days[:RECENT_DAYS]))
        opens_at, closes_at = _usual_hours(site, day, recent)
    return PastDays(
        same_weekdays=tuple(PastDay(d, _by_queue(rows)) for d, rows in zip(same, quarters, strict=True)),
        opens_at=opens_at,
        closes_at=closes_at,
    )


def _quarters_of(day: BusinessDay) -> Question:
    return "past_day_quarters", {"starts_at": day.starts_at, "ends_at": day.ends_at}


def _by_queue(rows: Rows) -> dict[int, Rows]:
    queues: dict[int, list[Row]] = {}
    for row in rows:
        queues.setdefault(row[0], []).append(row)
    return dict(queues)


def _usual_hours(site: Site, day: BusinessDay, days: list[Answer]) -> tuple[int | None, int | None]:
    """Middle of the first and of the last quarters with calls of the last worked days, by today's wall clock."""
    zone = ZoneInfo(site.time_zone)
    worked = [sorted(rows, key=itemgetter(1)) for rows in days if rows][:DAYS_FOR_HOURS]
    if not worked:
        return None, None
    opens = _middle(_wall_clock(rows[0][1], zone) for rows in worked)
    closes = _middle(_wall_clock(rows[-1][1], zone) for rows in worked)
    return _on(day, opens, zone), _on(day, closes, zone) + QUARTER_MS


def _middle(times: Iterable[time]) -> time:
    ordered = sorted(times)
    return ordered[(len(ordered) - 1) // 2]


def _wall_clock(at: int, zone: ZoneInfo) -> time:
    return datetime.fromtimestamp(at / 1000, zone).time()


def _on(day: BusinessDay, wall_clock: time, zone: ZoneInfo) -> int:
    """The moment of a wall-clock time in a business day; after midnight where the day starts later than that."""
    date = datetime.fromisoformat(day.date).date()
    moment = round(datetime.combine(date, wall_clock, zone).timestamp() * 1000)
    if moment < day.starts_at:
        moment = round(datetime.combine(date + timedelta(days=1), wall_clock, zone).timestamp() * 1000)
    return moment


def floor_time(rows: Sequence[tuple[int, int, float]], real_at: int) -> int:
    """Floor time at a moment of real time, by the row of the table ``clock``."""
    if not rows:
        return real_at
    real_start, floor_start, speed = rows[0]
    return round(floor_start + (real_at - real_start) * speed)
