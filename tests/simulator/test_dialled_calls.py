"""Agents of a campaign: what comes of a call is decided when it is dialled, and nothing begins until it is over."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from ccmon import events
from ccmon.simulator.centre import standard_centre
from ccmon.simulator.day_plan import Planner
from ccmon.simulator.floor import SimulatedFloor
from ccmon.time_units import NEVER

DAY = date(2026, 11, 24)
DIALLED, ENDED = events.CallDialled, (events.CallEnded, events.WrapUpEnded)
OTHERS = (events.AgentPaused, events.AgentUnpaused, events.AgentLoggedOut)


@pytest.fixture(scope="module")
def days_of_agents() -> dict[str, list[events.FloorEvent]]:
    """The events of each agent of a campaign on one day, in their order."""
    planner = Planner(standard_centre(40), 3, ZoneInfo("Europe/Amsterdam"), problem_day=None)
    floor = SimulatedFloor(planner, planner.plan(DAY))
    floor.advance(NEVER)
    found: defaultdict[str, list[events.FloorEvent]] = defaultdict(list)
    campaigns = {agent.login for agent in planner.agents if agent.campaign is not None}
    for event in floor.take_events():
        login = getattr(event, "agent", None)
        if login in campaigns and isinstance(event, (DIALLED, *ENDED, *OTHERS)):
            found[login].append(event)
    floor.break_cycles()
    return found


def test_nothing_else_begins_during_a_call_of_a_campaign(days_of_agents: dict[str, list[events.FloorEvent]]) -> None:
    assert len(days_of_agents) >= 4
    put_off = 0
    for day in days_of_agents.values():
        assert [event.at for event in day] == sorted(event.at for event in day)
        is_calling, over_at = False, 0
        for event in day:
            if isinstance(event, DIALLED):
                assert not is_calling
                is_calling = True
            elif isinstance(event, ENDED):
                assert is_calling
                is_calling, over_at = isinstance(event, events.CallEnded) and event.wraps_up, event.at
            else:
                assert not is_calling
                put_off += event.at == over_at
        assert isinstance(day[-1], events.AgentLoggedOut)
    assert put_off > 5, "most pauses fall due during a call, and begin at its end"
