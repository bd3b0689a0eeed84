"""Fills a database with a simulated centre and the past days of its floor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from ccmon import garbage_collection
from ccmon.database import demo_data
from ccmon.database.bulk_insert import own_rows
from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.database.rollback_journal import rollback_journal
from ccmon.database.site import zone_of_database
from ccmon.database.sql_files import sql
from ccmon.database.sqlite_errors import translate_errors
from ccmon.database.table_writer import TableWriter
from ccmon.database.writer import Writer
from ccmon.errors import CcmonError
from ccmon.simulator.centre import Investment, standard_centre
from ccmon.simulator.clock import local_date
from ccmon.simulator.day_plan import Planner
from ccmon.simulator.floor import SimulatedFloor
from ccmon.simulator.row_record import RowRecord
from ccmon.simulator.table_rows import SOURCE, RowWriter, Values
from ccmon.time_units import HOUR_MS

BATCH = 20_000
"""Number of actions on the floor after which events are applied together."""
GONE_HOME_MS = 4 * HOUR_MS
"""This long after closing, everything that a day's calls lead to on the day has happened."""
ROWS_OF_AGENT_DAY = 200
"""About how many calls and states an agent adds on a day."""


ELSEWHERE = "For a simulated floor: ccmon demo, or ccmon seed --db NEW"
"""What to do instead of filling a database that may not be filled."""


def check_may_be_filled(path: Path) -> None:
    """Refuse a database that holds anything but demo data.

    Raises:
        CcmonError: it does, or there is no call database.
    """
    with open_for_reading(path) as connection:
        if not demo_data.may_be_filled(connection):
            raise CcmonError(f"{path} holds data that is not demo data; nothing was changed. {ELSEWHERE}")


def check_is_no_site(path: Path, *, unless: str = "") -> None:
    """Refuse a database that setup or a person has configured, even if it has no calls yet.

    Args:
        path: the database.
        unless: what else can be done, for the sentence.

    Raises:
        CcmonError: it is a site's, or there is no call database.
    """
    with open_for_reading(path) as connection:
        if demo_data.is_configured(connection):
            raise CcmonError(f"{path} has been set up for a site's own calls; nothing was changed. {ELSEWHERE}{unless}")


def seed(
    path: Path,
    *,
    days: int,
    agents: int,
    seed: int,
    until: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Fill an empty database with the days before a moment and the day of that moment up to it.

    The same arguments give the same rows, to the byte. Existing demo data is deleted. ``until`` is in Unix
    milliseconds; ``progress`` is called with the number of days done, and of all. Returns how many visits and attempts
    were written.

    Raises:
        CcmonError: there is no such database, or it holds other data.
    """
    from ccmon.database.stored_parts_keeper import store_finished_days  # noqa: PLC0415 (the demo stores them later)

    check_may_be_filled(path)
    zone = zone_of_database(path)
    last = local_date(zone, until)
    planner = Planner(standard_centre(agents), seed, zone, problem_day=last)
    first = last - timedelta(days=days)
    with translate_errors(path), garbage_collection.off(), Writer(path, source=SOURCE, kind=SOURCE) as writer:
        prepare(writer, planner, first)
        new_rows = (days + 1) * agents * ROWS_OF_AGENT_DAY
        with rollback_journal(writer.connection, path):
            with own_rows(writer.connection), writer.transaction(bulk=True, rows=new_rows):
                writer.connection.execute("PRAGMA cache_size = -65536")  # 64 MiB: a tenth faster
                rows = RowWriter(writer.connection, until)
                for orders in planner.prior_orders(first, last) if days else ():
                    rows.write_customers(orders)
                    rows.write(orders)
                for number in range(days + 1):
                    _write_day(writer, rows, planner, first + timedelta(days=number), until)
                    progress(number + 1, days + 1)
                writer.write_source(checked_at=until)
                times = {"name": SOURCE, "started_at": until, "checked_at": until}
                writer.connection.execute(sql("set_source_times"), times)
                calls = int(Database(writer.connection).value("count_calls"))
            store_finished_days(writer.connection, until)
    return calls


def prepare(writer: Writer, planner: Planner, first_day: date) -> None:
    """Write the centre itself into a database, after deleting any demo data there."""
    if demo_data.has_demo_data(writer.connection):
        with writer.transaction(bulk=True):
            demo_data.delete_all(writer.connection)
        writer.start_over()
    with writer.transaction():
        centre, created_at = planner.centre, planner.midnight(first_day)
        site = {"name": centre.name, "currency": centre.currency, "margin": centre.margin, "created_at": created_at}
        writer.connection.execute(sql("set_site_of_demo"), site)
        writer.connection.executemany(sql("insert_pause_reason"), (reason._asdict() for reason in centre.pause_reasons))
        tables = TableWriter(writer.connection, now=created_at)
        for kind, rows in _centre_rows(planner, first_day):
            tables.insert_trusted(kind, rows)
        writer.write_source()
    writer.start_over()


def _centre_rows(planner: Planner, first_day: date) -> Iterator[tuple[str, list[Values]]]:
    """The rows that exist before the first day, by kind of table."""
    centre = planner.centre
    starts_on, ends_on = first_day.isoformat(), (first_day + timedelta(days=27)).isoformat()
    yield "clients", [{"name": client} for client in centre.clients]
    yield "teams", _rows(centre.teams, "name", "client")
    agents = _rows(planner.agents, "login", "name", "team", "hourly_cost_cents")
    yield "agents", [{**row, "team": row["team"].name} for row in agents]
    yield "queues", _rows(centre.queues, "name", "client", "purpose", "handling_target_ms")
    yield "campaigns", _rows(centre.campaigns, "name", "client", "purpose", starts_on=starts_on)
    for queue in centre.queues:
        yield "contact-reasons", _rows(queue.reasons, "name", "product", "is_problem")
    yield "investments", _rows(centre.investments, *Investment._fields, starts_on=starts_on, ends_on=ends_on)


def _rows(settings: Iterable[object], *fields: str, **same: str) -> list[Values]:
    """Rows with some fields of settings, and values common to all."""
    return [{name: getattr(setting, name) for name in fields} | same for setting in settings]


def _write_day(writer: Writer, rows: RowWriter, planner: Planner, day: date, until: int) -> None:
    """Write what happens on a day up to a moment, and its consequences by then, into an open transaction."""
    plan, record = planner.plan(day), None
    if until >= plan.closes_at + GONE_HOME_MS:
        record = RowRecord(writer.connection, writer.state_machine, writer.names)
        floor = SimulatedFloor(planner, plan, record)
        floor.advance(until)
        writer.count(records=record.event_count)
    else:
        floor = SimulatedFloor(planner, plan)
        is_more = True
        while is_more:
            is_more = floor.advance(until, BATCH)
            events = floor.take_events()
            writer.apply(events)
            writer.count(records=len(events))
    beside = floor.take_rows()
    beside.changes += (change for change in floor.call_outcomes.later_outcomes() if change.at <= until)
    floor.break_cycles()
    rows.write_customers(beside)
    if record is not None:
        record.write()
        writer.flush()
        rows.write(beside)
    else:
        visits = writer.state_machine.recorder.changes.visits  # flush gives them their row numbers
        writer.flush()
        rows.write(beside, visits)
