"""Who should make a call that is promised to a customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ccmon.formatting import plural
from ccmon.language import gettext as _
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.follow_ups import FollowUp
from ccmon.spelling import folded
from ccmon.time_units import HOUR_MS
from ccmon.views.agents import doing
from ccmon.views.promisees import Promisee
from ccmon.views.view_context import ViewContext


def is_away(agent: AgentFigures, shift_ends_at: int | None, at: int) -> bool:
    """Whether an agent is not at work at a moment."""
    is_over = shift_ends_at is not None and shift_ends_at <= at
    return is_over or agent.state in {AgentState.LOGGED_OUT, AgentState.UNAVAILABLE}


def owed_by(context: ViewContext) -> Counter[int | None]:
    """How many open promises each agent has."""
    return Counter(item.owner_id for item in context.floor_to_choose_from.follow_ups.items)


class OwnerFit:
    """How well agents suit a call to a customer: by the team that knows the customer, the queue and the client."""

    def __init__(self, promisee: Promisee, agents: Sequence[AgentFigures]) -> None:
        self._promisee = promisee
        self._team = next((agent.team for agent in agents if agent.name == promisee.agent), None)
        self._of = promisee.agent if self._team is not None else promisee.queue
        if self._team is None and promisee.queue is not None:
            serving = Counter(agent.team for agent in agents if promisee.queue in agent.queues and agent.team)
            self._team = max(serving, key=lambda team: (serving[team], team), default=None)

    def rank(self, agent: AgentFigures) -> int:
        """0: of the team of the agent who knows the customer, or which most serves the queue; 3: of another client."""
        if self._team is not None and agent.team == self._team:
            return 0
        if self._promisee.queue in agent.queues:
            return 1
        return 2 if self._promisee.client is not None and agent.client == self._promisee.client else 3

    def why(self, agent: AgentFigures) -> str:
        """Why an agent is offered; empty: nothing speaks for them but that they are here."""
        rank, promisee = self.rank(agent), self._promisee
        if rank == 0:
            return _("team of {name}").format(name=self._of)
        if rank == 1:
            return _("serves {queue}").format(queue=promisee.queue)
        return _("works for {client}").format(client=promisee.client) if rank == 2 else ""


def proposed_owners(
    context: ViewContext, due_at: int, owed: Mapping[int | None, int], promisees: Sequence[Promisee] = ()
) -> list[AgentFigures]:
    """Agents who may make calls to some customers, first those at work who are still there when they are due.

    Of them, those come first who suit the customers best (`OwnerFit`), then those with most time left in the shift
    beside the work of what they owe, then those with the fewest promises.
    """
    floor, now = context.floor_to_choose_from, context.rows_at
    ends, fits = floor.shift_ends, [OwnerFit(each, floor.agents) for each in promisees]
    work = {each.agent_id: each.load.needed_ms for each in floor.follow_ups.owners or () if each.load is not None}

    def order(agent: AgentFigures) -> tuple[bool, bool, int, int, int, str]:
        ends_at = ends.get(agent.id)
        is_gone = ends_at is not None and ends_at <= due_at
        rank = sum(fit.rank(agent) for fit in fits)
        left_ms = (ends_at or now) - now - work.get(agent.id, 0)
        return (
            is_away(agent, ends_at, now),
            is_gone,
            rank,
            -left_ms,
            owed.get(agent.id, 0),
            folded(agent.name),
        )

    return sorted(floor.agents, key=order)


def shared_out(context: ViewContext, due_at: int, promisees: Sequence[Promisee]) -> list[AgentFigures | None]:
    """Who makes each of some calls: who suits the customer best, then who has fewest promises; None: nobody is here."""
    owed, owners = owed_by(context), list[AgentFigures | None]()
    floor, now = context.floor_to_choose_from, context.rows_at
    ends = floor.shift_ends
    at_work = [agent for agent in proposed_owners(context, due_at, owed) if not is_away(agent, ends.get(agent.id), now)]
    staying = [agent for agent in at_work if (ends.get(agent.id) or due_at + 1) > due_at] or at_work
    places = {agent.id: place for place, agent in enumerate(staying)}
    for promisee in promisees:
        fit = OwnerFit(promisee, floor.agents)
        owner = min(staying, key=lambda agent: (fit.rank(agent), owed[agent.id], places[agent.id]), default=None)
        owners.append(owner)
        owed[owner.id if owner is not None else None] += 1
    return owners


def time_left(context: ViewContext, agent: AgentFigures) -> str:
    """How much of an agent's shift is left, in words; empty where that is not known."""
    ends_at = context.floor_to_choose_from.shift_ends.get(agent.id)
    if ends_at is None or ends_at <= context.rows_at:
        return ""
    left_ms = ends_at - context.rows_at
    return _("{hours} h {minutes} left").format(hours=left_ms // HOUR_MS, minutes=f"{left_ms % HOUR_MS // 60_000:02}")


def possible_owners(item: FollowUp, context: ViewContext, owed: Mapping[int | None, int]) -> list[AgentFigures]:
    """Agents who may take a follow-up: first those at work, of them the owner's team, then by the fewest promises."""
    floor = context.floor_to_choose_from
    ends = {owner.agent_id: owner.shift_ends_at for owner in floor.follow_ups.owners or ()}

    return sorted(
        (agent for agent in floor.agents if agent.id != item.owner_id),
        key=lambda agent: (
            is_away(agent, ends.get(agent.id), context.rows_at),
            agent.team != item.team,
            owed.get(agent.id, 0),
            folded(agent.name),
        ),
    )


def about_owner(agent: AgentFigures, owed: int, left: str = "", why: str = "") -> str:
    """Why an agent is offered, how much time and how many promises they have, what they do; else their team."""
    promises = plural(owed, "{n} promise", "{n} promises") if owed else None
    return ", ".join(filter(None, (why, left, promises, doing(agent), "" if why else agent.team or _("no team"))))


def offered_owners(context: ViewContext, due_at: int, promisees: Sequence[Promisee]) -> list[tuple[AgentFigures, str]]:
    """Agents who may make calls to some customers, the best first, each with what speaks for them."""
    owed = owed_by(context)
    agents = proposed_owners(context, due_at, owed, promisees)
    fit = OwnerFit(promisees[0], agents) if len(promisees) == 1 else None
    return [
        (agent, about_owner(agent, owed[agent.id], time_left(context, agent), "" if fit is None else fit.why(agent)))
        for agent in agents
    ]
