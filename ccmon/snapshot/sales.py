"""Sales of the business day beside the quotas (metrics.md 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import asdict

from ccmon.metrics import pace
from ccmon.metrics.due_moments import DueMoments
from ccmon.metrics.forecast import revenue_forecast
from ccmon.metrics.sales import Order, Revenue, revenue_by_currency
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.model.sales import OtherCurrency, Period, SalesDetail, SalesFigures
from ccmon.model.scopes import NamedScope
from ccmon.snapshot.agents import NO_TOTALS, AgentTotalsByScope
from ccmon.snapshot.baseline import WeekdayBaseline
from ccmon.snapshot.changed_agents import changed_agents
from ccmon.snapshot.day_shapes import DayShapes
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import OtherClientsSales
from ccmon.snapshot.identity_cache import IdentityCache
from ccmon.snapshot.periodic_data import PeriodicData
from ccmon.snapshot.quotas import Quotas
from ccmon.snapshot.remaining_sales import Presence, RemainingDay
from ccmon.snapshot.sales_sums import NO_SALES, SalesSums, for_clients, move, sums_of
from ccmon.snapshot.scopes import Scope, centre, named, scope_of, scopes
from ccmon.time_units import MINUTE_MS

NO_CLIENT = "no client"
"""Line of the sales that are no client's: with it, the clients' add up to the centre's."""
NO_REVENUE = Revenue(0, 0, 0, 0)
Details = Mapping[Scope, SalesDetail]


class _CachedLine(Struct, frozen=True):
    """A line, and what it was made of beside the quotas."""

    sums: SalesSums
    worked_ms: int | None
    line: SalesFigures


class SalesFiguresBuilder:
    """The lines of one moment; those of which nothing has changed within the minute are the ones made before."""

    def __init__(
        self,
        data: FloorData,
        agents: tuple[AgentFigures, ...],
        cache: IdentityCache,
        periodic_data: PeriodicData | None,
        due: DueMoments,
        *,
        details: Details,
        known_until: int,
    ) -> None:
        self._data = data
        self._details = details
        self._past_known = periodic_data is not None and periodic_data.finished is not None
        minute = due.at - due.at % MINUTE_MS
        due.reached(minute + MINUTE_MS)
        presence = cache.get("presence", (agents,), lambda: Presence.of(agents))
        state = minute, bool(data.progress), presence
        made: dict[object, Quotas] = cache.get("quotas", (data.directory, data.past, periodic_data), dict)
        if state not in made:
            made.clear()
            made[state] = _quotas(data, periodic_data, cache, minute, presence)
        self._quotas = made[state]
        self._made: dict[Scope, _CachedLine] = cache.get(
            "sales lines", (data.site.name, data.site.currency, self._quotas), dict
        )
        worked = cache.get("worked", (data.directory,), _Worked)
        self._worked = worked.by_scope(data.directory, agents, due, known_until)

    def all(self, agent_totals: AgentTotalsByScope) -> tuple[SalesFigures, ...]:
        """The centre first, then each client, team and campaign, then each agent with sales calls, sales or a quota."""
        directory = self._data.directory
        by_client = _clients(directory, agent_totals, self._data.other_clients_sales)
        nobodys = by_client["client", 0]
        by_campaign = {row.campaign_id: sums_of(row) for row in self._data.campaign_days}
        lines = [self._line(centre(self._data.site.name), sums_of(agent_totals.together))]
        for client in directory.clients.values():
            if self._quotas.has(("client", client.id)) or ("client", client.id) in by_client:
                sums = by_client.get(("client", client.id), NO_SALES)
                lines.append(
                    self._line(NamedScope(scope="client", id=client.id, name=client.name, client=client.name), sums)
                )
        if directory.clients and nobodys != NO_SALES:
            lines.append(self._line(NamedScope(scope="client", id=None, name=NO_CLIENT, client=None), nobodys))
        for team in directory.teams.values():
            if self._quotas.has(("team", team.id)) or team.id in agent_totals.by_team:
                sums = sums_of(agent_totals.by_team.get(team.id, NO_TOTALS))
                lines.append(self._line(named("team", team), sums))
        for campaign in directory.campaigns.values():
            if self._quotas.has(("campaign", campaign.id)) or campaign.id in by_campaign:
                sums = by_campaign.get(campaign.id, NO_SALES)
                lines.append(self._line(named("campaign", campaign), sums))
        for agent in directory.agents.values():
            sums = sums_of(agent_totals.by_agent.get(agent.id, NO_TOTALS))
            if sums.sales_calls or sums.sales or self._quotas.has(("agent", agent.id)):
                lines.append(self._line(named("agent", agent), sums))
        return tuple(lines)

    def _line(self, of: NamedScope, sums: SalesSums) -> SalesFigures:
        scope = scope_of(of)
        worked_ms = None if of.scope == "campaign" else self._worked.get(scope, 0)
        cached = self._made.get(scope)
        if cached is not None and (cached.sums, cached.worked_ms) == (sums, worked_ms):
            return cached.line
        line = self._made_line(of, scope, sums, worked_ms)
        self._made[scope] = _CachedLine(sums, worked_ms, line)
        return line

    def _made_line(self, of: NamedScope, scope: Scope, sums: SalesSums, worked_ms: int | None) -> SalesFigures:
        detail = self._details.get(scope)
        new_customers = (detail.new_customers if detail else 0) if self._past_known else None
        quotas = self._quotas.of(scope, sums, new_customers)
        day = next((quota for quota in quotas if quota.period is Period.DAY), None)
        elapsed = self._quotas.day(scope)
        rest = day.rest if day is not None else self._quotas.remaining(scope, elapsed, sums, sums).sales
        order = self._quotas.order_value(scope, sums)
        revenue = None if rest is None or order is None else revenue_forecast(sums.revenue_cents, rest, order)
        return SalesFigures(
            **asdict(of),
            sales_calls=sums.sales_calls,
            converted=sums.converted,
            sales=sums.sales,
            revenue_cents=sums.revenue_cents,
            currency=self._data.site.currency,
            quota_sales=day.quota_sales if day else None,
            quota_conversion=day.quota_conversion if day else None,
            expected_by_now=pace.expected(day.quota_sales if day else None, elapsed.share),
            forecast_sales=None if rest is None else sums.sales + rest.mean,
            quotas=quotas,
            detail=detail,
            worked_ms=worked_ms,
            forecast_revenue_cents=None if revenue is None else revenue.expected,
        )


def _quotas(
    data: FloorData, periodic_data: PeriodicData | None, cache: IdentityCache, minute: int, presence: Presence
) -> Quotas:
    """The quotas of a minute; nothing is expected before the periodic rows are read that would change with them."""
    opening = data.past.opening
    today = date.fromisoformat(data.day.date)
    baseline = remaining = None
    if periodic_data is not None and periodic_data.finished is not None:
        finished, directory = periodic_data.finished, periodic_data.directory
        baseline = cache.get(
            "baseline", (finished, directory), lambda: WeekdayBaseline(finished, directory, today.weekday())
        )
    if periodic_data is not None and periodic_data.finished is not None and not data.progress:
        shapes = cache.get("day shapes", (finished, directory), lambda: DayShapes(finished, directory))
        remaining = RemainingDay(periodic_data, finished, shapes, minute, opening=opening, presence=presence)
    return Quotas(
        data.directory, today, periodic_data, at=minute, opening=opening, baseline=baseline, remaining=remaining
    )


def _clients(
    directory: Directory, agent_totals: AgentTotalsByScope, others: Iterable[OtherClientsSales]
) -> Mapping[Scope, SalesSums]:
    """Sales by client, 0: no client's. Of its campaigns, by any agent, else of the teams that work for it."""
    found = {("client", 0): sums_of(agent_totals.together)}
    for team_id, row in agent_totals.by_team.items():
        move(found, None, directory.teams[team_id].client_id, sums_of(row))
    return for_clients(found, others)


class _Worked:
    """Time logged in less pauses up to the last full minute, by scope, kept from one snapshot to the next."""

    def __init__(self) -> None:
        self._agents: tuple[AgentFigures, ...] = ()
        self._minute: int | None = None
        self._found: defaultdict[Scope, int] = defaultdict(int)

    def by_scope(
        self, directory: Directory, agents: tuple[AgentFigures, ...], due: DueMoments, known_until: int
    ) -> Mapping[Scope, int]:
        """That of all agents; within a minute only what has changed of them is counted again."""
        minute = due.at // MINUTE_MS
        same_minute = minute == self._minute and known_until == due.at
        changed = changed_agents(self._agents, agents) if same_minute else None
        if changed is None:
            self._found.clear()
            for agent in agents:
                self._add(directory, agent.id, _worked_ms(agent, due.at, known_until))
        else:
            for old, new in changed:
                worked_ms = _worked_ms(new, due.at, known_until) - _worked_ms(old, due.at, known_until)
                self._add(directory, new.id, worked_ms)
        self._agents, self._minute = agents, minute
        if known_until != due.at:
            due.runs()
            self._minute = None
        return self._found

    def _add(self, directory: Directory, agent_id: int, worked_ms: int) -> None:
        if worked_ms:
            for scope in scopes(directory, agent_id):
                self._found[scope] += worked_ms


def _worked_ms(agent: AgentFigures, at: int, known_until: int) -> int:
    times = agent.times(known_until)
    worked_ms = times.logged_in_ms - times.paused_ms
    if agent.state not in {AgentState.LOGGED_OUT, AgentState.PAUSED} and agent.since is not None:
        worked_ms -= min(at % MINUTE_MS, max(0, at - agent.since))
    return max(0, worked_ms)


class _SalesCounts:
    """What is counted of one scope."""

    def __init__(self) -> None:
        self.inbound_calls = self.attempts = self.contacts = self.right_party = 0
        self.converted: dict[str, set[int]] = {"inbound": set(), "outbound": set()}
        self.orders: list[Order] = []
        self.new = 0

    def detail(self, *, new_known: bool) -> SalesDetail:
        revenue = revenue_by_currency(self.orders)
        own = revenue.pop(None, NO_REVENUE)
        return SalesDetail(
            inbound_calls=self.inbound_calls,
            inbound_converted=len(self.converted["inbound"]),
            attempts=self.attempts,
            contacts=self.contacts,
            right_party=self.right_party,
            outbound_converted=len(self.converted["outbound"]),
            orders=own.orders,
            gross_cents=own.gross_cents,
            cancelled_orders=own.cancelled_orders,
            cancelled_cents=own.cancelled_cents,
            new_customers=self.new if new_known else None,
            other_currencies=tuple(
                OtherCurrency(currency or "", each.net_orders, each.gross_cents, each.net_cents)
                for currency, each in sorted(revenue.items(), key=lambda item: item[0] or "")
            ),
        )


def sales_details(periodic_data: PeriodicData) -> Details:
    """Both directions apart, gross and net, and new customers, by scope."""
    counts: defaultdict[Scope, _SalesCounts] = defaultdict(_SalesCounts)
    for row in periodic_data.funnel:
        for scope in _credited(periodic_data.directory, row.agent_id, row.campaign_id, calls=row.direction):
            count = counts[scope]
            if row.direction == "inbound":
                count.inbound_calls += row.sales_calls
            else:
                count.attempts += row.visits
                count.contacts += row.answered
                count.right_party += row.sales_calls
    for sale in periodic_data.sales:
        for scope in _credited(periodic_data.directory, sale.agent_id, sale.campaign_id):
            count = counts[scope]
            count.orders.append(Order(sale.amount_cents, sale.other_currency, bool(sale.cancelled)))
            count.new += sale.is_first
            if sale.call_id is not None and not sale.cancelled:
                count.converted[sale.direction or "inbound"].add(sale.call_id)
    new_known = periodic_data.finished is not None
    return {scope: count.detail(new_known=new_known) for scope, count in counts.items()}


def _credited(
    directory: Directory, agent_id: int | None, campaign_id: int | None, *, calls: str | None = None
) -> Iterable[Scope]:
    """The scopes of an order, or of calls in a direction: inbound ones are no campaign's sales calls."""
    yield from scopes(directory, agent_id or 0, None if calls == "inbound" else campaign_id)
    if campaign_id is not None:
        yield "campaign", campaign_id
