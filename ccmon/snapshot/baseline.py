"""What is usual on a weekday: sales calls, sales and handling of past weeks (metrics.md 8.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter

from ccmon.metrics.counts import Counts
from ccmon.metrics.means import average
from ccmon.metrics.pace import DAYS_NEEDED, worked_days
from ccmon.model.opening_hours import OpeningCalendar
from ccmon.snapshot.directory import Directory
from ccmon.snapshot.periodic_data import FinishedDays
from ccmon.snapshot.periodic_rows import AgentWeekday, DayTotals
from ccmon.snapshot.scopes import Scope, is_agent, scopes

WEEKDAYS = 7
DAYS_OF_HISTORY_NEEDED = 28
"""With this many days of history, a weekday without calls is known to be closed."""


class HandledCalls(Counts, frozen=True):
    """Handled calls of past days in one direction."""

    handled: int
    handling_ms: int

    @property
    def mean_ms(self) -> float | None:
        """Mean handling time."""
        return self.handling_ms / self.handled if self.handled else None


NO_HANDLED_CALLS = HandledCalls(0, 0)

_CALLED, _INBOUND, _OUTBOUND = WEEKDAYS, WEEKDAYS + 2, WEEKDAYS + 4
"""Where sums have the number and the time of calls handled, outbound ones of all days and both kinds of one weekday.

Before them stand the sales calls of each weekday.
"""
_LENGTH = _OUTBOUND + 2
_NOTHING = [0] * _LENGTH


class WeekdayBaseline:
    """The last eight weeks by weekday (Monday is 0)."""

    def __init__(self, finished: FinishedDays, directory: Directory, weekday: int) -> None:
        days = [(date.fromisoformat(totals.date), totals) for totals in finished.day_totals]
        calls: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for day, totals in days:
            calls[day.weekday()][totals.date] = totals.sales_calls
        self._with_calls = {day: worked_days(found) for day, found in calls.items()}
        self.worked = {day: worked_days(_usual(found, directory.calendar)) for day, found in calls.items()}
        """Usual days of each weekday (`OpeningCalendar.is_usual`) that were worked, with their sales calls."""
        self._long = _span(days) >= DAYS_OF_HISTORY_NEEDED
        self.first_known_day = _first_known_day(days, finished.first_order_day)
        """First day with both calls and sales known; None: no day before today."""
        self._agent_days = {(row.agent_id, _weekday(row.sunday_first)): row.days for row in finished.agent_weekdays}
        self._sums = _by_scope(_by_agent(finished.agent_weekdays, weekday), directory)
        self._per_agent_day: dict[str, float | None] = {}
        usual = directory.calendar.is_usual
        self._same = [totals for day, totals in days if day.weekday() == weekday and usual(day)]
        for campaign in finished.campaign_weekdays:
            sums = self._sums.setdefault(("campaign", campaign.campaign_id), [0] * _LENGTH)
            sums[_weekday(campaign.sunday_first)] += campaign.sales_calls

    def work(self, scope: Scope, direction: str) -> HandledCalls:
        """Handled calls on past days of today's weekday."""
        return self._handled_calls(scope, _INBOUND if direction == "inbound" else _OUTBOUND)

    def per_agent_day(self, direction: str) -> float | None:
        """Calls per agent and day on past days of today's weekday, over agents who handled any."""
        if direction not in self._per_agent_day:
            calls, agents = attrgetter(direction), attrgetter(f"{direction}_agents")
            self._per_agent_day[direction] = average(sum(map(calls, self._same)), sum(map(agents, self._same)))
        return self._per_agent_day[direction]

    def calling(self, scope: Scope) -> HandledCalls:
        """Handled outbound calls of all past days."""
        return self._handled_calls(scope, _CALLED)

    def _handled_calls(self, scope: Scope, place: int) -> HandledCalls:
        handled, handling_ms = self._sums.get(scope, _NOTHING)[place : place + 2]
        return HandledCalls(handled, handling_ms)

    def weights(self) -> Mapping[int, float] | None:
        """Mean sales calls of each weekday; None where a weekday is not known well enough."""
        found = {}
        for weekday in range(WEEKDAYS):
            worked = self.worked.get(weekday, {})
            if len(worked) >= DAYS_NEEDED:
                found[weekday] = sum(worked.values()) / len(worked)
            elif self._long and not worked:
                found[weekday] = 0.0
            else:
                return None
        return found if sum(found.values()) else None

    def was_worked(self, day: date) -> bool:
        """Whether a past day was worked; True where no day's sales calls are known."""
        return not self._with_calls or day.isoformat() in self._with_calls.get(day.weekday(), {})

    def open_weekdays(self) -> frozenset[int]:
        """Weekdays with calls; Monday to Friday where nothing is known."""
        found = frozenset(day for day, calls in self.worked.items() if calls)
        return found if len(found) > 1 else frozenset(range(5))

    def perhaps_open_weekdays(self) -> frozenset[int]:
        """Weekdays that may be worked: with little history also Monday to Friday, even without calls on them so far."""
        return self.open_weekdays() if self._long else self.open_weekdays() | frozenset(range(5))

    def mean_calls(self, scope: Scope, weekday: int) -> float | None:
        """Mean sales calls on a weekday, over worked days; None with fewer than four of them."""
        days = len(self.worked.get(weekday, ()))
        _, number = scope
        if is_agent(scope):
            days = min(days, self._agent_days.get((number, weekday), 0))
        return self._sums.get(scope, _NOTHING)[weekday] / days if days >= DAYS_NEEDED else None


def _usual(days: Mapping[str, int], calendar: OpeningCalendar) -> dict[str, int]:
    return {day: calls for day, calls in days.items() if calendar.is_usual(date.fromisoformat(day))}


def _weekday(sunday_first: int) -> int:
    """A weekday, Monday being 0, of one that counts from Sunday."""
    return (sunday_first - 1) % WEEKDAYS


def _by_agent(rows: Iterable[AgentWeekday], weekday: int) -> dict[int, list[int]]:
    """Each agent's sums, by their id."""
    found: defaultdict[int, list[int]] = defaultdict(_NOTHING.copy)
    for row in rows:
        sums, day = found[row.agent_id], _weekday(row.sunday_first)
        sums[day] += row.sales_calls
        sums[_CALLED] += row.outbound
        sums[_CALLED + 1] += row.outbound_ms
        if day == weekday:
            sums[_INBOUND] += row.inbound
            sums[_INBOUND + 1] += row.inbound_ms
            sums[_OUTBOUND] += row.outbound
            sums[_OUTBOUND + 1] += row.outbound_ms
    return found


def _by_scope(of_agents: Mapping[int, list[int]], directory: Directory) -> dict[Scope, list[int]]:
    """Sums of agents, and of all that their work counts for: those of agents who work for the same are added first."""
    found: dict[Scope, list[int]] = {}
    together: defaultdict[Sequence[Scope], list[list[int]]] = defaultdict(list)
    for agent_id, sums in of_agents.items():
        of_agent = tuple(scopes(directory, agent_id))
        found |= {scope: sums for scope in of_agent if is_agent(scope)}
        together[tuple(scope for scope in of_agent if not is_agent(scope))].append(sums)
    for shared, sums_of_agents in together.items():
        added = list(map(sum, zip(*sums_of_agents, strict=True)))
        for scope in shared:
            found[scope] = [a + b for a, b in zip(found.get(scope, _NOTHING), added, strict=True)]
    return found


def _span(days: Sequence[tuple[date, object]]) -> int:
    return (days[0][0] - days[-1][0]).days + 1 if days else 0


def _first_known_day(days: Iterable[tuple[date, DayTotals]], first_sale_on: date | None) -> date | None:
    """First day with both calls and sales known; the first day of sales if no call is known.

    Orders from before the first call are history imported from a shop; calls before the first sale mean that sales were
    not recorded yet. A later day without a sale sold nothing.
    """
    if first_sale_on is None:
        return None
    with_calls = (day for day, totals in days if totals.sales_calls or totals.inbound or totals.outbound)
    called = min(with_calls, default=first_sale_on)
    return max(first_sale_on, called)
