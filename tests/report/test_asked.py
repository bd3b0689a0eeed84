"""Which stretch of time words mean, by the clock of the site."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ccmon.database.business_days import business_days
from ccmon.errors import UsageError
from ccmon.model.stretches import SiteCalendar, Stretch, StretchKind
from ccmon.report.asked import asked_stretch
from ccmon.time_units import HOUR_MS
from ccmon.views.moments import Present

ZONE = ZoneInfo("Europe/Amsterdam")
FOUR = 4 * HOUR_MS


def present(text: str, day: str, day_starts_ms: int = 0) -> Present:
    return Present(moment(text), ZONE, date.fromisoformat(day), day_starts_ms)


def moment(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def local(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, ZONE).replace(tzinfo=None).isoformat(timespec="minutes")


def edges(stretch: Stretch) -> tuple[str, str, bool]:
    return local(stretch.starts_at), local(stretch.at), stretch.is_over


MONDAY = present("2026-11-23T14:32", "2026-11-23")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("day", None, ("2026-11-23T00:00", "2026-11-23T14:32", False)),
        ("day", "today", ("2026-11-23T00:00", "2026-11-23T14:32", False)),
        ("day", "Yesterday", ("2026-11-22T00:00", "2026-11-22T23:59", True)),
        ("day", "monday", ("2026-11-16T00:00", "2026-11-16T23:59", True)),
        ("week", None, ("2026-11-23T00:00", "2026-11-23T14:32", False)),
        ("week", "2026-11-22", ("2026-11-16T00:00", "2026-11-22T23:59", True)),
        ("month", None, ("2026-11-01T00:00", "2026-11-23T14:32", False)),
        ("month", "2026-02-10", ("2026-02-01T00:00", "2026-02-28T23:59", True)),
        ("since", "09:00", ("2026-11-23T09:00", "2026-11-23T14:32", False)),
        ("since", "today", ("2026-11-23T00:00", "2026-11-23T14:32", False)),
        ("since", "2026-11-20", ("2026-11-20T00:00", "2026-11-23T14:32", False)),
        ("since", "yesterday 14:00", ("2026-11-22T14:00", "2026-11-23T14:32", False)),
    ],
)
def test_what_words_mean(kind: str, text: str | None, expected: tuple[str, str, bool]) -> None:
    found = asked_stretch(StretchKind(kind), text, MONDAY)
    assert edges(found) == expected
    assert (found.days[0].date, found.days[-1].date) == (expected[0][:10], expected[1][:10])


def test_the_last_day_of_a_week_is_not_over_before_it_ends() -> None:
    sunday = present("2026-11-29T23:59", "2026-11-29")
    assert edges(asked_stretch(StretchKind.WEEK, None, sunday)) == ("2026-11-23T00:00", "2026-11-29T23:59", False)


def test_before_the_reset_a_day_is_still_that_of_yesterday() -> None:
    night = present("2026-11-24T02:00", "2026-11-23", FOUR)
    assert edges(asked_stretch(StretchKind.DAY, None, night)) == ("2026-11-23T04:00", "2026-11-24T02:00", False)
    since = asked_stretch(StretchKind.SINCE, "23:00", night)
    assert (edges(since)[0], [day.date for day in since.days]) == ("2026-11-23T23:00", ["2026-11-23"])
    since = asked_stretch(StretchKind.SINCE, "01:00", night)
    assert (edges(since)[0], [day.date for day in since.days]) == ("2026-11-24T01:00", ["2026-11-23"])


@pytest.mark.parametrize("text", ["soon", "2026-13-01", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        asked_stretch(StretchKind.DAY, text, MONDAY)


@pytest.mark.parametrize(("kind", "text"), [("day", "2026-11-24"), ("week", "2026-11-24"), ("since", "2026-11-24")])
def test_the_future_has_no_report(kind: str, text: str) -> None:
    with pytest.raises(UsageError, match="is in the future"):
        asked_stretch(StretchKind(kind), text, MONDAY)


@pytest.mark.parametrize("reset_ms", [0, FOUR, 2 * HOUR_MS + 1_800_000])
def test_the_days_of_a_stretch_are_those_of_the_database(reset_ms: int) -> None:
    first, last = date(2026, 3, 1), date(2026, 11, 30)
    assert SiteCalendar(ZONE, reset_ms).days(first, last) == tuple(business_days(ZONE.key, reset_ms, first, last))


def test_earlier_stretches_have_the_same_times_by_the_clock_when_clocks_change() -> None:
    """Clocks were put back on 25 October."""
    calendar = SiteCalendar(ZONE, 0)
    monday = asked_stretch(StretchKind.SINCE, "09:15", present("2026-10-26T14:32", "2026-10-26"))
    before = calendar.earlier(monday, date(2026, 10, 19), date(2026, 10, 19))
    assert edges(before) == ("2026-10-19T09:15", "2026-10-19T14:32", False)
    week = asked_stretch(StretchKind.WEEK, "2026-10-25", present("2026-10-26T14:32", "2026-10-26"))
    assert week.at - week.starts_at + 1 == (7 * 24 + 1) * HOUR_MS
    before = calendar.earlier(week, date(2026, 10, 12), date(2026, 10, 18))
    assert edges(before) == ("2026-10-12T00:00", "2026-10-18T23:59", True)


def test_days_that_a_zone_left_out_are_no_days() -> None:
    """Apia had no 30 December 2011."""
    apia, dates = ZoneInfo("Pacific/Apia"), (date(2011, 12, 29), date(2011, 12, 31))
    assert SiteCalendar(apia, 0).days(*dates) == tuple(business_days(apia.key, 0, *dates))


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2026-11-23T14:32", None, ("2026-10-01T00:00", "2026-10-23T14:32", False)),
        ("2026-11-23T14:32", "2026-10-10", ("2026-09-01T00:00", "2026-09-30T23:59", True)),
        ("2026-03-31T14:32", None, ("2026-02-01T00:00", "2026-02-28T14:32", False)),
        ("2026-03-27T14:32", None, ("2026-02-01T00:00", "2026-02-27T14:32", False)),
        ("2026-01-15T09:00", None, ("2025-12-01T00:00", "2025-12-15T09:00", False)),
    ],
)
def test_the_month_before(now: str, text: str | None, expected: tuple[str, str, bool]) -> None:
    month = asked_stretch(StretchKind.MONTH, text, present(now, now[:10]))
    assert edges(SiteCalendar(ZONE, 0).month_before(month)) == expected
