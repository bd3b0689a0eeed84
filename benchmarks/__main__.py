"""Measure what ccmon costs and print it beside the goals: `python -m benchmarks`; docs/performance.md explains it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks import commands, imports, memory, polls, reaction, screen, thirty
from benchmarks.environment import isolated
from benchmarks.machine import Observation
from benchmarks.results import Figure, as_json, print_table, read_earlier
from benchmarks.workplace import Workplace
from ccmon.errors import CcmonError

CASES: dict[str, Callable[[Workplace], Iterator[Figure]]] = {
    "start": screen.start,
    "demo": screen.demo,
    "idle": screen.idle,
    "busy": screen.busy,
    "ten": screen.ten,
    "thirty": thirty.thirty,
    "many": screen.many,
    "memory": memory.memory,
    "poll": polls.poll,
    "growth": polls.growth,
    "status": commands.status,
    "commands": commands.commands,
    "import": imports.queue_log,
    "table": imports.table,
    "seed": commands.seed,
    "stall": reaction.stall,
    "latency": reaction.latency,
}


def main() -> None:
    """Run the chosen cases; the exit status is 1 when a goal was missed or a case could not be measured."""
    arguments = _arguments()
    earlier = None if arguments.compare is None else read_earlier(arguments.compare)
    figures: list[Figure] = []
    failed: list[str] = []
    with isolated(), tempfile.TemporaryDirectory(prefix="ccmon-benchmarks-") as folder, ExitStack() as resources:
        place = Workplace(
            Path(folder),
            quick=arguments.quick,
            everything=arguments.all,
            seconds=arguments.seconds or (4 if arguments.quick else 20),
            keep=arguments.keep,
            resources=resources,
        )
        observation = Observation()
        for name in arguments.only or CASES:
            sys.stderr.write(f"{name} …\n")
            try:
                figures += CASES[name](place)
            except (OSError, AssertionError, RuntimeError, CcmonError, subprocess.SubprocessError) as error:
                failed.append(name)
                sys.stderr.write(f"{name} could not be measured: {error}\n")
        warnings = observation.warnings()
        machine = observation.describe(warnings, "quick" if arguments.quick else "all" if arguments.all else "usual")
    if arguments.json:
        sys.stdout.write(
            json.dumps({"machine": machine, "failed": failed, "figures": as_json(figures, earlier)}, indent=2) + "\n"
        )
    else:
        caption = "{cores} cores, {system}, {python}, SQLite {sqlite}, commit {commit}; m = {additions_ms:.0f} ms"
        print_table(figures, caption.format_map(machine), earlier)
    for warning in warnings:
        sys.stderr.write(f"{warning}\n")
    sys.exit(bool(failed) or any(figure.met is False for figure in figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what ccmon costs.")
    parser.add_argument("--only", nargs="+", choices=CASES, metavar="CASE", help=", ".join(CASES))
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="two minutes: shorter and smaller, to see that all runs")
    extent.add_argument("--all", action="store_true", help="an hour: 10 million calls of history, 400 thousand today")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument(
        "--compare", type=Path, metavar="OLD.json", help="show what an earlier run's --json says beside"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the databases for a further run of today")
    parser.add_argument("--seconds", type=float, help="length of each steady window (20, quick: 4)")
    arguments = parser.parse_args()
    if arguments.compare is not None:
        try:
            read_earlier(arguments.compare)
        except (OSError, ValueError) as error:
            parser.error(str(error))
    if arguments.keep is not None:
        arguments.keep = arguments.keep.resolve()
        arguments.keep.mkdir(parents=True, exist_ok=True)
    return arguments


if __name__ == "__main__":
    main()
