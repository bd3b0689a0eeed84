"""Whole commands: status, help, version, seed. Processor time is that of the process and of those it started."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import goals
from benchmarks.machine import additions_ms
from benchmarks.results import Figure, figure
from benchmarks.terminal import terminal_environment
from benchmarks.workplace import BARE_TYPER, CCMON, ROOT, Workplace
from ccmon.database import creation, database_file
from ccmon.database.stored_parts_keeper import store_finished_days
from ccmon.real_time import real_now

Command = Sequence[str | Path]


class Took(NamedTuple):
    """What a command took, ms."""

    wall: float
    processor: float


def commands(place: Workplace) -> Iterator[Figure]:
    """`ccmon --help` and `ccmon --version` beside the bare Typer program."""
    took = interleaved(
        {goals.BARE_TYPER: BARE_TYPER, "help": (CCMON, "--help"), "version": (CCMON, "--version")},
        place.amount(5, 15),
    )
    for key in ("help", "version"):
        yield _beside_typer(key, took[key], took[goals.BARE_TYPER])


def status(place: Workplace) -> Iterator[Figure]:
    """`ccmon status --json` of 200 agents, where a switch is followed: what finished days say is stored each hour."""
    database = place.database()
    with database_file.open_for_writing(database) as connection:
        store_finished_days(connection, real_now())
    command = (CCMON, "status", "--json", "--db", database)
    took = interleaved({goals.BARE_TYPER: BARE_TYPER, "status": command}, place.amount(4, 15))
    yield _beside_typer("status", took["status"], took[goals.BARE_TYPER])


def seed(place: Workplace) -> Iterator[Figure]:
    """`ccmon seed` of the demo's past weeks, and `ccmon status --json` of what it makes."""
    days, until = place.amount(2, 35), _early_evening()
    additions, times = [additions_ms()], []
    for _ in range(place.amount(1, 3)):
        path = place.new_path()
        creation.create(path, time_zone="Europe/Amsterdam")
        times.append(run((CCMON, "seed", "--days", str(days), "--agents", "40", "--until", until, "--db", path)))
        additions.append(additions_ms())
    took = Took(*(statistics.median(values) for values in zip(*times, strict=True)))
    # Looked at as of its end, which is its latest moment: whatever the date is where this runs.
    command = (CCMON, "status", "--json", "--at", until, "--db", path)
    if not json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["total"]["offered"]:  # noqa: S603
        raise AssertionError("the seeded day has no calls")
    looks = interleaved({goals.BARE_TYPER: BARE_TYPER, "status": command}, place.amount(3, 15))
    days_note = f"{days + 1} days"
    yield _beside_typer("status_demo", looks["status"], looks[goals.BARE_TYPER], days_note, partial=place.quick)
    note = f"{days_note}, {took.wall / 1000:.3g} s of wall time, median of {len(times)}"
    m = statistics.mean(additions) / 1000
    yield figure("seed", took.processor / 1000, m, note=note, partial=place.quick)


def interleaved(chosen: Mapping[str, Command], rounds: int) -> dict[str, Took]:
    """Run several commands in turn, once unmeasured; return the medians."""
    found: dict[str, list[Took]] = {name: [] for name in chosen}
    for number in range(rounds + 1):
        for name, command in chosen.items():
            took = run(command)
            if number:
                found[name].append(took)
    return {
        name: Took(*(statistics.median(values) for values in zip(*each, strict=True))) for name, each in found.items()
    }


def run(command: Command) -> Took:
    """Run a command to its end.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    began = time.perf_counter()
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=terminal_environment(), cwd=ROOT
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, [str(word) for word in command])
    return Took((time.perf_counter() - began) * 1000, (used.ru_utime + used.ru_stime) * 1000)


def _beside_typer(key: str, ours: Took, theirs: Took, note: str = "", *, partial: bool = False) -> Figure:
    return figure(
        key,
        ours.wall,
        theirs.wall,
        processor=ours.processor,
        processor_reference=theirs.processor,
        note=note,
        partial=partial,
    )


def _early_evening() -> str:
    """Return a moment at which a day is nearly whole: five in the afternoon of a Wednesday in the middle of a month."""
    return "2026-11-18T17:00"
