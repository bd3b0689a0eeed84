"""Agents: the state now and the business day so far (metrics.md 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import astuple, replace

from ccmon.metrics.due_moments import DueMoments
from ccmon.metrics.handling import Handling, handling_since
from ccmon.metrics.open_calls import over_at
from ccmon.model.agents import IN_A_CALL, AgentFigures, AgentState, AgentTimes, Membership
from ccmon.snapshot.directory import AgentEntry
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import AgentTotals, StateRow
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.satisfaction import SurveyAnswers

NO_HANDLING = Handling()
NO_ANSWERS = SurveyAnswers(0, 0)
NO_TOTALS = AgentTotals(*[0] * len(AgentTotals.__struct_fields__))
LOGGED_OUT = StateRow(0, AgentState.LOGGED_OUT)
UNTRACKED = StateRow(0, AgentState.UNKNOWN)
STATES = {state.value: state for state in AgentState}


def queues_served(members: Sequence[Membership]) -> dict[int, tuple[str, ...]]:
    """The names of the queues each agent is a member of."""
    served: defaultdict[int, list[str]] = defaultdict(list)
    for member in members:
        served[member.agent_id].append(member.queue)
    return {agent_id: tuple(names) for agent_id, names in served.items()}


class AgentTotalsByScope:
    """The totals of each agent, with their sums by team."""

    def __init__(self, data: FloorData, cache: IdentityCache) -> None:
        self.by_agent = {totals.agent_id: totals for totals in data.agent_days}
        teams = cache.get("teams", (data.directory,), lambda: _team_agents(data))
        found = (
            (team_id, [self.by_agent[a] for a in agents if a in self.by_agent]) for team_id, agents in teams.items()
        )
        self.by_team = {team_id: added(totals) for team_id, totals in found if totals}
        self.together = added(data.agent_days)


def _team_agents(data: FloorData) -> dict[int, list[int]]:
    teams: defaultdict[int, list[int]] = defaultdict(list)
    for agent in data.directory.agents.values():
        if agent.team_id is not None:
            teams[agent.team_id].append(agent.id)
    return dict(teams)


def added(totals: Sequence[AgentTotals]) -> AgentTotals:
    """The sum of some agents' totals, as a record with ``agent_id`` 0; of no agents, zeros."""
    if not totals:
        return NO_TOTALS
    _, *sums = map(sum, zip(*map(astuple, totals), strict=True))
    return AgentTotals(0, *sums)


def agent_figures(
    data: FloorData,
    days: Mapping[int, AgentTotals],
    served: Mapping[int, tuple[str, ...]],
    answers: Mapping[int | None, SurveyAnswers],
    due: DueMoments,
    *,
    cache: IdentityCache,
) -> tuple[AgentFigures, ...]:
    """Every active agent, and others who were at work today, with what customers answered on them.

    The same record as before of an agent of whom nothing has changed, and the same tuple where that is so of all.
    """
    made: dict[int, tuple[object, AgentFigures]] = cache.get("agents", (data.directory,), dict)
    states = {row.agent_id: row for row in data.states}
    tracked = {subject.id for subject in data.tracked if subject.what == "agent"}
    into_day = _handled_into_day(data)
    figures = []
    for agent in data.directory.agents.values():
        if agent.active or agent.id in days or agent.id in states:
            now = states.get(agent.id, LOGGED_OUT if agent.id in tracked else UNTRACKED)
            row = _AgentRows(
                _without_orphaned_call(data, now, due),
                days.get(agent.id, NO_TOTALS),
                into_day.get(agent.id, NO_HANDLING),
                served.get(agent.id, ()),
                answers.get(agent.id, NO_ANSWERS),
                data.day.starts_at,
            )
            kept = made.get(agent.id)
            if kept is None or kept[0] != row:
                kept = made[agent.id] = row, _figures(data, agent, row)
            figures.append(kept[1])
    return cache.same("all agents", tuple(figures))


class _AgentRows(NamedTuple):
    """What an agent's figures are made of, beside the directory."""

    now: StateRow
    day: AgentTotals
    into_day: Handling
    served: tuple[str, ...]
    surveys: SurveyAnswers
    day_starts_at: int


def _without_orphaned_call(data: FloorData, now: StateRow, due: DueMoments) -> StateRow:
    """Ready where the call is orphaned (metrics.md 1.5): nobody has heard of its end, and it has long had one."""
    if now.entered_at is None or now.state not in IN_A_CALL:
        return now
    ended_at = over_at(now.entered_at, data.site.max_open_ms)
    if not due.reached(ended_at):
        return now
    return replace(now, state=AgentState.READY, started_at=ended_at, queue_id=None, campaign_id=None)


def _figures(data: FloorData, agent: AgentEntry, rows: _AgentRows) -> AgentFigures:
    now, day, into_day, served, surveys, day_starts_at = rows
    handled = Handling(
        day.inbound_talk_ms + day.outbound_talk_ms,
        day.inbound_hold_ms + day.outbound_hold_ms,
        day.inbound_wrap_up_ms + day.outbound_wrap_up_ms,
    )
    spent = handled if into_day is NO_HANDLING else handled + into_day
    return AgentFigures(
        id=agent.id,
        login=agent.login,
        name=agent.name,
        team=agent.team,
        client=agent.client,
        state=STATES[now.state],
        reason=now.reason,
        since=now.started_at,
        queue=_work(data, now),
        queues=served,
        handled=day.inbound + day.outbound,
        inbound=day.inbound,
        outbound=day.outbound,
        handled_talk_ms=handled.talk_ms,
        handled_hold_ms=handled.hold_ms,
        handled_wrap_up_ms=handled.wrap_up_ms,
        times_before=AgentTimes(
            talk_ms=day.talking_ms - day.hold_ms,
            hold_ms=day.hold_ms,
            wrap_up_ms=day.wrap_up_ms,
            ready_ms=day.ready_ms,
            paused_ms=day.paused_ms,
            logged_in_ms=day.ready_ms + day.paused_ms + day.talking_ms + day.other_ms,
        ),
        counts_from=None if now.started_at is None else max(now.started_at, day_starts_at),
        times_of_calls=AgentTimes(spent.talk_ms, spent.hold_ms, spent.wrap_up_ms),
        missed=day.missed,
        sales_calls=day.sales_calls,
        converted=day.converted,
        sales=day.sales,
        revenue_cents=day.revenue_cents,
        satisfied=surveys.satisfied,
        surveys=surveys.answers,
    )


def _work(data: FloorData, now: StateRow) -> str | None:
    """The queue or campaign of the call at hand."""
    if now.queue_id is not None:
        return data.directory.queues[now.queue_id].name
    return None if now.campaign_id is None else data.directory.campaigns[now.campaign_id].name


def _handled_into_day(data: FloorData) -> dict[int, Handling]:
    """By agent, what the calls of before the day took of it."""
    found: defaultdict[int, Handling] = defaultdict(Handling)
    for call in data.handled_into_day:
        spent = handling_since(data.day.starts_at, call.answered_at, call.ended_at, call.wrapped_up_at, call.hold_ms)
        found[call.agent_id] += spent
    return found
