"""Who could take the callers that wait in a queue, what costs least first: a pure function of the snapshot.

Callers who wait while agents are ready for them are a fault of its own: which telephones miss their calls, or have not
rung at all. Then come members whose wrap-up has run over, who are paused, or who are on something else; last those who
are ready and could be given the queue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum, auto

from msgspec import Struct

from ccmon.model.agents import IN_A_CALL, AgentFigures, AgentState, Membership
from ccmon.model.alarms import Rule
from ccmon.model.queues import QueueFigures
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.alarms import limit_of_state
from ccmon.spelling import folded

CALLS_FOR_OWN_MEAN = 5
"""An agent who has handled fewer calls today is compared with the queue's mean wrap-up."""


class Way(IntEnum):
    """How an agent could come to take the callers, what costs least first."""

    READY = auto()
    """Ready for the queue: the callers should be reaching this telephone."""
    WRAP_UP = auto()
    """A member in wrap-up."""
    PAUSED = auto()
    """A member who is paused."""
    PAUSED_HERE = auto()
    """A member who is ready, but paused in this queue."""
    ELSEWHERE = auto()
    """A member with a call of another queue or campaign."""
    NO_MEMBER = auto()
    """Ready, does not serve the queue, and serves none in which callers wait."""


class Helper(Struct, frozen=True):
    """An agent who could take callers of a queue."""

    agent: AgentFigures
    way: Way
    since: int | None
    """Since when what keeps the agent from these callers has lasted: the state, or the pause in the queue."""
    reason: str | None = None
    """Why they are paused."""
    usual_ms: float | None = None
    """Of wrap-up, the mean of the agent's calls today, or of the queue's; None: not known."""
    limit_ms: int | None = None
    """Of a pause, how long it may last."""
    missed: int = 0
    """Calls missed in a row."""

    @property
    def has_not_rung(self) -> bool:
        """Whether no call of a queue has rung at this telephone today."""
        return not self.agent.inbound and not self.agent.missed

    def lasted_ms(self, at: int) -> int:
        """How long it has lasted by a moment."""
        return 0 if self.since is None else max(0, at - self.since)

    def over_ms(self, at: int) -> float:
        """Of wrap-up, by how much it is longer than usual at a moment; negative while it is not."""
        return self.lasted_ms(at) - (self.usual_ms or 0.0)


class Rescue(Struct, frozen=True):
    """Who waits in a queue, and who could take them."""

    queue: QueueFigures
    entered_at: tuple[int, ...]
    """When each caller who waits entered, the first first."""
    helpers: tuple[Helper, ...]
    """What costs least first."""

    @property
    def waits_in_vain(self) -> bool:
        """Whether callers wait though agents are ready for them."""
        return bool(self.entered_at) and any(each.way is Way.READY for each in self.helpers)


def rescue(snapshot: FloorSnapshot, queue_id: int | None) -> Rescue | None:
    """Who could take the callers that wait in a queue; None where there is no such queue."""
    queue = next((each for each in snapshot.queues if each.id == queue_id), None)
    if queue is None:
        return None
    members = {each.agent_id: each for each in snapshot.memberships if each.queue_id == queue_id}
    callers_wait_in = {each.name for each in snapshot.queues if each.waiting}
    clients = {each.name: each.client for each in snapshot.queues}
    found = [
        helper
        for agent in snapshot.agents
        if (helper := _helper(agent, members.get(agent.id), queue, snapshot, callers_wait_in)) is not None
    ]
    at = snapshot.known_until
    found.sort(key=lambda each: (*_place(each, queue, clients, at), folded(each.agent.name), each.agent.id))
    entered = sorted(call.entered_at for call in snapshot.waiting if call.queue_id == queue_id)
    return Rescue(queue, tuple(entered), tuple(found))


def _helper(
    agent: AgentFigures,
    member: Membership | None,
    queue: QueueFigures,
    snapshot: FloorSnapshot,
    callers_wait_in: set[str],
) -> Helper | None:
    state = agent.state
    if member is None:
        is_idle = state is AgentState.READY and callers_wait_in.isdisjoint(agent.queues)
        return Helper(agent, Way.NO_MEMBER, agent.since) if is_idle else None
    if state is AgentState.PAUSED:
        limit_ms = limit_of_state(Rule.PAUSE, snapshot.alarm_limits, agent.team, queue=None, reason=agent.reason)
        return Helper(agent, Way.PAUSED, agent.since, agent.reason, limit_ms=limit_ms)
    if member.paused:
        # On a call, they are paused as soon as it ends: no help.
        is_ready = state is AgentState.READY
        return Helper(agent, Way.PAUSED_HERE, member.paused_since, member.reason) if is_ready else None
    if state is AgentState.READY:
        run = snapshot.alarm_history.missed.get(agent.id)
        return Helper(agent, Way.READY, agent.since, missed=0 if run is None else run.calls)
    if state is AgentState.WRAP_UP:
        return Helper(agent, Way.WRAP_UP, agent.since, usual_ms=_usual_wrap_up_ms(agent, queue))
    is_elsewhere = state in IN_A_CALL and not (agent.is_queue and agent.queue == queue.name)
    return Helper(agent, Way.ELSEWHERE, agent.since) if is_elsewhere else None


def _usual_wrap_up_ms(agent: AgentFigures, queue: QueueFigures) -> float | None:
    if agent.handled >= CALLS_FOR_OWN_MEAN:
        return agent.handled_wrap_up_ms / agent.handled
    return queue.wrap_up_ms / queue.handled if queue.handled else None


def _place(helper: Helper, queue: QueueFigures, clients: Mapping[str, str | None], at: int) -> tuple[Way, float, float]:
    """What costs less comes first."""
    since = float(helper.since or 0)
    match helper.way:
        case Way.READY:  # what explains the wait
            return helper.way, -helper.missed or (0.0 if helper.has_not_rung else 1.0), since
        case Way.WRAP_UP:
            return helper.way, -helper.over_ms(at), since
        case Way.PAUSED:  # who should be back first
            return helper.way, -helper.lasted_ms(at) / (helper.limit_ms or 1), since
        case Way.NO_MEMBER:  # who knows the client's work
            return helper.way, float(queue.client not in set(_clients_of(helper.agent, clients))), since
    return helper.way, 0.0, since


def _clients_of(agent: AgentFigures, clients: Mapping[str, str | None]) -> Iterator[str | None]:
    yield agent.client
    for name in agent.queues:
        yield clients.get(name)
