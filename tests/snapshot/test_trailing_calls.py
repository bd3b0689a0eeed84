"""When the rounded calls of the last 15 minutes change: found without trying each moment."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.metrics.next_change import NextChange
from ccmon.snapshot import staffing
from ccmon.time_units import QUARTER_MS
from tests.examples import examples

counts = st.integers(0, 20) | st.integers(0, 3000)


@settings(max_examples=examples(300, 20_000))
@given(entered=counts, before=counts, into_ms=st.integers(0, QUARTER_MS - 1))
def test_they_stay_until_the_moment_that_is_noted(entered: int, before: int, into_ms: int) -> None:
    present = 7 * QUARTER_MS
    when = NextChange(present + into_ms)
    now = staffing._trailing_calls(present, entered, before, when)

    def calls(at: int) -> float:
        return staffing._trailing_calls(present, entered, before, NextChange(at))

    assert present + into_ms < when.next_at <= present + QUARTER_MS
    assert calls(when.next_at - 1) == now
    if when.next_at < present + QUARTER_MS:
        assert calls(when.next_at) != now
