"""Sums that are updated from one snapshot to the next are those of all rows, whatever rows come in turn."""

from __future__ import annotations

from collections import Counter
from math import ceil

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.snapshot.floor_rows import QueueTotals
from ccmon.snapshot.handling import NO_PERCENTILES, P90_FROM, CachedHandlingTimes, Percentiles
from ccmon.snapshot.quarters import MergedQuarters, QuartersOfQueue

QUEUES = (1, 2, 3)
histograms = st.dictionaries(
    st.sampled_from(QUEUES), st.dictionaries(st.integers(0, 9), st.integers(0, 6), max_size=6), max_size=3
)
curves = st.fixed_dictionaries(
    {queue_id: st.dictionaries(st.integers(0, 4), st.integers(0, 2), max_size=4) for queue_id in QUEUES}
)
NO_CALLS = QueueTotals(*[0] * len(QueueTotals.__struct_fields__))


@given(st.lists(histograms, max_size=6))
def test_cached_percentiles_are_those_of_all_calls(moments: list[dict[int, dict[int, int]]]) -> None:
    cached = CachedHandlingTimes()
    for by_queue in moments:
        whole: Counter[int] = Counter()
        for histogram in by_queue.values():
            whole.update(histogram)
        assert cached.update(by_queue) == percentiles(whole)
        assert {queue_id: cached.of_queue(queue_id) for queue_id in QUEUES} == {
            queue_id: percentiles(by_queue.get(queue_id, {})) for queue_id in QUEUES
        }


def percentiles(histogram: dict[int, int]) -> Percentiles:
    """The percentiles of all times one by one."""
    times = sorted(Counter(histogram).elements())
    if not times:
        return NO_PERCENTILES
    median_s, p90_s = (times[ceil(len(times) * tenths / 10) - 1] for tenths in (5, 9))
    return Percentiles(median_s * 1000, p90_s * 1000 if len(times) >= P90_FROM else None)


@given(st.lists(curves, min_size=1, max_size=6))
def test_merged_quarters_are_the_sums_of_those_of_the_queues(moments: list[dict[int, dict[int, int]]]) -> None:
    of_queues, merged = {queue_id: QuartersOfQueue() for queue_id in QUEUES}, MergedQuarters()
    rows: dict[int, list[QueueTotals]] = {queue_id: [] for queue_id in QUEUES}
    for offered in moments:
        for queue_id, by_quarter in offered.items():
            known = {row.starts_at: row for row in rows[queue_id] if by_quarter.get(row.starts_at) == row.offered}
            rows[queue_id] = [
                known.get(starts_at) or replace(NO_CALLS, starts_at=starts_at, offered=number)
                for starts_at, number in sorted(by_quarter.items())
            ]
        curves = [of_queues[queue_id].update(rows[queue_id]) for queue_id in QUEUES]
        for queue_id, curve in zip(QUEUES, curves, strict=True):
            assert {quarter.starts_at: quarter.offered for quarter in curve} == offered[queue_id]
        together: Counter[int] = Counter()
        for by_quarter in offered.values():
            together.update(by_quarter)
        sums = merged.update(curves)
        assert [(quarter.starts_at, quarter.offered) for quarter in sums] == sorted(together.items())
        assert merged.update(curves) is sums
