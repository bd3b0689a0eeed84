"""The opening hours of a week as a text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.metrics import opening_hours
from ccmon.metrics.opening_week import overlap, read, written
from tests.examples import examples

HOURS = ["9-17.30", "9-12, 13-18", "22-6", "closed", "24 h", "0:00-24:00", "8-16", "18-24", "6-6:30"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon-fri 9-17:30", "mon-fri 09:00-17:30"),
        ("Monday - Friday: 9:00 - 17:30, Saturday: 10-14", "mon-fri 09:00-17:30; sat 10:00-14:00"),
        ("mon-fri 9-12, 13-18, sat 10-14", "mon-fri 09:00-12:00, 13:00-18:00; sat 10:00-14:00"),
        ("mon to fri 9 to 17:30, sat 10am-2pm", "mon-fri 09:00-17:30; sat 10:00-14:00"),
        ("tue, thu 9-12\nmon and wed 13-17", "mon 13:00-17:00; tue 09:00-12:00; wed 13:00-17:00; thu 09:00-12:00"),
        ("sat-mon 22-6", "mon 22:00-06:00; sat-sun 22:00-06:00"),
        ("mon-fri 9-17; sat-sun unset", "mon-fri 09:00-17:00; sat-sun unset"),
        ("mon-fri 9-17; sun closed", "mon-fri 09:00-17:00"),
        ("weekdays 9-17, weekend 10-12", "mon-fri 09:00-17:00; sat-sun 10:00-12:00"),
        ("24/7", "mon-sun 24 h"),
        ("9-17", "mon-sun 09:00-17:00"),
        ("closed", "mon-sun closed"),
        ("mon-sun unset", ""),
    ],
)
def test_a_week_is_written_as_people_write_it(text: str, expected: str) -> None:
    assert written(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "'' cannot be understood"),
        ("at noon", "'at noon' cannot be understood"),
        ("daily mon 9-17", "'daily' names no weekday"),
        ("mon-fri", "'mon-fri' is followed by no hours"),
        ("mon-fri 9-17, fri 9-15", "friday has two opening hours"),
        ("monk 9-17", "'monk' is no weekday"),
        ("mon-fri 9-12, 11-13", "'9-12, 11-13' has spans that overlap"),
    ],
)
def test_what_is_no_week_is_said(text: str, why: str) -> None:
    with pytest.raises(ValueError, match="^" + why):
        read(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("fri 1-3, 16-2; sat 10-14", None),
        ("fri 16-2; sat 1-10", "Friday is open until 02:00 of Saturday, which opens at 01:00: these overlap."),
        ("sun 22-6; mon 5-9", "Sunday is open until 06:00 of Monday, which opens at 05:00: these overlap."),
        ("mon-sun 6-12, 20-7", "Monday is open until 07:00 of Tuesday, which opens at 06:00: these overlap."),
        ("fri 16-2; sat 2-10", None),
        ("mon-sun 24 h", None),
        ("fri 16-2; sat unset", None),
    ],
)
def test_hours_that_overlap_those_of_the_next_day(text: str, why: str | None) -> None:
    found = overlap(read(text))
    assert (found and found[1]) == why


@settings(max_examples=examples(50, 20_000))
@given(st.dictionaries(st.integers(0, 6), st.sampled_from(HOURS).map(opening_hours.read), min_size=1))
def test_what_is_written_is_read_again(week: dict[int, tuple[opening_hours.OpenSpan, ...]]) -> None:
    assert {day: opening_hours.written(spans) for day, spans in read(written(week)).items()} == {
        day: opening_hours.written(spans) for day, spans in week.items()
    }
