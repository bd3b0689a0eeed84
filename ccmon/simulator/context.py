"""What the parts of the simulated floor share: its clock, queues and agents, and what they emit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

from ccmon.events import FloorEvent, WrapUpEnded
from ccmon.simulator.customers import Customer
from ccmon.simulator.day_plan import DayPlan, Planner
from ccmon.simulator.entities import AgentAtWork, DueFollowUp, SimulatedCaller, SimulatedQueue
from ccmon.simulator.table_rows import CallerKnown, FloorRow, TableRow


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
        """Do something after a delay."""
        self.at(self.now + delay_ms, action, *arguments)

    def step(self) -> bool:
        """Go to the next action and do it; False when nothing is left to do."""
        if not self._heap:
            return False
        self.now, _, action, arguments = heappop(self._heap)
        action(*arguments)
        return True


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
        self._out: list[FloorEvent | FloorRow] = []
        self._known: set[int] = set()
        """Customers whose rows have been emitted."""
        self._calls = count(1)
        self._call_prefix = f"{plan.day:%y%m%d}-"

    def emit(self, event: FloorEvent | FloorRow) -> None:
        """Emit what happens now."""
        self._out.append(event)

    def emit_at(self, row: FloorRow) -> None:
        """Emit a row when its moment comes."""
        self.engine.at(row.at, self.emit, row)

    def emit_row(self, kind: str, /, **values: Any) -> None:
        """Emit a row of a kind of table."""
        self.emit(TableRow(self.engine.now, kind, values))

    def emit_customer(self, person: Customer, call_id: str | None = None, visit: int = 1) -> None:
        """Emit the row of a customer who is met, once a day, and in which visit that is."""
        if person.id not in self._known:
            self._known.add(person.id)
            self.emit_row("customers", **person._asdict())
        if call_id is not None:
            self.emit(CallerKnown(self.engine.now, call_id, visit, person.id))

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
