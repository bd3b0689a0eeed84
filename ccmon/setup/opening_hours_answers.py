"""The answer about opening hours: one line such as ``mon-fri 09:00-17:30; sat 10:00-14:00``, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ccmon import time_of_day
from ccmon.errors import UsageError
from ccmon.metrics import opening_week
from ccmon.metrics.opening_hours import ALL_DAY, OpenSpan
from ccmon.metrics.usual_opening_hours import HALF_HOUR_MS, usual_opening_hours
from ccmon.setup import parsers
from ccmon.setup.question import UNSET, Choice, SetupContext
from ccmon.time_units import DAY_MS

NOT_SET = "not set"
USUAL_HOURS = "08:00-18:00"
"""Of most sites: where nothing is known of this one."""
_ALWAYS = f"mon-sun {ALL_DAY}"


def default(context: SetupContext) -> str:
    """What the database has, even if that is nothing; for a new one, what the calls of its log show."""
    if context.in_force is not None:
        return opening_week.written(context.in_force.opening_hours)
    return by_past_calls(context)


def by_past_calls(context: SetupContext) -> str:
    """The hours in which nearly all calls of the past came; empty where too few are known."""
    zone, starts = context.answers.get("time_zone"), context.answers.get("day_starts")
    if zone is None or starts is None:
        return UNSET
    return _usual_hours(context, zone, time_of_day.parse(starts))


def _usual_hours(context: SetupContext, zone: str, day_starts_ms: int) -> str:
    return opening_week.written(usual_opening_hours(_by_half_hour(context.past_calls, ZoneInfo(zone), day_starts_ms)))


def _by_half_hour(calls: Mapping[int, int], zone: ZoneInfo, day_starts_ms: int) -> Counter[tuple[date, int]]:
    """Calls by business day and half hour, from calls by moment."""
    found: Counter[tuple[date, int]] = Counter()
    for at, number in calls.items():
        wall_clock = datetime.fromtimestamp(at / 1000, zone).replace(tzinfo=None)
        day = (wall_clock - timedelta(milliseconds=day_starts_ms)).date()
        time_ms = (wall_clock - datetime.combine(day, datetime.min.time())) // timedelta(milliseconds=1)
        found[day, time_ms - time_ms % HALF_HOUR_MS] += number
    return found


def doubt_about_day_start(context: SetupContext) -> str:
    """A warning if a business day starts while the site is usually open, as if its opening was meant; else empty."""
    starts = context.answers.get("day_starts", "")
    set_already = opening_week.written(context.in_force.opening_hours) if context.in_force else UNSET
    past = _usual_hours(context, context.answers.get("time_zone", "UTC"), 0)
    known = context.answers.get("opening_hours") or set_already or past
    week = opening_week.read(known or f"mon-sun {USUAL_HOURS}")
    start_ms = time_of_day.parse(starts) if starts else 0
    if not start_ms or not any(_is_within(start_ms, span) for spans in week.values() for span in spans):
        return ""
    hours = known or f"the usual {USUAL_HOURS}"
    return f"Careful: days start at {starts}, within {hours}: calls before {starts} count for the day before."


def _is_within(time_ms: int, span: OpenSpan) -> bool:
    """Whether a time of day lies in a span, its beginning included; all day is within nothing."""
    opens_ms, closes_ms = span
    if closes_ms - opens_ms >= DAY_MS:
        return False
    return opens_ms <= time_ms < closes_ms or opens_ms <= time_ms + DAY_MS < closes_ms


def choices(context: SetupContext) -> list[Choice]:
    """What past calls show, and what makes no difference."""
    shown = by_past_calls(context)
    found = [Choice(shown, f"{shown}, as nearly all calls of the past came")] if shown not in {UNSET, _ALWAYS} else []
    always = Choice(_ALWAYS, "24 h on each day: you are never closed")
    return [*found, always, Choice(UNSET, f"{NOT_SET} yet: until you set hours, you count as never closed")]


def meaning(answer: str) -> str:
    """What hours mean that go on over midnight or around the clock, such as "mon 17:30-9", which may be a slip."""
    return " ".join(opening_week.unusual(opening_week.read(answer))) if answer not in {UNSET, _ALWAYS} else ""


def parse(typed: str, before: str, context: SetupContext) -> str:
    """The hours of a week, or none."""
    if parsers.is_none(typed):
        return UNSET
    try:
        week = opening_week.read(typed.strip().lower())
        if wrong := opening_week.overlap(week):
            raise UsageError(wrong[1])
        return opening_week.written(week)
    except ValueError as error:
        raise UsageError(opening_week.sentence_about(error, ", or none")) from None
