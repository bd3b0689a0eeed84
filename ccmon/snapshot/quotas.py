"""Quotas of the day, week and month, and how far they have come (metrics.md 8.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from ccmon.business import Period, QuotaFigures
from ccmon.figures.pace import Basis
from ccmon.figures.quota import spread_over_agents
from ccmon.snapshot.business_facts import BusinessFacts, PeriodFacts
from ccmon.snapshot.facts import Directory, Quota
from ccmon.snapshot.usual import Scope, Usual, scopes


class Sums(NamedTuple):
    """What was sold, and in how many sales calls."""

    sales_calls: int
    converted: int
    sales: int
    revenue_cents: int


class DayShare(NamedTuple):
    """How much of a usual day has gone, and by which measure; and what is left of the opening time."""

    share: float | None
    basis: Basis | None
    open_ms_left: int | None = None
    open_ms: int | None = None
    """Opening time of the whole day."""


NO_SUMS = Sums(0, 0, 0, 0)
NOTHING_SOLD = (0, 0, 0, 0, 0)
"""A row of business_sold_by_agent.sql, or _by_campaign."""


Key = TypeVar("Key")


def moved(sums: dict[Key, Sums], source: Key, target: Key, number: Sums) -> None:
    """Take sums from one and give them to another; who has none has 0."""
    before, after = sums.get(source, NO_SUMS), sums.get(target, NO_SUMS)
    sums[source] = Sums(*(a - b for a, b in zip(before, number, strict=True)))
    sums[target] = Sums(*(a + b for a, b in zip(after, number, strict=True)))


class PeriodShare(NamedTuple):
    """How much of a period has gone."""

    starts_on: date
    ends_on: date
    share: float | None
    basis: str | None
    open_ms_left: int | None
    rest: tuple[int, ...]
    """Weekdays of the days still to come, today left out."""


class Quotas:
    """All quotas of one moment."""

    def __init__(self, directory: Directory, today: date, gone: DayShare, business: BusinessFacts | None) -> None:
        finished = business.finished if business else None
        # By today's rate alone a chance would be another one as soon as the usual rate is known.
        self._gone = gone if finished else gone._replace(share=None, basis=None)
        self._today = today
        self._facts = business
        self._usual = Usual(finished, directory, today.weekday()) if finished else None
        self._given: dict[Period, dict[Scope, tuple[Quota, bool]]] = {
            period: _given(directory, period, business) for period in Period
        }
        self._before = {period: _before(directory, facts) for period, facts in self._periods().items()}
        self._won_before = {period: _won(directory, facts) for period, facts in self._periods().items()}
        self._shares = {period: self._share(facts) for period, facts in self._periods().items()}

    def _periods(self) -> Mapping[Period, PeriodFacts]:
        return self._facts.periods if self._facts else {}

    def of(self, scope: Scope, sums: Sums, won: int | None) -> tuple[QuotaFigures, ...]:
        """The quotas of a scope: of the day, the week, the month.

        Args:
            scope: whose.
            sums: today's.
            won: new customers of today; None: not known yet.
        """
        found = []
        for period, given in self._given.items():
            quota, spread = given.get(scope, (None, False))
            if quota is not None and (period is Period.DAY or period in self._shares):
                figures = self._figures(scope, period, sums, quota, spread=spread)
                won_before = self._won_before[period][scope] if period in self._won_before else 0
                found.append(figures._replace(new_customers=None if won is None else won_before + won))
        return tuple(found)

    def has(self, scope: Scope) -> bool:
        """Whether any quota is set for a scope."""
        return any(scope in given for given in self._given.values())

    def _figures(self, scope: Scope, period: Period, today: Sums, quota: Quota, *, spread: bool) -> QuotaFigures:
        if period is Period.DAY:
            gone = PeriodShare(
                self._today, self._today, self._gone.share, self._gone.basis, self._gone.open_ms_left, ()
            )
            sums = today
        else:
            gone = self._shares[period]
            sums = Sums(*map(sum, zip(today, self._before[period].get(scope, NO_SUMS), strict=True)))
        return QuotaFigures(
            period,
            gone.starts_on.isoformat(),
            gone.ends_on.isoformat(),
            *sums,
            quota.sales,
            quota.revenue_cents,
            quota.conversion,
            gone.share,
            gone.basis,
            gone.open_ms_left,
            self._rest(scope, gone, "calls"),
            self._rest(scope, gone, "sales"),
            spread,
        )

    def _rest(self, scope: Scope, gone: PeriodShare, what: str) -> float | None:
        """What usually comes from here to the end of the period; None where the usual day is not known."""
        if self._usual is None or gone.basis != Basis.USUAL_DAY or self._gone.share is None:
            return None
        counts = self._usual.sales if what == "sales" else self._usual.calls
        today = self._usual.mean(counts, scope, self._today.weekday())
        if today is None:
            return None
        rest = today * (1 - self._gone.share)
        for weekday in gone.rest:
            if weekday in self._usual.open_weekdays():
                mean = self._usual.mean(counts, scope, weekday)
                if mean is None:
                    return None
                rest += mean
        return rest

    def _share(self, facts: PeriodFacts) -> PeriodShare:
        days = [facts.starts_on + timedelta(days=n) for n in range((facts.ends_on - facts.starts_on).days + 1)]
        usual, gone = self._usual, self._gone
        rest = tuple(day.weekday() for day in days if day > self._today)
        weights = usual.weights() if usual and gone.basis is Basis.USUAL_DAY else None
        basis = Basis.LINEAR if weights is None else Basis.USUAL_DAY
        open_days = usual.open_weekdays() if usual else frozenset(range(5))
        if weights is None:
            weights = {day: float(day in open_days) for day in range(7)}
        came = done = 0.0
        for day in days:
            weight = weights[day.weekday()]
            if day < self._today:
                # A day that was a holiday is not a day of the period.
                weight *= usual is None or usual.was_worked(day)
                done += weight
            elif day == self._today:
                done += weight * (gone.share or 0.0)
            came += weight
        left = None
        if gone.open_ms_left is not None and gone.open_ms is not None:
            left = gone.open_ms_left + gone.open_ms * sum(day in open_days for day in rest)
        known = gone.share is not None and came > 0
        return PeriodShare(
            facts.starts_on, facts.ends_on, done / came if known else None, basis if known else None, left, rest
        )


def _given(directory: Directory, period: Period, facts: BusinessFacts | None) -> dict[Scope, tuple[Quota, bool]]:
    """The quotas of a period by scope, the parts of the teams' quotas among them."""
    given = {
        (scope, scope_id): (quota, False)
        for (name, scope, scope_id), quota in directory.quotas.items()
        if name == period
    }
    if facts is None or not any(scope == "team" for scope, _ in given):
        return given
    if period is Period.DAY:
        planned = {agent_id: row[1] for agent_id, row in facts.planned.items()}
    else:
        planned = dict(facts.periods[period].planned) if period in facts.periods else {}
    teams: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for agent in directory.agents.values():
        if agent.team_id is not None and agent.id in planned:
            teams[agent.team_id][agent.id] = planned[agent.id]
    for team_id, scheduled in teams.items():
        quota, _ = given.get(("team", team_id), (None, False))
        if quota is not None:
            given.update(_spread(period, quota, scheduled, given))
    return given


def _spread(
    period: Period, quota: Quota, scheduled: Mapping[int, int], given: Mapping[Scope, tuple[Quota, bool]]
) -> dict[Scope, tuple[Quota, bool]]:
    """What a team's quota asks of each agent who has no quota of their own, by scheduled hours."""
    own = {agent_id: given["agent", agent_id][0] for agent_id in scheduled if ("agent", agent_id) in given}
    parts: list[Mapping[int, int]] = []
    for name in ("sales", "revenue_cents"):
        whole = getattr(quota, name)
        kept = {agent_id: getattr(each, name) or 0 for agent_id, each in own.items()}
        parts.append({} if whole is None else spread_over_agents(whole, scheduled, kept))
    sales, revenue = parts
    return {
        ("agent", agent_id): (
            Quota(period, "agent", agent_id, sales.get(agent_id), revenue.get(agent_id), quota.conversion),
            True,
        )
        for agent_id in scheduled
        if agent_id not in own
    }


def _won(directory: Directory, facts: PeriodFacts) -> Counter[Scope]:
    """New customers won in the period before today, by scope."""
    won: Counter[Scope] = Counter()
    for agent_id, row in facts.sold_by_agent.items():
        for scope in scopes(directory, agent_id):
            won[scope] += row[4]
    for campaign_id, row in facts.sold_by_campaign.items():
        won["campaign", campaign_id] += row[4]
    return won


def _before(directory: Directory, facts: PeriodFacts) -> dict[Scope, Sums]:
    """What was sold in the period before today, by scope."""
    sums: defaultdict[Scope, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for agent_id in facts.sold_by_agent.keys() | facts.called_by_agent.keys():
        _, *sold, _ = facts.sold_by_agent.get(agent_id, NOTHING_SOLD)
        _, called, *_ = facts.called_by_agent.get(agent_id, (0, 0, 0))
        for scope in scopes(directory, agent_id):
            for place, number in enumerate((called, *sold)):
                sums[scope][place] += number
    for campaign_id in facts.sold_by_campaign.keys() | facts.called_by_campaign.keys():
        _, *sold, _ = facts.sold_by_campaign.get(campaign_id, NOTHING_SOLD)
        _, called, *_ = facts.called_by_campaign.get(campaign_id, (0, 0, 0))
        sums["campaign", campaign_id] = [called, *sold]
    found = {scope: Sums(*counts) for scope, counts in sums.items()}
    for team_client_id, client_id, *counts in facts.lent:
        moved(found, ("client", team_client_id or 0), ("client", client_id), Sums(*counts))
    return found
