"""What is still to come today: sales calls and the sales they bring, by scope (metrics.md 8.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from msgspec import Struct

from ccmon.metrics import forecast
from ccmon.metrics.forecast import Conversion, OrderValue
from ccmon.metrics.pace import DAYS_NEEDED, Basis, linear_share
from ccmon.model.agents import AgentFigures, AgentState
from ccmon.snapshot.day_shapes import DayShapes, PlannedWork, wall_clock
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.periodic_rows import FinishedDays, PeriodicRows
from ccmon.snapshot.scopes import Scope, scopes
from ccmon.time_units import HOUR_MS

PRIOR_CALLS = 60
"""An agent's conversion is shrunk towards the team's as if so many more calls were known; they differ by a fifth."""
PRIOR_ORDERS = 20
"""An agent's mean order is shrunk towards the team's as if so many more orders were known."""
PRIOR_HOURS = 6
"""An agent's calls an hour are shrunk towards the team's as if so many more hours were known."""
LEVEL_CALLS = 60
"""Today's level is shrunk towards a usual day as if so many more calls were known: days differ by about an eighth."""
DAYS_DIFFER = 0.01
"""Usual relative variance of the calls of whole days beyond chance; weighs as `DAYS_NEEDED` days."""
STAYS_AWAY = 0.1
"""Of those who have left before the end of their shift, or have none today, who still comes."""


class Presence(Struct, frozen=True):
    """Who is at work."""

    here: frozenset[int]
    """Logged in now."""
    came: frozenset[int]
    """Logged in at any time today."""

    @classmethod
    def of(cls, agents: Iterable[AgentFigures]) -> Presence:
        """By the agents' figures."""
        known = list(agents)
        here = frozenset(agent.id for agent in known if agent.state is not AgentState.LOGGED_OUT)
        return cls(here, here | {agent.id for agent in known if agent.finished.logged_in_ms})


class Share(Struct, frozen=True):
    """How much of a scope's day has usually elapsed."""

    share: float
    basis: Basis
    rests_on: str
    """The basis in words: "5 Fridays", "linear"."""


class RemainingSales:
    """What is still to come from one moment to the end of its business day."""

    def __init__(
        self,
        periodic: PeriodicRows,
        finished: FinishedDays,
        shapes: DayShapes,
        at: int,
        *,
        opening: tuple[int, int] | None,
        presence: Presence,
    ) -> None:
        day = periodic.day
        self._directory = periodic.directory
        self._shapes = shapes
        self._time = wall_clock(day, at)
        self._opening = None if opening is None else (wall_clock(day, opening[0]), wall_clock(day, opening[1]))
        self._work = PlannedWork(periodic.planned_work, periodic.directory)
        self._presence = presence
        self._sold, self._called = _conversions(finished, periodic.directory)
        self._by_teams = _called_by_teams(finished, periodic.directory)
        self._earned, self._squares = _earned(finished, periodic.directory)
        self._agents_differ: float | None = None
        self._shares: dict[Scope, Share | None] = {}

    def share(self, scope: Scope) -> Share | None:
        """The typical share of the scope's own sales calls, or else that of its planned work or of the opening time."""
        if scope not in self._shares:
            self._shares[scope] = self._share(scope)
        return self._shares[scope]

    def _share(self, scope: Scope) -> Share | None:
        usual = self._shapes.share(scope, self._time)
        if usual is not None and self._shapes.basis is not None:
            return Share(usual, Basis.USUAL_DAY, self._shapes.basis)
        linear = self._work.share(scope, self._time) if scope[0] == "agent" else None
        if linear is None and self._opening is not None:
            linear = linear_share(*self._opening, self._time)
        return None if linear is None else Share(linear, Basis.LINEAR, str(Basis.LINEAR))

    def calls(self, scope: Scope, calls_today: int) -> tuple[float, float] | None:
        """Sales calls still to be expected today, and the relative variance of that mean; None with little history."""
        if scope[0] == "agent":
            return self._agents_calls(scope)
        after = self._shapes.after(scope, self._time)
        if len(after) < DAYS_NEEDED:
            return None
        mean = sum(after) / len(after)
        until = self._shapes.until(scope, self._time)
        level = (calls_today + LEVEL_CALLS) / (sum(until) / len(until) + LEVEL_CALLS)
        days_differ = forecast.overdispersion(after)
        relative_variance = (days_differ * len(after) + DAYS_DIFFER * DAYS_NEEDED) / (len(after) + DAYS_NEEDED)
        return mean * level, relative_variance + (1 / sum(after) if sum(after) else 0.0)

    def with_lent(self, scope: Scope, calls: float) -> float | None:
        """Sales calls of a client's own teams, with those that other teams make for its campaigns as in 28 days.

        None where its own teams make none. Of any other scope the calls themselves.
        """
        if scope[0] != "client":
            return calls
        own = self._by_teams[scope]
        return calls * self._called[scope] / own if own else None

    def conversion(self, scope: Scope, calls_today: int, sales_today: int) -> Conversion | None:
        """Sales of each sales call: today's with those of the last 28 days, an agent's shrunk towards the team's."""
        calls, sold = self._called[scope] + calls_today, self._sold[scope] + sales_today
        prior, prior_calls = 0.0, 0
        if scope[0] == "agent":
            team = self._team(scope)
            if self._called[team]:
                prior, prior_calls = self._sold[team] / self._called[team], PRIOR_CALLS
        return forecast.shrunk_conversion(sold, calls, prior, prior_calls)

    def order_value(self, scope: Scope, sales_today: int, revenue_cents_today: int) -> OrderValue | None:
        """What a sale brings: today's orders with those of the last 28 days, an agent's shrunk towards the team's."""
        prior = self.order_value(self._team(scope), 0, 0) if scope[0] == "agent" else None
        orders, cents = self._sold[scope] + sales_today, self._earned[scope] + revenue_cents_today
        # Orders of one agent are few: they differ as the team's do.
        differs = prior.differs if prior else forecast.orders_differ(*self._squares[scope])
        return forecast.order_value(orders, cents, differs, prior, PRIOR_ORDERS)

    def _team(self, scope: Scope) -> Scope:
        agent = self._directory.agents.get(scope[1])
        return ("centre", 0) if agent is None or agent.team_id is None else ("team", agent.team_id)

    def _agents_calls(self, scope: Scope) -> tuple[float, float] | None:
        """By the hours still to work where shifts are known, else by the agent's usual days."""
        chance = self._at_work(scope)
        after = self._shapes.after(scope, self._time)
        if self._work.known and self._work.edges(scope) is not None:
            hours = self._work.after(scope, self._time) / HOUR_MS
            team = self._team(scope)
            team_hours = self._shapes.work_after(team, self._time) / HOUR_MS
            own_hours = self._shapes.work_after(scope, self._time) / HOUR_MS
            if not team_hours:
                return None
            usual = sum(self._shapes.after(team, self._time)) / team_hours
            rate = (sum(after) + usual * PRIOR_HOURS) / (own_hours + PRIOR_HOURS)
            mean, known = rate * hours, rate * (own_hours + PRIOR_HOURS)
        elif len(after) >= DAYS_NEEDED:
            mean, known = sum(after) / len(after), sum(after)
        else:
            return None
        if mean <= 0:
            return 0.0, 0.0
        relative_variance = self._days_of_agents_differ() + (1 / known if known else 0.0)
        # Who may not come at all: a mean that is 0 or whole.
        return mean * chance, relative_variance / chance + (1 - chance) / chance

    def _days_of_agents_differ(self) -> float:
        """How much more the days of an agent differ than by chance, of all agents together."""
        if self._agents_differ is None:
            excess = squares = 0.0
            for agent_id in self._directory.agents:
                after = self._shapes.after(("agent", agent_id), self._time)
                if len(after) >= DAYS_NEEDED:
                    mean = sum(after) / len(after)
                    excess += sum((each - mean) ** 2 for each in after) / (len(after) - 1) - mean
                    squares += mean**2
            self._agents_differ = max(0.0, excess / squares) if squares else 0.0
        return self._agents_differ

    def _at_work(self, scope: Scope) -> float:
        """How likely the agent works on today."""
        agent_id = scope[1]
        if agent_id in self._presence.here:
            return 1.0
        edges = self._work.edges(scope)
        if agent_id in self._presence.came or (self._work.known and edges is None):
            return STAYS_AWAY
        if edges is not None:
            return forecast.comes(self._time - edges[0])
        share = self._shapes.share(scope, self._time)
        usual = self._shapes.worked_days(scope) / max(1, len(self._shapes.days))
        return usual if share is None else forecast.still_comes(usual, share)


def _called_by_teams(finished: FinishedDays, directory: Directory) -> Counter[Scope]:
    """Sales calls of the last 28 business days by client, of its own teams alone."""
    found: Counter[Scope] = Counter()
    for row in finished.called_by_agent.values():
        for scope in scopes(directory, row.agent_id):
            if scope[0] == "client":
                found[scope] += row.sales_calls
    return found


def _conversions(finished: FinishedDays, directory: Directory) -> tuple[Counter[Scope], Counter[Scope]]:
    """Sales and sales calls of the last 28 business days by scope."""
    sold: Counter[Scope] = Counter()
    called: Counter[Scope] = Counter()
    for sums in finished.sold_by_agent.values():
        for scope in scopes(directory, sums.id):
            sold[scope] += sums.sales
    for calls in finished.called_by_agent.values():
        for scope in scopes(directory, calls.agent_id):
            called[scope] += calls.sales_calls
    for row in finished.other_clients_sales_lately:
        sold["client", row.team_client_id or 0] -= row.sales
        sold["client", row.client_id] += row.sales
        called["client", row.team_client_id or 0] -= row.sales_calls
        called["client", row.client_id] += row.sales_calls
    for sums in finished.sold_by_campaign.values():
        sold["campaign", sums.id] += sums.sales
    for campaign in finished.called_by_campaign.values():
        called["campaign", campaign.campaign_id] += campaign.sales_calls
    return sold, called


Squares = tuple[int, int, float]
"""Orders, what they brought in cents, and the sum of the squares."""


def _earned(finished: FinishedDays, directory: Directory) -> tuple[Counter[Scope], Mapping[Scope, Squares]]:
    """Revenue of the last 28 business days by scope; and what shows how orders differ, of a client its own teams'."""
    found: defaultdict[Scope, Squares] = defaultdict(lambda: (0, 0, 0.0))
    by_agent = ((scope, row) for row in finished.sold_by_agent.values() for scope in scopes(directory, row.id))
    by_campaign = ((("campaign", row.id), row) for row in finished.sold_by_campaign.values())
    for scope, row in chain(by_agent, by_campaign):
        orders, cents, squares = found[scope]
        found[scope] = orders + row.sales, cents + row.revenue_cents, squares + row.squared_cents
    earned = Counter({scope: cents for scope, (_, cents, _) in found.items()})
    for other in finished.other_clients_sales_lately:
        earned["client", other.team_client_id or 0] -= other.revenue_cents
        earned["client", other.client_id] += other.revenue_cents
    return earned, found
