"""Times as people type them, read alike by every command and the screen: in the site's zone, by its business day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ccmon.errors import UsageError
from ccmon.time_units import HOUR_MS
from ccmon.views.moments import NotATimeError, Present, coming_moment, moment, past_moment, span, suggestions

ZONE = ZoneInfo("Europe/Amsterdam")


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def present(now: str, day: str, day_starts_ms: int = 0) -> Present:
    return Present(ms(now), ZONE, date.fromisoformat(day), day_starts_ms)


MONDAY = present("2026-11-23T14:32", "2026-11-23")
AFTER_MIDNIGHT = present("2026-11-24T02:00", "2026-11-23", 4 * HOUR_MS)
"""Still the business day of Monday."""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("14:30", "2026-11-23T14:30"),
        ("9.05", "2026-11-23T09:05"),
        (" 14:30:15 ", "2026-11-23T14:30:15"),
        ("12:30z", "2026-11-23T13:30"),
        ("today 9:00", "2026-11-23T09:00"),
        ("Yesterday 9:00", "2026-11-22T09:00"),
        ("fri 16:45", "2026-11-20T16:45"),
        ("monday 10:00", "2026-11-16T10:00"),
        ("2026-11-20 9:30", "2026-11-20T09:30"),
        ("2026-11-20T09:30", "2026-11-20T09:30"),
        ("2026-11-22", "2026-11-22T23:59:59.999"),
        ("yesterday", "2026-11-22T23:59:59.999"),
        ("sunday", "2026-11-22T23:59:59.999"),
        ("today", "2026-11-23T14:32"),
        ("2026-11-23", "2026-11-23T14:32"),
        ("2026-10-25", "2026-10-25T23:59:59.999"),
    ],
)
def test_a_past_moment(text: str, meant: str) -> None:
    assert past_moment(text, MONDAY) == moment(text, MONDAY) == ms(meant)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("23:00", "2026-11-23T23:00"),
        ("01:30", "2026-11-24T01:30"),
        ("today 01:30", "2026-11-24T01:30"),
        ("yesterday 01:30", "2026-11-23T01:30"),
        ("2026-11-23 01:30", "2026-11-23T01:30"),
        ("yesterday", "2026-11-23T03:59:59.999"),
        ("2026-11-22", "2026-11-23T03:59:59.999"),
        ("today", "2026-11-24T02:00"),
    ],
)
def test_a_past_moment_goes_by_the_business_day(text: str, meant: str) -> None:
    assert past_moment(text, AFTER_MIDNIGHT) == ms(meant)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("16:45", "2026-11-23T16:45"),
        ("today 16h45", "2026-11-23T16:45"),
        ("tomorrow 9:30", "2026-11-24T09:30"),
        ("friday 10:00", "2026-11-27T10:00"),
        ("mon 10:00", "2026-11-30T10:00"),
        ("2026-11-24 16:45", "2026-11-24T16:45"),
        ("2026-11-24T16:45", "2026-11-24T16:45"),
        ("2 h", "2026-11-23T16:32"),
        ("in 45 min", "2026-11-23T15:17"),
        ("tomorrow", "2026-11-24T23:59:59.999"),
        ("today", "2026-11-23T23:59:59.999"),
        ("2026-12-01", "2026-12-01T23:59:59.999"),
    ],
)
def test_a_coming_moment(text: str, meant: str) -> None:
    assert coming_moment(text, MONDAY) == ms(meant)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("03:00", "2026-11-24T03:00"),
        ("16:45", "2026-11-24T16:45"),
        ("tomorrow 9:30", "2026-11-24T09:30"),
        ("tomorrow 01:30", "2026-11-25T01:30"),
        ("today", "2026-11-24T03:59:59.999"),
    ],
)
def test_a_coming_moment_after_midnight(text: str, meant: str) -> None:
    assert coming_moment(text, AFTER_MIDNIGHT) == ms(meant)


NOW = "it is 14:32:00 on 2026-11-23 in Europe/Amsterdam"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("14:30", f"14:30 has passed: {NOW}; write tomorrow 14:30, or a later time."),
        ("today 9:00", f"today 9:00 has passed: {NOW}; name a later time."),
        ("2026-11-22", f"2026-11-22 has passed: {NOW}; name a later time."),
        ("2026-11-22T10:00", f"2026-11-22T10:00 has passed: {NOW}; name a later time."),
        ("yesterday", "'yesterday' is not a time; write it as 16:45, tomorrow 9:30, friday 10:00, 2 h, 2026-11-23,"),
        ("soon", "'soon' is not a time; write it as 16:45"),
        ("25:00", "'25:00' is not a time; write it as 16:45"),
        ("9999-12-31", "9999-12-31 is at the end of the calendar; name another day."),
        ("2027-03-28 02:30", "2027-03-28T02:30 did not occur in Europe/Amsterdam"),
    ],
)
def test_what_no_coming_moment_can_be(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        coming_moment(text, MONDAY)
    assert str(raised.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("15:00", f"15:00 is in the future: {NOW}; name an earlier time."),
        ("2026-11-24", f"2026-11-24 is in the future: {NOW}; name an earlier time."),
        ("tomorrow", "'tomorrow' is not a time; write it as 14:30, yesterday 14:30, 2026-11-23, 2026-11-23T14:30 or"),
        ("2 h", "'2 h' is not a time"),
        ("", "'' is not a time"),
        ("fri fri 9:00", "'fri fri 9:00' is not a time"),
        ("2026-10-25 02:30", "2026-10-25T02:30 occurred twice in Europe/Amsterdam"),
    ],
)
def test_what_no_past_moment_can_be(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        past_moment(text, MONDAY)
    assert str(raised.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("15:30", "2026-11-23T15:30"),
        ("15.30", "2026-11-23T15:30"),
        ("9:00", "2026-11-24T09:00"),
        ("14:32", "2026-11-24T14:32"),
        ("tomorrow", "2026-11-24T09:00"),
        ("tomorrow 8:05", "2026-11-24T08:05"),
        ("tue 10:00", "2026-11-24T10:00"),
        ("mon", "2026-11-30T09:00"),
        ("Friday 16h15", "2026-11-27T16:15"),
        ("2026-12-01 9:30", "2026-12-01T09:30"),
        ("45 min", "2026-11-23T15:17"),
        ("in 2 h", "2026-11-23T16:32"),
        ("+3d", "2026-11-26T14:32"),
        ("25:00", None),
        ("soon", None),
        ("", None),
        ("tomorrow soon", None),
        ("1 2 3", None),
    ],
)
def test_a_coming_moment_that_is_shown_before_it_is_taken(text: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(NotATimeError):
            coming_moment(text, MONDAY, is_shown=True)
    else:
        assert coming_moment(text, MONDAY, is_shown=True) == ms(meant)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("today 9:00", f"today 9:00 has passed: {NOW}; name a later time."),
        ("today", f"today 09:00 has passed: {NOW}; name a later time."),
        ("2026-11-22", f"2026-11-22 09:00 has passed: {NOW}; name a later time."),
        ("2026-11-23 14:32", f"2026-11-23 14:32 has passed: {NOW}; name a later time."),
    ],
)
def test_what_no_moment_that_is_shown_can_be(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        coming_moment(text, MONDAY, is_shown=True)
    assert str(raised.value) == said


def test_two_hours_are_two_hours_when_the_clocks_change() -> None:
    before = present("2026-10-25T02:30", "2026-10-25")
    assert coming_moment("2 h", before) - before.now == 2 * HOUR_MS
    assert coming_moment("1 d", before) == ms("2026-10-26T02:30")


def test_every_suggested_moment_is_to_come() -> None:
    for hour in range(24):
        now = datetime(2026, 11, 23, hour, 50, tzinfo=ZONE)
        offered = list(suggestions(now))
        assert offered == sorted(offered)
        assert all(at > now for at in offered)
        assert len(offered) == len(set(offered))


@pytest.mark.parametrize(
    ("first", "last", "since", "until"),
    [
        ("yesterday", "yesterday", "2026-11-22T04:00", "2026-11-23T04:00"),
        ("2026-11-20", "saturday", "2026-11-20T04:00", "2026-11-22T04:00"),
        ("Today", "today", "2026-11-23T04:00", "2026-11-24T04:00"),
        ("tomorrow", "2026-11-25", "2026-11-24T04:00", "2026-11-26T04:00"),
        ("10:00", "10:30", "2026-11-23T10:00", "2026-11-23T10:30"),
        ("today 01:00", "today 01:30", "2026-11-24T01:00", "2026-11-24T01:30"),
        ("2026-10-24", "2026-10-25", "2026-10-24T04:00", "2026-10-26T04:00"),
        ("2026-11-20", None, "2026-11-20T04:00", None),
        (None, "yesterday 9:00", None, "2026-11-22T09:00"),
    ],
)
def test_a_stretch_has_its_days_as_wholes(
    first: str | None, last: str | None, since: str | None, until: str | None
) -> None:
    expected = tuple(None if text is None else ms(text) for text in (since, until))
    assert span(first, last, AFTER_MIDNIGHT) == expected


@pytest.mark.parametrize(("first", "last"), [("10:00", "10:00"), ("today", "yesterday"), ("0001-01-01", "9999-12-31")])
def test_a_stretch_without_time_is_refused(first: str, last: str) -> None:
    with pytest.raises(UsageError):
        span(first, last, MONDAY)
