"""Agents: the state now and the business day so far (metrics.md 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ccmon.model import AgentFigures, AgentState, Membership
from ccmon.snapshot.facts import Facts, Row

NO_DAY: Row = (0,) * 18
NO_STATE: Row = (0, AgentState.LOGGED_OUT, None, None, None, None)
STATES = {state.value: state for state in AgentState}
HANDLING = frozenset({AgentState.TALKING, AgentState.HOLD, AgentState.WRAP_UP})


def memberships(facts: Facts) -> tuple[Membership, ...]:
    """Who serves which queue, and who is paused there."""
    queues, agents = facts.directory.queues, facts.directory.agents
    pauses = {(queue_id, agent_id): (reason, since) for queue_id, agent_id, reason, since in facts.pauses}
    return tuple(
        Membership(
            queue_id,
            queues[queue_id].name,
            agent_id,
            agents[agent_id].login,
            (queue_id, agent_id) in pauses,
            *pauses.get((queue_id, agent_id), (None, None)),
        )
        for queue_id, agent_id in facts.members
    )


def agent_figures(facts: Facts, members: Sequence[Membership], at: int) -> tuple[AgentFigures, ...]:
    """Every active agent, and whoever else was at work today."""
    directory = facts.directory
    days = {row[0]: row for row in facts.agent_days}
    states = {row[0]: row for row in facts.states}
    surveys = {agent_id: (satisfied, answers) for agent_id, answers, satisfied in facts.past.surveys}
    served: defaultdict[int, list[str]] = defaultdict(list)
    for member in members:
        served[member.agent_id].append(member.queue)
    day_starts_at = facts.day.starts_at
    figures = []
    for agent in directory.agents.values():
        agent_id = agent.id
        if not agent.active and agent_id not in days and agent_id not in states:
            continue
        _, state_name, reason, since, queue_id, campaign_id = states.get(agent_id, NO_STATE)
        state = STATES[state_name]
        (
            _,
            inbound,
            outbound,
            inbound_talk,
            inbound_hold,
            inbound_wrap_up,
            outbound_talk,
            outbound_hold,
            outbound_wrap_up,
            sales_calls,
            missed,
            ready,
            paused,
            talking,
            other,
            converted,
            sales,
            revenue,
        ) = days.get(agent_id, NO_DAY)
        running = 0 if since is None else max(0, at - max(since, day_starts_at))
        queue: str | None
        if queue_id is not None:
            queue = directory.queues[queue_id].name
        else:
            queue = None if campaign_id is None else directory.campaigns[campaign_id].name
        figures.append(
            AgentFigures(
                agent_id,
                agent.login,
                agent.name,
                agent.team,
                agent.client,
                state,
                reason,
                since,
                queue,
                tuple(served.get(agent_id, ())),
                inbound + outbound,
                inbound,
                outbound,
                inbound_talk + outbound_talk,
                inbound_hold + outbound_hold,
                inbound_wrap_up + outbound_wrap_up,
                ready + (running if state is AgentState.READY else 0),
                paused + (running if state is AgentState.PAUSED else 0),
                ready + paused + talking + other + (running if state is not AgentState.LOGGED_OUT else 0),
                missed,
                sales_calls,
                converted,
                sales,
                revenue,
                *surveys.get(agent_id, (0, 0)),
                running if state in HANDLING else 0,
            )
        )
    return tuple(figures)
