"""Hours with a slip are told apart from names of holidays."""

from __future__ import annotations

import pytest

from ccmon.metrics.likely_hours import is_like_hours, likely


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("clsoed", "closed"), ("close", "closed"), ("Closed!", "closed"), ("closed all day", "closed"),
        ("24hrs", "24 h"), ("24 hours a day", "24 h"), ("all day", "24 h"),
        ("9 to 17h30x", "09:00-17:30"), ("9h-17h30", "09:00-17:30"), ("from 9 to 17", "09:00-17:00"),
        ("9:00 - 17:00 Uhr", "09:00-17:00"), ("9am-5pmm", "09:00-17:00"), ("0930-1200", "09:30-12:00"),
        ("9-12 and 13-17.30x", "09:00-12:00, 13:00-17:30"),
        ("9-25", None), ("8-8", None), ("9:00", None), ("9-14, 12-17", None),
    ],
)  # fmt: skip
def test_what_was_probably_meant(text: str, meant: str | None) -> None:
    assert likely(text) == meant
    assert is_like_hours(text)


@pytest.mark.parametrize(
    "text",
    [
        "Christmas", "Boxing Day", "Eve", "1 May", "May 1", "4th of July", "2nd Christmas day", "New Year 2027",
        "24-26 December", "Christmas 24-26 December", "5-12 Sinterklaas", "Closure", "Closing party", "All Saints",
        "Open day", "Día de Muertos", "",
    ],
)  # fmt: skip
def test_a_name_is_no_slip(text: str) -> None:
    assert likely(text) is None
    assert not is_like_hours(text)
