"""Fills a database with past days of the simulated floor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ccmon.business_events import HAPPENINGS, Happening
from ccmon.database import simulator_writer
from ccmon.database.database_file import open_reader
from ccmon.database.driver import Database
from ccmon.database.site import read_site
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError
from ccmon.events import CallEvent
from ccmon.simulator.centre import standard
from ccmon.simulator.day_plan import Planner
from ccmon.simulator.floor import SimulatedFloor
from ccmon.simulator.seed_rows import SOURCE, set_up

BATCH = 20_000
"""Call events that are folded before their rows are written."""


def site_zone(path: Path) -> ZoneInfo:
    """The time zone of a call database.

    Raises:
        CcmonError: no call database is there.
    """
    connection = open_reader(path)
    try:
        name = read_site(connection).time_zone
        return ZoneInfo(name)
    finally:
        connection.close()


def local_time(at: int, zone: ZoneInfo) -> str:
    """A moment on the wall of a zone."""
    return f"{datetime.fromtimestamp(at / 1000, zone):%Y-%m-%d %H:%M}"


def check_may_be_filled(path: Path) -> None:
    """Refuse a database that holds anything but demo data.

    Raises:
        CcmonError: it does, or no call database is there.
    """
    connection = open_reader(path)
    try:
        if not simulator_writer.may_be_filled(connection):
            raise CcmonError(
                f"{path} holds data that is not demo data; nothing was changed. Make another with: ccmon init --db NEW"
            )
    finally:
        connection.close()


def seed(
    path: Path,
    *,
    days: int,
    agents: int,
    seed: int,
    until: int,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Fill an empty database with the days before a moment and the day of that moment up to it.

    The same arguments give the same rows, to the byte. Demo data that is there already goes.

    Args:
        path: the call database.
        days: days before the one of ``until``.
        agents: size of the floor.
        seed: another seed, another history.
        until: Unix milliseconds.
        tell: is told how many of how many days are done.

    Returns:
        How many visits and attempts went in.

    Raises:
        CcmonError: the database is not there, or holds other data.
    """
    check_may_be_filled(path)
    last = datetime.fromtimestamp(until / 1000, zone := site_zone(path)).date()
    planner = Planner(standard(agents), seed, zone, problem_day=last)
    first = last - timedelta(days=days)
    prepare(path, planner, first)
    with Writer(path, source=SOURCE, kind=SOURCE) as writer, writer.transaction(bulk=True):
        writer.connection.execute("PRAGMA cache_size = -65536")  # 64 MiB: a tenth faster
        for orders in planner.earlier_orders(first).batches(last) if days else ():
            simulator_writer.SimulatorWriter(writer.connection, SOURCE).write(orders)
        for number in range(days + 1):
            floor = SimulatedFloor(planner, planner.plan(first + timedelta(days=number)))
            write(writer, floor, until)
            tell(number + 1, days + 1)
        writer.write_source(checked_at=until)
        simulator_writer.settle_source(writer.connection, SOURCE, started_at=until, checked_at=until)
        calls = Database(writer.connection).value("count_calls")
    return int(calls)


def prepare(path: Path, planner: Planner, first_day: date) -> None:
    """Put the centre itself into a database; whatever demo data was there goes.

    In transactions and with writers of their own: a writer takes up the floor that it finds when it opens.
    """
    with Writer(path, source=SOURCE, kind=SOURCE) as writer, writer.transaction(bulk=True):
        simulator_writer.empty(writer.connection)
    with Writer(path, source=SOURCE, kind=SOURCE) as writer, writer.transaction():
        set_up(writer.connection, planner, first_day, planner.midnight(first_day))
        writer.write_source()


def write(writer: Writer, floor: SimulatedFloor, until: int) -> None:
    """Write what happens on a day up to a moment, and what it leads to by then, into an open transaction."""
    happened: list[Happening] = []
    for events in batches(up_to(floor.run(), until), happened):
        writer.apply(events)
        writer.count(records=len(events))
    writer.flush()
    happened += (later for later in floor.consequences.afterwards() if later.at <= until)
    simulator_writer.SimulatorWriter(writer.connection, SOURCE).write(happened)


def up_to(told: Iterable[CallEvent | Happening], until: int) -> Iterator[CallEvent | Happening]:
    """What happened by a moment."""
    for happening in told:
        if happening.at > until:
            return
        yield happening


def batches(
    told: Iterable[CallEvent | Happening], happened: list[Happening], size: int = BATCH
) -> Iterator[list[CallEvent]]:
    """Call events in batches; what happened beside them is put into the list."""
    events: list[CallEvent] = []
    for happening in told:
        if isinstance(happening, HAPPENINGS):
            happened.append(happening)
            continue
        events.append(happening)
        if len(events) >= size:
            yield events
            events = []
    yield events
