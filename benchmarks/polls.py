"""One poll of the live reader: after a change and without one, and as history and the day grow.

The databases that are compared are polled in turn, in one process; of all times the medians count. What the reader
reads beside its polls runs in another thread of the same process, and is waited for before.
"""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.machine import one_million_additions_ms
from benchmarks.results import Figure, figure, number
from benchmarks.workplace import Floor, Workplace
from ccmon.database import database_file
from ccmon.database.live_reader import LiveReader
from ccmon.database.sql_files import split
from ccmon.real_time import real_now

AGENT_CHANGE = tuple(split(Path(__file__).with_name("agent_change.sql").read_text()))
HEARTBEAT = tuple(split(Path(__file__).with_name("heartbeat.sql").read_text()))
AGENTS_TOUCHED = 150
"""The agents whose state changes in turn."""


class Took(NamedTuple):
    """What a poll took, ms."""

    processor: float
    wall: float


class Times(NamedTuple):
    """Medians for one database."""

    changed: Took
    heartbeat: Took
    unchanged: Took


class Measured(NamedTuple):
    """Polls of several databases in turn."""

    databases: list[Times]
    additions_ms: float
    """*m* between them, since a shared processor is not equally fast all the time."""


def poll(place: Workplace) -> Iterator[Figure]:
    """A poll at 200 and at 5,000 agents."""
    paths = [place.database(), place.database(Floor(5_000, 10_000, 4_000))]
    measured = asyncio.run(measure(paths, place.amount(12, 100)))
    small, large = measured.databases
    for key, took in (
        ("poll_unchanged", small.unchanged),
        ("poll_heartbeat", small.heartbeat),
        ("poll_200", small.changed),
        ("poll_5000_unchanged", large.unchanged),
    ):
        yield figure(key, took.processor, measured.additions_ms, note=_wall(took))
    yield figure("poll_5000", large.changed.processor, small.changed.processor, note=_wall(large.changed))


def growth(place: Workplace) -> Iterator[Figure]:
    """A poll after one agent's change beside a long history, and on a day with many calls."""
    history = place.amount(100_000, 1_000_000, 10_000_000)
    today = place.amount(20_000, 100_000, 400_000)
    # Made without a copy, since the largest takes gigabytes; what is added to it here is one state a poll.
    for key, floor, calls in (
        ("history", Floor(200, history, 1_000), history),
        ("today", Floor(200, 10_000, today), today),
    ):
        paths = [place.database(Floor(200, 10_000, 1_000)), place.template(floor)]
        few, many = asyncio.run(measure(paths, place.amount(30, 150))).databases
        yield figure(
            key,
            many.changed.processor,
            few.changed.processor,
            note=f"{calls:,} calls, {_wall(many.changed)}",
            partial=not place.everything,
        )
        if place.keep is None:
            paths[1].unlink()


def change_agent(writer: sqlite3.Connection, number: int) -> None:
    """Change the state of one agent, the next each time."""
    values = {"agent": 1 + number % AGENTS_TOUCHED, "number": number // AGENTS_TOUCHED, "at": real_now()}
    writer.execute("BEGIN IMMEDIATE")
    for statement in AGENT_CHANGE:
        writer.execute(statement, values)
    writer.execute("COMMIT")


def _wall(took: Took) -> str:
    return f"{number(took.wall)} ms of wall time"


async def measure(paths: Sequence[Path], rounds: int) -> Measured:
    """Poll several databases in turn."""
    readers = [LiveReader(path) for path in paths]
    writers = [database_file.open_writer(path) for path in paths]
    found: dict[tuple[int, str], list[Took]] = defaultdict(list)
    additions = []
    try:
        for reader in readers:
            await reader.snapshot(None)
            await reader.wait_for_periodic()
            await reader.snapshot(None)
        gc.collect()
        gc.freeze()  # as the monitor does
        for turn in range(rounds):
            additions.append(one_million_additions_ms())
            # Each is the first of a turn as often: the first polls after other work, which costs it more.
            for index in range(len(paths))[:: 1 if turn % 2 else -1]:
                reader, writer = readers[index], writers[index]
                change_agent(writer, turn)
                found[index, "changed"].append(await _timed(reader))
                found[index, "unchanged"].append(await _timed(reader))
                for statement in HEARTBEAT:
                    writer.execute(statement, {"at": real_now()})
                found[index, "heartbeat"].append(await _timed(reader))
    finally:
        gc.unfreeze()
        for reader, writer in zip(readers, writers, strict=True):
            await reader.close()
            writer.close()
    kinds = "changed", "heartbeat", "unchanged"
    times = [Times(*(_median(found[index, kind]) for kind in kinds)) for index in range(len(paths))]
    return Measured(times, statistics.median(additions))


async def _timed(reader: LiveReader) -> Took:
    wall, processor = time.perf_counter(), time.process_time()
    await reader.snapshot(None)
    return Took((time.process_time() - processor) * 1000, (time.perf_counter() - wall) * 1000)


def _median(polls: Sequence[Took]) -> Took:
    return Took(*(statistics.median(values) for values in zip(*polls, strict=True)))
