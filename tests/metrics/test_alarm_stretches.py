"""Alarms of stretches: compared with what somebody would see who looks at each moment, and remembers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.metrics.alarm_stretches import (
    Standing,
    Stretch,
    Stretches,
    alarm_at,
    alarms_of,
    common,
    united,
    with_stretch,
    without,
)
from ccmon.metrics.next_change import NextChange
from ccmon.time_units import NEVER
from tests.examples import examples

LAST = 40
stretches = st.lists(
    st.tuples(st.integers(0, LAST), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=7
)
lengths = st.integers(0, 8)


def moments_of(found: Stretches | list[Stretch]) -> set[int]:
    return {at for start, end in found for at in range(start, min(end, LAST + 60))}


@given(stretches, stretches)
def test_a_union_a_common_part_and_a_difference_have_the_moments_that_they_should(
    some: list[Stretch], others: list[Stretch]
) -> None:
    union = united(some)
    assert moments_of(union) == moments_of(some)
    assert all(first[1] < second[0] for first, second in pairwise(union)), "no two touch"
    one_by_one: Stretches = ()
    for each in some:
        one_by_one = with_stretch(one_by_one, each)
    assert one_by_one == union
    against = united(others)
    for each in some:
        assert moments_of(list(common(each, against))) == moments_of([each]) & moments_of(against)
        assert moments_of(list(without(each, against))) == moments_of([each]) - moments_of(against)


def test_nothing_is_added_by_an_empty_stretch() -> None:
    assert with_stretch((), (5, 5)) == united([(5, 5)]) == ()
    assert with_stretch(((1, 3),), (3, 4)) == ((1, 4),), "stretches that touch are one"


def watched(wrong: set[int], for_ms: int, calm_ms: int) -> list[tuple[int, bool] | None]:
    """What somebody notes who looks at each moment: since when an alarm stands, and whether it has eased."""
    noted: list[tuple[int, bool] | None] = []
    wrong_since = since = clears_at = None
    for at in range(LAST + 30):
        wrong_since = None if at not in wrong else at if wrong_since is None else wrong_since
        counts = wrong_since is not None and at - wrong_since >= for_ms
        if since is not None and not counts and clears_at is None:
            clears_at = at + calm_ms
        if clears_at is not None and at >= clears_at and (wrong_since is None or wrong_since >= clears_at):
            since = clears_at = None
        if counts:
            since, clears_at = wrong_since if since is None else since, None
        noted.append(None if since is None else (since, not counts))
    return noted


@settings(max_examples=examples(300, 30_000))
@given(stretches, lengths, lengths)
def test_the_alarm_at_each_moment_is_the_one_that_a_watcher_sees(
    found: list[Stretch], for_ms: int, calm_ms: int
) -> None:
    union = united(found)
    for at, noted in enumerate(watched(moments_of(union), for_ms, calm_ms)):
        alarm = alarm_at(union, NextChange(at), for_ms=for_ms, calm_ms=calm_ms)
        seen = None if alarm is None else (alarm.since, alarm.is_eased(at))
        assert seen == noted, at


@settings(max_examples=examples(300, 30_000))
@given(stretches, lengths, lengths, st.integers(0, LAST + 30))
def test_the_alarms_of_all_stretches_cut_at_a_moment_are_the_alarm_of_that_moment(
    found: list[Stretch], for_ms: int, calm_ms: int, at: int
) -> None:
    union = united(found)
    alarm = alarm_at(union, NextChange(at), for_ms=for_ms, calm_ms=calm_ms)
    standing = [
        each for each in alarms_of(union, for_ms=for_ms, calm_ms=calm_ms) if each.opened_at <= at < each.cleared_at
    ]
    assert [(each.since, each.opened_at) for each in standing] == (
        [] if alarm is None else [(alarm.since, alarm.opened_at)]
    )


@settings(max_examples=examples(200, 20_000))
@given(stretches, lengths, lengths, st.integers(0, LAST + 30))
def test_an_alarm_is_the_same_until_the_moment_that_is_collected(
    found: list[Stretch], for_ms: int, calm_ms: int, at: int
) -> None:
    union, when = united(found), NextChange(at)
    alarm = alarm_at(union, when, for_ms=for_ms, calm_ms=calm_ms)
    for later in range(at + 1, min(when.next_at, LAST + 60)):
        assert shown(alarm, at) == shown(alarm_at(union, NextChange(later), for_ms=for_ms, calm_ms=calm_ms), later)


def shown(alarm: Standing | None, at: int) -> object:
    return None if alarm is None else (alarm.since, alarm.again_at, alarm.is_eased(at))


def test_what_goes_on_has_no_end_yet() -> None:
    [alarm] = alarms_of([(10, 20), (25, NEVER)], calm_ms=10)
    assert alarm == Standing(10, 10, 25, NEVER, NEVER)
    assert alarm_at(((10, 20), (25, NEVER)), NextChange(24), calm_ms=10) == Standing(10, 10, 10, 20, NEVER)
