"""The totals of each agent, and their sums by team and in all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from operator import attrgetter

from ccmon.metrics.counts import Counts, total
from ccmon.model.calls import DIRECTIONS, Direction
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_rows import AgentTotals
from ccmon.snapshot.incremental import RowsByKey

NO_TOTALS = AgentTotals(*[0] * len(AgentTotals.__struct_fields__))


class GroupTotals(Counts, frozen=True):
    """Calls and sales of a group of agents: those of their totals that are added up."""

    inbound: int = 0
    outbound: int = 0
    inbound_talk_ms: int = 0
    inbound_hold_ms: int = 0
    inbound_wrap_up_ms: int = 0
    outbound_talk_ms: int = 0
    outbound_hold_ms: int = 0
    outbound_wrap_up_ms: int = 0
    sales_calls: int = 0
    converted: int = 0
    sales: int = 0
    revenue_cents: int = 0


NO_GROUP_TOTALS = GroupTotals()
_counts = attrgetter(*GroupTotals.__struct_fields__)
_sold = attrgetter("sales_calls", "converted", "sales", "revenue_cents")
NOTHING_SOLD = (0, 0, 0, 0)


class AgentTotalsByTeam:
    """The totals of a directory's agents; those of others, or of nobody, are only in the sum of all."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rows = RowsByKey[AgentTotals](attrgetter("agent_id"))
        self._agents_of_team: Counter[int] = Counter()
        self._sums: defaultdict[int, GroupTotals] = defaultdict(lambda: NO_GROUP_TOTALS)
        """By team."""
        self.by_team: dict[int, GroupTotals] = {}
        """The sum of each team in which anybody has totals; the same object until it changes."""
        self.together = NO_GROUP_TOTALS
        self.sales_edition = object()
        """A new object whenever sales or sales calls have changed, or who has any totals."""
        self.agents_with_calls: Counter[Direction] = Counter()
        """How many agents have handled calls, by direction."""

    def of(self, agent_id: int) -> AgentTotals:
        """An agent's totals; zeros where there are none."""
        return self._rows.by_key.get(agent_id, NO_TOTALS)

    def __contains__(self, agent_id: int) -> bool:
        return agent_id in self._rows.by_key

    def update(self, rows: Sequence[AgentTotals]) -> Collection[int]:
        """Take the totals of another moment; return the agents with changed totals."""
        changes, differences = self._rows.update(rows), defaultdict[int, list[GroupTotals]](list)
        together: list[GroupTotals] = []
        for agent_id, (row_before, row_now) in changes.items():
            if row_before is not None and row_now is not None and _counts(row_before) == _counts(row_now):
                continue
            before = None if row_before is None else GroupTotals(*_counts(row_before))
            now = None if row_now is None else GroupTotals(*_counts(row_now))
            difference = (
                now if now is not None and before is None else (now or NO_GROUP_TOTALS) - (before or NO_GROUP_TOTALS)
            )
            if before is None or now is None or _sold(difference) != NOTHING_SOLD:
                self.sales_edition = object()
            agent = self._directory.agents.get(agent_id)
            team_id = None if agent is None else agent.team_id
            if team_id is not None:
                self._agents_of_team[team_id] += (now is not None) - (before is not None)
                differences[team_id].append(difference)
            together.append(difference)
            if agent_id > 0:
                for direction in DIRECTIONS:
                    if begun := _has_calls(now, direction) - _has_calls(before, direction):
                        self.agents_with_calls[direction] += begun
        if together:
            self.together = total([self.together, *together])
        if differences:
            for team_id, of_team in differences.items():
                self._sums[team_id] = total([self._sums[team_id], *of_team])
            sums = {**self.by_team, **{team_id: self._sums[team_id] for team_id in differences}}
            self.by_team = {team_id: each for team_id, each in sums.items() if self._agents_of_team[team_id]}
        return changes.keys()


def _has_calls(totals: GroupTotals | None, direction: Direction) -> bool:
    return totals is not None and getattr(totals, direction) > 0
