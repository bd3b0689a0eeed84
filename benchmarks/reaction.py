"""How fast the monitor reacts: a terminal that stops reading, and a record's way to the screen."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.results import Figure, figure
from benchmarks.screen import FIRST_DATA
from benchmarks.steady import SETTLE_S
from benchmarks.terminal import Terminal
from benchmarks.usage import voluntary_switches
from benchmarks.workplace import Workplace

FRAME = b"\x1b[?2026h"
POLL_S = 1.0
QUEUE = "latency"


def stall(place: Workplace) -> Iterator[Figure]:
    """A terminal that stops reading: does the loop go on, and how much old is shown when it reads again."""
    database = place.database()
    seconds = place.amount(6.0, 40.0)
    with place.busy(database), place.monitor(database) as terminal:
        terminal.wait_for(FIRST_DATA)
        terminal.watch_for(SETTLE_S)
        # The loop rests up to a second between two ticks when all is well.
        gap = _longest_rest(terminal.session, seconds)
        before = len(terminal.output)
        terminal.watch_for(POLL_S / 2)
        late = b"".join(data for _, data in terminal.output[before:])
    yield figure("stall_gap", gap, note=f"of {seconds:.0f} s; at rest up to 1 s", partial=place.quick)
    # The last of the frames that come on return is the fresh one.
    yield figure("stall_frames", max(0, late.count(FRAME) - 1), partial=place.quick)


def latency(place: Workplace) -> Iterator[Figure]:
    """From a record in the queue log to the screen, while 50 records a second are written."""
    database = place.database()
    times = []
    with place.busy(database, per_second=50) as floor, place.monitor(database) as terminal:
        terminal.wait_for(FIRST_DATA)
        terminal.watch_for(SETTLE_S)
        _write(floor.log, f"LATENCY-0|{QUEUE}|NONE|ENTERQUEUE||first|1")
        _write(floor.log, f"LATENCY-0|{QUEUE}|NONE|ABANDON|1|1|0")
        terminal.wait_for(QUEUE)
        rounds = place.amount(3, 20)
        for number in range(1, rounds + 1):
            row = _row(terminal)
            written_at = time.monotonic()
            _write(floor.log, f"LATENCY-{number}|{QUEUE}|NONE|ENTERQUEUE||marker|1")
            terminal.watch(lambda before=row: _row(terminal) != before)  # type: ignore[misc]
            times.append(time.monotonic() - written_at)
            _write(floor.log, f"LATENCY-{number}|{QUEUE}|NONE|ABANDON|1|1|0")
            # Not a whole number of polls: records come at any time between two of them.
            terminal.watch_for(2 * POLL_S + 0.37)
    yield figure("latency", statistics.median(times), note=f"{rounds} records")
    yield figure("latency_longest", max(times), partial=place.quick)


def _longest_rest(process: int, seconds: float) -> float:
    """Return the longest time in which a main thread did not once wake and sleep, while nobody reads its terminal."""
    task = Path(f"/proc/{process}/task/{process}")
    longest = 0.0
    seen, since = voluntary_switches(task), time.monotonic()
    end = since + seconds
    while (now := time.monotonic()) < end:
        switches = voluntary_switches(task)
        if switches != seen:
            longest, seen, since = max(longest, now - since), switches, now
        time.sleep(0.02)
    return max(longest, end - since)


def _row(terminal: Terminal) -> str:
    """Return what stands beside the queue's name, without running clocks."""
    line = next((line for line in terminal.text().splitlines() if QUEUE in line), "")
    return re.sub(r"\d*:\d\d", "", line)


def _write(log: Path, record: str) -> None:
    with log.open("a") as file:
        file.write(f"{int(time.time())}|{record}\n")
