"""Means, and ranks against sorted lists (metrics.md 5)."""

from __future__ import annotations

from collections import Counter
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from ccmon.metrics import means


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=300), st.sampled_from([0.5, 0.8, 0.9, 0.95, 1.0]))
def test_nearest_rank_is_a_rank_of_the_sorted_list(values: list[int], share: float) -> None:
    assert means.nearest_rank(Counter(values), share) == sorted(values)[max(1, ceil(round(share * len(values), 9))) - 1]


def test_nearest_rank_by_hand() -> None:
    assert means.nearest_rank(Counter(range(1, 11)), 0.9) == 9
    assert means.nearest_rank(Counter(range(1, 11)), 0.5) == 5
    assert means.nearest_rank(Counter([3, 1, 2]), 0.5) == 2
    assert means.nearest_rank(Counter(range(1, 101)), 0.07) == 7, "7.000000000000001 is no eighth value"
    assert means.nearest_rank({7: 1}, 0.9) == 7
    assert means.nearest_rank({7: 1}, 0.0) == 7
    assert means.nearest_rank({}, 0.9) is None


@given(st.lists(st.lists(st.integers(0, 900), max_size=30), max_size=6))
def test_merged_histograms_rank_as_one_list(parts: list[list[int]]) -> None:
    together = [value for part in parts for value in part]
    merged = sum((Counter(part) for part in parts), Counter[int]())
    assert means.nearest_rank(merged, 0.9) == means.nearest_rank(Counter(together), 0.9)


def test_the_mean_of_nothing_is_unknown() -> None:
    assert means.average(0, 0) is None
    assert means.average(0, 3) == 0
