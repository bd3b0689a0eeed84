"""Measure what ccmon costs and print it beside the goals: `python -m benchmarks [--quick] [--only CASE…] [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import screen, store
from benchmarks.environment import isolated
from benchmarks.results import Figure, as_json, print_table
from benchmarks.workplace import Workplace
from ccmon.errors import CcmonError

CASES: dict[str, Callable[[Workplace], Iterator[Figure]]] = {
    "start": screen.start,
    "idle": screen.idle,
    "busy": screen.busy,
    "ten": screen.ten,
    "stall": screen.stall,
    "latency": screen.latency,
    "poll": store.poll,
    "status": store.status,
    "import": store.imports,
}


def main() -> None:
    """Run the chosen cases; the exit status is 1 when a goal was missed or a case could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what ccmon costs.")
    parser.add_argument("--only", nargs="+", choices=CASES, metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--quick", action="store_true", help="shorter and smaller, to see that everything runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--seconds", type=float, help="length of each steady window (20, quick: 4)")
    arguments = parser.parse_args()
    stolen = stolen_s()
    began = time.monotonic()
    figures: list[Figure] = []
    failed: list[str] = []
    with isolated(), tempfile.TemporaryDirectory(prefix="ccmon-benchmarks-") as folder:
        place = Workplace(Path(folder), arguments.quick, arguments.seconds or (4 if arguments.quick else 20))
        for name in arguments.only or CASES:
            sys.stderr.write(f"{name} …\n")
            try:
                figures += CASES[name](place)
            except (OSError, AssertionError, CcmonError, subprocess.CalledProcessError) as error:
                failed.append(name)
                sys.stderr.write(f"{name} could not be measured: {error}\n")
    share = (stolen_s() - stolen) / (time.monotonic() - began) / (os.cpu_count() or 1)
    machine = (
        f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}; "
        f"a million additions {additions_ms():.0f} ms, 100 short sleeps {sleeps_ms():.0f} ms of processor, "
        f"{share:.1%} of the machine taken by its host"
    )
    if arguments.json:
        sys.stdout.write(json.dumps({"machine": machine, "figures": as_json(figures)}, indent=2) + "\n")
    else:
        print_table(figures, machine)
    sys.exit(bool(failed) or any(figure.met is False for figure in figures))


def stolen_s() -> float:
    """Return the seconds that a virtual machine's host gave to others since the start, over all cores."""
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


def additions_ms() -> float:
    """Time a million additions: how fast this machine is now."""
    began = time.perf_counter()
    total = 0
    for number in range(1_000_000):
        total += number
    return (time.perf_counter() - began) * 1000


def sleeps_ms() -> float:
    """Return the processor time of 100 short sleeps: what waking up costs on this machine now."""
    began = time.process_time()
    for _ in range(100):
        time.sleep(0.002)
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main()
