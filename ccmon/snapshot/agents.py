"""Agents: the state now and the business day so far (metrics.md 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ccmon.metrics.agents import Handling, handling_since
from ccmon.metrics.open_calls import is_over, over_at
from ccmon.model.agents import AgentFigures, AgentState, Membership
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.live_rows import LiveRows, Row, Rows

NO_DAY: Row = (0,) * 20
NO_STATE: Row = (0, AgentState.LOGGED_OUT, None, None, None, None, None)
NOT_TOLD: Row = (0, AgentState.UNKNOWN, None, None, None, None, None)
STATES = {state.value: state for state in AgentState}
ON_A_CALL = frozenset({AgentState.TALKING, AgentState.HOLD, AgentState.DIALLING, AgentState.RINGING})


def memberships(facts: LiveRows) -> tuple[Membership, ...]:
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


def queues_served(members: Sequence[Membership]) -> dict[int, tuple[str, ...]]:
    """The names of the queues each agent is a member of."""
    served: defaultdict[int, list[str]] = defaultdict(list)
    for member in members:
        served[member.agent_id].append(member.queue)
    return {agent_id: tuple(names) for agent_id, names in served.items()}


class AgentDays:
    """The rows of agent_days with their sums by team; the columns are those of live_agent_days."""

    def __init__(self, facts: LiveRows, cache: IdentityCache) -> None:
        self.by_agent = {row[0]: row for row in facts.agent_days}
        teams = cache.get("teams", (facts.directory,), lambda: _team_agents(facts))
        found = (
            (team_id, [self.by_agent[a] for a in agents if a in self.by_agent]) for team_id, agents in teams.items()
        )
        self.by_team = {team_id: columns_added(rows) for team_id, rows in found if rows}
        self.together = columns_added(facts.agent_days)


def _team_agents(facts: LiveRows) -> dict[int, list[int]]:
    teams: defaultdict[int, list[int]] = defaultdict(list)
    for agent in facts.directory.agents.values():
        if agent.team_id is not None:
            teams[agent.team_id].append(agent.id)
    return dict(teams)


def columns_added(rows: Rows) -> Row:
    """The sum of each column; of no rows, zeros."""
    return tuple(map(sum, zip(*rows, strict=True))) if rows else NO_DAY


def agent_figures(
    facts: LiveRows,
    days: Mapping[int, Row],
    served: Mapping[int, tuple[str, ...]],
    answers: Mapping[tuple[int, str], int],
    at: int,
    *,
    known_at: int,
) -> tuple[AgentFigures, ...]:
    """Every active agent, and whoever else was at work today.

    ``answers`` holds how many customers answered on each agent, and how many of them were satisfied. Times run up to
    ``known_at``.
    """
    directory = facts.directory
    states = {row[0]: row for row in facts.states}
    tracked = {number for what, number in facts.tracked if what == "agent"}
    day_starts_at = facts.day.starts_at
    into_day = _handled_into_day(facts)
    figures = []
    for agent in directory.agents.values():
        agent_id = agent.id
        if not agent.active and agent_id not in days and agent_id not in states:
            continue
        _, state_name, reason, since, queue_id, campaign_id, entered_at = states.get(
            agent_id, NO_STATE if agent_id in tracked else NOT_TOLD
        )
        if entered_at is not None and is_over(entered_at, at, facts.site.max_open_ms) and state_name in ON_A_CALL:
            # Their call is a ghost (metrics.md 1.5): nobody has heard of its end, and it has long had one.
            state_name, since, queue_id, campaign_id = (
                AgentState.READY,
                over_at(entered_at, facts.site.max_open_ms),
                None,
                None,
            )
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
            hold,
            wrap_up,
        ) = days.get(agent_id, NO_DAY)
        running = 0 if since is None else max(0, known_at - max(since, day_starts_at))
        logged_in = ready + paused + talking + other + (running if state is not AgentState.LOGGED_OUT else 0)
        handled = Handling(
            inbound_talk + outbound_talk, inbound_hold + outbound_hold, inbound_wrap_up + outbound_wrap_up
        )
        if logged_in:
            spent = Handling(
                talking - hold + (running if state is AgentState.TALKING else 0),
                hold + (running if state is AgentState.HOLD else 0),
                wrap_up + (running if state is AgentState.WRAP_UP else 0),
            )
        else:
            spent = handled.plus(into_day.get(agent_id, Handling()))
        queue: str | None
        if queue_id is not None:
            queue = directory.queues[queue_id].name
        else:
            queue = None if campaign_id is None else directory.campaigns[campaign_id].name
        figures.append(
            AgentFigures(
                id=agent_id,
                login=agent.login,
                name=agent.name,
                team=agent.team,
                client=agent.client,
                state=state,
                reason=reason,
                since=since,
                queue=queue,
                queues=served.get(agent_id, ()),
                handled=inbound + outbound,
                inbound=inbound,
                outbound=outbound,
                handled_talk_ms=handled.talk_ms,
                handled_hold_ms=handled.hold_ms,
                handled_wrap_up_ms=handled.wrap_up_ms,
                talk_ms=spent.talk_ms,
                hold_ms=spent.hold_ms,
                wrap_up_ms=spent.wrap_up_ms,
                ready_ms=ready + (running if state is AgentState.READY else 0),
                paused_ms=paused + (running if state is AgentState.PAUSED else 0),
                logged_in_ms=logged_in,
                missed=missed,
                sales_calls=sales_calls,
                converted=converted,
                sales=sales,
                revenue_cents=revenue,
                satisfied=answers.get((agent_id, "satisfied"), 0),
                surveys=answers.get((agent_id, "answers"), 0),
            )
        )
    return tuple(figures)


def _handled_into_day(facts: LiveRows) -> dict[int, Handling]:
    """By agent, what the calls of before the day took of it."""
    found: defaultdict[int, Handling] = defaultdict(Handling)
    for agent_id, *call in facts.handled_into_day:
        found[agent_id] = found[agent_id].plus(handling_since(facts.day.starts_at, *call))
    return found
