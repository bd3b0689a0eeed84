"""Waits (metrics.md 1.1)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics import wait_times


@given(st.integers(0, 10**6), st.integers(0, 10**5), st.integers(-2_500, 2_500))
def test_a_wait_is_longer_from_that_moment_on(entered_at: int, length_ms: int, beside: int) -> None:
    at = wait_times.longer_from(entered_at, length_ms) + beside
    assert (wait_times.wait_ms(entered_at, at) > length_ms) == (beside >= 0)
