"""Every rule of the alarms: the whole alarm on one side of its limit, none on the other."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ccmon.formatting import dated
from ccmon.metrics.alarm_stretches import Stretches
from ccmon.metrics.durations import spoken
from ccmon.model.agents import AgentState, Membership
from ccmon.model.alarm_history import AlarmAct, AlarmActKind, AlarmHistory, LongWait, MissedRun, QueueHistory
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.alarms import Rule, Severity
from ccmon.model.follow_ups import FollowUp
from ccmon.model.opening_hours import OpeningFigures, OpenStretch
from ccmon.model.satisfaction import LowScore
from ccmon.model.site import SiteMove
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.data_moments import DataMoments
from ccmon.views.alarms import alarm_remark, alarm_sentence, for_administrator
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


@pytest.mark.parametrize(
    ("since", "age", "following", "is_told"),
    [
        (0, 0, False, True),
        (-1, 0, False, False),
        (2 * HOUR, HOUR, False, True),
        (2 * HOUR, 0, True, False),
        (2 * HOUR, 30 * S + 1, True, True),
    ],
)
def test_a_former_database_says_at_once_which_is_in_force(since: int, age: int, following: bool, is_told: bool) -> None:
    """Unless the moment is before the move, or somebody follows into it all the same."""
    waits = {"waiting": 1, "longest_wait_since": AT - 6 * HOUR, "agents_ready": 1, "agents_needed": None}
    sources, moved = [source("pbx", following=following, checked_at=AT - age)], SiteMove("/srv/calls.db", AT - since)
    moments = DataMoments.of(sources, AT - age, AT, moved=moved)
    floor = replace(with_queue(**waits), data_at=moments.data_at, data_ends_at=moments.data_ends_at)
    floor = with_sources(replace(floor, moved=moved if since >= 0 else None), *sources)
    found = alarms_of(floor)
    if not is_told:
        assert [alarm.rule for alarm in found] == ["longest_wait"]
        return
    told_since = dated(AT - since, ZoneInfo(floor.time_zone), AT)
    end = "start the screen again, or ask the administrator."
    text = f"This is the former database: since {told_since} /srv/calls.db is in force; {end}"
    assert found == (AlarmLine("data_age", Severity.ACT, "data", AT - since, since / 1000, None, text),)
    assert for_administrator(text, None) == text.replace(f"; {end}", ".")
    assert [alarm_remark(alarm) for alarm in find_alarms(floor)] == [""]


def test_a_former_database_without_any_data_says_so_too() -> None:
    floor = replace(floors.empty_floor(), moved=SiteMove("/srv/calls.db", AT - HOUR))
    [alarm] = alarms_of(floor)
    assert alarm.text.startswith("This is the former database: since ")


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
    today = () if opened_at is None else (OpenStretch(opened_at, AT + HOUR),)
    hours = OpeningFigures(today=today, open_now=opened_at is not None, next_change_at=None, opened_at=opened_at)
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
        AT,
        61.0,
        60.0,
        f"Sales: longest wait 1 min 1 s. {said}",
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
    assert only(waiting(10, agents_on_phones=0, agents_allotted=0)) is None
    floor = paused_members(waiting(11, agents_on_phones=0, agents_allotted=0), 1)
    text = "Sales: nobody staffed, longest wait 11 s, 1 caller waiting. 1 agent paused."
    assert only(floor) == AlarmLine("nobody_on_phones", Severity.ACT, "Sales", AT, 11.0, 10.0, text)
    several = only(replace(floor, queues=(replace(floor.queues[0], waiting=2, longest_wait_since=AT - 90 * S),)))
    assert several is not None
    assert several.rule == "nobody_on_phones", "the long wait is part of it"
    assert "2 callers waiting" in several.text


def test_nobody_is_missed_on_the_phones_of_a_closed_site() -> None:
    nobody = waiting(90, agents_on_phones=0, agents_allotted=0)
    assert only(with_hours(nobody, None)) is None
    assert only(with_hours(nobody, AT)) is not None
    somebody = only(with_hours(waiting(90, agents_on_phones=1, agents_allotted=1), None))
    assert somebody is not None
    assert somebody.rule == "longest_wait", "whoever still works is told who waits"


def test_callers_who_wait_past_the_threshold_without_a_break() -> None:
    def since(seconds: float, **changes: Any) -> FloorSnapshot:
        return replace(waiting(seconds, **changes), alarm_limits=AlarmLimits(longest_wait_ms=HOUR))

    short = {"agents_on_phones": 4, "agents_allotted": 3, "agents_needed": 5}
    waits = "waits over 20 s without a break for 5 min"
    assert only(since(320, **short)) is None
    assert only(since(321, **short)) == AlarmLine(
        "short_of_agents",
        Severity.WATCH,
        "Sales",
        AT - 300 * S,
        321.0,
        20.0,
        f"Sales: 2 more agents required, {waits}. Allotted to it: 3 of 4 staffed agents.",
    )
    texts = {
        f"Sales: 2 more agents required, {waits}.": {**short, "agents_on_phones": 3},
        f"Sales: 1 more agent required, {waits}. Allotted to it: 0 of 2 staffed agents.": {
            "agents_on_phones": 2,
            "agents_allotted": 0,
            "agents_needed": 1,
        },
        f"Sales: {waits}.": {"agents_on_phones": 5, "agents_allotted": 5, "agents_needed": 5},
    }
    for text, changes in texts.items():
        alarm = only(since(321, **changes))
        assert alarm is not None
        assert alarm.text == text


def test_a_service_level_below_its_target_is_a_figure_and_no_alarm() -> None:
    assert only(with_queue(answered=100, answered_in_threshold=0)) is None


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
        (AgentState.WRAP_UP, 3 * MINUTE, {}, "Ann: in wrap-up for 3 min. Ask whether help is needed."),
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
    assert only(with_agent(state=AgentState.PAUSED, since=None)) is None
    assert only(spent(AgentState.READY, 9 * HOUR)) is None


@pytest.mark.parametrize("state", [AgentState.READY, AgentState.RINGING])
def test_calls_missed_in_a_row(state: AgentState) -> None:
    def missed(floor: FloorSnapshot, calls: int) -> FloorSnapshot:
        number = floor.agents[0].id
        run = MissedRun(number, calls, AT - 5 * MINUTE, AT - MINUTE)
        return replace(floor, alarm_history=AlarmHistory(missed={number: run}))

    text = "Ann: 3 calls missed in a row. Pause the telephone, or go and see."
    assert only(missed(spent(state, S), 2)) is None
    assert only(missed(spent(AgentState.TALKING, S), 3)) is None, "no calls are offered"
    expected = AlarmLine("missed_calls", Severity.WATCH, "Ann", AT - 5 * MINUTE, 3.0, 3.0, text)
    assert only(missed(spent(state, S), 3)) == expected
    assert only(spent(state, S, missed=9)) is None, "how many were missed today says nothing"


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
    assert len(found) == 3
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
        (owed("Ann", 1), "follow-ups", 1.0, "Ann: 1 overdue promise, due 1 h ago."),
        (owed("Ann", 3), "follow-ups", 3.0, "Ann: 3 overdue promises, the oldest due 1 h ago."),
        (owed(None, 1), "follow-ups", 1.0, "No owner: 1 overdue promise, due 1 h ago."),
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
    assert alarm == known._replace(text="Ann: at least 1 overdue promise, the oldest due 1 h ago.")
    more = replace(incomplete, follow_ups=replace(incomplete.follow_ups, items=owed(None, 2)))
    assert [each.text for each in alarms_of(more)] == ["No owner: at least 2 overdue promises, the oldest due 1 h ago."]


def test_of_several_owners_there_may_be_more_calls_too() -> None:
    floor = with_follow_ups(*owed("Ann", 2), *owed("Bob", 1))
    alarm = only(replace(floor, follow_ups=replace(floor.follow_ups, overdue=None)))
    assert alarm is not None
    said = "At least 3 overdue promises of 2 agents, the oldest due 1 h ago: Ann 2, Bob 1."
    assert alarm.text == said


def test_the_oldest_of_an_owners_calls_counts() -> None:
    alarm = only(with_follow_ups(*owed("Ann", 1), *owed("Ann", 1, due=AT - 3 * HOUR), *owed("Ann", 1)))
    assert alarm is not None
    assert (alarm.since, alarm.text) == (AT - 3 * HOUR, "Ann: 3 overdue promises, the oldest due 3 h ago.")


def test_the_owners_of_most_are_named_and_the_others_counted() -> None:
    owners = [("E", 2), ("D", 2), ("A", 1), ("G", 5), ("B", 1), ("C", 3), (None, 4)]
    floor = with_follow_ups(*(item for owner, number in owners for item in owed(owner, number)))
    text = "18 overdue promises of 6 agents, the oldest due 1 h ago: G 5, no owner 4, C 3, 4 more."
    assert only(floor) == AlarmLine("follow_ups", Severity.WATCH, "follow-ups", AT - HOUR, 18.0, 0.0, text)
    two = only(replace(floor, alarm_limits=AlarmLimits(follow_up_owners=2)))
    assert two is not None
    assert two.text.endswith(": G 5, no owner 4, 5 more.")


def test_of_owners_of_as_many_the_one_who_is_late_longest_is_named_first() -> None:
    hours = [("A", 1), ("B", 9), ("C", 2), ("D", 8)]
    items = (item for name, each in hours for item in owed(name, 1, due=AT - each * HOUR))
    alarm = only(with_follow_ups(*sorted(items, key=lambda item: item.due_at)))
    assert alarm is not None
    assert alarm.text.endswith("the oldest due 9 h ago: B 1, D 1, C 1, 1 more.")


def test_what_must_be_acted_on_stands_first_then_the_rules_in_order_and_the_worst_of_each() -> None:
    floor = quiet()
    queue, agent = floor.queues[0], floor.agents[0]
    there: dict[str, Any] = {"agents_allotted": 1, "agents_needed": None, "waiting": 1}
    queues = (
        replace(queue, id=4, name="waits long", longest_wait_since=AT - 100 * S, **there),
        replace(queue, id=5, name="waits longer", longest_wait_since=AT - 200 * S, **there),
    )
    agents = (
        replace(agent, id=1, name="Zoe", state=AgentState.TALKING, since=AT - 25 * MINUTE),
        replace(agent, id=2, name="Ann", state=AgentState.TALKING, since=AT - 25 * MINUTE),
        replace(agent, id=3, name="Cy", state=AgentState.TALKING, since=AT - 90 * MINUTE),
        replace(agent, id=4, name="Bob", state=AgentState.PAUSED, since=AT - 900 * MINUTE),
    )
    found = alarms_of(replace(floor, queues=queues, agents=agents, **with_follow_ups_of(owed("Ed", 1))))
    expected = ["waits longer", "waits long", "follow-ups", "Cy", "Ann", "Zoe", "Bob"]
    assert [alarm.subject for alarm in found] == expected


def test_of_queues_the_one_whose_caller_waits_longest_comes_first_whatever_its_limit_and_rule() -> None:
    floor = waiting(5)
    queue = replace(floor.queues[0], waiting=1, agents_needed=None)
    queues = (
        replace(queue, id=4, name="small limit", service_level_threshold_ms=10 * S, longest_wait_since=AT - 100 * S),
        replace(queue, id=5, name="large limit", service_level_threshold_ms=60 * S, longest_wait_since=AT - 200 * S),
        replace(queue, id=6, name="nobody", longest_wait_since=AT - 30 * S, agents_on_phones=0, agents_allotted=0),
    )
    found = alarms_of(replace(floor, queues=queues))
    assert [alarm.subject for alarm in found] == ["large limit", "small limit", "nobody"]
    assert {alarm.severity for alarm in found} == {Severity.ACT}


def with_follow_ups_of(items: tuple[FollowUp, ...]) -> dict[str, Any]:
    return {"follow_ups": with_follow_ups(*items).follow_ups}


def test_agents_who_serve_a_queue_with_an_alarm_are_part_of_it() -> None:
    floor = waiting(90, agents_ready=0, agents_on_phones=3, agents_allotted=3, agents_needed=None)
    agent = floor.agents[0]
    long_ago = AT - 60 * MINUTE
    agents = (
        replace(agent, id=1, name="Ann", state=AgentState.PAUSED, since=long_ago, queues=("Sales",)),
        replace(agent, id=2, name="Bo", state=AgentState.WRAP_UP, since=long_ago, queues=("Sales", "Service")),
        replace(agent, id=3, name="Cy", state=AgentState.TALKING, since=long_ago, queues=("Service",)),
        replace(agent, id=4, name="Di", state=AgentState.WRAP_UP, since=long_ago, queues=("Sales",)),
    )
    floor = replace(paused_members(floor, 2), agents=agents)
    [wait, talk] = find_alarms(floor)
    assert (talk.rule, talk.subject) == ("talk", "Cy"), "who serves another queue has a line"
    assert [(part.rule, part.subject) for part in wait.parts] == [
        ("wrap_up", "Bo"),
        ("wrap_up", "Di"),
        ("pause", "Ann"),
    ]
    said = "2 agents paused, 1 of them for too long, 2 agents in wrap-up for too long"
    assert alarm_sentence(wait, floor) == f"Sales: longest wait 1 min 30 s. 3 agents staffed, none ready. {said}."
    nobody_waits = replace(floor, queues=(replace(floor.queues[0], waiting=0, longest_wait_since=None),))
    assert [alarm.subject for alarm in find_alarms(nobody_waits)] == ["Cy", "Bo", "Di", "Ann"]


def waited(*waits: tuple[int, int], unstaffed: Stretches = ()) -> FloorSnapshot:
    """The quiet floor after callers have waited, from and until so many seconds before now."""
    floor = with_queue(agents_on_phones=2, agents_ready=2, agents_needed=None)
    number = floor.queues[0].id or 0
    rows = [LongWait(place, number, AT - start * S, AT - end * S) for place, (start, end) in enumerate(waits)]
    history = QueueHistory(tuple(sorted(rows, key=lambda row: row.left_at)), unstaffed)
    return replace(floor, alarm_history=AlarmHistory(queues={number: history}))


def test_a_wait_that_was_too_long_is_watched_until_it_has_been_calm_for_long_enough() -> None:
    [eased] = find_alarms(waited((800, 599)))
    assert (eased.rule, eased.severity) == ("longest_wait", Severity.WATCH)
    assert (eased.since, eased.eased_at) == (AT - 739 * S, AT - 599 * S)
    floor = waited((800, 599))
    assert eased.measured(AT) is None
    assert alarm_sentence(eased, floor) == "Sales: longest wait was over 1 min; ended 9 min ago."
    assert find_alarms(waited((800, 600))) == ()
    assert find_alarms(waited((700, 640))) == (), "a minute is no longer than a minute"


def test_waits_with_less_calm_between_them_are_one_alarm_that_acts_again() -> None:
    before = waited((2000, 1800), (1300, 1201), (700, 500))
    [eased] = find_alarms(before)
    assert eased.since == AT - (2000 - 61) * S
    now = replace(before.queues[0], waiting=1, longest_wait_since=AT - 61 * S)
    [again] = find_alarms(replace(before, queues=(now,)))
    assert (again.severity, again.eased_at, again.since, again.measured(AT)) == (Severity.ACT, None, eased.since, 61.0)
    [another] = find_alarms(waited((2000, 1800), (1300, 1139), (600, 500)))
    assert another.since == AT - (600 - 61) * S, "ten minutes without a long wait have ended what was before"


def test_nobody_was_there_for_a_part_of_a_wait() -> None:
    unstaffed = ((AT - 300 * S, AT - 290 * S), (AT - 200 * S, AT - 180 * S))
    [alarm] = find_alarms(waited((211, 150), unstaffed=unstaffed))
    assert (alarm.rule, alarm.severity, alarm.since) == ("nobody_on_phones", Severity.WATCH, AT - 200 * S)
    assert alarm.eased_at == AT - 180 * S
    text = "Sales: nobody was staffed while callers waited; ended 3 min ago."
    assert alarm_sentence(alarm, waited()) == text


def acted(floor: FloorSnapshot, *acts: tuple[AlarmActKind, int, int | None]) -> FloorSnapshot:
    """The floor on which Eva has acted, so many seconds ago."""
    rows = tuple(
        AlarmAct(Rule.LONGEST_WAIT, "Sales", None, act, "eva", AT - ago * S, None if until is None else AT + until)
        for act, ago, until in acts
    )
    history = replace(floor.alarm_history, acts={(Rule.LONGEST_WAIT, "Sales"): rows})
    return replace(floor, alarm_history=history)


def test_who_has_an_alarm_has_it_until_it_becomes_worse_again() -> None:
    floor = waited((900, 700), (400, 300))
    [alarm] = find_alarms(acted(floor, (AlarmActKind.HAVE, 320, None)))
    assert alarm.taken_by == "eva", "taken while a caller waited, and it has only eased"
    [alarm] = find_alarms(acted(floor, (AlarmActKind.HAVE, 650, None)))
    assert alarm.taken_by is None, "then it had eased, and a caller has waited too long since"
    [alarm] = find_alarms(acted(floor, (AlarmActKind.HAVE, 320, None), (AlarmActKind.RELEASE, 310, None)))
    assert alarm.taken_by is None


def test_quiet_ends_by_itself_and_is_put_last() -> None:
    floor = acted(waited((400, 300)), (AlarmActKind.QUIET, 5000, 1))
    [alarm] = find_alarms(floor)
    assert alarm.quiet_until == AT + 1
    ended = acted(waited((400, 300)), (AlarmActKind.QUIET, 5000, 0))
    assert [each.quiet_until for each in find_alarms(ended)] == [None]
    also = replace(floor, **with_follow_ups_of(owed("Ed", 1)))
    assert [each.subject for each in find_alarms(also)] == ["follow-ups", "Sales"]
    text = "Sales: longest wait was over 1 min; ended 5 min ago. (quiet until 14:32)"
    assert alarm_sentence(alarm, floor) == text


def test_an_agent_whom_somebody_sees_to_is_no_urgent_line() -> None:
    floor = spent(AgentState.PAUSED, 30 * MINUTE, reason=None)
    other = replace(floor.agents[0], id=77, name="Bo", since=AT - 25 * MINUTE)
    floor = replace(floor, agents=(*floor.agents, other))
    act = AlarmAct(Rule.PAUSE, "Ann", None, AlarmActKind.HAVE, "eva", AT - MINUTE, None)
    taken = replace(floor, alarm_history=AlarmHistory(acts={(Rule.PAUSE, "Ann"): (act,)}))
    assert [(each.subject, each.taken_by) for each in find_alarms(floor)] == [("Ann", None), ("Bo", None)]
    assert [(each.subject, each.taken_by) for each in find_alarms(taken)] == [("Bo", None), ("Ann", "eva")]


def test_the_worst_stands_first() -> None:
    lines = alarms_of(floors.floor(200))
    assert [alarm.severity for alarm in lines] == sorted((alarm.severity for alarm in lines), reverse=True)


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
