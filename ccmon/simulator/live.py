"""The live floor of the demo: writes what happens as it falls due, and past weeks in the background.

It is a separate process. It ends when the process that started it closes its standard input, or dies: then the system
closes it.

If the process has stood still for longer than `STOOD_STILL_S` (a closed laptop), so has the floor: its clock goes on
from where it stopped, so no missed hours are written in one burst.
"""

from __future__ import annotations

import gc
import os
import select
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from ccmon.calls.state_machine import CallStateMachine
from ccmon.database import business_days, demo_data
from ccmon.database.progress import set_progress
from ccmon.database.writer import Writer
from ccmon.real_time import real_now
from ccmon.simulator.clock import FloorClock, local_date, next_morning
from ccmon.simulator.day_plan import Planner
from ccmon.simulator.floor import SimulatedFloor
from ccmon.simulator.history import ROWS_OF_AGENT_DAY, prepare
from ccmon.simulator.row_record import RowRecord
from ccmon.simulator.table_rows import SOURCE, Change, FloorRows, RowWriter
from ccmon.time_units import NEVER

TURN_S = 0.4
"""Time between two checks for what has fallen due."""
STOOD_STILL_S = 10.0
"""With more time than this between two checks, the floor has stood still."""
PAST_TASK = "past weeks"
SLICE = 1000
"""How many actions of past days are simulated between two checks."""


class LiveFloor:
    """The floor of today, written up to now."""

    def __init__(self, writer: Writer, planner: Planner, clock: FloorClock, past_days: int) -> None:
        self._writer = writer
        self._planner = planner
        self._rows = RowWriter(writer.connection, clock.floor_at)
        self._past_days = past_days
        self._later: list[Change] = []
        """Later consequences of earlier days."""
        self.clock = clock
        self.written_until = clock.floor_at
        self._seen_at = clock.real_at

    def begin(self) -> None:
        """Write today's morning, and the clock."""
        today = local_date(self._planner.zone, self.clock.floor_at)
        self.past = PastFiller(self._writer, self._rows, self._planner, today, self._past_days)
        with self._writer.transaction(bulk=True, rows=self._planner.centre.agents * ROWS_OF_AGENT_DAY):
            if self._past_days:
                set_progress(self._writer.connection, PAST_TASK, 0, self._past_days)
            self._begin_day(today)

    def advance(self, real: int) -> None:
        """Write what has fallen due by a real moment."""
        if not -1000 <= real - self._seen_at <= STOOD_STILL_S * 1000:
            self.clock = self.clock._replace(real_at=real, floor_at=self.written_until)
            with self._writer.transaction():
                demo_data.set_clock(self._writer.connection, **self.clock._asdict())
        self._seen_at = real
        now = max(self.written_until, self.clock.now(real))
        rows = self._apply_due(now)
        with self._writer.transaction():
            self._write(rows)
        if not self._floor.look_ahead():
            self._go_on_tomorrow(real)

    def _begin_day(self, day: date) -> None:
        """Start a day and write what has happened by now, in an open transaction."""
        self._day = day
        self._floor = SimulatedFloor(self._planner, self._planner.plan(day))
        demo_data.set_clock(self._writer.connection, **self.clock._asdict())
        self._write(self._apply_due(self.clock.floor_at))
        self._floor.look_ahead()

    def _apply_due(self, now: int) -> FloorRows:
        """Apply the floor events that have fallen due; return the rows that have."""
        self.written_until = now
        rows = FloorRows()
        if self._floor.engine.now <= now:
            self._floor.advance(now)
            events, rows = self._floor.take_events(), self._floor.take_rows()
            self._writer.apply(events)
            self._writer.count(records=len(events))
        rows.changes[:0] = [later for later in self._later if later.at <= now]
        self._later = [later for later in self._later if later.at > now]
        return rows

    def _write(self, rows: FloorRows) -> None:
        """Write the applied events, and rows, into an open transaction."""
        self._rows.write_customers(rows)
        self._writer.flush()
        self._rows.write(rows, ())
        self._writer.write_source(checked_at=self.written_until)

    def _go_on_tomorrow(self, real: int) -> None:
        """Once everybody has gone home, skip the night, and days on which the floor would be empty."""
        self._later += self._floor.call_outcomes.later_outcomes()
        floor_at = next_morning(self._planner.zone, self.written_until)
        self.clock = self.clock._replace(real_at=real, floor_at=floor_at)
        tomorrow = local_date(self._planner.zone, self.clock.floor_at)
        for later in range(1, (tomorrow - self._day).days):
            self.past.add(self._day + timedelta(days=later))
        with self._writer.transaction(bulk=True):
            self._begin_day(tomorrow)


class PastFiller:
    """Fills in past days in the background, the newest first, a little at a time."""

    def __init__(self, writer: Writer, rows: RowWriter, planner: Planner, today: date, days: int) -> None:
        self._writer = writer
        self._rows = rows
        self._planner = planner
        self._days = deque(today - timedelta(days=back) for back in range(1, days + 1))
        self._total = days
        self._at_work: Iterator[None] | None = self._prior_orders(today) if days else None

    def add(self, day: date) -> None:
        """Fill in a day that the live floor has skipped."""
        self._days.append(day)
        self._total += 1

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return not self._days and self._at_work is None

    def work(self, floor_now: Callable[[], int]) -> None:
        """Do a small part of the work."""
        if self._at_work is None and self._days:
            self._at_work = self._fill(self._days[0], floor_now)
        if self._at_work is not None and next(self._at_work, "done") == "done":
            self._at_work = None

    def _prior_orders(self, today: date) -> Iterator[None]:
        """Write what was bought before all these days, some hundred orders at a time."""
        first_day = today - timedelta(days=self._total)
        for orders in self._planner.prior_orders(first_day, today):
            with self._writer.transaction():
                self._rows.write_customers(orders)
                self._rows.write(orders)
            yield

    def _fill(self, day: date, floor_now: Callable[[], int]) -> Iterator[None]:
        """Simulate a day slice by slice, then write it in one transaction."""
        past = CallStateMachine()
        for known in self._writer.state_machine.agent_tracker.agents:
            past.agent_tracker.agent_from_database(known)
        record = RowRecord(self._writer.connection, past, self._writer.names)
        simulated = SimulatedFloor(self._planner, self._planner.plan(day), record)
        yield
        while simulated.advance(NEVER, SLICE):
            yield
        self._writer.count(records=record.event_count)
        rows = simulated.take_rows()
        rows.changes += (later for later in simulated.call_outcomes.later_outcomes() if later.at <= floor_now())
        _end_states(past)
        with self._writer.transaction(bulk=True):
            record.renumber(rows)  # calls of today may have been written meanwhile
            self._rows.write_customers(rows)
            record.write()
            live, self._writer.state_machine = self._writer.state_machine, past
            try:
                self._writer.flush()
            finally:
                self._writer.state_machine = live
            self._rows.write(rows)
            self._days.popleft()
            set_progress(self._writer.connection, PAST_TASK, self._total - len(self._days), self._total)


def _end_states(past: CallStateMachine) -> None:
    """Leave no state open at the end of a past day: what came next is in the following days."""
    for agent in past.agent_tracker.agents.values():
        if agent.state is not None and agent.state.ended_at is None:
            agent.state.ended_at = agent.state.started_at


def run(path: Path, planner: Planner, clock: FloorClock, past_days: int, *, lacks_days: bool = False) -> None:
    """Run until standard input is closed. A line on standard output reports that the floor can be shown.

    ``lacks_days``: business days other than those around today are yet to be filled in.

    From that line on, the garbage collector runs, whether or not it did before.
    """
    with Writer(path, source=SOURCE, kind=SOURCE, following=True) as writer:
        prepare(writer, planner, local_date(planner.zone, clock.floor_at) - timedelta(days=past_days))
        live = LiveFloor(writer, planner, clock, past_days)
        live.begin()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        os.nice(5)  # the screen goes first
        gc.freeze()
        gc.enable()
        if lacks_days:
            with writer.transaction():
                business_days.fill(writer.connection)
        from ccmon.database.stored_parts_keeper import StoredPartsKeeper  # noqa: PLC0415 (nobody waits for it now)

        with StoredPartsKeeper(path):
            _go_on(live)


def _go_on(live: LiveFloor) -> None:
    """Write what falls due, and past days in between, until nobody watches any more."""
    due = time.monotonic()
    while True:
        live.advance(real_now())
        due = max(due + TURN_S, time.monotonic())
        while (rest := due - time.monotonic()) > 0 or not live.past.is_done:
            if _is_abandoned(0 if not live.past.is_done else rest):
                return
            if not live.past.is_done:
                live.past.work(lambda: live.written_until)
            if time.monotonic() >= due:
                break


def _is_abandoned(timeout_s: float) -> bool:
    """Whether the process that started the floor has gone; waits for that for a while."""
    readable, _, _ = select.select([sys.stdin], [], [], timeout_s)
    return bool(readable) and not os.read(sys.stdin.fileno(), 1024)
