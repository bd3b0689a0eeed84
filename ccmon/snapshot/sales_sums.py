"""What was sold in a window, added up by scope (metrics.md 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ccmon.metrics.counts import Counts, total
from ccmon.snapshot.agent_totals import GroupTotals
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_rows import AgentTotals, CampaignTotals, OtherClientsSales
from ccmon.snapshot.periodic_data import SalesRows
from ccmon.snapshot.periodic_rows import SoldSums
from ccmon.snapshot.scopes import Scope, scopes


class SalesSums(Counts, frozen=True):
    """What was sold, and in how many sales calls."""

    sales_calls: int = 0
    converted: int = 0
    sales: int = 0
    revenue_cents: int = 0
    new_customers: int = 0
    squared_cents: float = 0.0
    """The sum of the squares of the amounts."""


NO_SALES = SalesSums()


def sums_of(row: AgentTotals | GroupTotals | CampaignTotals | OtherClientsSales) -> SalesSums:
    """The sales in a row."""
    return SalesSums(row.sales_calls, row.converted, row.sales, row.revenue_cents)


def sums_by_scope(directory: Directory, rows: SalesRows) -> dict[Scope, SalesSums]:
    """Sums by scope; a client's are what its own teams sold, for whichever client."""
    found: defaultdict[Scope, list[SalesSums]] = defaultdict(list)
    for row in rows.by_agent.values():
        sums = _sums(row)
        for scope in scopes(directory, row.id):
            found[scope].append(sums)
    campaigns = {("campaign", row.id): _sums(row) for row in rows.by_campaign.values()}
    return {scope: total(each) for scope, each in found.items()} | campaigns


def _sums(row: SoldSums) -> SalesSums:
    counts = row.sales_calls, row.converted, row.sales, row.revenue_cents
    return SalesSums(*counts, row.new_customers, row.squared_cents)


def for_clients(sums: dict[Scope, SalesSums], others: Iterable[OtherClientsSales]) -> dict[Scope, SalesSums]:
    """The sums with a client's sales being those for its campaigns, whoever made them, not those of its own teams."""
    found = dict(sums)
    for row in others:
        move(found, row.team_client_id, row.client_id, sums_of(row))
    return found


def move(sums: dict[Scope, SalesSums], source: int | None, target: int | None, moved: SalesSums) -> None:
    """Take sums from one client and give them to another; None: no client."""
    giver, taker = ("client", source or 0), ("client", target or 0)
    sums[giver] = sums.get(giver, NO_SALES) - moved
    sums[taker] = sums.get(taker, NO_SALES) + moved
