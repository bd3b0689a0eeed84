"""Seven minutes of a real floor: by its events and by its database, the floor is what the switch said it was."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ccmon.calls.state_machine import CallStateMachine
from ccmon.events import CallEnded, CallMissed, FloorEvent
from ccmon.model.calls import Outcome
from ccmon.sources.freeswitch import database
from ccmon.sources.freeswitch.member_table import MemberTableComparison
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.freeswitch.translator import EventTranslator
from tests.sources.freeswitch_recording import differences, events, moments

CLOCK_MS = 40
"""The switch's clock moves in steps of 20 ms."""


def test_looking_at_the_database_shows_the_floor_at_all_moments(tmp_path: Path) -> None:
    reported, floor = ReportedAgents(), CallStateMachine()
    comparison = MemberTableComparison(reported, {})
    path = tmp_path / "callcenter.db"
    for moment in moments():
        path.write_bytes(moment.database)
        tables = database.read(path)
        floor.apply(
            [*comparison.compare(moment.at, tables, floor.calls.__contains__), *reported.wrap_ups.expire(moment.at)]
        )
        assert not differences(floor, tables), moment.number
    # The rows of abandoned callers stay for 60 s and more, and none is lost between looks 10 s apart; the last two are
    # 64 s apart. Of 12 whose row went meanwhile nobody can say how, and who came and was served between is not seen.
    ended = Counter(v.outcome for visits in floor.calls.values() for v in visits if v.outcome)
    assert (ended[Outcome.ABANDONED], ended[Outcome.UNKNOWN]) == (59 + 10 - 1, 12)
    assert 90 < ended[Outcome.ANSWERED] <= 129


def by_events() -> tuple[list[FloorEvent], dict[int, set[str]]]:
    """Replay; and the moments at which something was other than what the switch answered.

    It was asked for agents, tiers and members one after the other: each must be right in its turn.
    """
    translator, floor = EventTranslator(ReportedAgents()), CallStateMachine()
    left = moments()
    told = list(translator.reported.refresh(left[0].at, left[0].tables))
    floor.apply(told)
    wrong: set[str] | None = None
    differ = {}
    for at, event in events():
        if left and at >= left[0].at - CLOCK_MS:
            floor.apply(translator.reported.refresh(at, left[0].tables))
            found = differences(floor, left[0].tables)
            wrong = found if wrong is None else wrong & found
            if wrong and at > left[0].until + CLOCK_MS:
                differ[left[0].number] = wrong
            if not wrong or at > left[0].until + CLOCK_MS:
                left, wrong = left[1:], None
        news = [*translator.expire(at), *translator.translate(at, event)]
        told += news
        floor.apply(news)
    assert len(left) <= 1
    return told, differ


def test_the_events_show_the_floor_at_all_moments() -> None:
    every, differ = by_events()
    # Moment 37 lies between a winner's answer and the end of the loser's ringing, which are told 20 ms apart.
    assert differ == {37: {"ringing"}}
    outcomes = Counter(event.outcome for event in every if isinstance(event, CallEnded))
    assert outcomes == {Outcome.ANSWERED: 129, Outcome.ABANDONED: 59, Outcome.EXIT_KEY: 10}
    # 45 bridge-agent-fail: 13 LOSE_RACE and 12 ORIGINATOR_CANCEL are nobody's fault.
    assert sum(isinstance(event, CallMissed) for event in every) == 45 - 13 - 12
