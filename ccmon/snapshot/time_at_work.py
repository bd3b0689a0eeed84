"""How long agents are logged in today, and what that costs, as sums that run on (metrics.md 6.9 and 10.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ccmon.metrics import costs
from ccmon.metrics.due_moments import DueMoments
from ccmon.model.agents import AgentFigures, AgentState


class RunningTotal(Struct):
    """A sum of which some parts grow by one or more with each millisecond."""

    fixed: int = 0
    growth: int = 0

    def add(self, before: int, runs_from: int | None, times: int = 1) -> None:
        """Add a number of lengths of time; one that runs is longer by what has passed since a moment."""
        self.fixed += times * (before - (runs_from or 0))
        self.growth += 0 if runs_from is None else times

    def at(self, moment: int) -> int:
        """The sum at a moment."""
        return self.fixed + self.growth * moment


class TimeAtWork:
    """The time that agents are logged in today, and what it costs, at any moment until the next due one."""

    def __init__(self, agents: Iterable[AgentFigures], hourly_costs: Mapping[int, int], known: DueMoments) -> None:
        self.present = self.costed = 0
        """Agents who have been logged in today, and those of them whose hourly cost is known."""
        self.logged_in_ms, self.costed_ms = RunningTotal(), RunningTotal()
        self._wages = RunningTotal()
        """Hourly costs times milliseconds."""
        for agent in agents:
            since, before_ms = agent.counts_from, agent.times_before.logged_in_ms
            is_in = agent.state is not AgentState.LOGGED_OUT
            runs_from = since if is_in and since is not None and known.reached(since + 1) else None
            if not before_ms and runs_from is None:
                continue
            self.present += 1
            self.logged_in_ms.add(before_ms, runs_from)
            hourly_cost = hourly_costs.get(agent.id)
            if hourly_cost is not None:
                self.costed += 1
                self.costed_ms.add(before_ms, runs_from)
                self._wages.add(before_ms, runs_from, hourly_cost)

    def labour_cents(self, at: int) -> float | None:
        """Wages up to a moment; None where no hourly cost is known of anybody at work."""
        return costs.labour_cents(self._wages.at(at), 1) if self.costed else None
