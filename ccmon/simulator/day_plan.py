"""The plan of one day of the floor: who works, who calls when, what is due. It depends only on seed and date."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from math import log
from operator import attrgetter
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.simulator.centre import Centre, QueueSetting
from ccmon.simulator.customers import CustomerContact, Customers
from ccmon.simulator.prior_orders import prior_orders
from ccmon.simulator.promises import Promises, SimulatedPromise
from ccmon.simulator.random_streams import stream
from ccmon.simulator.shifts import (
    AgentDay,
    Pause,
    Rosters,
    SimulatedAgent,
    SimulatedQuota,
    hire,
    moment,
    quotas,
)
from ccmon.simulator.table_rows import FloorRows, Values
from ccmon.time_units import HOUR_MS, MINUTE_MS

PROBLEM_BEGINS, PROBLEM_FULL = 9.5, 13.0
"""Local hours between which the problem of the day grows."""
PROBLEM_EXTRA = 0.45
"""Calls about the problem at its height, relative to all usual calls of the queue."""
TROUBLE = 1.45
"""Calls of a queue that gets more than planned, relative to the plan."""
ORDER_BATCH = 500
"""How many prior orders are written at once."""
INSTRUCTION_BEGINS = 9 * 60 + 50, 16 * 60, 40
"""On the day of the problem: first, last and step, in local minutes."""
INSTRUCTION = 60 * MINUTE_MS


class Arrival(Struct, frozen=True):
    """A caller enters a queue."""

    at: int
    queue: str
    contact: CustomerContact | None
    """None: somebody unknown to the centre."""
    reason: str | None


class DayPlan(Struct):
    """Everything known about a day before it begins."""

    day: date
    starts_at: int
    opens_at: int
    closes_at: int
    arrivals: list[Arrival] = []
    agent_days: list[AgentDay] = []
    rows: dict[str, list[Values]] = {}
    """Its shifts and quotas, by kind of table."""
    due: tuple[SimulatedPromise, ...] = ()
    """Promises of earlier days that are due today."""
    left_over: list[SimulatedPromise] = []
    """Promises due on earlier days that may still be open."""
    made: dict[int | None, SimulatedPromise] = {}
    """Promises for later days that a call of today leads to, by customer; nobody unknown has one."""


class Planner:
    """Plans the days of one centre and seed."""

    def __init__(self, centre: Centre, seed: int, zone: ZoneInfo, problem_day: date | None) -> None:
        self.centre = centre
        self.seed = seed
        self.zone = zone
        self.problem_day = problem_day
        self.agents: tuple[SimulatedAgent, ...] = hire(centre, seed)
        self._rosters = Rosters(centre, self.agents, seed, zone)
        self.customers = Customers(centre, seed)
        self.promises = Promises(centre, self.agents, self.customers, seed, zone)
        self._hours = lru_cache(maxsize=64)(self._rosters.hours)

    def midnight(self, day: date) -> int:
        """The moment at which a day begins: local midnight."""
        return moment(self.zone, day, 0)

    def prior_orders(self, first_day: date, last_day: date) -> Iterator[FloorRows]:
        """What customers had bought before the first day of the data, including those who first call by a last day.

        Yields some hundred orders at a time.
        """
        orders = prior_orders(self.customers, self.midnight(first_day), first_day, last_day)
        while batch := list(islice(orders, ORDER_BATCH)):
            buyers = {order["customer_id"]: self.customers.person(order["customer_id"]) for order in batch}
            yield FloorRows(buyers, {"sales": batch})

    def plan(self, day: date) -> DayPlan:
        """The plan of a day; empty for a closed day."""
        opening = self.centre.opening[day.weekday()] or (0, 0)
        starts_at, opens_at, closes_at = (moment(self.zone, day, minute) for minute in (0, *opening))
        agent_days, shifts = self._rosters.plan(day)
        rows = {"shifts": shifts, "quotas": [quota._asdict() for quota in self._quotas(day)]}
        result = DayPlan(day, starts_at, opens_at, closes_at, agent_days=agent_days, rows=rows)
        if self.centre.is_open(day):
            result.arrivals = self._arrivals(day, result)
            result.due = self.promises.due(day)
            result.left_over = self.promises.left_over(day)
            result.made = self.promises.made(day)
            if day == self.problem_day:
                self._instruct(result)
        return result

    def _instruct(self, result: DayPlan) -> None:
        """One agent after another is instructed about the problem, whatever calls they have promised for that time."""
        clients = {queue.client for queue in self.centre.queues if self._has_problem(queue)}
        agent_days = {
            agent_day.agent.login: agent_day
            for agent_day in result.agent_days
            if agent_day.agent.team.client in clients
        }
        for begins in range(*INSTRUCTION_BEGINS):
            at = moment(self.zone, result.day, begins)
            ends = at + INSTRUCTION
            owed = Counter(
                promise.agent.login
                for promise in result.due
                if promise.acts_at is not None and at + INSTRUCTION // 4 <= promise.due_at < ends + INSTRUCTION // 6
            )
            for login, _ in owed.most_common():
                agent_day = agent_days.get(login)
                if agent_day is not None and _is_free(agent_day, at, ends):
                    agent_day.pauses = sorted([*agent_day.pauses, Pause(at, INSTRUCTION, "Training")])
                    del agent_days[login]
                    break

    def _quotas(self, day: date) -> Iterator[SimulatedQuota]:
        """Quotas of the day, and of its week and month."""
        _, days_of_month = monthrange(day.year, day.month)
        monday = day - timedelta(days=day.weekday())
        for period, first, days in (("day", day, 1), ("week", monday, 7), ("month", day.replace(day=1), days_of_month)):
            if day not in (first, self.problem_day):
                continue
            hours: dict[str, float] = {}
            for number in range(days):
                for login, planned in self._hours(first + timedelta(days=number)).items():
                    hours[login] = hours.get(login, 0.0) + planned
            yield from quotas(self.centre, self.agents, hours, period, first)

    def _arrivals(self, day: date, result: DayPlan) -> list[Arrival]:
        contacts = self.customers.contacts(day)
        trouble = self._trouble(day)
        arrivals: list[Arrival] = []
        for place, queue in enumerate(self.centre.queues):
            rng = stream(self.seed, day, "arrivals", queue.name)
            moments = list(self._moments(queue, result, trouble, rng))
            first = self.customers.newcomer(day, place * 2000 * max(1, round(self.centre.scale)))
            callers = self._callers(queue, len(moments), contacts[queue.name], first, rng)
            for at, contact in zip(moments, callers, strict=True):
                reason = self._reason(queue, at, result, contact, rng)
                arrivals.append(Arrival(at, queue.name, contact, reason))
        arrivals.sort(key=attrgetter("at", "queue"))
        return arrivals

    def _trouble(self, day: date) -> tuple[str, float, float] | None:
        """A queue that gets more calls than planned, with the hours from and to which it does."""
        rng = stream(self.seed, day, "trouble")
        if rng.random() >= self.centre.trouble_share:
            return None
        queue = rng.choice(self.centre.queues[:5])
        begins = rng.uniform(9.5, 15.5)
        return queue.name, begins, begins + rng.uniform(0.7, 1.6)

    def _moments(
        self, queue: QueueSetting, result: DayPlan, trouble: tuple[str, float, float] | None, rng: Random
    ) -> Iterator[int]:
        """Moments of a Poisson process with a rate that depends on the hour, by thinning."""
        day = result.day
        usual = queue.calls_per_hour * self.centre.weekdays[day.weekday()] * self.centre.volume * rng.gauss(1, 0.04)
        if day.weekday() == 5:
            usual *= 1.15
        midnight = result.starts_at
        hours = self.centre.hours if day.weekday() < 5 else _SATURDAY
        is_problem = day == self.problem_day and self._has_problem(queue)
        begins, ends = trouble[1:] if trouble is not None and trouble[0] == queue.name else (0.0, 0.0)
        highest = max(height for _, height in hours)
        highest *= (TROUBLE if ends else 1.0) * (1 + PROBLEM_EXTRA if is_problem else 1.0)
        random, mean_ms = rng.random, HOUR_MS / (usual * highest)
        at = float(result.opens_at)
        while (at := at - log(1.0 - random()) * mean_ms) < result.closes_at:
            hour = (at - midnight) / HOUR_MS
            rate = busyness(hours, hour)
            if begins <= hour < ends:
                rate *= TROUBLE
            if is_problem:
                rate *= 1 + PROBLEM_EXTRA * problem_grade(hour)
            if random() * highest < rate:
                yield round(at)

    def _has_problem(self, queue: QueueSetting) -> bool:
        return any(reason.name == self.centre.problem for reason in queue.reasons)

    def _callers(
        self, queue: QueueSetting, count: int, planned: list[CustomerContact], newcomer: int, rng: Random
    ) -> list[CustomerContact | None]:
        """Who calls: customers according to their lives, unknown people, and some first-time callers."""
        unknown = sum(rng.random() < queue.unknown_share for _ in range(count))
        known: list[CustomerContact | None] = list(planned[: count - unknown])
        missing = count - unknown - len(known)
        known += (CustomerContact(newcomer + place, queue.name, None, 1.0) for place in range(missing))
        known += [None] * unknown
        rng.shuffle(known)
        return known

    def _reason(
        self, queue: QueueSetting, at: int, result: DayPlan, contact: CustomerContact | None, rng: Random
    ) -> str | None:
        """Why somebody calls; the problem of the day replaces other reasons as it grows."""
        if result.day == self.problem_day and self._has_problem(queue):
            extra = PROBLEM_EXTRA * problem_grade((at - result.starts_at) / HOUR_MS)
            if rng.random() < extra / (1 + extra):
                return self.centre.problem
        if contact is not None and contact.reason is not None:
            return contact.reason
        if rng.random() < 0.04:
            return None  # the agent records nothing
        return self.customers.reasons[queue.name].draw(rng)


_SATURDAY = ((9.0, 0.6), (10.0, 1.0), (12.0, 1.0), (14.0, 0.5))


def busyness(points: tuple[tuple[float, float], ...], hour: float) -> float:
    """The height at an hour of the lines through the points; constant beyond them."""
    index = bisect_left(points, (hour, 0.0))
    if index == 0:
        return points[0][1]
    if index == len(points):
        return points[-1][1]
    (left, low), (right, high) = points[index - 1], points[index]
    return low + (high - low) * (hour - left) / (right - left)


def problem_grade(hour: float) -> float:
    """How far the problem of the day has grown at a local hour, from 0 to 1."""
    return min(1.0, max(0.0, (hour - PROBLEM_BEGINS) / (PROBLEM_FULL - PROBLEM_BEGINS)))


def _is_free(agent_day: AgentDay, begins: int, ends: int) -> bool:
    """Whether somebody is at work and has no pause between two moments."""
    apart = all(pause.at + pause.length_ms < begins or pause.at > ends for pause in agent_day.pauses)
    return apart and agent_day.logs_in_at < begins and ends < agent_day.logs_out_at
