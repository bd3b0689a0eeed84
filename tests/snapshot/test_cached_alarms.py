"""The alarms of a cached snapshot are the same objects in the order of their moment."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ccmon.metrics.next_change import NextChange
from ccmon.model.alarms import AgentAlarm, Alarm, QueueAlarm, Rule
from ccmon.snapshot.alarm_order import ordered
from tests.examples import examples
from tests.snapshot.alarm_floors import AT, quiet

SECOND = 1_000
[AGENT], [QUEUE] = quiet().agents, quiet().queues

lengths = st.integers(0, 90 * SECOND) | st.integers(0, 3).map(lambda minutes: minutes * 20 * SECOND)
agent_alarms = st.builds(
    lambda name, lasts_ms, limit: AgentAlarm(
        rule=Rule.PAUSE,
        severity=Rule.PAUSE.severity,
        subject=name,
        since=AT - lasts_ms,
        value=None,
        limit=limit,
        agent=AGENT,
    ),
    st.sampled_from("ABC"),
    lengths,
    st.sampled_from([1.0, 10.0, 20.0, 20.001]),
)
queue_alarms = st.builds(
    lambda name, waits_ms, limit: QueueAlarm(
        rule=Rule.LONGEST_WAIT,
        severity=Rule.LONGEST_WAIT.severity,
        subject=name,
        since=AT - waits_ms,
        value=None,
        limit=limit,
        queue=QUEUE,
        agents_paused=0,
    ),
    st.sampled_from("ABC"),
    lengths,
    st.sampled_from([20.0, 60.0]),
)
missed = st.builds(
    lambda alarm, value: replace(alarm, rule=Rule.MISSED_CALLS, value=value, since=None),
    agent_alarms,
    st.sampled_from([3.0, 4.0]),
)


@settings(max_examples=examples(100, 15_000))
@given(
    alarms=st.lists(
        agent_alarms | queue_alarms | missed, max_size=6, unique_by=lambda alarm: (alarm.rule, alarm.subject)
    ),
    steps=st.lists(st.sampled_from(["until", "before until"]) | st.integers(0, 90 * SECOND), max_size=6),
)
def test_the_order_holds_until_the_moment_that_is_collected(alarms: list[Alarm], steps: list[int | str]) -> None:
    known = NextChange(AT)
    in_order = ordered(alarms, known)
    at = AT
    for step in steps:
        at = at + step if isinstance(step, int) else min(known.next_at - (step != "until"), at + 600 * SECOND)
        if at >= known.next_at:
            known = NextChange(at)
            in_order = ordered(in_order, known)
        assert [_shown(each, at) for each in in_order] == [_shown(each, at) for each in ordered(alarms, NextChange(at))]


def _shown(alarm: Alarm, at: int) -> tuple[str, str, float | None, float | None]:
    return alarm.rule, alarm.subject, alarm.measured(at), alarm.limit


def test_what_goes_on_comes_first_and_one_that_grows_faster_overtakes_one_further_beyond_its_limit() -> None:
    def paused(name: str, lasts_s: int, limit: float) -> Alarm:
        return AgentAlarm(
            rule=Rule.PAUSE,
            severity=Rule.PAUSE.severity,
            subject=name,
            since=AT - lasts_s * SECOND,
            value=None,
            limit=limit,
            agent=AGENT,
        )

    ended = QueueAlarm(
        rule=Rule.LONGEST_WAIT,
        severity=Rule.PAUSE.severity,
        subject="ended",
        since=AT - 600 * SECOND,
        value=None,
        limit=60.0,
        queue=QUEUE,
        agents_paused=0,
        eased_at=AT - 300 * SECOND,
    )
    still_there = replace(ended, subject="still there", eased_at=None)
    shown = ordered([ended, paused("paused", 90, 60.0), still_there], NextChange(AT))
    assert [alarm.subject for alarm in shown] == ["still there", "paused", "ended"]

    known = NextChange(AT)
    in_order = ordered([paused("long", 90, 60.0), paused("short", 20, 20.0)], known)
    assert [alarm.subject for alarm in in_order] == ["long", "short"]
    # (90 + t) / 60 = (20 + t) / 20 after 15 seconds.
    assert AT + 14 * SECOND < known.next_at <= AT + 15 * SECOND
    later = ordered(in_order, NextChange(AT + 16 * SECOND))
    assert [alarm.subject for alarm in later] == ["short", "long"]
    assert later[1] is in_order[0]
