"""The moment that a person means who types one: the one reader of times, of all commands and of the screen.

It takes ISO times, and what people type: `16:45`, `yesterday 9:30`, `friday 10:00`, `2026-11-24 16:45`. Days and times
of day are those of the business day (metrics.md 1.7), in the site's zone. Pure: the present is an argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ccmon.errors import UsageError
from ccmon.formatting import local_time
from ccmon.model.business_day import day_start
from ccmon.plausibility import names_no_day
from ccmon.time_units import HOUR_MS, MINUTE_MS

_CLOCK = re.compile(r"(?P<hours>\d\d?)[:.h](?P<minutes>\d\d)(?P<rest>(?::\d\d)?(?:z|[+-]\d\d:?\d\d)?)")
"""A time of day, with or without an offset."""
_LENGTH = re.compile(r"\+?(?P<number>\d{1,3}) ?(?P<unit>m|min|minutes?|h|hours?|d|days?)")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OF_BUSINESS = {"", "today", "yesterday", "tomorrow"}
"""Days whose times go up to the start of the next business day; others are dates of the calendar."""
_ISO_EXAMPLES = "2026-11-23T14:30 or 2026-11-23T14:30:00+01:00"
_EXAMPLES = {
    True: f"14:30, yesterday 14:30, 2026-11-23, {_ISO_EXAMPLES}",
    False: f"16:45, tomorrow 9:30, friday 10:00, 2 h, 2026-11-23, {_ISO_EXAMPLES}",
}
"""Times as people may write them, by whether they have passed."""
_MORNING = time(9)
_QUARTER = timedelta(minutes=15)


class NotATimeError(UsageError):
    """A text means no moment at all."""


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


def past_moment(text: str, present: Present) -> int:
    """The moment that a text means, at which something was; a day alone: its end, the present day alone: now.

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


def span(first: str | None, last: str | None, present: Present) -> tuple[int | None, int | None]:
    """The first moment of a stretch, and the first one after it, from texts; None where no text is given.

    A day alone is meant as a whole: as the first its start, as the last its end. Of a time as the last, the moment
    itself is not in the stretch, so that another one can begin with it.

    Raises:
        UsageError: a text is no time, or the stretch ends before it begins.
    """
    since = None if first is None else _edge(first, present, is_end=False)
    until = None if last is None else _edge(last, present, is_end=True)
    if since is not None and until is not None and until <= since:
        raise UsageError(f"From {first} to {last} there is no time; name a later end, or an earlier beginning.")
    return since, until


def _edge(text: str, present: Present, *, is_end: bool) -> int:
    """The moment that a text means as the beginning or the end of a stretch."""
    word = text.strip().lower()
    day = named_day(word, present.day, past=word != "tomorrow")
    return _read(text, present, past=True) if day is None else _starts_at(day, int(is_end), present)


def coming_moment(text: str, present: Present, *, is_shown: bool = False) -> int:
    """The moment that a text means, at which something is to be; `2 h` is two hours from now.

    Args:
        text: the time; a day alone means its end.
        present: the present.
        is_shown: whether whoever types it sees the moment before it is taken: a time of day that has passed then means
            tomorrow's, and a day alone its morning.

    Raises:
        UsageError: it is no time, or has passed.
    """
    text = text.strip()
    now = local_time(present.now, present.zone)
    clock = _CLOCK.fullmatch(text.lower())
    if (later := _after_a_while(text, now)) is not None:
        at = round(later.timestamp() * 1000)
    else:
        if is_shown and clock is None and named_day(text.lower(), present.day) is not None:
            text = f"{text} {_MORNING:%H:%M}"
        at = _read(text, present, past=False)
    if at <= present.now and clock is not None:
        # After midnight, in a business day that began before it, a later time of the same date is still to come.
        at = _at(now.date(), clock, text, present, past=False)
        if at <= present.now and is_shown:
            at = _at(now.date() + timedelta(days=1), clock, text, present, past=False)
    if at <= present.now:
        hint = "name a later time" if clock is None else f"write tomorrow {text}, or a later time"
        raise UsageError(f"{text} has passed: it is {present.clock}; {hint}.")
    return at


def suggestions(now: datetime) -> Iterator[datetime]:
    """The moments to which a call is usually moved: later today, tomorrow, the next working days."""
    first = _quarter_after(now + timedelta(minutes=10))
    for later in (0, 15, 45, 105, 165):
        at = first + timedelta(minutes=later)
        if at.date() == now.date():
            yield at
    days = 0
    for ahead in range(1, 8):
        day = now.date() + timedelta(days=ahead)
        if day.weekday() < 5 and days < 3:
            days += 1
            yield datetime.combine(day, _MORNING, now.tzinfo)
            if days == 1:
                yield datetime.combine(day, time(14), now.tzinfo)


def named_day(word: str, today: date, *, past: bool = False) -> date | None:
    """The day that is meant by `today`, `tomorrow`, `friday` or `2026-11-25`; None: not understood.

    Args:
        word: in small letters.
        today: the present day.
        past: whether a day that is over is meant: then `yesterday` is one, and a weekday is the last one before today;
            else the next one after it.
    """
    if word in {"today", "yesterday" if past else "tomorrow"}:
        return today + timedelta(days=0 if word == "today" else -1 if past else 1)
    if len(word) >= 3 and any(name.startswith(word) for name in _WEEKDAYS):
        number = next(place for place, name in enumerate(_WEEKDAYS) if name.startswith(word))
        if past:
            return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
        return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _after_a_while(text: str, now: datetime) -> datetime | None:
    """The moment that comes `2 h`, `in 45 min` or `+3d` later; None: the text is no such length of time."""
    length = _LENGTH.fullmatch(" ".join(text.casefold().split()).removeprefix("in "))
    if length is None:
        return None
    unit = {"m": "minutes", "h": "hours", "d": "days"}[length["unit"][0]]
    later = timedelta(**{unit: int(length["number"])})
    # Two hours stay two hours when the clocks change; a day later is the same time of day.
    at = now + later if unit == "days" else (now.astimezone(UTC) + later).astimezone(now.tzinfo)
    return at.replace(second=0, microsecond=0)


def _read(text: str, present: Present, *, past: bool) -> int:
    """The moment that a text means."""
    *days, last = text.lower().split() or [""]
    clock = _CLOCK.fullmatch(last)
    word = " ".join(days) if clock is not None else text.strip().lower()
    day = named_day(word, present.day, past=past) if word or clock is None else present.day
    if day is None:
        return _parse_iso(text, present, examples=_EXAMPLES[past])
    if clock is None:
        return _end_of(day, present)
    if word in _OF_BUSINESS:
        time_ms = int(clock["hours"]) * HOUR_MS + int(clock["minutes"]) * MINUTE_MS
        day += timedelta(days=time_ms < present.day_starts_ms)
    return _at(day, clock, text, present, past=past)


def _at(day: date, clock: re.Match[str], text: str, present: Present, *, past: bool) -> int:
    """The moment of a time of day on a date."""
    time_text = f"{int(clock['hours']):02}:{clock['minutes']}{clock['rest'].upper()}"
    return _parse_iso(f"{day}T{time_text}", present, typed=text.strip(), examples=_EXAMPLES[past])


def _end_of(day: date, present: Present) -> int:
    """The last millisecond of a business day."""
    return _starts_at(day, 1, present) - 1


def _starts_at(day: date, later: int, present: Present) -> int:
    """The first moment of the business day that comes so many days later."""
    try:
        return day_start(day + timedelta(days=later), present.zone, present.day_starts_ms)
    except (ValueError, OverflowError):
        raise UsageError(f"{day} is at the end of the calendar; name another day.") from None


def _parse_iso(text: str, present: Present, *, typed: str | None = None, examples: str) -> int:
    """Unix milliseconds of an ISO 8601 time; without an offset in the site's zone.

    Args:
        text: the time.
        present: says which zone.
        typed: what a person has typed, if that is another text.
        examples: how a time may be written, for the error.

    Raises:
        UsageError: it is no such time, or did not occur or occurred twice as clocks changed.
    """
    try:
        parsed = datetime.fromisoformat(text.strip())
        if parsed.tzinfo is None:
            parsed = _local_once(parsed, present.zone, text)
        return round(parsed.timestamp() * 1000)
    except (ValueError, OverflowError):
        wrong = "names a day that there is not" if names_no_day(text.strip()) else "is not a time"
        raise NotATimeError(f"{(typed or text)!r} {wrong}; write it as {examples}.") from None


def _local_once(wall_clock: datetime, zone: ZoneInfo, text: str) -> datetime:
    """A wall-clock time in its zone, if it occurs exactly once there."""
    first, second = (wall_clock.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall_clock:
        raise UsageError(f"{text} did not occur in {zone.key}: clocks were put forward over it; name another time.")
    either = " or ".join(each.isoformat(timespec="minutes") for each in (first, second))
    raise UsageError(f"{text} occurred twice in {zone.key}, since clocks were put back: write {either}.")


def _quarter_after(at: datetime) -> datetime:
    hour = at.replace(minute=0, second=0, microsecond=0)
    return hour + -(-(at - hour) // _QUARTER) * _QUARTER
