"""The monitor in a terminal: start, idle, busy, ten at once, a stalled terminal, a record's way to the screen."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks import bare
from benchmarks.results import Figure
from benchmarks.terminal import Terminal, watch
from benchmarks.usage import proportional_set_size_mib, usage, voluntary_switches
from benchmarks.workplace import Workplace

FIRST_DATA = "queue1"
"""On the screen as soon as a frame shows figures from the database."""
SETTLE_S = 3.0
FRAME = b"\x1b[?2026h"
POLL_S = 1.0


def start(place: Workplace) -> Iterator[Figure]:
    """Time from starting the program to its first live frame, in turn with the bare program's."""
    database = place.database()
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(3 if place.quick else 7):
        theirs.append(_first_ms(place.bare(), bare.WORD))
        ours.append(_first_ms(place.monitor(database), FIRST_DATA))
    ours_ms, bare_ms = statistics.median(ours), statistics.median(theirs)
    yield Figure("start", "first live frame", ours_ms, "ms", beside=bare_ms, goal_ratio=1.5)


def idle(place: Workplace) -> Iterator[Figure]:
    """Nothing changes in the database: only clocks run."""
    with place.bare() as terminal:
        terminal.wait_for(bare.WORD)
        bare_cpu, _, bare_memory = _steady([terminal], place.seconds)
    with place.monitor(place.database()) as terminal:
        terminal.wait_for(FIRST_DATA)
        cpu, rate, memory = _steady([terminal], place.seconds)
    yield Figure("idle", "processor", cpu, "%", goal=0.3, beside=bare_cpu)
    yield Figure("idle", "memory (PSS)", memory, "MiB", goal=36, beside=bare_memory)
    yield Figure("idle", "to the terminal", rate, "B/s")


def busy(place: Workplace) -> Iterator[Figure]:
    """A floor of 200 agents at five records a second, at two sizes of terminal."""
    database = place.database()
    with place.busy(database), place.bare() as nothing:
        nothing.wait_for(bare.WORD)
        bare_cpu, _, bare_memory = _steady([nothing], place.seconds)
        with place.monitor(database) as terminal:
            terminal.wait_for(FIRST_DATA)
            cpu, rate, memory = _steady([terminal], place.seconds)
        with place.monitor(database, size=(80, 24)) as terminal:
            terminal.watch(lambda: bool(terminal.text().strip()))
            _, narrow_rate, _ = _steady([terminal], place.seconds)
    yield Figure("busy", "processor", cpu, "%", goal=1.5, beside=bare_cpu)
    yield Figure("busy", "memory (PSS)", memory, "MiB", goal=36, beside=bare_memory)
    yield Figure("busy", "to the terminal, 120x40", rate, "B/s", goal=2000)
    yield Figure("busy", "to the terminal, 80x24", narrow_rate, "B/s", goal=1000)


def ten(place: Workplace) -> Iterator[Figure]:
    """Ten monitors on one busy floor."""
    database = place.database()
    with place.busy(database), ExitStack() as stack:
        terminals = [stack.enter_context(place.monitor(database)) for _ in range(10)]
        watch(terminals, lambda: all(FIRST_DATA in terminal.text() for terminal in terminals), seconds=120)
        cpu, _, memory = _steady(terminals, place.seconds)
    yield Figure("ten", "processor", cpu, "%", goal=15)
    yield Figure("ten", "memory (PSS)", memory, "MiB", goal=350)


def stall(place: Workplace) -> Iterator[Figure]:
    """A terminal that stops reading: does the loop go on, and how much old is shown when it reads again."""
    database = place.database()
    seconds = 10.0 if place.quick else 40.0
    with place.busy(database), place.monitor(database) as terminal:
        terminal.wait_for(FIRST_DATA)
        terminal.watch_for(SETTLE_S)
        # The loop rests up to a second between two ticks when all is well.
        gap = _longest_rest(terminal.session, seconds)
        before = len(terminal.output)
        terminal.watch_for(POLL_S / 2)
        late = b"".join(data for _, data in terminal.output[before:])
    yield Figure("stall", f"longest gap of the loop in {seconds:.0f} s", gap, "s", goal=1.5 * POLL_S)
    # The last of the frames that come on return is the fresh one.
    yield Figure("stall", "stale frames afterwards", max(0, late.count(FRAME) - 1), "frames", goal=2)
    yield Figure("stall", "bytes on return", len(late), "B")


def latency(place: Workplace) -> Iterator[Figure]:
    """From a record in the queue log to the screen, while 50 records a second are written."""
    database = place.database()
    times = []
    queue = "latency"
    with place.busy(database, per_second=50) as log, place.monitor(database) as terminal:
        terminal.wait_for(FIRST_DATA)
        terminal.watch_for(SETTLE_S)
        _write(log, f"LATENCY-0|{queue}|NONE|ENTERQUEUE||first|1")
        _write(log, f"LATENCY-0|{queue}|NONE|ABANDON|1|1|0")
        terminal.wait_for(queue)
        for number in range(1, 6 if place.quick else 21):
            row = _row(terminal, queue)
            written_at = time.monotonic()
            _write(log, f"LATENCY-{number}|{queue}|NONE|ENTERQUEUE||marker|1")
            terminal.watch(lambda before=row: _row(terminal, queue) != before)  # type: ignore[misc]
            times.append(time.monotonic() - written_at)
            row = _row(terminal, queue)
            _write(log, f"LATENCY-{number}|{queue}|NONE|ABANDON|1|1|0")
            terminal.watch_for(2 * POLL_S)
    yield Figure("latency", "record to screen, median", statistics.median(times), "s")
    yield Figure("latency", "record to screen, longest", max(times), "s", goal=POLL_S + 0.2)


def _first_ms(terminal: Terminal, word: str) -> float:
    """Return the milliseconds from a program's start until a word stood on its screen, and end it."""
    with terminal:
        terminal.wait_for(word)
        moment = terminal.first_moment(word)
    assert moment is not None  # noqa: S101 - it was waited for
    return (moment - terminal.started_at) * 1000


def _steady(terminals: Sequence[Terminal], seconds: float) -> tuple[float, float, float]:
    """Watch programs that have started; return percent of a core, bytes a second and MiB, summed over them."""
    watch(terminals, lambda: False, seconds=SETTLE_S)
    counts = [len(terminal.output) for terminal in terminals]
    before = [usage(terminal.session) for terminal in terminals]
    began = time.monotonic()
    watch(terminals, lambda: False, seconds=seconds)
    took = time.monotonic() - began
    after = [usage(terminal.session) for terminal in terminals]
    cpu = sum(late.cpu_s - early.cpu_s for early, late in zip(before, after, strict=True))
    written = sum(
        len(data) for terminal, count in zip(terminals, counts, strict=True) for _, data in terminal.output[count:]
    )
    memory = sum(proportional_set_size_mib(terminal.session) for terminal in terminals)
    return 100 * cpu / took, written / took, memory


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


def _row(terminal: Terminal, queue: str) -> str:
    """Return what stands beside a queue's name, without running clocks."""
    line = next((line for line in terminal.text().splitlines() if queue in line), "")
    return re.sub(r"\d*:\d\d", "", line)


def _write(log: Path, record: str) -> None:
    with log.open("a") as file:
        file.write(f"{int(time.time())}|{record}\n")
