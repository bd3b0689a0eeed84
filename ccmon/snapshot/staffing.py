"""Who can take a queue's calls, how many agents it needs, and its part of those shared (metrics.md 11.8)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, log10

from msgspec import Struct

from ccmon.metrics import staffing
from ccmon.metrics.allotment import Group, allot
from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import ON_THE_PHONES, AgentFigures, AgentState, Membership
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import QueueTargets, QueueTotals
from ccmon.time_units import QUARTER_MS

ENOUGH_CALLS = 30
"""Handling time is measured over the latest quarters of an hour of today that hold this many handled calls."""
ENOUGH_ABANDONS = 30
FEWEST_CALLS = 10
"""Below this many handled calls, of today and the same weekday last week together, no handling time is known."""

CACHED_NEEDS = 128
"""How many results of the formula are cached: inputs come and go with each call."""


class StaffingCount(Struct, frozen=True):
    """Agents who can take a queue's calls now."""

    ready: int
    on_phones: int

    def plus(self, ready: int, on_phones: int) -> StaffingCount:
        """With further agents."""
        return StaffingCount(self.ready + ready, self.on_phones + on_phones)


NOBODY = StaffingCount(0, 0)


class _AgentOnPhones(Struct, frozen=True):
    """What an agent at work on calls or ready for one counts for."""

    is_ready: bool
    queues: Group
    """Those whose calls the agent can take."""


class StaffingByQueue:
    """Who can take calls now, by queue and in all: a sum over the agents, brought up to date agent by agent."""

    def __init__(self, members: Sequence[Membership] = (), agents: Sequence[AgentFigures] = ()) -> None:
        self.known = bool(members)
        """Whether it is known who serves which queue."""
        self.groups: dict[Group, int] = {}
        """Agents on the phones by the queues that they work for."""
        self.by_queue: defaultdict[int, StaffingCount] = defaultdict(lambda: NOBODY)
        self._on_phones: dict[int, _AgentOnPhones] = {}
        self._serving = self._all = NOBODY
        """Those on the phones who serve a queue, and all of them."""
        by_agent: defaultdict[int, list[Membership]] = defaultdict(list)
        for member in members:
            by_agent[member.agent_id].append(member)
        for agent in agents:
            self.update(agent.id, agent, by_agent.get(agent.id, ()))

    @property
    def together(self) -> StaffingCount:
        """An agent counts once, however many queues they serve; everybody on the phones where no members are known."""
        return self._serving if self.known else self._all

    def update(self, agent_id: int, agent: AgentFigures | None, members: Sequence[Membership]) -> None:
        """Count an agent with the present memberships, in order of queue, instead of as counted before."""
        before, now = self._on_phones.pop(agent_id, None), None
        if agent is not None and agent.state in ON_THE_PHONES:
            queues = tuple([member.queue_id for member in members if can_take_calls(member, agent)])
            now = self._on_phones[agent_id] = _AgentOnPhones(agent.state is AgentState.READY, queues)
        if before is not None and now is not None and before.queues == now.queues:
            self._add(now.queues, ready=now.is_ready - before.is_ready, on_phones=0)
            return
        if before is not None:
            self._count(before, -1)
        if now is not None:
            self._count(now, 1)

    def _count(self, agent: _AgentOnPhones, sign: int) -> None:
        self._add(agent.queues, ready=sign * agent.is_ready, on_phones=sign)
        if agent.queues:
            self.groups = {**self.groups, agent.queues: self.groups.get(agent.queues, 0) + sign}
            if not self.groups[agent.queues]:
                del self.groups[agent.queues]

    def _add(self, queues: Group, *, ready: int, on_phones: int) -> None:
        if not ready and not on_phones:
            return
        self._all = self._all.plus(ready, on_phones)
        if queues:
            self._serving = self._serving.plus(ready, on_phones)
            for queue_id in queues:
                self.by_queue[queue_id] = self.by_queue[queue_id].plus(ready, on_phones)


def can_take_calls(member: Membership, agent: AgentFigures) -> bool:
    """Whether a member who is on the phones works for the queue: not paused in it, unless on one of its calls."""
    return not member.paused or agent.queue == member.queue


def agents_in_queues(members: Iterable[Membership]) -> frozenset[int]:
    """Ids of the agents who, while they are ready, could take a call: members of a queue in which they do not pause."""
    return frozenset([member.agent_id for member in members if not member.paused])


class CachedAllotment:
    """The agents on the phones shared out among the queues, cached while needs and agents are the same."""

    def __init__(self) -> None:
        self._inputs: tuple[object, ...] = ()
        self._shares: Mapping[int, int] = {}

    def update(self, needs: Mapping[int, int | None], staffing_by_queue: StaffingByQueue) -> Mapping[int, int]:
        """Agents by queue, from the agents that each queue needs; nothing where no members or no needs are known."""
        inputs = needs, staffing_by_queue.groups, staffing_by_queue.known
        if inputs != self._inputs:
            self._inputs, self._shares = inputs, {}
            if staffing_by_queue.known and not {*needs.values()} <= {None}:
                self._shares = allot(
                    {queue_id: need or 0 for queue_id, need in needs.items()}, staffing_by_queue.groups
                )
        return self._shares


class CachedNeed:
    """How many agents a queue needs, updated from one snapshot to the next."""

    def __init__(self, found: dict[tuple[float | None, ...], int | None]) -> None:
        """Nothing is known yet.

        Args:
            found: the results of the formula by its inputs, shared by all queues; what is found is added.
        """
        self._calls = _TrailingCalls()
        self._found = found
        self._last: int | None = None

    def update(
        self,
        data: FloorData,
        quarters: Sequence[QueueTotals],
        *,
        targets: QueueTargets,
        sums: QueueTotals,
        when: NextChange,
    ) -> int | None:
        """Fewest agents on the phones who meet the queue's target with the present arrivals.

        Calls in the trailing quarter of an hour and the handling time are rounded to two digits, so that the advice
        does not flicker with each call. None where too little is known, and while rows of the past are still coming in:
        a queue with few calls takes last week's to help, and a total must not leave it out until then.
        """
        if data.progress:
            return None
        calls = self._calls.update(quarters, when)
        handling_ms = _handling(data, targets.queue_id, quarters)
        if calls <= 0 or handling_ms is None:
            return 0 if calls <= 0 and handling_ms is not None else None
        abandons = sums.abandoned - sums.short_abandoned
        patience_s = None
        if abandons >= ENOUGH_ABANDONS:
            patience_s = _two_digits((sums.answered_wait_ms + sums.abandoned_wait_ms) / abandons / 1000) or None
        handling_s = _two_digits(handling_ms / 1000)
        inputs = calls, handling_s, patience_s, targets.threshold_ms, targets.target, targets.short_abandon_ms
        if inputs not in self._found:
            if len(self._found) >= CACHED_NEEDS:
                self._found.clear()
            self._found[inputs] = staffing.required_agents(
                arrivals_per_s=calls / (QUARTER_MS / 1000),
                handling_s=handling_s,
                patience_s=patience_s,
                threshold_s=targets.threshold_ms / 1000,
                target=targets.target,
                short_abandon_s=targets.short_abandon_ms / 1000,
                guess=self._last,
            )
        self._last = self._found[inputs]
        return self._last


class _TrailingCalls:
    """Entries of the last 15 minutes, rounded to two digits: the present quarter, and its share of the one before."""

    def __init__(self) -> None:
        self._inputs: tuple[int, ...] = ()
        self._at = self._until = 0
        self._calls = 0.0
        """The entries from the first of these moments until the second, for the same inputs."""

    def update(self, quarters: Sequence[QueueTotals], when: NextChange) -> float:
        """The entries; collects when they change."""
        present = when.at - when.at % QUARTER_MS
        by_start = {quarter.starts_at: quarter.offered for quarter in quarters[-2:]}
        entered, before = by_start.get(present, 0), by_start.get(present - QUARTER_MS, 0)
        inputs = present, entered, before
        if inputs != self._inputs or not self._at <= when.at < self._until:
            own = NextChange(when.at)
            self._calls = _trailing_calls(present, entered, before, own)
            self._inputs, self._at, self._until = inputs, when.at, own.next_at
        when.note(self._until)
        return self._calls


def _trailing_calls(present: int, entered: int, before: int, when: NextChange) -> float:
    when.note(present + QUARTER_MS)

    def calls(into_quarter_ms: int) -> float:
        return _two_digits(entered + before * (1 - into_quarter_ms / QUARTER_MS))

    into_ms = when.at - present
    now = calls(into_ms)
    if before:
        # It falls at a constant rate, so where it comes to half a step less is known, but for rounding and a new step.
        least = now - _step(entered + before * (1 - into_ms / QUARTER_MS)) / 2
        near_ms = ceil(QUARTER_MS * (1 - (least - entered) / before))
        first, last = (min(max(near_ms + apart, into_ms + 1), QUARTER_MS) for apart in (-2, 2))
        if calls(first) != now:
            first = into_ms + 1
        if calls(last) == now:
            last = QUARTER_MS
        following = range(first, last)
        when.note(present + first + bisect_left(following, True, key=lambda later: calls(later) != now))
    return now


def _handling(data: FloorData, queue_id: int, quarters: Sequence[QueueTotals]) -> float | None:
    """Mean handling time of the last calls; of all of today's, or with last week's, where those are too few."""
    handled = total_ms = 0
    for quarter in reversed(quarters):
        handled += quarter.handled
        total_ms += quarter.talk_ms + quarter.hold_ms + quarter.wrap_up_ms
        if handled >= ENOUGH_CALLS:
            return float(total_ms / handled)
    for day in data.past.same_weekdays[:1]:
        for past in day.quarters.get(queue_id, ()):
            handled += past.handled
            total_ms += past.handling_ms
    return total_ms / handled if handled >= FEWEST_CALLS else None


def _two_digits(value: float) -> float:
    """Rounded to two digits: steps of one to ten per cent."""
    if value <= 0:
        return 0.0
    step = _step(value)
    return ceil(value / step - 0.5) * step


def _step(value: float) -> float:
    """One in the second digit of a number above 0."""
    return 10.0 ** (floor(log10(value)) - 1) if value > 0 else 0.0
