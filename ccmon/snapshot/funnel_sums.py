"""Today's calls by team, campaign and direction, and their handling time by purpose, from one reading to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import compress
from operator import is_not
from typing import Any

from msgspec import Struct

from ccmon.snapshot.directory import Directory
from ccmon.snapshot.periodic_rows import FunnelCount

Funnel = Mapping[tuple[Any, ...], FunnelCount]
"""Counts of calls by agent, campaign, direction and purpose."""


class CallSums(Struct):
    """Calls of one team, campaign and direction; those of no team are together."""

    agent_id: int
    """An agent of the team, which is all that is looked at; where there is no team, an agent without one or 0."""
    campaign_id: int | None
    direction: str
    visits: int = 0
    answered: int = 0
    sales_calls: int = 0


class FunnelSums:
    """The sums of a directory's agents; only counts that differ from those before are taken out and put in again."""

    def __init__(self, directory: Directory) -> None:
        self._teams = {agent_id: agent.team_id for agent_id, agent in directory.agents.items()}
        self.funnel: Funnel = {}
        """The counts that were taken last."""
        self._sums: dict[tuple[int | None, int | None, str], CallSums] = {}
        self.handling_ms: Counter[str | None] = Counter()
        """By purpose."""
        self.kinds: frozenset[tuple[Any, ...]] = frozenset()
        """Campaigns, directions and purposes of which an agent has had calls."""

    @property
    def by_team(self) -> Iterator[CallSums]:
        """Those with any calls."""
        return (sums for sums in self._sums.values() if sums.visits)

    def update(self, funnel: Funnel) -> None:
        """Take the counts of another reading."""
        before, self.funnel = self.funnel, funnel
        differing = compress(funnel, map(is_not, map(before.get, funnel), funnel.values()))
        groups = [*differing, *(before.keys() - funnel.keys())]
        for group in groups:
            for row, sign in ((before.get(group), -1), (funnel.get(group), 1)):
                if row is not None:
                    self._count(row, sign)
        self.kinds |= {group[1:] for group in groups}

    def _count(self, row: FunnelCount, sign: int) -> None:
        self.handling_ms[row.purpose] += sign * row.handling_ms
        key = self._teams.get(row.agent_id or 0), row.campaign_id, row.direction
        sums = self._sums.get(key)
        if sums is None:
            sums = self._sums[key] = CallSums(row.agent_id or 0, row.campaign_id, row.direction)
        sums.visits += sign * row.visits
        sums.answered += sign * row.answered
        sums.sales_calls += sign * row.sales_calls
