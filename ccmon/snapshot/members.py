"""Who serves which queue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from operator import attrgetter

from ccmon.model.agents import Membership
from ccmon.snapshot.incremental import Changes, EditedRows, changed

_agent_and_queue = attrgetter("agent_id", "queue_id")


class MembersByAgent:
    """The memberships of a moment, by agent."""

    def __init__(self) -> None:
        self._rows: Sequence[Membership] = ()
        self.all: Sequence[Membership] = ()
        """All memberships, in order of queue and agent; the same object until one of them changes."""
        self._by_agent: dict[int, tuple[Membership, ...]] = {}
        self.paused: Counter[int] = Counter()
        """How many are paused in each queue."""

    def of(self, agent_id: int) -> tuple[Membership, ...]:
        """An agent's memberships, in order."""
        return self._by_agent.get(agent_id, ())

    def update(self, rows: Sequence[Membership]) -> Collection[int]:
        """Take another moment's memberships, in order of queue and agent; return agents with a changed membership."""
        changes = self._changes_to(rows)
        self._rows = rows
        if not changes:
            return ()
        self.all = rows
        of_agents: defaultdict[int, dict[int, Membership | None]] = defaultdict(dict)
        for before, now in changes.values():
            row = before if now is None else now
            if row is not None:
                of_agents[row.agent_id][row.queue_id] = now
                if begun := (now is not None and now.paused) - (before is not None and before.paused):
                    self.paused[row.queue_id] += begun
        for agent_id, by_queue in of_agents.items():
            found = {**{row.queue_id: row for row in self.of(agent_id)}, **by_queue} if self._by_agent else by_queue
            own = [row for queue_id in sorted(found) if (row := found[queue_id]) is not None]
            if own:
                self._by_agent[agent_id] = tuple(own)
            else:
                del self._by_agent[agent_id]
        return of_agents.keys()

    def _changes_to(self, rows: Sequence[Membership]) -> Changes[Membership]:
        """How other rows differ from the present ones."""
        if rows is self._rows:
            return {}
        if isinstance(rows, EditedRows) and rows.differ_from(self._rows):
            return rows.changes
        return changed(_by_agent_and_queue(chain.from_iterable(self._by_agent.values())), _by_agent_and_queue(rows))


def _by_agent_and_queue(rows: Iterable[Membership]) -> dict[tuple[int, int], Membership]:
    return {_agent_and_queue(row): row for row in rows}
