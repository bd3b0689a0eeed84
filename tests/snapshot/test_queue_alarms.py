"""Alarms about queues, updated from one snapshot to the next, are those found from nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.metrics.alarm_stretches import united
from ccmon.metrics.next_change import NextChange
from ccmon.model.alarm_history import AlarmAct, AlarmHistory, LongWait, MissedRun, QueueHistory
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.opening_hours import OpeningFigures, OpenStretch
from ccmon.model.queues import QueueFigures
from ccmon.snapshot.queue_alarms import QueueAlarms
from tests.examples import examples
from tests.snapshot.alarm_floors import AT, quiet

S = 1000
[QUEUE] = quiet().queues
LIMITS = AlarmLimits(longest_wait_ms=30 * S, short_of_agents_ms=40 * S, calm_ms=60 * S)
stretches = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 200)).map(
        lambda pair: (AT + pair[0] * S, AT + (pair[0] + pair[1]) * S)
    ),
    max_size=3,
).map(united)
waits = st.lists(st.tuples(st.integers(0, 900), st.integers(11, 200)), max_size=8)
hours = st.one_of(
    st.none(),
    stretches.map(
        lambda found: OpeningFigures(tuple(OpenStretch(*each) for each in found), open_now=True, next_change_at=None)
    ),
)


@settings(max_examples=examples(60, 6_000))
@given(waits, stretches, hours, st.lists(st.integers(1, 120), min_size=1, max_size=12))
def test_what_is_added_to_known_waits_is_what_all_of_them_say(
    drawn: list[tuple[int, int]],
    unstaffed: tuple[tuple[int, int], ...],
    opening: OpeningFigures | None,
    steps: list[int],
) -> None:
    rows = [
        LongWait(number, 1, AT + start * S, AT + (start + length) * S) for number, (start, length) in enumerate(drawn)
    ]
    live, at = QueueAlarms(), AT
    for step in steps:
        at += step * S
        ended = tuple(sorted((row for row in rows if row.left_at <= at), key=lambda row: (row.left_at, row.id)))
        waiting = [row.entered_at for row in rows if row.entered_at <= at < row.left_at]
        known = tuple(each for each in unstaffed if each[0] <= at)
        queue = replace(QUEUE, id=1, waiting=len(waiting), longest_wait_since=min(waiting, default=None))
        history = AlarmHistory(queues={1: QueueHistory(ended, known)})
        found = alarms(live, queue, history, opening, NextChange(at))
        assert found == alarms(QueueAlarms(), queue, history, opening, NextChange(at))


def test_histories_differ_by_what_makes_other_alarms_alone() -> None:
    """How far back queues are known does not; a Struct's own ``!=`` would be about identity."""
    missed = {1: MissedRun(1, 3, AT, AT)}
    acts = {("pause", "Ann"): (AlarmAct("pause", "Ann", None, "have", "bo", AT, None),)}
    known = AlarmHistory({1: QueueHistory()}, missed, acts)
    same = AlarmHistory({}, dict(missed), dict(acts))
    assert (known == same, known != same) == (True, False)
    for other in (replace(known, missed={}), replace(known, acts={}), acts):
        assert (known == other, known != other) == (False, True)


def alarms(
    found: QueueAlarms, queue: QueueFigures, history: AlarmHistory, opening: OpeningFigures | None, when: NextChange
) -> object:
    return dict(found.update((queue,), when, {}, limits=LIMITS, opening=opening, history=history))
