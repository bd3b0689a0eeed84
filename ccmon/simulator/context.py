"""What the parts of the simulated floor share: the clock, the lines, the desks, and the telling of what happens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import count

from ccmon.business_events import Happening
from ccmon.events import CallEvent
from ccmon.simulator.day_plan import DayPlan, Planner
from ccmon.simulator.engine import Engine
from ccmon.simulator.entities import Desk, SimulatedCaller, SimulatedQueue, Task


class Stage(ABC):
    """One day, as its parts see it."""

    def __init__(self, planner: Planner, plan: DayPlan) -> None:
        self.centre = planner.centre
        self.customers = planner.customers
        self.seed = planner.seed
        self.plan = plan
        self.engine = Engine(plan.starts_at)
        self.lines = {setting.name: SimulatedQueue(setting) for setting in planner.centre.queues}
        self.desks: dict[str, Desk] = {}
        """By login, of those who have been at work today."""
        self._out: list[CallEvent | Happening] = []
        self._calls = count(1)
        self._call_prefix = f"{plan.day:%y%m%d}-"

    def emit(self, happening: CallEvent | Happening) -> None:
        """Tell what happens now."""
        self._out.append(happening)

    def emit_at(self, happening: Happening) -> None:
        """Tell a thing when its moment comes."""
        self.engine.at(happening.at, self.emit, happening)

    def new_call_id(self) -> str:
        """A call id that no other call of any day has."""
        return f"{self._call_prefix}{next(self._calls):05d}"

    @abstractmethod
    def occupy(self, desk: Desk) -> None:
        """The desk begins something."""

    @abstractmethod
    def free(self, desk: Desk) -> None:
        """The desk has finished something."""

    @abstractmethod
    def end_wrap_up(self, desk: Desk) -> None:
        """The work after a call is done."""

    @abstractmethod
    def task_due(self, desk: Desk, task: Task) -> None:
        """A call back falls due."""

    @abstractmethod
    def call_again(self, caller: SimulatedCaller) -> None:
        """A caller who gave up tries again."""
