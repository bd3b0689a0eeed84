"""Queues: the calls of the business day by entry, and who waits and talks now (metrics.md 3 to 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from ccmon.figures.service_level import service_level
from ccmon.model import ON_THE_PHONES, AgentFigures, AgentState, Membership, Quarter, QueueFigures, WaitingCall
from ccmon.snapshot.facts import Facts, Queue, Row
from ccmon.snapshot.staffing import agents_needed

COUNTS = (
    "offered",
    "answered",
    "answered_in_threshold",
    "abandoned",
    "short_abandoned",
    "timed_out",
    "no_agents",
    "diverted",
    "unknown",
    "answered_wait_ms",
    "abandoned_wait_ms",
    "handled",
    "talk_ms",
    "hold_ms",
    "wrap_up_ms",
)
"""Sums of a queue's quarters, in the order of queue_quarters after its key."""
SUMMED = (*COUNTS, "waiting", "talking", "open", "waiting_past_threshold")


Value = TypeVar("Value")


class Targets(NamedTuple):
    """What a queue's calls are measured by on one business day (metrics.md 1.9)."""

    threshold_ms: int
    target: float
    short_abandon_ms: int


class OpenCalls:
    """Calls that have not ended, by queue. One open for longer than the site allows is a ghost (metrics.md 1.5)."""

    def __init__(self, facts: Facts, at: int) -> None:
        self.waiting: defaultdict[int, list[Row]] = defaultdict(list)
        self.talking: defaultdict[int, int] = defaultdict(int)
        self.ghosts: defaultdict[int, list[Row]] = defaultdict(list)
        """Of today's calls alone: those of yesterday are in no figure of today."""
        oldest = at - facts.site.max_open_ms
        for call in facts.calls:
            queue_id, entered_at, answered_at, *_ = call
            if entered_at < oldest:
                if entered_at >= facts.day.starts_at:
                    self.ghosts[queue_id].append(call)
            elif answered_at is None:
                self.waiting[queue_id].append(call)
            else:
                self.talking[queue_id] += 1


def day_targets(facts: Facts) -> dict[int, Targets]:
    """Each queue's targets of the business day; its present ones until its first call of the day fixes them."""
    targets = {q.id: Targets(q.threshold_ms, q.target, q.short_abandon_ms) for q in facts.directory.queues.values()}
    targets.update({queue_id: Targets(*values) for queue_id, *values in facts.queue_days})
    return targets


def queue_figures(
    facts: Facts, calls: OpenCalls, members: Sequence[Membership], agents: Sequence[AgentFigures], at: int
) -> tuple[QueueFigures, ...]:
    """Each queue of the site."""
    quarters: defaultdict[int, list[Row]] = defaultdict(list)
    for row in facts.quarters:
        quarters[row[0]].append(row)
    longest: dict[int, int | None] = dict(facts.longest_waits)
    targets = day_targets(facts)
    crews = _crews(members, agents)
    return tuple(
        _queue(
            facts,
            queue,
            quarters[queue.id],
            calls=calls,
            longest_wait_s=longest.get(queue.id),
            targets=targets[queue.id],
            crew=crews[queue.id],
            at=at,
        )
        for queue in facts.directory.queues.values()
    )


def _queue(
    facts: Facts,
    queue: Queue,
    quarters: list[Row],
    *,
    calls: OpenCalls,
    longest_wait_s: int | None,
    targets: Targets,
    crew: Crew,
    at: int,
) -> QueueFigures:
    sums = [sum(column) for column in zip(*quarters, strict=True)][2:] if quarters else [0] * len(COUNTS)
    counts = dict(zip(COUNTS, sums, strict=True))
    for call in calls.ghosts[queue.id]:
        _take_out(counts, call, targets)
    waiting = calls.waiting[queue.id]
    here = [call for call in waiting if call[1] >= facts.day.starts_at]
    longest = [
        *(max(0, at - call[1]) for call in here),
        *([longest_wait_s * 1000] if longest_wait_s is not None else []),
    ]
    return QueueFigures(
        id=queue.id,
        name=queue.name,
        purpose=queue.purpose,
        client=queue.client,
        service_level_threshold_ms=targets.threshold_ms,
        service_level_target=targets.target,
        handling_target_ms=queue.handling_target_ms,
        waiting=len(waiting),
        longest_wait_since=min((call[1] for call in waiting), default=None),
        talking=calls.talking[queue.id],
        agents_ready=crew.ready,
        agents_on_phones=crew.on_phones,
        agents_needed=agents_needed(facts, queue.id, quarters, targets=targets, counts=counts, at=at),
        open=len(here),
        waiting_past_threshold=sum(at - call[1] > targets.threshold_ms for call in here),
        longest_wait_today_ms=max(longest, default=None),
        quarters=tuple(_quarter(row) for row in quarters),
        **counts,
    )


def _take_out(counts: dict[str, int], ghost: Row, targets: Targets) -> None:
    """Count a call that never ended as unknown; the totals know it as open or as answered."""
    counts["unknown"] += 1
    _, entered_at, answered_at, *_ = ghost
    if answered_at is not None:
        wait = max(0, answered_at - entered_at)
        counts["answered"] -= 1
        counts["answered_in_threshold"] -= wait <= targets.threshold_ms
        counts["answered_wait_ms"] -= wait


def _quarter(row: Row) -> Quarter:
    _, starts_at, offered, answered, in_threshold, abandoned, short, timed_out, no_agents, *_ = row
    return Quarter(
        starts_at,
        offered,
        answered,
        in_threshold,
        abandoned - short + timed_out + no_agents,
        service_level(
            answered_in_threshold=in_threshold,
            answered=answered,
            abandoned=abandoned,
            gave_up=timed_out + no_agents,
            short_abandoned=short,
        ),
    )


class Crew(NamedTuple):
    """Agents who can take a queue's calls now."""

    ready: int
    on_phones: int


def _crews(members: Sequence[Membership], agents: Sequence[AgentFigures]) -> defaultdict[int, Crew]:
    by_id = {agent.id: agent for agent in agents}
    ready: defaultdict[int, int] = defaultdict(int)
    on_phones: defaultdict[int, int] = defaultdict(int)
    for member in members:
        agent = by_id.get(member.agent_id)
        if agent is not None and able(member, agent):
            on_phones[member.queue_id] += 1
            ready[member.queue_id] += agent.state is AgentState.READY
    crews: defaultdict[int, Crew] = defaultdict(lambda: Crew(0, 0))
    crews.update({queue_id: Crew(ready[queue_id], count) for queue_id, count in on_phones.items()})
    return crews


def able(member: Membership, agent: AgentFigures) -> bool:
    """Whether a member works for the queue now: on the phones, and not paused in it unless on one of its calls."""
    return agent.state in ON_THE_PHONES and (not member.paused or agent.queue == member.queue)


def total_figures(
    queues: Sequence[QueueFigures], members: Sequence[Membership], agents: Sequence[AgentFigures]
) -> QueueFigures:
    """All queues together. An agent counts once, however many queues they serve."""
    return summed(queues, "All queues", _all_crews(members, agents))


def summed(queues: Sequence[QueueFigures], name: str, crew: Crew) -> QueueFigures:
    """The total over some queues: numerators and denominators added up, never percentages (metrics.md 1.4)."""
    needed = [queue.agents_needed for queue in queues if queue.agents_needed is not None]
    return QueueFigures(
        id=None,
        name=name,
        purpose=_common(queue.purpose for queue in queues),
        client=_common(queue.client for queue in queues),
        service_level_threshold_ms=_common(queue.service_level_threshold_ms for queue in queues),
        service_level_target=_common(queue.service_level_target for queue in queues),
        handling_target_ms=None,
        longest_wait_since=min(
            (q.longest_wait_since for q in queues if q.longest_wait_since is not None), default=None
        ),
        agents_ready=crew.ready,
        agents_on_phones=crew.on_phones,
        agents_needed=sum(needed) if needed else None,
        longest_wait_today_ms=max(
            (q.longest_wait_today_ms for q in queues if q.longest_wait_today_ms is not None), default=None
        ),
        quarters=_merged(queues),
        **{field: sum(getattr(queue, field) for queue in queues) for field in SUMMED},
    )


def _all_crews(members: Sequence[Membership], agents: Sequence[AgentFigures]) -> Crew:
    """Agents who can take the calls of at least one queue; everybody on the phones where no memberships are known."""
    by_id = {agent.id: agent for agent in agents}
    if members:
        found = {m.agent_id for m in members if m.agent_id in by_id and able(m, by_id[m.agent_id])}
    else:
        found = {agent.id for agent in agents if agent.state in ON_THE_PHONES}
    return Crew(sum(by_id[agent_id].state is AgentState.READY for agent_id in found), len(found))


def _merged(queues: Sequence[QueueFigures]) -> tuple[Quarter, ...]:
    """Quarters of several queues added up. The level is over the same counts as a single queue's."""
    by_start: defaultdict[int, list[Quarter]] = defaultdict(list)
    for queue in queues:
        for quarter in queue.quarters:
            by_start[quarter.starts_at].append(quarter)
    return tuple(_sum(starts_at, by_start[starts_at]) for starts_at in sorted(by_start))


def _sum(starts_at: int, quarters: list[Quarter]) -> Quarter:
    answered = sum(quarter.answered for quarter in quarters)
    in_threshold = sum(quarter.answered_in_threshold for quarter in quarters)
    lost = sum(quarter.lost for quarter in quarters)
    return Quarter(
        starts_at,
        sum(quarter.offered for quarter in quarters),
        answered,
        in_threshold,
        lost,
        service_level(
            answered_in_threshold=in_threshold, answered=answered, abandoned=lost, gave_up=0, short_abandoned=0
        ),
    )


def _common(values: Iterable[Value]) -> Value | None:
    """The value that all share, if they do."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def waiting_calls(facts: Facts, calls: OpenCalls) -> tuple[WaitingCall, ...]:
    """Everybody who waits, by queue and time of entry."""
    names = facts.directory.queues
    return tuple(
        WaitingCall(queue_id, names[queue_id].name, position, caller, customer, entered_at)
        for queue_id in sorted(calls.waiting)
        for position, (_, entered_at, _, caller, customer) in enumerate(calls.waiting[queue_id], start=1)
    )
