"""Every rule of the alarms: the whole alarm on one side of its limit, none on the other."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ccmon.formatting import dated, percent
from ccmon.metrics.durations import spoken
from ccmon.model.agents import AgentState, Membership
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.alarms import Severity
from ccmon.model.follow_ups import FollowUp
from ccmon.model.opening_hours import OpeningFigures
from ccmon.model.satisfaction import LowScore
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.data_moments import DataMoments
from ccmon.views.alarms import alarm_sentence
from tests import floors
from tests.alarm_lines import AlarmLine, alarms_of
from tests.snapshot.alarm_floors import AT, quiet, source, with_agent, with_queue, with_sources

S, MINUTE, HOUR = 1000, 60_000, 3_600_000


def only(floor: FloorSnapshot, **options: Any) -> AlarmLine | None:
    """The one alarm of a floor, if it has any."""
    found = alarms_of(floor, **options)
    assert len(found) <= 1, found
    return found[0] if found else None


def test_a_quiet_floor_and_an_empty_one_say_nothing() -> None:
    assert alarms_of(quiet()) == ()
    assert alarms_of(floors.empty_floor()) == ()


@pytest.mark.parametrize(("age", "severity"), [(30_000, None), (30_001, Severity.ACT)])
def test_data_of_a_followed_switch(age: int, severity: int | None) -> None:
    alarm = only(with_sources(replace(quiet(), data_at=AT - age), source("pbx", last_record_at=AT)))
    assert (alarm and alarm.severity) == severity
    if alarm:
        assert alarm == AlarmLine(
            "data_age",
            Severity.ACT,
            "data",
            AT - age,
            30.001,
            30.0,
            "The newest data is 30 s old: ask the administrator whether ccmon follow still runs.",
        )


@pytest.mark.parametrize(("age", "speaks"), [(30 * MINUTE, False), (30 * MINUTE + 1000, True)])
def test_data_that_nobody_follows(age: int, speaks: bool) -> None:
    floor = with_sources(replace(quiet(), data_at=AT - age), source("file", following=False))
    expected = AlarmLine(
        "data_age",
        Severity.WATCH,
        "data",
        AT - age,
        age / 1000,
        1800.0,
        "The newest data is 30 min old: no switch is followed.",
    )
    assert only(floor) == (expected if speaks else None)


@pytest.mark.parametrize(
    ("age", "came_since", "another", "is_left"),
    [
        (30 * S + 1, 0, False, True),
        (30 * S, 0, False, False),
        (5 * HOUR, MINUTE, False, True),
        (5 * HOUR, MINUTE + 1, False, False),
        (5 * HOUR, 0, True, False),
    ],
)
def test_nobody_waits_in_a_database_that_is_followed_no_more(
    age: int, came_since: int, another: bool, is_left: bool
) -> None:
    """Unless calls have come in another way since, or another source is followed."""
    waits = {"waiting": 1, "longest_wait_since": AT - 6 * HOUR, "agents_ready": 1, "agents_needed": None}
    floor = replace(with_queue(**waits), agents=with_agent(state=AgentState.PAUSED, since=AT - 6 * HOUR).agents)
    retired = source("pbx", following=False, checked_at=AT - age, process_namespace=1)
    sources = [retired, *([source("new", checked_at=AT, last_record_at=AT)] if another else [])]
    moments = DataMoments.of(sources, AT - age + came_since, AT)
    found = alarms_of(
        with_sources(replace(floor, data_at=moments.data_at, data_ends_at=moments.data_ends_at), *sources)
    )
    if not is_left:
        assert {"longest_wait", "pause"} <= {alarm.rule for alarm in found}
        assert not any("not been followed" in alarm.text for alarm in found)
        return
    since = dated(AT - age, ZoneInfo(floor.time_zone), AT)
    text = f"This database has not been followed since {since}: start the screen again, or ask the administrator."
    assert len(text) <= 110, "it fits beside its sign into a header of 120 columns"
    assert found == (AlarmLine("data_age", Severity.ACT, "data", AT - age, age / 1000, 30.0, text),)


def test_of_several_switches_the_one_that_told_longest_ago_is_named() -> None:
    floor = replace(quiet(), data_at=AT - 31 * S)
    late = source("second", checked_at=AT - 31 * S, last_record_at=AT)
    sources = (
        source("first", checked_at=AT - 20 * S, last_record_at=AT),
        late,
        source("third", checked_at=None, last_record_at=AT),
    )
    alarm = only(with_sources(floor, *sources))
    assert alarm is not None
    assert alarm.text == "The newest data is 31 s old: ask the administrator whether ccmon follow of second still runs."
    assert only(with_sources(replace(floor, data_at=None), *sources)) is None, "there is none yet"


def quiet_source(minutes_and_ms: int, **changes: Any) -> FloorSnapshot:
    floor = quiet()
    total = replace(floor.total, agents_ready=changes.pop("ready", 2))
    told = source("pbx", **({"heartbeat": False, "last_record_at": AT - minutes_and_ms, "rejected": 0} | changes))
    return with_sources(replace(floor, total=total, data_at=AT), told)


def test_a_switch_without_a_heartbeat_that_says_nothing_for_an_hour() -> None:
    assert only(quiet_source(HOUR)) is None
    text = "Nothing new in pbx for 60 min, with 2 agents ready: does the switch still write it?"
    text = text.replace("60 min", spoken(HOUR + S))
    assert only(quiet_source(HOUR + S)) == AlarmLine(
        "quiet_source", Severity.WATCH, "pbx", AT - HOUR - S, 3601.0, 3600.0, text
    )
    one = only(quiet_source(HOUR + S, ready=1))
    assert one is not None
    assert "with 1 agent ready" in one.text
    for rejected, said in ((1, "1 line of it"), (1200, "1,200 lines of it")):
        alarm = only(quiet_source(HOUR + S, rejected=rejected))
        assert alarm is not None
        assert alarm.text == f"{text} {said} did not go in: ccmon sources --rejected."
    for changes in ({"ready": 0}, {"heartbeat": True}, {"following": False}, {"last_record_at": None}):
        assert only(quiet_source(HOUR + S, **changes)) is None, changes


def with_hours(floor: FloorSnapshot, opened_at: int | None) -> FloorSnapshot:
    """The floor of a site that has been open since a moment; None: it is closed."""
    hours = OpeningFigures(today=(), open_now=opened_at is not None, next_change_at=None, opened_at=opened_at)
    return replace(floor, opening_hours=hours)


def test_a_switch_is_quiet_while_the_site_is_closed_and_may_be_for_an_hour_from_the_opening_on() -> None:
    floor = quiet_source(12 * HOUR)
    assert only(floor) is not None
    assert only(with_hours(floor, None)) is None
    assert only(with_hours(floor, AT - HOUR)) is None
    alarm = only(with_hours(floor, AT - HOUR - 1))
    assert alarm is not None
    assert alarm.value == 12 * 3600.0
    assert only(with_hours(quiet_source(HOUR), AT - 12 * HOUR)) is None


def test_imported_data_may_be_old_while_the_site_is_closed_and_its_age_counts_from_the_opening_on() -> None:
    floor = with_sources(replace(quiet(), data_at=AT - 48 * HOUR), source("file", following=False))
    assert only(floor) is not None
    assert only(with_hours(floor, None)) is None
    assert only(with_hours(floor, AT - 30 * MINUTE)) is None
    alarm = only(with_hours(floor, AT - 30 * MINUTE - 1))
    assert alarm is not None
    assert alarm.text == "The newest data is 2 days old: no switch is followed."
    followed = with_sources(replace(quiet(), data_at=AT - HOUR), source("pbx", last_record_at=AT))
    assert only(with_hours(followed, None)) is not None, "a follower reports at all hours"


def waiting(seconds: float, **changes: Any) -> FloorSnapshot:
    return with_queue(waiting=1, longest_wait_since=AT - int(seconds * S), **changes)


def paused_members(floor: FloorSnapshot, number: int) -> FloorSnapshot:
    queue = floor.queues[0].id
    assert queue is not None
    members = [
        Membership(queue, "Sales", 900 + n, f"P{n}", None, AT if n < number else None) for n in range(number + 1)
    ]
    return replace(floor, memberships=tuple(members))


@pytest.mark.parametrize(
    ("ready", "on_phones", "paused", "said"),
    [
        (2, 3, 0, "2 agents ready: see why nobody answers."),
        (0, 3, 0, "3 agents staffed, none ready."),
        (0, 3, 1, "3 agents staffed, none ready. 1 agent paused."),
        (0, 3, 2, "3 agents staffed, none ready. 2 agents paused."),
    ],
)
def test_a_caller_who_waits_long(ready: int, on_phones: int, paused: int, said: str) -> None:
    known = {"agents_ready": ready, "agents_on_phones": on_phones, "agents_allotted": on_phones}
    assert only(paused_members(waiting(60, **known), paused)) is None
    assert only(paused_members(waiting(61, **known), paused)) == AlarmLine(
        "longest_wait",
        Severity.ACT,
        "Sales",
        AT - 61_000,
        61.0,
        60.0,
        f"Sales: longest wait 1:01 min. {said}",
    )


def test_a_wait_is_held_to_its_limit_in_whole_seconds() -> None:
    known = {"agents_ready": 2, "agents_on_phones": 3, "agents_allotted": 3}
    just_before = replace(waiting(60, **known), at=AT + 999)
    assert only(just_before) is None
    alarm = only(replace(just_before, at=AT + 1_000))
    assert alarm is not None
    assert alarm.value == 61.0


def test_a_wait_in_a_queue_without_a_threshold_or_without_a_caller_is_no_matter() -> None:
    assert only(waiting(600, service_level_threshold_ms=None)) is None
    assert only(with_queue(waiting=0, longest_wait_since=None, agents_on_phones=0)) is None


def test_nobody_on_the_phones() -> None:
    floor = paused_members(waiting(5, agents_on_phones=0, agents_allotted=0), 1)
    text = "Sales: nobody staffed, longest wait 5 s, 1 caller waiting. 1 agent paused."
    assert only(floor) == AlarmLine("nobody_on_phones", Severity.ACT, "Sales", AT - 5000, 5.0, 0.0, text)
    several = only(replace(floor, queues=(replace(floor.queues[0], waiting=2, longest_wait_since=AT - 90 * S),)))
    assert several is not None
    assert several.rule == "nobody_on_phones", "not the long wait as well"
    assert "2 callers waiting" in several.text


def test_nobody_is_missed_on_the_phones_of_a_closed_site() -> None:
    nobody = waiting(90, agents_on_phones=0, agents_allotted=0)
    assert only(with_hours(nobody, None)) is None
    assert only(with_hours(nobody, AT)) is not None
    somebody = only(with_hours(waiting(90, agents_on_phones=1, agents_allotted=1), None))
    assert somebody is not None
    assert somebody.rule == "longest_wait", "whoever still works is told who waits"


def test_too_few_on_the_phones_while_somebody_waits() -> None:
    text = "Sales: 2 more agents required, 1 caller waiting. Allotted to it: 3 of 4 staffed agents."
    short = waiting(5, agents_on_phones=4, agents_allotted=3, agents_needed=5)
    assert only(short) == AlarmLine("short_of_agents", Severity.WATCH, "Sales", None, 3.0, 5.0, text)
    assert only(waiting(5, agents_on_phones=5, agents_allotted=5, agents_needed=5)) is None
    assert only(waiting(5, agents_on_phones=4, agents_allotted=3, agents_needed=None)) is None
    assert only(waiting(5, agents_on_phones=9, agents_allotted=None, agents_needed=3)) is None
    assert only(with_queue(agents_on_phones=4, agents_allotted=3, agents_needed=5)) is None, "nobody waits"


def test_a_service_level_below_its_target() -> None:
    known = {"answered": 2, "answered_in_threshold": 1, "abandoned": 4, "short_abandoned": 1, "timed_out": 2}
    enough = with_queue(**known, no_agents=1, threshold_passed_at=(AT - 1, AT))
    level = enough.queues[0].service_level_live(AT)
    assert level is not None
    text = "Sales: service level 10 % today (target 80 %)."
    assert only(enough) == AlarmLine("service_level", Severity.WATCH, "Sales", None, level, 0.8, text)
    (alarm,) = find_alarms(enough)
    on_a_past_day = alarm_sentence(alarm, enough, is_past_day=True)
    assert on_a_past_day == "Sales: service level 10 % that day (target 80 %)."
    for fewer in (
        {"threshold_passed_at": (AT, AT + 1)},
        {"no_agents": 0},
        {"timed_out": 1},
        {"abandoned": 3},
        {"short_abandoned": 2},
    ):
        assert only(with_queue(**(known | {"no_agents": 1, "threshold_passed_at": (AT - 1, AT)} | fewer))) is None, (
            fewer
        )
    met = {"answered": 10, "answered_in_threshold": 8}
    assert only(with_queue(**met)) is None
    assert only(with_queue(**met, service_level_target=0.8001)) is not None
    assert only(with_queue(answered=10, answered_in_threshold=0, service_level_target=None)) is None
    almost = only(with_queue(answered=1000, answered_in_threshold=999, service_level_target=1.0))
    assert almost is not None
    assert "service level 99.9 %" in almost.text


@pytest.mark.parametrize("answered", [845, 745, 285, 655])
def test_the_panel_and_the_alarm_write_the_same_service_level(answered: int) -> None:
    floor = with_queue(answered=1000, answered_in_threshold=answered, service_level_target=0.9)
    alarm = only(floor)
    assert alarm is not None
    assert f"service level {percent(floor.queues[0].service_level_live(floor.at))} " in alarm.text


def spent(state: AgentState, length_ms: int, **changes: Any) -> FloorSnapshot:
    return with_agent(state=state, since=AT - length_ms, name="Ann", **changes)


@pytest.mark.parametrize(
    ("state", "limit", "changes", "text"),
    [
        (
            AgentState.PAUSED,
            20 * MINUTE,
            {"reason": None},
            "Ann: paused for 20 min (no reason, limit 20 min).",
        ),
        (AgentState.PAUSED, 20 * MINUTE, {"reason": "Tea"}, "Ann: paused for 20 min (Tea, limit 20 min)."),
        (AgentState.PAUSED, 45 * MINUTE, {"reason": "Lunch"}, "Ann: paused for 45 min (Lunch, limit 45 min)."),
        (AgentState.WRAP_UP, 3 * MINUTE, {}, "Ann: in wrap-up for 3:00 min. Ask whether help is needed."),
        (AgentState.TALKING, 20 * MINUTE, {"queue": None}, "Ann: on one call for 20 min. Listen in or help."),
        (
            AgentState.HOLD,
            20 * MINUTE,
            {"queue": "Sales"},
            "Ann: on one call for 20 min (Sales). Listen in or help.",
        ),
    ],
)
def test_too_long_in_a_state(state: AgentState, limit: int, changes: dict[str, Any], text: str) -> None:
    limits = AlarmLimits(particular={("pause_ms", "reason", "Lunch"): 45 * MINUTE})
    assert only(replace(spent(state, limit, **changes), alarm_limits=limits)) is None
    rule = {AgentState.PAUSED: "pause", AgentState.WRAP_UP: "wrap_up"}.get(state, "talk")
    expected = AlarmLine(rule, Severity.WATCH, "Ann", AT - limit - 1, (limit + 1) / 1000, limit / 1000, text)
    assert only(replace(spent(state, limit + 1, **changes), alarm_limits=limits)) == expected


def test_an_agent_of_unknown_state_or_in_another_one_is_no_matter() -> None:
    assert only(with_agent(state=AgentState.PAUSED, since=None, missed=9)) is None
    assert only(spent(AgentState.READY, 9 * HOUR)) is None


@pytest.mark.parametrize("state", [AgentState.READY, AgentState.RINGING])
def test_missed_calls(state: AgentState) -> None:
    text = "Ann: 3 calls missed today. Pause the telephone, or go and see."
    assert only(spent(state, S, missed=2)) is None
    assert only(spent(AgentState.TALKING, S, missed=3)) is None, "no calls are offered"
    assert only(spent(state, S, missed=3)) == AlarmLine("missed_calls", Severity.WATCH, "Ann", None, 3.0, 3.0, text)


def test_unhappy_customers() -> None:
    low = LowScore(
        customer_id=1,
        agent_id=None,
        customer="Bo",
        phone=None,
        queue="Sales",
        agent="Ann",
        client=None,
        score=2,
        scale=10,
        comment=None,
        answered_at=AT - 5,
    )
    floor = replace(quiet(), low_scores=(low,) * 7)
    found = alarms_of(floor)
    assert len(found) == 5
    text = "Bo: score 2 of 10 (Ann, Sales). Call the customer back."
    assert found[0] == AlarmLine("low_score", Severity.WATCH, "Bo", AT - 5, 2.0, 10.0, text)
    nobody = replace(floor, low_scores=(replace(low, agent=None, queue=None),))
    assert only(nobody) == found[0]._replace(text="Bo: score 2 of 10. Call the customer back.")
    assert alarms_of(replace(floor, low_scores=None)) == ()


def owed(owner: str | None, number: int, *, due: int = AT - HOUR, grace_ends_at: int = AT - 1) -> tuple[FollowUp, ...]:
    item = floors.floor(60).follow_ups.items[0]
    changes: dict[str, Any] = {"owner": owner, "due_at": due, "grace_ends_at": grace_ends_at}
    return tuple(replace(item, id=place, **changes) for place in range(number))


def with_follow_ups(*items: FollowUp) -> FloorSnapshot:
    floor = quiet()
    return replace(floor, follow_ups=replace(floor.follow_ups, items=items, owners=()))


@pytest.mark.parametrize(
    ("items", "subject", "value", "text"),
    [
        (owed("Ann", 1), "Ann", 1.0, "Ann: 1 overdue promise, due 1:00 h ago."),
        (owed("Ann", 3), "Ann", 3.0, "Ann: 3 overdue promises, the oldest due 1:00 h ago."),
        (owed(None, 1), "nobody", 1.0, "No owner: 1 overdue promise, due 1:00 h ago."),
    ],
)
def test_calls_that_are_overdue(items: tuple[FollowUp, ...], subject: str, value: float, text: str) -> None:
    expected = AlarmLine("follow_ups", Severity.WATCH, subject, AT - HOUR, value, 0.0, text)
    assert only(with_follow_ups(*items, *owed("Bob", 2, grace_ends_at=AT))) == expected


def test_while_rows_still_come_in_overdue_calls_are_at_least_so_many() -> None:
    floor = with_follow_ups(*owed("Ann", 1))
    incomplete = replace(floor, follow_ups=replace(floor.follow_ups, overdue=None))
    alarm, known = only(incomplete), only(floor)
    assert known is not None
    assert alarm == known._replace(text="Ann: at least 1 overdue promise, the oldest due 1:00 h ago.")
    more = replace(incomplete, follow_ups=replace(incomplete.follow_ups, items=owed(None, 2)))
    assert [each.text for each in alarms_of(more)] == [
        "No owner: at least 2 overdue promises, the oldest due 1:00 h ago."
    ]


def test_the_oldest_of_an_owners_calls_counts() -> None:
    alarm = only(with_follow_ups(*owed("Ann", 1), *owed("Ann", 1, due=AT - 3 * HOUR), *owed("Ann", 1)))
    assert alarm is not None
    assert (alarm.since, alarm.text) == (AT - 3 * HOUR, "Ann: 3 overdue promises, the oldest due 3:00 h ago.")


def test_the_owners_of_most_are_named_and_the_others_counted() -> None:
    owners = [("E", 2), ("D", 2), ("A", 1), ("G", 5), ("B", 1), ("C", 3), ("F", 4)]
    found = alarms_of(with_follow_ups(*(item for owner, number in owners for item in owed(owner, number))))
    assert [(alarm.rule, alarm.subject, alarm.value) for alarm in found] == [
        ("follow_ups", "G", 5.0),
        ("follow_ups", "F", 4.0),
        ("follow_ups", "C", 3.0),
        ("follow_ups", "D", 2.0),
        ("follow_ups", "E", 2.0),
        ("more_follow_ups", "2 agents", 2.0),
    ]
    assert found[-1].text == "2 more agents: 2 overdue promises, the oldest due 1:00 h ago."


def test_of_owners_of_as_many_the_one_who_is_late_longest_is_named_first() -> None:
    hours = [("A", 1), ("B", 9), ("C", 2), ("D", 8), ("E", 3), ("F", 7), ("G", 6)]
    found = alarms_of(with_follow_ups(*(item for name, each in hours for item in owed(name, 1, due=AT - each * HOUR))))
    assert [alarm.subject for alarm in found] == ["B", "D", "F", "G", "E", "2 agents"]
    assert found[-1].text == "2 more agents: 2 overdue promises, the oldest due 2:00 h ago."


def test_what_must_be_acted_on_stands_first_then_the_rules_in_order_and_the_worst_of_each() -> None:
    floor = quiet()
    queue, agent = floor.queues[0], floor.agents[0]
    low: dict[str, Any] = {"waiting": 0, "longest_wait_since": None, "abandoned": 0, "answered": 100}
    queues = (
        replace(queue, id=1, name="mild", answered_in_threshold=70, **low),
        replace(queue, id=2, name="worst", answered_in_threshold=10, **low),
        replace(queue, id=3, name="bad", answered_in_threshold=40, **low),
        replace(queue, id=4, name="waits long", agents_allotted=1, waiting=1, longest_wait_since=AT - 100 * S),
        replace(queue, id=5, name="waits longer", agents_allotted=1, waiting=1, longest_wait_since=AT - 200 * S),
    )
    agents = (
        replace(agent, id=1, name="Zoe", state=AgentState.TALKING, since=AT - 25 * MINUTE),
        replace(agent, id=2, name="Ann", state=AgentState.TALKING, since=AT - 25 * MINUTE),
        replace(agent, id=3, name="Cy", state=AgentState.TALKING, since=AT - 90 * MINUTE),
        replace(agent, id=4, name="Bob", state=AgentState.PAUSED, since=AT - 900 * MINUTE),
    )
    found = alarms_of(replace(floor, queues=queues, agents=agents))
    assert [alarm.subject for alarm in found] == [
        "waits longer",
        "waits long",
        "worst",
        "bad",
        "mild",
        "Cy",
        "Ann",
        "Zoe",
        "Bob",
    ]


def test_the_worst_stands_first() -> None:
    lines = alarms_of(floors.floor(200))
    assert [alarm.severity for alarm in lines] == sorted((alarm.severity for alarm in lines), reverse=True)


def test_who_serves_one_queue_alone_shares_with_nobody() -> None:
    """Where the share is everybody on the phones there is nothing to explain."""
    alone = waiting(5, agents_on_phones=3, agents_allotted=3, agents_needed=5)
    assert only(alone) == AlarmLine(
        "short_of_agents",
        Severity.WATCH,
        "Sales",
        None,
        3.0,
        5.0,
        "Sales: 2 more agents required, 1 caller waiting.",
    )


def test_the_most_particular_limit_of_an_agent_holds() -> None:
    limits = AlarmLimits(
        particular={
            ("talk_ms", "team", "Care"): 1,
            ("talk_ms", "queue", "Sales"): 2,
            ("pause_ms", "reason", "Lunch"): 3,
            ("pause_ms", "team", "Care"): 4,
        }
    )
    assert limits.of_agent("talk_ms", "Care", queue="Sales") == 2, "the queue's before the team's"
    assert limits.of_agent("talk_ms", "Care", queue="Service") == 1, "the team's before the site's"
    assert limits.of_agent("talk_ms", None, queue="Service") == 20 * MINUTE, "the site's"
    assert limits.of_agent("pause_ms", "Care", reason="Lunch") == 3, "the reason's before the team's"
    assert limits.of_agent("pause_ms", "Care", reason="Tea") == 4
    assert limits.of_agent("wrap_up_ms", "Care", queue="Sales") == 3 * MINUTE, "each limit is its own"


def test_a_persons_own_limit_goes_before_all_others() -> None:
    others = {("talk_ms", "queue", "Sales"): 2, ("longest_wait_ms", "queue", "Sales"): 7}
    limits = AlarmLimits(particular=others).with_own({"talk_ms": 9, "longest_wait_ms": 8})
    assert limits.of_agent("talk_ms", "Care", queue="Sales") == limits.talk_ms == 9
    assert limits.of_queue("Sales", 20_000) == 8
    assert limits.of_agent("wrap_up_ms", "Care", queue="Sales") == 3 * MINUTE


def test_a_limit_of_wait_is_of_the_queue_of_the_site_or_by_thresholds() -> None:
    assert AlarmLimits().of_queue("Sales", 20_000) == 60_000
    assert AlarmLimits(longest_wait_ms=5).of_queue("Sales", 20_000) == 5
    own = AlarmLimits(longest_wait_ms=5, particular={("longest_wait_ms", "queue", "Sales"): 7})
    assert (own.of_queue("Sales", 20_000), own.of_queue("Service", 20_000)) == (7, 5)


def test_the_limit_of_a_queue_is_that_of_its_calls() -> None:
    limits = AlarmLimits(particular={("talk_ms", "queue", "Sales"): 5 * MINUTE})

    def found(length_ms: int, queue: str, *, is_queue: bool = True) -> AlarmLine | None:
        floor = spent(AgentState.TALKING, length_ms, queue=queue, is_queue=is_queue)
        return only(replace(floor, alarm_limits=limits))

    assert found(5 * MINUTE, "Sales") is None
    alarm = found(5 * MINUTE + 1, "Sales")
    assert alarm is not None
    assert (alarm.rule, alarm.limit) == ("talk", 300.0)
    assert found(6 * MINUTE, "Support") is None
    assert found(6 * MINUTE, "Sales", is_queue=False) is None, "a campaign of the same name"
