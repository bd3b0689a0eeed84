"""Lengths of time as sentences say them."""

from __future__ import annotations

import pytest

from ccmon.metrics.durations import spoken


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (48, "48 s"),
        (171, "2:51 min"),
        (2_520, "42 min"),
        (11_100, "3:05 h"),
        (200_000, "2 days"),
        (875_664_000, "10,135 days"),
    ],
)
def test_lengths_of_time_as_people_say_them(seconds: int, words: str) -> None:
    assert spoken(seconds * 1000) == words
