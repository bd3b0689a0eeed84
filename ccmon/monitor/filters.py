"""Narrowing the floor to one queue, team or client: a snapshot in, a smaller snapshot out.

Sums are made anew from counts, never from ratios. What cannot be narrowed stays whole, and `unreached` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ccmon import alerts
from ccmon.business import SatisfactionFigures, SecondPurchase, StuckCustomer
from ccmon.model import AgentFigures, Direction, FloorSnapshot, FollowUpFigures, HandlingFigures, SalesFigures
from ccmon.monitor.arrange import AGENTS, CONVERSION, FOLLOW_UPS, HANDLING, QUEUE, SATISFACTION
from ccmon.snapshot.queues import total_figures

OfClient = TypeVar("OfClient", StuckCustomer, SecondPurchase)
KINDS = ("queue", "team", "client")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is shown; None shows all."""

    queue: str | None = None
    team: str | None = None
    client: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return any((self.queue, self.team, self.client))

    @property
    def parts(self) -> Sequence[tuple[str, str]]:
        """The kinds in force with their names."""
        values = (("queue", self.queue), ("team", self.team), ("client", self.client))
        return [(kind, name) for kind, name in values if name is not None]

    def spelt(self, floor: FloorSnapshot) -> Filters:
        """The same with each name as the floor spells it: upper and lower case are one, as in queue names."""
        spellings = {kind: {name.casefold(): name for name in names(floor, kind)} for kind, _ in self.parts}
        return replace(self, **{kind: spellings[kind].get(name.casefold(), name) for kind, name in self.parts})

    def unknown(self, floor: FloorSnapshot) -> Sequence[tuple[str, str]]:
        """The parts that name nothing on the floor."""
        return [(kind, name) for kind, name in self.spelt(floor).parts if name not in names(floor, kind)]

    def with_one(self, kind: str, name: str | None) -> Filters:
        """The same with another value for one kind."""
        values = {"queue": self.queue, "team": self.team, "client": self.client} | {kind: name}
        return Filters(**values)

    def unreached(self, panel: int) -> str:
        """Which of the filters in force do not reach a panel, as a remark; empty if all do."""
        reached = {
            QUEUE: {"queue", "client"},
            AGENTS: {"queue", "team", "client"},
            CONVERSION: {"team", "client"},
            HANDLING: {"queue", "team", "client"},
            FOLLOW_UPS: {"team", "client"},
            SATISFACTION: {"queue", "team", "client"},
        }.get(panel, set())
        missed = [f"all {kind}s" for kind, _ in self.parts if kind not in reached]
        return ", ".join(missed)

    def figure_of(self, panel: int) -> str:
        """What a panel's figure is of where a filter does not reach it; its rows may be reached none the less."""
        if panel == SATISFACTION:
            return ", ".join(f"all {kind}s" for kind, _ in self.parts)
        return self.unreached(panel)


EVERYTHING = Filters()
"""No filter."""


def names(floor: FloorSnapshot, kind: str) -> Sequence[str]:
    """The names that a floor can be narrowed to."""
    if kind == "queue":
        found: set[str | None] = {queue.name for queue in floor.queues}
    elif kind == "team":
        found = {agent.team for agent in floor.agents} | {each.name for each in floor.sales if each.scope == "team"}
    else:
        found = {queue.client for queue in floor.queues} | {agent.client for agent in floor.agents}
    return sorted((name for name in found if name), key=str.casefold)


def narrow(floor: FloorSnapshot, filters: Filters) -> FloorSnapshot:
    """The part of the floor that the filters let through."""
    if not filters:
        return floor
    queues = tuple(
        queue
        for queue in floor.queues
        if filters.queue in {None, queue.name} and filters.client in {None, queue.client}
    )
    shown = {queue.id for queue in queues}
    agents = tuple(agent for agent in floor.agents if _agent_passes(agent, filters))
    people = {agent.id for agent in agents}
    memberships = tuple(each for each in floor.memberships if each.queue_id in shown and each.agent_id in people)
    team = {agent.name for agent in floor.agents if agent.team == filters.team}
    narrowed = replace(
        floor,
        queues=queues,
        total=total_figures(queues, [each for each in floor.memberships if each.queue_id in shown], floor.agents),
        waiting=tuple(call for call in floor.waiting if call.queue_id in shown),
        agents=agents,
        memberships=memberships,
        sales=_sales(floor.sales, filters, people),
        handling=_handling(floor.handling, filters),
        follow_ups=_follow_ups(floor.follow_ups, filters, floor.at, floor.day.starts_at),
        satisfaction=_satisfaction(floor.satisfaction, filters, people),
        low_scores=None
        if floor.low_scores is None
        else tuple(
            score
            for score in floor.low_scores
            if filters.client in {None, score.client}
            and filters.queue in {None, score.queue}
            and (filters.team is None or score.agent in team)
        ),
        stuck=_of_client(floor.stuck, filters),
        second_purchases=_of_client(floor.second_purchases, filters),
    )
    return replace(narrowed, alerts=alerts.narrowed(floor.alerts, _concerned(floor, narrowed, filters)))


def _of_client(rows: tuple[OfClient, ...] | None, filters: Filters) -> tuple[OfClient, ...] | None:
    """Those of the client; None where they are not known yet."""
    return rows and tuple(each for each in rows if filters.client in {None, each.client})


def _agent_passes(agent: AgentFigures, filters: Filters) -> bool:
    return (
        filters.team in {None, agent.team}
        and filters.client in {None, agent.client}
        and (filters.queue is None or filters.queue == agent.queue or filters.queue in agent.queues)
    )


def _sales(lines: Sequence[SalesFigures], filters: Filters, people: set[int]) -> tuple[SalesFigures, ...]:
    if filters.team is None and filters.client is None:
        return tuple(lines)

    def passes(line: SalesFigures) -> bool:
        if filters.client not in {None, line.client} or line.scope == "centre":
            return False
        if filters.team is None:
            return True
        return (line.scope == "team" and line.name == filters.team) or (line.scope == "agent" and line.id in people)

    kept = [line for line in lines if passes(line)]
    scope = "client" if filters.team is None else "team"
    whole = next((line._replace(scope="centre", id=None) for line in kept if line.scope == scope), None)
    return tuple(kept) if whole is None else (whole, *kept)


def _satisfaction(
    lines: Sequence[SatisfactionFigures] | None, filters: Filters, people: set[int]
) -> tuple[SatisfactionFigures, ...] | None:
    """The whole stays, for comparison."""

    def passes(line: SatisfactionFigures) -> bool:
        if line.scope == "centre":
            return True
        if line.scope == "agent":
            return line.id in people
        if filters.client not in {None, line.client}:
            return False
        if line.scope == "queue":
            return filters.team is None and filters.queue in {None, line.name}
        return filters.queue is None and filters.team in {None, line.name}

    return None if lines is None else tuple(line for line in lines if passes(line))


def _handling(lines: Sequence[HandlingFigures], filters: Filters) -> tuple[HandlingFigures, ...]:
    def passes(line: HandlingFigures) -> bool:
        if filters.client not in {None, line.client} or line.scope == "centre":
            return False
        return (line.scope == "queue" and filters.team is None and filters.queue in {None, line.name}) or (
            line.scope == "team" and filters.queue is None and filters.team in {None, line.name}
        )

    kept = [line for line in lines if passes(line)]
    scope = "team" if filters.team is not None else "queue"
    wholes = [
        _added_handling(of_one)
        for direction in Direction
        if (of_one := [line for line in kept if line.direction is direction and line.scope == scope])
    ]
    return (*wholes, *kept)


def _added_handling(lines: Sequence[HandlingFigures]) -> HandlingFigures:
    """The lines added up. Percentiles and usual means cannot be: they stand only where there is one line."""
    alone = len(lines) == 1
    return replace(
        lines[0],
        scope="centre",
        id=None,
        handled=sum(line.handled for line in lines),
        talk_ms=sum(line.talk_ms for line in lines),
        hold_ms=sum(line.hold_ms for line in lines),
        wrap_up_ms=sum(line.wrap_up_ms for line in lines),
        median_ms=lines[0].median_ms if alone else None,
        p90_ms=lines[0].p90_ms if alone else None,
        target_ms=lines[0].target_ms if alone else None,
        usual_aht_ms=lines[0].usual_aht_ms if alone else None,
    )


def _follow_ups(figures: FollowUpFigures, filters: Filters, at: int, day_starts_at: int) -> FollowUpFigures:
    """What is open, and what its owners have done."""
    if filters.team is None and filters.client is None:
        return figures
    items = tuple(
        item for item in figures.items if filters.team in {None, item.team} and filters.client in {None, item.client}
    )
    overdue = sum(item.overdue_since < at for item in items)
    known = figures.overdue is not None
    owners = tuple(
        owner
        for owner in figures.owners or ()
        if filters.team in {None, owner.team} and filters.client in {None, owner.client}
    )
    return FollowUpFigures(
        due_today=sum(item.due_at >= day_starts_at for item in items) if known else None,
        overdue=overdue if known else None,
        done_today=None if figures.owners is None else sum(owner.done_today for owner in owners),
        on_time=sum(owner.kept.on_time for owner in owners),
        on_time_of=sum(owner.kept.promised for owner in owners),
        items=items,
        owners=None if figures.owners is None else owners,
    )


def _concerned(floor: FloorSnapshot, narrowed: FloorSnapshot, filters: Filters) -> FloorSnapshot:
    """What the alerts of the part are about: less than what is shown, where a filter does not reach a panel.

    Of a team, the queues that it serves, and those of its client that nobody serves. Of a queue, what those owe who
    serve it.
    """
    queues, owed = narrowed.queues, narrowed.follow_ups
    if filters.team is not None:
        served = {name for agent in narrowed.agents for name in agent.queues}
        by_anybody = {name for agent in floor.agents for name in agent.queues}
        clients = {agent.client for agent in narrowed.agents}
        queues = tuple(
            queue
            for queue in queues
            if queue.name in served or (queue.name not in by_anybody and queue.client in clients)
        )
    if filters.queue is not None:
        people = {agent.name for agent in narrowed.agents}
        owed = replace(
            owed,
            items=tuple(item for item in owed.items if item.owner in people),
            owners=tuple(owner for owner in owed.owners or () if owner.name in people),
        )
    return replace(narrowed, queues=queues, follow_ups=owed)
