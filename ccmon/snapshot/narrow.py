"""Narrowing a snapshot to one queue, team or client: a snapshot in, a smaller snapshot out. Pure.

Every figure is computed for the part, from counts and never from ratios, or is absent; then `FloorSnapshot.absent` says
why. Nothing about anybody else remains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import add, attrgetter
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import asdict, astuple, replace

from ccmon.formatting import any_of
from ccmon.language import N_, gettext
from ccmon.metrics.next_change import NextChange
from ccmon.metrics.satisfaction import by_scale
from ccmon.model.agents import AgentFigures
from ccmon.model.calls import Direction
from ccmon.model.follow_ups import FollowUpFigures
from ccmon.model.handling import HandlingFigures
from ccmon.model.lost_callers import LostCallers
from ccmon.model.queues import QueueFigures
from ccmon.model.retention import SecondPurchase, UnresolvedCustomer
from ccmon.model.sales import SalesFigures
from ccmon.model.satisfaction import SatisfactionFigures
from ccmon.model.scopes import NamedScope
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import find_alarms
from ccmon.snapshot.lazy_sales import scopes_of
from ccmon.snapshot.queues import total_figures
from ccmon.spelling import folded, spelt

FILTER_KINDS = (N_("queue"), N_("team"), N_("client"))
FILTERABLE_BY: Mapping[str, frozenset[str]] = {
    "sales": frozenset({"team", "client"}),
    "retention": frozenset(),
    "problems": frozenset(),
    "resources": frozenset(),
    "value": frozenset(),
}
"""By section of a snapshot, the kinds of filter that it can be computed for; a section not named here, for all."""

SURVEY_COUNTS = (
    "promoters",
    "invited",
    "responded",
    "said_resolved",
    "said_resolved_of",
    "first_contact",
    "first_contact_day",
    "repeats",
)
Line = TypeVar("Line", HandlingFigures, SatisfactionFigures)
OfAgent = TypeVar("OfAgent", UnresolvedCustomer, SecondPurchase)


class Filters(Struct, frozen=True):
    """What is shown; None shows all."""

    queue: str | None = None
    team: str | None = None
    client: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return any(astuple(self))

    @property
    def in_force(self) -> Sequence[tuple[str, str]]:
        """The kinds in force with their names."""
        return [(kind, name) for kind, name in asdict(self).items() if name is not None]

    def spelt(self, snapshot: FloorSnapshot) -> Filters:
        """The same filters with each name spelt as on the floor; case and accents are ignored."""
        return replace(self, **{kind: spelt(name, names(snapshot, kind)) or name for kind, name in self.in_force})

    def unknown(self, snapshot: FloorSnapshot) -> Sequence[tuple[str, str]]:
        """The filters in force with a name unknown on the floor."""
        return [(kind, name) for kind, name in self.spelt(snapshot).in_force if name not in names(snapshot, kind)]

    def with_one(self, kind: str, name: str | None) -> Filters:
        """The same filters with another value for one kind."""
        return replace(self, **{kind: name})

    def absent(self) -> Mapping[str, str]:
        """The sections of a snapshot that cannot be computed for what is shown, each with the reason in words."""
        found = {}
        for section, reached in FILTERABLE_BY.items():
            missed = [kind for kind, _ in self.in_force if kind not in reached]
            if missed:
                kinds = any_of([gettext(kind) for kind in missed])
                found[section] = gettext("Not known for one {kinds}.").format(kinds=kinds)
        if self.queue is not None and self.team is not None:
            found["handling"] = found["satisfaction"] = gettext("Not known for one team in one queue.")
        return found


NO_FILTER = Filters()
"""No filter."""


def names(snapshot: FloorSnapshot, kind: str) -> Sequence[str]:
    """The names of a kind to which the floor can be narrowed."""
    if kind == "queue":
        found: set[str | None] = {queue.name for queue in snapshot.queues}
    elif kind == "team":
        found = {agent.team for agent in snapshot.agents} | {
            each.name for each in scopes_of(snapshot.sales) if each.kind == "team"
        }
    else:
        found = {queue.client for queue in snapshot.queues} | {agent.client for agent in snapshot.agents}
        found |= {each.client for each in scopes_of(snapshot.sales)}
    return sorted((name for name in found if name), key=folded)


def near_names(snapshot: FloorSnapshot, kind: str, name: str) -> Sequence[str]:
    """Up to five names of a kind that contain a text or are spelt much like it."""
    import difflib  # noqa: PLC0415 - for a name that is not there alone

    known = {folded(each): each for each in names(snapshot, kind)}
    wanted = folded(name).strip()
    holding = [each for each in known if wanted and wanted in each]
    alike = difflib.get_close_matches(wanted, known, n=5)
    return [known[each] for each in dict.fromkeys([*alike, *holding])][:5]


def narrow(snapshot: FloorSnapshot, filters: Filters) -> FloorSnapshot:
    """The part of the floor that the filters let through.

    A team's queues are those that it serves, and those of its client that nobody serves; a queue's follow-ups are those
    of the agents who serve it.
    """
    if not filters:
        return snapshot
    agents = _agents(snapshot, filters)
    queues = _queues(snapshot, filters, agents)
    shown, people = {queue.id for queue in queues}, {agent.id for agent in agents}
    members = [each for each in snapshot.memberships if each.queue_id in shown]
    handling = _handling(snapshot.handling, filters)
    absent = {**filters.absent(), **_not_added(handling)}
    narrowed = replace(
        snapshot,
        queues=queues,
        total=total_figures(queues, members, snapshot.agents),
        waiting=tuple(call for call in snapshot.waiting if call.queue_id in shown),
        agents=agents,
        memberships=tuple(each for each in members if each.agent_id in people),
        sales=() if "sales" in absent else _sales(snapshot.sales, filters, people),
        handling=handling,
        follow_ups=_follow_ups(snapshot, filters, people),
        satisfaction=snapshot.satisfaction and _satisfaction(snapshot.satisfaction, filters, people),
        low_scores=snapshot.low_scores
        and tuple(
            score
            for score in snapshot.low_scores
            if filters.client in {None, score.client}
            and filters.queue in {None, score.queue}
            and (filters.team is None or score.agent_id in people)
        ),
        lost_callers=snapshot.lost_callers and _lost_callers(snapshot.lost_callers, shown),
        unresolved_customers=_of_agents(snapshot.unresolved_customers, filters, people),
        second_purchases=_of_agents(snapshot.second_purchases, filters, people),
        shift_ends={agent_id: at for agent_id, at in snapshot.shift_ends.items() if agent_id in people},
        retention=None,
        problems=None,
        resources=None,
        value=None,
        absent=tuple(absent.items()),
        alarms=(),
    )
    # Agents of other teams or clients work and pause in these queues, too: their number is the queue's own.
    concerned = replace(narrowed, memberships=tuple(members))
    return replace(narrowed, alarms=find_alarms(concerned))


def _lost_callers(found: LostCallers, queues: set[int | None]) -> LostCallers:
    """Those who were lost last in the part's queues."""
    return LostCallers(tuple(caller for caller in found.items if caller.queue_id in queues))


def _of_agents(rows: tuple[OfAgent, ...] | None, filters: Filters, people: set[int]) -> tuple[OfAgent, ...] | None:
    """The rows about the client's customers; for a team or a queue, those of its agents. None: not known yet."""
    by_agent = filters.team is not None or filters.queue is not None
    return rows and tuple(
        each for each in rows if filters.client in {None, each.client} and (not by_agent or each.agent_id in people)
    )


def _agents(snapshot: FloorSnapshot, filters: Filters) -> tuple[AgentFigures, ...]:
    """The agents of the part. A client's agents may take calls for other clients, whose names are left out."""
    found = (agent for agent in snapshot.agents if _agent_passes(agent, filters))
    if filters.client is None:
        return tuple(found)
    own = {queue.name for queue in snapshot.queues if queue.client == filters.client}
    own |= {
        each.name for each in scopes_of(snapshot.sales) if each.kind == "campaign" and each.client == filters.client
    }
    return tuple(
        replace(
            agent,
            queue=agent.queue if agent.queue in own else None,
            queues=tuple(queue for queue in agent.queues if queue in own),
        )
        for agent in found
    )


def _agent_passes(agent: AgentFigures, filters: Filters) -> bool:
    return (
        filters.team in {None, agent.team}
        and filters.client in {None, agent.client}
        and (filters.queue is None or filters.queue == agent.queue or filters.queue in agent.queues)
    )


def _queues(snapshot: FloorSnapshot, filters: Filters, agents: Sequence[AgentFigures]) -> tuple[QueueFigures, ...]:
    served = {name for agent in agents for name in agent.queues}
    by_anybody = {name for agent in snapshot.agents for name in agent.queues}
    clients = {agent.client for agent in agents}

    def of_team(queue: QueueFigures) -> bool:
        return queue.name in served or (queue.name not in by_anybody and queue.client in clients)

    return tuple(
        queue
        for queue in snapshot.queues
        if filters.queue in {None, queue.name}
        and filters.client in {None, queue.client}
        and (filters.team is None or of_team(queue))
    )


def _sales(lines: Sequence[SalesFigures], filters: Filters, people: set[int]) -> tuple[SalesFigures, ...]:
    def passes(line: NamedScope) -> bool:
        if filters.client not in {None, line.client} or line.kind == "centre":
            return False
        if filters.team is None:
            return True
        return (line.kind == "team" and line.name == filters.team) or (line.kind == "agent" and line.id in people)

    own = [lines[place] for place, line in enumerate(scopes_of(lines)) if passes(line)]
    kind = "client" if filters.team is None else "team"
    total = next((replace(line, kind="centre", id=None) for line in own if line.kind == kind), None)
    return tuple(own) if total is None else (total, *own)


def _is_of(line: NamedScope, filters: Filters) -> bool:
    """Whether a queue's or a team's line belongs to the part; there is none for a team within a queue."""
    if filters.client not in {None, line.client}:
        return False
    if line.kind == "queue":
        return filters.team is None and filters.queue in {None, line.name}
    return line.kind == "team" and filters.queue is None and filters.team in {None, line.name}


def _total(lines: Sequence[Line], filters: Filters, counts: Sequence[str]) -> Line:
    """The sum of the lines' counts, as a line for the whole part."""
    sums = {name: reduce(add, map(attrgetter(name), lines)) for name in counts}
    return replace(lines[0], kind="centre", id=None, name=filters.queue or filters.team or filters.client or "", **sums)


def _handling(lines: Sequence[HandlingFigures], filters: Filters) -> tuple[HandlingFigures, ...]:
    """The total of the part in each direction, then its lines.

    A client's inbound calls are those of its queues. Outbound calls have no queue: they are those of its teams.
    """
    own = [line for line in lines if _is_of(line, filters)]
    totals = []
    for direction in Direction:
        kind = "queue" if filters.team is None and direction is Direction.INBOUND else "team"
        of_one = [line for line in own if line.direction is direction and line.kind == kind]
        if of_one:
            total = _total(of_one, filters, ("handled", "talk_ms", "hold_ms", "wrap_up_ms"))
            if len(of_one) > 1:  # percentiles and usual means cannot be added up
                total = replace(total, median_ms=None, p90_ms=None, target_ms=None, usual_aht_ms=None)
            totals.append(total)
    return (*totals, *own)


def _not_added(lines: Iterable[HandlingFigures]) -> Mapping[str, str]:
    """Figures that the total lacks because the lines' values cannot be added, each with the reason in a sentence."""
    if all(line.median_ms is not None for line in lines if line.kind == "centre" and line.handled):
        return {}
    return {"handling_percentiles": gettext("Median and P90 are known for one queue alone.")}


def _satisfaction(
    lines: Sequence[SatisfactionFigures], filters: Filters, people: set[int]
) -> tuple[SatisfactionFigures, ...]:
    """The total of the part (the team, else the sum of its queues), then its lines."""
    own = [line for line in lines if (line.id in people if line.kind == "agent" else _is_of(line, filters))]
    parts = [line for line in own if line.kind == ("team" if filters.team is not None else "queue")]
    if not parts:
        return tuple(own)
    total = _total(parts, filters, SURVEY_COUNTS)
    return (replace(total, scales=by_scale(scale for line in parts for scale in line.scales)), *own)


def _follow_ups(snapshot: FloorSnapshot, filters: Filters, people: set[int]) -> FollowUpFigures:
    """The part's open follow-ups, and what their owners have done."""
    figures = snapshot.follow_ups

    def passes(owner_id: int | None, team: str | None, client: str | None) -> bool:
        return (
            filters.team in {None, team}
            and filters.client in {None, client}
            and (filters.queue is None or owner_id in people)
        )

    items = tuple(item for item in figures.items if passes(item.owner_id, item.team, item.client))
    known, now = figures.overdue is not None, NextChange(snapshot.at)
    owners = tuple(each for each in figures.owners or () if passes(each.agent_id, each.team, each.client))
    return FollowUpFigures(
        due_today=sum(item.due_at >= snapshot.day.starts_at for item in items) if known else None,
        overdue=sum(item.is_overdue(now) for item in items) if known else None,
        done_today=None if figures.owners is None else sum(owner.done_today for owner in owners),
        on_time=sum(owner.kept.on_time for owner in owners),
        on_time_of=sum(owner.kept.decided for owner in owners),
        items=items,
        owners=None if figures.owners is None else owners,
    )
