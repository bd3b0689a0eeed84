"""The moment that a person means who types one: the one reader of times of all commands, in the site's zone.

It takes ISO times, and what people type: `16:45`, `yesterday 9:30`, `friday 10:00`, `2026-11-24 16:45`. A day alone
means its end. Days and times of day are those of the business day (metrics.md 1.7).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ccmon.cli.values import ISO_EXAMPLES, parse_iso
from ccmon.errors import UsageError
from ccmon.formatting import local_time
from ccmon.model.business_day import day_start
from ccmon.time_units import HOUR_MS, MINUTE_MS
from ccmon.views.parse_when import after_a_while, named_day

_CLOCK = re.compile(r"(?P<hours>\d\d?)[:.h](?P<minutes>\d\d)(?P<rest>(?::\d\d)?(?:z|[+-]\d\d:?\d\d)?)")
"""A time of day, with or without an offset."""
_OF_BUSINESS = {"", "today", "yesterday", "tomorrow"}
"""Days whose times go up to the start of the next business day; others are dates of the calendar."""
_EXAMPLES = {
    True: f"14:30, yesterday 14:30, 2026-11-23, {ISO_EXAMPLES}",
    False: f"16:45, tomorrow 9:30, friday 10:00, 2 h, 2026-11-23, {ISO_EXAMPLES}",
}
"""Times as people may write them, by whether they have passed."""


class Present(NamedTuple):
    """What decides which moment a text means."""

    now: int
    zone: ZoneInfo
    day: date
    """The business day."""
    day_starts_ms: int

    @property
    def clock(self) -> str:
        """The present time in words."""
        now = local_time(self.now, self.zone)
        return f"{now:%H:%M:%S} on {now:%Y-%m-%d} in {self.zone.key}"


def present_of(database: Path) -> Present:
    """The present of a database's floor.

    Raises:
        CcmonError: the database cannot be read.
    """
    from ccmon.database.database_file import open_for_reading
    from ccmon.database.driver import Database
    from ccmon.database.moments import read_site_and_day
    from ccmon.database.reader import floor_now

    with open_for_reading(database) as connection:
        now = floor_now(connection)
        site, day = read_site_and_day(Database(connection), now)
    return Present(now, ZoneInfo(site.time_zone), date.fromisoformat(day.date), site.day_starts_ms)


def past_moment(text: str, present: Present) -> int:
    """The moment that a text means, at which something was; of the present day alone: now.

    Raises:
        UsageError: it is no time, or is in the future.
    """
    at = moment(text, present)
    if at > present.now:
        raise UsageError(f"{text.strip()} is in the future: it is {present.clock}; name an earlier time.")
    return at


def moment(text: str, present: Present) -> int:
    """As `past_moment`, but it may be in the future.

    Raises:
        UsageError: it is no time.
    """
    at = _read(text, present, past=True)
    return present.now if at == _end_of(present.day, present) else at


def coming_moment(text: str, present: Present) -> int:
    """The moment that a text means, at which something is to be; `2 h` is two hours from now.

    Raises:
        UsageError: it is no time, or has passed.
    """
    text = text.strip()
    now = local_time(present.now, present.zone)
    later = after_a_while(text, now)
    at = round(later.timestamp() * 1000) if later is not None else _read(text, present, past=False)
    clock = _CLOCK.fullmatch(text.lower())
    if at <= present.now and clock is not None:
        # After midnight, in a business day that began before it, a later time of the same date is still to come.
        at = _at(now.date(), clock, text, present, past=False)
    if at <= present.now:
        hint = "name a later time" if clock is None else f"write tomorrow {text}, or a later time"
        raise UsageError(f"{text} has passed: it is {present.clock}; {hint}.")
    return at


def _read(text: str, present: Present, *, past: bool) -> int:
    """The moment that a text means."""
    *days, last = text.lower().split() or [""]
    clock = _CLOCK.fullmatch(last)
    word = " ".join(days) if clock is not None else text.strip().lower()
    day = named_day(word, present.day, past=past) if word or clock is None else present.day
    if day is None:
        return parse_iso(text, present.zone.key, examples=_EXAMPLES[past])
    if clock is None:
        return _end_of(day, present)
    if word in _OF_BUSINESS:
        time_ms = int(clock["hours"]) * HOUR_MS + int(clock["minutes"]) * MINUTE_MS
        day += timedelta(days=time_ms < present.day_starts_ms)
    return _at(day, clock, text, present, past=past)


def _at(day: date, clock: re.Match[str], text: str, present: Present, *, past: bool) -> int:
    """The moment of a time of day on a date."""
    time = f"{int(clock['hours']):02}:{clock['minutes']}{clock['rest'].upper()}"
    return parse_iso(f"{day}T{time}", present.zone.key, typed=text.strip(), examples=_EXAMPLES[past])


def _end_of(day: date, present: Present) -> int:
    """The last millisecond of a business day."""
    try:
        return day_start(day + timedelta(days=1), present.zone, present.day_starts_ms) - 1
    except (ValueError, OverflowError):
        raise UsageError(f"{day} is at the end of the calendar; name another day.") from None
