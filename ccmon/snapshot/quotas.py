"""Quotas of the day, week and month, and progress towards them (metrics.md 8.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from ccmon.metrics.forecast import OrderValue, RemainingSales, at_present_rate, at_usual_rate
from ccmon.metrics.pace import Basis
from ccmon.metrics.quotas import misses_its_beginning, of_no_client, spread_over_agents
from ccmon.model.sales import LONGER_PERIODS, Period, QuotaFigures
from ccmon.snapshot.baseline import WeekdayBaseline
from ccmon.snapshot.directory import Directory, Quota
from ccmon.snapshot.floor_data import OpeningHours
from ccmon.snapshot.periodic_data import PeriodicData, PeriodRows
from ccmon.snapshot.remaining_sales import DAYS_DIFFER, RemainingDay
from ccmon.snapshot.sales_sums import NO_SALES, SalesSums, for_clients, sums_by_scope
from ccmon.snapshot.scopes import CENTRE, Scope

PAST_WEEKS = "past weeks"
"""What the usual course of a week or month is based on."""


class PeriodShare(Struct, frozen=True):
    """How much of a period has elapsed."""

    starts_on: date
    ends_on: date
    share: float | None
    basis: Basis | None
    rests_on: str | None
    """The basis in words: "5 Fridays"."""
    open_ms_left: int | None
    weekdays_left: tuple[int, ...]
    """Weekdays of the days still to come, without today."""


class GivenQuota(Struct, frozen=True):
    """A quota of a scope, set for it or spread from its team's."""

    quota: Quota
    is_spread: bool
    """Whether it is the agent's part of the team's quota."""


class RemainingPeriod(Struct, frozen=True):
    """What is still to come in a period; None: not known."""

    calls: float | None
    """Sales calls."""
    sales: RemainingSales | None


class QuotaInputs:
    """The quotas given, and what was sold in their periods before today: what does not depend on the minute."""

    def __init__(self, directory: Directory, periodic_data: PeriodicData | None) -> None:
        self.periods: Mapping[Period, PeriodRows] = periodic_data.periods if periodic_data else {}
        self.given = {period: _given(directory, period, periodic_data) for period in Period}
        self.scopes = frozenset(chain.from_iterable(self.given.values()))
        self.before = {
            period: for_clients(sums_by_scope(directory, rows.sales), rows.sales.other_clients_sales)
            for period, rows in self.periods.items()
        }


class _PeriodWeights(Struct, frozen=True):
    """What is the same for all scopes whose day has the same basis."""

    basis: Basis
    done: float
    """The weight of the days before today."""
    today: float
    total: float
    open_ms_left: int | None
    weekdays_left: tuple[int, ...]


class Quotas:
    """All quotas of one moment."""

    def __init__(
        self,
        quota_inputs: QuotaInputs,
        today: date,
        *,
        at: int,
        opening: OpeningHours | None,
        baseline: WeekdayBaseline | None,
        remaining: RemainingDay | None,
    ) -> None:
        self._at, self._opening = at, opening
        self._today = today
        self._given, self._before, self._periods = quota_inputs.given, quota_inputs.before, quota_inputs.periods
        self.scopes = quota_inputs.scopes
        """The scopes that have a quota."""
        self._remaining = remaining
        self._baseline = baseline
        self._weights: dict[tuple[Period, Basis | None], _PeriodWeights] = {}

    def of(self, scope: Scope, sums: SalesSums, new_customers: int | None) -> tuple[QuotaFigures, ...]:
        """The quotas of a scope for the day, the week and the month.

        Args:
            scope: the scope.
            sums: its sales of today.
            new_customers: its new customers of today; None: not known yet.
        """
        return tuple(
            self._figures(scope, period, sums, given[scope], new_customers=new_customers)
            for period, given in self._given.items()
            if scope in given and (period is Period.DAY or period in self._periods)
        )

    def has(self, scope: Scope) -> bool:
        """Whether any quota is set for a scope."""
        return scope in self.scopes

    def _figures(
        self, scope: Scope, period: Period, today: SalesSums, given: GivenQuota, *, new_customers: int | None
    ) -> QuotaFigures:
        quota = given.quota
        elapsed = self._elapsed(scope, period)
        before = self._before.get(period, {}).get(scope, NO_SALES)
        sums = today + before
        remaining = self.remaining(scope, elapsed, sums, today)
        first_known_day = self._first_known_day(elapsed.starts_on)
        if first_known_day is not None:
            elapsed = replace(elapsed, share=None, basis=None, rests_on=None)
            remaining = RemainingPeriod(calls=None, sales=None)
        return QuotaFigures(
            period=period,
            starts_on=elapsed.starts_on.isoformat(),
            ends_on=elapsed.ends_on.isoformat(),
            sales_calls=sums.sales_calls,
            converted=sums.converted,
            sales=sums.sales,
            revenue_cents=sums.revenue_cents,
            quota_sales=quota.sales,
            quota_revenue_cents=quota.revenue_cents,
            quota_conversion=quota.conversion,
            share=elapsed.share,
            basis=elapsed.basis,
            rests_on=elapsed.rests_on,
            open_ms_left=elapsed.open_ms_left,
            calls_left=remaining.calls,
            remaining=remaining.sales,
            is_spread=given.is_spread,
            new_customers=None if new_customers is None else before.new_customers + new_customers,
            order_value=self.order_value(scope, today),
            first_known_day=None if first_known_day is None else first_known_day.isoformat(),
            quota_of_no_client=self._of_no_client(period, quota) if scope == CENTRE else None,
        )

    def _of_no_client(self, period: Period, centre: Quota) -> int | None:
        clients = [each.quota.sales for (kind, _), each in self._given[period].items() if kind == "client"]
        return of_no_client(centre.sales, [sales for sales in clients if sales is not None])

    def _first_known_day(self, starts_on: date) -> date | None:
        """The first day with any data, if a period began before it; None: the whole period is known."""
        if self._baseline is None:
            return None
        first = self._baseline.first_known_day or self._today
        return first if misses_its_beginning(starts_on, first, self._baseline.perhaps_open_weekdays()) else None

    def elapsed_of_day(self, scope: Scope) -> PeriodShare:
        """How much of the scope's day has elapsed."""
        return self._elapsed(scope, Period.DAY)

    def remaining(self, scope: Scope, elapsed: PeriodShare, sums: SalesSums, today: SalesSums) -> RemainingPeriod:
        """Sales calls and sales still to come in a period that has brought ``sums`` so far, ``today`` of them today."""
        usual = self._usual_remaining(scope, elapsed, today)
        if usual is not None:
            return usual
        present = None if elapsed.share is None else at_present_rate(sums.sales, elapsed.share)
        return RemainingPeriod(calls=None, sales=present)

    def order_value(self, scope: Scope, today: SalesSums) -> OrderValue | None:
        """What a sale of the scope brings; None if no order is known, or the past has not been read yet."""
        return None if self._remaining is None else self._remaining.order_value(scope, today)

    def _usual_remaining(self, scope: Scope, elapsed: PeriodShare, today: SalesSums) -> RemainingPeriod | None:
        if self._remaining is None or self._baseline is None or elapsed.basis != Basis.USUAL_DAY:
            return None
        calls = self._remaining.calls(scope, today.sales_calls)
        sales_per_call = self._remaining.sales_per_call(scope, today)
        if calls is None or sales_per_call is None:
            return None
        mean, relative_variance = calls
        variance = relative_variance * mean**2
        for weekday in elapsed.weekdays_left:
            if weekday in self._baseline.open_weekdays():
                by_teams = self._baseline.mean_calls(scope, weekday)
                further = None if by_teams is None else self._remaining.with_other_teams(scope, by_teams)
                if further is None:
                    return None
                mean += further
                variance += DAYS_DIFFER * further**2
        remaining = at_usual_rate(mean, variance / mean**2 if mean else 0.0, sales_per_call)
        return RemainingPeriod(calls=mean, sales=remaining)

    def _elapsed(self, scope: Scope, period: Period) -> PeriodShare:
        found = self._remaining.share(scope) if self._remaining is not None else None
        share, basis, rests_on = (found.share, found.basis, found.rests_on) if found else (None, None, None)
        if period is Period.DAY:
            return PeriodShare(
                starts_on=self._today,
                ends_on=self._today,
                share=share,
                basis=basis,
                rests_on=rests_on,
                open_ms_left=None if self._opening is None else self._opening.left_ms(self._at),
                weekdays_left=(),
            )
        rows = self._periods[period]
        weights = self._weights.get((period, basis))
        if weights is None:
            weights = self._weights[period, basis] = self._weighted(rows, basis)
        done = weights.done + weights.today * (share or 0.0)
        known = share is not None and weights.total > 0
        return PeriodShare(
            starts_on=rows.starts_on,
            ends_on=rows.ends_on,
            share=done / weights.total if known else None,
            basis=weights.basis if known else None,
            rests_on=(str(weights.basis) if weights.basis is Basis.LINEAR else PAST_WEEKS) if known else None,
            open_ms_left=weights.open_ms_left,
            weekdays_left=weights.weekdays_left,
        )

    def _weighted(self, rows: PeriodRows, basis: Basis | None) -> _PeriodWeights:
        """The days of a period by the sales calls that they usually bring; ``basis`` is that of the day."""
        days = [rows.starts_on + timedelta(days=n) for n in range((rows.ends_on - rows.starts_on).days + 1)]
        baseline = self._baseline
        set_hours = {day: None if self._opening is None else self._opening.set_ms(day) for day in days}
        weekdays_left = tuple(day.weekday() for day in days if day > self._today and set_hours[day] != 0)
        usual = baseline.weights() if baseline and basis is Basis.USUAL_DAY else None
        open_days = baseline.open_weekdays() if baseline else frozenset(range(5))
        weights = {day: float(day in open_days) for day in range(7)} if usual is None else usual
        total = done = today = 0.0
        for day in days:
            weight, set_ms = weights[day.weekday()], set_hours[day]
            if set_ms is not None and (set_ms == 0 or usual is None):
                weight = float(set_ms > 0)
            if day < self._today:
                # A holiday is no day of the period.
                weight *= baseline is None or baseline.was_worked(day)
                done += weight
            elif day == self._today:
                today = weight
            total += weight
        left = None
        if self._opening is not None:
            later = (day for day in days if day > self._today)
            left = self._opening.left_ms(self._at)
            left += sum(self._opening.open_ms(day, usually=day.weekday() in open_days) for day in later)
        return _PeriodWeights(
            basis=Basis.LINEAR if usual is None else Basis.USUAL_DAY,
            done=done,
            today=today,
            total=total,
            open_ms_left=left,
            weekdays_left=weekdays_left,
        )


def _given(directory: Directory, period: Period, periodic_data: PeriodicData | None) -> dict[Scope, GivenQuota]:
    """The quotas of a period by scope, including the agents' parts of team quotas."""
    given = {
        (scope, scope_id): GivenQuota(quota, is_spread=False)
        for (name, scope, scope_id), quota in directory.quotas.items()
        if name == period
    }
    if period in LONGER_PERIODS and CENTRE not in given:
        given[CENTRE] = GivenQuota(_no_quota(period), is_spread=False)
    if periodic_data is None or not any(scope == "team" for scope, _ in given):
        return given
    if period is Period.DAY:
        planned = {agent_id: row.planned_ms for agent_id, row in periodic_data.planned.items()}
    else:
        planned = dict(periodic_data.periods[period].planned) if period in periodic_data.periods else {}
    teams: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for agent in directory.agents.values():
        if agent.team_id is not None and agent.id in planned:
            teams[agent.team_id][agent.id] = planned[agent.id]
    for team_id, scheduled in teams.items():
        team = given.get(("team", team_id))
        if team is not None:
            given.update(_spread(team.quota, scheduled, given))
    return given


def _no_quota(period: Period) -> Quota:
    """What the whole has sold in a week or month is known even if nothing is asked of it."""
    scope, scope_id = CENTRE
    return Quota(period, scope, scope_id, sales=None, revenue_cents=None, conversion=None, starts_on="")


def _spread(quota: Quota, scheduled: Mapping[int, int], given: Mapping[Scope, GivenQuota]) -> dict[Scope, GivenQuota]:
    """A team's quota spread by scheduled hours over its agents without a quota of their own."""
    own = {agent_id: given["agent", agent_id].quota for agent_id in scheduled if ("agent", agent_id) in given}
    parts: list[Mapping[int, int]] = []
    for name in ("sales", "revenue_cents"):
        total = getattr(quota, name)
        own_quotas = {agent_id: getattr(each, name) or 0 for agent_id, each in own.items()}
        parts.append({} if total is None else spread_over_agents(total, scheduled, own_quotas))
    sales, revenue = parts
    return {
        ("agent", agent_id): GivenQuota(
            replace(
                quota, scope="agent", scope_id=agent_id, sales=sales.get(agent_id), revenue_cents=revenue.get(agent_id)
            ),
            is_spread=True,
        )
        for agent_id in scheduled
        if agent_id not in own
    }
