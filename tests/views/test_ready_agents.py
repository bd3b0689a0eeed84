"""Agents who are ready, told apart by whether they are in a queue whose callers they could take."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ccmon.model.agents import AgentState, Membership
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.chunked_rows import ChunkedRows
from ccmon.snapshot.narrow import Filters, narrow
from ccmon.snapshot.queues import total_figures
from ccmon.snapshot.staffing import agents_in_queues
from ccmon.views.agents import AgentsPanel, has_no_queue
from ccmon.views.view_context import ViewContext
from tests.floors import floor


def ready_floor(*, without: int, paused: int) -> FloorSnapshot:
    """A floor where everybody is ready, the first in no queue, the next in queues where they pause."""
    whole = floor(24)
    members_of_any = {member.agent_id for member in whole.memberships}
    agents = tuple(
        replace(agent, state=AgentState.READY, reason=None, queue=None)
        for agent in whole.agents
        if agent.id in members_of_any
    )
    outside = {agent.id for agent in agents[:without]}
    pausing = {agent.id for agent in agents[without : without + paused]}
    members = tuple(
        replace(member, paused_since=whole.at if member.agent_id in pausing else None)
        for member in whole.memberships
        if member.agent_id not in outside
    )
    total = total_figures(whole.queues, members, agents)
    return replace(whole, agents=agents, memberships=members, total=total)


@pytest.mark.parametrize(("without", "paused"), [(0, 0), (3, 0), (0, 2), (3, 2)])
def test_the_head_counts_those_who_could_take_a_call_and_the_others_apart(without: int, paused: int) -> None:
    snapshot = ready_floor(without=without, paused=paused)
    context, panel = ViewContext.of(snapshot), AgentsPanel()
    summary = panel.summary(context)
    facts = {fact.label: fact.value for fact in summary.facts}
    able = len(snapshot.agents) - without - paused
    assert (summary.figure.value, facts["ready, no queue"]) == (str(able), str(without + paused))
    assert able == snapshot.total.agents_ready == len(agents_in_queues(snapshot.memberships))
    marked = [agent.id for agent in snapshot.agents if has_no_queue(agent, context)]
    assert marked == [agent.id for agent in snapshot.agents[: without + paused]]


def test_what_rests_on_who_is_in_a_queue_is_drawn_again_only_when_that_changes() -> None:
    """Rows of members change with each call, who could take one seldom."""
    snapshot = ready_floor(without=1, paused=0)
    last = ViewContext.of(replace(snapshot, memberships=ChunkedRows.of(snapshot.memberships)))

    def after(first: Membership) -> ViewContext:
        members = ChunkedRows.of([first, *snapshot.memberships[1:]])
        return ViewContext.of(replace(snapshot, at=snapshot.at + 1000, memberships=members), last=last)

    member = snapshot.memberships[0]
    called = after(replace(member, reason="Wrap-up"))
    assert "memberships" in called.changed
    assert called.in_queues is last.in_queues
    assert "in_queues" not in called.changed
    others = [
        replace(each, paused_since=1) if each.agent_id == member.agent_id else each for each in snapshot.memberships
    ]
    paused = ViewContext.of(replace(snapshot, memberships=ChunkedRows.of(others)), last=last)
    assert paused.in_queues == (last.in_queues or frozenset()) - {member.agent_id}
    assert "in_queues" in paused.changed


@pytest.mark.parametrize(("width", "shown"), [(13, "○ no queue"), (19, "○ ready, no queue")])
def test_a_row_says_that_an_agent_is_ready_for_nobody(width: int, shown: str) -> None:
    snapshot = ready_floor(without=1, paused=0)
    context, panel = ViewContext.of(snapshot), AgentsPanel()
    [state] = [column for column in panel.columns if column.key == "state"]
    cells = [state.cell(agent, context, width) for agent in snapshot.agents[:2]]
    assert [getattr(cell, "text", "") for cell in cells] == [shown, "○ ready"]


def test_where_no_source_reports_who_serves_a_queue_all_who_are_ready_count() -> None:
    snapshot = replace(ready_floor(without=0, paused=0), memberships=())
    summary = AgentsPanel().summary(ViewContext.of(snapshot))
    facts = {fact.label: fact.value for fact in summary.facts}
    assert (summary.figure.value, facts["ready, no queue"]) == (str(len(snapshot.agents)), "0")


def test_on_a_screen_of_a_team_its_own_agents_are_counted() -> None:
    snapshot = ready_floor(without=3, paused=0)
    filters = Filters(team=snapshot.agents[0].team)
    context = ViewContext.of(snapshot, filters=filters)
    own = narrow(snapshot, filters).agents
    outside = {agent.id for agent in snapshot.agents[:3]}
    summary = AgentsPanel().summary(context)
    assert summary.figure.value == str(sum(agent.id not in outside for agent in own))


def test_the_count_follows_an_agent_who_leaves_all_queues_without_changing_state() -> None:
    snapshot, panel = ready_floor(without=0, paused=0), AgentsPanel()
    before = ViewContext.of(snapshot)
    assert panel.head(before).figure.value == str(len(snapshot.agents))
    agent_id = snapshot.agents[0].id
    members: tuple[Membership, ...] = tuple(each for each in snapshot.memberships if each.agent_id != agent_id)
    after = ViewContext.of(replace(snapshot, memberships=members), last=before)
    assert panel.head(after).figure.value == str(len(snapshot.agents) - 1)
