"""Time logged in less pauses up to the last full minute, by agent and by scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from ccmon.metrics.due_moments import DueMoments
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.kept import KeptValues
from ccmon.snapshot.scopes import Scope, scopes
from ccmon.snapshot.time_at_work import RunningTotal

NO_TIME = RunningTotal()
NOT_AT_WORK = frozenset({AgentState.LOGGED_OUT, AgentState.PAUSED})


class WorkedTime:
    """Worked time kept between snapshots as running sums, so that a new minute costs nothing by itself."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._of_agents = KeptValues[RunningTotal]()
        self._by_scope: defaultdict[Scope, RunningTotal] = defaultdict(RunningTotal)
        self.until = 0
        """The moment up to which time is counted."""

    @property
    def by_agent(self) -> Mapping[int, RunningTotal]:
        """The time of each agent who has been here."""
        return self._of_agents.by_id

    def of(self, scope: Scope) -> int:
        """The time of a scope, in milliseconds."""
        return self._by_scope[scope].at(self.until) if scope in self._by_scope else 0

    def update(self, agents: Mapping[int, AgentFigures], until: int, *, touched: Iterable[int]) -> Collection[int]:
        """Count up to a moment; return the agents whose time runs differently than before.

        Args:
            agents: all, by id.
            until: the moment.
            touched: the ids of agents who have changed.
        """

        def make(agent_id: int, due: DueMoments) -> RunningTotal | None:
            agent = agents.get(agent_id)
            return None if agent is None else worked(agent, due)

        self.until = until
        changes = self._of_agents.update(touched, DueMoments(until), make)
        for agent_id, (before, now) in changes.items():
            for scope in scopes(self._directory, agent_id):
                self._by_scope[scope] += (now or NO_TIME) - (before or NO_TIME)
        return changes.keys()


def worked(agent: AgentFigures, due: DueMoments) -> RunningTotal:
    """The time of an agent; a state that began later adds nothing."""
    times, since = agent.times_before, agent.counts_from
    finished_ms = times.logged_in_ms - times.paused_ms
    if agent.state in NOT_AT_WORK or since is None or not due.reached(since):
        return RunningTotal(finished_ms, 0)
    return RunningTotal(finished_ms - since, 1)
