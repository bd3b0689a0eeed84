"""The machine that a run is measured on: how fast it is now, which Python runs, and what makes its figures doubtful."""

from __future__ import annotations

import importlib.util
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LOADED_SHARE = 0.3
"""Share of the cores that others may keep busy before the figures are doubtful."""
STOLEN_SHARE = 0.02
"""Share of the machine that its host may give to others."""
CACHED_MODULES = ("ccmon.monitor.app", "textual.app", "typer.main")
"""A module of each package whose start is measured."""


class Observation:
    """What the machine did while a run was measured."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._stolen_s = _processor_s("steal")
        self._busy_s = _busy_s()
        self._load = os.getloadavg()[0]

    def warnings(self) -> list[str]:
        """Return a sentence for each thing that makes the figures doubtful."""
        found = uncached_packages()
        cores = os.cpu_count() or 1
        if self._load > LOADED_SHARE * cores:
            found.append(f"The machine was busy when the run began: a load of {self._load:.1f} on {cores} cores.")
        took = (time.monotonic() - self._began) * cores
        stolen = (_processor_s("steal") - self._stolen_s) / took
        if stolen > STOLEN_SHARE:
            found.append(f"The machine's host gave {stolen:.1%} of it to others.")
        others = (_busy_s() - self._busy_s - _own_s()) / took
        if others > LOADED_SHARE:
            found.append(f"Other programs used {others:.0%} of the machine meanwhile.")
        return found

    def describe(self, warnings: list[str], extent: str) -> dict[str, Any]:
        """Return machine, Python and extent of the run for the JSON."""
        return {
            "extent": extent,
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "python": f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}",
            "executable": sys.executable,
            "sqlite": sqlite3.sqlite_version,
            "commit": commit(),
            "additions_ms": additions_ms(),
            "load_at_start": self._load,
            "took_s": time.monotonic() - self._began,
            "warnings": warnings,
        }


def additions_ms() -> float:
    """Return *m*: the processor time of a million additions, the median of five."""
    return statistics.median(one_million_additions_ms() for _ in range(5))


def one_million_additions_ms() -> float:
    """Return the processor time of a million additions now, once."""
    began = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number
    return (time.process_time() - began) * 1000


def uncached_packages() -> list[str]:
    """Return a sentence for each measured package whose bytecode is not kept, which triples its start."""
    found = []
    for name in CACHED_MODULES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        cache = Path(importlib.util.cache_from_source(spec.origin))
        if not cache.exists() and not os.access(
            cache.parent if cache.parent.exists() else cache.parent.parent, os.W_OK
        ):
            found.append(
                f"No bytecode of {name.partition('.')[0]} is kept, nor can be: starts take up to 3 times as long."
            )
    return found


def commit() -> str:
    """Return the commit that is measured, with a plus where files differ from it; empty outside of a repository."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""


_COLUMNS = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")


def _processor_s(*columns: str) -> float:
    """Return the seconds of columns of /proc/stat, over all cores, since the machine started."""
    ticks = dict(zip(_COLUMNS, map(int, Path("/proc/stat").read_text().split()[1:9]), strict=True))
    return sum(ticks[column] for column in columns) / os.sysconf("SC_CLK_TCK")


def _busy_s() -> float:
    return _processor_s("user", "nice", "system", "irq", "softirq")


def _own_s() -> float:
    """Return the processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
