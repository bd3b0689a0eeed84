"""Records of counts are added field by field, however many there are."""

from __future__ import annotations

import functools
from operator import add

from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics.counts import total
from ccmon.metrics.first_contact import FirstContact

COUNTS = st.builds(FirstContact, *[st.integers(0, 1000)] * 3)


@given(st.lists(COUNTS, min_size=1))
def test_the_total_is_the_sum_of_all(parts: list[FirstContact]) -> None:
    assert total(parts) == functools.reduce(add, parts)
