"""Opening hours as texts: what people write, and what is kept of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.opening_hours import OpenSpan, read, written
from ccmon.time_units import DAY_MS, HOUR_MS, MINUTE_MS


def span(opens: float, closes: float) -> OpenSpan:
    return OpenSpan(round(opens * HOUR_MS), round(closes * HOUR_MS))


@pytest.mark.parametrize(
    ("text", "spans", "kept"),
    [
        ("09:00-17:30", [span(9, 17.5)], "09:00-17:30"),
        ("9-17.30", [span(9, 17.5)], "09:00-17:30"),
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
        ("9-12,", "cannot be understood"),
        ("9-12, closed", "cannot be understood"),
        ("9:60-12", "has a time that is none"),
        ("9-24:01", "has a time that is none"),
        ("9-25", "has a time that is none"),
        ("9-9", "has a span that closes as it opens"),
        ("24:00-6", "opens at 24:00, which is 00:00 of the next day"),
        ("9-12, 11-13", "has spans that overlap"),
        ("6-12, 20-7", "has spans that overlap"),
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
    first = spans[0].opens_ms if spans else 0
    spans = [each for each in spans if each.opens_ms < DAY_MS and each.closes_ms <= DAY_MS + first]
    spans = [each for each in spans if each.closes_ms - each.opens_ms < DAY_MS]
    assert minutes(read(written(spans))) == minutes(spans)


def minutes(spans: list[OpenSpan] | tuple[OpenSpan, ...]) -> set[int]:
    return {minute for each in spans for minute in range(each.opens_ms // MINUTE_MS, each.closes_ms // MINUTE_MS)}
