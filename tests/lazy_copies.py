"""Floors whose lines of sales are made when they are read, as those of a live floor are."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from ccmon.model.sales import SalesFigures
from ccmon.model.scopes import NamedScope
from ccmon.model.snapshot import FloorSnapshot
from ccmon.snapshot.chunked_rows import ChunkedRows
from ccmon.snapshot.lazy_sales import AgentSalesInputs, AgentSalesLine, LazySales
from ccmon.snapshot.remaining_sales import Presence
from ccmon.snapshot.sales_sums import NO_SALES
from ccmon.snapshot.time_at_work import GrowingSum


class LazyCopies:
    """Gives a floor the same as a live one has: lines of sales that are made when they are read, agents in chunks."""

    def __init__(self) -> None:
        self._lines: dict[int, tuple[SalesFigures, AgentSalesLine]] = {}

    def of(self, floor: FloorSnapshot) -> FloorSnapshot:
        of_agents = {line.id or 0: line for line in floor.sales if line.kind == "agent"}
        for agent_id, line in of_agents.items():
            if agent_id not in self._lines or self._lines[agent_id][0] is not line:
                agent = NamedScope(kind="agent", id=agent_id, name=line.name, client=line.client)
                inputs = AgentSalesInputs(NO_SALES, Presence.HERE, GrowingSum(), bool(line.quotas))
                self._lines[agent_id] = line, AgentSalesLine(agent, inputs)
        lines = tuple(self._lines[agent_id][1] for agent_id in of_agents)
        sales = LazySales(
            tuple(line for line in floor.sales if line.kind != "agent"),
            ChunkedRows.of(line.agent for line in lines),
            ChunkedRows.of(lines),
            {agent_id: rank for rank, agent_id in enumerate(of_agents)},
            KnownLines(of_agents),
            any_agent_has_quota=any(line.inputs.has_quota for line in lines),
        )
        assert sales == floor.sales
        agents = ChunkedRows(tuple(floor.agents[start : start + 7]) for start in range(0, len(floor.agents), 7))
        return replace(floor, sales=sales, agents=agents)


class KnownLines:
    """Makes lines that are there already."""

    def __init__(self, lines: Mapping[int, SalesFigures]) -> None:
        self.lines, self.edition = lines, object()
        self.made = 0

    def of_agent(self, agent: NamedScope, _: AgentSalesInputs) -> SalesFigures:
        self.made += 1
        return self.lines[agent.id or 0]
