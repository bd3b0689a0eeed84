"""Fills in past days behind a floor that lives already, the newest first, a little at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from ccmon.business_events import Happening
from ccmon.calls import CallStateMachine
from ccmon.database import simulator_writer
from ccmon.database.progress import set_progress
from ccmon.database.writer import Writer
from ccmon.simulator.day_plan import Planner
from ccmon.simulator.floor import SimulatedFloor
from ccmon.simulator.history import batches
from ccmon.simulator.seed_rows import SOURCE

TASK = "past weeks"
SLICE = 1500
"""Call events that are simulated between two looks at the living floor."""


class PastFiller:
    """Days that are still to be filled in."""

    def __init__(self, writer: Writer, planner: Planner, today: date, days: int) -> None:
        self._writer = writer
        self._planner = planner
        self._days = deque(today - timedelta(days=back) for back in range(1, days + 1))
        self._total = days
        self._at_work: Iterator[None] | None = self._earlier(today) if days else None

    def add(self, day: date) -> None:
        """A day that the living floor has skipped."""
        self._days.append(day)
        self._total += 1

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return not self._days and self._at_work is None

    def work(self, floor_now: Callable[[], int]) -> None:
        """Do a little."""
        if self._at_work is None and self._days:
            self._at_work = self._fill(self._days[0], floor_now)
        if self._at_work is not None and next(self._at_work, "done") == "done":
            self._at_work = None

    def _earlier(self, today: date) -> Iterator[None]:
        """What was bought before all of them, some hundred orders at a time."""
        first_day = today - timedelta(days=self._total)
        for orders in self._planner.earlier_orders(first_day).batches(today):
            with self._writer.transaction():
                simulator_writer.SimulatorWriter(self._writer.connection, SOURCE).write(orders)
            yield

    def _fill(self, day: date, floor_now: Callable[[], int]) -> Iterator[None]:
        """Simulate a day slice by slice, then write it in one transaction."""
        simulated = SimulatedFloor(self._planner, self._planner.plan(day))
        fold = CallStateMachine()
        for known in self._writer.floor.staff.agents:
            fold.staff.known_agent(known)
        happened: list[Happening] = []
        yield
        for events in batches(simulated.run(), happened, SLICE):
            fold.apply(events)
            self._writer.count(records=len(events))
            yield
        happened += (later for later in simulated.consequences.afterwards() if later.at <= floor_now())
        _send_home(fold)
        with self._writer.transaction(bulk=True):
            self._write(fold)
            simulator_writer.SimulatorWriter(self._writer.connection, SOURCE).write(happened)
            self._days.popleft()
            set_progress(self._writer.connection, TASK, self._total - len(self._days), self._total)

    def _write(self, fold: CallStateMachine) -> None:
        """Write the rows of another fold than the one of the living floor."""
        living = self._writer.floor
        self._writer.floor = fold
        try:
            self._writer.flush()
        finally:
            self._writer.floor = living


def _send_home(fold: CallStateMachine) -> None:
    """Leave no state open at the end of a past day: what came next is in the days that follow it."""
    for agent in fold.staff.agents.values():
        if agent.state is not None and agent.state.ended_at is None:
            agent.state.ended_at = agent.state.started_at
