"""What is still to come today: sales calls and the sales they bring, by scope (metrics.md 8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from ccmon.metrics import forecast
from ccmon.metrics.forecast import OrderValue, SalesPerCall
from ccmon.metrics.pace import DAYS_NEEDED, Basis, linear_share
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.floor_data import OpeningHours
from ccmon.snapshot.intraday_profiles import IntradayProfiles, PlannedWork, time_of_day_ms
from ccmon.snapshot.periodic_data import FinishedDays, PeriodicData
from ccmon.snapshot.sales_sums import NO_SALES, SalesSums, for_clients, sums_by_scope
from ccmon.snapshot.scopes import CENTRE, Scope, is_agent
from ccmon.time_units import HOUR_MS

PRIOR_CALLS = 60
"""An agent's conversion is shrunk towards the team's as by this number of calls; they differ by a fifth."""
PRIOR_ORDERS = 20
"""An agent's mean order is shrunk towards the team's as by this number of orders."""
PRIOR_HOURS = 6
"""An agent's calls an hour are shrunk towards the team's as by this number of hours."""
LEVEL_CALLS = 60
"""Today's level is shrunk towards a usual day as by this number of calls: days differ by about an eighth."""
DAYS_DIFFER = 0.01
"""Usual relative variance of whole days' calls beyond chance; weighs as much as `DAYS_NEEDED` days."""
ARRIVES_WITHOUT_SHIFT = 0.1
"""Share of agents who still come, among those who left before their shift's end or have no shift today."""


class Presence(Enum):
    """Whether an agent is at work."""

    HERE = "here"
    """Logged in now, or perhaps: no source reports their state."""
    GONE = "gone"
    """Was logged in earlier today, and is not now."""
    AWAY = "away"
    """Has not been logged in today."""

    @classmethod
    def of(cls, agent: AgentFigures | None) -> Presence:
        """The presence that an agent's figures show."""
        if agent is None:
            return cls.AWAY
        if agent.state is not AgentState.LOGGED_OUT:
            return cls.HERE
        return cls.GONE if agent.times_before.logged_in_ms else cls.AWAY


class DayShare(Struct, frozen=True):
    """How much of a scope's day has usually elapsed."""

    share: float
    basis: Basis
    rests_on: str
    """What it is based on, in words: "5 Fridays", "linear"."""


class _UsualCalls(Struct, frozen=True):
    """A scope's sales calls on a usual day."""

    after: float
    """Those after this time of day."""
    until: float
    relative_variance: float
    """Of those after."""


class RecentSales:
    """What was sold in the last 28 days."""

    def __init__(self, finished: FinishedDays, directory: Directory) -> None:
        self.own = sums_by_scope(directory, finished.sales)
        """By scope; a client's are what its own teams sold, for whichever client."""
        self.sums = for_clients(self.own, finished.sales.other_clients_sales)


class _LeftOfPastDays(Struct, frozen=True):
    """What was left of a scope's past days at a time of day, all days together."""

    days: int
    """How many days had any sales calls."""
    calls: float
    """Sales calls."""
    hours: float
    """Planned work."""


class RemainingDay:
    """What is still to come from one moment to the end of its business day."""

    def __init__(
        self,
        periodic_data: PeriodicData,
        recent: RecentSales,
        profiles: IntradayProfiles,
        at: int,
        *,
        work: PlannedWork,
        opening: OpeningHours | None,
        agents: Mapping[int, AgentFigures],
    ) -> None:
        day = periodic_data.day
        self._directory = periodic_data.directory
        self._profiles = profiles
        self._time = time_of_day_ms(day, at)
        self._past: dict[Scope, _LeftOfPastDays] = {}
        self._at, self._opening = at, opening
        self._work = work
        self._agents = agents
        self._own, self._sums = recent.own, recent.sums
        self._agents_differ: float | None = None
        self._shares: dict[Scope, DayShare | None] = {}
        self._order_values: dict[Scope, OrderValue | None] = {}
        self._usual_calls: dict[Scope, _UsualCalls | None] = {}

    def share(self, scope: Scope) -> DayShare | None:
        """The typical share by the scope's own sales calls, else by its planned work, else by the opening hours."""
        if scope not in self._shares:
            self._shares[scope] = self._share(scope)
        return self._shares[scope]

    def _share(self, scope: Scope) -> DayShare | None:
        usual = self._profiles.share(scope, self._time)
        if usual is not None and self._profiles.basis is not None:
            return DayShare(usual, Basis.USUAL_DAY, self._profiles.basis)
        linear = self._work.share(scope, self._time) if is_agent(scope) else None
        if linear is None and self._opening is not None:
            linear = linear_share(self._opening.total_ms, self._opening.left_ms(self._at))
        return None if linear is None else DayShare(linear, Basis.LINEAR, str(Basis.LINEAR))

    def calls(self, scope: Scope, calls_today: int) -> tuple[float, float] | None:
        """Sales calls still to be expected today, and the relative variance of that mean; None with little history."""
        if is_agent(scope):
            return self._agents_calls(scope)
        if scope not in self._usual_calls:
            self._usual_calls[scope] = self._usual(scope)
        usual = self._usual_calls[scope]
        if usual is None:
            return None
        return usual.after * ((calls_today + LEVEL_CALLS) / (usual.until + LEVEL_CALLS)), usual.relative_variance

    def _usual(self, scope: Scope) -> _UsualCalls | None:
        after = self._profiles.after(scope, self._time)
        if len(after) < DAYS_NEEDED:
            return None
        until = self._profiles.until(scope, self._time)
        days_differ = forecast.overdispersion(after)
        relative_variance = (days_differ * len(after) + DAYS_DIFFER * DAYS_NEEDED) / (len(after) + DAYS_NEEDED)
        return _UsualCalls(
            after=sum(after) / len(after),
            until=sum(until) / len(until),
            relative_variance=relative_variance + (1 / sum(after) if sum(after) else 0.0),
        )

    def with_other_teams(self, scope: Scope, calls: float) -> float | None:
        """A client's own sales calls plus those of other teams for its campaigns, in the proportion of 28 days.

        None if its own teams make none. For any other scope, the calls themselves.
        """
        kind, _ = scope
        if kind != "client":
            return calls
        own = self._own.get(scope, NO_SALES).sales_calls
        return calls * self._sums[scope].sales_calls / own if own else None

    def sales_per_call(self, scope: Scope, today: SalesSums) -> SalesPerCall | None:
        """Sales of each sales call: today's with those of the last 28 days, an agent's shrunk towards the team's."""
        sums = self._sums.get(scope, NO_SALES) + today
        prior, prior_calls = 0.0, 0
        if is_agent(scope):
            team = self._sums.get(self._team(scope), NO_SALES)
            if team.sales_calls:
                prior, prior_calls = team.sales / team.sales_calls, PRIOR_CALLS
        return forecast.shrunk_sales_per_call(sums.sales, sums.sales_calls, prior, prior_calls)

    def order_value(self, scope: Scope, today: SalesSums = NO_SALES) -> OrderValue | None:
        """What a sale brings: today's orders with those of the last 28 days, an agent's shrunk towards the team's."""
        prior = self._usual_order_value(self._team(scope)) if is_agent(scope) else None
        sums, own = self._sums.get(scope, NO_SALES) + today, self._own.get(scope, NO_SALES)
        # One agent has few orders: their variance is taken from the team's, a client's from its own teams'.
        differs = prior.differs if prior else forecast.orders_differ(own.sales, own.revenue_cents, own.squared_cents)
        return forecast.order_value(sums.sales, sums.revenue_cents, differs, prior, PRIOR_ORDERS)

    def _usual_order_value(self, scope: Scope) -> OrderValue | None:
        """What a sale has brought before today; the same for each agent of a team."""
        if scope not in self._order_values:
            self._order_values[scope] = self.order_value(scope)
        return self._order_values[scope]

    def _team(self, scope: Scope) -> Scope:
        """The team of an agent."""
        _, agent_id = scope
        agent = self._directory.agents.get(agent_id)
        return CENTRE if agent is None or agent.team_id is None else ("team", agent.team_id)

    def _agents_calls(self, scope: Scope) -> tuple[float, float] | None:
        """An agent's calls to come: by hours still to work if shifts are known, else by the agent's usual days."""
        chance = self._at_work(scope)
        own = self._past_days(scope)
        if self._work.known and self._work.starts(scope) is not None:
            hours = self._work.after(scope, self._time) / HOUR_MS
            team = self._past_days(self._team(scope))
            if not team.hours:
                return None
            usual = team.calls / team.hours
            rate = (own.calls + usual * PRIOR_HOURS) / (own.hours + PRIOR_HOURS)
            mean, known = rate * hours, rate * (own.hours + PRIOR_HOURS)
        elif own.days >= DAYS_NEEDED:
            mean, known = own.calls / own.days, own.calls
        else:
            return None
        if mean <= 0:
            return 0.0, 0.0
        relative_variance = self._days_of_agents_differ() + (1 / known if known else 0.0)
        # The agent may not come at all: the mean is either 0 or the full one.
        return mean * chance, relative_variance / chance + (1 - chance) / chance

    def _past_days(self, scope: Scope) -> _LeftOfPastDays:
        """What was left of past days at this time; the same for the day, the week and the month, and for a team."""
        found = self._past.get(scope)
        if found is None:
            after = self._profiles.after(scope, self._time)
            hours = self._profiles.work_after(scope, self._time) / HOUR_MS
            found = self._past[scope] = _LeftOfPastDays(len(after), sum(after), hours)
        return found

    def _days_of_agents_differ(self) -> float:
        """How much an agent's days differ beyond chance, over all agents together."""
        if self._agents_differ is None:
            excess = squares = 0.0
            for agent_id in self._directory.agents:
                after = self._profiles.after(("agent", agent_id), self._time)
                if len(after) >= DAYS_NEEDED:
                    mean = sum(after) / len(after)
                    excess += sum((each - mean) ** 2 for each in after) / (len(after) - 1) - mean
                    squares += mean**2
            self._agents_differ = max(0.0, excess / squares) if squares else 0.0
        return self._agents_differ

    def _at_work(self, scope: Scope) -> float:
        """How likely the agent still works today."""
        _, agent_id = scope
        presence = Presence.of(self._agents.get(agent_id))
        if presence is Presence.HERE:
            return 1.0
        starts = self._work.starts(scope)
        if presence is Presence.GONE or (self._work.known and starts is None):
            return ARRIVES_WITHOUT_SHIFT
        if starts is not None:
            return forecast.arrival_chance(self._time - starts)
        share = self._profiles.share(scope, self._time)
        usual = self._profiles.worked_days(scope) / max(1, len(self._profiles.days))
        return usual if share is None else forecast.later_arrival_chance(usual, share)
