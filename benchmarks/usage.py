"""What the processes of one session use: processor time, memory, wake-ups, read from /proc. Linux only."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.terminal import processes_of

MIB_IN_KIB = 1024


class Usage(NamedTuple):
    """Sums over a session's living processes since they started."""

    cpu_s: float
    """Of all their threads, those that have ended among them."""
    wakeups: int
    """Of the threads that live."""


def usage(session: int) -> Usage:
    """Read each process's own clock, nanoseconds: a clock tick of 10 ms would be too coarse for 0.3 %."""
    cpu_ns = wakeups = 0
    for pid in processes_of(session):
        with suppress(OSError):
            cpu_ns += time.clock_gettime_ns(_processor_clock(pid))
        for task in _tasks(pid):
            with suppress(OSError):
                wakeups += voluntary_switches(task)
    return Usage(cpu_ns / 1e9, wakeups)


def _processor_clock(pid: int) -> int:
    """The clock of a process's processor time, as clock_getcpuclockid(3) of glibc makes its number."""
    return (~pid << 3) | 2


def proportional_set_size_mib(session: int) -> float:
    """Return the memory of a session with shared pages divided among those who share them, MiB."""
    total = 0
    for pid in processes_of(session):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / MIB_IN_KIB


def voluntary_switches(task: Path) -> int:
    """Return how often a thread has gone to sleep: a frozen loop does not."""
    lines = task.joinpath("status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []
