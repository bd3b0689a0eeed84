"""What alarms say of promises, problems and agents: one case a line, the whole sentence."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ccmon.formatting import width_of
from ccmon.metrics.durations import spoken
from ccmon.metrics.follow_ups import FollowUpLoad, LateCause, LateReason, OnTimeCount, RecordOf
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.alarm_history import AlarmHistory, MissedRun
from ccmon.model.alarm_limits import AlarmLimits
from ccmon.model.alarms import Rule, Severity
from ccmon.model.contact_reasons import ProblemFigures, ReasonFigures
from ccmon.model.follow_ups import AgentFollowUps
from ccmon.model.satisfaction import LowScore
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.data_moments import DataMoments
from ccmon.views.agents import STATES, agent_attention_order
from ccmon.views.alarms import (
    SENTENCES,
    alarm_sentence,
    does_now,
    follow_up_load_outcome,
    follow_up_load_sentence,
    why_at_risk,
)
from ccmon.views.chrome import alarm_line, trouble_shown
from ccmon.views.glyphs import UNICODE
from ccmon.views.view_context import ViewContext
from tests.alarm_lines import AlarmLine, alarms_of, list_lines
from tests.snapshot.alarm_floors import AT, quiet, source, with_agent, with_queue, with_sources

S, MINUTE = 1000, 60_000
NOT_IN = LateReason(LateCause.LOGGED_OUT)


def owner(late: int = 0, likely: int | None = None, **changes: Any) -> AgentFollowUps:
    """Eva, who needs 48 minutes and has 35; so many cannot be kept, and so many are likely to be late."""
    chances = None if likely is None else (0.9,) * likely
    load = FollowUpLoad(6, 48 * MINUTE, 35 * MINUTE, tuple(range(late)))
    eva = AgentFollowUps(
        agent_id=1,
        name="Eva",
        team=None,
        client=None,
        due_today=6,
        overdue=0,
        done_today=0,
        kept=OnTimeCount(0, 0),
        shift_ends_at=AT,
        handling_ms=MINUTE,
        handling_is_own=True,
        load=load,
        late_chances=chances,
        open_count=6,
    )
    return replace(eva, **changes)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (owner(), "all can be kept"),
        (owner(2), "2 cannot be kept"),
        (owner(1, overdue=1), "1 overdue"),
        (owner(2, overdue=2), "2 overdue"),
        (owner(3, overdue=2), "2 overdue, 1 cannot be kept"),
        (owner(0, 3), "3 at risk"),
        (owner(2, 3), "2 cannot be kept, 3 at risk"),
        (owner(2, 2), "2 cannot be kept"),
        (owner(0, 0), "all can be kept"),
        (owner(4, 4, overdue=1), "1 overdue, 3 cannot be kept, 4 at risk"),
        (owner(load=None), "all can be kept"),
        (owner(load=None, overdue=3), "3 overdue"),
    ],
)
def test_what_becomes_of_promises(who: AgentFollowUps, said: str) -> None:
    assert follow_up_load_outcome(who) == said


IN_TIME = FollowUpLoad(6, 35 * MINUTE, 35 * MINUTE, (1,))


@pytest.mark.parametrize(
    ("who", "now", "said"),
    [
        (owner(2), "on Lunch", "Eva: 6 promises, 48 min of work, 35 min left in the shift; 2 cannot be kept"),
        (owner(load=IN_TIME), "on Lunch", "Eva: 6 promises, 35 min of work, now on Lunch; 1 cannot be kept"),
        (owner(load=IN_TIME), "", "Eva: 6 promises, 35 min of work, 35 min left in the shift; 1 cannot be kept"),
        (owner(), "on Lunch", "Eva: 6 promises, 48 min of work, 35 min left in the shift; all can be kept"),
        (
            owner(load=replace(IN_TIME, certainly_late=())),
            "on Lunch",
            "Eva: 6 promises, 35 min of work, 35 min left in the shift; all can be kept",
        ),
        (
            owner(2, 3, late_reason=NOT_IN),
            "",
            "Eva: 6 promises, 48 min of work, 35 min left in the shift; 2 cannot be kept, 3 at risk (not logged in)",
        ),
        (owner(0, 3), "", "Eva: 6 promises; 3 at risk"),
        (owner(0, 2, due_today=2, overdue=4, load=None), "", "Eva: 6 promises; 4 overdue, 2 at risk"),
        (
            owner(0, 0, late_reason=NOT_IN),
            "",
            "Eva: 6 promises, 48 min of work, 35 min left in the shift; all can be kept",
        ),
        (owner(0, 3, late_reason=NOT_IN), "", "Eva: 6 promises; 3 at risk (not logged in)"),
        (owner(0, 3, late_reason=NOT_IN, load=None), "", "Eva: 6 promises; 3 at risk (not logged in)"),
        (
            owner(2, 2, late_reason=NOT_IN),
            "",
            "Eva: 6 promises, 48 min of work, 35 min left in the shift; 2 cannot be kept",
        ),
        (owner(0, 0, open_count=1, load=None), "", "Eva: 1 promise; no usual time is known"),
        (owner(open_count=1, load=None, shift_ends_at=None), "", "Eva: 1 promise; no shift is known"),
        (owner(agent_id=None), "", "No owner: 6 promises to hand out"),
        (owner(agent_id=None, open_count=1), "", "No owner: 1 promise to hand out"),
        (
            owner(agent_id=None, open_count=3, due_today=0, overdue=3),
            "",
            "No owner: 3 promises to hand out",
        ),
        (owner(agent_id=None, open_count=0, due_today=0), "", "Every promise has an owner"),
        (owner(open_count=0, due_today=0, load=None), "", "Eva: no promise"),
    ],
)
def test_the_sentence_of_an_owner(who: AgentFollowUps, now: str, said: str) -> None:
    assert follow_up_load_sentence(who, now) == said
    assert now or follow_up_load_sentence(who) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (LateReason(LateCause.NO_TIME), "no time is left for it"),
        (LateReason(LateCause.PASSED), "the promised moment has passed"),
        (LateReason(LateCause.AWAY), "not at work when they are due"),
        (LateReason(LateCause.LOGGED_OUT), "not logged in"),
        (LateReason(LateCause.RECORD), "no record of such promises"),
        (LateReason(LateCause.RECORD, 0, 1), "0 of 1 such promises were late in 28 days"),
        (LateReason(LateCause.RECORD, 9, 12, of=RecordOf.ALL), "9 of 12 such promises of all were late in 28 days"),
        (
            LateReason(LateCause.RECORD, 9, 12, of=RecordOf.TEAM),
            "9 of 12 such promises of the team were late in 28 days",
        ),
    ],
)
def test_why_promises_are_at_risk(reason: LateReason, said: str) -> None:
    assert why_at_risk(reason) == said


def agent(state: AgentState, **changes: Any) -> AgentFigures:
    return with_agent(**({"state": state, "reason": None} | changes)).agents[0]


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (None, ""),
        (agent(AgentState.UNKNOWN), ""),
        (agent(AgentState.PAUSED, reason="Lunch"), "on Lunch"),
        (agent(AgentState.PAUSED), "paused"),
        (agent(AgentState.TALKING, reason="Lunch"), "talking"),
        (agent(AgentState.WRAP_UP), "in wrap-up"),
        (agent(AgentState.HOLD), "on hold"),
        (agent(AgentState.LOGGED_OUT), "logged out"),
    ],
)
def test_what_keeps_an_agent(who: AgentFigures | None, said: str) -> None:
    assert does_now(who) == said


REASON = ReasonFigures(
    id=1,
    name="Invoice",
    product=None,
    is_problem=True,
    calls=12,
    per_100_calls=1.0,
    share=0.5,
    cumulative=0.5,
    vital=True,
    customers=7,
    usual=4.4,
    ratio=2.0,
    is_new=False,
    rising=True,
    concerned=(),
)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (REASON, "Invoice: 12 calls today, usual by now 4. 7 customers concerned."),
        (replace(REASON, usual=0.0), "Invoice: 12 calls today, usual by now 0. 7 customers concerned."),
        (replace(REASON, usual=None), "Invoice: 12 calls today. 7 customers concerned."),
    ],
)
def test_a_rising_problem(reason: ReasonFigures, text: str) -> None:
    steady = replace(reason, name="Delivery", rising=False)
    floor = replace(quiet(), problems=ProblemFigures(20, 13, (steady, reason, steady), AT - 5, 4))
    assert alarms_of(floor) == (
        AlarmLine("rising_problem", Severity.WATCH, "Invoice", AT - 5, 12.0, reason.usual, text),
    )
    [alarm] = find_alarms(floor)
    assert alarm_sentence(alarm, floor, is_past_day=True) == text.replace("today", "that day")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.999, "59 s"),
        (60, "1 min"),
        (599, "9 min 59 s"),
        (600, "10 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7261, "2 h 1 min"),
        (48 * 3600 - 1, "47 h 59 min"),
        (48 * 3600, "2 days"),
        (3 * 86400, "3 days"),
    ],
)
def test_lengths_of_time(seconds: float, said: str) -> None:
    assert spoken(seconds * 1000) == said


@pytest.mark.parametrize(
    ("age", "known"),
    [(None, AT), (0, AT), (30 * S, AT), (30 * S + 1, AT - 30 * S - 1)],
)
def test_up_to_when_it_is_known_what_goes_on(age: int | None, known: int) -> None:
    assert as_old_as(quiet(), age).known_until == known


def as_old_as(floor: FloorSnapshot, age: int | None) -> FloorSnapshot:
    """The floor with data of an age."""
    moments = DataMoments.of([source("pbx", checked_at=None)], None if age is None else AT - age, AT)
    return replace(floor, data_at=moments.data_at, data_ends_at=moments.data_ends_at)


def test_old_data_is_measured_up_to_where_it_ends() -> None:
    """A caller whose wait nobody has told of for 40 seconds may be gone: the wait is what was known."""
    waits = {"waiting": 1, "longest_wait_since": AT - 90 * S, "agents_ready": 1, "agents_needed": None}
    floor = with_sources(with_queue(**waits), source("pbx", last_record_at=AT))
    assert [alarm.rule for alarm in alarms_of(as_old_as(floor, 40 * S))] == ["data_age"]
    assert [(alarm.rule, alarm.value) for alarm in alarms_of(as_old_as(floor, 30 * S))] == [("longest_wait", 90.0)]


def test_of_two_switches_the_silent_one_is_named() -> None:
    floor = replace(quiet(), data_at=AT - 31 * S)
    switches = source("one", checked_at=AT), source("two", checked_at=AT - 31 * S)
    [alarm] = alarms_of(with_sources(floor, *switches))
    assert alarm.text == "The newest data is 31 s old: ask the administrator whether ccmon follow of two still runs."


def test_where_no_source_tells_of_agents_a_wait_is_said_without_them() -> None:
    floor = with_queue(
        waiting=1, longest_wait_since=AT - 61 * S, agents_on_phones=0, agents_needed=None, agents_known=False
    )
    text = "Sales: longest wait 1 min 1 s."
    assert alarms_of(floor) == (AlarmLine("longest_wait", Severity.ACT, "Sales", AT, 61.0, 60.0, text),)


def test_the_worst_of_a_rule_is_worst_by_its_own_limit() -> None:
    floor = with_agent(state=AgentState.PAUSED)
    first, other = (
        replace(floor.agents[0], id=1, name="Al", reason="Lunch", since=AT - 50 * MINUTE),
        replace(floor.agents[0], id=2, name="Bo", reason="Tea", since=AT - 30 * MINUTE),
    )
    floor = replace(
        floor,
        agents=(first, other),
        alarm_limits=AlarmLimits(
            particular={("pause_ms", "reason", "Lunch"): 45 * MINUTE, ("pause_ms", "reason", "Tea"): 10 * MINUTE}
        ),
    )
    assert [alarm.subject for alarm in alarms_of(floor)] == ["Bo", "Al"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((agent(AgentState.READY), Severity(2)), (agent(AgentState.UNAVAILABLE), Severity(1))),
        ((agent(AgentState.RINGING), Severity(0)), (agent(AgentState.PAUSED), Severity(0))),
        ((agent(AgentState.PAUSED, since=5), Severity(0)), (agent(AgentState.PAUSED, since=6), Severity(0))),
        (
            (agent(AgentState.UNKNOWN, since=None, name="Zoe"), Severity(0)),
            (agent(AgentState.UNKNOWN, since=1, name="Al"), Severity(0)),
        ),
        ((agent(AgentState.READY, name="ann"), Severity(0)), (agent(AgentState.READY, name="Bob"), Severity(0))),
    ],
)
def test_who_needs_a_person_first(first: tuple[AgentFigures, Severity], second: tuple[AgentFigures, Severity]) -> None:
    assert agent_attention_order(*first) < agent_attention_order(*second)


def test_every_rule_has_a_sentence() -> None:
    assert list(SENTENCES) == list(Rule)
    assert len(Rule) == 12


def test_every_state_has_a_place_in_the_order_of_need() -> None:
    assert set(STATES) == set(AgentState)
    assert sorted(look.need for look in STATES.values()) == list(range(len(STATES)))


def test_the_rules_about_agents_are_those_that_a_floor_of_agents_breaks() -> None:
    long_ago = AT - 600 * MINUTE
    states = (AgentState.TALKING, AgentState.HOLD, AgentState.WRAP_UP, AgentState.PAUSED, AgentState.READY)
    people = tuple(agent(state, id=number, since=long_ago) for number, state in enumerate(states))
    missed = AlarmHistory(missed={4: MissedRun(4, 3, AT - MINUTE, AT)})
    assert {alarm.rule for alarm in alarms_of(replace(quiet(), agents=people, alarm_history=missed))} == {
        Rule.TALK,
        Rule.WRAP_UP,
        Rule.PAUSE,
        Rule.MISSED_CALLS,
    }


def test_the_lowest_score_stands_first() -> None:
    low = LowScore(
        customer_id=1,
        agent_id=None,
        customer="Bo",
        phone=None,
        queue=None,
        agent=None,
        client=None,
        score=3,
        scale=10,
        comment=None,
        answered_at=AT,
    )
    floor = replace(quiet(), low_scores=(low, replace(low, customer="Di", score=2)))
    assert [alarm.subject for alarm in alarms_of(floor)] == ["Di", "Bo"]


@pytest.mark.parametrize("width", [80, 120])
def test_what_a_follower_said_last_is_cut_in_the_line_of_the_alert_and_whole_in_the_list(width: int) -> None:
    said = "/var/log/asterisk/queue_log cannot be read: Permission denied"
    silent = source("pbx", last_record_at=AT, running=False, last_error=said)
    floor = with_sources(replace(quiet(), data_at=AT - 31 * S), silent)
    context = ViewContext.of(replace(floor, alarms=find_alarms(floor)))
    line = alarm_line(context, width, UNICODE, trouble_shown(context)).text
    assert width_of(line) == width
    assert line.endswith("…")
    whole = " ".join("".join(line.text for line in list_lines(context, width - 8)).split())
    assert f"ccmon follow has stopped; ask the administrator to start it. It said last: {said}." in whole
    full = replace(silent, disk_is_full=True)
    [alarm] = alarms_of(with_sources(floor, full))
    assert said not in alarm.text, "the disk is the cause"
