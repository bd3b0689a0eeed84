"""Opening hours as texts: what people write, and what is kept of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from ccmon.metrics.opening_hours import OpenSpan, read, written
from ccmon.model.business_day import BusinessDay, day_start
from ccmon.model.opening_hours import OpeningCalendar
from ccmon.time_units import DAY_MS, HOUR_MS, MINUTE_MS

ZONE = ZoneInfo("Europe/Amsterdam")
MONDAY, SPRING, AUTUMN = date(2026, 11, 23), date(2026, 3, 29), date(2026, 10, 25)
"""A day like others, and the Sundays on which clocks go from 2 to 3 and from 3 to 2."""


def business_day(day: date, starts: int = 0) -> BusinessDay:
    edges = (day_start(each, ZONE, starts * HOUR_MS) for each in (day, day + timedelta(days=1)))
    return BusinessDay(day.isoformat(), *edges)


def span(opens: float, closes: float) -> OpenSpan:
    return OpenSpan(round(opens * HOUR_MS), round(closes * HOUR_MS))


@pytest.mark.parametrize(
    ("text", "spans", "kept"),
    [
        ("09:00-17:30", [span(9, 17.5)], "09:00-17:30"),
        ("9-17.30", [span(9, 17.5)], "09:00-17:30"),
        ("9 to 17:30", [span(9, 17.5)], "09:00-17:30"),
        ("9am-5pm", [span(9, 17)], "09:00-17:00"),
        ("9 \u2013 5.30 p.m.", [span(9, 17.5)], "09:00-17:30"),
        ("12 am to 12 pm, 1pm until 2 PM", [span(0, 12), span(13, 14)], "00:00-12:00, 13:00-14:00"),
        (" 13:30 - 18:00 ; 9:00-12:30 ", [span(9, 12.5), span(13.5, 18)], "09:00-12:30, 13:30-18:00"),
        ("9-12, 12-18", [span(9, 12), span(12, 18)], "09:00-18:00"),
        ("22:00-06:00", [span(22, 30)], "22:00-06:00"),
        ("0-4, 20-0", [span(0, 4), span(20, 24)], "00:00-04:00, 20:00-24:00"),
        ("6-12, 20-6", [span(6, 12), span(20, 30)], "06:00-12:00, 20:00-06:00"),
        ("6-18, 18-6", [span(6, 18), span(18, 30)], "06:00-18:00, 18:00-06:00"),
        ("0:00-24:00", [span(0, 24)], "24 h"),
        ("0-12, 12-24", [span(0, 12), span(12, 24)], "24 h"),
        ("24 H", [span(0, 24)], "24 h"),
        ("24/7", [span(0, 24)], "24 h"),
        ("Closed", [], "closed"),
    ],
)
def test_what_is_written_is_understood(text: str, spans: list[OpenSpan], kept: str) -> None:
    assert list(read(text)) == spans
    assert written(read(text)) == kept
    assert written(read(kept)) == kept


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "cannot be understood"),
        ("9", "cannot be understood"),
        ("9:5-17", "cannot be understood"),
        ("9:-17", "cannot be understood"),
        (":30-17", "cannot be understood"),
        ("009-17", "cannot be understood"),
        ("9-12-17", "cannot be understood"),
        ("-9-12", "cannot be understood"),
        ("\u0669-17", "cannot be understood"),
        ("9-12,", "cannot be understood"),
        ("9-12, closed", "cannot be understood"),
        ("9:60-12", "has a time that is none"),
        ("9-24:01", "has a time that is none"),
        ("9am-13pm", "has a time that is none"),
        ("0am-5pm", "has a time that is none"),
        ("9 to", "cannot be understood"),
        ("9-25", "has a time that is none"),
        ("9-9", "has a span that closes as it opens"),
        ("24:00-6", "opens at 24:00, which is 00:00 of the next day"),
        ("9-12, 11-13", "has spans that overlap"),
        ("22-6, 23-24", "has spans that overlap"),
    ],
)
def test_what_is_none_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        read(text)


@given(edges=st.lists(st.integers(0, 2 * DAY_MS // MINUTE_MS - 1), unique=True, max_size=8).map(sorted))
def test_any_spans_are_read_as_they_were_written(edges: list[int]) -> None:
    """Minutes in which it is open are the same, counted one by one."""
    pairs = zip(edges[::2], edges[1::2], strict=False)
    spans = [OpenSpan(opens * MINUTE_MS, closes * MINUTE_MS) for opens, closes in pairs]
    spans = [each for each in spans if each.opens_ms < DAY_MS and each.closes_ms <= 2 * DAY_MS]
    spans = [each for each in spans if each.closes_ms - each.opens_ms < DAY_MS]
    assert minutes(read(written(spans))) == minutes(spans)


def minutes(spans: list[OpenSpan] | tuple[OpenSpan, ...]) -> set[int]:
    return {minute for each in spans for minute in range(each.opens_ms // MINUTE_MS, each.closes_ms // MINUTE_MS)}


@pytest.mark.parametrize(
    ("day", "starts", "hours", "holiday", "open_hours"),
    [
        (MONDAY, 0, "9-12.30, 13.30-18", None, [(9, 12.5), (13.5, 18)]),
        (MONDAY, 0, "closed", None, []),
        (MONDAY, 0, "24 h", None, [(0, 24)]),
        (MONDAY, 0, "9-18", "closed", []),
        (MONDAY, 0, "9-18", "10-14", [(10, 14)]),
        (MONDAY, 0, "22-6", None, [(0, 6), (22, 24)]),  # what began on Sunday, and until midnight
        (MONDAY, 0, "22-6", "closed", [(0, 6)]),  # a holiday begins with what goes on from Sunday
        (MONDAY, 4, "22-6", None, [(0, 2), (18, 24)]),  # hours since 4 o'clock
        (MONDAY, 4, "3-5", None, [(0, 1), (23, 24)]),
        (SPRING, 0, "24 h", None, [(0, 23)]),
        (SPRING, 0, "1-9", None, [(1, 8)]),
        (AUTUMN, 0, "24 h", None, [(0, 25)]),
        (AUTUMN, 0, "1-9", None, [(1, 10)]),
        (AUTUMN, 0, "22-6", None, [(0, 7), (23, 25)]),
    ],
)
def test_the_open_time_of_a_business_day(
    day: date, starts: int, hours: str, holiday: str | None, open_hours: list[tuple[float, float]]
) -> None:
    holidays = {} if holiday is None else {day: read(holiday)}
    found = OpeningCalendar(dict.fromkeys(range(7), read(hours)), holidays).stretches(
        whole := business_day(day, starts), ZONE
    )
    assert found is not None
    assert [tuple((at - whole.starts_at) / HOUR_MS for at in astuple(each)) for each in found] == open_hours


def test_hours_that_nobody_has_set_are_not_known() -> None:
    calendar = OpeningCalendar({1: read("9-12, 13-17")}, {MONDAY + timedelta(days=7): ()})
    assert calendar.stretches(business_day(MONDAY), ZONE) is None
    assert [calendar.open_ms(MONDAY + timedelta(days=days)) for days in (0, 1, 7)] == [None, 7 * HOUR_MS, 0]


halves = st.sampled_from([each for each in range(48) if not 4 <= each <= 6])
"""Half hours at which no clock changes."""
texts = st.one_of(
    st.sampled_from(["closed", "24 h"]),
    st.tuples(halves, halves).filter(lambda each: each[0] != each[1]).map(
        lambda each: "-".join(f"{half // 2}:{half % 2 * 30:02}" for half in each)
    ),
)  # fmt: skip


@given(
    weekdays=st.lists(texts, min_size=7, max_size=7),
    holiday=texts,
    day=st.sampled_from([MONDAY, SPRING, AUTUMN, SPRING + timedelta(days=1)]),
    off=st.integers(-1, 1),
    starts=st.sampled_from([0, 4, 22]),
)
def test_open_time_is_the_sum_of_its_minutes(
    weekdays: list[str], holiday: str, day: date, off: int, starts: int
) -> None:
    hours = {number: read(text) for number, text in enumerate(weekdays)}
    holidays = {day + timedelta(days=off): read(holiday)}
    whole = business_day(day, starts)
    found = OpeningCalendar(hours, holidays).stretches(whole, ZONE)
    assert found is not None

    def is_open(at: int) -> bool:
        clock = datetime.fromtimestamp(at / 1000, ZONE)
        into_ms = (clock.hour * 60 + clock.minute) * MINUTE_MS
        begun = [(clock.date() - timedelta(days=back), into_ms + back * DAY_MS) for back in (0, 1)]
        return any(
            opens <= time < closes for on, time in begun for opens, closes in holidays.get(on, hours[on.weekday()])
        )

    minutes = [at for at in range(whole.starts_at, whole.ends_at, MINUTE_MS) if is_open(at)]
    assert sum(each.closes_at - each.opens_at for each in found) == len(minutes) * MINUTE_MS
    assert all(any(each.opens_at <= at < each.closes_at for each in found) for at in minutes)


def test_holidays_and_closed_weekdays_are_not_usual() -> None:
    weekdays = {**dict.fromkeys(range(5), read("9-12, 13-17")), 5: (), 6: ()}
    calendar = OpeningCalendar(weekdays, {date(2026, 12, 25): (), date(2026, 12, 24): read("9-12")})
    days = [date(2026, 12, day) for day in (21, 23, 24, 25, 26)]
    assert [calendar.is_usual(day) for day in days] == [True, True, False, False, False]
    assert OpeningCalendar({0: ()}, {}).is_usual(date(2026, 12, 26)), "not known"
