"""The memory of a monitor: alone beside a bare program, and after a day's worth of polls in fast motion."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import bare, goals
from benchmarks.machine import additions_ms
from benchmarks.results import Figure, figure
from benchmarks.screen import FIRST_DATA
from benchmarks.steady import measure
from benchmarks.terminal import Terminal
from benchmarks.workplace import ROOT, Workplace

DAY_POLLS = 8 * 3600
"""A supervisor's day, one poll a second."""


def memory(place: Workplace) -> Iterator[Figure]:
    """One monitor on a busy floor, and a bare program in its place; then polls of a day."""
    database = place.database()
    with place.busy(database):
        with place.bare() as terminal:
            terminal.wait_for(bare.WORD)
            theirs = measure({goals.BARE_TEXTUAL: terminal}, seconds=2)[goals.BARE_TEXTUAL].memory
        with place.monitor(database) as terminal:
            terminal.wait_for(FIRST_DATA)
            ours = measure({"monitor": terminal}, seconds=place.amount(4, 30))["monitor"].memory
    yield figure("memory", ours, theirs)
    yield from _day(place)


def _day(place: Workplace) -> Iterator[Figure]:
    """Polls without a pause between them, each after one agent's change."""
    report = place.new_path(".json")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "benchmarks.fast_motion",
        "--db",
        place.database(),
        "--report",
        report,
    ]
    command += ["--polls", str(DAY_POLLS), "--seconds", str(place.amount(5, 240, 1800))]
    m = additions_ms()
    with Terminal(command, cwd=ROOT) as terminal:
        terminal.watch(report.exists, seconds=place.amount(120, 600, 2400))
    m = (m + additions_ms()) / 2
    measured = json.loads(report.read_text())
    polls = measured["polls"]
    yield figure("growth", measured["growth_mib"], note=f"{polls:,} of {DAY_POLLS:,} polls", partial=polls < DAY_POLLS)
    yield figure("fast_poll", measured["processor_ms"], m, note="after one agent's change, which is made in it")
