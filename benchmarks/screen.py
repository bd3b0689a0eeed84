"""The monitor in a terminal: start, demo, idle, busy, ten at once, 5,000 agents."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

from benchmarks import bare, first_figures, goals, postgres
from benchmarks.results import Figure, figure
from benchmarks.steady import Steady, measure, together
from benchmarks.terminal import NothingCameError, Terminal, terminal_environment, watch
from benchmarks.usage import usage
from benchmarks.workplace import CCMON, Floor, Workplace

FIRST_DATA = "queue1"
"""On the screen as soon as a frame shows figures from the database."""
DEMO_DATA = re.compile(r"on calls +\d")
"""The same of the demo: its queues' names come with the alarms, before the figures."""
DEMO_CALLS = re.compile(r"offered +([\d,]+)")
DEMO_FILLS = "past weeks"
"""On the demo's top line while past weeks are filled in."""
OURS = "monitor"


class First(NamedTuple):
    """What a start took until something stood on the screen, ms."""

    wall: float
    processor: float


def start(place: Workplace) -> Iterator[Figure]:
    """Time from starting the program to its first live frame, in turn with the bare program's."""
    database = place.database()
    ours: list[First] = []
    theirs: list[First] = []
    rounds = place.amount(3, 9)
    for number in range(rounds + 1):
        pair = _first(place.bare(), bare.WORD), _first(place.monitor(database), FIRST_DATA)
        if number:  # the first finds no bytecode and no file in memory
            theirs.append(pair[0])
            ours.append(pair[1])
    yield _compared("start", ours, theirs, note=f"median of {rounds}")


def demo(place: Workplace) -> Iterator[Figure]:
    """`ccmon demo` as somebody types it: until it shows figures, and whether these are right."""
    ours: list[First] = []
    theirs: list[First] = []
    jumps: list[float] = []
    rounds = place.amount(1, 3)
    whole_s = None
    untrue: list[str] = []
    for number in range(rounds):
        theirs.append(_first(place.bare(), bare.WORD))
        folder = place.new_path("")
        folder.mkdir()
        with Terminal([CCMON, "demo"], env=terminal_environment(TMPDIR=str(folder))) as terminal:
            ours.append(_until(terminal, DEMO_DATA))
            early = _calls(terminal)
            (database,) = folder.glob("ccmon-demo-*/*.db")
            moment = first_figures.status(database)["at"]
            first = first_figures.status(database, moment)
            terminal.watch_for(5)
            jumps.append(100 * abs(_calls(terminal) - early) / max(1, _calls(terminal)))
            if number == rounds - 1 and not place.quick:
                terminal.watch(lambda shown=terminal: DEMO_FILLS not in shown.text())  # type: ignore[misc]
                whole_s = terminal.output[-1][0] - terminal.started_at
            untrue += first_figures.untrue(first, first_figures.status(database, moment))
    yield _compared("demo", ours, theirs, note=f"median of {rounds}")
    yield figure("demo_right", max(jumps))
    note = f"of {first_figures.known(first):,}" if not untrue else f"the first: {untrue[0]}"
    yield figure("demo_untrue", len(untrue), note=note, partial=place.quick)
    if whole_s is not None:
        yield figure("demo_whole", whole_s)


def idle(place: Workplace) -> Iterator[Figure]:
    """Nothing changes in the database: only clocks run. Beside it one whose follower gives signs of life."""
    database, followed = place.database(), place.database()
    log = followed.with_suffix(".queue_log")
    log.touch()
    with ExitStack() as stack:
        stack.enter_context(place.followed(followed, log))
        programs = _compared_with(place, stack)
        programs[OURS] = stack.enter_context(place.monitor(database))
        programs["followed"] = stack.enter_context(place.monitor(followed))
        for name in (OURS, "followed"):
            programs[name].wait_for(FIRST_DATA)
        found = measure(programs, seconds=place.seconds, windows=place.amount(1, 3))
    theirs = _of_pg_activity(found)
    yield figure("idle", found[OURS].cpu, theirs, note=place.without_pg_activity)
    yield figure("idle_bare", found[OURS].cpu, found[goals.BARE_TEXTUAL].cpu)
    yield figure("idle_follower", found["followed"].cpu, theirs)


def busy(place: Workplace) -> Iterator[Figure]:
    """A floor of 200 agents at five records a second, at two sizes of terminal."""
    database = place.database()
    with ExitStack() as stack:
        floor = stack.enter_context(place.busy(database))
        programs = _compared_with(place, stack)
        programs[OURS] = stack.enter_context(place.monitor(database))
        programs["narrow"] = stack.enter_context(place.monitor(database, size=(80, 24)))
        programs[OURS].wait_for(FIRST_DATA)
        programs["narrow"].watch(lambda: bool(programs["narrow"].text().strip()))
        before = usage(floor.follower).cpu_s
        windows = place.amount(1, 3)
        found = measure(programs, seconds=place.seconds, windows=windows)
        follower = 100 * (usage(floor.follower).cpu_s - before) / (place.seconds * windows)
    yield figure("busy", found[OURS].cpu, _of_pg_activity(found), note=place.without_pg_activity)
    yield figure("bytes", found[OURS].rate)
    yield figure("bytes_narrow", found["narrow"].rate)
    yield figure("follower", follower)


def ten(place: Workplace) -> Iterator[Figure]:
    """Ten monitors on one busy floor."""
    database = place.database()
    with ExitStack() as stack:
        stack.enter_context(place.busy(database))
        programs = _compared_with(place, stack)
        ours = {f"{OURS} {number}": stack.enter_context(place.monitor(database)) for number in range(10)}
        watch(list(ours.values()), lambda: all(FIRST_DATA in each.text() for each in ours.values()), seconds=120)
        found = measure(programs | ours, seconds=place.seconds)
    all_of_them = together(found, OURS)
    yield figure("ten", all_of_them.cpu, _of_pg_activity(found), note=place.without_pg_activity)
    yield figure("ten_memory", all_of_them.memory)


def many(place: Workplace) -> Iterator[Figure]:
    """A busy floor of 5,000 agents beside one of 200."""
    small, large = place.database(), place.database(Floor(5_000, 10_000, 4_000))
    with ExitStack() as stack:
        stack.enter_context(place.busy(small))
        stack.enter_context(place.busy(large, agents=5_000))
        programs = {
            "200 agents": stack.enter_context(place.monitor(small)),
            "5,000 agents": stack.enter_context(place.monitor(large)),
        }
        for terminal in programs.values():
            terminal.wait_for(FIRST_DATA)
        found = measure(programs, seconds=place.seconds, windows=place.amount(1, 3))
    yield figure("many", found["5,000 agents"].cpu, found["200 agents"].cpu)


def _compared_with(place: Workplace, stack: ExitStack) -> dict[str, Terminal]:
    """Start the bare program and, where there is one, pg_activity."""
    programs = {goals.BARE_TEXTUAL: stack.enter_context(place.bare())}
    programs[goals.BARE_TEXTUAL].wait_for(bare.WORD)
    pg_activity = place.pg_activity()
    if pg_activity is not None:
        programs[goals.PG_ACTIVITY] = stack.enter_context(pg_activity)
        pg_activity.wait_for(postgres.SHOWN)
    return programs


def _of_pg_activity(found: dict[str, Steady]) -> float | None:
    return found[goals.PG_ACTIVITY].cpu if goals.PG_ACTIVITY in found else None


def _compared(key: str, ours: list[First], theirs: list[First], note: str) -> Figure:
    return figure(
        key,
        statistics.median(each.wall for each in ours),
        statistics.median(each.wall for each in theirs),
        processor=statistics.median(each.processor for each in ours),
        processor_reference=statistics.median(each.processor for each in theirs),
        note=note,
    )


def _first(terminal: Terminal, word: str) -> First:
    """Return what a program takes from its start until a word stands on its screen, and end it."""
    with terminal:
        return _until(terminal, re.compile(re.escape(word)))


def _until(terminal: Terminal, pattern: re.Pattern[str]) -> First:
    terminal.wait_for(pattern)
    processor_s = usage(terminal.session).cpu_s
    moment = terminal.first_moment(pattern)
    assert moment is not None  # noqa: S101 - it was waited for
    return First((moment - terminal.started_at) * 1000, processor_s * 1000)


def _calls(terminal: Terminal) -> int:
    """Return the calls of today that the demo shows."""
    found = DEMO_CALLS.search(terminal.text())
    if found is None:
        raise NothingCameError(f"no calls of today on the screen:\n{terminal.text()}")
    return int(found[1].replace(",", ""))
