"""Why a promise is likely to be late, by shift and record, where the recordings have no such agent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from ccmon.metrics.follow_ups import LateCause
from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentState, AgentTimes
from ccmon.model.alarm_limits import USUAL_LIMITS
from ccmon.model.business_day import BusinessDay
from ccmon.model.follow_ups import FollowUp
from ccmon.snapshot.directory import AgentEntry, Directory, Team
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.follow_up_lateness import LateOutlook, PromiseRecords
from ccmon.snapshot.intraday_profiles import WORK, PlannedWork
from ccmon.snapshot.periodic_rows import PlannedWorkRow, PromiseOutcome
from ccmon.views.alarms import why_at_risk
from tests.snapshot.alarm_floors import with_agent

HOUR, DAY = 3_600_000, 86_400_000
EVA, IN_NO_TEAM, OTHER = 1, 2, 3
BLOEM = Team(1, "Bloem A", "Bloem", 1)


def directory() -> Directory:
    teams = {EVA: 1, IN_NO_TEAM: None, OTHER: 1}
    agents = {
        each: AgentEntry(each, str(each), str(each), team, "Bloem A" if team else None, "Bloem" if team else None, 1)
        for each, team in teams.items()
    }
    return Directory({}, {1: BLOEM}, agents, {}, {}, {}, USUAL_LIMITS)


def outlook(at: int, late: int, promised: int, **agent: Any) -> LateOutlook:
    """Eva's, who has a shift from 13 to 21 h and this record for 15 h."""
    facts = cast("FloorData", SimpleNamespace(day=BusinessDay("", 0, DAY), site=SimpleNamespace(follow_up_grace_ms=0)))
    records = PromiseRecords([PromiseOutcome(EVA, "call", 15, WORK, late, promised)], directory())
    work = PlannedWork([PlannedWorkRow(EVA, 13 * HOUR, 21 * HOUR, 0)], directory())
    [eva] = with_agent(id=EVA, state=AgentState.LOGGED_OUT, **agent).agents
    return LateOutlook(facts, records, work, {EVA: eva}, NextChange(at))


PROMISE = FollowUp(
    id=1,
    customer=None,
    owner="Eva",
    team=None,
    client=None,
    kind="call",
    due_at=15 * HOUR,
    promised_at=15 * HOUR,
    promise_due_at=15 * HOUR,
    grace_ends_at=15 * HOUR,
    note=None,
    owner_id=EVA,
)


@pytest.mark.parametrize(
    ("at", "logged_in_ms", "why"),
    [
        (9 * HOUR, 0, LateCause.RECORD),
        (13 * HOUR - 1, 0, LateCause.RECORD),
        (13 * HOUR, 0, LateCause.LOGGED_OUT),
        (14 * HOUR, 0, LateCause.LOGGED_OUT),
        (12 * HOUR, 1, LateCause.RECORD),
        (14 * HOUR, 1, LateCause.LOGGED_OUT),
    ],
)
def test_nobody_is_missed_before_their_shift(at: int, logged_in_ms: int, why: LateCause) -> None:
    _, reason = outlook(at, 6, 30, times_before=AgentTimes(logged_in_ms=logged_in_ms)).late_chance(
        PROMISE, certain=False
    )
    assert reason is not None
    assert reason.why is why
    if why is LateCause.RECORD:
        assert (reason.late, reason.promised) == (6, 30)


def test_what_the_record_makes_of_it_is_said_as_the_record() -> None:
    """0.48 by the record and 0.51 since not everybody comes."""
    chance, reason = outlook(9 * HOUR, 15, 31, times_before=AgentTimes()).late_chance(PROMISE, certain=False)
    assert 0.5 <= chance < 0.52
    assert reason is not None
    assert why_at_risk(reason) == "15 of 31 such promises were late in 28 days"


RECORDS = [
    PromiseOutcome(OTHER, "call", 10, WORK, 3, 5),
    PromiseOutcome(None, "call", 10, WORK, 2, 2),
    PromiseOutcome(IN_NO_TEAM, "other", 10, WORK, 0, 1),
]


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        (EVA, "3 of 5 such promises of the team were late in 28 days"),
        (IN_NO_TEAM, "5 of 8 such promises of all were late in 28 days"),
        (None, "5 of 8 such promises of all were late in 28 days"),
    ],
)
def test_who_is_in_no_team_is_held_against_all(owner: int | None, said: str) -> None:
    assert why_at_risk(PromiseRecords(RECORDS, directory()).reason(owner, "call", WORK)) == said


def test_those_in_no_team_are_no_team() -> None:
    """By hand: all 5 of 8, drawn to 0.2 as by 10; then the owner's own, none late of one, as by 6."""
    of_all = (5 + 0.2 * 10) / (8 + 10)
    late = PromiseRecords(RECORDS, directory()).late_chance(IN_NO_TEAM, "call", 10 * HOUR, WORK)
    assert late == pytest.approx((of_all * 6) / (1 + 6))
