"""Who serves which queue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from operator import attrgetter

from ccmon.model.agents import Membership
from ccmon.snapshot.incremental import RowsByKey


class MembersByAgent:
    """The memberships of a moment, by agent."""

    def __init__(self) -> None:
        self._rows = RowsByKey[Membership](attrgetter("agent_id", "queue_id"))
        self.all: Sequence[Membership] = ()
        """All memberships, in order of queue and agent."""
        self._by_agent: dict[int, tuple[Membership, ...]] = {}
        self.paused: Counter[int] = Counter()
        """How many are paused in each queue."""

    def of(self, agent_id: int) -> tuple[Membership, ...]:
        """An agent's memberships, in order."""
        return self._by_agent.get(agent_id, ())

    def update(self, rows: Sequence[Membership]) -> Collection[int]:
        """Take another moment's memberships, in order of queue and agent; return agents with a changed membership."""
        changes = self._rows.update(rows)
        if not changes:
            return ()
        self.all = rows
        queues_of: defaultdict[int, set[int]] = defaultdict(set)
        for (agent_id, queue_id), (before, now) in changes.items():
            queues_of[agent_id].add(queue_id)
            self.paused[queue_id] += (now is not None and now.paused) - (before is not None and before.paused)
        for agent_id, queues in queues_of.items():
            queues.update(row.queue_id for row in self.of(agent_id))
            own = [
                self._rows.by_key[agent_id, each] for each in sorted(queues) if (agent_id, each) in self._rows.by_key
            ]
            if own:
                self._by_agent[agent_id] = tuple(own)
            else:
                del self._by_agent[agent_id]
        return queues_of.keys()
