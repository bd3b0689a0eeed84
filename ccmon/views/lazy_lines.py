"""Rows of the panel Conversion that are only made when they are in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import overload

from ccmon.model.sales import SalesFigures
from ccmon.model.scopes import NamedScope
from ccmon.views.columns import MEASURED
from ccmon.views.sales_lines import SalesLine


class LazyLines(Sequence[SalesLine]):
    """The lines of groups, then those of agents, which are only made when they are read."""

    def __init__(
        self,
        groups: Sequence[SalesLine],
        agents: Sequence[NamedScope],
        figures_of: Callable[[NamedScope], SalesFigures],
        line_of: Callable[[SalesFigures], SalesLine],
    ) -> None:
        self._groups, self._agents = groups, agents
        self._figures_of, self._line_of = figures_of, line_of
        self._length = len(groups) + len(agents)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> SalesLine: ...
    @overload
    def __getitem__(self, place: slice) -> list[SalesLine]: ...
    def __getitem__(self, place: int | slice) -> SalesLine | list[SalesLine]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._length)
            if step != 1:
                return [self[each] for each in range(start, stop, step)]
            before = len(self._groups)
            agents = self._agents[max(0, start - before) : max(0, stop - before)]
            return [*self._groups[start:stop], *map(self._line_of, map(self._figures_of, agents))]
        if place < 0:
            place += len(self)
        own = place - len(self._groups)
        return self._groups[place] if own < 0 else self._line_of(self._figures_of(self._agents[own]))

    @property
    def scopes(self) -> Iterator[NamedScope]:
        """Whom each line is about, without making it."""
        return chain((line.sales for line in self._groups), self._agents)

    def measured(self) -> Sequence[SalesLine]:
        """Those of the first lines whose texts may be the longest.

        Among agents without a quota, that is the line with the longest name: their other texts fit into any column.
        """
        groups = self._groups[:MEASURED]
        agents = self._agents[: MEASURED - len(groups)]
        found = [agent for agent in agents if isinstance(agent, SalesFigures)]
        if len(found) < len(agents):
            others = (agent for agent in agents if not isinstance(agent, SalesFigures))
            found.append(self._figures_of(max(others, key=lambda agent: len(agent.name))))
        return [*groups, *map(self._line_of, found)]
