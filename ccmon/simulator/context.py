"""What the parts of the simulated floor share: its clock, queues and agents, and what they emit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count, repeat
from typing import Any

from ccmon.events import FloorEvent, WrapUpEnded
from ccmon.simulator.customers import Customer
from ccmon.simulator.day_plan import DayPlan, Planner
from ccmon.simulator.entities import AgentAtWork, DueFollowUp, SimulatedCaller, SimulatedQueue
from ccmon.simulator.table_rows import Change, FloorRows, Values


class Engine:
    """A discrete-event engine: actions in the order of their moments, and of their making where these are equal."""

    def __init__(self, starts_at: int) -> None:
        self.now = starts_at
        """Unix milliseconds, UTC."""
        self._heap: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._made = count()

    def at(self, moment: int, action: Callable[..., None], *arguments: Any) -> None:
        """Do something at a moment; a moment that has passed counts as now."""
        heappush(self._heap, (max(moment, self.now), next(self._made), action, arguments))

    def after(self, delay_ms: int, action: Callable[..., None], *arguments: Any) -> None:
        """Do something after a delay, of 0 or more."""
        heappush(self._heap, (self.now + delay_ms, next(self._made), action, arguments))

    def run(self, until: int, at_most: int) -> bool:
        """Do what falls due up to a moment, or so many actions of it; return whether more of it is left."""
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

    def __init__(self, planner: Planner, plan: DayPlan) -> None:
        self.centre = planner.centre
        self.customers = planner.customers
        self.seed = planner.seed
        self.plan = plan
        self.engine = Engine(plan.starts_at)
        self.queues = {setting.name: SimulatedQueue(setting) for setting in planner.centre.queues}
        self.agents: dict[str, AgentAtWork] = {}
        """By login, of those who have been at work today."""
        self.events: list[FloorEvent] = []
        """What has happened and was not taken yet."""
        self.emit = self.events.append
        """Emit what happens now."""
        self.rows = FloorRows()
        """What has come to be beside it."""
        self._calls = count(1)
        self._call_prefix = f"{plan.day:%y%m%d}-"

    def add_row(self, kind: str, values: Values) -> None:
        """Add a row to a table."""
        self.rows.new.setdefault(kind, []).append(values)

    def change_row(self, change: Change) -> None:
        """Change a row that is there."""
        self.rows.changes.append(change)

    def meet(self, number: int) -> Customer:
        """A customer is met, and so has a row."""
        person = self.rows.customers[number] = self.customers.person(number)
        return person

    def new_call_id(self) -> str:
        """A call id that no other call of any day has."""
        return f"{self._call_prefix}{next(self._calls):05d}"

    @abstractmethod
    def free(self, agent: AgentAtWork) -> None:
        """The agent has finished something."""

    def end_wrap_up(self, agent: AgentAtWork) -> None:
        """The work after a call is done."""
        self.emit(WrapUpEnded(self.engine.now, agent.login))
        self.free(agent)

    def follow_up_due(self, agent: AgentAtWork, follow_up: DueFollowUp) -> None:
        """A call back falls due."""
        agent.follow_ups.append(follow_up)
        if agent.doing == "ready":
            agent.occupy()
            self.free(agent)

    @abstractmethod
    def call_again(self, caller: SimulatedCaller) -> None:
        """A caller who gave up tries again."""
