"""Who serves which queue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from operator import attrgetter

from ccmon.model.agents import Membership
from ccmon.snapshot.kept import RowsByKey, changed


class MembersByAgent:
    """The memberships of a moment, by agent."""

    def __init__(self) -> None:
        self._rows = RowsByKey[Membership](attrgetter("agent_id", "queue_id"))
        self.all: tuple[Membership, ...] = ()
        """In their order."""
        self._by_agent: dict[int, tuple[Membership, ...]] = {}
        self.paused: Counter[int] = Counter()
        """How many are paused in each queue."""

    def of(self, agent_id: int) -> tuple[Membership, ...]:
        """An agent's, in their order."""
        return self._by_agent.get(agent_id, ())

    def update(self, rows: Sequence[Membership]) -> Collection[int]:
        """Take the memberships of another moment; return the agents whose have changed."""
        changes = self._rows.update(rows)
        if not changes:
            return ()
        self.all = tuple(rows)
        for (_, queue_id), (before, now) in changes.items():
            self.paused[queue_id] += (now is not None and now.paused) - (before is not None and before.paused)
        if all(before is not None and now is not None for before, now in changes.values()):
            agents = {agent_id for agent_id, _ in changes}
            for agent_id in agents:
                self._by_agent[agent_id] = tuple(
                    self._rows.by_key[agent_id, row.queue_id] for row in self._by_agent[agent_id]
                )
            return agents
        found: defaultdict[int, list[Membership]] = defaultdict(list)
        for row in rows:
            found[row.agent_id].append(row)
        last, self._by_agent = self._by_agent, {agent_id: tuple(own) for agent_id, own in found.items()}
        return changed(last, self._by_agent).keys()
