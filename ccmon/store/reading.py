"""What to ask the database for the facts of one moment, whoever does the asking.

The functions here are generators: each yields a batch of questions, pairs of a query's name and its parameters, and is
sent the rows of each. So one reading serves both drivers: sqlite3 for one look, aiosqlite for the monitor.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from operator import itemgetter
from zoneinfo import ZoneInfo

from ccmon.errors import CcmonError
from ccmon.model import BusinessDay, Purpose
from ccmon.snapshot import facts
from ccmon.snapshot.facts import Directory, Facts, Past, PastDay, Row, Rows, Site
from ccmon.store.undone import totals

Question = tuple[str, Mapping[str, object]]
Answer = list[Row]

TOTALS = ("quarters", "longest_waits", "handling_histogram", "agent_days", "campaign_days")
"""Facts that come from the totals for now, and are counted from rows for an earlier moment."""
COUNTED = ("undone_visits", "undone_times", "undone_missed", "undone_sales")
RUNNING = ("states", "calls", "members", "pauses", "follow_ups", "promises", "follow_ups_done")
"""Facts of what runs: now (live_*.sql), or at an earlier moment (undone_*.sql)."""
ALWAYS = ("queue_days", "sources", "progress", "newest_moment")

SAME_WEEKDAYS = 8
SURVEY_DAYS = 28
DAYS_FOR_HOURS = 4
"""Worked days whose first and last call show the usual hours of work."""
QUARTER_MS = 900_000


def read_facts(at: int, *, live: bool) -> Generator[tuple[Question, ...], list[Answer], Facts]:
    """The facts of a moment: from the totals where it is live, else from the rows with all later things undone."""
    site_rows, day_rows = yield (("site", {}), ("business_day", {"at": at}))
    if not site_rows or not day_rows:
        raise CcmonError("The database does not say what site it belongs to: make a new one with ccmon init.")
    site = Site(*site_rows[0][:6])
    day = BusinessDay(*day_rows[0])
    directory = yield from _directory(day)
    past = yield from _past(site, day, at)
    parameters = {
        "at": at,
        "day_starts_at": day.starts_at,
        "day_ends_at": day.ends_at,
        "open_since": min(day.starts_at, at - site.max_open_ms),
    }
    found = yield from (_now(parameters) if live else _then(parameters, directory))
    newest_at = found.pop("newest_moment")[0][0] or None
    [[done]] = found.pop("follow_ups_done")
    return Facts(
        site=site,
        day=day,
        directory=directory,
        past=past,
        follow_ups_done=done,
        newest_at=newest_at if newest_at is None else min(newest_at, at),
        **found,
    )


def _now(parameters: Mapping[str, object]) -> Generator[tuple[Question, ...], list[Answer], dict[str, Rows]]:
    names = (*(f"live_{name}" for name in (*TOTALS, *RUNNING)), *ALWAYS)
    answers = yield tuple((name, parameters) for name in names)
    return dict(zip((*TOTALS, *RUNNING, *ALWAYS), answers, strict=True))


def _then(
    parameters: Mapping[str, object], directory: Directory
) -> Generator[tuple[Question, ...], list[Answer], dict[str, Rows]]:
    names = (*COUNTED, *(f"undone_{name}" for name in RUNNING), *ALWAYS)
    answers = yield tuple((name, parameters) for name in names)
    found: dict[str, Rows] = dict(zip((*COUNTED, *RUNNING, *ALWAYS), answers, strict=True))
    targets = {q.id: (q.threshold_ms, q.target, q.short_abandon_ms) for q in directory.queues.values()}
    targets.update({queue_id: (threshold, target, short) for queue_id, threshold, target, short in found["queue_days"]})
    selling = frozenset(q.id for q in directory.queues.values() if q.purpose == Purpose.SALES)
    counted = totals(*(found.pop(name) for name in COUNTED), targets=targets, sales_queues=selling)
    return found | counted._asdict() | {"progress": []}


def is_live(at: int) -> Generator[tuple[Question, ...], list[Answer], bool]:
    """Whether nothing in the database lies after ``at``, so that the totals tell of exactly this moment."""
    [[(newest_at,)]] = yield (("newest_moment", {}),)
    if newest_at > at:
        return False
    (site_rows,) = yield (("site", {}),)
    since = at - max(Site(*site_rows[0][:6]).max_open_ms, 24 * 3_600_000)
    [[(later,)]] = yield (("anything_later", {"at": at, "since": since}),)
    return not later


def local_clock(real_at: int) -> Generator[tuple[Question, ...], list[Answer], tuple[str, int]]:
    """The site's time zone, and now on the floor's clock or the newest moment in the database if that is later."""
    site_rows, clock, [(newest_at,)] = yield (("site", {}), ("clock", {}), ("newest_moment", {}))
    return Site(*site_rows[0][:6]).time_zone, max(floor_time(clock, real_at), newest_at)


def _directory(day: BusinessDay) -> Generator[tuple[Question, ...], list[Answer], Directory]:
    teams, agents, queues, campaigns, quotas, reasons = yield (
        ("directory_teams", {}),
        ("directory_agents", {}),
        ("directory_queues", {}),
        ("directory_campaigns", {}),
        ("directory_quotas", {"date": day.date}),
        ("directory_pause_reasons", {}),
    )
    return Directory(
        teams={row[0]: facts.Team(*row) for row in teams},
        agents={row[0]: facts.Agent(*row) for row in agents},
        queues={row[0]: facts.Queue(*row) for row in queues},
        campaigns={row[0]: facts.Campaign(*row) for row in campaigns},
        quotas={row[:2]: facts.Quota(*row[:5]) for row in quotas},
        pause_limits=dict(reasons),
    )


def _past(site: Site, day: BusinessDay, at: int) -> Generator[tuple[Question, ...], list[Answer], Past]:
    (day_rows,) = yield (("business_days_before", {"day_starts_at": day.starts_at}),)
    days = [BusinessDay(*row) for row in day_rows]
    weekday = datetime.fromisoformat(day.date).weekday()
    same = [d for d in days if datetime.fromisoformat(d.date).weekday() == weekday][:SAME_WEEKDAYS]
    recent = days[:14]
    wanted = {d.date: d for d in (*same, *recent)}
    since = days[SURVEY_DAYS - 2].starts_at if len(days) >= SURVEY_DAYS - 1 else 0
    answers = yield (
        *(("past_day_quarters", {"starts_at": d.starts_at, "ends_at": d.ends_at}) for d in wanted.values()),
        ("shift_edges", {"day_starts_at": day.starts_at, "day_ends_at": day.ends_at}),
        ("surveys", {"since": since, "until": at + 1}),
    )
    *quarters, shift_rows, surveys = answers
    by_date = dict(zip(wanted, quarters, strict=True))
    opens_at, closes_at = shift_rows[0]
    if opens_at is None:
        opens_at, closes_at = _usual_hours(site, day, [by_date[d.date] for d in recent])
    return Past(
        same_weekdays=tuple(PastDay(d, _by_queue(by_date[d.date])) for d in same),
        opens_at=opens_at,
        closes_at=closes_at,
        surveys=surveys,
    )


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
