"""The totals of each agent, with their sums by team and in all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from operator import add, attrgetter, sub

from msgspec.structs import astuple

from ccmon.model.calls import Direction
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_rows import AgentTotals
from ccmon.snapshot.kept import RowsByKey

NO_TOTALS = AgentTotals(*[0] * len(AgentTotals.__struct_fields__))


class AgentTotalsByScope:
    """The totals of the agents of a directory; of other ones, such as nobody's, in the sum of all."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rows = RowsByKey[AgentTotals](attrgetter("agent_id"))
        self._agents_of_team: Counter[int] = Counter()
        self._sums: defaultdict[int, tuple[int, ...]] = defaultdict(lambda: astuple(NO_TOTALS))
        """By team."""
        self.by_team: dict[int, AgentTotals] = {}
        """Of each team of which anybody has totals, as a record with ``agent_id`` 0."""
        self.together = NO_TOTALS
        self.agents_with_calls: Counter[Direction] = Counter()
        """How many agents have handled calls, by direction."""

    def of(self, agent_id: int) -> AgentTotals:
        """An agent's totals; zeros where there are none."""
        return self._rows.by_key.get(agent_id, NO_TOTALS)

    def __contains__(self, agent_id: int) -> bool:
        return agent_id in self._rows.by_key

    def update(self, rows: Sequence[AgentTotals]) -> Collection[int]:
        """Take the totals of another moment; return whose have changed."""
        changes, teams, together = self._rows.update(rows), set(), astuple(self.together)
        for agent_id, (before, now) in changes.items():
            agent = self._directory.agents.get(agent_id)
            team_id = None if agent is None else agent.team_id
            for row, change, sign in ((before, sub, -1), (now, add, 1)):
                if row is None:
                    continue
                counts = 0, *astuple(row)[1:]
                together = tuple(map(change, together, counts))
                if team_id is not None:
                    teams.add(team_id)
                    self._sums[team_id] = tuple(map(change, self._sums[team_id], counts))
                    self._agents_of_team[team_id] += sign
                if agent_id > 0:
                    self.agents_with_calls[Direction.INBOUND] += sign * (row.inbound > 0)
                    self.agents_with_calls[Direction.OUTBOUND] += sign * (row.outbound > 0)
        if changes:
            self.together = AgentTotals(*together)
        for team_id in teams:
            if self._agents_of_team[team_id]:
                self.by_team[team_id] = AgentTotals(*self._sums[team_id])
            else:
                self.by_team.pop(team_id, None)
        return changes.keys()
