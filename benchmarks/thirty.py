"""Thirty monitors on one floor at 50 records a second: what none of them may show, and what must be in the database."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path

from benchmarks.results import Figure, figure
from benchmarks.screen import FIRST_DATA
from benchmarks.terminal import NothingCameError, Terminal, terminal_environment, wait_until, watch
from benchmarks.usage import proportional_set_size_mib
from benchmarks.workplace import CCMON, Workplace

RECORDS_A_SECOND = 50
RECORDS_AT_LEAST = 0.9
"""Share of them that must have come: a switch that lags behind is a calmer floor than the rows say."""
OLD_FIGURES = "the figures are from "
"""Near the top of a monitor that could not read the database."""
SIZES = ((120, 40), (80, 24), (200, 60))
HOW_NOT_WHAT = frozenset(
    {
        "sources",
        "changes",
        "imported_ranges",
        "imported_records",
        "imported_states",
        "stored_parts",
        "stored_part_checks",
        "sqlite_sequence",
        "sqlite_stat1",
    }
)
"""Tables of how records came, which are not the same for a follower and an import."""


def thirty(place: Workplace) -> Iterator[Figure]:
    """Watch many monitors for a while, then compare the database with an undisturbed one of the same log."""
    database, undisturbed = place.database(), place.database()
    amount, seconds = place.amount(6, 30), place.amount(15.0, 120.0, 600.0)
    with ExitStack() as stack:
        floor = stack.enter_context(place.busy(database, per_second=RECORDS_A_SECOND))
        monitors = [stack.enter_context(place.monitor(database, size=SIZES[each % 3])) for each in range(amount)]
        if not watch(monitors, lambda: all(FIRST_DATA in each.text() for each in monitors), seconds=120):
            raise NothingCameError("not every monitor showed the floor in two minutes")
        watch(monitors, lambda: False, seconds=place.amount(5.0, 60.0))
        before = [proportional_set_size_mib(each.session) for each in monitors]
        log, records, began = floor.log, _lines_in(floor.log), time.monotonic()
        watch(monitors, lambda: False, seconds=seconds)
        records, ended = _lines_in(log) - records, time.monotonic()
        growth = [proportional_set_size_mib(each.session) - old for each, old in zip(monitors, before, strict=True)]
        failed = sum(has_failed(each) for each in monitors)
        gaps = [longest_gap((moment for moment, _ in each.output), began, ended) for each in monitors]
    if records < RECORDS_AT_LEAST * RECORDS_A_SECOND * (ended - began):
        raise AssertionError(f"only {records} records came in {ended - began:.0f} s")
    _import(log, undisturbed)
    _follow_to_the_end(place, log, database)
    note = f"{amount} monitors, {seconds:.0f} s"
    partial = seconds < 600
    yield figure("thirty_failed", failed, note=note, partial=partial)
    yield figure("thirty_gap", max(gaps), note=note, partial=partial)
    yield figure("thirty_growth", max(growth), note=note, partial=partial)
    yield figure("thirty_rows", differing_rows(database, undisturbed), note=note, partial=partial)


def differing_rows(one: Path, other: Path) -> int:
    """Return how many rows of two databases are in one of them only; the numbers of rows do not count."""
    differing = 0
    with closing(sqlite3.connect(one)) as connection:
        connection.execute("ATTACH ? AS other", (f"{other}",))
        names = {name for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
        for name in sorted(names - HOW_NOT_WHAT):
            numbers = {"id"} if name == "calls" else {"id", "call_id"}
            columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({name})")]
            shown = ", ".join(column for column in columns if column not in numbers)
            ours, theirs = (f"SELECT {shown}, count(*) FROM {of}.{name} GROUP BY {shown}" for of in ("main", "other"))  # noqa: S608
            for rows, others in ((ours, theirs), (theirs, ours)):
                differing += connection.execute(f"SELECT count(*) FROM ({rows} EXCEPT {others})").fetchone()[0]  # noqa: S608
    return differing


def has_failed(monitor: Terminal) -> bool:
    """Tell whether a monitor has ended, or has shown once that it could not read.

    All that it wrote is shown again: of a sentence only those cells are written that change.
    """
    return monitor.process.poll() is not None or monitor.first_moment(OLD_FIGURES) is not None


def longest_gap(moments: Iterable[float], began: float, ended: float) -> float:
    """Return the longest time without a writing to the screen, s; clocks run, so each second has its own.

    Args:
        moments: when something was written, in order.
        began: from when on, in seconds of the monotonic clock.
        ended: until when: a screen that stands still to the end has stood still for that long.
    """
    within = [moment for moment in moments if began <= moment <= ended]
    return max(later - earlier for earlier, later in pairwise([began, *within, ended]))


def _lines_in(log: Path) -> int:
    return log.read_bytes().count(b"\n")


def _import(log: Path, database: Path) -> None:
    command: list[str | Path] = [CCMON, "import", "queue-log", log, "--db", database]
    subprocess.run(command, check=True, capture_output=True, env=terminal_environment())  # noqa: S603


def _follow_to_the_end(place: Workplace, log: Path, database: Path) -> None:
    """Let a follower take in what the first one had not come to when it was ended."""
    lines = _lines_in(log)
    taken = "SELECT sum(records) FROM sources"
    with place.followed(database, log), closing(sqlite3.connect(database)) as connection:
        wait_until(lambda: connection.execute(taken).fetchone()[0] == lines, seconds=60)
