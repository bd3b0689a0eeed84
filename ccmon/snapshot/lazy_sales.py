"""Lines of sales; an agent's is only made when it is read, as a screen shows about ten of thousands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Protocol, overload

from msgspec import Struct

from ccmon.model.sales import SalesFigures
from ccmon.model.scopes import NamedScope
from ccmon.snapshot.chunked_rows import ChunkedRows
from ccmon.snapshot.remaining_sales import Presence
from ccmon.snapshot.sales_sums import SalesSums
from ccmon.snapshot.time_at_work import GrowingSum


class AgentSalesInputs(Struct, frozen=True):
    """What an agent's line is made from, apart from what is common to all lines of a minute."""

    sums: SalesSums
    presence: Presence
    worked: GrowingSum
    has_quota: bool


class LineMaker(Protocol):
    """Makes the lines of one minute."""

    edition: object
    """An object of its own for each maker."""

    def of_agent(self, agent: NamedScope, inputs: AgentSalesInputs) -> SalesFigures:
        """The line of an agent."""
        ...


class AgentSalesLine:
    """An agent's line, made when it is read, and again when it is read in another minute."""

    __slots__ = ("_edition", "_figures", "agent", "inputs")

    def __init__(self, agent: NamedScope, inputs: AgentSalesInputs) -> None:
        self.agent, self.inputs = agent, inputs
        self._edition: object = None
        """The edition of the maker of these figures; the maker itself would keep a past minute's rows in memory."""
        self._figures: SalesFigures

    def figures(self, maker: LineMaker) -> SalesFigures:
        """The line as this maker makes it."""
        if self._edition is not maker.edition:
            self._figures, self._edition = maker.of_agent(self.agent, self.inputs), maker.edition
        return self._figures


class LazySales(Sequence[SalesFigures]):
    """The lines of all groups, then those of the agents."""

    def __init__(
        self,
        groups: tuple[SalesFigures, ...],
        agents: ChunkedRows[NamedScope],
        lines: ChunkedRows[AgentSalesLine],
        ranks: Mapping[int, int],
        maker: LineMaker,
        *,
        any_agent_has_quota: bool,
    ) -> None:
        """Nothing is made yet.

        Args:
            groups: the lines of the centre, clients, teams and campaigns.
            agents: the agents of the further lines, in order.
            lines: the agents' lines.
            ranks: by agent id, the rank that the agents are ordered by.
            maker: makes the agents' lines.
            any_agent_has_quota: whether any of the agents has a quota.
        """
        self.groups, self.agents = groups, agents
        self._lines, self._ranks, self._maker = lines, ranks, maker
        self._filled_chunks = [chunk for chunk in lines.chunks if chunk]
        self._any_agent_has_quota = any_agent_has_quota

    @property
    def scopes(self) -> Iterator[NamedScope]:
        """Whom each line is about."""
        return chain(self.groups, self.agents)

    def of_agent(self, agent: NamedScope) -> SalesFigures:
        """The line of one of the agents."""
        rank, rank_of = self._ranks[agent.id or 0], self._rank_of
        chunks = self._filled_chunks
        chunk = chunks[bisect_left(chunks, rank, key=lambda chunk: rank_of(chunk[-1]))]
        return chunk[bisect_left(chunk, rank, key=rank_of)].figures(self._maker)

    def _rank_of(self, line: AgentSalesLine) -> int:
        return self._ranks[line.agent.id or 0]

    def lines_or_names(self) -> Sequence[NamedScope]:
        """Lines of agents with a quota, just the names of others; the same object while nobody has a quota."""
        if not self._any_agent_has_quota:
            return self.agents
        return [line.figures(self._maker) if line.inputs.has_quota else line.agent for line in self._lines]

    def with_quota(self) -> tuple[SalesFigures, ...]:
        """The lines of all groups, and those of agents with a quota."""
        if not self._any_agent_has_quota:
            return self.groups
        return *self.groups, *[line.figures(self._maker) for line in self._lines if line.inputs.has_quota]

    def __len__(self) -> int:
        return len(self.groups) + len(self._lines)

    @overload
    def __getitem__(self, place: int) -> SalesFigures: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[SalesFigures, ...]: ...
    def __getitem__(self, place: int | slice) -> SalesFigures | tuple[SalesFigures, ...]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(len(self))))
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            raise IndexError(place)
        own = place - len(self.groups)
        return self.groups[place] if own < 0 else self._lines[own].figures(self._maker)

    def __iter__(self) -> Iterator[SalesFigures]:
        yield from self.groups
        for line in self._lines:
            yield line.figures(self._maker)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, LazySales | tuple) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type[tuple[SalesFigures, ...]], tuple[tuple[SalesFigures, ...]]]:
        """A copy holds the finished lines, not their maker."""
        return tuple, (tuple(self),)


def scopes_of(sales: Sequence[SalesFigures]) -> Iterator[NamedScope]:
    """Whom each line of sales is about, without making the line."""
    return sales.scopes if isinstance(sales, LazySales) else iter(sales)
