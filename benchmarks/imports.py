"""History that is imported: a queue log beside the plain loop, and a table of calls."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import plain_loop, traffic
from benchmarks.machine import one_million_additions_ms
from benchmarks.results import Figure, figure
from benchmarks.terminal import terminal_environment
from benchmarks.usage import proportional_set_size_mib
from benchmarks.workplace import CCMON, Workplace
from ccmon.database import creation, database_file

WHOLE_TABLE = 10_000_000
"""Rows of the table that the goal speaks of."""
ADDITIONS_EVERY_S = 2
"""A machine's speed moves while a long import runs: *m* is measured each so many seconds beside it, on another core."""
TABLE_LIMIT_S = 1200
"""An import of a table is broken off after so long; what it has done by then counts."""
MAPPING = """source = "benchmark"
[call]
call_id = "id"
queue = "queue"
agent = "agent"
caller = "caller"
entered_at = "entered"
answered_at = "answered"
ended_at = "ended"
outcome = { column = "outcome", words = { ANSWERED = "answered" }, otherwise = "abandoned" }
"""


class Load(NamedTuple):
    """What an import used while it ran."""

    wall_s: float
    processor_s: float
    highest_mib: float
    additions_ms: float
    """*m* meanwhile: the median of what was measured beside it."""


def queue_log(place: Workplace) -> Iterator[Figure]:
    """`ccmon import queue-log` of a long log into an empty database, in turn with the plain loop."""
    records = place.amount(50_000, 500_000)
    log = place.new_path(".queue_log")
    traffic.write_log(log, records=records, agents=200, starts_at_s=int(time.time()) - records // 5 - 3600)
    plain_s: list[float] = []
    loads: list[Load] = []
    for _ in range(place.amount(1, 3)):
        plain_s += [plain_loop.load(log).processor_s for _ in range(2)]
        path = place.new_path()
        creation.create(path, time_zone="Etc/GMT")
        loads.append(_load("import", "queue-log", log, "--db", path))
        path.unlink()
    wall_s, processor_s = (statistics.median(values) for values in list(zip(*loads, strict=True))[:2])
    note = f"{records:,} lines, {wall_s:.3g} s of wall time"
    yield figure("import", records / processor_s, records / statistics.median(plain_s), note=note, partial=place.quick)
    yield figure("import_memory", max(load.highest_mib for load in loads))


def table(place: Workplace) -> Iterator[Figure]:
    """`ccmon import table calls` into an empty database, broken off after twenty minutes."""
    rows = place.amount(20_000, 300_000, WHOLE_TABLE)
    file, mapping, path = place.new_path(".csv"), place.new_path(".toml"), place.new_path()
    traffic.write_table(file, rows=rows, agents=200)
    mapping.write_text(MAPPING)
    creation.create(path, time_zone="UTC")
    load = _load("import", "table", "calls", file, "--mapping", mapping, "--db", path, limit_s=TABLE_LIMIT_S)
    done = _calls(path)
    rate = done / load.processor_s
    note = f"{done:,} of {rows:,} rows, {rate:,.0f} a processor second, {load.wall_s:.3g} s of wall time"
    yield figure("table", rate * load.additions_ms / 1000, note=note, partial=done < WHOLE_TABLE)
    yield figure("table_memory", load.highest_mib, partial=done < WHOLE_TABLE)


def _load(*arguments: str | Path, limit_s: float | None = None) -> Load:
    """Run a command to its end, or break it off; its memory and the machine's speed are measured meanwhile.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    began = time.monotonic()
    highest_mib = 0.0
    additions: list[float] = []
    is_broken_off = False
    command = [CCMON, *arguments]
    env = terminal_environment()
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=env, start_new_session=True
    ) as process:
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                process.returncode = os.waitstatus_to_exitcode(status)
                break
            highest_mib = max(highest_mib, proportional_set_size_mib(process.pid))
            if time.monotonic() - began >= len(additions) * ADDITIONS_EVERY_S:
                additions.append(one_million_additions_ms())
            if limit_s is not None and not is_broken_off and time.monotonic() - began > limit_s:
                process.terminate()
                is_broken_off = True
            time.sleep(0.05)
    if process.returncode and not is_broken_off:
        raise subprocess.CalledProcessError(process.returncode, [str(word) for word in command])
    return Load(time.monotonic() - began, used.ru_utime + used.ru_stime, highest_mib, statistics.median(additions))


def _calls(path: Path) -> int:
    with contextlib.closing(database_file.open_reader(path)) as connection:
        ((found,),) = connection.execute("SELECT count(*) FROM calls").fetchall()
    return int(found)
