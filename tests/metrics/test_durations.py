"""Lengths of time as sentences say them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.durations import coarse, in_two_units, spoken


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (48, "48 s"),
        (171, "2 min 51 s"),
        (2_520, "42 min"),
        (11_100, "3 h 5 min"),
        (200_000, "2 days"),
        (875_664_000, "10,135 days"),
    ],
)
def test_lengths_of_time_as_people_say_them(seconds: int, words: str) -> None:
    assert spoken(seconds * 1000) == words


@given(st.floats(0, 1e12))
def test_each_number_has_its_unit(length_ms: float) -> None:
    for write in (coarse, spoken, in_two_units):
        assert re.fullmatch(r"[\d,]+ (s|min|h|days?|d)( \d+ (s|min|h))?", write(length_ms))
