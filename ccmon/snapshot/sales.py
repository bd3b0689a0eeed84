"""Sales of the business day compared with the quotas (metrics.md 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from typing import Protocol

from msgspec import Struct
from msgspec.structs import asdict, replace

from ccmon.metrics import pace
from ccmon.metrics.forecast import expected_revenue
from ccmon.metrics.next_change import NextChange
from ccmon.model.agents import AgentFigures
from ccmon.model.sales import Period, SalesDetail, SalesFigures
from ccmon.model.scopes import NamedScope
from ccmon.snapshot.agent_totals import AgentTotalsByTeam
from ccmon.snapshot.baseline import WeekdayBaseline
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.floor_rows import OtherClientsSales
from ccmon.snapshot.incremental import IncrementalValues
from ccmon.snapshot.input_cache import InputCache
from ccmon.snapshot.intraday_profiles import IntradayProfiles, PlannedWork
from ccmon.snapshot.lazy_sales import AgentSalesInputs, AgentSalesLine, LazySales
from ccmon.snapshot.periodic_data import PeriodicData
from ccmon.snapshot.quotas import QuotaInputs, Quotas
from ccmon.snapshot.remaining_sales import Presence, RecentSales, RemainingDay
from ccmon.snapshot.sales_sums import NO_SALES, SalesSums, for_clients, move, sums_of
from ccmon.snapshot.scopes import CENTRE, Scope, centre, is_agent, named, scope_of
from ccmon.snapshot.worked_time import NO_TIME, WorkedTime
from ccmon.time_units import MINUTE_MS

NO_CLIENT = "no client"
"""The line of sales for no client: with it, the clients' lines add up to the centre's."""


class Details(Protocol):
    """The details of each scope."""

    def get(self, scope: Scope, /) -> SalesDetail | None:
        """Those of a scope; None for one without calls and orders."""
        ...


class _ScopedSums(Struct, frozen=True):
    """What a line counts, and for whom."""

    named_scope: NamedScope
    scope: Scope
    sums: SalesSums


class SalesByScope:
    """The lines of a directory's scopes, cached from one snapshot to the next while nothing in them has changed."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._worked = WorkedTime(directory)
        self._made_by: _MinuteLineMaker | None = None
        self._with_quota: Set[Scope] = frozenset()
        self._any_agent_has_quota = False
        """Whether any agent has a quota."""
        self._made: dict[Scope, tuple[SalesSums, SalesFigures]] = {}
        self._groups_made: Sequence[_ScopedSums] = ()
        self._lines: tuple[SalesFigures, ...] = ()
        self._ranks = {agent_id: rank for rank, agent_id in enumerate(directory.agents)}
        self._of_agents = IncrementalValues[AgentSalesLine](directory.agents)
        self._agents = IncrementalValues[NamedScope](directory.agents)

    def update(
        self,
        data: FloorData,
        totals: AgentTotalsByTeam,
        agents: Mapping[int, AgentFigures],
        periodic_data: PeriodicData | None,
        when: NextChange,
        *,
        details: Details,
        baseline: WeekdayBaseline | None,
        known_until: int,
        touched: Collection[int],
        cache: InputCache,
    ) -> Sequence[SalesFigures]:
        """The centre first, then each client, team and campaign, then each agent with sales calls, sales or a quota.

        Args:
            data: the rows.
            totals: the agents' totals.
            agents: all, by id.
            periodic_data: what is not read at each poll; None if it has not been read yet.
            when: the moment; collects when a line changes.
            details: by scope, made from the same rows.
            baseline: made from the same rows; None if the past is not complete.
            known_until: the moment up to which it is known what goes on.
            touched: agents whose figures or totals have changed.
            cache: what depends only on the periodic rows.
        """
        minute = when.at - when.at % MINUTE_MS
        when.note(minute + MINUTE_MS)
        quotas = _quotas(data, periodic_data, baseline, cache=cache, minute=minute, agents=agents)
        touched = {*touched, *self._worked.update(agents, min(minute, known_until), touched=touched)}
        if quotas.scopes != self._with_quota:
            self._with_quota, touched = quotas.scopes, self._directory.agents.keys()
            self._any_agent_has_quota = any(map(is_agent, quotas.scopes))
        past_known = periodic_data is not None and periodic_data.finished is not None
        made_by = quotas, details, data.site.currency, past_known, self._worked.until
        maker = cache.get("maker of sales lines", made_by, _MinuteLineMaker, *made_by)
        self._update_agents(totals, agents, touched)
        inputs = data.site.name, quotas, totals.sales_edition, data.campaign_days, data.other_clients_sales
        groups = cache.get("groups of sales", inputs, self._groups, data, totals, quotas, cache)
        lines = self._lines_of(groups, maker)
        made_of = lines, self._agents.in_chunks, self._of_agents.in_chunks, self._ranks, maker
        return cache.get("sales", made_of, LazySales, *made_of, any_agent_has_quota=self._any_agent_has_quota)

    def _update_agents(
        self, totals: AgentTotalsByTeam, agents: Mapping[int, AgentFigures], touched: Iterable[int]
    ) -> None:
        at_any_time = NextChange(0)

        def line_of(agent_id: int, _: NextChange) -> AgentSalesLine | None:
            agent, row = self._directory.agents.get(agent_id), totals.of(agent_id)
            has_quota = ("agent", agent_id) in self._with_quota
            if agent is None or not (row.sales_calls or row.sales or has_quota):
                return None
            presence, worked = Presence.of(agents.get(agent_id)), self._worked.by_agent.get(agent_id, NO_TIME)
            inputs = AgentSalesInputs(sums_of(row), presence, worked, has_quota)
            before = self._of_agents.by_key.get(agent_id)
            if before is None:
                return AgentSalesLine(named("agent", agent), inputs)
            return before if before.inputs == inputs else AgentSalesLine(before.agent, inputs)

        changes = self._of_agents.update(touched, at_any_time, line_of)
        come_or_gone = [agent_id for agent_id, pair in changes.items() if None in pair] if changes else ()
        if come_or_gone:
            self._agents.update(
                come_or_gone,
                at_any_time,
                lambda agent_id, _: None if (line := self._of_agents.by_key.get(agent_id)) is None else line.agent,
            )

    def _lines_of(self, groups: Sequence[_ScopedSums], maker: _MinuteLineMaker) -> tuple[SalesFigures, ...]:
        """The lines of the groups; the same tuple while nothing in them has changed."""
        if maker is not self._made_by:
            if self._made_by is None or not maker.differs_in_details_alone(self._made_by):
                self._made.clear()
            self._made_by = maker
        elif groups is self._groups_made:
            touched = self._worked.touched_scopes
            if touched:
                lines = list(self._lines)
                for place, group in enumerate(groups):
                    if group.scope in touched:
                        lines[place] = self._line(maker, group)
                self._lines = tuple(lines)
            return self._lines
        self._groups_made, self._lines = groups, tuple([self._line(maker, group) for group in groups])
        return self._lines

    def _line(self, maker: _MinuteLineMaker, scoped: _ScopedSums) -> SalesFigures:
        """The line of a scope; the previous object if nothing in it has changed but the time at work."""
        scope = scoped.scope
        worked_ms = None if scoped.named_scope.kind == "campaign" else self._worked.of(scope)
        before = self._made.get(scope)
        line = None if before is None or before[0] != scoped.sums else maker.with_details(before[1], scope)
        if line is None:
            line = maker.line_of(scoped.named_scope, scope, scoped.sums, worked_ms)
        elif line.worked_ms != worked_ms:
            line = replace(line, worked_ms=worked_ms)
        if before is None or line is not before[1]:
            self._made[scope] = scoped.sums, line
        return line

    def _groups(
        self, data: FloorData, totals: AgentTotalsByTeam, quotas: Quotas, cache: InputCache
    ) -> tuple[_ScopedSums, ...]:
        return tuple(self._each_group(data, totals, quotas, cache))

    def _each_group(
        self, data: FloorData, totals: AgentTotalsByTeam, quotas: Quotas, cache: InputCache
    ) -> Iterator[_ScopedSums]:
        directory = self._directory
        together, teams = sums_of(totals.together), {team_id: sums_of(row) for team_id, row in totals.by_team.items()}
        sold = directory, together, teams, data.other_clients_sales
        by_client = cache.get("sales of clients", sold, _clients, *sold)
        nobodys = by_client["client", 0]
        by_campaign = {row.campaign_id: sums_of(row) for row in data.campaign_days}
        yield _ScopedSums(centre(data.site.name), CENTRE, together)
        for client in directory.clients.values():
            scope = "client", client.id
            if quotas.has(scope) or scope in by_client:
                named_scope = NamedScope(kind="client", id=client.id, name=client.name, client=client.name)
                yield _ScopedSums(named_scope, scope, by_client.get(scope, NO_SALES))
        if directory.clients and nobodys != NO_SALES:
            named_scope = NamedScope(kind="client", id=None, name=NO_CLIENT, client=None)
            yield _ScopedSums(named_scope, scope_of(named_scope), nobodys)
        for team in directory.teams.values():
            if quotas.has(("team", team.id)) or team.id in teams:
                yield _ScopedSums(named("team", team), ("team", team.id), teams.get(team.id, NO_SALES))
        for campaign in directory.campaigns.values():
            scope = "campaign", campaign.id
            if quotas.has(scope) or campaign.id in by_campaign:
                yield _ScopedSums(named("campaign", campaign), scope, by_campaign.get(campaign.id, NO_SALES))


class _MinuteLineMaker:
    """Makes the lines of one minute."""

    def __init__(
        self, quotas: Quotas, details: Details, currency: str | None, past_known: bool, worked_until: int
    ) -> None:
        self._quotas, self._details, self._currency = quotas, details, currency
        self._past_known, self._worked_until = past_known, worked_until
        self.edition = object()

    def differs_in_details_alone(self, other: _MinuteLineMaker) -> bool:
        """Whether the lines of another maker differ in nothing else."""
        return (self._quotas, self._currency, self._past_known, self._worked_until) == (
            other._quotas,
            other._currency,
            other._past_known,
            other._worked_until,
        )

    def with_details(self, line: SalesFigures, scope: Scope) -> SalesFigures | None:
        """A line with these details instead of earlier ones; None if more would change."""
        detail, before = self._details.get(scope), line.detail
        if detail == before:
            return line
        new_customers = 0 if detail is None else detail.new_customers
        same = new_customers == (0 if before is None else before.new_customers)
        return replace(line, detail=detail) if same else None

    def of_agent(self, agent: NamedScope, inputs: AgentSalesInputs) -> SalesFigures:
        """The line of an agent."""
        return self.line_of(agent, scope_of(agent), inputs.sums, inputs.worked.at(self._worked_until))

    def line_of(self, named_scope: NamedScope, scope: Scope, sums: SalesSums, worked_ms: int | None) -> SalesFigures:
        """The line of a scope."""
        detail = self._details.get(scope)
        new_customers = (detail.new_customers if detail else 0) if self._past_known else None
        quotas = self._quotas.of(scope, sums, new_customers)
        day = next((quota for quota in quotas if quota.period is Period.DAY), None)
        elapsed = self._quotas.elapsed_of_day(scope)
        remaining = day.remaining if day is not None else self._quotas.remaining(scope, elapsed, sums, sums).sales
        order = self._quotas.order_value(scope, sums)
        revenue = None if remaining is None or order is None else expected_revenue(sums.revenue_cents, remaining, order)
        return SalesFigures(
            **asdict(named_scope),
            sales_calls=sums.sales_calls,
            converted=sums.converted,
            sales=sums.sales,
            revenue_cents=sums.revenue_cents,
            currency=self._currency,
            quota_sales=day.quota_sales if day else None,
            quota_conversion=day.quota_conversion if day else None,
            expected_by_now=pace.expected(day.quota_sales if day else None, elapsed.share),
            forecast_sales=None if remaining is None else sums.sales + remaining.mean,
            quotas=quotas,
            detail=detail,
            worked_ms=worked_ms,
            forecast_revenue_cents=revenue,
        )


def _quotas(
    data: FloorData,
    periodic_data: PeriodicData | None,
    baseline: WeekdayBaseline | None,
    *,
    cache: InputCache,
    minute: int,
    agents: Mapping[int, AgentFigures],
) -> Quotas:
    """The quotas of a minute; expectations that depend on the periodic rows are None until these are read."""
    is_complete = not data.progress
    periodic_inputs = periodic_data and (
        periodic_data.day,
        periodic_data.directory,
        periodic_data.finished,
        periodic_data.periods,
        periodic_data.planned,
        periodic_data.planned_work,
    )
    inputs = data.directory, data.past, periodic_inputs, agents
    made: dict[tuple[int, bool], Quotas] = cache.get("quotas", inputs, dict)
    if (minute, is_complete) in made:
        return made[minute, is_complete]
    opening = data.past.opening
    today = date.fromisoformat(data.day.date)
    remaining = None
    if periodic_data is not None and periodic_data.finished is not None:
        directory = periodic_data.directory
        past = periodic_data.finished, directory
        if is_complete:
            planned = periodic_data.planned_work, directory
            remaining = RemainingDay(
                periodic_data,
                cache.get("recent sales", past, RecentSales, *past),
                cache.get("intraday profiles", past, IntradayProfiles, *past),
                minute,
                work=cache.get("planned work", planned, PlannedWork, *planned),
                opening=opening,
                agents=agents,
            )
    quota_inputs = cache.get(
        "quota inputs", (data.directory, periodic_inputs), QuotaInputs, data.directory, periodic_data
    )
    quotas = Quotas(quota_inputs, today, at=minute, opening=opening, baseline=baseline, remaining=remaining)
    made.clear()
    made[minute, is_complete] = quotas
    return quotas


def _clients(
    directory: Directory, centre: SalesSums, teams: Mapping[int, SalesSums], others: Iterable[OtherClientsSales]
) -> Mapping[Scope, SalesSums]:
    """Sales by client (0: no client): those of its campaigns, by any agent, else of the teams that work for it."""
    found = {("client", 0): centre}
    for team_id, sums in teams.items():
        move(found, None, directory.teams[team_id].client_id, sums)
    return for_clients(found, others)
