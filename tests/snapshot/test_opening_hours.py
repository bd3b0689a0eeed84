"""Whether the site is open now, and until when."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ccmon.metrics.next_change import NextChange
from ccmon.metrics.opening_week import read
from ccmon.model.business_day import BusinessDay, day_start
from ccmon.model.opening_hours import OpeningCalendar, OpeningFigures
from ccmon.snapshot.opening_hours import BusinessDayOpening
from ccmon.time_units import HOUR_MS, NEVER

ZONE = ZoneInfo("Europe/Amsterdam")


def moment(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def told(week: str, at: str, holidays: tuple[str, ...] = (), starts: int = 0) -> tuple[OpeningFigures | None, int]:
    """What is said at a moment, and until when."""
    calendar = OpeningCalendar(read(week), {date.fromisoformat(day): () for day in holidays})
    day, when = date.fromisoformat(at[:10]), NextChange(moment(at))
    whole = BusinessDay(str(day), day_start(day, ZONE, starts), day_start(day, ZONE, starts) + 24 * HOUR_MS)
    return BusinessDayOpening(calendar, whole, ZONE).at(when), when.next_at


@pytest.mark.parametrize(
    ("week", "at", "open_now", "changes"),
    [
        ("mon-fri 9-17", "2026-11-23T08:59:59", False, "2026-11-23T09:00"),
        ("mon-fri 9-17", "2026-11-23T09:00", True, "2026-11-23T17:00"),
        ("mon-fri 9-12, 13-17", "2026-11-23T12:00", False, "2026-11-23T13:00"),
        ("mon-fri 9-17", "2026-11-23T17:00", False, "2026-11-24T09:00"),
        ("mon-fri 9-17", "2026-11-27T18:00", False, "2026-11-30T09:00"),
        ("mon-fri 9-17; sat-sun unset", "2026-11-27T18:00", False, None),
        ("mon-fri 9-17; sat-sun unset", "2026-11-27T16:00", True, "2026-11-27T17:00"),
        ("mon-fri 9-17", "2026-12-24T18:00", False, "2026-12-28T09:00"),
        ("mon-sun 22-6", "2026-11-23T05:00", True, "2026-11-23T06:00"),
        ("mon-sun 22-6", "2026-11-23T23:00", True, "2026-11-24T06:00"),
        ("mon-sat 24 h", "2026-11-23T12:00", True, "2026-11-29T00:00"),
        ("mon-sun 24 h", "2026-11-23T12:00", True, None),
        ("mon-sun closed", "2026-11-23T12:00", False, None),
    ],
)
def test_open_or_closed_and_the_next_change(week: str, at: str, open_now: bool, changes: str | None) -> None:
    opening, next_at = told(week, at, holidays=("2026-12-25",))
    expected = None if changes is None else moment(changes)
    assert opening is not None
    assert (opening.open_now, opening.next_change_at) == (open_now, expected)
    assert next_at == (NEVER if expected is None else expected)


def test_where_todays_hours_are_not_set_nothing_is_said() -> None:
    assert told("mon-fri 9-17; sat-sun unset", "2026-11-28T12:00") == (None, NEVER)


def test_the_hours_of_today_end_with_the_business_day() -> None:
    opening, _ = told("mon-sun 20-3", "2026-11-23T12:00", starts=2 * HOUR_MS)
    assert opening is not None
    hours = [(each.opens_at, each.closes_at) for each in opening.today]
    assert hours == [
        (moment("2026-11-23T02:00"), moment("2026-11-23T03:00")),
        (moment("2026-11-23T20:00"), moment("2026-11-24T02:00")),
    ]


@pytest.mark.parametrize(
    ("week", "at", "since"),
    [
        ("mon-fri 9-17", "2026-11-23T16:59", "2026-11-23T09:00"),
        ("mon-fri 9-17", "2026-11-23T17:00", None),
        ("tue-sun 24 h", "2026-11-23T12:00", None),
        ("mon-sat 24 h", "2026-11-25T12:00", "2026-11-23T00:00"),
        ("mon-sun 22-6", "2026-11-23T05:00", "2026-11-22T22:00"),
    ],
)
def test_since_when_it_has_been_open(week: str, at: str, since: str | None) -> None:
    opening, _ = told(week, at)
    assert opening is not None
    assert opening.opened_at == (None if since is None else moment(since))
