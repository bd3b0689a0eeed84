"""What the parts of the simulated floor share: clock, queues, agents, and emitted events and rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from itertools import count, repeat
from typing import Any

from ccmon.events import FloorEvent
from ccmon.simulator.customers import Customer
from ccmon.simulator.day_plan import DayPlan, Planner
from ccmon.simulator.entities import AgentAtWork, DueFollowUp, SimulatedCaller, SimulatedQueue
from ccmon.simulator.event_record import EventRecord
from ccmon.simulator.record import FloorRecord
from ccmon.simulator.table_rows import Change, FloorRows, Values


class Engine:
    """A discrete-event engine: actions in the order of their moments, and if these are equal, of creation."""

    def __init__(self, starts_at: int) -> None:
        self.now = starts_at
        """Unix milliseconds, UTC."""
        self._heap: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._made = count()

    def at(self, moment: int, action: Callable[..., None], *arguments: Any) -> None:
        """Do something at a moment; a moment that has passed counts as now."""
        if moment < self.now:  # noqa: PLR1730 (a call of max takes a third of the time of this method)
            moment = self.now
        heappush(self._heap, (moment, next(self._made), action, arguments))

    def after(self, delay_ms: int, action: Callable[..., None], *arguments: Any) -> None:
        """Do something after a delay, of 0 or more."""
        heappush(self._heap, (self.now + delay_ms, next(self._made), action, arguments))

    def run(self, until: int, at_most: int) -> bool:
        """Do what falls due up to a moment, at most so many actions; return whether more of it is left."""
        heap = self._heap
        for _ in repeat(None, at_most):
            if not heap or heap[0][0] > until:
                return False
            self.now, _, action, arguments = heappop(heap)
            action(*arguments)
        return bool(heap) and heap[0][0] <= until

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do at any moment."""
        return not self._heap


class FloorContext(ABC):
    """One day of the floor, as its parts see it."""

    def __init__(self, planner: Planner, plan: DayPlan, record: FloorRecord | None = None) -> None:
        """``record`` takes down what happens; None: ``events`` does."""
        self.centre = planner.centre
        self.customers = planner.customers
        self.seed = planner.seed
        self.plan = plan
        self.engine = Engine(plan.starts_at)
        self.queues = {setting.name: SimulatedQueue(setting) for setting in planner.centre.queues}
        self.agents: dict[str, AgentAtWork] = {}
        """Agents who have been at work today, by login."""
        self.events: list[FloorEvent] = []
        """Events that have not been taken yet."""
        self.record = record or EventRecord(self.events.append, self.engine.at)
        self.rows = FloorRows()
        """Rows that have not been taken yet."""
        self.new_call_id: Callable[[], str] = map(f"{plan.day:%y%m%d}-%05d".__mod__, count(1)).__next__
        """Gives a call id that is unique over all days."""

    def add_row(self, kind: str, values: Values) -> None:
        """Add a row to a table."""
        self.rows.new[kind].append(values)

    def add_rows(self, kind: str, rows: Iterable[Values]) -> None:
        """Add rows to a table."""
        self.rows.new[kind] += rows

    def change_row(self, change: Change) -> None:
        """Change an existing row."""
        self.rows.changes.append(change)

    def meet(self, number: int) -> Customer:
        """Meet a customer, who gets a row."""
        person = self.rows.customers[number] = self.customers.person(number)
        return person

    @abstractmethod
    def free(self, agent: AgentAtWork) -> None:
        """Called when the agent has finished something."""

    def follow_up_due(self, agent: AgentAtWork, follow_up: DueFollowUp) -> None:
        """Called when a call back falls due."""
        agent.follow_ups.append(follow_up)
        if agent.doing == "ready":
            agent.occupy()
            self.free(agent)

    @abstractmethod
    def call_again(self, caller: SimulatedCaller) -> None:
        """Let a caller who abandoned try again."""
