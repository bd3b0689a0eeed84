"""Which stretch of time a report is about: the words that somebody has typed."""

from __future__ import annotations

from datetime import date, timedelta

from ccmon.errors import UsageError
from ccmon.formatting import local_time
from ccmon.model.sales import Period, period_edges
from ccmon.model.stretches import SiteCalendar, Stretch, StretchKind
from ccmon.views.moments import Present, named_day, past_moment


def asked_stretch(kind: StretchKind, text: str | None, present: Present) -> Stretch:
    """The stretch that is meant.

    Args:
        kind: what it is.
        text: for `StretchKind.SINCE` the moment at which it begins; else a date in it, None for the present one.
        present: the present.

    Raises:
        UsageError: the text is no date or time, or is in the future.
    """
    calendar = SiteCalendar(present.zone, present.day_starts_ms)
    if kind is StretchKind.SINCE:
        return _since(text or "", calendar, present)
    day = present.day if text is None else _date(text, present)
    first, last = period_edges(Period(kind.value), day)
    if last < present.day:
        return calendar.whole(kind, first, last)
    return calendar.so_far(kind, first, present.day, present.now)


def _date(text: str, present: Present) -> date:
    day = named_day(text.strip().lower(), present.day, past=True)
    if day is None:
        raise UsageError(f"{text!r} is not a date; write it as 2026-11-23, yesterday or monday.")
    if day > present.day:
        raise UsageError(f"{text.strip()} is in the future: it is {present.clock}; name an earlier day.")
    return day


def _since(text: str, calendar: SiteCalendar, present: Present) -> Stretch:
    day = named_day(text.strip().lower(), present.day, past=True)
    if day is not None and day <= present.day:
        return calendar.so_far(StretchKind.SINCE, day, present.day, present.now)
    starts_at = past_moment(text, present)
    local = local_time(starts_at, present.zone).replace(tzinfo=None) - timedelta(milliseconds=present.day_starts_ms)
    return calendar.so_far(StretchKind.SINCE, local.date(), present.day, present.now, starts_at)
