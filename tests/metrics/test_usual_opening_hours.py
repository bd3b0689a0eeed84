"""Opening hours as the calls of the past show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from ccmon.metrics.opening_week import written
from ccmon.metrics.usual_opening_hours import CALLS_NEEDED, usual_opening_hours

HALF_HOUR, HOUR = 1_800_000, 3_600_000
MONDAY = date(2026, 11, 2)
WORKED: Mapping[int, tuple[float, float]] = {**dict.fromkeys(range(5), (9, 17.5)), 5: (10, 14)}


def calls(
    weeks: int = 3, each: int = 10, hours: Mapping[int, tuple[float, float]] = WORKED
) -> dict[tuple[date, int], int]:
    """As many calls in each open half hour of some weeks."""
    return {
        (MONDAY + timedelta(weeks=week, days=day), time): each
        for week in range(weeks)
        for day, (opens, closes) in hours.items()
        for time in range(int(opens * HOUR), int(closes * HOUR), HALF_HOUR)
    }


def shown(found: Mapping[tuple[date, int], int]) -> str:
    return written(usual_opening_hours(found))


def test_each_weekday_is_open_while_its_calls_come() -> None:
    assert shown(calls()) == "mon-fri 09:00-17:30; sat 10:00-14:00"


def test_two_weeks_of_calls_are_needed() -> None:
    until_saturday = calls(weeks=2)
    assert shown(until_saturday) == ""
    assert (
        shown({**until_saturday, (MONDAY + timedelta(days=13), 12 * HOUR): 1}) == "mon-fri 09:00-17:30; sat 10:00-14:00"
    )
    assert shown({}) == ""


def test_an_open_weekday_needs_calls_enough() -> None:
    few = calls(weeks=3, each=1, hours={0: (9, 12), 6: (9, 12)})
    assert CALLS_NEEDED == 20
    assert shown(few) == ""
    assert shown({**few, (MONDAY, 9 * HOUR): 3, (MONDAY + timedelta(days=6), 9 * HOUR): 3}) == (
        "mon 09:00-12:00; sun 09:00-12:00"
    )


@pytest.mark.parametrize(("sunday", "is_open"), [(25, False), (26, True)])
def test_stray_calls_open_no_weekday(sunday: int, is_open: bool) -> None:
    """The busiest weekdays have 510 calls."""
    found = {**calls(), (MONDAY + timedelta(days=6), 11 * HOUR): sunday}
    assert shown(found).endswith("sun 11:00-11:30") is is_open


@pytest.mark.parametrize(("early", "opens"), [(6, "09:00"), (7, "07:00")])
def test_stray_calls_open_no_hour(early: int, opens: str) -> None:
    """Of 600 calls, 6 are stray."""
    found = {**calls(), (MONDAY, 7 * HOUR): early, (MONDAY, 12 * HOUR): 94}
    assert shown(found).startswith("mon-fri" if opens == "09:00" else f"mon {opens}-17:30; tue-fri")


def test_hours_that_hardly_differ_are_the_usual_ones() -> None:
    assert shown(calls(hours={**WORKED, 2: (8.5, 18)})) == "mon-fri 09:00-17:30; sat 10:00-14:00"
    assert shown(calls(hours={**WORKED, 2: (8, 18)})) == (
        "mon-tue 09:00-17:30; wed 08:00-18:00; thu-fri 09:00-17:30; sat 10:00-14:00"
    )


def test_a_site_that_works_past_midnight_or_around_the_clock() -> None:
    assert shown(calls(hours=dict.fromkeys(range(7), (18, 26)))) == "mon-sun 18:00-02:00"
    assert shown(calls(hours=dict.fromkeys(range(7), (0.5, 23.5)))) == "mon-sun 24 h"
    assert shown(calls(hours=dict.fromkeys(range(7), (1, 23.5)))) == "mon-sun 01:00-23:30"
    assert shown(calls(hours=dict.fromkeys(range(7), (25, 28)))) == ""
