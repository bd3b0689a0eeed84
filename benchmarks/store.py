"""The database and whole commands: one poll, one look, an import."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import traffic
from benchmarks.results import Figure
from benchmarks.terminal import terminal_environment
from benchmarks.workplace import CCMON, Floor, Workplace
from ccmon.database import database_file
from ccmon.database.reader import LiveReader

TOUCH = Path(__file__).with_name("touch.sql").read_text()


def poll(place: Workplace) -> Iterator[Figure]:
    """One poll of the live reader after a change, at several sizes of history and of today."""
    floors = {
        "200 agents, 10 thousand calls of history, 1 thousand today": Floor(200, 10_000, 1_000),
        "1 million calls of history": Floor(200, 100_000 if place.quick else 1_000_000, 1_000),
        "100 thousand calls today": Floor(200, 10_000, 100_000),
    }
    smallest: float | None = None
    for name, floor in floors.items():
        changed_ms, unchanged_ms = asyncio.run(_poll_times(place.database(floor), 30 if place.quick else 100))
        if smallest is None:
            yield Figure("poll", name, changed_ms, "ms", goal=2)
            yield Figure("poll", "nothing changed", unchanged_ms, "ms")
            smallest = changed_ms
        else:
            yield Figure("poll", name, changed_ms, "ms", beside=smallest, goal_ratio=1.2)
    many = place.database(Floor(5_000, 10_000, 1_000))
    yield Figure("poll", "5,000 agents", asyncio.run(_poll_times(many, 30))[0], "ms", goal=8)


def status(place: Workplace) -> Iterator[Figure]:
    """`ccmon status --json`, the whole process, beside a Python that does nothing."""
    command: list[str | Path] = [CCMON, "status", "--json", "--db", place.database()]
    rounds = 5 if place.quick else 15
    nothing_ms = statistics.median(_run_ms([sys.executable, "-c", "pass"]) for _ in range(rounds))
    yield Figure(
        "status",
        "whole process",
        statistics.median(_run_ms(command) for _ in range(rounds)),
        "ms",
        goal=150,
        beside=nothing_ms,
    )


def imports(place: Workplace) -> Iterator[Figure]:
    """`ccmon import queue-log` of a long log into an empty database, the whole process."""
    records = 50_000 if place.quick else 500_000
    log, path = place.folder / "long.queue_log", place.folder / "import.db"
    traffic.write_log(log, records=records, agents=200, starts_at_s=int(time.time()) - records // 5 - 3600)
    database_file.create(path, time_zone="Etc/GMT")
    took_ms = _run_ms([CCMON, "import", "queue-log", log, "--db", path])
    yield Figure("import", f"{records:,} records", records / took_ms * 1000, "lines/s", goal=150_000, at_least=True)


async def _poll_times(path: Path, rounds: int) -> tuple[float, float]:
    """Return the median milliseconds of a poll after a change and of one without."""
    writer = database_file.open_writer(path)
    reader = LiveReader(path)
    changed, unchanged = [], []
    try:
        await reader.snapshot(None)
        for number in range(rounds):
            writer.execute(TOUCH, {"number": number})
            changed.append(await _timed_ms(reader))
            unchanged.append(await _timed_ms(reader))
    finally:
        await reader.close()
        writer.close()
    return statistics.median(changed), statistics.median(unchanged)


async def _timed_ms(reader: LiveReader) -> float:
    began = time.perf_counter()
    await reader.snapshot(None)
    return (time.perf_counter() - began) * 1000


def _run_ms(command: list[str | Path]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=terminal_environment())  # noqa: S603
    return (time.perf_counter() - began) * 1000
