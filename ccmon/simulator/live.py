"""The living floor of the demo: writes what happens as it falls due, and the past weeks behind it.

It is a process of its own. It ends when whoever started it closes its standard input, or dies: the system closes it
then.

Where the process has stood still for longer than `STOOD_STILL_S` (a closed laptop), the floor stood still with it: its
clock goes on from where it stopped, so no missed hours are written in one burst.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from ccmon.business_events import HAPPENINGS, Happening
from ccmon.database import simulator_writer
from ccmon.database.progress import set_progress
from ccmon.database.writer import Writer
from ccmon.events import CallEvent
from ccmon.simulator.clock import FloorClock, next_morning
from ccmon.simulator.day_plan import Planner
from ccmon.simulator.fill_past import PastFiller
from ccmon.simulator.floor import SimulatedFloor
from ccmon.simulator.history import prepare
from ccmon.simulator.seed_rows import SOURCE

TURN_S = 0.4
"""Time between two looks at what has fallen due."""
STOOD_STILL_S = 10.0
"""Beyond this between two looks the floor has stood still."""


class LiveFloor:
    """The floor of today, told up to now."""

    def __init__(self, writer: Writer, planner: Planner, clock: FloorClock, past_days: int) -> None:
        self._writer = writer
        self._planner = planner
        self._records = simulator_writer.SimulatorWriter(writer.connection, SOURCE)
        self._past_days = past_days
        self._later: list[Happening] = []
        """What earlier days lead to after their end."""
        self.clock = clock
        self.told_at = clock.floor_at
        self._seen_at = clock.real_at

    def begin(self) -> None:
        """Write today's morning, and say how the clock goes."""
        today = self._date(self.clock.floor_at)
        self.past = PastFiller(self._writer, self._planner, today, self._past_days)
        with self._writer.transaction(bulk=True):
            if self._past_days:
                set_progress(self._writer.connection, "past weeks", 0, self._past_days)
            self._begin_day(today)

    def turn(self, real: int) -> None:
        """Write what has fallen due by a real moment."""
        if not -1000 <= real - self._seen_at <= STOOD_STILL_S * 1000:
            self._set_clock(real, self.told_at)
        self._seen_at = real
        now = max(self.told_at, self.clock.now(real))
        events, happened = self._due(now)
        self.told_at = now
        self._writer.apply(events)
        self._writer.count(records=len(events))
        self._writer.commit(checked_at=now, also=lambda _: self._records.write(happened))
        if self._ended:
            self._go_on_tomorrow(real)

    def _begin_day(self, day: date) -> None:
        """Start a day and write what has happened by now, in an open transaction."""
        self._day = day
        self._floor = SimulatedFloor(self._planner, self._planner.plan(day))
        self._told: Iterator[CallEvent | Happening] = self._floor.run()
        self._next: CallEvent | Happening | None = next(self._told, None)
        self._ended = False
        happened: list[Happening] = []
        events, happened = self._due(self.clock.floor_at)
        self._writer.apply(events)
        self._writer.count(records=len(events))
        self._writer.flush()
        self._records.write(happened)
        self.told_at = self.clock.floor_at
        simulator_writer.set_clock(
            self._writer.connection, real_at=self.clock.real_at, floor_at=self.clock.floor_at, speed=self.clock.speed
        )
        self._writer.write_source(checked_at=self.clock.floor_at)

    def _due(self, now: int) -> tuple[list[CallEvent], list[Happening]]:
        events: list[CallEvent] = []
        happened = [later for later in self._later if later.at <= now]
        self._later = [later for later in self._later if later.at > now]
        while self._next is not None and self._next.at <= now:
            if isinstance(self._next, HAPPENINGS):
                happened.append(self._next)
            else:
                events.append(self._next)
            self._next = next(self._told, None)
        self._ended = self._next is None
        return events, happened

    def _go_on_tomorrow(self, real: int) -> None:
        """Everybody has gone home: the night passes at once, and the days on which the floor would be empty."""
        self._later += self._floor.consequences.afterwards()
        self.clock = self.clock.goes_on(real, next_morning(self._planner.zone, self.told_at))
        tomorrow = self._date(self.clock.floor_at)
        skipped = self._day + timedelta(days=1)
        while skipped < tomorrow:
            self.past.add(skipped)
            skipped += timedelta(days=1)
        with self._writer.transaction(bulk=True):
            self._begin_day(tomorrow)

    def _set_clock(self, real: int, floor_at: int) -> None:
        self.clock = self.clock.goes_on(real, floor_at)
        with self._writer.transaction():
            simulator_writer.set_clock(self._writer.connection, real_at=real, floor_at=floor_at, speed=self.clock.speed)

    def _date(self, floor_at: int) -> date:
        return datetime.fromtimestamp(floor_at / 1000, self._planner.zone).date()


def run(path: Path, planner: Planner, clock: FloorClock, past_days: int) -> None:
    """Live until standard input is closed. One line on standard output says that the floor can be looked at."""
    first = datetime.fromtimestamp(clock.floor_at / 1000, planner.zone).date() - timedelta(days=past_days)
    prepare(path, planner, first)
    with Writer(path, source=SOURCE, kind=SOURCE, following=True) as writer:
        live = LiveFloor(writer, planner, clock, past_days)
        live.begin()
        sys.stdout.write("living\n")
        sys.stdout.flush()
        os.nice(5)  # the screen goes first
        due = time.monotonic()
        while True:
            live.turn(time.time_ns() // 1_000_000)
            due = max(due + TURN_S, time.monotonic())
            while (rest := due - time.monotonic()) > 0 or not live.past.is_done:
                if _left_alone(0 if not live.past.is_done else rest):
                    return
                if not live.past.is_done:
                    live.past.work(lambda: live.told_at)
                if time.monotonic() >= due:
                    break


def _left_alone(timeout_s: float) -> bool:
    """Whether whoever started the floor has gone; waits for it for a while."""
    readable, _, _ = select.select([sys.stdin], [], [], timeout_s)
    return bool(readable) and not os.read(sys.stdin.fileno(), 1024)
