"""A single reading: costly queries are executed in a thread while the modules that use their rows are imported.

Importing takes as long as reading. SQLite reads its schema and finds the rows of a query without the interpreter: that
part of reading runs in parallel to the imports. So this module imports little, and hardly anything else is done in the
thread: Python code takes half as long again in two threads.
"""

from __future__ import annotations

import sqlite3
from _thread import allocate_lock, start_new_thread  # threading takes as long as three of our modules
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from ccmon.database.driver import NO_PARAMETERS, Database, Values
from ccmon.database.moments import changes_after, floor_time, is_latest, newest_at, read_site_and_day
from ccmon.database.opening import Opening
from ccmon.database.query_context import DayContext, one_customer_in, read_day_context
from ccmon.database.sql_files import sql
from ccmon.model.business_day import BusinessDay
from ccmon.model.site import Clock, Site
from ccmon.real_time import real_now


class PrefetchedQuery:
    """A query that is executed ahead of need."""

    def __init__(
        self, query: str, parameters: Values | Callable[[Database], Values], *, has_one_value: bool = False
    ) -> None:
        """A query that has not been executed yet.

        Args:
            query: its name.
            parameters: its parameters, or a function that finds them.
            has_one_value: whether it has one row with one value: that is read at once, and needs no waiting for others.
        """
        self.query, self.parameters = query, parameters
        self.has_one_value = has_one_value
        self.value: Any = None
        self.cursor: sqlite3.Cursor | None = None
        """Its rows; None after an error, which is raised again when they are asked for."""

    def execute(self, database: Database) -> None:
        """Have SQLite find the rows."""
        if callable(self.parameters):
            self.parameters = self.parameters(database)
        # All of them: SQLite would work out each further one as it is read, while everything else waits.
        query = sql(self.query).removesuffix(";")
        text = f"WITH found AS MATERIALIZED ({query}) SELECT * FROM found"  # noqa: S608 (our own)
        self.cursor = database.connection.execute(text, self.parameters)
        if self.has_one_value:
            [(self.value,)] = self.cursor


class PrefetchingDatabase(Database):
    """A database that can execute queries ahead of need, in a thread with a connection of its own."""

    def __init__(self, connection: sqlite3.Connection, second_connection: sqlite3.Connection) -> None:
        """A database without prefetched queries.

        Args:
            connection: for queries asked here.
            second_connection: for queries executed in the thread; it sees the same data.
        """
        super().__init__(connection)
        self.second_connection = second_connection
        self.prefetched: dict[str, PrefetchedQuery] = {}
        """Those that have not been asked for yet."""
        self._waiting: deque[PrefetchedQuery] = deque()
        """Those that have not been executed yet."""
        self._runs = allocate_lock()
        """Held while the thread runs."""

    def prefetch(self, queries: Iterable[PrefetchedQuery]) -> None:
        """Execute queries that will be needed, in this order."""
        self._waiting.extend(queries)
        self.prefetched = {each.query: each for each in self._waiting}
        self._runs.acquire()
        try:
            start_new_thread(self._run, ())
        except RuntimeError:  # this user may start no more threads: they are executed when one of them is needed
            self._runs.release()

    def _run(self) -> None:
        _execute(self._waiting.popleft, Database(self.second_connection))
        self._runs.release()

    def wait(self) -> None:
        """Help the thread until all are executed: as long as its connection is in use, no row can be read."""
        _execute(self._waiting.pop, Database(self.connection))
        with self._runs:
            pass

    def close(self) -> None:
        """Execute no more of them, and break off the one that the thread executes."""
        self._waiting.clear()
        self.second_connection.interrupt()
        self.wait()

    def ask(self, query: str, parameters: Values) -> sqlite3.Cursor:
        """The rows of a query, which are there already if it was prefetched with the same parameters."""
        prefetched = self.prefetched.get(query)
        wanted = None if prefetched is None else prefetched.parameters  # the thread replaces them amid this
        if prefetched is not None and (callable(wanted) or wanted == parameters):
            self.wait()
            if prefetched.cursor is not None and prefetched.parameters == parameters:
                del self.prefetched[query]
                return prefetched.cursor
        return super().ask(query, parameters)

    def value(self, query: str, parameters: Values = NO_PARAMETERS) -> Any:
        """The value of a query that always has one."""
        prefetched = self.prefetched.get(query)
        if prefetched is not None and prefetched.has_one_value:
            if prefetched.value is None:
                self.wait()
            del self.prefetched[query]
            if prefetched.value is not None and prefetched.parameters == parameters:
                return prefetched.value
        return super().value(query, parameters)


def _execute(take: Callable[[], PrefetchedQuery], database: Database) -> None:
    """Execute the queries that can be taken."""
    while True:
        try:
            query = take()
        except IndexError:
            return
        with suppress(Exception):  # it is raised again when the query is asked for
            query.execute(database)


class SingleReading(Struct, frozen=True):
    """A database as of one moment."""

    path: Path
    database: PrefetchingDatabase
    at: int
    is_now: bool

    @property
    def is_latest(self) -> bool:
        """Whether nothing is after the moment; what is after now belongs to now."""
        return self.is_now or is_latest(self.database, self.at)


@contextmanager
def single_reading(
    opening: Opening, choose: Callable[[Site, BusinessDay, int], int] | None = None
) -> Iterator[SingleReading]:
    """Begin a single reading, and prefetch the costly queries.

    Args:
        opening: the database.
        choose: returns the moment, given the site, the latest moment's business day and that moment; None: now.

    Raises:
        CcmonError: the database cannot be read.
    """
    sql("clock")  # this reads all queries, perhaps while the database is still being opened
    connection, beside = opening.connections()
    database = PrefetchingDatabase(connection, beside)
    at = floor_time(database.row("clock", Clock), real_now())
    newest = 0
    if choose is not None:
        newest = newest_at(database)
        latest = max(at, newest)
        at = choose(*read_site_and_day(database, latest), latest)
    site, day = read_site_and_day(database, at)
    context = read_day_context(database, at, site=site, day=day)
    database.prefetch(costly_queries(context, at, newest))
    try:
        yield SingleReading(opening.path, database, at, is_now=choose is None)
    finally:
        database.close()


def costly_queries(context: DayContext, at: int, newest_at: int) -> Iterator[PrefetchedQuery]:
    """The slowest queries, with the parameters that they will have.

    Args:
        context: the moment.
        at: the moment.
        newest_at: the newest moment in the database; 0 for a reading of now.
    """

    def contacts(database: Database) -> Values:
        calls = database.value("inbound_calls", {**today, "first": context.first_contact_day})
        one_in = one_customer_in(calls)
        return {**today, "one_in": one_in, "of_customers": one_in > 1}

    today = context.whole_day
    if 0 < newest_at <= at:
        yield PrefetchedQuery("has_changes_after", changes_after(at, context.site), has_one_value=True)
    yield PrefetchedQuery("customers_attempted_today", context.unresolved)
    yield PrefetchedQuery("customers_with_problems_today", context.unresolved)
    yield PrefetchedQuery("contacts_of_day", contacts)
    yield PrefetchedQuery("sales_funnel", context.parameters)
    yield PrefetchedQuery("calls_of_lost_callers", context.parameters)
    yield PrefetchedQuery("customers_by_reason", context.parameters)
    yield PrefetchedQuery("reason_counts", today)
    yield PrefetchedQuery("kept_customers", today)
    yield PrefetchedQuery("day_sales", context.parameters)
    yield PrefetchedQuery("low_scores", context.parameters)
    yield PrefetchedQuery("planned_work", context.shifts)
