"""A telephone switch that writes a queue log: the traffic of a busy floor, at a chosen number of records a second.

    python -m benchmarks.traffic --log FILE --agents 200 --per-second 5

Agents and queues bear the names of `benchmarks.databases`. Ends when its standard input ends.
"""

from __future__ import annotations

import argparse
import os
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

QUEUES = 8
USUAL_WAITING = 6
TALKING_SHARE = 0.75
PAUSED_SHARE = 0.1


class Switch:
    """Callers who wait, agents who talk and pause, and the next record of their queue log."""

    def __init__(self, agents: int, seed: int = 1) -> None:
        self._random = Random(seed)  # noqa: S311 - traffic, no secret
        self._ready = [f"agent{number:04d}" for number in range(1, agents + 1)]
        self._waiting: list[tuple[int, str, str]] = []
        self._talking: list[tuple[int, str, str, str, int]] = []
        self._paused: list[str] = []
        self._agents = agents
        self._calls = 0

    def record(self, at_s: int) -> str:
        """Return the next record, stamped with a moment in Unix seconds."""
        choice = self._random.random()
        if choice < 0.05:
            return self._pause(at_s)
        if len(self._waiting) < USUAL_WAITING * self._random.random() * 2:
            return self._enter(at_s)
        if choice < 0.12 and self._waiting:
            return self._abandon(at_s)
        if self._ready and self._waiting and len(self._talking) < self._agents * TALKING_SHARE:
            return self._connect(at_s)
        return self._complete(at_s) if self._talking else self._enter(at_s)

    def records(self, at_s: int, per_second: int) -> Iterator[str]:
        """Yield records without end, from a moment on, so many to each second."""
        while True:
            for _ in range(per_second):
                yield self.record(at_s)
            at_s += 1

    def _enter(self, at_s: int) -> str:
        self._calls += 1
        call, queue = f"{at_s}.{self._calls}", f"queue{1 + self._random.randrange(QUEUES)}"
        self._waiting.append((at_s, call, queue))
        return f"{at_s}|{call}|{queue}|NONE|ENTERQUEUE||+3120{self._calls:07d}|1"

    def _connect(self, at_s: int) -> str:
        entered_s, call, queue = self._waiting.pop(0)
        agent = self._ready.pop(self._random.randrange(len(self._ready)))
        self._talking.append((at_s, call, queue, agent, at_s - entered_s))
        return f"{at_s}|{call}|{queue}|{agent}|CONNECT|{at_s - entered_s}|{call}1|3"

    def _abandon(self, at_s: int) -> str:
        entered_s, call, queue = self._waiting.pop()
        return f"{at_s}|{call}|{queue}|NONE|ABANDON|1|1|{at_s - entered_s}"

    def _complete(self, at_s: int) -> str:
        answered_s, call, queue, agent, waited_s = self._talking.pop(0)
        self._ready.append(agent)
        return f"{at_s}|{call}|{queue}|{agent}|COMPLETECALLER|{waited_s}|{at_s - answered_s}|1"

    def _pause(self, at_s: int) -> str:
        if self._paused and (not self._ready or len(self._paused) > self._agents * PAUSED_SHARE):
            agent = self._paused.pop(0)
            self._ready.append(agent)
            return f"{at_s}|NONE|NONE|{agent}|UNPAUSEALL|"
        if not self._ready:
            return self._complete(at_s)
        agent = self._ready.pop(0)
        self._paused.append(agent)
        return f"{at_s}|NONE|NONE|{agent}|PAUSEALL|coffee"


def write_log(path: Path, *, records: int, agents: int, starts_at_s: int, per_second: int = 5) -> None:
    """Write a queue log of so many records."""
    source = Switch(agents).records(starts_at_s, per_second)
    with path.open("w") as log:
        log.writelines(f"{next(source)}\n" for _ in range(records))


def write_table(path: Path, *, rows: int, agents: int, starts_at_s: int = 1_735_689_600, per_second: int = 1) -> None:
    """Write a table of so many calls that are over, as a switch exports it: CSV, in order of time, UTC."""
    with path.open("w") as table:
        table.write("id,queue,agent,caller,entered,answered,ended,outcome\n")
        for row in range(rows):
            entered_s = starts_at_s + row // per_second
            answered = row % 12 > 0
            ended = _written(entered_s + 5 + row % 30 + row * 7919 % 300)
            table.write(
                f"c{row},queue{1 + row % QUEUES},{f'agent{1 + row % agents:04d}' if answered else ''},+3120{row:07d},"
                f"{_written(entered_s)},{_written(entered_s + 5 + row % 30) if answered else ''},{ended},"
                f"{'ANSWERED' if answered else 'NO ANSWER'}\n"
            )


def _written(at_s: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at_s))


def main() -> None:
    """Append records to a log at the pace of the clock."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=5)
    arguments = parser.parse_args()
    switch = Switch(arguments.agents)
    due = time.monotonic()
    with arguments.log.open("a", buffering=1) as log:
        while True:
            due += 1 / arguments.per_second
            readable, _, _ = select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))
            if readable and not os.read(sys.stdin.fileno(), 1):
                return
            log.write(f"{switch.record(int(time.time()))}\n")


if __name__ == "__main__":
    main()
