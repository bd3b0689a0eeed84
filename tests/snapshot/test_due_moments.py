"""What falls due while the site is closed counts as due at its next opening."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.metrics.opening_hours import OpenSpan, read
from ccmon.model.business_day import day_start
from ccmon.model.due_moments import DueMoments
from ccmon.model.opening_hours import OpeningCalendar
from ccmon.time_units import DAY_MS, HOUR_MS, MINUTE_MS
from tests.examples import examples

ZONE = ZoneInfo("Europe/Amsterdam")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
Week = dict[int, tuple[OpenSpan, ...]]


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def due_moments(week: Week, holidays: dict[date, tuple[OpenSpan, ...]] | None = None, starts: int = 0) -> DueMoments:
    return DueMoments(OpeningCalendar(week, holidays or {}), ZONE, starts * HOUR_MS)


OFFICE = due_moments(
    {**dict.fromkeys(range(5), read("9-12, 13-17")), 5: (), 6: ()},
    {date(2026, 12, 25): (), date(2026, 12, 24): read("9-12")},
)


@pytest.mark.parametrize(
    ("due", "counts_as"),
    [
        ("2026-11-23T08:59", "2026-11-23T09:00"),
        ("2026-11-23T09:00", "2026-11-23T09:00"),
        ("2026-11-23T12:00", "2026-11-23T12:00"),
        ("2026-11-23T12:01", "2026-11-23T13:00"),
        ("2026-11-23T17:00", "2026-11-23T17:00"),
        ("2026-11-23T17:01", "2026-11-24T09:00"),
        ("2026-11-27T20:00", "2026-11-30T09:00"),
        ("2026-11-28T10:00", "2026-11-30T09:00"),
        ("2026-12-24T13:30", "2026-12-28T09:00"),
    ],
)
def test_what_falls_due_while_closed_is_due_at_the_next_opening(due: str, counts_as: str) -> None:
    assert OFFICE.counts_as(at(due)) == at(counts_as)


@pytest.mark.parametrize(
    ("week", "due"),
    [
        ({}, "2026-11-28T10:00"),
        ({0: read("9-17")}, "2026-11-28T10:00"),
        ({4: read("9-17"), 0: read("9-17")}, "2026-11-27T18:00"),
        (dict.fromkeys(range(7), ()), "2026-11-27T18:00"),
    ],
)
def test_where_the_next_opening_is_not_known_the_moment_stays(week: Week, due: str) -> None:
    assert due_moments(week).counts_as(at(due)) == at(due)


def test_an_opening_is_found_from_a_year_before() -> None:
    """Of a site that opens on one day alone."""
    opens_at = at("2026-11-23T09:00")
    due = due_moments(dict.fromkeys(range(7), ()), {date(2026, 11, 23): read("9-17"), date(2025, 11, 1): read("9-17")})
    first = due.since(opens_at)
    assert first == at("2025-11-23T00:00")
    assert due.counts_as(first) == opens_at
    assert due.counts_as(first - 1) == first - 1


@pytest.mark.parametrize("slip", [-1, -(10**16), 10**14, 10**18])
def test_a_moment_that_nobody_means_stays(slip: int) -> None:
    assert OFFICE.counts_as(slip) == slip


def test_a_night_shift_is_open_on_the_next_morning() -> None:
    night = due_moments(dict.fromkeys(range(7), read("22-6")))
    assert night.counts_as(at("2026-11-23T05:59")) == at("2026-11-23T05:59")
    assert night.counts_as(at("2026-11-23T06:01")) == at("2026-11-23T22:00")


@pytest.mark.parametrize("starts", [0, 5])
def test_what_is_promised_for_a_day_is_promised_by_its_end_if_the_site_opens_on_it(starts: int) -> None:
    due = due_moments(dict(OFFICE.calendar.weekdays), starts=starts)
    friday, saturday = (day_start(date(2026, 11, day), ZONE, starts * HOUR_MS) - 1 for day in (28, 29))
    assert due.counts_as(friday) == friday
    assert due.counts_as(friday - 1) == at("2026-11-30T09:00")
    assert due.counts_as(saturday) == at("2026-11-30T09:00")


halves = st.sampled_from([each for each in range(48) if not 4 <= each <= 6])
"""Half hours at which no clock changes."""
texts = st.one_of(
    st.sampled_from(["closed", "24 h"]),
    st.tuples(halves, halves).filter(lambda each: each[0] != each[1]).map(
        lambda each: "-".join(f"{half // 2}:{half % 2 * 30:02}" for half in each)
    ),
)  # fmt: skip


@settings(max_examples=examples(15, 2_000))
@example(weekdays=["closed"] * 7, holidays={-2: "1:30-0:00"}, day=date(2026, 11, 23), starts=0)
@example(weekdays=["closed"] * 7, holidays={0: "1:30-12:00"}, day=AUTUMN, starts=4)
@given(
    weekdays=st.lists(st.none() | texts, min_size=7, max_size=7),
    holidays=st.dictionaries(st.integers(-2, 2), texts, max_size=2),
    day=st.sampled_from([date(2026, 11, 23), SPRING, AUTUMN]),
    starts=st.sampled_from([0, 4, 22]),
)
def test_queries_find_all_that_counts_as_due_in_a_time(
    weekdays: list[str | None], holidays: dict[int, str], day: date, starts: int
) -> None:
    """By the first moment that may, and by a list of closed times."""
    due = due_moments(
        {number: read(text) for number, text in enumerate(weekdays) if text is not None},
        {day + timedelta(days=off): read(text) for off, text in holidays.items()},
        starts,
    )
    first = day_start(day - timedelta(days=2), ZONE, 0)
    half_hours = range(first, first + 5 * DAY_MS, 30 * MINUTE_MS)
    moments = [each + off for each in half_hours for off in (-1, 0, 1)]
    counts_as = {each: due.counts_as(each) for each in moments}
    assert all(moment <= found for moment, found in counts_as.items())
    ends = {day_start(day + timedelta(days=off), ZONE, starts * HOUR_MS) - 1 for off in range(-4, 5)}
    found = [each for moment, each in counts_as.items() if moment not in ends]
    assert sorted(found) == found, "apart from what is due by the end of a day, none overtakes another"
    for edge in half_hours[48:-48:7]:
        since = due.since(edge)
        assert all(moment >= since for moment, each in counts_as.items() if each >= edge)
        assert since == edge or any(due.counts_as(each) >= edge for each in (since, since + 1))
    closed = list(due.closed_times(first, moments[-1]))
    for moment, each in counts_as.items():
        if moment >= first:
            times = [time.opens_at for time in closed if time.begins_at <= moment < time.ends_at]
            assert times == [each] * (moment != each)
