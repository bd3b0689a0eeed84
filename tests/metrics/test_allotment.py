"""Shared agents are allotted to queues: against every way of doing it on small cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from math import ceil

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccmon.metrics.allotment import Group, allot
from tests.examples import examples

QUEUES = (1, 2, 3)
SETS = [tuple(queue for queue, there in zip(QUEUES, bits, strict=True) if there) for bits in product((0, 1), repeat=3)]
NEEDS = st.fixed_dictionaries({queue: st.integers(0, 4) for queue in QUEUES})
GROUPS = st.dictionaries(st.sampled_from([each for each in SETS if each]), st.integers(0, 3), max_size=4)


def every_way(groups: dict[Group, int]) -> Iterator[Counter[int]]:
    """Each way to give every agent one of the queues they serve, as agents by queue."""
    ways = [combinations_with_replacement(group, number) for group, number in groups.items()]
    for chosen in product(*ways):
        yield Counter(queue for group in chosen for queue in group)


def filled(needed: dict[int, int], groups: dict[Group, int]) -> dict[int, int]:
    """What each queue gets of what it needs: each wish is granted that some way grants beside those granted before."""
    ways, granted = list(every_way(groups)), dict.fromkeys(needed, 0)
    for tenth in range(1, 11):
        for queue in sorted(needed, key=lambda each: (-needed[each], each)):
            for wish in range(granted[queue] + 1, ceil(needed[queue] * tenth / 10) + 1):
                wished = granted | {queue: wish}
                if any(all(way[each] >= number for each, number in wished.items()) for way in ways):
                    granted = wished
    return granted


@settings(max_examples=examples(100))
@given(NEEDS, GROUPS)
@example({1: 1, 2: 1, 3: 0}, {(1, 2): 1, (1,): 1})
@example({1: 2, 2: 2, 3: 2}, {(1, 2): 2, (2, 3): 2, (1,): 2})
def test_the_shortage_is_the_least_of_all_ways_and_is_shared(needed: dict[int, int], groups: dict[Group, int]) -> None:
    found = allot(needed, groups)
    ways = list(every_way(groups))
    assert +Counter(found) in [+way for way in ways], "everybody is given to one queue that they serve"
    got = {queue: min(found[queue], needed[queue]) for queue in needed}
    assert sum(got.values()) == max(sum(min(way[queue], needed[queue]) for queue in needed) for way in ways)
    assert got == filled(needed, groups)


def test_it_works_on_groups_and_not_on_people() -> None:
    million = 10**6
    needed = {1: 2 * million, 2: 3 * million, 3: million}
    groups = {(1, 2): 3 * million, (2, 3): 2 * million, (3,): million}
    assert allot(needed, groups) == needed


@pytest.mark.parametrize(
    ("needed", "groups", "expected"),
    [
        ({1: 3, 2: 3}, {(1, 2): 6}, {1: 3, 2: 3}),
        # A shared agent makes room: those of queue 1 alone stay, the shared go to queue 2.
        ({1: 2, 2: 2}, {(1, 2): 2, (1,): 2}, {1: 2, 2: 2}),
        # A chain: 3 is filled by agents whom 2 lets go, since 1 lets others go.
        ({1: 1, 2: 1, 3: 1}, {(1,): 1, (1, 2): 1, (2, 3): 1}, {1: 1, 2: 1, 3: 1}),
        # Too few: the shortage is shared; of equal needs the lower id comes first.
        ({1: 2, 2: 5}, {(1, 2): 6}, {1: 2, 2: 4}),
        ({1: 8, 2: 14, 3: 6}, {(1, 2, 3): 22}, {1: 6, 2: 11, 3: 5}),
        ({1: 2, 2: 2}, {(1, 2): 3}, {1: 2, 2: 1}),
        # Left over: in proportion to need, whole agents.
        ({1: 1, 2: 3}, {(1, 2): 12}, {1: 3, 2: 9}),
        ({1: 0, 2: 0}, {(1, 2): 3}, {1: 2, 2: 1}),
        ({1: 2}, {(): 9}, {1: 0}),
        ({}, {(7,): 2}, {7: 2}),
        ({1: 4}, {}, {1: 0}),
    ],
)
def test_cases(needed: dict[int, int], groups: dict[Group, int], expected: dict[int, int]) -> None:
    assert allot(needed, groups) == expected
