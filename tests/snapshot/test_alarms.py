"""Alarms: each rule on the side of its limit where it speaks and on the side where it is silent."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ccmon.formatting import percent
from ccmon.metrics.durations import spoken
from ccmon.model.agents import AgentState
from ccmon.model.alarms import Rule
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarm_limits import AlarmLimits
from tests import floors
from tests.alarm_lines import AlarmLine, alarms_of

AT = floors.moment()


def quiet() -> FloorSnapshot:
    """A floor on which nothing is wrong."""
    full = floors.floor(1)
    agent = replace(full.agents[0], state=AgentState.READY, since=AT - 60_000, missed=0, reason=None)
    queue = replace(
        full.queues[0],
        waiting=0,
        longest_wait_since=None,
        agents_on_phones=1,
        agents_needed=1,
        answered=100,
        answered_in_threshold=90,
        abandoned=0,
        short_abandoned=0,
        timed_out=0,
        no_agents=0,
        misses_from=(),
        service_level_threshold_ms=20_000,
        name="Sales",
    )
    figures = replace(full.follow_ups, items=())
    return replace(full, queues=(queue,), agents=(agent,), follow_ups=figures, alarms=(), memberships=())


def found(snapshot: FloorSnapshot, rule: str) -> list[AlarmLine]:
    assert all(alarm.rule in set(Rule) for alarm in alarms_of(snapshot))
    return [alarm for alarm in alarms_of(snapshot) if alarm.rule == rule]


def with_queue(**changes: Any) -> FloorSnapshot:
    floor = quiet()
    return replace(floor, queues=(replace(floor.queues[0], **changes),))


def with_agent(**changes: Any) -> FloorSnapshot:
    floor = quiet()
    return replace(floor, agents=(replace(floor.agents[0], **changes),))


def test_a_quiet_floor_and_an_empty_one_say_nothing() -> None:
    assert alarms_of(quiet()) == ()
    assert alarms_of(floors.empty_floor()) == ()


def test_caller_who_waits_three_thresholds() -> None:
    assert not found(with_queue(waiting=1, longest_wait_since=AT - 60_000), "longest_wait")
    [alarm] = found(with_queue(waiting=1, longest_wait_since=AT - 61_000), "longest_wait")
    assert (alarm.severity, alarm.subject, alarm.value, alarm.limit) == (2, "Sales", 61.0, 60.0)


def test_a_wait_is_held_to_its_limit_in_whole_seconds() -> None:
    just_before = replace(with_queue(waiting=1, longest_wait_since=AT - 60_000), at=AT + 999)
    assert not found(just_before, "longest_wait")
    [alarm] = found(replace(just_before, at=AT + 1_000), "longest_wait")
    assert alarm.value == 61.0


def test_nobody_on_the_phones_is_said_at_once_and_once() -> None:
    floor = with_queue(waiting=2, longest_wait_since=AT - 90_000, agents_on_phones=0)
    [alarm] = found(floor, "nobody_on_phones")
    assert "2 callers wait" in alarm.text
    assert not found(floor, "longest_wait")


def test_service_level_needs_ten_events_and_the_raw_value() -> None:
    assert not found(with_queue(answered=9, answered_in_threshold=0), "service_level")
    assert found(with_queue(answered=10, answered_in_threshold=7), "service_level")
    assert not found(with_queue(answered=10, answered_in_threshold=8), "service_level")
    almost = with_queue(answered=1000, answered_in_threshold=999, service_level_target=1.0)
    [alarm] = found(almost, "service_level")
    assert "99.9 % in time" in alarm.text


@pytest.mark.parametrize(("allotted", "said"), [(2, True), (3, False), (4, False), (None, False)])
def test_a_queue_is_short_by_what_it_is_allotted(allotted: int | None, said: bool) -> None:
    floor = with_queue(waiting=1, longest_wait_since=AT, agents_on_phones=9, agents_needed=3, agents_allotted=allotted)
    alarm = next(iter(found(floor, "short_of_agents")), None)
    assert (alarm is not None) is said
    if alarm is not None:
        assert (alarm.value, alarm.limit) == (2.0, 3.0)
        assert alarm.text.startswith("Sales needs 1 more on the phones while 1 caller waits")


@pytest.mark.parametrize("answered", [845, 745, 285, 655])
def test_the_panel_and_the_alarm_write_the_same_service_level(answered: int) -> None:
    floor = with_queue(answered=1000, answered_in_threshold=answered, service_level_target=0.9)
    [alarm] = found(floor, "service_level")
    assert f"{percent(floor.queues[0].service_level_live(floor.at))} in time" in alarm.text


@pytest.mark.parametrize(
    ("state", "minutes", "rule"),
    [
        (AgentState.PAUSED, 20, "pause"),
        (AgentState.WRAP_UP, 3, "wrap_up"),
        (AgentState.TALKING, 20, "talk"),
        (AgentState.HOLD, 20, "talk"),
    ],
)
def test_too_long_in_a_state(state: AgentState, minutes: int, rule: str) -> None:
    assert not found(with_agent(state=state, since=AT - minutes * 60_000), rule)
    [alarm] = found(with_agent(state=state, since=AT - minutes * 60_000 - 1_000), rule)
    assert alarm.severity == 1


def test_a_pause_is_held_to_the_limit_of_its_reason() -> None:
    floor = with_agent(state=AgentState.PAUSED, since=AT - 25 * 60_000, reason="lunch")
    assert not found(replace(floor, pause_limits={"lunch": 30 * 60_000}), "pause")
    assert found(replace(floor, pause_limits={"lunch": None}), "pause")


def test_missed_calls_count_while_calls_are_offered() -> None:
    assert found(with_agent(missed=3), "missed_calls")
    assert not found(with_agent(missed=2), "missed_calls")
    assert not found(with_agent(missed=3, state=AgentState.TALKING), "missed_calls")


def test_follow_ups_are_one_line_an_owner_and_one_for_the_rest() -> None:
    items = tuple(
        replace(floors.floor(60).follow_ups.items[0], id=number, owner=f"Agent {number % 7}", overdue_since=AT - 1)
        for number in range(50)
    )
    floor = quiet()
    floor = replace(floor, follow_ups=replace(floor.follow_ups, items=items))
    lines = [alarm for alarm in alarms_of(floor) if alarm.rule in {"follow_ups", "more_follow_ups"}]
    assert len(lines) == AlarmLimits().follow_up_owners + 1
    assert sum(alarm.value or 0 for alarm in lines) == 50
    assert lines[-1].rule == "more_follow_ups", "the others come after those that are named"


def test_old_data_is_a_matter_for_now_only_where_a_switch_is_followed() -> None:
    floor = replace(quiet(), data_at=AT - 31_000)
    assert found(floor, "data_age")[0].severity == 2
    source = replace(floor.sources[0], following=False)
    assert not found(replace(floor, sources=(source,)), "data_age")
    assert found(replace(floor, sources=(source,), data_at=AT - 31 * 60_000), "data_age")[0].severity == 1


def test_the_worst_stands_first() -> None:
    lines = alarms_of(floors.floor(200))
    assert [alarm.severity for alarm in lines] == sorted((alarm.severity for alarm in lines), reverse=True)


@pytest.mark.parametrize(
    ("seconds", "words"), [(48, "48 s"), (171, "2:51 min"), (2_520, "42 min"), (11_100, "3 h 05"), (200_000, "2 days")]
)
def test_lengths_of_time_as_people_say_them(seconds: int, words: str) -> None:
    assert spoken(seconds * 1000) == words
