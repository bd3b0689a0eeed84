"""How long agents are logged in today, and what that costs, as growing sums (metrics.md 6.9 and 10.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ccmon.metrics import costs
from ccmon.metrics.counts import Counts
from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.snapshot.incremental import IncrementalValues


class GrowingSum(Counts, frozen=True):
    """A sum that may grow by one or more with each millisecond."""

    fixed: int = 0
    growth: int = 0

    def times(self, number: int) -> GrowingSum:
        """A number of such sums together."""
        return GrowingSum(number * self.fixed, number * self.growth)

    def at(self, moment: int) -> int:
        """The sum at a moment."""
        return self.fixed + self.growth * moment


class TimeAtWork:
    """The time agents are logged in today, and what it costs, at any moment until the next due one."""

    def __init__(self) -> None:
        self._forget({})

    def _forget(self, hourly_costs: Mapping[int, int]) -> None:
        self.present = self.costed = 0
        """Number of agents logged in at some time today, and number of these with a known hourly cost."""
        self.logged_in_ms, self.costed_ms = GrowingSum(), GrowingSum()
        self._wages = GrowingSum()
        """Hourly costs times milliseconds."""
        self._hourly_costs = hourly_costs
        self._of_agents = IncrementalValues[GrowingSum]()

    def update(
        self,
        agents: Mapping[int, AgentFigures],
        hourly_costs: Mapping[int, int],
        when: NextChange,
        *,
        touched: Iterable[int],
    ) -> None:
        """Count changed agents again, and agents who have begun work by now.

        Args:
            agents: all, by id.
            hourly_costs: in cents, by agent; if they have changed, all agents are counted again.
            when: the moment up to which it is known what goes on; collects when another agent begins.
            touched: the ids of agents who have changed.
        """
        if hourly_costs != self._hourly_costs:
            self._forget(hourly_costs)
            touched = agents

        def make(agent_id: int, own: NextChange) -> GrowingSum | None:
            agent = agents.get(agent_id)
            return None if agent is None else _logged_in(agent, own)

        for agent_id, (before, now) in self._of_agents.update(touched, when, make).items():
            for length, sign in ((before, -1), (now, 1)):
                if length is not None:
                    self._count(length.times(sign), sign, self._hourly_costs.get(agent_id))

    def _count(self, length: GrowingSum, agents: int, hourly_cost: int | None) -> None:
        self.present += agents
        self.logged_in_ms += length
        if hourly_cost is not None:
            self.costed += agents
            self.costed_ms += length
            self._wages += length.times(hourly_cost)

    def labour_cents(self, at: int) -> float | None:
        """Wages up to a moment; None if no hourly cost is known for anybody at work."""
        return costs.labour_cents(self._wages.at(at), 1) if self.costed else None


def _logged_in(agent: AgentFigures, when: NextChange) -> GrowingSum | None:
    since, finished_ms = agent.counts_from, agent.times_before.logged_in_ms
    # An agent not logged in before is present once there is a length of time.
    if agent.state is not AgentState.LOGGED_OUT and since is not None and when.reached(since + (not finished_ms)):
        return GrowingSum(finished_ms - since, 1)
    return GrowingSum(finished_ms, 0) if finished_ms else None
