"""A single reading of a database: costly queries start in a thread while the modules that use their rows are imported.

Importing takes as long as reading. SQLite finds the first row of a query, and thereby computes a whole sum, without the
interpreter: that part of reading runs in parallel to the imports. So this module imports little, and nothing else is
done in the thread: Python code takes half as long again in two threads.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from ccmon.database.database_file import reading, reading_beside
from ccmon.database.driver import Database, Values
from ccmon.database.moments import floor_time, is_latest, newest_at, read_site_and_day
from ccmon.database.query_context import DayContext, one_customer_in, read_day_context
from ccmon.database.sql_files import sql
from ccmon.model.business_day import BusinessDay
from ccmon.model.site import Clock, Site
from ccmon.real_time import real_now


class PrefetchingDatabase(Database):
    """A database that can start queries ahead of need, in a thread with a connection of its own."""

    def __init__(self, connection: sqlite3.Connection, beside: sqlite3.Connection) -> None:
        """A database without started queries.

        Args:
            connection: for queries asked here.
            beside: for queries started in the thread; it sees the same data.
        """
        super().__init__(connection)
        self.beside = beside
        self.prefetched: dict[str, tuple[Values, sqlite3.Cursor | None]] = {}
        """The queries started and not asked for yet."""
        self._is_over = False
        self._thread: threading.Thread | None = None

    def prefetch(self, queries: Iterable[tuple[str, Values]]) -> None:
        """Have SQLite find the first rows of queries that will be needed."""
        texts = [(query, sql(query), parameters) for query, parameters in queries]
        self.prefetched = {query: (parameters, None) for query, _, parameters in texts}
        thread = threading.Thread(target=self._prefetch, args=(texts,), name="prefetch")
        with suppress(RuntimeError):  # this user may start no more threads: queries run when needed
            thread.start()
            self._thread = thread

    def _prefetch(self, texts: Iterable[tuple[str, str, Values]]) -> None:
        for query, text, parameters in texts:
            if self._is_over:
                return
            with suppress(sqlite3.Error):  # it is raised again when the query is asked for
                self.prefetched[query] = parameters, self.beside.execute(text, parameters)

    def wait(self) -> None:
        """Wait until all have started: reading their rows meanwhile would take longer."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Start no more queries."""
        self._is_over = True
        self.wait()

    def ask(self, query: str, parameters: Values) -> sqlite3.Cursor:
        """The rows of a query, from the one already started if its parameters are the same."""
        prefetched_with, _ = self.prefetched.get(query, (None, None))
        if prefetched_with is None or prefetched_with != parameters:
            return super().ask(query, parameters)
        self.wait()
        _, cursor = self.prefetched.pop(query)
        return super().ask(query, parameters) if cursor is None else cursor


class SingleReading(Struct, frozen=True):
    """A database as of one moment."""

    database: PrefetchingDatabase
    at: int
    is_now: bool

    @property
    def is_latest(self) -> bool:
        """Whether nothing is after the moment; what is after now belongs to now."""
        return self.is_now or is_latest(self.database, self.at)


@contextmanager
def single_reading(
    path: Path, choose: Callable[[Site, BusinessDay, int], int] | None = None
) -> Iterator[SingleReading]:
    """Open a database for a single reading, and start the costly queries.

    Args:
        path: the database.
        choose: returns the moment, given the site, the latest moment's business day and that moment; None: now.

    Raises:
        CcmonError: the database cannot be read.
    """
    with reading(path) as connection, reading_beside(path, connection) as beside:
        database = PrefetchingDatabase(connection, beside)
        _see_the_same(database, Database(beside))
        at = floor_time(database.row("clock", Clock), real_now())
        if choose is not None:
            latest = max(at, newest_at(database))
            at = choose(*read_site_and_day(database, latest), latest)
        site, day = read_site_and_day(database, at)
        context = read_day_context(database, at, site=site, day=day)
        database.prefetch(costly_queries(context, database))
        try:
            yield SingleReading(database, at, is_now=choose is None)
        finally:
            database.close()


def _see_the_same(database: Database, other: Database) -> None:
    """Begin a transaction in each, so that both see the database as of one moment.

    The first notices what others have written since it was last asked. It begins after the other, so if nothing has
    been written by then, both see what was there before.
    """
    version = database.version()
    while True:
        for each in (other, database):
            each.connection.execute("BEGIN")
            seen = each.version()
        if seen == version:
            return
        version = seen
        for each in (other, database):
            each.connection.execute("ROLLBACK")


def costly_queries(context: DayContext, database: Database) -> Iterator[tuple[str, Values]]:
    """The slowest queries, with the parameters that they will have."""
    today = context.whole_day
    yield "customers_attempted_today", context.unresolved
    yield "customers_with_problems_today", context.unresolved
    one_in = one_customer_in(database.value("inbound_calls", {**today, "first": context.first_contact_day}))
    yield "contacts_of_day", {**today, "one_in": one_in, "of_customers": one_in > 1}
    yield "sales_funnel", context.parameters
    yield "customers_by_reason", context.parameters
    yield "reason_counts", today
    yield "kept_customers", today
