"""Time logged in less pauses up to the last full minute, by agent and by scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.incremental import IncrementalValues
from ccmon.snapshot.scopes import Scope, scopes
from ccmon.snapshot.time_at_work import GrowingSum

NO_TIME = GrowingSum()
NOT_AT_WORK = frozenset({AgentState.LOGGED_OUT, AgentState.PAUSED})


class WorkedTime:
    """Worked time cached between snapshots as growing sums, so that a new minute costs nothing by itself."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._of_agents = IncrementalValues[GrowingSum]()
        self._fixed: defaultdict[Scope, int] = defaultdict(int)
        self._growth: defaultdict[Scope, int] = defaultdict(int)
        """By scope, the parts of its running total."""
        self.touched_scopes: set[Scope] = set()
        """Those whose time runs differently since the last update."""
        self.until = 0
        """The moment up to which time is counted."""

    @property
    def by_agent(self) -> Mapping[int, GrowingSum]:
        """The time of each agent who has been here."""
        return self._of_agents.by_key

    def of(self, scope: Scope) -> int:
        """The time of a scope, in milliseconds."""
        return self._fixed.get(scope, 0) + self._growth.get(scope, 0) * self.until

    def update(self, agents: Mapping[int, AgentFigures], until: int, *, touched: Iterable[int]) -> Collection[int]:
        """Count up to a moment; return the agents whose time runs differently than before.

        Args:
            agents: all, by id.
            until: the moment.
            touched: the ids of agents who have changed.
        """

        def make(agent_id: int, when: NextChange) -> GrowingSum | None:
            agent = agents.get(agent_id)
            return None if agent is None else worked(agent, when)

        self.until = until
        changes = self._of_agents.update(touched, NextChange(until), make)
        self.touched_scopes = set()
        for agent_id, pair in changes.items():
            before, now = pair[0] or NO_TIME, pair[1] or NO_TIME
            fixed, growth = now.fixed - before.fixed, now.growth - before.growth
            for scope in scopes(self._directory, agent_id):
                self._fixed[scope] += fixed
                self._growth[scope] += growth
                self.touched_scopes.add(scope)
        return changes.keys()


def worked(agent: AgentFigures, when: NextChange) -> GrowingSum:
    """The time of an agent; a state that began later adds nothing."""
    times, since = agent.times_before, agent.counts_from
    finished_ms = times.logged_in_ms - times.paused_ms
    if agent.state in NOT_AT_WORK or since is None or not when.reached(since):
        return GrowingSum(finished_ms, 0)
    return GrowingSum(finished_ms - since, 1)
