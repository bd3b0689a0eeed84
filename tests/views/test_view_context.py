"""What a view finds for a row: by its id, since two agents may have one name."""

from __future__ import annotations

from dataclasses import fields

from msgspec.structs import replace

from ccmon.model.agents import AgentState
from ccmon.snapshot.alarms import find_alarms
from ccmon.views.agents import AgentsPanel
from ccmon.views.cached_value import Dependencies, RecordingContext
from ccmon.views.queues import QueuesPanel
from ccmon.views.view_context import ViewContext
from tests.busy_floor import busy_floor
from tests.floors import MINUTE, floor


def test_of_two_agents_of_one_name_the_one_with_the_alarm_is_marked() -> None:
    whole = floor(2)
    paused = replace(whole.agents[0], name="Anna", state=AgentState.PAUSED, since=whole.at - 90 * MINUTE)
    ready = replace(whole.agents[1], name="Anna", state=AgentState.READY, since=whole.at - MINUTE, missed=0)
    whole = replace(whole, agents=(ready, paused))
    context = ViewContext.of(replace(whole, alarms=find_alarms(whole)))
    assert [context.severity(agent) for agent in (paused, ready)] == [1, 0]
    assert AgentsPanel().printed_rows(context)[0] is paused
    alerts = [
        [each.label for each in AgentsPanel().details(agent, context)].count("Alarm") for agent in (paused, ready)
    ]
    assert alerts == [1, 0]


def test_an_agent_who_is_called_like_a_queue_has_none_of_its_alarms() -> None:
    whole = floor(24)
    named = replace(whole.agents[0], name=whole.queues[0].name, state=AgentState.READY, since=whole.at, missed=0)
    whole = replace(whole, agents=(named, *whole.agents[1:]))
    context = ViewContext.of(replace(whole, alarms=find_alarms(whole)))
    assert context.severity(whole.queues[0]) == 2
    assert context.severity(named) == 0
    assert context.severity(context.snapshot.total) == 0, "no alarm is about all queues"
    labels = [detail.label for detail in QueuesPanel().details(whole.queues[0], context)]
    assert labels.count("Alarm") == len(context.alarms_about(whole.queues[0])) == 1


def test_what_an_owner_does_now_is_found_by_the_id() -> None:
    whole = busy_floor()
    owner = next(agent for agent in whole.agents if any(item.owner_id == agent.id for item in whole.follow_ups.items))
    other = replace(owner, id=9_999, login="other", state=AgentState.LOGGED_OUT)
    context = ViewContext.of(replace(whole, agents=(*whole.agents, other)))
    assert context.agent(owner.id) is owner
    assert context.agent(None) is context.agent(77_777) is None


def test_a_context_that_records_shows_no_default_as_its_own() -> None:
    recording = RecordingContext(ViewContext.of(floor(2)), Dependencies())
    for each in fields(ViewContext):
        is_recorded = each.name in vars(recording) or each.name in vars(RecordingContext)
        assert is_recorded or not hasattr(recording, each.name), each.name
